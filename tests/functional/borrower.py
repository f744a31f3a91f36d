"""A borrower and a clerk who go through the product over HTTP, as the pages do."""

import datetime
import hashlib
import json
import secrets
import time

from harness import equal, expect, sandbox_of, wait_for

PURPOSES = ("terms", "face", "authority")
PASSWORD = "demo-admin-2026"


def people_of(data):
    """The demo's invented people, as the sandbox has them."""
    return json.loads((sandbox_of(data) / "people/people.json").read_text())


def luhn_card(number):
    """A card number of 16 digits that carries its check digit."""
    digits = [int(c) for c in f"6222{number:011d}"]
    doubled = [sum(divmod(2 * d, 10)) if place % 2 == 0 else d for place, d in enumerate(reversed(digits))]
    return "".join(map(str, digits)) + str(-sum(doubled) % 10)


class Client:
    def __init__(self, server):
        self.server, self.token = server, None

    def call(self, method, path, body=None, **options):
        """The answer's JSON; tries again as long as the server says that it may help."""
        if method == "POST":
            options.setdefault("key", secrets.token_hex(16))
        for _ in range(60):
            answer = self.server.request(method, path, body, token=self.token, **options)
            if answer.status < 300:
                return answer.json
            if not answer.json.get("retryable"):
                break
            time.sleep(int(answer.headers.get("Retry-After", "1")))
        raise AssertionError(f"{method} {path}: {answer}")


class Borrower(Client):
    def __init__(self, server, person, pictures, card_number=None):
        super().__init__(server)
        self.device_token = None
        self.person, self.pictures, self.loan_id = person, pictures, None
        self.card_number = card_number or luhn_card(int(person["phone"]))

    def ask_for_code(self):
        return self.call("POST", "/v1/auth/sms-codes", {"phone": self.person["phone"]},
                         headers=self.device())["challenge_id"]

    def device(self):
        return {"X-Device-Token": self.device_token} if self.device_token else {}

    def newest_code(self, after=0):
        """Waits for a code beyond the first `after` ones."""
        def fresh():
            codes = self.server.codes(self.person["phone"])
            return codes[:len(codes) - after]
        return wait_for("the SMS", fresh)[0]

    def sign_in(self):
        earlier = len(self.server.codes(self.person["phone"]))
        challenge = self.ask_for_code()
        code = self.newest_code(earlier)
        session = self.call("POST", "/v1/auth/sessions", {"challenge_id": challenge, "code": code},
                            headers=self.device())
        self.token, self.device_token = session["token"], session["device_token"]

    def consent(self):
        for purpose in PURPOSES:
            notice = self.call("GET", f"/v1/notices/{purpose}")
            self.call("POST", "/v1/consents", {"purpose": purpose, "version": notice["version"],
                                               "sha256": notice["sha256"], "granted": True})

    def begin_verification(self):
        begun = self.call("POST", "/v1/verifications",
                          {"name": self.person["name"], "id_number": self.person["id_number"]})
        return f"/v1/verifications/{begun['verification_id']}"

    def send_photos(self, path):
        for kind in ("card", "selfie"):
            self.call("PUT", f"{path}/{kind}", (self.pictures / f"{kind}.jpg").read_bytes(),
                      media_type="image/jpeg")

    def await_verified(self, path):
        return wait_for("the verification's end", lambda: self._unless("processing", path))

    def _unless(self, state, path):
        found = self.call("GET", path)
        return found if found["state"] != state else None

    def verify(self):
        path = self.begin_verification()
        self.send_photos(path)
        return self.await_verified(path)

    def apply_and_sign(self, amount="5000.00"):
        """Up to the signature; the payout goes its own way."""
        made = self.call("POST", "/v1/applications",
                         {"product_id": "easy-12", "amount": amount, "term_months": 12,
                          "monthly_income": "12000.00", "other_monthly_debt": "0.00",
                          "use_of_funds": "education", "payout_card": self.card_number})
        equal(made["state"], "approved", f"the application of {self.person['name']}")
        path = f"/v1/applications/{made['application_id']}"
        self.call("POST", f"{path}/cost-confirmation", {"sha256": made["cost_sheet"]["sha256"]})
        contract = self.call("GET", f"{path}/contract")
        equal(hashlib.sha256(contract["text_markdown"].encode()).hexdigest(), contract["sha256"],
              "the contract's hash")
        earlier = len(self.server.codes(self.person["phone"]))
        challenge = self.call("POST", f"{path}/signature-challenge", {})["challenge_id"]
        self.call("POST", f"/v1/auth/step-ups/{challenge}/sms-code", {})
        self.call("POST", f"/v1/auth/step-ups/{challenge}/factors", {"code": self.newest_code(earlier)})
        self.call("POST", f"{path}/signature", {"challenge_id": challenge, "contract_sha256": contract["sha256"]})

    def next(self):
        return self.call("GET", "/v1/me")["next"]

    def await_paid_out(self):
        wait_for("the payout", lambda: self.next() == "repay")
        loans = self.call("GET", "/v1/me")["loans"]
        equal(len(loans), 1, "the loans of one application")
        self.loan_id = loans[0]["loan_id"]

    def loan(self):
        return self.call("GET", f"/v1/loans/{self.loan_id}")

    def request_repayment(self):
        """Of the first instalment."""
        first = self.loan()["schedule"][0]
        self.call("POST", f"/v1/loans/{self.loan_id}/repayments", {"amount": first["payment"]})
        return first["payment"]

    def await_repaid(self):
        wait_for("the repayment", lambda: self.loan()["schedule"][0]["state"] == "paid")
        repayments = self.loan()["repayments"]
        expect([r["state"] for r in repayments] == ["succeeded"], f"one repayment: {repayments}")


def staff_sign_in(client, user="admin", headers=None):
    """Password and a code of the authenticator app, which the sandbox plays. A code is good once: the next is awaited."""
    server = client.server
    used = server.used_codes.get(user)
    code = wait_for("a new code of the app", lambda: (shown := server.app_code(user)) != used and shown)
    server.used_codes[user] = code
    begun = client.call("POST", "/v1/console/sign-ins", {"username": user, "password": PASSWORD}, headers=headers)
    return client.call("POST", "/v1/console/sessions", {"sign_in": begun["sign_in"], "code": code}, headers=headers)


class Clerk(Client):
    """The console's demo account."""

    def __init__(self, server):
        super().__init__(server)
        # One desk for a server: it signs in once.
        if not server.clerk_token:
            server.clerk_token = staff_sign_in(self)["token"]
        self.token = server.clerk_token

    def trial_balance(self):
        return self.call("GET", "/v1/console/ledger/trial-balance")

    def advance_to(self, due):
        """Moves the business date and waits for the end of day up to there."""
        today = self.call("GET", "/v1/console/business-date")["business_date"]
        days = (datetime.date.fromisoformat(due) - datetime.date.fromisoformat(today)).days
        if days > 0:
            self.call("POST", "/v1/console/business-date/advance", {"days": days})
        wait_for("end of day", lambda: self.call("GET", "/v1/console/business-date")["business_date"] >= due)
