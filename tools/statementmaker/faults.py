"""Statements that were changed, cut, locked or blown up."""

import copy

import pikepdf

from statementmaker.output import write_json, write_pdf, write_placed
from statementmaker.paper import Page

LONG = 200
PASSWORD = "mq-specimen"


def forged(pages, rng):
    """The pages with one amount a leading digit larger: (pages, page, row, text before, text after)."""
    amounts = [(number, at) for number, page in enumerate(pages) for at, piece in enumerate(page.pieces)
               if piece.row >= 0 and piece.column in ("in", "out", "amount") and piece.text]
    number, at = rng.choice(amounts)
    changed = copy.deepcopy(pages)
    piece = changed[number].pieces[at]
    before = piece.text
    first = next(i for i, ch in enumerate(before) if ch.isdigit())
    digit = str(int(before[first]) % 9 + 1)
    piece.text = before[:first] + digit + before[first + 1:]
    return changed, {"page": number, "row": piece.row, "before": before, "after": piece.text}


def pages_as(source, path, order, **how):
    with pikepdf.open(source) as whole:
        out = pikepdf.new()
        for number in order:
            out.pages.append(whole.pages[number])
        out.save(path, **(how or {"static_id": True}))


def write_all(folder, pages, rng):
    done = {}
    changed, what = forged(pages, rng)
    write_pdf(folder / "forged-layer.pdf", changed, covers=pages)
    write_placed(folder / "forged-layer.placed.json", changed)
    done["forged-layer.pdf"] = what
    changed, what = forged(pages, rng)
    write_pdf(folder / "forged-both.pdf", changed)
    write_placed(folder / "forged-both.placed.json", changed)
    done["forged-both.pdf"] = what

    whole, every = folder / "statement.pdf", list(range(len(pages)))
    lock = pikepdf.Encryption(owner=PASSWORD + "-owner", user=PASSWORD)
    pages_as(whole, folder / "encrypted.pdf", every, encryption=lock)
    done["encrypted.pdf"] = {"password": PASSWORD}
    pages_as(whole, folder / "long.pdf", [every[i % len(every)] for i in range(LONG)])
    done["long.pdf"] = {"pages": LONG}

    at = rng.randrange(len(pages))
    write_pdf(folder / "empty-page.pdf", pages[:at] + [Page()] + pages[at:])
    done["empty-page.pdf"] = {"page": at}
    pages_as(whole, folder / "repeated-page.pdf", every[:at + 1] + every[at:])
    done["repeated-page.pdf"] = {"page": at + 1}
    if len(pages) > 2:
        at = rng.randrange(1, len(pages) - 1)
        pages_as(whole, folder / "missing-page.pdf", every[:at] + every[at + 1:])
        done["missing-page.pdf"] = {"page": at}
    write_json(folder / "faults.json", done)
