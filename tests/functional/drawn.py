"""Cards drawn for the demo's invented people, with a photo in the place of the portrait.

Needs `tools/install-deps cards`; a script that imports this without it says so and ends with 77.
"""

import datetime
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
sys.dont_write_bytecode = True
try:
    import numpy as np
    from PIL import Image
    from cardmaker import fonts, idcard, people
    from cardmaker.layouts import LAYOUTS
    from cardmaker.portrait import looks
    ABSENT = fonts.missing()
except ModuleNotFoundError as error:
    ABSENT = [error.name]
if ABSENT:
    print(f"{pathlib.Path(sys.argv[0]).stem}: not run, missing: {', '.join(ABSENT)}; run tools/install-deps cards")
    sys.exit(77)


def holder(person, number=None):
    """As the card says it; `number`, another one than the person's."""
    number = number or person["id_number"]
    birth = datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    return people.Person(person["name"], "男" if int(number[16]) % 2 else "女", "汉", birth,
                         "北京市崇文区花园路12号", number, "北京市公安局崇文分局", datetime.date(2015, 3, 2),
                         datetime.date(2035, 3, 2))


def front(who, demo_card, rng):
    """`demo_card`: the demo's card is a photo in the place of the portrait, without any text."""
    photo = Image.open(demo_card).crop((640, 80, 960, 490))
    return idcard.front(who, LAYOUTS[0], rng, looks(rng, who.sex == "女"), photo)


def back(who, rng):
    return idcard.back(who, LAYOUTS[0], rng)


def generator(seed):
    return np.random.default_rng(seed)
