"""`statement read` on generated statements: three layouts as text PDF, one page as a photo, and what is refused."""

import json
import pathlib
import struct
import subprocess
import sys
import zlib

from borrower import Borrower, Clerk, people_of
from harness import SOURCE, Server, command, equal, expect, run, sandbox_of, wait_for

SKIPPED = 77  # what tests/CMakeLists.txt calls a skip
ODD_FLAGS = {"balance_breaks", "amount_unsure", "date_unsure", "picture_differs"}


def generated(folder):
    """Folders of one statement a layout, or None where the generator's packages are missing."""
    made = subprocess.run([SOURCE / "tools/make-statements", "--out", folder, "--count", "3", "--seed", "6"],
                          capture_output=True, text=True, timeout=300)
    if made.returncode != 0 and "ModuleNotFoundError" in made.stderr:
        return None
    equal(made.returncode, 0, f"make-statements: {made.stderr[-500:]}")
    return sorted(path for path in pathlib.Path(folder).iterdir() if path.is_dir())


def minor(text):
    whole, cents = text.lstrip("-").split(".")
    return (-1 if text.startswith("-") else 1) * (int(whole) * 100 + int(cents))


def read(*files):
    ran = command("statement", "read", "--json", *files)
    expect(ran.stdout, f"an answer for {files}: {ran.stderr[-500:]}")
    return ran.returncode, json.loads(ran.stdout)


def right_rows(truth, statement):
    wanted = {(r["date"], r["amount"], r["balance"]) for r in truth["rows"]}
    return [r for r in statement["rows"]
            if r["balance"] and (r["date"], minor(r["amount"]), minor(r["balance"])) in wanted]


def animated_webp():
    body = b"VP8X" + struct.pack("<I", 10) + bytes([2, 0, 0, 0, 63, 0, 0, 63, 0, 0])
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def giant_png():
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + bytes(64)


def expect_refusals(folder, made):
    for name, content, code in (("zip.jpg", b"PK\x03\x04" + bytes(200), "vision.not_an_image"),
                                ("moving.webp", animated_webp(), "vision.unsupported_format"),
                                ("giant.png", giant_png(), "vision.too_many_pixels"),
                                ("cut.pdf", b"%PDF-1.7\n" + bytes(50), "vision.pdf_damaged")):
        (folder / name).write_bytes(content)
        status, problem = read(folder / name)
        equal((status, problem["code"]), (1, code), name)
    for files, code in (([made / "encrypted.pdf"], "vision.pdf_encrypted"),
                        ([made / "long.pdf"], "documents.statement_too_large"),
                        ([made / "phone-01.jpg", made / "statement.pdf"], "documents.statement_mixed"),
                        ([folder / "none.pdf"], "file.unreadable")):
        status, problem = read(*files)
        equal((status, problem["code"]), (1, code), f"{files}")
    equal(command("statement", "read").returncode, 2, "wrong usage")


def expect_text_pdf(made):
    truth = json.loads((made / "truth.json").read_text(encoding="utf-8"))
    status, statement = read(made / "statement.pdf")
    equal(status, 0, f"{made.name}")
    equal(len(statement["rows"]), len(truth["rows"]), f"{made.name}: rows")
    equal(len(right_rows(truth, statement)), len(truth["rows"]), f"{made.name}: rows that are right")
    equal([r["flags"] for r in statement["rows"] if ODD_FLAGS & set(r["flags"])], [], f"{made.name}: flags")
    equal(statement["mismatches"], [], f"{made.name}: text and picture agree")
    expect(all(page["source"] == "text" and page["compared"] for page in statement["pages"]), f"{made.name}: pages")
    for field in ("bank", "holder", "account_tail", "from", "to", "order"):
        equal(statement[field], truth[field], f"{made.name}: {field}")
    found = sorted(row for source in statement["income"]["salaries"] for row in source["rows"])
    equal(found, truth["salary_rows"], f"{made.name}: salary rows")


def expect_forgery_told(made):
    what = json.loads((made / "faults.json").read_text(encoding="utf-8"))["forged-layer.pdf"]
    _, statement = read(made / "forged-layer.pdf")
    equal([(m["row"], m["page"]) for m in statement["mismatches"]], [(what["row"], what["page"])], "the forged row")
    expect("picture_differs" in statement["rows"][what["row"]]["flags"], "its flag")


def expect_forgery_shown_to_staff(folder, made):
    """The same file handed in over HTTP: read in the background, its forged row told to staff."""
    what = json.loads((made / "faults.json").read_text(encoding="utf-8"))["forged-layer.pdf"]
    data = folder / "data"
    with Server(data) as server:
        person = Borrower(server, people_of(data)[0], sandbox_of(data) / "borrowers/1")
        person.sign_in()
        person.consent()
        sent = server.request("POST", "/v1/documents/statement", (made / "forged-layer.pdf").read_bytes(),
                              token=person.token, media_type="application/pdf")
        equal(sent.status, 201, f"a statement: {sent}")
        path = f"/v1/documents/{sent.json['document_id']}"
        wait_for("the reading", lambda: person.call("GET", path)["state"] == "read", seconds=300)
        seen = Clerk(server).call("GET", f"/v1/console/documents/{sent.json['document_id']}")
    statement = seen["statement"]
    equal([(m["row"], m["page"]) for m in statement["mismatches"]], [(what["row"], what["page"] + 1)],
          "the forged row")
    expect("statement.picture_differs" in [check["code"] for check in seen["checks"]], "the finding")
    equal(statement["rows"][what["row"]]["use"], "left_out", "the forged row counts as nothing")
    expect(all(page["compared"] for page in statement["pages"]), "every page is compared")


def expect_photo(made):
    truth = json.loads((made / "truth.json").read_text(encoding="utf-8"))
    ran = command("statement", "read", "--json", "--progress", made / "phone-01.jpg")
    equal((ran.returncode, ran.stderr), (0, "1 of 1 pages\n"), "the photo")
    statement = json.loads(ran.stdout)
    rows = statement["rows"]
    expect(len(rows) > 10, "rows of the photo")
    right = right_rows(truth, statement)
    expect(len(right) * 100 >= len(rows) * 95, f"{len(right)} of {len(rows)} rows of the photo are right")
    silent = [r for r in rows if r not in right and not set(r["flags"]) - {"repaired"}]
    equal(silent, [], "wrong rows without a flag")
    equal(statement["pages"], [{"source": "picture", "compared": False, "hidden_words": 0}], "where it comes from")


def test(folder):
    made = generated(folder / "made")
    if made is None:
        print("the packages of `tools/install-deps statements` are missing")
        sys.exit(SKIPPED)
    # The shortest, since recognition takes seconds a page.
    for statement in made:
        expect_text_pdf(statement)
    shortest = min(made, key=lambda path: len(list(path.glob("phone-*.jpg"))))
    expect_forgery_told(shortest)
    expect_forgery_shown_to_staff(folder, shortest)
    expect_photo(shortest)
    expect_refusals(folder, shortest)


run("statement", test)
