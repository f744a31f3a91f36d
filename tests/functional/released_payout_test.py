"""A large pay-out on a running server: nothing is sent before two people have released it, also when the server is
killed between them; who asked once cannot be both; a refused one costs nothing."""

import secrets

from borrower import Borrower, Client, people_of, staff_sign_in
from harness import Server, channel_payments, equal, expect, expect_problem, run, sandbox_of, wait_for

AMOUNT = "32000.00"


def desk(server, user):
    clerk = Client(server)
    clerk.token = staff_sign_in(clerk, user)["token"]
    return clerk


def waiting(clerk):
    return clerk.call("GET", "/v1/console/payouts")["items"]


def release(server, clerk, loan, key=None):
    return server.request("POST", f"/v1/console/payouts/{loan}/release", {}, token=clerk.token,
                          key=key or secrets.token_hex(16))


def signed_borrower(server, data, number):
    pictures = sandbox_of(data) / f"borrowers/{number + 1}"
    borrower = Borrower(server, people_of(data)[number], pictures)
    borrower.sign_in()
    borrower.consent()
    equal(borrower.verify()["state"], "passed", "the verification")
    borrower.apply_and_sign(AMOUNT)
    loans = wait_for("the loan", lambda: borrower.call("GET", "/v1/me")["loans"])
    borrower.loan_id = loans[0]["loan_id"]
    return borrower


def released_by_two(data):
    with Server(data) as server:
        borrower = signed_borrower(server, data, 0)
        one = desk(server, "admin")
        row = next(row for row in waiting(one) if row["loan_id"] == borrower.loan_id)
        equal((row["amount"], row["releases_needed"], row["releases"], row["may_not"]), (AMOUNT, 2, [], ""), "the row")
        expect("*" in row["name_masked"], f"a masked name: {row['name_masked']}")
        me = borrower.call("GET", "/v1/me")
        equal((me["next"], me["loans"][0]["release_until"]), ("payout_pending", row["expires_at"]), "what the borrower sees")
        key = secrets.token_hex(16)
        first = release(server, one, borrower.loan_id, key)
        equal((first.status, first.json), (200, {"missing": 1}), "the first release")
        equal(release(server, one, borrower.loan_id, key).json, {"missing": 1}, "its repeat")
        expect_problem(release(server, one, borrower.loan_id), 409, "payments.own_release", "the same person again")
        equal(waiting(one)[0]["may_not"], "payments.own_release", "the row says so")
        equal(channel_payments(data), [], "payments that the channel has seen")
        server.process.kill()
        server.process.wait()
    with Server(data) as server:
        two = desk(server, "deputy")
        borrower.server = server
        equal([len(row["releases"]) for row in waiting(two)], [1], "the first release is still there")
        equal(channel_payments(data), [], "payments after the restart")
        second = release(server, two, borrower.loan_id)
        equal((second.status, second.json), (200, {"missing": 0}), "the second release")
        borrower.await_paid_out()
        equal(len(channel_payments(data)), 1, "one payment")
        expect_problem(release(server, two, borrower.loan_id), 409, "payments.not_waiting", "a release too many")
        equal(waiting(two), [], "nothing waits")
        refused(server, data, two)


def refused(server, data, clerk):
    borrower = signed_borrower(server, data, 1)
    path = f"/v1/console/payouts/{borrower.loan_id}/refusal"
    empty = server.request("POST", path, {"reason": " "}, token=clerk.token, key=secrets.token_hex(16))
    expect_problem(empty, 422, "servicing.reason_missing", "without a reason")
    equal(server.request("POST", path, {"reason": "another name on the card"}, token=clerk.token,
                         key=secrets.token_hex(16)).status, 204, "refused")
    wait_for("the end of the loan", lambda: borrower.loan()["state"] == "payout_failed")
    equal(borrower.next(), "apply", "the borrower may apply again")
    equal(len(channel_payments(data)), 1, "payments after the refusal")
    expect_problem(server.request("GET", "/v1/console/payouts", token=borrower.token), 401, "auth.no_session",
                   "a borrower at the list")


def test(folder):
    released_by_two(folder / "demo")


run("released payout", test)
