"""Drawn people who hold a card up, and fingers on cards."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from cardmaker import paper
from cardmaker.portrait import SCALE, figure, looks
from cardmaker.scene import Scene, corners


def held(rng, card, width, size, who, photo=None):
    """A person in a room, a card `width` pixels wide in the hands, fingers on its margins only. `photo`, of a
    person with the face in the middle, hides the drawn one."""
    room = paper.desk(*size, rng)
    room = room * 0.5 + rng.uniform(50, 140)
    large = Image.fromarray(np.clip(room, 0, 255).astype(np.uint8)).resize([v * SCALE for v in size])
    draw = ImageDraw.Draw(large)
    tall = rng.uniform(360, 470)
    x, y = size[0] / 2 + rng.uniform(-90, 90), size[1] * 0.3
    figure(draw, who, x * SCALE, y * SCALE, tall * SCALE)
    if photo is not None:
        high = size[1] * 0.6 * SCALE
        shown = photo.convert("RGB").resize((round(high * photo.width / photo.height), round(high)))
        large.paste(shown, (round(x * SCALE - shown.width / 2), round(y * SCALE - shown.height / 2)))
    height = width * card.picture.height / card.picture.width
    center = np.array([min(max(x + rng.uniform(-120, 120), width * 0.64), size[0] - width * 0.64),
                       min(y + tall * 0.75 + height / 2 + rng.uniform(20, 160), size[1] - height * 0.62 - 30)])
    quad = corners(center, width, height / width, rng.uniform(-9, 9), rng.uniform(-9, 9), rng.uniform(-9, 9))
    thick = max(34.0, width * 0.085)
    sides = (0, 1) if rng.random() < 0.6 else (1,)
    for side in sides:
        grip(draw, quad, side, thick, who, size)
    scene = Scene(np.asarray(large.resize(size, Image.Resampling.LANCZOS)))
    scene.place(card, quad, shadow=0.2)
    for side in sides:
        top, bottom = (quad[0], quad[3]) if side == 0 else (quad[1], quad[2])
        inward = (quad[1] - quad[0]) / width * (1 if side == 0 else -1)
        tip = top * 0.45 + bottom * 0.55 + inward * width * 0.022
        paint(scene, capsule(scene.size, tip - inward * thick * 1.5, tip - inward * thick * 0.45, thick), who.skin)
    return scene


def grip(draw, quad, side, thick, who, size):
    """The arm, and the fingers behind the card."""
    top, bottom = (quad[0], quad[3]) if side == 0 else (quad[1], quad[2])
    out = (quad[0] - quad[1] if side == 0 else quad[1] - quad[0])
    out = out / np.linalg.norm(out)
    palm = top * 0.4 + bottom * 0.6 + out * thick * 0.9
    elbow = np.array([palm[0] + out[0] * thick * 3, size[1] + thick])
    line = [tuple(p * SCALE) for p in (palm, elbow)]
    draw.line(line, fill=who.coat, width=int(thick * 3.4 * SCALE))
    for n, share in enumerate((0.3, 0.45, 0.6, 0.75)):
        at = top * (1 - share) + bottom * share
        ends = [tuple((at + out * thick * v) * SCALE) for v in (-0.8, 1.6)]
        draw.line(ends, fill=tuple(int(c * (0.95 - 0.03 * n)) for c in who.skin), width=int(thick * 0.8 * SCALE))
    r = thick * 1.35 * SCALE
    px, py = palm * SCALE
    draw.ellipse((px - r, py - r * 1.3, px + r, py + r * 1.3), fill=who.skin)


def thumb_over(rng, scene, name):
    """A thumb from the nearest edge of the card over a part of field `name`; the mask of what it covers."""
    a, b, c, d = scene.text[name]
    share = rng.uniform(0.25, 0.75)
    tip = ((a + d) / 2) * (1 - share) + ((b + c) / 2) * share
    down = (d - a) / np.linalg.norm(d - a)
    thick = np.linalg.norm(d - a) * rng.uniform(2.6, 3.6)
    root = tip + down * max(scene.size) + rng.uniform(-0.6, 0.6) * thick * np.array((1, 0))
    mask = capsule(scene.size, root, tip, thick)
    paint(scene, mask, looks(rng, False).skin)
    return mask


def capsule(size, start, end, thick):
    """How much of each pixel a rounded bar covers, 0 to 1."""
    y, x = np.mgrid[0:size[1], 0:size[0]].astype(np.float32)
    along = end - start
    t = np.clip(((x - start[0]) * along[0] + (y - start[1]) * along[1]) / (along @ along), 0, 1)
    distance = np.hypot(x - start[0] - t * along[0], y - start[1] - t * along[1])
    return np.clip(thick / 2 - distance + 0.5, 0, 1).astype(np.float32)


def paint(scene, mask, skin):
    """Skin where the mask is, darker towards its edge, with a soft shadow."""
    image = Image.fromarray((mask * 255).astype(np.uint8))
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(9)), np.float32)[..., None] / 255
    scene.pixels *= 1 - 0.3 * soft
    color = np.array(skin, np.float32) * (0.55 + 0.45 * soft)
    scene.pixels = scene.pixels * (1 - mask[..., None]) + color * mask[..., None]
