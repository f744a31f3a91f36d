"""Pictures that cannot be used: each is refused for its own reason, in Chinese and English, and a good
one goes through afterwards."""

import struct
import zlib

from borrower import Borrower, people_of
from harness import SOURCE, Server, equal, expect, expect_problem, in_both_languages, run, sandbox_of

PHOTO_LIMIT = 8 * 1024 * 1024


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width, height, rows=None):
    """A grey picture; without rows only its header speaks of the size."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = zlib.compress(rows if rows is not None else b"\0")
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def slope(width, height):
    return b"".join(b"\0" + bytes((x + y) % 256 for x in range(width)) for y in range(height))


def refusals(server, borrower, path, selfie):
    several = (SOURCE / "models/demo-photos/sample1.jpg").read_bytes()
    no_picture = ("vision.not_an_image", "无法识别为照片", "This is not a readable picture")
    too_large = ("vision.too_many_pixels", "照片像素过大", "The photo has too many pixels")
    cases = {
        "text": (422, *no_picture, "这不是照片".encode()),
        "nothing": (422, *no_picture, b""),
        "half a photo": (422, *no_picture, selfie[:len(selfie) // 2]),
        "a broken PNG": (422, *no_picture, png(200, 200)),
        "a GIF": (422, "vision.unsupported_format", "不支持该照片格式", "This picture format is not supported",
                  b"GIF89a" + struct.pack("<HH", 200, 200) + b"\0\0\0;"),
        "a wide header": (422, *too_large, png(30_000, 30_000)),
        "a header beyond reason": (422, *no_picture, png(2**31 - 1, 2**31 - 1)),
        "a stamp": (422, "vision.image_too_small", "照片太小", "The photo is too small",
                    png(20, 20, slope(20, 20))),
        "no face": (422, "vision.no_face", "没有找到人脸", "No face was found", png(400, 300, slope(400, 300))),
        "several faces": (422, "vision.several_faces", "画面中有多张人脸", "There are several faces", several),
        "too many bytes": (413, "http.body_too_large", "内容超过大小上限", "The content is too large",
                           selfie + bytes(PHOTO_LIMIT)),
    }
    for what, (status, code, zh, en, picture) in cases.items():
        for kind in ("card", "selfie"):
            in_both_languages(server, status, code, zh, en, "PUT", f"{path}/{kind}", picture,
                              token=borrower.token, media_type="image/jpeg")
        equal(server.request("GET", "/healthz").status, 200, f"health after {what}")
    in_both_languages(server, 415, "http.unsupported_media_type", "不支持该文件类型",
                      "This media type is not supported", "PUT", f"{path}/card", selfie, token=borrower.token,
                      media_type="application/octet-stream")


def strangers(server, data, path, selfie, person):
    expect_problem(server.request("PUT", f"{path}/selfie", selfie, media_type="image/jpeg"), 401,
                   "auth.no_session", "a picture from nobody")
    other = Borrower(server, person, sandbox_of(data) / "borrowers/2")
    other.sign_in()
    other.consent()
    expect_problem(server.request("PUT", f"{path}/selfie", selfie, media_type="image/jpeg",
                                  token=other.token), 404, "identity.not_found", "a picture for another")


def test(folder):
    data = folder / "demo"
    with Server(data) as server:
        people = people_of(data)
        borrower = Borrower(server, people[0], sandbox_of(data) / "borrowers/1")
        borrower.sign_in()
        borrower.consent()
        path = borrower.begin_verification()
        selfie = (borrower.pictures / "selfie.jpg").read_bytes()
        refusals(server, borrower, path, selfie)
        strangers(server, data, path, selfie, people[1])
        equal(sorted(borrower.call("GET", path)["needs"]), ["card", "selfie"], "what is still needed")
        borrower.send_photos(path)
        equal(borrower.await_verified(path)["state"], "passed", "the verification with good pictures")
        again = server.request("PUT", f"{path}/selfie", selfie, media_type="image/jpeg", token=borrower.token)
        expect(again.json["code"] == "identity.wrong_state", f"a picture after the end: {again}")


run("bad pictures", test)
