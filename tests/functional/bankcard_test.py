"""`mianqian bankcard read` and `eval bankcard` on drawn cards: what is read, what is measured, what is refused."""

import csv
import json
import pathlib
import subprocess
import sys

from harness import SOURCE, command, equal, expect, run

SKIPPED = 77  # what tests/CMakeLists.txt calls a skip
sys.path.insert(0, str(SOURCE / "tools"))
try:
    from cardmaker import fonts
    MISSING = fonts.missing()
except ModuleNotFoundError as error:
    MISSING = [error.name]


def read(*arguments):
    ran = command("bankcard", "read", *arguments, "--json")
    return ran.returncode, json.loads(ran.stdout) if ran.stdout.strip() else None


def refused(folder, list_file):
    (folder / "text.jpg").write_bytes("不是照片".encode())
    (folder / "wide.png").write_bytes(bytes.fromhex("89504e470d0a1a0a0000000d49484452000075300000753008000000") + bytes(40))
    for name, code in (("none.jpg", "file.unreadable"), ("text.jpg", "vision.not_an_image"),
                       ("wide.png", "vision.too_many_pixels")):
        status, problem = read(folder / name)
        equal((status, problem["code"]), (1, code), name)
    equal(command("bankcard", "read").returncode, 2, "no picture")
    ran = command("eval", "bankcard", "--list", folder / "none.csv", "--root", folder, "--json")
    equal((ran.returncode, json.loads(ran.stdout)["code"]), (1, "file.unreadable"), "no list")
    bad = folder / "bad.csv"
    bad.write_text("picture\nx.jpg\n")
    ran = command("eval", "bankcard", "--list", bad, "--root", folder, "--json")
    equal((ran.returncode, json.loads(ran.stdout)["code"]), (1, "file.invalid"), "a list of something else")


def test(folder):
    cards = folder / "cards"
    subprocess.run([SOURCE / "tools/make-cards", "bank", "--out", cards, "--count", "1", "--seed", "5", "--sets",
                    "clean,rot180,empty"], check=True, capture_output=True)
    with open(cards / "cards.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["kind"] != "printed" or row["level"] == "empty":
            continue
        status, card = read(cards / row["file"])
        equal((status, card["state"], card["problems"]), (0, "read", []), row["file"])
        equal((card["number"]["text"], card["number"]["state"]), (row["number"], "read"), row["file"])
        equal(card["expiry"]["text"], row["expiry"], row["file"])
        expect(card["number"]["places"] and card["issuer"]["text"], f"places and issuer of {row['file']}")
    plain = command("bankcard", "read", cards / rows[0]["file"])
    expect(f"number: {rows[0]['number']}" in plain.stdout, "the number in plain words")

    ran = command("eval", "bankcard", "--list", cards / "cards.csv", "--root", cards, "--threads", "2", "--rows", "--json")
    equal(ran.returncode, 0, "exit status of eval")
    found = json.loads(ran.stdout)
    equal((found["cards"], found["silent_errors"]), (len(rows), 0), "cards, and none silently wrong")
    equal(sorted(found["by_kind"]), ["embossed", "embossed_foil", "printed"], "kinds")
    equal(len(ran.stderr.splitlines()), len(rows), "a line a card")
    expect(found["cpu_p50_ms"] > 0, "time")
    refused(folder, cards / "cards.csv")


if MISSING:
    print(f"bankcard_test: skipped, missing: {', '.join(MISSING)}; run tools/install-deps cards")
    sys.exit(SKIPPED)
run("bankcard", test)
