"""Every model file has a card, and both name the same hash."""

import json
import pathlib
import re

from tidylib.tree import Finding

MANIFEST = "models/manifest.json"
MODELS = {".onnx", ".tflite"}
ROW = re.compile(r"^\| `([^`/]+)` \| SHA-256 `([0-9a-f]+)`")


def check(tree):
    if MANIFEST not in tree.known:
        return
    hashes = {pathlib.PurePath(one["file"]).name: one["sha256"]
              for one in json.loads(tree.text(MANIFEST))["files"]
              if pathlib.PurePath(one["file"]).suffix in MODELS}
    described = set()
    for path in tree.paths:
        if not path.startswith("models/cards/"):
            continue
        for number, line in enumerate(tree.lines(path), 1):
            row = ROW.match(line)
            if not row:
                continue
            described.add(row[1])
            if hashes.get(row[1]) != row[2]:
                yield Finding(path, number, f"{MANIFEST} has no {row[1]} with this hash")
    for name in sorted(set(hashes) - described):
        yield Finding(MANIFEST, 1, f"{name} has no card in models/cards/ that names its hash")
