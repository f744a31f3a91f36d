"""How the cards differ: fonts, sizes, places, colours and the pattern below. Lengths are millimetres."""

from dataclasses import dataclass

WIDTH, HEIGHT = 85.6, 54.0  # ISO/IEC 7810 ID-1
RADIUS = 3.18


@dataclass(frozen=True)
class Layout:
    name: str
    label_font: str
    value_fonts: tuple  # the first that has a field's characters
    number_font: str
    title_font: str
    label_size: float  # em
    name_size: float
    value_size: float
    number_height: float  # of a digit
    number_pitch: float
    label_color: tuple
    value_color: tuple
    left: float  # of the labels
    values: float  # left of the values
    nation: float  # left of the label of the nation
    rows: tuple  # baselines: name, sex, birth, first line of the address, number
    line: float  # between two lines of the address
    per_line: int  # characters of the address
    number: float  # left of the number
    portrait: tuple  # left, top, width, height
    back_rows: tuple  # baselines: two lines of the title, authority, validity
    back_left: float
    back_values: float
    pattern: str
    paper: tuple  # three colours from left to right
    ink: tuple  # of the pattern


PLAIN = ("hei", "zenhei", "wide")
BOLD = ("hei_bold", "hei", "wide")
SANS = ("zenhei", "microhei", "hei", "wide")
SONG = ("song", "ming", "wide")

LAYOUTS = (
    Layout("blue", "hei", PLAIN, "ocr_b", "song_bold", 2.9, 3.75, 3.3, 3.25, 2.92, (44, 108, 176), (22, 22, 24),
           6.0, 16.2, 26.5, (9.3, 16.5, 23.6, 31.2, 48.6), 4.25, 11, 28.8, (57.2, 7.6, 23.4, 29.4),
           (11.6, 20.6, 42.2, 48.4), 17.0, 33.6, "waves", ((206, 225, 240), (240, 222, 232), (204, 226, 242)),
           (122, 164, 205)),
    Layout("green", "gb_kai", BOLD, "ocr_b", "gb_kai", 3.3, 4.1, 3.4, 3.4, 2.86, (58, 122, 132), (30, 28, 30),
           5.0, 14.6, 25.0, (8.6, 15.6, 22.4, 29.2, 47.4), 4.5, 11, 29.8, (58.6, 6.4, 22.6, 29.0),
           (10.6, 19.2, 41.0, 47.6), 14.0, 32.0, "rosettes", ((214, 236, 226), (244, 238, 216), (210, 230, 236)),
           (134, 184, 164)),
    Layout("rose", "gb_song", SANS, "mono", "hei_bold", 3.05, 3.9, 3.2, 3.1, 2.8, (150, 92, 120), (38, 34, 40),
           6.8, 17.6, 28.4, (10.2, 17.0, 23.8, 30.8, 49.4), 4.05, 11, 31.0, (56.0, 8.8, 22.8, 28.2),
           (12.4, 21.4, 43.2, 49.0), 18.6, 35.2, "weave", ((240, 222, 228), (236, 232, 244), (226, 236, 246)),
           (206, 160, 182)),
    Layout("grey", "hei_bold", SONG, "mono_bold", "kai", 2.7, 3.6, 3.15, 3.0, 2.84, (92, 98, 112), (14, 14, 18),
           5.6, 14.8, 24.2, (9.8, 16.2, 22.6, 28.8, 48.0), 4.0, 12, 27.6, (58.0, 8.0, 22.0, 28.4),
           (11.0, 19.8, 41.6, 47.2), 16.0, 31.6, "waves", ((226, 228, 232), (214, 226, 240), (236, 230, 222)),
           (158, 168, 186)),
    Layout("gold", "kai", ("kai", "hei", "wide"), "ocr_b", "song_bold", 3.2, 4.2, 3.6, 3.3, 2.9, (146, 104, 50),
           (34, 30, 26), 5.4, 15.6, 26.4, (9.0, 16.4, 23.4, 30.6, 48.8), 4.4, 10, 29.2, (57.6, 7.0, 23.0, 30.0),
           (11.2, 20.0, 42.6, 48.8), 15.4, 33.4, "weave", ((246, 238, 214), (240, 228, 222), (232, 238, 222)),
           (204, 178, 128)),
)
