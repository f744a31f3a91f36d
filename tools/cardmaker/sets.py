"""From a seed to a folder of pictures with `cards.csv`, which is their truth."""

import csv
import hashlib
import pathlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from PIL import Image

from cardmaker import bank, faults, idcard, names, people
from cardmaker.layouts import LAYOUTS
from cardmaker.portrait import looks

ID_COLUMNS = ("file", "set", "side", "name", "sex", "nation", "birth", "address", "number", "authority",
              "valid_from", "valid_to", "rarity", "layout", "expect")
BANK_COLUMNS = ("file", "kind", "level", "number", "bank", "holder", "expiry", "expect")


@dataclass(frozen=True)
class Order:
    """What is asked for; the same order gives the same bytes."""
    out: pathlib.Path
    count: int
    seed: int
    sets: tuple
    shares: dict = None  # people.SHARES
    photos: tuple = ()  # files that replace the drawn portraits


def chance(order, *what):
    """Random numbers of their own for every picture, so that no picture depends on the others."""
    text = "/".join(map(str, (order.seed, *what)))
    return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big"))


def make(order, columns, pictures, jobs):
    """Writes the pictures of every person (`pictures` gives rows and bytes) and `cards.csv`; the rows."""
    order.out.mkdir(parents=True, exist_ok=True)
    work = partial(write, order, pictures)
    if jobs > 1:
        with ProcessPoolExecutor(jobs) as pool:
            made = list(pool.map(work, range(order.count)))
    else:
        made = [work(index) for index in range(order.count)]
    rows = [row for person in made for row in person]
    with open(order.out / "cards.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return rows


def write(order, pictures, index):
    rows = []
    for row, data in pictures(order, index):
        (order.out / row["file"]).write_bytes(data)
        rows.append(row)
    return rows


def make_ids(order, jobs=1):
    return make(order, ID_COLUMNS, id_pictures, jobs)


def make_banks(order, jobs=1):
    return make(order, BANK_COLUMNS, bank_pictures, jobs)


def id_sides(order, index):
    """(person, layout, looks, front, back)"""
    person = people.person(order.seed, index, order.shares)
    layout = LAYOUTS[index % len(LAYOUTS)]
    rng = chance(order, "card", index)
    who = looks(rng, person.sex == "女")
    photo = Image.open(order.photos[index % len(order.photos)]) if order.photos else None
    return person, layout, who, idcard.front(person, layout, rng, who, photo), idcard.back(person, layout, rng)


def id_pictures(order, index):
    person, layout, who, front, back = id_sides(order, index)
    for name in order.sets:
        function, number = faults.find(name)
        for side, card in (("front", front), ("back", back)):
            if side == "back" and not faults.both_sides(name):
                continue
            other = None
            if name == "two":
                other = back if index % 2 == 0 else id_sides(order, index + 1)[3]
            taken = function(faults.Shot(chance(order, name, side, index), card, other, who), number)
            row = {"file": f"{name}_{side[0]}{index:03d}.jpg", "set": name, "expect": taken.expect}
            if taken.shows:
                row |= {"side": side, "layout": layout.name} | truth(person, side)
            yield row, taken.data


def truth(person, side):
    if side == "back":
        return {"authority": person.authority, "valid_from": person.valid_from.isoformat(),
                "valid_to": person.until}
    return {"name": person.name, "sex": person.sex, "nation": person.nation, "birth": person.birth.isoformat(),
            "address": person.address, "number": person.number, "rarity": names.rarity(person.name)}


def bank_pictures(order, index):
    account = bank.account(order.seed, index)
    who = looks(chance(order, "holder", index), index % 2 == 0)
    for kind in bank.KINDS:
        card = bank.card(account, kind, chance(order, "card", kind, index))
        for name in order.sets:
            function, number = faults.find(name)
            rng = chance(order, name, kind, index)
            other = bank.card(bank.account(order.seed, index + 1), kind, rng) if name == "two" else None
            taken = function(faults.Shot(rng, card, other, who), number)
            row = {"file": f"{kind}_{name}_{index:03d}.jpg", "level": name, "expect": taken.expect}
            if taken.shows:
                row |= {"kind": kind, "number": account.number, "bank": account.bank, "holder": account.holder,
                        "expiry": account.expiry}
            yield row, taken.data
