"""Documents over HTTP: refused files, the malware scanner, a statement read in the background, staff views."""

import io
import struct
import zipfile
import zlib

import pdfs
from borrower import Borrower, Clerk, people_of
from fake_clamd import FINDS, FakeClamd
from harness import Server, equal, expect, expect_problem, run, sandbox_of, wait_for

ROWS = [("2026-01-05", "Salary", "8000.00", "9000.00"), ("2026-01-09", "Shop", "-250.00", "8750.00"),
        ("2026-02-05", "Salary", "8000.00", "16750.00")]


def png_chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width, height, *chunks):
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + b"".join(chunks) + png_chunk(b"IEND", b"")


def zipped():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("card.jpg", b"\xff\xd8\xff" * 100)
    return content.getvalue()


def small_picture(red=200):
    row = b"\0" + bytes((red, 180, 170)) * 64
    return png(64, 64, png_chunk(b"IDAT", zlib.compress(row * 64)))


ANIMATED_WEBP = (b"RIFF" + struct.pack("<I", 56) + b"WEBPVP8X\x0a\0\0\0\x02\0\0\0\x3f\0\0\x3f\0\0").ljust(64, b"\0")
REFUSED = [("a ZIP named .jpg", "id_card_front", "image/jpeg", zipped(), 415, "documents.not_accepted"),
           ("900 million pixels", "id_card_front", "image/png", png(30_000, 30_000), 422, "vision.too_many_pixels"),
           ("an animated WebP", "id_card_front", "image/webp", ANIMATED_WEBP, 422, "vision.unsupported_format"),
           ("an animated PNG", "id_card_front", "image/png",
            png(64, 64, png_chunk(b"acTL", struct.pack(">II", 2, 0)), png_chunk(b"IDAT", b"x")), 422,
            "vision.unsupported_format"),
           ("half a PNG", "passport", "image/png", small_picture()[:60], 422, "vision.not_an_image"),
           ("a locked PDF", "statement", "application/pdf", pdfs.LOCKED, 422, "vision.pdf_encrypted"),
           ("a PDF of 51 pages", "statement", "application/pdf", pdfs.pdf(["BT ET"] * 51), 422,
            "documents.too_many_pages"),
           ("a PDF of a card", "id_card_front", "application/pdf", pdfs.pdf(["BT ET"]), 422,
            "documents.not_this_kind"),
           ("no bytes", "statement", "application/pdf", b"", 422, "documents.empty"),
           ("a text", "statement", "text/plain", b"hello", 415, "http.unsupported_media_type")]


def hand_in(server, person, kind, media_type, content):
    return server.request("POST", f"/v1/documents/{kind}", content, token=person.token, media_type=media_type)


def refusals(server, person):
    for what, kind, media_type, content, status, code in REFUSED:
        expect_problem(hand_in(server, person, kind, media_type, content), status, code, what)
    equal(person.call("GET", "/v1/documents"), {"items": []}, "nothing is kept of what is refused")


def await_read(person, document_id):
    def done():
        found = person.call("GET", f"/v1/documents/{document_id}")
        return found if found["state"] != "reading" else None
    return wait_for("the reading", done)


def statement_is_read(server, person, clerk):
    sent = hand_in(server, person, "statement", "application/pdf", pdfs.statement(ROWS))
    equal(sent.status, 201, f"a statement: {sent}")
    document = sent.json["document_id"]
    read = await_read(person, document)
    equal((read["state"], read["pages_done"], read["scan"]), ("read", 1, "clean"), "the statement")
    seen = clerk.call("GET", f"/v1/console/documents/{document}")
    rows = [(row["date"], row["amount"], row["balance"], row["flags"]) for row in seen["statement"]["rows"]]
    equal([row[:3] for row in rows], [(d, a, b) for d, _, a, b in ROWS], "rows of the statement")
    picture = server.request("GET", f"/v1/console/documents/{document}/picture?page=1", token=clerk.token)
    equal((picture.status, picture.headers["Content-Type"]), (200, "image/jpeg"), "the page as a picture")
    expect(picture.body[:3] == b"\xff\xd8\xff", "a JPEG")
    wrong = hand_in(server, person, "statement", "application/pdf", pdfs.pdf(["BT /F1 9 Tf (x) Tj ET"]))
    failed = await_read(person, wrong.json["document_id"])
    equal((failed["state"], [p["code"] for p in failed["problems"]]),
          ("failed", ["documents.statement_no_header"]), "what is no statement")


def pages_are_collected(server, person):
    first = hand_in(server, person, "work_proof", "image/png", small_picture(10))
    equal((first.status, first.json["state"]), (201, "received"), "a first page")
    path = f"/v1/documents/{first.json['document_id']}"
    second = server.request("POST", f"{path}/pages", small_picture(20), token=person.token, media_type="image/png")
    equal((second.status, second.json["pages"]), (200, 2), f"a second page: {second}")
    done = server.request("POST", f"{path}/complete", {}, token=person.token)
    equal((done.status, done.json["state"]), (200, "stored"), f"the end: {done}")


def test(folder):
    data = folder / "data"
    with FakeClamd(folder / "clamd.sock") as clamd, Server(data, scan_clamd=clamd.setting) as server:
        equal(server.request("GET", "/healthz").json["document_scan"], "on", "health says so")
        first, second = people_of(data)[:2]
        person = Borrower(server, first, sandbox_of(data) / "borrowers/1")
        person.sign_in()
        denied = hand_in(server, person, "passport", "image/png", small_picture())
        expect_problem(denied, 403, "consent.missing", "without consent")
        person.consent()
        refusals(server, person)
        infected = small_picture()[:-12] + png_chunk(b"tEXt", FINDS) + png_chunk(b"IEND", b"")
        expect_problem(hand_in(server, person, "passport", "image/png", infected), 422, "documents.infected",
                       "a file with malware")
        kept = hand_in(server, person, "passport", "image/png", small_picture())
        equal((kept.status, kept.json["state"], kept.json["scan"]), (201, "stored", "clean"), f"a passport: {kept}")
        expect(clamd.seen, "the scanner has seen files")
        clerk = Clerk(server)
        statement_is_read(server, person, clerk)
        pages_are_collected(server, person)

        stranger = Borrower(server, second, sandbox_of(data) / "borrowers/2")
        stranger.sign_in()
        stranger.consent()
        path = f"/v1/documents/{kept.json['document_id']}"
        expect_problem(server.request("GET", path, token=stranger.token), 404, "documents.not_found",
                       "somebody else's document")
        listed = clerk.call("GET", f"/v1/console/documents?person_id={person.call('GET', '/v1/me')['person_id']}")
        equal(len(listed["items"]), 4, "documents of the person")

        clamd.shutdown()
        clamd.server_close()
        down = hand_in(server, person, "residence_permit", "image/png", small_picture(77))
        expect_problem(down, 503, "documents.scan_unavailable", "a scanner that is gone")
        equal(down.json["retryable"], True, "it may be tried again")
        equal(len(person.call("GET", "/v1/documents")["items"]), 4, "nothing is kept without a verdict")


run("documents", test)
