"""Pages as files: PDF with and without text, scans, photos, JSON."""

import io
import json

import cairo
import numpy
from PIL import Image, ImageFilter

from statementmaker.paper import HEIGHT, WIDTH, draw, words

DOTS = 150 / 72  # pixels a point


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def write_placed(path, pages):
    """Boxes in points with one decimal, y down."""
    write_json(path, {"pages": [
        {"width": WIDTH, "height": HEIGHT,
         "texts": [[*(round(v, 1) for v in word[:4]), word[4]] for word in words(page)]} for page in pages]})


def pdf_surface(target):
    surface = cairo.PDFSurface(target, WIDTH, HEIGHT)
    surface.set_metadata(cairo.PDF_METADATA_CREATE_DATE, "2026-01-05T10:20:30Z")
    surface.set_metadata(cairo.PDF_METADATA_TITLE, "样本 SPECIMEN")
    return surface


def write_pdf(path, pages, covers=None):
    """`covers` are pages whose picture is laid over the text: what is seen is theirs."""
    surface = pdf_surface(str(path))
    context = cairo.Context(surface)
    for number, page in enumerate(pages):
        draw(context, page)
        if covers is not None:
            paint_picture(context, picture_of(covers[number]))
        context.show_page()
    surface.finish()


def picture_of(page):
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, round(WIDTH * DOTS), round(HEIGHT * DOTS))
    context = cairo.Context(surface)
    context.scale(DOTS, DOTS)
    draw(context, page)
    surface.flush()
    pixels = numpy.ndarray((surface.get_height(), surface.get_stride() // 4, 4), numpy.uint8, surface.get_data())
    return Image.fromarray(pixels[:, :surface.get_width(), 2::-1].copy())


def jpeg_of(picture, quality):
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def paint_picture(context, picture):
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, picture.width, picture.height)
    surface.set_mime_data(cairo.MIME_TYPE_JPEG, jpeg_of(picture, 80))
    context.save()
    context.scale(WIDTH / picture.width, HEIGHT / picture.height)
    context.set_source_surface(surface)
    context.paint()
    context.restore()


def write_raster_pdf(path, pages):
    surface = pdf_surface(str(path))
    context = cairo.Context(surface)
    for page in pages:
        paint_picture(context, picture_of(page))
        context.show_page()
    surface.finish()


def noisy(picture, rng, strength):
    pixels = numpy.asarray(picture).astype(numpy.float32)
    noise = numpy.random.default_rng(rng.randrange(1 << 32)).normal(0, strength, pixels.shape)
    return Image.fromarray(numpy.clip(pixels + noise, 0, 255).astype(numpy.uint8))


def write_scans(folder, pages, rng):
    for number, page in enumerate(pages, 1):
        angle = rng.choice([-1, 1]) * rng.uniform(0.2, 1.4)
        grey = picture_of(page).convert("L").rotate(angle, Image.BICUBIC, fillcolor=252)
        grey = noisy(grey.filter(ImageFilter.GaussianBlur(0.5)), rng, 5)
        (folder / f"scan-{number:02d}.jpg").write_bytes(jpeg_of(grey, 62))


def coefficients(corners, width, height):
    """Of the transform that takes the corners of the picture to a sheet of this size (PIL wants the way back)."""
    sheet = [(0, 0), (width, 0), (width, height), (0, height)]
    rows, right = [], []
    for (x, y), (u, v) in zip(corners, sheet):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        right += [u, v]
    return numpy.linalg.solve(numpy.array(rows), numpy.array(right))


def phone_photo(picture, rng):
    wide, tall = picture.size
    canvas = round(wide * 1.16), round(tall * 1.12)
    shift = [(rng.uniform(0.02, 0.07), rng.uniform(0.02, 0.06)) for _ in range(4)]
    (a, b), (c, d), (e, f), (g, h) = shift
    corners = [(a * canvas[0], b * canvas[1]), ((1 - c) * canvas[0], d * canvas[1]),
               ((1 - e) * canvas[0], (1 - f) * canvas[1]), (g * canvas[0], (1 - h) * canvas[1])]
    how = coefficients(corners, wide, tall)
    sheet = picture.transform(canvas, Image.PERSPECTIVE, how, Image.BICUBIC)
    mask = Image.new("L", picture.size, 255).transform(canvas, Image.PERSPECTIVE, how, Image.BICUBIC)
    desk = noisy(Image.new("RGB", canvas, (118, 92, 70)), rng, 6)
    desk.paste(sheet, (0, 0), mask)
    x, y = numpy.meshgrid(numpy.linspace(0, 1, canvas[0]), numpy.linspace(0, 1, canvas[1]))
    edge, lean = rng.uniform(0.3, 0.7), rng.uniform(-0.5, 0.5)
    shadow = 1 / (1 + numpy.exp(-(x + lean * y - edge) * 14))
    light = (0.96 - 0.34 * shadow)[..., None] * numpy.array([1.0, 0.985, 0.94])
    lit = numpy.asarray(desk).astype(numpy.float32) * light
    lit = Image.fromarray(numpy.clip(lit, 0, 255).astype(numpy.uint8))
    return noisy(lit.filter(ImageFilter.GaussianBlur(0.6)), rng, 4)


def write_phone_photos(folder, pages, rng):
    for number, page in enumerate(pages, 1):
        (folder / f"phone-{number:02d}.jpg").write_bytes(jpeg_of(phone_photo(picture_of(page), rng), 70))
