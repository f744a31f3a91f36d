"""The two sides of a resident's card in the form of the second generation, drawn flat."""

from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from cardmaker import fonts, paper
from cardmaker.layouts import HEIGHT, RADIUS, WIDTH
from cardmaker.portrait import portrait

PIXELS = 1012  # the width that cards are drawn at
PER_MM = PIXELS / WIDTH
SIZE = (PIXELS, round(HEIGHT * PER_MM))
SPECIMEN = "样本 SPECIMEN"
SPECIMEN_FONTS = ("hei",)


@dataclass
class Card:
    """A flat card with square corners; `boxes` are the pixels that each printed field takes."""
    picture: Image.Image
    boxes: dict = field(default_factory=dict)

    @property
    def mask(self):
        """Which pixels belong to the card: its corners are round."""
        mask = Image.new("L", self.picture.size, 0)
        radius = RADIUS * self.picture.width / WIDTH
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, mask.width - 1, mask.height - 1), radius, fill=255)
        return mask


class Pen:
    """Writes onto a card in millimetres and remembers where the fields are."""

    def __init__(self, picture):
        self.card = Card(picture)
        self.draw = ImageDraw.Draw(picture)

    def write(self, x, y, text, chain, size, fill, pitch=None, name=None):
        """`y` is the baseline; `pitch` the distance between the characters. Returns the right end."""
        face = fonts.font(fonts.pick(chain, text), round(size * PER_MM))
        x, y = x * PER_MM, y * PER_MM
        if pitch is None:
            self.draw.text((x, y), text, fill, face, anchor="ls")
            box = self.draw.textbbox((x, y), text, face, anchor="ls")
        else:
            for n, ch in enumerate(text):
                self.draw.text((x + n * pitch * PER_MM, y), ch, fill, face, anchor="ls")
            box = self.draw.textbbox((x, y), text[0], face, anchor="ls")
            box = (*box[:2], x + (len(text) - 1) * pitch * PER_MM + box[2] - x, box[3])
        if name:
            old = self.card.boxes.get(name, box)
            self.card.boxes[name] = (min(old[0], box[0]), min(old[1], box[1]), max(old[2], box[2]),
                                     max(old[3], box[3]))
        return box[2] / PER_MM

    def width(self, text, chain, size):
        return fonts.font(fonts.pick(chain, text), round(size * PER_MM)).getlength(text) / PER_MM


def sheet(layout, rng):
    pixels = paper.guilloche(*SIZE, layout, rng)
    return Pen(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)))


def digit_em(layout):
    """The em that makes a digit `number_height` high."""
    top, bottom = fonts.font(layout.number_font, 200).getbbox("0", anchor="ls")[1::2]
    return layout.number_height * 200 / (bottom - top)


def front(person, layout, rng, who, photo=None):
    """`who` (portrait.Looks) is drawn as the portrait, unless `photo` replaces it."""
    pen = sheet(layout, rng)
    dx, dy = rng.uniform(-0.35, 0.35, 2)  # printing is never quite in place
    label = (layout.label_font, "hei")
    left, values = layout.left, layout.values + dx
    spaced = layout.label_size * 1.45
    rows = [y + dy for y in layout.rows]

    for text, y in (("姓名", layout.rows[0]), ("性别", layout.rows[1]), ("出生", layout.rows[2]),
                    ("住址", layout.rows[3])):
        pen.write(left, y, text, label, layout.label_size, layout.label_color, spaced)
    place_portrait(pen, layout, photo or portrait(*portrait_size(layout), rng, who))
    write_name(pen, layout, person.name, values, rows[0])
    ink = layout.value_color
    pen.write(values, rows[1], person.sex, layout.value_fonts, layout.value_size, ink, name="sex")
    pen.write(layout.nation, layout.rows[1], "民族", label, layout.label_size, layout.label_color, spaced)
    pen.write(layout.nation + layout.label_size * 3.2 + dx, rows[1], person.nation, layout.value_fonts,
              layout.value_size, ink, name="nation")
    write_birth(pen, layout, person.birth, values, rows[2], label)
    for n, line in enumerate(wrap(pen, layout, person.address)):
        pen.write(values, rows[3] + n * layout.line, line, layout.value_fonts, layout.value_size, ink,
                  name="address")
    pen.write(left, layout.rows[4], "公民身份号码", label, layout.label_size, layout.label_color)
    pen.write(layout.number + dx, rows[4], person.number, (layout.number_font,), digit_em(layout), ink,
              layout.number_pitch, "number")
    x, y, w, h = layout.portrait
    pen.write(x + w * 0.1, y + h + 3.2, SPECIMEN, SPECIMEN_FONTS, 2.2, (150, 154, 166))
    return pen.card


def write_name(pen, layout, name, x, y):
    """A long name is set smaller, and broken at its dot where that is not enough."""
    room = layout.portrait[0] - x - 1.2
    size = layout.name_size
    full = pen.width(name, layout.value_fonts, size)
    if full <= room:
        pen.write(x, y, name, layout.value_fonts, size, layout.value_color, name="name")
    elif full * 0.72 <= room or "·" not in name:
        pen.write(x, y, name, layout.value_fonts, size * room / full, layout.value_color, name="name")
    else:
        first, last = name.split("·", 1)
        size = min(2.9, size * room / pen.width(max((first + "·", last), key=len), layout.value_fonts, size))
        pen.write(x, y - 1.7, first + "·", layout.value_fonts, size, layout.value_color, name="name")
        pen.write(x, y + 1.7, last, layout.value_fonts, size, layout.value_color, name="name")


def wrap(pen, layout, text):
    """Lines as wide as `per_line` ideographs; figures take half of one."""
    lines = [""]
    for ch in text:
        if pen.width(lines[-1] + ch, layout.value_fonts, layout.value_size) > layout.per_line * layout.value_size:
            lines.append("")
        lines[-1] += ch
    return lines


def write_birth(pen, layout, birth, x, y, label):
    for part, unit in ((birth.year, "年"), (birth.month, "月"), (birth.day, "日")):
        x = pen.write(x, y, str(part), layout.value_fonts, layout.value_size, layout.value_color, name="birth")
        pen.write(x + 1.3, y, unit, label, layout.label_size, layout.label_color)
        x += 2.7 + layout.label_size


def portrait_size(layout):
    return tuple(round(v * PER_MM) for v in layout.portrait[2:])


def place_portrait(pen, layout, photo):
    x, y = (round(v * PER_MM) for v in layout.portrait[:2])
    w, h = portrait_size(layout)
    drawn = ImageOps.fit(photo.convert("RGB"), (w, h))
    # The background of the photo is not printed: the lines of the card show through its light parts.
    below = np.asarray(pen.card.picture.crop((x, y, x + w, y + h)), np.float32)
    pixels = np.asarray(drawn, np.float32)
    mixed = np.minimum(pixels, below * 0.55 + 255 * 0.45)
    pen.card.picture.paste(Image.fromarray(mixed.astype(np.uint8)), (x, y))


def back(person, layout, rng):
    pen = sheet(layout, rng)
    title, below, authority, validity = layout.back_rows
    center = 52.0
    for text, y, size, pitch in (("中华人民共和国", title, 4.9, 6.3), ("居民身份证", below, 6.6, 9.6)):
        pen.write(center - pitch * (len(text) - 1) / 2 - size / 2, y, text, (layout.title_font, "hei"), size,
                  (26, 26, 30), pitch)
    emblem(pen.draw, 15.0, 14.6, 8.2)
    wall(pen.draw, layout, rng)
    label = (layout.label_font, "hei")
    dx, dy = rng.uniform(-0.35, 0.35, 2)
    for text, y in (("签发机关", authority), ("有效期限", validity)):
        pen.write(layout.back_left, y, text, label, layout.label_size * 1.04, (34, 34, 40))
    size = layout.value_size
    room = WIDTH - layout.back_values - 2.5
    size *= min(1, room / pen.width(person.authority, layout.value_fonts, size))
    pen.write(layout.back_values + dx, authority + dy, person.authority, layout.value_fonts, size,
              layout.value_color, name="authority")
    until = f"{person.valid_to:%Y.%m.%d}" if person.valid_to else "长期"
    pen.write(layout.back_values + dx, validity + dy, f"{person.valid_from:%Y.%m.%d}-{until}", layout.value_fonts,
              layout.value_size, layout.value_color, name="validity")
    pen.write(60.0, 28.4, SPECIMEN, SPECIMEN_FONTS, 2.2, (150, 154, 166))
    return pen.card


def emblem(draw, x, y, radius):
    """A red disk with a gate of our own: not the state's emblem."""
    def disk(r, fill):
        draw.ellipse([v * PER_MM for v in (x - r, y - r, x + r, y + r)], fill=fill)

    disk(radius, (176, 40, 38))
    disk(radius * 0.86, (226, 186, 84))
    disk(radius * 0.8, (190, 44, 40))
    for n, w in enumerate((0.62, 0.5, 0.38)):
        top = y + radius * (0.3 - 0.28 * n)
        draw.rectangle([v * PER_MM for v in (x - radius * w, top, x + radius * w, top + radius * 0.13)],
                       fill=(232, 194, 92))
    for side in (-0.3, 0, 0.3):
        draw.rectangle([v * PER_MM for v in (x + radius * (side - 0.04), y - radius * 0.2,
                                             x + radius * (side + 0.04), y + radius * 0.3)], fill=(232, 194, 92))


def wall(draw, layout, rng):
    """A line of hills with battlements, faint."""
    ink = tuple((a + b) // 2 for a, b in zip(layout.ink, layout.paper[1]))
    x = np.linspace(30, 84, 110)
    y = 34 + 1.5 * np.sin(x / 5 + rng.uniform(0, 6)) + 0.8 * np.sin(x / 2.2)
    points = []
    for n, (px, py) in enumerate(zip(x, y)):
        points.append((px * PER_MM, (py - (0.8 if n % 2 else 0)) * PER_MM))
        points.append(((px + 0.49) * PER_MM, (py - (0.8 if n % 2 else 0)) * PER_MM))
    draw.line(points, fill=ink, width=3)
    for px, py in zip(x[10::24], y[10::24]):
        draw.rectangle([v * PER_MM for v in (px - 1.6, py - 3.6, px + 1.6, py)], outline=ink, width=3)
