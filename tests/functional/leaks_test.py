"""No personal value, picture or secret in the clear: not in the data folder, the logs or the database.

The search that finds nothing is then held against copies in which every value was planted in every form,
and has to find each of them.
"""

import base64
import contextlib
import json
import math
import shutil
import sqlite3
import subprocess
import urllib.parse

import pdfs
from borrower import Borrower, luhn_card, people_of
from harness import (PATIENCE_S, Demo, Server, databases, equal, expect, run, sandbox_of,
                     wait_for)


def hex_forms(data):
    yield "hex", data.hex().encode()
    yield "HEX", data.hex().upper().encode()


def base64_forms(data):
    """What base64 of anything that holds `data` must hold, by where in a group of three it begins."""
    for pad in range(3):
        whole = base64.b64encode(bytes(pad) + data)
        middle = whole[math.ceil(pad * 8 / 6):(pad + len(data)) * 8 // 6]
        yield f"base64+{pad}", middle
        yield f"base64url+{pad}", middle.translate(bytes.maketrans(b"+/", b"-_"))


def byte_forms(data):
    yield "bytes", data
    yield from hex_forms(data)
    yield from base64_forms(data)


def text_forms(text):
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        for form, pattern in byte_forms(text.encode(encoding)):
            yield f"{encoding} {form}", pattern
    for case in ("x", "X"):
        codes = [format(ord(c), f"04{case}") for c in text]
        yield f"\\u {case}", "".join(f"\\u{code}" for code in codes).encode()
        yield f"\\\\u {case}", "".join(f"\\\\u{code}" for code in codes).encode()
        yield f"% {case}", "".join(f"%{byte:02{case}}" for byte in text.encode()).encode()
    yield "url", urllib.parse.quote(text).encode()


class Search:
    """Knows every form of every value: (label, pattern)."""

    def __init__(self):
        self.patterns = []

    def add(self, name, value):
        forms = text_forms(value) if isinstance(value, str) else byte_forms(value)
        known = {pattern for _, pattern in self.patterns}
        for form, pattern in forms:
            expect(len(pattern) >= 6, f"{name} as {form} is too short to mean anything")
            if pattern not in known:
                known.add(pattern)
                self.patterns.append((f"{name} as {form}", pattern))

    def add_person(self, number, name, id_number, phone, card):
        values = {"name": name, "ID number": id_number, "ID number, small x": id_number.lower(),
                  "ID number without its end": id_number[:-1], "phone": phone, "card": card}
        for separator in " -":
            values[f"phone with {separator!r}"] = separator.join((phone[:3], phone[3:7], phone[7:]))
            values[f"card with {separator!r}"] = separator.join(card[i:i + 4] for i in range(0, len(card), 4))
        for label, value in values.items():
            self.add(f"{label} of {number}", value)

    def add_pictures(self, data, number):
        own = sandbox_of(data) / "borrowers" / str(number)
        for path in (own / "card.jpg", own / "selfie.jpg", sandbox_of(data) / "people" / f"{number}.jpg"):
            content = path.read_bytes()
            self.add(f"{path.name} of {number}", content[len(content) // 2:][:32])

    def found_in(self, content):
        return [label for label, pattern in self.patterns if pattern in content]

    def expect_clean(self, places):
        for place, content in places:
            found = self.found_in(content)
            expect(not found, f"{place} holds {', '.join(found[:5])}")

    def plants(self):
        """A text or bytes for every pattern, as it would stand in the middle of something else."""
        for label, pattern in self.patterns:
            try:
                text = pattern.decode()
                plain = "\0" not in text
            except UnicodeDecodeError:
                plain = False
            yield label, pattern, f"a{text}z" if plain else b"\x01" + pattern + b"\x02"


def files_below(folder):
    return [(str(path.relative_to(folder)), path.read_bytes())
            for path in sorted(folder.rglob("*")) if path.is_file()]


def sqlite_dump(path):
    dumped = subprocess.run(["sqlite3", "-readonly", str(path), ".dump"], check=True, capture_output=True,
                            timeout=PATIENCE_S).stdout
    expect(b"CREATE TABLE" in dumped, f"the dump of {path.name} has tables")
    return dumped


def postgresql_dump(database, data):
    schema = database.schema(data)
    # INSERT statements show backslashes as they are.
    dumped = subprocess.run(["pg_dump", "--inserts", "-n", schema, "-n", f"{schema}_keys", "-d", database.url],
                            check=True, capture_output=True, timeout=PATIENCE_S).stdout
    for table in (f"{schema}.vault_field", f"{schema}_keys.data_key"):
        expect(f"INSERT INTO {table} ".encode() in dumped, f"the dump has rows of {table}")
    return dumped


def dumps(data, database):
    if database.url:
        return [("dump", postgresql_dump(database, data))]
    return [(f"dump of {name}", sqlite_dump(data / name)) for name in ("mianqian.db", "keys.db")]


def spoken(demo):
    """What the demo printed, without the one field that names the values."""
    *before, last = demo.lines
    del last["personal_values"]
    return json.dumps([*before, last], ensure_ascii=False).encode() + demo.stderr.encode()


def clumsy_requests(server, borrower):
    """Personal values where they are refused: in wrong fields, malformed bodies, addresses."""
    person = borrower.person
    wrong_end = person["id_number"][:-1] + ("0" if person["id_number"][-1] != "0" else "1")
    for path, body in (
            ("/v1/verifications", {"name": person["name"], "id_number": wrong_end}),
            ("/v1/verifications", {"name": person["id_number"], "id_number": person["name"]}),
            ("/v1/verifications", {person["phone"]: person["name"]}),
            ("/v1/verifications", f'{{"name": "{person["name"]}", "id_number": {person["id_number"]}'.encode()),
            ("/v1/applications", {"payout_card": borrower.card_number}),
            ("/v1/applications", {"product_id": borrower.card_number, "amount": person["phone"],
                                  "term_months": person["name"]}),
            (f"/v1/none?phone={person['phone']}", {}),
            (f"/v1/verifications/{person['id_number']}/{urllib.parse.quote(person['name'])}", {})):
        answer = server.request("POST", path, body, token=borrower.token, key="clumsy-request",
                                media_type="application/json", language=person["name"].encode().decode("latin1"),
                                headers={"X-Phone": person["phone"]})
        expect(400 <= answer.status < 500, f"POST {path}: {answer}")
        yield f"the answer to {path}", answer.body


def hand_in_statement(server, borrower):
    """A statement whose text holds the person's numbers, read to its end."""
    person = borrower.person
    rows = [("2026-01-05", person["id_number"], "8000.00", "9000.00"),
            ("2026-01-06", f"{person['phone']} {borrower.card_number}", "-100.00", "8900.00")]
    sent = borrower.call("POST", "/v1/documents/statement", pdfs.statement(rows), media_type="application/pdf")
    path = f"/v1/documents/{sent['document_id']}"
    wait_for("the statement", lambda: borrower.call("GET", path)["state"] == "read")


def serve(data, database, person, pictures):
    """A second person on the same data, everything logged. Returns what was said outside the folder."""
    settings = {"log_level": "debug", "log_file": data / "server.log"}
    if database.url:
        settings |= {"database_url": database.url, "database_schema": database.schema(data)}
    with Server(data, **settings) as server:
        borrower = Borrower(server, person, pictures)
        borrower.sign_in()
        borrower.consent()
        said = list(clumsy_requests(server, borrower))
        server.faults(authority="error")
        path = borrower.begin_verification()
        borrower.send_photos(path)
        wait_for("a failed query in the log", lambda: b"outbox.retry" in (data / "server.log").read_bytes())
        server.faults(authority="none")
        equal(borrower.await_verified(path)["state"], "passed", "the verification")
        borrower.apply_and_sign()
        borrower.await_paid_out()
        # Afterwards: one that names no holder would have sent the application to a person.
        hand_in_statement(server, borrower)
    log = (data / "server.log").read_bytes()
    expect(log.count(b"\n") > 20, "the log is a log")
    return [*said, ("stdout and stderr of the server", server.log.read_bytes())], borrower.token


def plant_in_files(search, data, folder):
    copy = shutil.copytree(data, folder / f"{data.name}-planted")
    (copy / "deep/er").mkdir(parents=True)
    plants = {}
    for number, (label, _, plant) in enumerate(search.plants()):
        name = f"deep/er/{number}"
        plants[name] = label
        content = plant.encode() if isinstance(plant, str) else plant
        (copy / name).write_bytes(bytes(range(1, 200)) * 3 + content + b"\0" * 100)
    found = {place: search.found_in(content) for place, content in files_below(copy)}
    for name, label in plants.items():
        expect(label in found[name], f"{label}, planted in a file, is found")
    equal([place for place in found if found[place] and place not in plants], [], "files found besides")


def expect_rows_found(search, dumped, where):
    """Every planted row of a dump is found by its own label."""
    rows = {}
    for line in dumped.splitlines():
        if b"INSERT INTO" in line and b"planted" in line:
            number = int(line.split(b"VALUES")[1].strip(b" (").split(b",")[0])
            rows[number] = line
    plants = list(search.plants())
    equal(len(rows), len(plants), f"rows planted in {where}")
    for number, (label, pattern, plant) in enumerate(plants):
        found = search.found_in(rows[number])
        # A dump writes a binary column in hex: its label is that of the hex form.
        shown = label if isinstance(plant, str) else label.removesuffix("bytes") + "hex"
        either = {shown, shown.removesuffix("hex") + "HEX"}
        expect(either & set(found), f"{label}, planted in {where}, is found: {found[:3]}")
        expect(isinstance(plant, str) or pattern.hex() in rows[number].decode().lower(), f"{label} is there")


def plant_in_sqlite(search, data, folder):
    path = folder / "planted.db"
    path.write_bytes((data / "mianqian.db").read_bytes())
    plants = list(search.plants())
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE planted (number INTEGER PRIMARY KEY, value)")
        connection.executemany("INSERT INTO planted VALUES (?, ?)",
                               [(number, plant) for number, (_, _, plant) in enumerate(plants)])
    content = b"".join(part.read_bytes() for part in folder.glob("planted.db*"))
    found = set(search.found_in(content))
    for label, _, _ in plants:
        expect(label in found, f"{label}, planted in SQLite, is found in the file")
    expect_rows_found(search, sqlite_dump(path), "SQLite")


def plant_in_postgresql(search, data, database):
    schema = database.schema(data)
    rows = []
    for number, (_, _, plant) in enumerate(search.plants()):
        if isinstance(plant, str):
            rows.append("({}, '{}', NULL)".format(number, plant.replace("'", "''")))
        else:
            rows.append(f"({number}, NULL, '\\x{plant.hex()}')")
    database.psql(f'CREATE TABLE "{schema}".planted (number int, shown text, raw bytea);'
                  f'INSERT INTO "{schema}".planted VALUES {",".join(rows)};')
    expect_rows_found(search, postgresql_dump(database, data), "PostgreSQL")


def check(folder, database):
    data = folder / database.name
    try:
        demo = Demo(data, database)
        demo.expect_good_end("the demo")
        values = demo.last["personal_values"]
        equal(len(values), 4, "personal values of the demo")
        second = people_of(data)[1]
        said, token = serve(data, database, second, sandbox_of(data) / "borrowers/2")

        search = Search()
        search.add_person(1, *values)
        search.add_person(2, second["name"], second["id_number"], second["phone"],
                          luhn_card(int(second["phone"])))
        search.add_pictures(data, 1)
        search.add_pictures(data, 2)
        phone = json.loads((sandbox_of(data) / "demo-phone.json").read_text())
        for name, secret in (("borrower's session", phone["borrower"]), ("clerk's session", phone["clerk"]),
                             ("second session", token),
                             ("partner secret", (sandbox_of(data) / "secret").read_text().strip())):
            search.add(name, secret)

        dumped = dumps(data, database)
        places = [*files_below(data), *dumped, ("output of the demo", spoken(demo)), *said]
        search.expect_clean(places)
        plant_in_files(search, data, folder)
        plant_in_postgresql(search, data, database) if database.url else plant_in_sqlite(search, data, folder)
        print(f"{database.name}: {len(search.patterns)} forms, none in {len(places)} places of "
              f"{sum(len(content) for _, content in places)} bytes, each found where it was planted")
    finally:
        database.drop(data)


DATABASES = databases(__doc__)
run("leaks", lambda folder: [check(folder, database) for database in DATABASES])
