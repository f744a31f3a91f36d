"""`idcard held`: a drawn person with a drawn card, what is missing, and what is no picture."""

import json

from harness import SOURCE, command, equal, run

PHOTO = SOURCE / "models/demo-photos/sample6.jpg"  # four people, no card


def held(*arguments):
    ran = command("idcard", "held", *arguments)
    return ran.returncode, json.loads(ran.stdout)


def test(folder):
    status, seen = held(PHOTO)
    equal(status, 0, "exit status")
    equal(seen["problems"], ["no_card", "several_people"], "problems of a group without a card")
    equal(seen["card"]["state"], "retake", "state of no card")
    equal(seen["people"], 4, "people")
    equal((seen["portrait"]["face"], seen["person_portrait"], seen["live_person"]), (None, None, None), "no pairs")

    # The widest of several faces would be a guess about who the living person is.
    status, problem = held(PHOTO, "--selfie", PHOTO)
    equal((status, problem["code"]), (1, "vision.several_faces"), "a selfie of four")

    (folder / "no.jpg").write_text("no picture")
    status, problem = held(folder / "no.jpg")
    equal((status, problem["code"]), (1, "vision.not_an_image"), "no picture")
    status, problem = held(folder / "none.jpg")
    equal((status, problem["code"]), (1, "file.unreadable"), "no file")


run("hand_held", test)
