"""tools/tidy finds what it must find, on a small project of its own."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

TIDY = pathlib.Path(__file__).resolve().parents[2] / "tools" / "tidy"

CLEAN = {
    "CMakeLists.txt": "set(MQ_LAYERS\n  base runtime storage\n  ledger app)\n",
    "src/base/CMakeLists.txt": "mq_capability(base LINK Boost::headers)\n",
    "src/base/money.h": "#pragma once\nlong minor();\n",
    "src/base/money.cc": '#include "base/money.h"\n\nlong minor() { return 1; }\n',
    "src/runtime/CMakeLists.txt": "mq_capability(runtime DEPS base)\n",
    "src/runtime/http.cc": '#include <boost/beast/http.hpp>\n#include "base/money.h"\n',
    "src/storage/CMakeLists.txt": "mq_capability(storage DEPS base runtime)\n",
    "src/storage/storage.h": '#pragma once\n#include "base/money.h"\n',
    "src/storage/sqlite/pool.h": "#pragma once\n",
    "src/storage/sqlite/database.cc":
        '#include <sqlite3.h>\n#include "storage/sqlite/pool.h"\n#include "storage/storage.h"\n',
    "src/ledger/CMakeLists.txt": "mq_capability(ledger DEPS base storage)\n",
    "src/ledger/ledger.h": '#pragma once\n#include "base/money.h"\n#include "storage/storage.h"\n',
    "src/ledger/post.cc":
        '#include "ledger/ledger.h"\n// Double entry: a double is never used.\n'
        'const char* kText = "double";\n',
    "src/ledger/post_test.cc": '#include "ledger/ledger.h"\n#include "support/tree.h"\n',
    "src/app/CMakeLists.txt": "mq_capability(app DEPS ledger)\n",
    "src/app/app.h": '#pragma once\n#include "ledger/ledger.h"\n',
    "src/app/main.cc": '#include "app/app.h"\nint main() {}\n',
    "tests/support/tree.h": "#pragma once\n",
    "tools/go": "#!/bin/bash\n",
    "README.md": "# Small\n\nRun tools/go.\n",
    "web/package-lock.json": json.dumps({"packages": {"a": {"integrity": "sha512-ab/XX" "X/cd=="}}}),
    "picture.bin": b"\0\1\2",
} | {f"src/{folder}/README.md": f"# {folder}\n"
     for folder in ("base", "runtime", "storage", "ledger", "app")}


def function(lines, head="void f(int a = {}) {"):
    return head + "\n" + "  g();\n" * (lines - 2) + "}\n"


class TidyTest(unittest.TestCase):
    def tidy(self, changes):
        """Exit status and output over the clean project with `changes` (None removes a file)."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for path, content in (CLEAN | changes).items():
                if content is None:
                    continue
                file = root / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content if isinstance(content, bytes) else content.encode())
            subprocess.run(["git", "init", "-q", folder], check=True)
            done = subprocess.run([sys.executable, TIDY, folder], capture_output=True, text=True)
            self.assertEqual(done.stderr, "")
            return done.returncode, done.stdout.splitlines()

    def refuses(self, changes, *expected):
        """The findings are exactly the expected ones, each given by how it begins."""
        status, lines = self.tidy(changes)
        self.assertEqual(status, 1, lines)
        self.assertEqual(len(lines) - 1, len(expected), lines)
        for line, start in zip(lines, sorted(expected)):
            self.assertTrue(line.startswith(start), f"{line!r} does not begin with {start!r}")

    def accepts(self, changes):
        status, lines = self.tidy(changes)
        self.assertEqual((status, lines[:-1]), (0, []))

    def test_clean_project_passes(self):
        self.accepts({})

    # Layers

    def test_lower_folder_may_not_include_upper(self):
        self.refuses({"src/storage/open.cc": '#include "ledger/ledger.h"\n'},
                     "src/storage/open.cc:1: storage/ lies below ledger/")

    def test_private_header_of_another_folder(self):
        self.refuses({"src/ledger/rows.cc": '\n#include "storage/sqlite/pool.h"\n'},
                     "src/ledger/rows.cc:2: storage/sqlite/pool.h is private to storage/")

    def test_include_outside_of_src(self):
        self.refuses({"src/ledger/rows.cc": '#include "rows.h"\n'},
                     'src/ledger/rows.cc:1: "rows.h" is not a header of src/')

    def test_own_header_in_angle_brackets(self):
        self.refuses({"src/ledger/rows.cc": "#include <base/money.h>\n"},
                     'src/ledger/rows.cc:1: our own header is included as "base/money.h"')

    def test_test_header_in_the_product(self):
        self.refuses({"src/ledger/rows.cc": '#include "support/tree.h"\n'},
                     "src/ledger/rows.cc:1: tests/support/tree.h may be included by *_test.cc only")

    def test_sandbox_knows_the_toolkits_only(self):
        self.accepts({"sandbox/main.cc": '#include "base/money.h"\n'})
        self.refuses({"sandbox/main.cc": '#include "ledger/ledger.h"\n'},
                     "sandbox/main.cc:1: sandbox/ may include base, crypto, runtime only")

    def test_dependency_on_a_later_folder(self):
        self.refuses({"src/runtime/CMakeLists.txt": "\nmq_capability(runtime DEPS base\n  ledger LINK z)\n"},
                     "src/runtime/CMakeLists.txt:2: runtime may not depend on ledger")

    def test_folder_without_a_place_in_the_order(self):
        self.refuses({"src/extra/a.cc": "\n"}, "CMakeLists.txt:1: src/extra is not in MQ_LAYERS")

    def test_library_outside_of_its_folder(self):
        cases = {"sqlite3.h": "SQLite", "libpq-fe.h": "libpq", "openssl/evp.h": "OpenSSL",
                 "opencv2/core.hpp": "OpenCV", "onnxruntime_c_api.h": "ONNX", "curl/curl.h": "libcurl"}
        for header, name in cases.items():
            with self.subTest(header):
                self.refuses({"src/ledger/rows.cc": f"#include <{header}>\n"},
                             f"src/ledger/rows.cc:1: <{header}>: {name}")

    def test_beast_in_a_second_file(self):
        self.refuses({"src/runtime/two.cc": "#include <boost/beast/core.hpp>\n"},
                     "src/runtime/two.cc:1: Beast may be included in one .cc file only")
        self.refuses({"src/runtime/http.h": "#include <boost/beast/core.hpp>\n",
                      "src/app/run.cc": '#include "runtime/http.h"\n'},
                     "src/runtime/http.h:1: Beast may be included in one .cc file only")

    # Words

    def test_floating_point_near_money(self):
        self.refuses({"src/ledger/rows.cc": "int a;\ndouble b;\n"}, "src/ledger/rows.cc:2: double")
        self.refuses({"src/base/money.cc": '#include "base/money.h"\nfloat b;\n'},
                     "src/base/money.cc:2: float")
        self.accepts({"src/ledger/rows.cc": "double share;  // not money: a progress bar\n",
                      "src/storage/share.cc": "double b;\n"})

    def test_clock_and_chance(self):
        self.refuses({"src/ledger/rows.cc": "auto a = std::chrono::system_clock::now();\n"
                                            "auto b = time(nullptr);\nint c = rand();\n"},
                     "src/ledger/rows.cc:1: system_clock", "src/ledger/rows.cc:2: time(nullptr",
                     "src/ledger/rows.cc:3: rand(")
        self.accepts({"src/base/time.cc": "auto a = std::chrono::system_clock::now();\n",
                      "src/ledger/rows.cc": "auto b = row.time(0);\nint c = operand(1);\n"})

    def test_output_and_swallowed_exceptions(self):
        bad = "void f() {\n  try {\n    std::cout << 1;\n  } catch (...) {\n  }\n}\n"
        self.refuses({"src/ledger/rows.cc": bad}, "src/ledger/rows.cc:3: std::cout",
                     "src/ledger/rows.cc:4: catch (...)")
        self.accepts({"src/app/run.cc": bad})

    def test_unfinished_work(self):
        for word in ("TO" "DO", "FIX" "ME", "XX" "X", "HA" "CK"):
            self.refuses({"README.md": f"# Small\n{word}: tools/go\n"}, f"README.md:2: {word}")

    def test_unnamed_silencing(self):
        self.refuses({"src/ledger/rows.cc": "int a;  // NO" "LINT\n"}, "src/ledger/rows.cc:1: NO" "LINT")
        self.accepts({"src/ledger/rows.cc": "int a;  // NO" "LINT(google-explicit-constructor)\n"})

    def test_skipped_tests(self):
        skip = {"src/ledger/a_test.cc": "\nTEST(A, B) { GTEST" "_SKIP(); }\n"}
        self.refuses(skip, "src/ledger/a_test.cc:2: GTEST" "_SKIP")
        self.accepts(skip | {"tests/allowed-skips.txt": "src/ledger/a_test.cc: needs a second CPU\n"})
        self.refuses(skip | {"tests/allowed-skips.txt": "src/ledger/a_test.cc:\n"},
                     "tests/allowed-skips.txt:1: src/ledger/a_test.cc has no reason")
        self.refuses({"tests/allowed-skips.txt": "src/ledger/a_test.cc: old\n"},
                     "tests/allowed-skips.txt:1: src/ledger/a_test.cc skips nothing")
        self.refuses({"web/a.spec.ts": "it.on" "ly('x')\n"}, "web/a.spec.ts:1: it.on" "ly(")

    def test_places_of_the_workshop(self):
        for word in ("/wo" "rk/main", "/tmp/" "w", "pypi" ".org", "registry" ".npmjs.org"):
            with self.subTest(word):
                self.refuses({"docs/a.md": f"see {word} there\n"}, "docs/a.md:1: ")
        self.accepts({"docs/a.md": "/network/ /tmp/write\n"})

    def test_lock_file_with_addresses(self):
        self.refuses({"web/package-lock.json": '{\n  "resolved": "https://example.com/a.tgz"\n}\n'},
                     "web/package-lock.json:2: addresses of a registry")

    # Shape

    def test_long_file(self):
        self.accepts({"web/a.vue": "\n" * 450})
        self.refuses({"web/a.vue": "\n" * 451}, "web/a.vue:451: 451 lines")
        self.refuses({"tools/go": "#!/bin/bash\n" + ":\n" * 450}, "tools/go:451: 451 lines")

    def test_long_function(self):
        around = "namespace mq {\nstruct A {\n  int b = {1};\n};\n"
        self.accepts({"src/ledger/a.cc": around + function(90) + function(90) + "}\n"})
        self.refuses({"src/ledger/a.cc": around + function(91) + "}\n"},
                     "src/ledger/a.cc:5: f has 91 lines")
        self.refuses({"src/ledger/a.cc": function(91, "A::A(int b)\n    : b_{b}, c_(1) {")[:-1]},
                     "src/ledger/a.cc:1: A has 92 lines")
        table = "constexpr int kTable[] = {\n" + "  1,\n" * 200 + "};\n"
        text = 'const char* kSql = R"sql(\n' + "{\n" * 200 + ')sql";\nint n = 1\'000;  // {\n'
        self.accepts({"src/ledger/a.cc": table + text})

    # Dead files

    def test_header_that_nobody_includes(self):
        self.refuses({"src/ledger/rows.h": "#pragma once\n",
                      "src/ledger/rows.cc": '#include "ledger/rows.h"\n',
                      "src/ledger/rows_test.cc": '#include "ledger/rows.h"\n'},
                     "src/ledger/rows.h:1: no file but its own .cc and test includes it")

    def test_script_that_nobody_names(self):
        self.refuses({"tools/gone": "#!/bin/bash\n"}, "tools/gone:1: no other file names it")

    def test_folder_without_readme(self):
        self.refuses({"src/ledger/README.md": None}, "src/ledger/README.md:1: a folder has a README.md")
        self.refuses({"src/ledger/README.md": "Ledger\n"}, "src/ledger/README.md:1: a folder has")

    # Model cards

    def test_model_and_card(self):
        manifest = json.dumps({"files": [{"file": "files/nose.onnx", "sha256": "ab12"},
                                         {"file": "files/LICENSE", "sha256": "cd34"}]})
        card = "# nose\n\n| `nose.onnx` | SHA-256 `ab12` |\n"
        self.accepts({"models/manifest.json": manifest, "models/cards/nose.md": card})
        self.refuses({"models/manifest.json": manifest}, "models/manifest.json:1: nose.onnx has no card")
        self.refuses({"models/manifest.json": manifest, "models/cards/nose.md": card.replace("ab", "ef")},
                     "models/cards/nose.md:3: models/manifest.json has no nose.onnx with this hash")


if __name__ == "__main__":
    unittest.main()
