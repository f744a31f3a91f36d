"""The files of the project and small helpers to read them."""

import pathlib
import re
import subprocess
from dataclasses import dataclass
from functools import cache, cached_property

CPP = {".cc", ".h"}
TEST_CPP = re.compile(r"_test\.cc$")


@dataclass(frozen=True)
class Finding:
    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


class Tree:
    """Everything that is committed or would be: tracked files and new ones that git does not ignore."""

    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        listed = subprocess.run(
            ["git", "-c", f"safe.directory={self.root}", "-C", self.root, "ls-files", "-z",
             "--cached", "--others", "--exclude-standard"],
            check=True, capture_output=True).stdout.decode()
        self.paths = sorted(p for p in set(listed.split("\0")) if p and (self.root / p).is_file())
        self.known = set(self.paths)

    @cache
    def text(self, path):
        """The file's text; None for a binary file."""
        data = (self.root / path).read_bytes()
        if b"\0" in data:
            return None
        try:
            return data.decode()
        except UnicodeDecodeError:
            return None

    @cache
    def lines(self, path):
        return (self.text(path) or "").splitlines()

    @cache
    def code(self, path):
        """C++ text with comments and literals blanked; lines keep their numbers."""
        return blank(self.text(path) or "")

    @cached_property
    def cpp(self):
        return [p for p in self.paths if pathlib.PurePath(p).suffix in CPP]

    @cache
    def includes(self, path):
        """(line, name, quoted) of every #include."""
        found = []
        for number, line in enumerate(self.lines(path), 1):
            m = re.match(r'\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', line)
            if m:
                found.append((number, m[1] or m[2], m[1] is not None))
        return found


# Longest first: a raw string may hold quotes, a comment may hold anything.
_SKIP = re.compile(
    r'R"(?P<tag>[^()\s\\]{0,16})\(.*?\)(?P=tag)"'
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|(?<![0-9A-Za-z_])(?:u8|[uUL])?'(?:[^'\\\n]|\\.)+'"
    r"|//[^\n]*"
    r"|/\*.*?\*/", re.DOTALL)


def blank(text):
    return _SKIP.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
