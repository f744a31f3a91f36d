"""Words that must not stand where they stand."""

import re

from tidylib.tree import Finding

# The patterns are written with [x] so that this file does not hold the words it looks for.
# (pattern, files looked at, files left out, message); looked for in code, without comments and literals.
CODE = [
    (r"\b(double|float)\b",
     r"src/(base/money|terms/|ledger/|payments/|servicing/|origination/)", None,
     "no floating point near money (a line that is not about money says so: // not money: …)"),
    (r"\bsystem_clock\b|\bCLOCK_REALTIME\b|\bgettimeofday\s*\(|(?<![\w.>])time\(\s*(nullptr|NULL|0|&)",
     r"(src|sandbox)/", r"src/base/time\.cc$|src/crypto/|.*bench",
     "the time comes from a Clock that is handed in"),
    (r"(?<![\w.>])s?rand\s*\(|\brandom_device\b",
     r"(src|sandbox)/", r"src/crypto/|.*bench", "randomness comes from a Random that is handed in"),
    (r"\bstd::cout\b", r"src/", r"src/app/", "only app/ prints to standard output"),
    (r"\bcatch\s*\(\s*\.\.\.\s*\)",
     r"(src|sandbox)/", r"src/(runtime|storage|vision|app)/|sandbox/main\.cc$",
     "catch the library's own exceptions in its adapter, not everything"),
]

# Looked for in the whole text of every file.
TEXT = [
    (r"\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b", "finish it now or open an issue"),
    (r"/wor[k]/|/tmp/[w]\b", "a path of somebody's machine"),
    (r"\b(registry[.]npm|registry[.]yarnpkg|pypi[.]org|files[.]pythonhosted|deb[.]debian|"
     r"static[.]crates|proxy[.]golang)", "the host of a package registry"),
    (r"\bNOLINT(NEXTLINE|BEGIN|END)?\b(?!\()", "say which check, in parentheses"),
    (r"\b(describe|test|it)\.(skip|only)\(", "a test runs or does not exist"),
]
SKIP = "GTEST" + "_SKIP"
# path: reason, one a line, for the tests that may skip themselves.
SKIPS = "tests/allowed-skips.txt"
NOT_MONEY = "// not money:"
# Integrity sums spell words by chance.
LOCK = re.compile(r"(^|/)package-lock\.json$")


def check(tree):
    for path in tree.cpp:
        yield from in_code(tree, path)
    for path in tree.paths:
        if tree.text(path) is None:
            continue
        if LOCK.search(path):
            yield from lock(tree, path)
        else:
            yield from in_text(tree, path)
    yield from skips(tree)


def in_code(tree, path):
    rules = [(re.compile(pattern), message) for pattern, looked, left, message in CODE
             if re.match(looked, path) and not (left and re.match(left, path))]
    if not rules:
        return
    whole = tree.lines(path)
    for number, line in enumerate(tree.code(path).splitlines(), 1):
        for pattern, message in rules:
            m = pattern.search(line)
            if m and NOT_MONEY not in whole[number - 1]:
                yield Finding(path, number, f"{m[0].strip()}: {message}")


def in_text(tree, path):
    for number, line in enumerate(tree.lines(path), 1):
        for pattern, message in TEXT:
            m = re.search(pattern, line)
            if m:
                yield Finding(path, number, f"{m[0]}: {message}")


def lock(tree, path):
    for number, line in enumerate(tree.lines(path), 1):
        if '"resolved"' in line:
            yield Finding(path, number, "addresses of a registry; make the lock file with "
                                        "omit-lockfile-registry-resolved=true in .npmrc")
            return


def skips(tree):
    allowed = {}
    if SKIPS in tree.known:
        for number, line in enumerate(tree.lines(SKIPS), 1):
            name, _, reason = line.partition(":")
            allowed[name.strip()] = (number, reason.strip())
            if not reason.strip():
                yield Finding(SKIPS, number, f"{name.strip()} has no reason")
    for path in tree.cpp:
        uses = [n for n, line in enumerate(tree.code(path).splitlines(), 1) if SKIP in line]
        if uses and path not in allowed:
            yield Finding(path, uses[0], f"{SKIP}: a skipped test proves nothing ({SKIPS})")
        elif uses:
            del allowed[path]
    for name, (number, _) in allowed.items():
        yield Finding(SKIPS, number, f"{name} skips nothing any more")
