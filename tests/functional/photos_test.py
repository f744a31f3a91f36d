"""Three pictures of every demo person that differ as files yet show one face; the sandbox sees one only."""

import base64
import hashlib
import itertools
import json
import pathlib

from borrower import Borrower, people_of
from harness import Server, children_of, command, equal, expect, run, sandbox_of

ALIKE = 0.98  # more than this is the same picture compressed again


def check_pictures(data):
    for number, person in enumerate(people_of(data), 1):
        own = sandbox_of(data) / "borrowers" / str(number)
        pictures = [own / "card.jpg", own / "selfie.jpg", sandbox_of(data) / "people" / f"{number}.jpg"]
        hashes = {hashlib.sha256(path.read_bytes()).hexdigest() for path in pictures}
        equal(len(hashes), 3, f"different pictures of {person['name']}")
        for one, other in itertools.combinations(pictures, 2):
            ran = command("face", "compare", "--json", one, other)
            equal(ran.returncode, 0, f"face compare {ran.stdout}{ran.stderr}")
            said = json.loads(ran.stdout)
            what = f"{person['name']} {one.name} {other.name} {said['similarity']:.4f}"
            expect(said["match"] and said["similarity"] >= said["threshold"], what + ": not one face")
            expect(said["similarity"] < ALIKE, what + ": practically the same picture")
            print(what)


def sandbox_process(server):
    for pid in children_of(server.process.pid):
        arguments = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
        if arguments[0].endswith("/mianqian-sandbox"):
            return arguments[1:-1]
    raise AssertionError("the server has no sandbox")


def check_arguments(arguments, people):
    options = dict(zip(arguments[::2], arguments[1::2]))
    equal(sorted(options), ["--data", "--people", "--port", "--ready-fd", "--secret-file"],
          "what the sandbox is started with")
    folder = pathlib.Path(options["--people"])
    wanted = ["people.json"] + [person["photo"] for person in people]
    equal(sorted(p.name for p in folder.iterdir()), sorted(wanted), "what the sandbox is given")
    for person in people:
        expect(set(person) == {"name", "id_number", "phone", "photo"}, f"a person is only named: {person}")


def traces_of(picture):
    """Forms in which the picture, or a word of it, could lie in a file."""
    raw = picture.read_bytes()
    middle = raw[len(raw) // 2:][:48]
    digest = hashlib.sha256(raw).digest()
    # Whatever its alignment, base64 of the picture holds one of these three.
    shifted = [base64.b64encode(middle[skip:skip + 30]) for skip in range(3)]
    return [middle[:32], middle[:32].hex().encode(), middle[:32].hex().upper().encode(), digest,
            digest.hex().encode(), digest.hex().upper().encode(), base64.b64encode(digest), *shifted]


def test(folder):
    data = folder / "demo"
    with Server(data):
        pass
    check_pictures(data)

    # From here on the borrowers' pictures are nowhere near the sandbox, which answers all the same.
    kept = folder / "kept-by-the-borrowers"
    (sandbox_of(data) / "borrowers").rename(kept)
    people = people_of(data)
    with Server(data) as server:
        check_arguments(sandbox_process(server), people)
        borrower = Borrower(server, people[0], kept / "1")
        borrower.sign_in()
        borrower.consent()
        equal(borrower.verify()["state"], "passed", "the verification")

    journal = (sandbox_of(data) / "sandbox-journal.jsonl").read_bytes()
    expect(b'"query"' in journal, "the authority was asked")
    for path in sorted(p for p in sandbox_of(data).rglob("*") if p.is_file()):
        content = path.read_bytes()
        for picture in (kept / "1/card.jpg", kept / "1/selfie.jpg"):
            for trace in traces_of(picture):
                expect(trace not in content, f"{path.name} holds a trace of the borrower's {picture.name}")
    # The same search finds what is there, however it is written.
    selfie = kept / "1/selfie.jpg"
    raw = selfie.read_bytes()
    for planted in (raw, raw.hex().encode(), *(base64.b64encode(bytes(pad) + raw) for pad in range(3))):
        expect(any(trace in planted for trace in traces_of(selfie)), "a planted selfie is found")


run("photos", test)
