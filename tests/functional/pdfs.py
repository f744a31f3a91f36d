"""PDFs with a text layer in Courier, as small as they can be."""


def pdf(pages, trailer=""):
    """One page of `content` each; 595 by 842 points, the font is /F1."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>",
               f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>",
               "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>"]
    for n, content in enumerate(pages):
        objects.append("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
                       f"/Contents {5 + 2 * n} 0 R /Resources << /Font << /F1 3 0 R >> >> >>")
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    out, places = "%PDF-1.7\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    return (f"{out}xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\n"
            f"startxref\n{len(out)}\n%%EOF\n").encode()


def text_at(cells):
    """Content of a page: (x, y from the top, text) each."""
    return "BT /F1 9 Tf " + " ".join(f"1 0 0 1 {x} {842 - y} Tm ({text}) Tj" for x, y, text in cells) + " ET"


def statement(rows, columns=(40, 140, 320, 440)):
    """One page: date, description, amount, balance."""
    cells = [(x, 100, head) for x, head in zip(columns, ("Date", "Description", "Amount", "Balance"))]
    for line, row in enumerate(rows):
        cells += [(x, 120 + 16 * line, text) for x, text in zip(columns, row)]
    return pdf([text_at(cells)])


# A password is asked for: the standard handler with keys that fit none.
LOCKED = pdf(["BT ET"], "/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + "41" * 32 +
             "> /U <" + "42" * 32 + "> >>")
