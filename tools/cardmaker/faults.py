"""The sets: what a picture of a card suffers, and what a person would expect of a reader of it.

A set takes `Shot` and answers `Taken`. Expectations: `read` every field is plain; `confirm` legible, but with
a doubt that the holder or the staff should settle; `retake` something that is needed cannot be read, or it is
no picture of one side of one card; `refuse` another document.
"""

import re
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from cardmaker import foreign, hands, paper
from cardmaker.scene import Scene, corners, jpeg

TABLE = (1600, 1200)
UPRIGHT = (1200, 1600)
READ, CONFIRM, RETAKE, REFUSE = "read", "confirm", "retake", "refuse"
# A field this much hidden has lost a character.
LOST = 0.04
# Widths in pixels: an ideograph of an address then has about 17 and 12 pixels.
READABLE_WIDTH, LEGIBLE_WIDTH = 430, 300


@dataclass
class Shot:
    rng: np.random.Generator
    card: object  # idcard.Card
    other: object = None  # a second card, for `two`
    who: object = None  # portrait.Looks of the holder, for `hand`


@dataclass
class Taken:
    data: bytes  # a JPEG
    expect: str
    shows: bool = True  # whether the card of the truth is in it


def by_width(width):
    return READ if width >= READABLE_WIDTH else CONFIRM if width >= LEGIBLE_WIDTH else RETAKE


def ratio(card):
    return card.picture.height / card.picture.width


def on_table(shot, width, size=TABLE, light=False, turn=4.0, tilt=6.0):
    """A card lying about the middle of a table, not quite straight."""
    rng = shot.rng
    scene = Scene(paper.desk(*size, rng, light))
    quad = corners((0, 0), width, ratio(shot.card), rng.uniform(-turn, turn), rng.uniform(-tilt, tilt),
                   rng.uniform(-tilt, tilt))
    least, most = quad.min(axis=0), quad.max(axis=0)
    share = rng.uniform(0.05, 0.95, 2)  # of the room that is left beside the card
    scene.place(shot.card, quad - least + share * (np.array(size) - (most - least)))
    return scene


def finish(scene, rng, quality=90, noise=2.0):
    scene.noise(rng, noise)
    return jpeg(scene.image(), quality)


def clean(shot, _):
    return Taken(jpeg(shot.card.picture, 94), READ)


def mild(shot, _):
    rng = shot.rng
    scene = on_table(shot, rng.uniform(820, 1180))
    scene.light(rng, rng.uniform(0, 0.15), rng.uniform(0.85, 1.08), 0.04)
    scene.blur(rng.uniform(0.4, 1.0))
    return Taken(finish(scene, rng, int(rng.integers(80, 93)), rng.uniform(1, 4)), READ)


def hard(shot, _):
    """Perspective, uneven and low light, a reflection, blur, noise and compression, all at once."""
    rng = shot.rng
    width = rng.uniform(680, 1100)
    scene = on_table(shot, width, turn=25, tilt=20)
    dark = rng.uniform(0.3, 0.95)
    scene.light(rng, rng.uniform(0.1, 0.4), dark, 0.12)
    lost = 0.0
    if rng.random() < 0.6:
        at = rng.uniform(0.2, 0.8, 2) * scene.size
        lost = scene.hidden(scene.glare(rng, at, rng.uniform(40, 120), rng.uniform(0.5, 1.0)), 0.8)
    sigma = rng.uniform(0.8, 2.0)
    scene.blur(sigma)
    noise = rng.uniform(4, 12)
    data = finish(scene, rng, int(rng.integers(45, 75)), noise)
    # A line of the number has about 40 pixels at a width of 1012.
    doubtful = sigma * 1012 / width > 2 or noise / dark > 16
    return Taken(data, RETAKE if lost > LOST else CONFIRM if doubtful or lost > 0 else READ)


def light(shot, _):
    rng = shot.rng
    scene = on_table(shot, rng.uniform(850, 1150), light=True)
    scene.light(rng, rng.uniform(0, 0.08), rng.uniform(1.0, 1.08), 0.02)
    scene.blur(rng.uniform(0.4, 0.9))
    return Taken(finish(scene, rng), READ)


def rotated(shot, degrees):
    """Counted clockwise."""
    rng = shot.rng
    scene = on_table(shot, rng.uniform(820, 1100))
    scene.blur(0.6)
    scene.pixels = np.rot90(scene.pixels, -degrees // 90)
    return Taken(finish(scene, rng), READ)


def blurred(shot, sigma):
    """`sigma` in pixels, of a card 1012 pixels wide."""
    scene = on_table(shot, 1012)
    scene.blur(sigma)
    return Taken(finish(scene, shot.rng), READ if sigma <= 1 else CONFIRM if sigma < 4 else RETAKE)


def glare(shot, _):
    """A reflection whose middle lies on a field."""
    rng = shot.rng
    scene = on_table(shot, 1000)
    names = sorted(scene.text)
    at = scene.points(names[rng.integers(len(names))])
    white = scene.glare(rng, at[rng.integers(len(at))], rng.uniform(45, 130), rng.uniform(0.4, 1.0))
    scene.blur(0.6)
    return Taken(finish(scene, rng), RETAKE if scene.hidden(white, 0.8) > LOST else CONFIRM)


def width_of(shot, pixels):
    scene = on_table(shot, pixels, size=(1200, 900))
    scene.blur(0.4)
    return Taken(finish(scene, shot.rng), by_width(pixels))


def hand(shot, pixels):
    rng = shot.rng
    scene = hands.held(rng, shot.card, pixels, UPRIGHT, shot.who)
    scene.light(rng, 0.1, rng.uniform(0.9, 1.05), 0.05)
    scene.blur(0.7)
    return Taken(finish(scene, rng, 88, 3), by_width(pixels))


def fingers(shot, _):
    """A finger hides a part of the number (of the validity, on the back)."""
    rng = shot.rng
    scene = on_table(shot, rng.uniform(900, 1100))
    covered = hands.thumb_over(rng, scene, "number" if "number" in scene.text else "validity")
    scene.blur(0.6)
    return Taken(finish(scene, rng), RETAKE if scene.hidden(covered) > LOST else CONFIRM)


def mirrored(shot, _):
    taken = Image.fromarray(np.asarray(on_table(shot, 1000).image())[:, ::-1])
    return Taken(jpeg(taken, 90), RETAKE)


def cut(shot, _):
    """A corner or a side of the card is outside of the picture."""
    rng = shot.rng
    width = rng.uniform(1000, 1300)
    scene = Scene(paper.desk(*TABLE, rng))
    middle = np.array(TABLE) / 2
    push = np.array([(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)][rng.integers(8)])
    room = (np.array(TABLE) - (width, width * ratio(shot.card))) / 2
    center = middle + push * (room + rng.uniform(0.04, 0.3) * width * np.array((1, ratio(shot.card))))
    scene.place(shot.card, corners(center, width, ratio(shot.card), rng.uniform(-6, 6)))
    scene.blur(0.6)
    lost = scene.hidden(np.zeros(scene.pixels.shape[:2]))
    return Taken(finish(scene, rng), RETAKE if lost > LOST / 4 else CONFIRM)


def copy(shot, _):
    """A grey copy of the card on a sheet of paper."""
    rng = shot.rng
    width, height = 1240, 1600
    grey = ImageOps.grayscale(shot.card.picture)
    grey = ImageOps.autocontrast(grey, cutoff=(2, 30)).filter(ImageFilter.GaussianBlur(0.8))
    copied = type(shot.card)(grey.convert("RGB"), shot.card.boxes)
    scene = Scene(np.full((height, width, 3), 246.0))
    scene.place(copied, corners((width / 2 + rng.uniform(-60, 60), rng.uniform(420, 800)), 1012, ratio(copied),
                                rng.uniform(-2, 2)), shadow=0)
    dots = rng.random((height, width)) < 0.0006
    scene.pixels[dots] -= rng.uniform(60, 200)
    scene.pixels += 5 * paper.cloud(width, height, rng, 300)[..., None]
    scene.noise(rng, 3)
    return Taken(jpeg(ImageOps.grayscale(scene.image()), 85), CONFIRM)


def screen(shot, _):
    """The card on a screen: its pixels and the waves that they make with those of the camera."""
    rng = shot.rng
    scene = on_table(shot, rng.uniform(950, 1150), tilt=2, turn=2)
    width, height = scene.size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    pitch, lean = rng.uniform(2.6, 3.4), rng.uniform(-0.06, 0.06)
    for channel in range(3):
        columns = 0.5 + 0.5 * np.cos(2 * np.pi * ((x + lean * y) / pitch - channel / 3))
        rows = 0.5 + 0.5 * np.cos(2 * np.pi * (y - lean * x) / pitch)
        scene.pixels[..., channel] *= 0.72 + 0.22 * columns + 0.12 * rows
    fringe = np.cos(2 * np.pi * (x / rng.uniform(30, 70) + y / rng.uniform(60, 140) + (y / 700) ** 2))
    scene.pixels = scene.pixels * (1 + 0.07 * fringe[..., None]) + np.array((2, 6, 16))
    scene.light(rng, 0.12)
    scene.blur(0.7)
    return Taken(finish(scene, rng, 88), CONFIRM)


def two(shot, _):
    """Two cards in one picture: another person's, or the other side."""
    rng = shot.rng
    scene = Scene(paper.desk(*UPRIGHT, rng))
    for card, y in zip((shot.card, shot.other), (0.27, 0.73)):
        center = np.array(UPRIGHT) * (0.5 + rng.uniform(-0.05, 0.05), y)
        scene.place(card, corners(center, rng.uniform(820, 960), ratio(card), rng.uniform(-6, 6)))
    scene.blur(0.6)
    return Taken(finish(scene, rng), RETAKE)


def strange(shot, _):
    shot.card = foreign.card(shot.rng)
    scene = on_table(shot, 1000)
    scene.blur(0.6)
    return Taken(finish(scene, shot.rng), REFUSE, shows=False)


def empty(shot, _):
    scene = Scene(paper.desk(*TABLE, shot.rng))
    scene.light(shot.rng, 0.15)
    return Taken(finish(scene, shot.rng), RETAKE, shows=False)


PLAIN = {"clean": clean, "mild": mild, "hard": hard, "light": light, "glare": glare, "fingers": fingers,
         "mirrored": mirrored, "cut": cut, "copy": copy, "screen": screen, "two": two, "foreign": strange,
         "empty": empty}
# name: (function, least number, largest number)
NUMBERED = {"rot": (rotated, 90, 270), "blur": (blurred, 1, 12), "w": (width_of, 120, 1012), "hand": (hand, 160, 800)}
STANDARD = ("clean mild hard light rot90 rot180 rot270 blur2 blur3 blur4 blur5 glare w240 w300 w360 w430 w520 "
            "hand360 hand480 hand620 fingers mirrored cut copy screen two foreign empty").split()
# Nothing of these depends on the side, or a person holds the front up: one picture a card.
ONE_SIDED = ("hand", "two", "foreign", "empty")


def find(name):
    """(function, its number) of a set; ValueError for a name that is none."""
    if name in PLAIN:
        return PLAIN[name], None
    match = re.fullmatch(r"([a-z]+)(\d{1,4})", name)
    if match and match[1] in NUMBERED:
        function, least, most = NUMBERED[match[1]]
        number = int(match[2])
        if least <= number <= most and (match[1] != "rot" or number % 90 == 0):
            return function, number
    raise ValueError(f"no set is called {name}")


def both_sides(name):
    return not name.startswith(ONE_SIDED)
