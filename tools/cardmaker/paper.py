"""What lies below: the fine lines of a card, and the tables that cards lie on. Arrays of 0 to 255."""

import numpy as np
from PIL import Image


def blend(width, height, colors):
    """Colours from left to right, evenly spaced."""
    x = np.linspace(0, len(colors) - 1, width)
    channels = [np.interp(x, range(len(colors)), [c[n] for c in colors]) for n in range(3)]
    return np.repeat(np.stack(channels, axis=-1)[None], height, axis=0).astype(np.float32)


def lines(phase, thickness):
    """Lines where `phase` passes a whole number; 0 to 1, softened over about a pixel."""
    slope = np.hypot(*np.gradient(phase)) + 1e-6
    distance = np.abs(phase - np.round(phase)) / slope
    return np.clip(thickness / 2 + 0.5 - distance, 0, 1).astype(np.float32)


def guilloche(width, height, layout, rng):
    """A card's paper: `layout.paper` under curves of `layout.ink`."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / width * 85.6
    a, b, c = (rng.uniform(0, 6.28) for _ in range(3))
    if layout.pattern == "waves":
        phases = [(y + 1.3 * np.sin(x / 7 + a) + 0.7 * np.sin(x / 2.6 + b)) / 1.1,
                  (y - 1.9 * np.sin(x / 11 + c) + 0.4 * np.sin(x / 3.1 + a)) / 1.5]
    elif layout.pattern == "rosettes":
        phases = []
        for cx, cy, petals in ((20 + 4 * a, 16 + 3 * b, 7), (66 - 3 * c, 38 - 2 * a, 11)):
            dx, dy = x - cx, y - cy
            radius, angle = np.hypot(dx, dy), np.arctan2(dy, dx)
            phases.append((radius + 1.6 * np.sin(petals * angle) * np.tanh(radius / 9)) / 1.4)
    else:
        phases = [(x + y + 1.1 * np.sin((x - y) / 4 + a)) / 1.3, (x - y + 1.1 * np.sin((x + y) / 5 + b)) / 1.3]
    picture = blend(width, height, layout.paper)
    ink = np.array(layout.ink, np.float32)
    for phase, strength in zip(phases, (0.42, 0.3)):
        mark = lines(phase, 0.9 * width / 1012)[..., None] * strength
        picture = picture * (1 - mark) + ink * mark
    return picture


def cloud(width, height, rng, cell_x, cell_y=None):
    """Smooth noise of mean 0, about -1 to 1, whose blobs are `cell_x` by `cell_y` pixels."""
    size = (max(2, round(width / cell_x)), max(2, round(height / (cell_y or cell_x))))
    small = Image.fromarray(rng.standard_normal((size[1], size[0])).astype(np.float32))
    return np.clip(np.asarray(small.resize((width, height), Image.Resampling.BICUBIC)) / 1.6, -1.5, 1.5)


DESKS = ("wood", "cloth", "plain", "tiles", "stone")


def desk(width, height, rng, light=False):
    """A table top; a light one is nearly as bright as a card."""
    kind = DESKS[rng.integers(len(DESKS))]
    if light:
        base = rng.uniform(196, 226) + rng.uniform(-6, 6, 3)
    else:
        hue = rng.uniform(0.3, 1.0, 3)
        base = hue / hue.max() * rng.uniform(60, 170)
    strength = 0.04 if light else 0.14
    if kind == "wood":
        grain = cloud(width, height, rng, 260, 9) * 0.8 + cloud(width, height, rng, 500, 40) * 0.7
    elif kind == "cloth":
        grain = cloud(width, height, rng, 5) * 0.7 + cloud(width, height, rng, 80) * 0.4
    elif kind == "tiles":
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        side = rng.uniform(180, 420)
        joints = np.maximum(lines((x + rng.uniform(0, side)) / side, 5), lines((y + 0.1 * x) / side, 5))
        grain = cloud(width, height, rng, 30) * 0.3 - joints * 2
    elif kind == "stone":
        grain = sum(cloud(width, height, rng, cell) * 0.4 for cell in (4, 14, 60))
    else:
        grain = cloud(width, height, rng, 400) * 0.5
    return np.clip(base * (1 + strength * grain[..., None]), 0, 255).astype(np.float32)
