"""Ten thousand guesses at a code, at passwords and at an authenticator app, each from an address of its own: bounded by the numbers of
docs/security/limits.md, and the owner gets in on the device that was known before."""

import collections
import http.client
import itertools
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

from borrower import PASSWORD, Borrower, Client, people_of, staff_sign_in
from harness import SOURCE, Server, equal, expect, run

GUESSES = 10_000
OWN_PASSWORD = "kx7.wv2q-mine"
ROUNDS = 4  # of guesses at codes: a new code is given after RESEND_S, and five guesses end it
RESEND_S = 30
THREADS = 8
LIMITS = re.compile(r"^\| (\w+) \| (\w+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)


def allowances():
    """{("code_guess", "account"): (free, window, first wait, longest wait)}, from the page."""
    page = (SOURCE / "docs/security/limits.md").read_text()
    return {(what, whom): tuple(map(int, numbers)) for what, whom, *numbers in LIMITS.findall(page)}


def most_tries(allowance, seconds):
    """What may be tried in this time: the free ones, those earned anew, and one after each wait that fits into it."""
    free, window, wait, longest = allowance
    tries, waited = free + int(seconds * free / window), wait
    while waited <= seconds:
        tries += 1
        wait = min(2 * wait, longest)
        waited += wait
    return tries


def addresses():
    """127.0.0.1 first, which is the owner's too, then ten thousand others of this machine."""
    yield "127.0.0.1"
    for high, middle, low in itertools.product(range(1, 200), range(256), range(1, 255)):
        yield f"127.{high}.{middle}.{low}"


def send(server, source, path, body):
    """A request from that address, which claims to be forwarded for another. Answers (status, code, JSON)."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60, source_address=(source, 0))
    try:
        connection.request("POST", path, json.dumps(body),
                           {"Content-Type": "application/json", "X-Forwarded-For": f"203.0.113.{len(source)}",
                            "Forwarded": "for=198.51.100.7"})
        answer = connection.getresponse()
        parsed = json.loads(answer.read())
        return answer.status, parsed.get("code", "ok"), parsed
    finally:
        connection.close()


def attack(what, guess, sources, rounds=1, pause_s=0):
    """Calls guess(address) ten thousand times, some at once. Answers what was said and how long it took."""
    said = collections.Counter()
    started = time.time()  # the server's waits go by this clock, which may be set while they last
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(rounds):
            time.sleep(pause_s)
            said.update(pool.map(guess, itertools.islice(sources, GUESSES // rounds)))
    seconds = time.time() - started
    equal(sum(said.values()), GUESSES, f"guesses at {what}")
    return said, seconds


def judge(what, said, seconds, evaluated, allowed):
    tried = said[evaluated]
    print(f"{what}: {GUESSES} guesses in {seconds:.0f} s, {tried} looked at, at most {allowed} allowed; "
          f"{dict(said)}")
    expect(0 < tried <= allowed, f"{what}: {tried} guesses were looked at")
    equal(said["ok"], 0, f"{what}: guesses that got in")


def guess_codes(server, owner, sources):
    limits = allowances()
    phone = owner.person["phone"]
    codes_before = len(server.codes(phone))
    state = {"challenge": None, "sent": 0}

    def guess(source):
        # A new code whenever one is given; the guess is never the right one, so that the count is exact.
        status, _, asked = send(server, source, "/v1/auth/sms-codes", {"phone": phone})
        if status == 202:
            state["challenge"], state["sent"] = asked["challenge_id"], state["sent"] + 1
        right = server.codes(phone)
        wrong = next(code for code in (f"{n:06}" for n in range(1000)) if code not in right[:10])
        body = {"challenge_id": state["challenge"], "code": wrong}
        return send(server, source, "/v1/auth/sessions", body)[1] if state["challenge"] else "no code"

    said, seconds = attack("the code", guess, sources, ROUNDS, RESEND_S + 1)
    judge("SMS code", said, seconds, "auth.wrong_code", most_tries(limits["code_guess", "account"], seconds))
    sent = len(server.codes(phone)) - codes_before
    allowed = most_tries(limits["code_send", "account"], seconds)
    print(f"SMS code: {sent} messages to the owner's phone, at most {allowed} allowed")
    expect(0 < sent <= allowed, f"{sent} messages to the owner")


def guess_passwords(server, sources):
    def guess(source):
        return send(server, source, "/v1/console/sign-ins", {"username": "admin", "password": "wrong password"})[1]

    said, seconds = attack("the password", guess, sources)
    judge("password", said, seconds, "auth.wrong_credentials",
          most_tries(allowances()["password_guess", "account"], seconds))


def set_password(owner):
    """As the page does: chosen, approved with a code by SMS, set."""
    password = {"password": OWN_PASSWORD}
    earlier = len(owner.server.codes(owner.person["phone"]))
    challenge = owner.call("POST", "/v1/auth/password/challenge", password)["challenge_id"]
    owner.call("POST", f"/v1/auth/step-ups/{challenge}/sms-code", {})
    owner.call("POST", f"/v1/auth/step-ups/{challenge}/factors", {"code": owner.newest_code(earlier)})
    equal(owner.server.request("PUT", "/v1/auth/password", password | {"challenge_id": challenge},
                               token=owner.token).status, 204, "the password is set")


def guess_borrowers_passwords(server, owner, sources):
    """From devices that the account does not know: none is looked at, not even the right one."""
    phone = owner.person["phone"]
    passwords = itertools.cycle(["wrong password", OWN_PASSWORD])

    def guess(source):
        return send(server, source, "/v1/auth/password-sessions", {"phone": phone, "password": next(passwords)})[1]

    said, seconds = attack("the borrower's password", guess, sources)
    print(f"borrower's password: {GUESSES} guesses in {seconds:.0f} s, none looked at; {dict(said)}")
    equal(said, {"auth.unknown_device": GUESSES}, "guesses at a borrower's password")
    nobodys = send(server, next(sources), "/v1/auth/password-sessions",
                   {"phone": "13712345678", "password": OWN_PASSWORD})[1]
    equal(nobodys, "auth.unknown_device", "a number that nobody has")


def guess_app_codes(server, sources):
    """By somebody who has the password."""
    begun = send(server, next(sources), "/v1/console/sign-ins", {"username": "deputy", "password": PASSWORD})[2]

    def guess(source):
        right = server.app_code("deputy")
        wrong = next(code for code in (f"{n:06}" for n in range(1000)) if code != right)
        return send(server, source, "/v1/console/sessions", {"sign_in": begun["sign_in"], "code": wrong})[1]

    said, seconds = attack("the app", guess, sources)
    judge("authenticator app", said, seconds, "auth.wrong_code",
          most_tries(allowances()["totp_guess", "account"], seconds))
    equal(said["auth.unknown_sign_in"], 0, "guesses at a sign-in that was over")


def guess_names_from_one_address(server, source):
    """A password for many names: the address is slowed down, whatever it says of having been forwarded."""
    allowance = allowances()["password_guess", "address"]
    started = time.time()
    said = collections.Counter(
        send(server, source, "/v1/console/sign-ins", {"username": f"staff{n}", "password": "Password1234"})[1]
        for n in range(3 * allowance[0]))
    seconds = time.time() - started
    allowed = most_tries(allowance, seconds)
    print(f"one address, {3 * allowance[0]} names: {said['auth.wrong_credentials']} looked at in {seconds:.0f} s, "
          f"at most {allowed} allowed")
    expect(allowance[0] <= said["auth.wrong_credentials"] <= allowed, f"one address: {dict(said)}")


def test(folder):
    data = folder / "demo"
    with Server(data) as server:
        owner = Borrower(server, people_of(data)[0], None)
        owner.sign_in()
        owner.call("GET", "/v1/me")
        desks = {user: {"X-Device-Token": staff_sign_in(Client(server), user)["device_token"]}
                 for user in ("admin", "deputy")}

        set_password(owner)
        sources = addresses()
        guess_codes(server, owner, sources)
        guess_passwords(server, sources)
        guess_borrowers_passwords(server, owner, sources)
        guess_app_codes(server, sources)
        guess_names_from_one_address(server, "127.0.0.1")

        owner.sign_in()
        owner.call("GET", "/v1/me")
        known = server.request("POST", "/v1/auth/password-sessions",
                               {"phone": owner.person["phone"], "password": OWN_PASSWORD}, headers=owner.device())
        equal(known.status, 201, f"the owner's password on the owner's device: {known}")
        for user, desk in desks.items():
            staff_sign_in(Client(server), user, desk)
        print("the owner and the clerks get in on the devices that were known before")


run("guessing", test)
