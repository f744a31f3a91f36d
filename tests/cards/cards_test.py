"""tools/make-cards: invented people are consistent, pictures agree with their truth, a seed is a promise."""

import csv
import io
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
from collections import Counter

TOOLS = pathlib.Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))
SKIPPED = 77  # what tests/CMakeLists.txt calls a skip

try:
    import numpy as np
    from PIL import Image
    from cardmaker import bank, faults, fonts, idcard, names, people, sets
    from cardmaker.layouts import LAYOUTS
    from cardmaker.portrait import looks
    from cardmaker.scene import Scene, corners
    MISSING = fonts.missing()
except ModuleNotFoundError as error:
    MISSING = [error.name]

SIDE_LIMIT = 1600  # pixels
BYTES_LIMIT = 1_500_000


def make_cards(*words):
    return subprocess.run([TOOLS / "make-cards", *map(str, words)], capture_output=True, text=True)


def read_csv(folder):
    with open(folder / "cards.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class People(unittest.TestCase):
    def people(self, kind, count=300):
        return [people.person(5, index, people.SHARES[kind]) for index in range(count)]

    def test_numbers_agree_with_the_fields(self):
        for person in self.people("mixed"):
            number = person.number
            self.assertRegex(number, r"^\d{17}[\dX]$")
            # GB 11643: the digits, weighted with powers of two, sum to 1 modulo 11.
            values = [10 if ch == "X" else int(ch) for ch in number]
            self.assertEqual(sum(v * pow(2, 17 - n, 11) for n, v in enumerate(values)) % 11, 1, number)
            self.assertEqual(number[6:14], f"{person.birth:%Y%m%d}")
            self.assertEqual("女男"[int(number[16]) % 2], person.sex)
            region = next(r for r in people.REGIONS if r.code == number[:6])
            self.assertTrue(person.address.startswith((region.prefix(), region.prefix(with_city=False))))
            self.assertTrue(person.authority.endswith(("公安局", "分局")))
            self.assertLessEqual(len(person.address), people.ADDRESS_CHARACTERS)

    def test_validity_follows_the_age(self):
        terms = Counter()
        for person in self.people("ordinary"):
            start = person.valid_from
            age = start.year - person.birth.year - ((start.month, start.day) <
                                                    (person.birth.month, person.birth.day))
            expected = next(years for limit, years in ((16, 5), (26, 10), (46, 20), (200, None)) if age < limit)
            years = person.valid_to.year - start.year if person.valid_to else None
            self.assertEqual(years, expected, person)
            self.assertLess(start, people.TODAY)
            terms[years] += 1
        self.assertEqual(len(terms), 4)

    def test_authorities_have_the_three_forms(self):
        forms = Counter(re.sub(r"^.+?(市公安局.+分局|[县旗市]公安局)$", r"\1", r.authority)[0] +
                        ("分" if r.authority.endswith("分局") else "") for r in people.REGIONS)
        self.assertEqual(set(forms), {"市分", "市", "县", "旗"})
        by_code = {r.code: r.authority for r in people.REGIONS}
        self.assertEqual(by_code["110105"], "北京市公安局朝阳分局")
        self.assertEqual(by_code["130682"], "定州市公安局")
        self.assertEqual(by_code["441900"], "东莞市公安局")

    def test_rare_names_have_the_stated_shares(self):
        for kind, shares in people.SHARES.items():
            found = Counter(names.rarity(person.name) for person in self.people(kind))
            self.assertEqual(found, {name: percent * 3 for name, percent in shares.items()})

    def test_classes_of_characters(self):
        for text, kind in (("王伟", "common"), ("张颀", "gb2312"), ("李燊", "uro"), ("王㛃", "ext"), ("赵𬭎", "ext"),
                           ("买买提·艾合买提", "common")):
            self.assertEqual(names.rarity(text), kind, text)

    def test_every_layout_has_the_characters(self):
        lengths = set()
        for person in self.people("rare") + self.people("ordinary"):
            lengths.add(len(person.name))
            for layout in LAYOUTS:
                fonts.pick(layout.value_fonts, person.name + person.address + person.nation)
        self.assertTrue({2, 3, 4} <= lengths and max(lengths) > 8)
        with self.assertRaises(ValueError):
            fonts.pick(("ocr_b",), "王")

    def test_bank_numbers(self):
        lengths = set()
        for index in range(300):
            account = bank.account(5, index)
            lengths.add(len(account.number))
            digits = [int(ch) for ch in reversed(account.number)]
            self.assertEqual((sum(digits[::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[1::2])) % 10, 0)
            self.assertEqual("".join(account.groups), account.number)
            self.assertIn((account.number[:6], account.bank), {issuer[:2] for issuer in bank.ISSUERS})
        self.assertEqual(lengths, {16, 17, 18, 19})


class Pictures(unittest.TestCase):
    def test_csv_and_files_agree_and_a_seed_repeats(self):
        with tempfile.TemporaryDirectory() as folder:
            first, again, other = (pathlib.Path(folder) / name for name in "abc")
            for out, seed, count, jobs, wanted in ((first, 8, 2, 1, "clean,w240,empty"), (again, 8, 1, 2, "w240,empty"),
                                                   (other, 9, 2, 1, "clean")):
                done = make_cards("id", "--count", count, "--names", "rare", "--sets", wanted, "--out", out,
                                  "--seed", seed, "--jobs", jobs)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
            rows = read_csv(first)
            self.assertEqual(tuple(rows[0]), sets.ID_COLUMNS)
            self.assertEqual({row["file"] for row in rows} | {"cards.csv"}, {p.name for p in first.iterdir()})
            self.assertEqual(Counter(row["set"] for row in rows), {"clean": 4, "w240": 4, "empty": 2})
            for row in rows:
                self.assertEqual(bool(row["number"]), row["side"] == "front")
                self.assertEqual(bool(row["authority"]), row["side"] == "back")
                self.assertEqual(row["rarity"], names.rarity(row["name"]) if row["name"] else "")
            # Of the same seed, nothing depends on what else is made and by how many processes.
            repeated = read_csv(again)
            self.assertEqual(len(repeated), 3)
            for row in repeated:
                self.assertIn(row, rows)
                self.assertEqual((first / row["file"]).read_bytes(), (again / row["file"]).read_bytes(), row["file"])
            self.assertFalse({row["name"] for row in rows if row["name"]} & {row["name"] for row in read_csv(other)})
            self.assertNotEqual((first / "clean_f000.jpg").read_bytes(), (other / "clean_f000.jpg").read_bytes())

    def test_bank_cards(self):
        with tempfile.TemporaryDirectory() as folder:
            done = make_cards("bank", "--count", 1, "--seed", 3, "--out", folder, "--sets", "clean,w360")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            rows = read_csv(pathlib.Path(folder))
            self.assertEqual(tuple(rows[0]), sets.BANK_COLUMNS)
            self.assertEqual({row["kind"] for row in rows}, set(bank.KINDS))
            self.assertEqual(len({row["number"] for row in rows}), 1)
            self.assertEqual({row["expect"] for row in rows if row["level"] == "w360"}, {"confirm"})

    def test_faults_keep_the_limits_and_say_what_to_expect(self):
        expected = {"mild": "read", "rot90": "read", "blur4": "retake", "w240": "retake",
                    "hand360": "confirm", "copy": "confirm",
                    "screen": "confirm", "mirrored": "retake", "fingers": "retake", "two": "retake",
                    "foreign": "refuse", "empty": "retake", "cut": None, "glare": None, "hard": None}
        person = people.person(4, 0, people.SHARES["mixed"])
        self.assertEqual([faults.by_width(w) for w in (299, 300, 429, 430)],
                         ["retake", "confirm", "confirm", "read"])
        rng = np.random.default_rng(1)
        who = looks(rng, False)
        front = idcard.front(person, LAYOUTS[0], rng, who)
        back = idcard.back(person, LAYOUTS[0], rng)
        for name, expect in expected.items():
            function, number = faults.find(name)
            taken = function(faults.Shot(np.random.default_rng(7), front, back, who), number)
            self.assertIn(taken.expect, (expect,) if expect else ("read", "confirm", "retake"), name)
            self.assertEqual(taken.shows, name not in ("foreign", "empty"))
            self.assertLess(len(taken.data), BYTES_LIMIT, name)
            picture = Image.open(io.BytesIO(taken.data))
            picture.load()
            self.assertEqual(picture.format, "JPEG")
            self.assertLessEqual(max(picture.size), SIDE_LIMIT, name)

    def test_a_scene_knows_where_the_text_went(self):
        """The ink of the number is where the scene says, so that what hides it is known to hide it."""
        person = people.person(4, 0, people.SHARES["mixed"])
        rng = np.random.default_rng(1)
        card = idcard.front(person, LAYOUTS[0], rng, looks(rng, False))
        picture = Scene(np.full((900, 1200, 3), 255))
        picture.place(card, corners((700, 500), 800, 638 / 1012, roll=8, pitch=10, yaw=-6), shadow=0)
        at = np.round(picture.points("number", across=300, down=40)).astype(int)
        dark = picture.pixels.mean(axis=2) < 110
        self.assertGreater(dark[at[:, 1], at[:, 0]].mean(), 0.1)
        top_left, _, _, bottom_left = picture.text["number"]
        for side in (-1.1, 1.1):  # above and below there is none
            beside = np.round(at + side * (bottom_left - top_left)).astype(int)
            self.assertEqual(dark[beside[:, 1], beside[:, 0]].mean(), 0)
        self.assertEqual(picture.hidden(np.zeros((900, 1200))), 0)
        self.assertEqual(picture.hidden(np.ones((900, 1200))), 1)

    def test_text_has_the_size_of_a_card(self):
        person = people.person(4, 1, people.SHARES["mixed"])
        for layout in LAYOUTS:
            rng = np.random.default_rng(2)
            card = idcard.front(person, layout, rng, looks(rng, True))
            self.assertEqual(card.picture.size, (1012, 638))
            left, top, right, bottom = card.boxes["number"]
            self.assertTrue(34 <= bottom - top <= 44, layout.name)
            self.assertEqual(set(card.boxes), {"name", "sex", "nation", "birth", "address", "number"})
            photo = layout.portrait[0] * idcard.PER_MM
            for name, box in card.boxes.items():
                self.assertTrue(box[0] > 0 and box[2] < (1012 if name == "number" else photo), (layout.name, name))
                self.assertTrue(name == "number" or box[3] < top, (layout.name, name))


class Refusals(unittest.TestCase):
    def test_bad_orders(self):
        with tempfile.TemporaryDirectory() as folder:
            good = ("--out", folder, "--seed", 1)
            for words, message in (
                    (("id", *good, "--count", 0), "--count is 1 to 1000"),
                    (("id", *good, "--count", 1, "--sets", "clean,soup"), "no set is called soup"),
                    (("id", *good, "--count", 1, "--sets", "rot45"), "no set is called rot45"),
                    (("id", *good, "--count", 1, "--shares", "uro=50"), "--shares sum to 100"),
                    (("id", *good, "--count", 1, "--shares", "odd=100"), "--shares is like"),
                    (("id", *good, "--count", 1, "--portraits", folder), "has no pictures"),
                    (("bank", *good, "--count", 1, "--names", "rare"), "are for id")):
                done = make_cards(*words)
                self.assertEqual(done.returncode, 2, words)
                self.assertIn(message, done.stderr)
            self.assertEqual(list(pathlib.Path(folder).iterdir()), [])


if __name__ == "__main__":
    if MISSING:
        print(f"cards_test: skipped, missing: {', '.join(MISSING)}; run tools/install-deps cards")
        sys.exit(SKIPPED)
    unittest.main()
