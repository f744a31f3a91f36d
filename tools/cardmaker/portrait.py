"""Drawn people: no photo of anybody, plain shapes with some variety."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SCALE = 2  # drawn larger, then made smaller: smooth edges


@dataclass(frozen=True)
class Looks:
    skin: tuple
    hair: tuple
    coat: tuple
    long_hair: bool
    face: float  # width over height
    eyes: float  # how far apart
    fringe: float


def looks(rng, woman):
    shade = rng.uniform(0.82, 1.0)
    grey = rng.uniform(18, 70) if rng.random() < 0.8 else rng.uniform(110, 170)
    return Looks(tuple(int(c * shade) for c in (244, 208, 180)), (int(grey), int(grey * 0.95), int(grey * 0.9)),
                 tuple(int(c) for c in rng.uniform(20, 150, 3)), woman and rng.random() < 0.8,
                 rng.uniform(0.72, 0.84), rng.uniform(0.2, 0.25), rng.uniform(0.18, 0.34))


def portrait(width, height, rng, who):
    """Head and shoulders on white, as on a card; an RGB picture."""
    page = Image.new("RGB", (width * SCALE, height * SCALE), (250, 250, 252))
    figure(ImageDraw.Draw(page), who, page.width / 2, page.height * 0.44, page.height * 0.52)
    return shade(page.resize((width, height), Image.Resampling.LANCZOS), rng)


def figure(draw, who, x, y, tall):
    """A person from the front, the face around (x, y) and `tall` high."""
    wide = tall * who.face

    def oval(cx, cy, w, h, fill):
        draw.ellipse((cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2), fill=fill)

    dark = tuple(int(c * 0.82) for c in who.skin)
    if who.long_hair:
        draw.rounded_rectangle((x - wide * 0.66, y - tall * 0.4, x + wide * 0.66, y + tall * 0.78),
                               wide * 0.4, fill=who.hair)
    oval(x, y - tall * 0.12, wide * 1.2, tall * 0.98, who.hair)
    draw.rectangle((x - wide * 0.25, y + tall * 0.3, x + wide * 0.25, y + tall * 0.72), fill=dark)
    draw.rounded_rectangle((x - tall * 0.92, y + tall * 0.62, x + tall * 0.92, y + tall * 3.4),
                           tall * 0.36, fill=who.coat)
    draw.polygon([(x - wide * 0.3, y + tall * 0.6), (x + wide * 0.3, y + tall * 0.6), (x, y + tall * 0.92)],
                 fill=dark)
    for side in (-1, 1):
        oval(x + side * wide * 0.52, y + tall * 0.03, wide * 0.14, tall * 0.22, dark)
    oval(x, y, wide, tall, who.skin)
    turns = np.linspace(np.pi * 1.06, np.pi * 1.94, 24)
    top = [(x + wide * 0.54 * np.cos(t), y + tall * 0.54 * np.sin(t)) for t in turns]
    draw.polygon([*top, (x + wide * 0.2, y - tall * who.fringe), (x - wide * 0.3, y - tall * who.fringe * 1.2)],
                 fill=who.hair)
    for side in (-1, 1):
        ex, ey = x + side * who.eyes * wide, y + tall * 0.02
        oval(ex, ey, wide * 0.17, tall * 0.06, (250, 248, 246))
        oval(ex, ey, wide * 0.075, tall * 0.06, (40, 28, 24))
        draw.arc((ex - wide * 0.13, ey - tall * 0.11, ex + wide * 0.13, ey + tall * 0.03), 200, 340,
                 fill=who.hair, width=max(2, int(tall * 0.018)))
    draw.arc((x - wide * 0.08, y + tall * 0.08, x + wide * 0.08, y + tall * 0.2), 20, 160, fill=dark,
             width=max(2, int(tall * 0.015)))
    oval(x, y + tall * 0.3, wide * 0.3, tall * 0.06, (186, 92, 88))
    draw.line((x - wide * 0.15, y + tall * 0.3, x + wide * 0.15, y + tall * 0.3), fill=(130, 60, 58),
              width=max(1, int(tall * 0.008)))


def shade(picture, rng):
    """Light from one side, and the softness of a print."""
    y, x = np.mgrid[0:picture.height, 0:picture.width]
    slope = rng.uniform(-0.12, 0.12)
    light = 1 + slope * (x / picture.width - 0.5) - 0.06 * (y / picture.height)
    pixels = np.asarray(picture.filter(ImageFilter.GaussianBlur(picture.width / 320)), np.float32)
    return Image.fromarray(np.clip(pixels * light[..., None], 0, 255).astype(np.uint8))
