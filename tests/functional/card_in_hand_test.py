"""A person with the card in hand: read, compared with the selfie, and what contradicts goes to a person.

Needs `tools/install-deps cards`; without it, it says so and ends with 77.
"""

from borrower import Borrower, Clerk, people_of
from drawn import front, generator, holder
from cardmaker import hands
from cardmaker.portrait import looks
from cardmaker.scene import jpeg
from PIL import Image, ImageOps
from harness import SOURCE, Server, equal, expect, expect_problem, run, sandbox_of

SIZE = (1200, 1600)
GROUP = SOURCE / "models/demo-photos/sample6.jpg"  # four people, no card
PAIRS = ("person_portrait", "live_person", "live_portrait")


def scene_of(selfie, who, demo_card, seed):
    """The person of the selfie with a card that shows the person of `demo_card`."""
    rng = generator(seed)
    return hands.held(rng, front(who, demo_card, rng), 640, SIZE, looks(rng, who.sex == "女"), Image.open(selfie))


def photo_of(scene, mirrored=False):
    scene.blur(0.6)
    image = scene.image()
    return jpeg(ImageOps.mirror(image) if mirrored else image, 90)


def hand_in(borrower, content):
    return borrower.call("POST", "/v1/documents/hand_held", content, media_type="image/jpeg")


def checks_of(document):
    return [check["code"] for check in document["checks"] if check["code"].startswith("held.")]


def refused(borrower, selfie, card):
    """What each of these photos is asked for again for."""
    who = holder(borrower.person)
    covered = scene_of(selfie, who, card, 2)
    hands.thumb_over(generator(3), covered, "number")
    for what, content, code in (
            ("no card", GROUP.read_bytes(), "held.no_card"),
            ("a mirrored photo", photo_of(scene_of(selfie, who, card, 1), mirrored=True), "held.mirrored"),
            ("a finger on the number", photo_of(covered), "held.number_covered")):
        document = hand_in(borrower, content)
        equal(document["state"], "retake", f"{what}: {document['problems']}")
        codes = [problem["code"] for problem in document["problems"]]
        expect(code in codes, f"{what}: {codes}")
        expect(all(problem["next"] for problem in document["problems"]), f"{what}: what to do")


def read_of(document, person, check):
    expect(document["state"] in ("read", "confirm"), f"{document['state']} {document['problems']}")
    equal(document["fields"]["number"]["text"], person["id_number"], "the number in hand")
    expect(document["fields"]["number"]["places"] and document["portrait"], "places")
    equal(checks_of(document), [check], "the person and the portrait")
    expect("similarity" not in str(document), "no score for the borrower")


def seen_by_staff(clerk, path):
    return clerk.call("GET", f"/v1/console{path.removeprefix('/v1')}")


def own_card(borrower, clerk, selfie, card):
    document = hand_in(borrower, photo_of(scene_of(selfie, holder(borrower.person), card, 1)))
    read_of(document, borrower.person, "held.person_matches")
    path = borrower.begin_verification()
    borrower.send_photos(path)
    done = borrower.await_verified(path)
    equal((done["state"], done["reasons"]), ("passed", []), "the verification")
    held = seen_by_staff(clerk, path)["facts"]["held"]
    equal(held["document_id"], document["document_id"], "the photo that was compared")
    equal([held[pair]["alike"] for pair in PAIRS], [True] * 3, f"the three pairs: {held}")
    equal(held["number_agrees"], True, "the number in hand")
    shown = clerk.call("GET", f"/v1/console/documents/{document['document_id']}")
    equal(shown["fields"]["number"]["read"], borrower.person["id_number"], "what staff see")


def somebody_elses_portrait(borrower, clerk, selfie, other_card):
    document = hand_in(borrower, photo_of(scene_of(selfie, holder(borrower.person), other_card, 1)))
    read_of(document, borrower.person, "held.person_differs")
    path = borrower.begin_verification()
    borrower.send_photos(path)
    done = borrower.await_verified(path)
    equal((done["state"], [reason["code"] for reason in done["reasons"]]),
          ("review", ["identity.held_portrait_differs"]), "the verification")
    held = seen_by_staff(clerk, path)["facts"]["held"]
    equal([held[pair]["alike"] for pair in PAIRS], [False, True, False], f"the three pairs: {held}")
    decided = clerk.call("POST", f"/v1/console{path.removeprefix('/v1')}/decision",
                         {"outcome": "pass", "reason": "seen in the branch"})
    equal(decided["state"], "passed", "staff have the last word")


def another_number(borrower, clerk, selfie, card, number):
    document = hand_in(borrower, photo_of(scene_of(selfie, holder(borrower.person, number), card, 1)))
    expect(document["state"] in ("read", "confirm"), f"{document['state']} {document['problems']}")
    equal(document["fields"]["number"], {**document["fields"]["number"], "text": number, "state": "read"}, "its number")
    path = borrower.begin_verification()
    borrower.send_photos(path)
    done = borrower.await_verified(path)
    equal((done["state"], [reason["code"] for reason in done["reasons"]]),
          ("review", ["identity.held_number_differs"]), "the verification")
    equal(seen_by_staff(clerk, path)["facts"]["held"]["number_agrees"], False, "the number in hand")


def test(folder):
    data = folder / "data"
    with Server(data) as server:
        known = people_of(data)
        clerk = Clerk(server)
        borrowers, selfies, cards = [], [], []
        for number, person in enumerate(known, 1):
            pictures = sandbox_of(data) / "borrowers" / str(number)
            borrowers.append(Borrower(server, person, pictures))
            borrowers[-1].sign_in()
            selfies.append(pictures / "selfie.jpg")
            cards.append(pictures / "card.jpg")
        early = server.request("POST", "/v1/documents/hand_held", GROUP.read_bytes(), token=borrowers[0].token,
                               media_type="image/jpeg")
        expect_problem(early, 403, "consent.missing", "without the consent to the face")
        for borrower in borrowers:
            borrower.consent()
        refused(borrowers[0], selfies[0], cards[0])
        own_card(borrowers[0], clerk, selfies[0], cards[0])
        somebody_elses_portrait(borrowers[1], clerk, selfies[1], cards[2])
        another_number(borrowers[2], clerk, selfies[2], cards[2], known[0]["id_number"])


run("card in hand", test)
