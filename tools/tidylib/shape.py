"""How long files and functions may be."""

import pathlib
import re

from tidylib.tree import Finding

FILE_LINES = 450
FUNCTION_LINES = 90
SUFFIXES = {".cc", ".h", ".ts", ".vue", ".py", ".sh", ".js", ".mjs"}
GENERATED = "sdk/"


def check(tree):
    for path in tree.paths:
        if path.startswith(GENERATED):
            continue
        lines = tree.lines(path)
        script = bool(lines) and lines[0].startswith("#!")
        if (script or pathlib.PurePath(path).suffix in SUFFIXES) and len(lines) > FILE_LINES:
            yield Finding(path, FILE_LINES + 1, f"{len(lines)} lines; a file has {FILE_LINES} at most")
    for path in tree.cpp:
        for name, start, end in functions(tree.code(path)):
            if end - start + 1 > FUNCTION_LINES:
                yield Finding(path, start, f"{name} has {end - start + 1} lines; a function has "
                                           f"{FUNCTION_LINES} at most")


# What a brace may follow without opening a function; neither ends in a semicolon.
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.MULTILINE)
_DESCRIBE = re.compile(r"^BOOST_DESCRIBE_\w+\((?:[^()]|\([^()]*\))*\)", re.MULTILINE)


def functions(code):
    """(name, first line, last line) of the outermost functions, by matching braces in blanked code."""
    for pattern in (_DIRECTIVE, _DESCRIBE):
        code = pattern.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), code)
    stack = []  # what stood before the brace, where that began, the function's name if it opens one
    line = 1
    inside = 0  # how many of the stack are functions
    head, begun = "", None
    for ch in code:
        if ch == "{":
            name = None if inside else function_name(head)
            inside += name is not None
            stack.append((head, begun, name))
            head, begun = "", None
        elif ch == "}":
            before, start, name = stack.pop() if stack else ("", None, None)
            head, begun = "", None
            if name is not None:
                inside -= 1
                yield name, start, line
            elif is_initializer(before):
                head, begun = before + "{}", start
        elif ch == ";" and head.count("(") == head.count(")"):
            head, begun = "", None
        else:
            if begun is None and not ch.isspace():
                begun = line
            head += ch
        line += ch == "\n"


def is_initializer(head):
    """Whether a brace after `head` holds a value in the middle of something: f(x = {}, C() : a_{1}."""
    in_parentheses = head.count("(") > head.count(")")
    member = re.search(r"\)\s*(?:noexcept\s*)?:(?!:)", head) and re.search(r"\w\s*$", head)
    return bool(in_parentheses or member)


def function_name(head):
    """The function that `head` (the text before a brace) defines; None for anything else."""
    head = re.sub(r"\btemplate\s*<[^{;]*?>\s*(?=[\w:\[])", "", head).strip()
    if re.match(r"(inline\s+)?namespace\b|(class|struct|union|enum)\b(?![^(]*\()", head):
        return None
    if head.endswith("=") or is_initializer(head):
        return None
    m = re.search(r"(operator\s*\S+?|~?\w+)\s*\(", head)
    return m[1] if m and "=" not in head[:m.start()] else None
