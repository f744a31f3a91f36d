"""What the functional tests share: checks, databases, runs of the built program, a server to talk to."""

import argparse
import contextlib
import json
import http.client
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse

SOURCE = pathlib.Path(os.environ.get("MQ_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("MQ_BUILD_DIR", SOURCE / "build/release"))
PROGRAM = str(BUILD / "bin/mianqian")

# Bounds of waits, not expectations: generous because sanitizers make everything several times slower.
PATIENCE_S = 90
DEMO_PATIENCE_S = 400

_checks = 0


def expect(condition, what):
    global _checks
    _checks += 1
    if not condition:
        raise AssertionError(what)


def equal(actual, wanted, what):
    expect(actual == wanted, f"{what}: {actual!r} instead of {wanted!r}")


def wait_for(what, done, seconds=PATIENCE_S, every_s=0.1):
    """The first truthy value of done(); fails when there is none in time."""
    end = time.monotonic() + seconds
    while True:
        value = done()
        if value:
            return value
        expect(time.monotonic() < end, f"{what} did not happen within {seconds} s")
        time.sleep(every_s)


def run(title, test):
    """Runs test(folder) in a folder of its own; prints one summary line, and exits with 1 on failure."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mianqian-functional-") as folder:
        try:
            test(pathlib.Path(folder))
        except Exception:
            traceback.print_exc(file=sys.stdout)
            print(f"{title}: FAILED after {_checks} checks, {time.monotonic() - started:.1f} s")
            sys.exit(1)
    print(f"{title}: passed, {_checks} checks, {time.monotonic() - started:.1f} s")


def environment(**settings):
    """Ours without any setting of the product, and with these: http_port=0 is MIANQIAN_HTTP_PORT."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("MIANQIAN_")}
    return own | {f"MIANQIAN_{name.upper()}": str(value) for name, value in settings.items()}


class Database:
    """Where a demo keeps its books: SQLite in its folder, or a schema of PostgreSQL."""

    def __init__(self, url=None):
        self.url = url
        self.name = "PostgreSQL" if url else "SQLite"
        self.arguments = ["--database", url] if url else []

    def schema(self, data):
        return (data / "schema").read_text().strip()

    def source(self, data):
        """Arguments that name this store to `audit export`."""
        return ["--database", self.url, "--schema", self.schema(data)] if self.url else ["--data", str(data)]

    def psql(self, sql):
        return subprocess.run(["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", self.url], input=sql,
                              text=True, check=True, capture_output=True, timeout=PATIENCE_S).stdout

    def drop(self, data):
        if self.url and (data / "schema").exists():
            schema = self.schema(data)
            self.psql(f'SET client_min_messages = warning;'
                      f'DROP SCHEMA IF EXISTS "{schema}" CASCADE; DROP SCHEMA IF EXISTS "{schema}_keys" CASCADE;')


def databases(description):
    """Those that the command line asks for (both, unless it names one) and that are there."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("only", nargs="?", choices=["sqlite", "postgresql"])
    only = parser.parse_args().only
    found = [Database()] if only != "postgresql" else []
    url = os.environ.get("MQ_TEST_POSTGRES_URL")
    if only != "sqlite":
        if url:
            found.append(Database(url))
        else:
            print("MQ_TEST_POSTGRES_URL is not set: nothing runs on PostgreSQL")
            if not found:
                sys.exit(0)  # without a summary line: nothing passed
    return found


def command(*arguments, **settings):
    """Runs the program to its end; its return code, stdout and stderr are in the answer."""
    return subprocess.run([PROGRAM, *map(str, arguments)], env=environment(**settings), capture_output=True,
                          text=True, timeout=DEMO_PATIENCE_S)


class Demo:
    """A finished run of `mianqian demo --json`."""

    def __init__(self, data, database, **settings):
        ran = command("demo", "--data", data, "--json", *database.arguments, **settings)
        self.code, self.stdout, self.stderr = ran.returncode, ran.stdout, ran.stderr
        self.lines = [json.loads(line) for line in ran.stdout.splitlines()]
        self.last = self.lines[-1] if self.lines else {}
        self.steps = [line["step"] for line in self.lines if "step" in line]

    def expect_good_end(self, what):
        said = f"{self.stdout[-1500:]}{self.stderr[-1500:]}"
        expect(self.code == 0 and self.last.get("step") == "done", f"{what} ended with {self.code}: {said}")
        equal(self.last["trial_balance"], "0.00", f"{what}: trial balance")
        equal(self.last["total_debit"], self.last["total_credit"], f"{what}: totals")
        equal(self.last["paid"], True, f"{what}: paid")
        equal(self.last["audit_verified"], True, f"{what}: audit verified")


def sandbox_of(data):
    return data.with_name(data.name + "-sandbox")


def channel_payments(data):
    """What the payment channel did, by its own journal: the latest entry of every request."""
    payments = {}
    for line in (sandbox_of(data) / "sandbox-journal.jsonl").read_text().splitlines():
        payment = json.loads(line).get("payment")
        if payment:
            payments[payment["request_id"]] = payment
    return list(payments.values())


def expect_paid_once(data, what, people=1):
    for kind in ("payout", "debit"):
        states = [p["state"] for p in channel_payments(data) if p["kind"] == kind]
        equal(states, ["succeeded"] * people, f"{what}: each {kind} at the channel")


def children_of(pid):
    """Ids of the living processes below `pid`."""
    parents = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(stat.parent.name)] = int(parent)
    found, layer = [], [pid]
    while layer:
        layer = [child for child, parent in parents.items() if parent in layer]
        found += layer
    return found


def free_port():
    """Below the range that the system gives to outgoing connections, so that nobody gets it by chance."""
    while True:
        port = random.randrange(15_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def json(self):
        return json.loads(self.body)

    def __str__(self):
        return f"{self.status} {self.body[:600].decode(errors='replace')}"


class Server:
    """`mianqian serve --demo` on ports of its own. Use it in a `with` block."""

    def __init__(self, data, **settings):
        self.data = data
        self.settings = settings
        self.log = data.with_name(data.name + ".log")
        self.clerk_token = None
        self.used_codes = {}

    def __enter__(self):
        # Another process may take the sandbox's port between the look and the start.
        for _ in range(5):
            self.sandbox_port = free_port()
            with self.log.open("wb") as log:
                self.process = subprocess.Popen(
                    [PROGRAM, "serve", "--demo", "--data", str(self.data)], stdout=log, stderr=log,
                    env=environment(http_port=0, http_tls_port=-1, sandbox_port=self.sandbox_port,
                                    **self.settings))
            listening = wait_for("the start of the server", self._listening)
            if listening != "ended":
                self.port = int(listening)
                return self
        raise AssertionError("the server does not start: " + self.log.read_text()[-1500:])

    def _listening(self):
        found = re.search(r"^listening on http://127\.0\.0\.1:(\d+)", self.log.read_text(), re.MULTILINE)
        return found[1] if found else "ended" if self.process.poll() is not None else None

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the server did not stop") from None

    def request(self, method, path, body=None, *, token=None, key=None, language=None, media_type=None,
                headers=None, port=None):
        """`body`: bytes as they are, anything else as JSON."""
        sent = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            media_type = media_type or "application/json"
        for name, value in (("Content-Type", media_type), ("Idempotency-Key", key),
                            ("Accept-Language", language), ("Authorization", token and f"Bearer {token}")):
            if value:
                sent[name] = value
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=PATIENCE_S)
        try:
            # A body over the limit is answered before it is read to its end.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, path, body, sent)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def raw(self, data):
        """Sends these bytes and reads up to the end of the connection."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE_S) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            received = b""
            while part := connection.recv(65536):
                received += part
            return received

    def sandbox(self, method, path, body=None):
        answer = self.request(method, path, body, port=self.sandbox_port)
        expect(answer.status < 300, f"sandbox {method} {path}: {answer}")
        return answer.json

    def faults(self, **modes):
        """payment="down", or a dict with mode and delay_ms."""
        self.sandbox("PUT", "/sandbox/faults",
                     {name: value if isinstance(value, dict) else {"mode": value, "delay_ms": None}
                      for name, value in modes.items()})

    def app_code(self, user):
        """What the authenticator app of this staff account shows now."""
        return next(one["code"] for one in self.sandbox("GET", "/sandbox/authenticators")["items"]
                    if one["account"] == user)

    def codes(self, phone):
        """The codes sent to this phone, newest first."""
        inbox = self.sandbox("GET", "/sandbox/sms?phone=" + urllib.parse.quote(phone))
        return [item["code"] for item in inbox["items"] if "code" in item]


def expect_problem(answer, status, code, what, title=None):
    equal((answer.status, answer.json.get("code")), (status, code), what)
    equal(answer.headers["Content-Type"], "application/problem+json", f"{what}: media type")
    problem = answer.json
    for field in ("type", "title", "next", "trace_id"):
        expect(problem.get(field), f"{what}: {field} of {problem}")
    equal((problem["status"], problem["type"]), (status, f"urn:mianqian:problem:{code}"), what)
    if title:
        equal(problem["title"], title, f"{what}: title")


def in_both_languages(server, status, code, zh, en, method, path, body=None, **options):
    for language, title in (("zh-CN,zh;q=0.9", zh), ("en-GB,en;q=0.9", en)):
        answer = server.request(method, path, body, language=language, **options)
        expect_problem(answer, status, code, f"{method} {path} in {language[:2]}", title)
