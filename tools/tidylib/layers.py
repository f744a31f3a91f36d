"""Who may include whom: folders in the order of MQ_LAYERS, libraries in the folder that wraps them."""

import re

from tidylib.tree import TEST_CPP, Finding

# Toolkits of many headers; every other folder shows the others one header.
TOOLKITS = {"base", "crypto", "runtime"}
SANDBOX_MAY = {"base", "crypto", "runtime"}

# Header of a library -> the files that may know it.
LIBRARIES = [
    (r"(postgresql/)?libpq", r"src/storage/postgres", "libpq belongs to storage/postgresql"),
    (r"sqlite3", r"src/storage/sqlite", "SQLite belongs to storage/sqlite"),
    (r"opencv2/", r"src/vision/|tests/|src/.*_test\.cc$", "OpenCV belongs to vision/"),
    (r"turbojpeg", r"src/vision/", "libjpeg-turbo belongs to vision/"),
    (r"(splash/)?(Annot|Catalog|ErrorCodes|Form|GfxState|GlobalParams|JSInfo|PDFDoc|Page|Splash\w+|"
     r"TextOutputDev|UTF|UnicodeMapFuncs)\.h|poppler/", r"src/vision/pdf/",
     "poppler belongs to vision/pdf/"),
    (r"onnxruntime", r"src/vision/", "ONNX Runtime belongs to vision/"),
    (r"curl/", r"src/runtime/", "libcurl belongs to runtime/"),
    (r"openssl/", r"src/(crypto|runtime)/", "OpenSSL belongs to crypto/ and runtime/"),
    (r"argon2", r"src/crypto/", "Argon2 belongs to crypto/"),
    (r"cbor(\.h|/)", r"src/auth/", "libcbor belongs to auth/"),
    (r"spdlog/", r"src/runtime/", "spdlog belongs to runtime/"),
    (r"prometheus/", r"src/runtime/", "prometheus-cpp belongs to runtime/"),
    (r"boost/(asio|beast)", r"src/runtime/", "Asio and Beast belong to runtime/"),
]


def layers_of(tree):
    m = re.search(r"set\(MQ_LAYERS\s+([^)]*)\)", tree.text("CMakeLists.txt") or "")
    return m[1].split() if m else []


def check(tree):
    layers = layers_of(tree)
    if not layers:
        yield Finding("CMakeLists.txt", 1, "MQ_LAYERS is missing")
        return
    for folder in sorted({p.split("/")[1] for p in tree.paths if re.match(r"src/[^/]+/", p)}):
        if folder not in layers:
            yield Finding("CMakeLists.txt", 1, f"src/{folder} is not in MQ_LAYERS")
    for path in tree.cpp:
        yield from includes(tree, layers, path)
        yield from libraries(tree, path)
    for layer in layers:
        yield from dependencies(tree, layers, layer)
    yield from beast(tree)


def includes(tree, layers, path):
    place = path.split("/")
    for line, name, quoted in tree.includes(path):
        target = name.split("/")[0]
        if not quoted:
            if target in layers and f"src/{name}" in tree.known:
                yield Finding(path, line, f'our own header is included as "{name}"')
            continue
        if place[0] == "src":
            yield from from_source(tree, layers, path, line, name)
        elif place[0] == "sandbox" and target in layers and target not in SANDBOX_MAY:
            yield Finding(path, line, f"sandbox/ may include {', '.join(sorted(SANDBOX_MAY))} only, "
                                      f"not {name}")


def from_source(tree, layers, path, line, name):
    own = path.split("/")[1]
    target = name.split("/")[0]
    if target not in layers or f"src/{name}" not in tree.known:
        if f"tests/{name}" not in tree.known:
            yield Finding(path, line, f'"{name}" is not a header of src/ ("<folder>/<file>.h")')
        elif not TEST_CPP.search(path):
            yield Finding(path, line, f"tests/{name} may be included by *_test.cc only")
        return
    if target == own or own not in layers:
        return
    if layers.index(target) > layers.index(own):
        yield Finding(path, line, f"{own}/ lies below {target}/ and may not include {name}")
    elif target not in TOOLKITS and name != f"{target}/{target}.h":
        yield Finding(path, line, f"{name} is private to {target}/; others include "
                                  f"{target}/{target}.h")


def libraries(tree, path):
    for line, name, _ in tree.includes(path):
        for header, allowed, message in LIBRARIES:
            if re.match(header, name) and not re.match(allowed, path):
                yield Finding(path, line, f"<{name}>: {message}")


def dependencies(tree, layers, layer):
    path = f"src/{layer}/CMakeLists.txt"
    text = tree.text(path) if path in tree.known else None
    m = re.search(r"mq_capability\(\s*(\w+)([^)]*)\)", text or "")
    if not m:
        yield Finding(path, 1, f"mq_capability({layer} …) is missing")
        return
    line = text[:m.start()].count("\n") + 1
    if m[1] != layer:
        yield Finding(path, line, f"the folder {layer} declares the capability {m[1]}")
    listed = re.search(r"\bDEPS\b(.*?)(\bLINK\b|$)", m[2], re.DOTALL)
    for name in listed[1].split() if listed else []:
        if name not in layers[:layers.index(layer)]:
            yield Finding(path, line, f"{layer} may not depend on {name}: it is not listed before it")


def beast(tree):
    """Beast takes half a minute and a gigabyte to compile: one translation unit only."""
    users = [(p, line) for p in tree.cpp for line, name, _ in tree.includes(p)
             if name.startswith("boost/beast")]
    first = next((p for p, _ in users if p.endswith(".cc")), None)
    for path in sorted({p for p, _ in users if p != first}):
        line = next(number for p, number in users if p == path)
        yield Finding(path, line, f"Beast may be included in one .cc file only; it is {first}")
