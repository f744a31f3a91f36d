"""Files that nothing needs, and folders that do not say what they are."""

import pathlib
import re

from tidylib.layers import layers_of
from tidylib.tree import Finding

# Nobody lies above these, so their public headers serve main.cc and tests only.
TOP = {"api", "app"}


def check(tree):
    yield from headers(tree)
    yield from tools(tree)
    for layer in layers_of(tree):
        readme = f"src/{layer}/README.md"
        lines = tree.lines(readme) if readme in tree.known else []
        if not lines or not re.match(r"# \S", lines[0]):
            yield Finding(readme, 1, "a folder has a README.md that begins with its title")


def headers(tree):
    users = {}
    for path in tree.cpp:
        for _, name, quoted in tree.includes(path):
            if quoted:
                users.setdefault(name, set()).add(path)
    for path in tree.cpp:
        if not (path.startswith("src/") and path.endswith(".h")):
            continue
        name = path.removeprefix("src/")
        if name in {f"{top}/{top}.h" for top in TOP}:
            continue
        stem = path.removesuffix(".h")
        own = {stem + end for end in (".cc", "_test.cc", "_bench.cc", "_fuzz.cc")}
        if not users.get(name, set()) - own:
            yield Finding(path, 1, "no file but its own .cc and test includes it")


def tools(tree):
    """A script that no other file names is one that nobody runs."""
    for path in tree.paths:
        if not path.startswith("tools/"):
            continue
        if path.count("/") == 1:
            named, places = re.escape(path), tree.paths
        else:
            named = rf"\b{re.escape(pathlib.PurePath(path).stem)}\b"
            places = [p for p in tree.paths if p.startswith("tools/")]
        if not any(p != path and re.search(named, tree.text(p) or "") for p in places):
            yield Finding(path, 1, "no other file names it")
