"""A card of a country that does not exist: what a reader of resident's cards must refuse."""

import datetime

import numpy as np
from PIL import Image

from cardmaker import paper
from cardmaker.idcard import PER_MM, SIZE, SPECIMEN, SPECIMEN_FONTS, Pen
from cardmaker.layouts import LAYOUTS
from cardmaker.portrait import looks, portrait

COUNTRIES = ("REPUBLIC OF VESTRALIA", "KINGDOM OF ORNAVIA", "FEDERATION OF TALMERRA")
FAMILY = ("HOLVAREN", "MIRSK", "DELACOSTA", "ANDERVALD", "PETROVNIK", "OKONJARA")
GIVEN = ("ELIN", "MARKUS", "SOFIA", "TOMAS", "ADA", "JORAN")
LABELS = ("Surname / Nom", "Given names / Prénoms", "Date of birth", "Card no.", "Expires")


def card(rng):
    layout = LAYOUTS[rng.integers(len(LAYOUTS))]
    pixels = paper.guilloche(*SIZE, layout, rng)
    pen = Pen(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)))
    latin, bold = ("latin",), ("latin_bold",)
    pen.write(6, 7.5, COUNTRIES[rng.integers(len(COUNTRIES))], bold, 3.4, (40, 50, 110))
    pen.write(6, 11.5, "NATIONAL IDENTITY CARD", latin, 2.5, (60, 70, 120))
    photo = portrait(round(22 * PER_MM), round(28 * PER_MM), rng, looks(rng, rng.random() < 0.5))
    pen.card.picture.paste(photo, (round(6 * PER_MM), round(15 * PER_MM)))
    family, given = FAMILY[rng.integers(len(FAMILY))], GIVEN[rng.integers(len(GIVEN))]
    born = datetime.date(1955, 1, 1) + datetime.timedelta(days=int(rng.integers(18000)))
    number = "".join("ABCDEFGHKLMNPRSTUVWXYZ"[n] for n in rng.integers(22, size=2)) + f"{rng.integers(10**7):07d}"
    values = (family, given, f"{born:%d.%m.%Y}", number, f"{born:%d.%m}.2031")
    for n, (label, value) in enumerate(zip(LABELS, values)):
        y = 17.5 + 6.4 * n
        pen.write(32, y, label, latin, 1.9, (90, 90, 110))
        pen.write(32, y + 3.1, value, bold, 2.9, (20, 20, 24), name=label)
    pen.write(6, 51, f"ID<VES{number}<<<<<<{family}<<{given}"[:38].ljust(38, "<"), ("ocr_b",), 2.6, (20, 20, 20),
              1.93)
    pen.write(62, 12, SPECIMEN, SPECIMEN_FONTS, 2.2, (150, 154, 166))
    return pen.card
