"""A card in a picture: turned, lit, out of focus, compressed. Pictures are float arrays of 0 to 255."""

import io

import numpy as np
from PIL import Image, ImageFilter

from cardmaker import paper


class Scene:
    """A picture being made, and where the text of the cards in it went."""

    def __init__(self, pixels):
        self.pixels = np.array(pixels, np.float32)  # a copy: it is written to
        self.text = {}  # field of the first card: the four corners of its box, in pixels

    @property
    def size(self):
        return self.pixels.shape[1], self.pixels.shape[0]

    def image(self):
        return Image.fromarray(np.clip(self.pixels, 0, 255).astype(np.uint8))

    def place(self, card, quad, shadow=0.35):
        """Lays a card over the picture; `quad` are its corners from the top left, clockwise."""
        width = int(np.linalg.norm(quad[1] - quad[0]))
        scale = min(1, max(width, 64) * 1.15 / card.picture.width)
        w, h = small = tuple(round(v * scale) for v in card.picture.size)
        flat = card.picture.convert("RGB").resize(small, Image.Resampling.LANCZOS)
        mask = card.mask.resize(small, Image.Resampling.LANCZOS)
        # Only the part of the picture that the card and its shadow reach.
        reach = width // 20 + 8
        left, top = np.clip(np.floor(quad.min(axis=0)) - reach, 0, self.size).astype(int)
        right, bottom = np.clip(np.ceil(quad.max(axis=0)) + reach, 0, self.size).astype(int)
        part = self.pixels[top:bottom, left:right]
        to_card = homography(quad - (left, top), [(0, 0), (w, 0), (w, h), (0, h)])
        warp = ((right - left, bottom - top), Image.Transform.PERSPECTIVE, tuple(to_card.flatten()[:8]),
                Image.Resampling.BICUBIC)
        pixels = np.asarray(flat.transform(*warp), np.float32)
        mask = mask.transform(*warp)
        alpha = np.asarray(mask, np.float32)[..., None] / 255
        if shadow:
            soft = mask.reduce(4).filter(ImageFilter.GaussianBlur(max(1, width / 360))).resize(mask.size)
            dark = np.roll(np.asarray(soft, np.float32), (width // 110, width // 140), (0, 1))[..., None] / 255
            part *= 1 - shadow * dark * (1 - alpha)
        part *= 1 - alpha
        part += pixels * alpha
        if not self.text:
            to_scene = np.linalg.inv(to_card)
            for name, (x, y, x2, y2) in card.boxes.items():
                box = np.array([(x, y), (x2, y), (x2, y2), (x, y2)]) * scale
                self.text[name] = project(to_scene, box) + (left, top)

    def points(self, name, across=24, down=5):
        """Points spread over a field, in pixels of the picture."""
        a, b, c, d = self.text[name]
        u, v = np.meshgrid(np.linspace(0, 1, across), np.linspace(0, 1, down))
        u, v = u[..., None], v[..., None]
        return ((a * (1 - u) + b * u) * (1 - v) + (d * (1 - u) + c * u) * v).reshape(-1, 2)

    def hidden(self, mask, limit=0.5):
        """The largest share of a field's points where `mask` (as large as the picture) is over `limit`,
        or that lie outside of the picture."""
        width, height = self.size
        worst = 0.0
        for name in self.text:
            at = np.round(self.points(name)).astype(int)
            inside = (at >= 0).all(1) & (at < (width, height)).all(1)
            covered = ~inside
            covered[inside] = mask[at[inside, 1], at[inside, 0]] > limit
            worst = max(worst, float(covered.mean()))
        return worst

    def blur(self, sigma):
        self.pixels = np.array(self.image().filter(ImageFilter.GaussianBlur(sigma)), np.float32)

    def noise(self, rng, sigma):
        """Of a sensor: mostly brightness, some colour."""
        height, width = self.pixels.shape[:2]
        grain = rng.standard_normal((height, width), np.float32) * np.float32(sigma)
        for channel, (down, right) in enumerate(((31, 67), (97, 13), (53, 149))):
            # The same grain from elsewhere is as good as another, and drawn much faster.
            self.pixels[..., channel] += grain + 0.4 * np.roll(grain, (down, right), (0, 1))

    def light(self, rng, unevenness, gain=1.0, cast=0.0):
        """A lamp to one side, an exposure and a tint."""
        width, height = self.size
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        angle = rng.uniform(0, 2 * np.pi)
        along = (np.cos(angle) * (x / width - 0.5) + np.sin(angle) * (y / height - 0.5)) * 2
        tint = (1 + rng.uniform(-cast, cast, 3)).astype(np.float32)
        self.pixels = self.pixels * (gain * (1 + unevenness * along))[..., None].astype(np.float32) * tint

    def glare(self, rng, center, radius, strength=1.0):
        """A reflection; returns how white it makes each pixel, 0 to 1."""
        width, height = self.size
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        angle = rng.uniform(0, np.pi)
        dx, dy = x - center[0], y - center[1]
        a = (dx * np.cos(angle) + dy * np.sin(angle)) / radius
        b = (dy * np.cos(angle) - dx * np.sin(angle)) / (radius * rng.uniform(0.4, 0.8))
        distance = np.hypot(a, b) * (1 + 0.12 * paper.cloud(width, height, rng, 60))
        white = np.clip(strength * 1.5 / (1 + np.exp(np.clip((distance - 1) * 7, -30, 30))), 0, 1).astype(np.float32)
        self.pixels = np.clip(self.pixels, 0, 255) * (1 - white[..., None]) + 255 * white[..., None]
        return white


def homography(source, target):
    """The matrix that takes four points to four others."""
    rows, right = [], []
    for (x, y), (u, v) in zip(source, target):
        rows += [(x, y, 1, 0, 0, 0, -u * x, -u * y), (0, 0, 0, x, y, 1, -v * x, -v * y)]
        right += [u, v]
    solved = np.linalg.solve(np.array(rows, float), np.array(right, float))
    return np.append(solved, 1).reshape(3, 3)


def project(matrix, points):
    mapped = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return mapped[:, :2] / mapped[:, 2:]


def corners(center, width, ratio, roll=0.0, pitch=0.0, yaw=0.0):
    """The corners of a card `width` pixels wide, seen from three card widths away, turned by degrees."""
    half = np.array([(-1, -ratio), (1, -ratio), (1, ratio), (-1, ratio)]) * width / 2
    a, b, c = np.radians((pitch, yaw, roll))
    x, y = half.T
    depth = 3 * width + y * np.sin(a) + x * np.sin(b)
    flat = np.column_stack([x * np.cos(b), y * np.cos(a)]) * (3 * width / depth)[:, None]
    turn = np.array([(np.cos(c), -np.sin(c)), (np.sin(c), np.cos(c))])
    return flat @ turn.T + center


def jpeg(image, quality):
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=quality, subsampling=0 if quality > 85 else 2)
    return buffer.getvalue()
