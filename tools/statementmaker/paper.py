"""Pages made of placed texts and rules, drawn on any cairo surface."""

import math
from dataclasses import dataclass, field

import cairo
import gi

gi.require_version("Pango", "1.0")
gi.require_version("PangoCairo", "1.0")
from gi.repository import Pango, PangoCairo  # noqa: E402

WIDTH, HEIGHT = 595, 842  # A4 in points
FONT = "Noto Sans CJK SC"


@dataclass
class Piece:
    """One line of text; x, y is the upper left corner."""
    text: str
    x: float
    y: float
    size: float
    bold: bool = False
    grey: float = 0.0
    turned: float = 0.0  # degrees
    row: int = -1        # of the statement, for forgers
    column: str = ""


@dataclass
class Page:
    pieces: list = field(default_factory=list)
    rules: list = field(default_factory=list)  # (x0, y0, x1, y1)


_surface = cairo.ImageSurface(cairo.FORMAT_A8, 1, 1)
_measure = cairo.Context(_surface)


def layout_of(context, piece):
    layout = PangoCairo.create_layout(context)
    options = cairo.FontOptions()
    options.set_hint_metrics(cairo.HINT_METRICS_OFF)
    options.set_hint_style(cairo.HINT_STYLE_NONE)
    PangoCairo.context_set_font_options(layout.get_context(), options)
    PangoCairo.context_set_resolution(layout.get_context(), 72)
    weight = " Bold" if piece.bold else ""
    layout.set_font_description(Pango.FontDescription(f"{FONT}{weight} {piece.size}"))
    layout.set_text(piece.text, -1)
    return layout


def width_of(text, size, bold=False):
    return layout_of(_measure, Piece(text, 0, 0, size, bold)).get_size()[0] / Pango.SCALE


def broken(text, size, width):
    """The text in lines that fit the width, broken between any two characters."""
    lines = [""]
    for ch in text:
        if lines[-1] and width_of(lines[-1] + ch, size) > width:
            lines.append("")
        lines[-1] += ch
    return [line.strip() for line in lines if line.strip()]


def draw(context, page):
    context.set_source_rgb(1, 1, 1)
    context.paint()
    for piece in page.pieces:
        context.save()
        context.set_source_rgb(piece.grey, piece.grey, piece.grey)
        context.translate(piece.x, piece.y)
        context.rotate(math.radians(piece.turned))
        PangoCairo.show_layout(context, layout_of(context, piece))
        context.restore()
    context.set_source_rgb(0.35, 0.35, 0.35)
    context.set_line_width(0.5)
    for x0, y0, x1, y1 in page.rules:
        context.move_to(x0, y0)
        context.line_to(x1, y1)
        context.stroke()


def words(page):
    """(x, y, width, height, text) of every word, as a reader of the text layer finds them."""
    found = []
    for piece in page.pieces:
        layout = layout_of(_measure, piece)
        tall = layout.get_size()[1] / Pango.SCALE
        if piece.turned:
            wide = layout.get_size()[0] / Pango.SCALE
            angle = math.radians(abs(piece.turned))
            box_w = wide * math.cos(angle) + tall * math.sin(angle)
            box_h = wide * math.sin(angle) + tall * math.cos(angle)
            top = piece.y - wide * math.sin(angle) if piece.turned < 0 else piece.y
            found.append((piece.x, top, box_w, box_h, piece.text))
            continue
        height = piece.size * 1.1
        top = piece.y + (tall - height) / 2
        at = 0
        for word in piece.text.split(" "):
            if word:
                start = len(piece.text[:at].encode())
                end = len(piece.text[:at + len(word)].encode())
                left = layout.index_to_pos(start).x / Pango.SCALE
                right = layout.index_to_pos(end).x / Pango.SCALE
                found.append((piece.x + left, top, right - left, height, word))
            at += len(word) + 1
    return found
