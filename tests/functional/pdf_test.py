"""`mianqian pdf inspect` tells facts, words with boxes and hints, draws pages; the built program's lock holds."""

import json
import os
import subprocess

from harness import PROGRAM, command, equal, expect, run


def pdf(content, entries=""):
    """One page with a Courier that is not in the file."""
    objects = [f"<< /Type /Catalog /Pages 2 0 R {entries} >>",
               "<< /Type /Pages /Count 1 /Kids [4 0 R] >>",
               "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
               "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R "
               "/Resources << /Font << /F1 3 0 R >> >> >>",
               f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"]
    out, places = "%PDF-1.7\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    return (f"{out}xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
            f"startxref\n{len(out)}\n%%EOF\n").encode()


def inspect(*arguments):
    ran = command("pdf", "inspect", *arguments, "--json")
    return ran.returncode, json.loads(ran.stdout) if ran.stdout.strip() else None


def test(folder):
    file = folder / "statement.pdf"
    file.write_bytes(pdf("BT /F1 10 Tf 100 700 Td (1234.50) Tj 3 Tr 0 -50 Td (9999.00) Tj ET",
                         "/OpenAction << /S /JavaScript /JS (1) >>"))
    status, facts = inspect(file)
    equal((status, facts["pages"], facts["javascript"], facts["sizes"]), (0, 1, True, [[595.0, 842.0]]), "facts")

    status, page = inspect(file, "--page", 1, "--text")
    equal(status, 0, "exit status")
    equal([(word["text"], word["hints"]) for word in page["words"]],
          [("1234.50", []), ("9999.00", ["invisible", "unseen"])], "words")
    expect(abs(page["words"][0]["box"][0] - 100) < 0.5, "where the first word begins")

    status, nothing = inspect(file, "--render", folder / "page.jpg", "--dpi", 100)
    equal((status, nothing), (0, None), "drawing")
    expect((folder / "page.jpg").read_bytes()[:3] == b"\xff\xd8\xff", "a JPEG")

    (folder / "zip.pdf").write_bytes(b"PK\x03\x04" + bytes(100))
    for arguments, code in (((folder / "zip.pdf",), "vision.pdf_damaged"),
                            ((folder / "none.pdf",), "file.unreadable"),
                            ((file, "--page", 2, "--text"), "vision.pdf_no_such_page"),
                            ((file, "--render", folder / "no" / "where.jpg"), "file.unwritable")):
        status, problem = inspect(*arguments)
        equal((status, problem["code"]), (1, code), f"{arguments}")
    for wrong in ((file, "--page", "0"), (file, "--dpi", "100"), (file, "--text", "--render", "x")):
        equal(command("pdf", "inspect", *wrong).returncode, 2, f"wrong usage {wrong}")

    # The leak check of a sanitizer cannot look at a locked process.
    without = os.environ | {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}
    locked = subprocess.run([PROGRAM, "pdf-worker", "--self-test-lock"], capture_output=True, timeout=60, env=without)
    equal((locked.returncode, locked.stderr), (0, b""), "the lock")


run("pdf", test)
