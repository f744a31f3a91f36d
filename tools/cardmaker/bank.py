"""Bank cards: numbers with the public prefixes of their issuers, printed or embossed."""

import random
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from cardmaker import fonts, paper
from cardmaker.idcard import PER_MM, SIZE, Pen

# prefix, bank, digits
ISSUERS = (
    ("622202", "中国工商银行", 19), ("621226", "中国工商银行", 19), ("622848", "中国农业银行", 19),
    ("622700", "中国建设银行", 19), ("621700", "中国建设银行", 19), ("622260", "交通银行", 19),
    ("601428", "交通银行", 17), ("621661", "中国银行", 19), ("622588", "招商银行", 16), ("621485", "招商银行", 16),
    ("622908", "兴业银行", 18), ("622622", "民生银行", 16), ("622690", "中信银行", 16), ("622662", "光大银行", 16),
    ("622155", "平安银行", 16), ("621799", "邮储银行", 19),
)
KINDS = ("printed", "embossed_foil", "embossed")
FAMILY = "WANG LI ZHANG LIU CHEN YANG HUANG ZHAO WU ZHOU XU SUN OUYANG ZHU HU".split()
GIVEN = "WEI FANG JIE XIUYING QIANG LEI JUN YAN MINGYUE HAORAN ZIXUAN JIANGUO TING".split()
FOILS = ((206, 208, 212), (226, 196, 120), (244, 244, 246))


@dataclass(frozen=True)
class Account:
    number: str
    bank: str
    groups: tuple  # of digits
    holder: str
    expiry: str


def luhn_digit(digits):
    """ISO/IEC 7812-1, annex B: what makes `digits` and itself sum to a multiple of ten."""
    total = 0
    for n, ch in enumerate(reversed(digits)):
        doubled = int(ch) * (2 if n % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def account(seed, index):
    """Card `index` of a seed; the same whatever else is made."""
    rng = random.Random(f"{seed}/bank/{index}")
    prefix, bank, length = rng.choice(ISSUERS)
    digits = prefix + "".join(rng.choice("0123456789") for _ in range(length - len(prefix) - 1))
    number = digits + luhn_digit(digits)
    if length > 16 and rng.random() < 0.4:
        groups = (number[:6], number[6:])
    else:
        groups = tuple(number[n:n + 4] for n in range(0, length, 4))
    return Account(number, bank, groups, f"{rng.choice(FAMILY)} {rng.choice(GIVEN)}",
                   f"{rng.randint(1, 12):02d}/{rng.randint(27, 35)}")


def card(who, kind, rng):
    """A flat idcard.Card whose only box is the number's."""
    picture, dark = background(rng)
    pen = Pen(picture)
    ink = (24, 24, 28) if not dark else (246, 246, 248)
    top = rng.uniform(9.0, 11.5)
    pen.write(6, top, who.bank, (("hei", "song_bold", "hei_bold")[rng.integers(3)],), 4.4, ink)
    pen.write(70, top, "借记卡", ("hei",), 2.9, ink)
    chip(pen.draw, 8.5, rng.uniform(15.5, 17.5), rng)
    pen.write(61, top + 5.5, "SPECIMEN 样本", ("hei",), 2.2, ink)
    line = rng.uniform(32.5, 35.5)
    low = rng.uniform(47.5, 50.0)
    pen.write(24, line + 7, f"VALID THRU {who.expiry}", ("mono",), 2.5, ink)
    pen.write(7, low, who.holder, ("mono",), 3.1, ink)
    pen.write(66, low, "DEBIT", ("latin_bold",), 3.0, ink)
    places, face, box = number_places(who, kind, line, rng)
    mask = Image.new("L", SIZE, 0)
    draw = ImageDraw.Draw(mask)
    for ch, x in places:
        draw.text((x, line * PER_MM), ch, 255, face, anchor="ls")
    pen.card.picture = press(picture, mask, kind, ink, rng)
    pen.card.boxes["number"] = box
    return pen.card


def number_places(who, kind, line, rng):
    """Each digit with its left, the font, and the box of them all; pixels."""
    embossed = kind != "printed"
    name = "ocr_b" if embossed else ("ocr_b", "mono", "hei", "latin")[rng.integers(4)]
    height = rng.uniform(3.9, 4.4) if embossed else rng.uniform(3.3, 4.0)
    top, bottom = fonts.font(name, 200).getbbox("0", anchor="ls")[1::2]
    face = fonts.font(name, round(height * PER_MM * 200 / (bottom - top)))
    gap = 1.0 if len(who.groups) > 2 else 1.6
    left = rng.uniform(6.0, 8.5)
    cells = len(who.number) + gap * (len(who.groups) - 1)
    pitch = min(3.63, (80.5 - left) / cells)
    if not embossed:
        pitch = min(pitch, face.getlength("0") / PER_MM * 1.12)
    places, x = [], left
    for group in who.groups:
        for ch in group:
            places.append((ch, x * PER_MM))
            x += pitch
        x += gap * pitch
    last = places[-1][1] + face.getlength("0")
    return places, face, (left * PER_MM, (line - height) * PER_MM, last, line * PER_MM)


def background(rng):
    """A picture, and whether light letters are to stand on it."""
    dark = rng.random() < 0.6
    hues = rng.uniform(0.25, 1.0, (2, 3))
    colors = hues / hues.max(axis=1, keepdims=True) * (rng.uniform(90, 150) if dark else rng.uniform(205, 240))
    width, height = SIZE
    pixels = paper.blend(width, height, colors)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    for _ in range(4):
        cx, cy, r = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(100, 420)
        inside = np.clip(r - np.hypot(x - cx, y - cy) + 0.5, 0, 1)[..., None]
        pixels *= 1 + inside * rng.uniform(-0.12, 0.12)
    pixels *= 1 + 0.05 * np.sin((x + y * rng.uniform(-1, 1)) / rng.uniform(8, 60))[..., None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)), dark


def chip(draw, x, y, rng):
    gold = (212, 178, 92) if rng.random() < 0.6 else (200, 202, 206)
    dark = tuple(v * 6 // 10 for v in gold)
    left, top, right, bottom = (v * PER_MM for v in (x, y, x + 11.2, y + 8.8))
    draw.rounded_rectangle((left, top, right, bottom), 14, fill=gold, outline=dark, width=2)
    for share in (0.33, 0.67):
        line = top + (bottom - top) * share
        draw.line((left, line, left + (right - left) * 0.32, line), fill=dark, width=2)
        draw.line((left + (right - left) * 0.68, line, right, line), fill=dark, width=2)
    draw.rectangle((left + (right - left) * 0.32, top + 18, left + (right - left) * 0.68, bottom - 18),
                   outline=dark, width=2)


def press(picture, mask, kind, ink, rng):
    """Prints the number, or raises it out of the card, with foil on its top or without."""
    pixels = np.asarray(picture, np.float32)
    shape = np.asarray(mask, np.float32)[..., None] / 255
    if kind == "printed":
        return Image.fromarray((pixels * (1 - shape) + np.array(ink) * shape).astype(np.uint8))
    raised = np.asarray(mask.filter(ImageFilter.GaussianBlur(2.2)), np.float32) / 255
    down, right = np.gradient(raised)
    angle = rng.uniform(0.5, 1.1)
    slope = (np.cos(angle) * down + np.sin(angle) * right)[..., None]
    # The side away from the lamp lies in shade, the other shines.
    pixels = pixels * (1 + 2.2 * np.clip(slope, -0.3, 0.3)) + 90 * np.clip(slope, 0, 1)
    cast = np.roll(raised, (3, 4), (0, 1))[..., None]
    pixels *= 1 - 0.4 * cast * (1 - raised[..., None])
    if kind == "embossed_foil":
        foil = np.array(FOILS[rng.integers(len(FOILS))], np.float32)
        worn = np.clip(1.1 - 0.5 * np.maximum(0, paper.cloud(*SIZE, rng, 14)), 0, 1)[..., None]
        light = 1 + 0.12 * paper.cloud(*SIZE, rng, 120)[..., None] + 1.4 * np.clip(slope, -0.2, 0.2)
        top = np.clip(shape * 1.2 - 0.1, 0, 1) * worn
        pixels = pixels * (1 - top) + foil * light * top
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
