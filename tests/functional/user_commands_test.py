#!/usr/bin/env python3
"""`mianqian user`, beside a server that runs: inviting, listing, signing everybody out; and what it refuses."""

import base64
import hashlib
import hmac
import json
import re
import struct
import time

from harness import Server, command, equal, expect, expect_problem, run, wait_for

PASSWORD = "kx7.wv2q-desk"
USED = set()  # codes: each is good once


def totp(secret):
    """RFC 6238, as any authenticator app: SHA-1, six digits, 30 seconds."""
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = mac[19] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1_000_000:06}"


def user(data, *arguments):
    return command("user", *arguments, "--demo", "--data", data)


def invited(data, name, roles):
    said = user(data, "invite", name, "--roles", roles, "--json")
    equal(said.returncode, 0, f"user invite {name}: {said.stderr}")
    made = json.loads(said.stdout)
    equal(made["username"], name, "who is invited")
    expect(made["link"].endswith("/console/#/invitation/" + made["token"]), made["link"])
    return made


def enters(server, name, secret=None, token=None):
    """By the invitation `token`, or with the password; answers the session and the app's secret."""
    if token:
        begun = server.request("POST", "/v1/console/invitations/acceptance",
                               {"invitation": token, "password": PASSWORD})
    else:
        begun = server.request("POST", "/v1/console/sign-ins", {"username": name, "password": PASSWORD})
    equal(begun.status, 201, f"{name} begins to sign in: {begun}")
    sign_in = begun.json["sign_in"]
    if begun.json["set_up"]:
        secret = server.request("POST", "/v1/console/sign-ins/totp", {"sign_in": sign_in}).json["secret"]
    code = wait_for("a code that was not shown yet", lambda: (now := totp(secret)) not in USED and now, 40)
    USED.add(code)
    done = server.request("POST", "/v1/console/sessions", {"sign_in": sign_in, "code": code})
    equal(done.status, 201, f"{name} signs in: {done}")
    return done.json["token"], secret


def beside(folder):
    data = folder / "data"
    early = user(data, "list")
    equal(early.returncode, 1, "a folder without a server")
    expect("start the server once" in early.stderr, early.stderr)
    with Server(data) as server:
        text = user(data, "invite", "li", "--roles", "admin")
        equal(text.returncode, 0, f"in words: {text.stderr}")
        expect(re.search(r'become "li":\n  \S*/console/#/invitation/[\w-]{43}\n', text.stdout), text.stdout)
        first = invited(data, "zhang", "admin,finance")
        second = invited(data, "zhang", "admin")
        refused = server.request("POST", "/v1/console/invitations", {"invitation": first["token"]})
        expect_problem(refused, 404, "auth.unknown_invitation", "the older link")
        shown = server.request("POST", "/v1/console/invitations", {"invitation": second["token"]})
        equal(shown.json["roles"], ["admin"], "the roles of the newer one")
        token, secret = enters(server, "zhang", token=second["token"])
        equal(server.request("GET", "/v1/console/staff", token=token).status, 200, "zhang is let in")

        listed = {one["username"]: one for one in
                  map(json.loads, user(data, "list", "--json").stdout.splitlines())}
        equal((listed["zhang"]["state"], listed["zhang"]["roles"]), ("active", ["admin"]), "zhang in the list")
        equal(listed["li"]["state"], "invited", "li in the list")

        ended = user(data, "end-sessions", "borrowers", "--json")
        equal(json.loads(ended.stdout), {"ended": 0}, f"nobody is there: {ended.stderr}")
        equal(server.request("GET", "/v1/console/staff", token=token).status, 200, "staff go on")
        ended = user(data, "end-sessions", "staff")
        equal((ended.returncode, ended.stdout), (0, "ended 1 sessions\n"), f"all of staff: {ended.stderr}")
        expect_problem(server.request("GET", "/v1/console/staff", token=token), 401, "auth.no_session", "zhang is out")
        token, _ = enters(server, "zhang", secret)
        equal(server.request("GET", "/v1/console/staff", token=token).status, 200, "and comes in again")

        for arguments in (("invite", "li"), ("invite", "li", "--roles", "king"), ("end-sessions", "everyone"), ()):
            said = user(data, *arguments)
            expect(said.returncode not in (0, 1) and said.stderr, f"user {arguments}: {said}")
        bad = user(data, "invite", "Li Wei", "--roles", "admin")
        equal(bad.returncode, 1, "a name with a space")
        expect("auth.bad_username" in bad.stderr, bad.stderr)
        for said in (text, ended):
            expect(PASSWORD not in said.stdout + said.stderr, "no password is said")


run("user_commands", beside)
