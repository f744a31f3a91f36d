"""The photo of the ID card first: drawn, read, confirmed, verified with it; nothing of it lies in plain text.

Needs `tools/install-deps cards`; without it, it says so and ends with 77.
"""

import json

from borrower import Borrower, Clerk, people_of
from drawn import back, front, generator, holder
from cardmaker import faults
from harness import Server, command, equal, expect, expect_problem, run, sandbox_of, wait_for


def photos(person, portrait):
    """(front, back) as a phone takes them."""
    rng = generator(7)
    who = holder(person)
    cards = front(who, portrait, rng), back(who, rng)
    take, number = faults.find("clean")
    return [take(faults.Shot(rng, card), number).data for card in cards]


def hand_in(borrower, kind, content):
    return borrower.call("POST", f"/v1/documents/{kind}", content, media_type="image/jpeg")


def texts(document):
    return {name: field["text"] for name, field in document["fields"].items()}


def card_is_read(borrower, front, back):
    person = borrower.person
    document = hand_in(borrower, "id_card_front", front)
    expect(document["state"] in ("read", "confirm"), f"the front: {document}")
    equal(document["fields"]["number"]["text"], person["id_number"], "the number")
    equal(texts(document)["name"], person["name"], "the name")
    expect(document["fields"]["number"]["places"] and document["portrait"], "places")
    equal(hand_in(borrower, "id_card_front", front)["document_id"], document["document_id"], "the same photo again")
    other = hand_in(borrower, "id_card_back", back)
    equal(texts(other)["valid_to"], "2035-03-02", "the end of validity")
    turned = hand_in(borrower, "id_card_front", back)
    equal((turned["state"], turned["problems"][0]["code"]), ("retake", "card.wrong_side"), "the wrong side")
    path = f"/v1/documents/{document['document_id']}/fields"
    wrong = borrower.server.request("PUT", path, {"fields": [{"name": "number", "text": "110101199003070000"}]},
                                    token=borrower.token)
    expect_problem(wrong, 422, "documents.bad_field", "a number that is none")
    confirmed = borrower.call("PUT", path, {"fields": [{"name": name, "text": text}
                                                       for name, text in texts(document).items()]})
    equal({field["state"] for field in confirmed["fields"].values()}, {"confirmed"}, "all is confirmed")
    equal(confirmed["state"], "read", "the document")
    return document["document_id"]


def command_reads(folder, front, back, person):
    (folder / "front.jpg").write_bytes(front)
    (folder / "back.jpg").write_bytes(back)
    ran = command("idcard", "read", folder / "front.jpg", "--side", "front", "--json")
    equal(ran.returncode, 0, f"idcard read: {ran.stdout} {ran.stderr}")
    said = json.loads(ran.stdout)
    equal((said["number"]["text"], said["name"]["text"]), (person["id_number"], person["name"]), "idcard read")
    expect(said["number"]["confidence"] > 0.5 and said["portrait_box"]["width"] > 0, f"its figures: {said}")
    expect(isinstance(said["checks"], dict) and said["state"] in ("read", "confirm"), f"its checks: {said}")
    other = command("idcard", "read", folder / "back.jpg", "--side", "front", "--json")
    equal((other.returncode, json.loads(other.stdout)["code"]), (1, "card.wrong_side"), "the other side")
    (folder / "none.jpg").write_bytes(b"PK")
    none = command("idcard", "read", folder / "none.jpg", "--json")
    equal((none.returncode, json.loads(none.stdout)["code"]), (1, "vision.not_an_image"), "no picture")
    equal(command("idcard", "read", folder / "back.jpg", "--side", "left").returncode, 2, "wrong usage")


def in_plain(data, person):
    """Places of the data folder, the log included, that hold name or number as text, UTF-16 or hex."""
    found = []
    for value in (person["name"], person["id_number"]):
        forms = [value.encode(), value.encode().hex().encode(), value.encode("utf-16-le")]
        forms.append(json.dumps(value)[1:-1].encode())
        found += [path.name for path in data.rglob("*") if path.is_file()
                  and any(form in path.read_bytes() for form in forms)]
    return found


def test(folder):
    data = folder / "data"
    with Server(data, log_level="debug", log_file=data / "server.log") as server:
        person = people_of(data)[0]
        pictures = sandbox_of(data) / "borrowers/1"
        front, back = photos(person, pictures / "card.jpg")
        borrower = Borrower(server, person, pictures)
        borrower.sign_in()
        borrower.consent()
        card = card_is_read(borrower, front, back)
        begun = borrower.call("POST", "/v1/verifications", {"name": person["name"], "id_number": person["id_number"],
                                                            "card_document": card})
        equal(begun["needs"], ["selfie"], "the card's photo is not asked for again")
        path = f"/v1/verifications/{begun['verification_id']}"
        borrower.call("PUT", f"{path}/selfie", (pictures / "selfie.jpg").read_bytes(), media_type="image/jpeg")
        done = borrower.await_verified(path)
        equal((done["state"], done["reasons"]), ("passed", []), "the verification")
        clerk = Clerk(server)
        seen = clerk.call("GET", f"/v1/console{path.removeprefix('/v1')}")
        equal((seen["card_document"], seen["typed"]), (card, []), "what staff see")
        shown = clerk.call("GET", f"/v1/console/documents/{card}")
        equal(shown["fields"]["name"]["state"], "confirmed", "the fields that staff see")
        audited = wait_for("the log", lambda: (data / "server.log").read_bytes())
        expect(audited, "there is a log")
        equal(in_plain(data, person), [], "places that hold name or number in plain")
    command_reads(folder, front, back, person)


run("card first", test)
