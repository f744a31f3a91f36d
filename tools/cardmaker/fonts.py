"""The fonts of Debian that the cards are set in, and which characters each of them has."""

import functools
import pathlib
import struct

from PIL import ImageFont

ROOT = pathlib.Path("/usr/share/fonts")

# name: (file below ROOT, index within a collection, Debian package)
FONTS = {
    "hei": ("opentype/noto/NotoSansCJK-Regular.ttc", 2, "fonts-noto-cjk"),
    "hei_bold": ("opentype/noto/NotoSansCJK-Bold.ttc", 2, "fonts-noto-cjk"),
    "song": ("opentype/noto/NotoSerifCJK-Regular.ttc", 2, "fonts-noto-cjk"),
    "song_bold": ("opentype/noto/NotoSerifCJK-Bold.ttc", 2, "fonts-noto-cjk"),
    "zenhei": ("truetype/wqy/wqy-zenhei.ttc", 0, "fonts-wqy-zenhei"),
    "microhei": ("truetype/wqy/wqy-microhei.ttc", 0, "fonts-wqy-microhei"),
    "kai": ("truetype/arphic/ukai.ttc", 0, "fonts-arphic-ukai"),
    "ming": ("truetype/arphic/uming.ttc", 0, "fonts-arphic-uming"),
    "gb_song": ("truetype/arphic-gbsn00lp/gbsn00lp.ttf", 0, "fonts-arphic-gbsn00lp"),
    "gb_kai": ("truetype/arphic-gkai00mp/gkai00mp.ttf", 0, "fonts-arphic-gkai00mp"),
    "wide": ("truetype/babelstone/BabelStoneHan.ttf", 0, "fonts-babelstone-han"),
    "ocr_b": ("opentype/ocr-b/OCRB.otf", 0, "fonts-ocr-b"),
    "mono": ("truetype/dejavu/DejaVuSansMono.ttf", 0, "fonts-dejavu-core"),
    "mono_bold": ("truetype/dejavu/DejaVuSansMono-Bold.ttf", 0, "fonts-dejavu-core"),
    "latin": ("truetype/dejavu/DejaVuSans.ttf", 0, "fonts-dejavu-core"),
    "latin_bold": ("truetype/dejavu/DejaVuSans-Bold.ttf", 0, "fonts-dejavu-core"),
}


def missing():
    """The Debian packages of those fonts that are not installed."""
    return sorted({package for file, _, package in FONTS.values() if not (ROOT / file).is_file()})


@functools.lru_cache(maxsize=256)
def font(name, size):
    """`size` is the em in pixels. The basic layout engine is what every build of the library has."""
    file, index, _ = FONTS[name]
    return ImageFont.truetype(str(ROOT / file), size, index, layout_engine=ImageFont.Layout.BASIC)


def pick(chain, text):
    """The first font of `chain` that draws every character of `text`; ValueError if none does."""
    for name in chain:
        if all(draws(name, ch) for ch in text if ch != "·"):
            return name
    raise ValueError(f"no font of {', '.join(chain)} has all of {text}")


@functools.cache
def draws(name, ch):
    """Whether a character leaves ink. The brush font maps 43 rare ones (䜣) to glyphs without any: a card set in it
    would not show what its truth says."""
    return ch.isspace() or (ord(ch) in characters(name) and font(name, 48).getmask(ch).getbbox() is not None)


@functools.cache
def characters(name):
    """The code points that a font has a glyph for, from its `cmap` (ISO/IEC 14496-22, 5.2.1)."""
    file, index, _ = FONTS[name]
    data = (ROOT / file).read_bytes()
    start = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
    tables = struct.unpack_from(">H", data, start + 4)[0]
    entries = [struct.unpack_from(">4sIII", data, start + 12 + 16 * n) for n in range(tables)]
    cmap = next(offset for tag, _, offset, _ in entries if tag == b"cmap")
    found = set()
    for n in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        platform, _, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * n)
        at = cmap + offset
        kind = struct.unpack_from(">H", data, at)[0]
        if platform in (0, 3) and kind == 12:
            found |= segmented_coverage(data, at)
        elif platform in (0, 3) and kind == 4:
            found |= segment_mapping(data, at)
    return frozenset(found)


def segmented_coverage(data, at):
    """Format 12."""
    found = set()
    for n in range(struct.unpack_from(">I", data, at + 12)[0]):
        first, last, glyph = struct.unpack_from(">III", data, at + 16 + 12 * n)
        found.update(range(first + (glyph == 0), last + 1))
    return found


def segment_mapping(data, at):
    """Format 4."""
    found = set()
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    row = f">{count}H"
    ends, starts, deltas, offsets = (
        struct.unpack_from(row, data, at + 14 + n * 2 * count + (2 if n else 0)) for n in range(4))
    table = at + 16 + 6 * count
    for n in range(count):
        for code in range(starts[n], min(ends[n], 0xFFFE) + 1):
            glyph = code
            if offsets[n]:
                where = table + 2 * n + offsets[n] + 2 * (code - starts[n])
                glyph = struct.unpack_from(">H", data, where)[0]
                if glyph == 0:
                    continue
            if (glyph + deltas[n]) & 0xFFFF:
                found.add(code)
    return found
