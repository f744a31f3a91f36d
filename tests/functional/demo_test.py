"""The demo: one whole life of a loan whose end anyone can check, and a second run that repeats nothing."""

import base64
import hashlib
import json
import random

from harness import Demo, command, databases, equal, expect, expect_paid_once, run


def verify(checkpoint, *proofs, key=None):
    arguments = ["audit", "verify", "--json", "--checkpoint", checkpoint, "--proof", *proofs]
    ran = command(*arguments, *(["--key", key] if key else []))
    expect(ran.returncode in (0, 1), f"audit verify ended with {ran.returncode}: {ran.stderr}")
    return ran.returncode == 0, json.loads(ran.stdout)


def foreign_key(own):
    """A well-formed verifier key of the same name that has signed nothing."""
    name = own.split("+")[0]
    public = b"\x01" + bytes(range(32))
    number = hashlib.sha256(name.encode() + b"\n" + public).hexdigest()[:8]
    return f"{name}+{number}+{base64.b64encode(public).decode()}"


def check_proof(data, folder):
    checkpoint, proof = data / "checkpoint", data / "proof.json"
    holds, report = verify(checkpoint, proof)
    expect(holds and report["verified"], f"the demo's own proof: {report}")
    key = report["key"]
    holds, report = verify(checkpoint, proof, key=key)
    expect(holds and report["key_pinned"], f"the proof under its key: {report}")
    holds, report = verify(checkpoint, proof, key=foreign_key(key))
    expect(not holds and report["code"] == "audit.wrong_key", f"the proof under another key: {report}")

    changed = folder / "changed"
    chance = random.Random(1)
    for path in (proof, checkpoint):
        original = path.read_bytes()
        # Every part of a file counts: one byte each in 25 places, the first and last among them.
        places = {0, len(original) - 2} | {chance.randrange(len(original)) for _ in range(23)}
        for place in sorted(places):
            damaged = bytearray(original)
            damaged[place] ^= 1
            changed.write_bytes(damaged)
            holds, report = verify(changed, proof) if path is checkpoint else verify(checkpoint, changed)
            expect(not holds, f"{path.name} with byte {place} changed still verifies: {report}")
    return key


def check_export(data, database, folder, key, log_size):
    out = folder / f"export-{database.name}"
    ran = command("audit", "export", "--json", "--out", out, *database.source(data))
    equal(ran.returncode, 0, f"audit export {ran.stdout}{ran.stderr}")
    exported = json.loads(ran.stdout)
    expect(exported["leaves"] >= log_size, f"the export is shorter than the proof's log: {exported}")
    equal((exported["pending"], exported["key"]), (0, key), "pending leaves and key of the export")
    proofs = sorted(out.glob("proof-*.json"))
    holds, report = verify(out / "checkpoint", *proofs, key=out / "key")
    expect(holds and report["leaves"] == exported["leaves"], f"the export does not verify: {report}")
    holds, report = verify(data / "checkpoint", *proofs)
    expect(not holds or exported["leaves"] == log_size, f"a proof fits another checkpoint: {report}")


def check(folder, database):
    data = folder / database.name
    try:
        first = Demo(data, database)
        first.expect_good_end("the first run")
        expect_paid_once(data, "the first run")
        for step in ("signed_in", "verified", "decided", "signed", "paid_out", "instalment_paid"):
            expect(first.steps.count(step) == 1, f"the step {step} is there once: {first.steps}")
        key = check_proof(data, folder)

        again = Demo(data, database)
        again.expect_good_end("the second run")
        expect_paid_once(data, "the second run")
        equal(again.steps, ["proof_verified", "done"], "what the second run does")
        equal(again.last["total_debit"], first.last["total_debit"], "the books after the second run")

        proven = next(line for line in again.lines if line["step"] == "proof_verified")
        check_export(data, database, folder, key, proven["log_size"])
    finally:
        database.drop(data)
    print(f"{database.name}: done, proven, repeated without a second payment")


DATABASES = databases(__doc__)
run("demo", lambda folder: [check(folder, database) for database in DATABASES])
