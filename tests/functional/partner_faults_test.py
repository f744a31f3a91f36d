"""Partners that are slow, down or repeat themselves: the borrower waits, and nothing happens twice."""

from borrower import Borrower, Clerk, people_of
from harness import (Server, channel_payments, equal, expect, expect_paid_once, run, sandbox_of, wait_for)


def logged(server, text, times=1):
    return wait_for(f"{text} in the log", lambda: server.log.read_text().count(text) >= times)


def person(server, number):
    return Borrower(server, people_of(server.data)[number - 1], sandbox_of(server.data) / f"borrowers/{number}")


def sms_down(server, borrower):
    server.faults(sms="down")
    challenge = borrower.ask_for_code()
    logged(server, '"topic":"auth.code_requested"')
    equal(server.codes(borrower.person["phone"]), [], "codes sent while the gateway is down")
    server.faults(sms="none")
    code = borrower.newest_code()
    equal(len(server.codes(borrower.person["phone"])), 1, "codes sent after it is back")
    session = borrower.call("POST", "/v1/auth/sessions", {"challenge_id": challenge, "code": code})
    borrower.token = session["token"]


def authority(server, borrower, fault):
    """The verification waits for the authority and then passes, asked once or not."""
    borrower.consent()
    server.faults(authority=fault)
    failures = server.log.read_text().count('"partner":"authority"')
    path = borrower.begin_verification()
    borrower.send_photos(path)
    logged(server, '"partner":"authority"', failures + 1)
    equal(borrower.call("GET", path)["state"], "processing", "the verification without the authority")
    server.faults(authority="none")
    equal(borrower.await_verified(path)["state"], "passed", "the verification after the fault")


def ledger_is_even(server):
    balance = Clerk(server).trial_balance()
    equal(balance["difference"], "0.00", f"trial balance {balance}")


def channel(server, borrower, people, fault):
    """Payout and repayment under one fault of the payment channel, each done exactly once."""
    # What loses answers or is down hides the outcome; what repeats itself does not.
    hides = fault != "duplicate"
    server.faults(payment=fault)
    failures = server.log.read_text().count('"partner":"payment"')
    borrower.apply_and_sign()
    if hides:
        logged(server, '"partner":"payment"', failures + 1)
        equal(borrower.next(), "payout_pending", f"the borrower's state while the channel is {fault}")
        server.faults(payment="none")
    borrower.await_paid_out()

    server.faults(payment=fault)
    failures = server.log.read_text().count('"partner":"payment"')
    Clerk(server).advance_to(borrower.loan()["schedule"][0]["due"])
    amount = borrower.request_repayment()
    if hides:
        logged(server, '"partner":"payment"', failures + 1)
        second = server.request("POST", f"/v1/loans/{borrower.loan_id}/repayments", {"amount": amount},
                                token=borrower.token, key="another-key")
        equal(second.json["code"], "servicing.repayment_pending", "a second repayment meanwhile")
        server.faults(payment="none")
    borrower.await_repaid()
    server.faults(payment="none")
    wait_for("the end of all notifications", lambda: all(p["notified"] for p in channel_payments(server.data)))
    expect_paid_once(server.data, f"a channel that is {fault}", people)
    ledger_is_even(server)
    print(f"payment channel {fault}: paid out and repaid once")


def declined(server, borrower):
    """A debit that the bank refuses leaves the instalment open, and the next one pays it."""
    server.faults(payment="decline")
    loan = borrower.loan()
    second = next(row for row in loan["schedule"] if row["state"] != "paid")
    path = f"/v1/loans/{borrower.loan_id}/repayments"
    borrower.call("POST", path, {"amount": second["payment"]})
    wait_for("the refusal", lambda: borrower.loan()["repayments"][-1]["state"] == "failed")
    equal(borrower.loan()["outstanding_principal"], loan["outstanding_principal"], "principal after a refusal")
    server.faults(payment="none")
    borrower.call("POST", path, {"amount": second["payment"]})
    wait_for("the repayment", lambda: borrower.loan()["repayments"][-1]["state"] == "succeeded")
    states = [r["state"] for r in borrower.loan()["repayments"]]
    equal(states, ["succeeded", "failed", "succeeded"], "the repayments")
    ledger_is_even(server)


def test(folder):
    with Server(folder / "demo") as server:
        first, second, third = (person(server, number) for number in (1, 2, 3))
        sms_down(server, first)
        second.sign_in()
        third.sign_in()
        # Longer than the server waits for a partner.
        authority(server, first, {"mode": "slow", "delay_ms": 7_000})
        authority(server, second, "down")
        authority(server, third, "wrong_signature")
        print("authority slow, down and with a wrong signature: all verified in the end")
        channel(server, first, 1, "duplicate")
        channel(server, second, 2, "lost_answer")
        channel(server, third, 3, "down")
        declined(server, third)
        expect(server.process.poll() is None, "the server is still there")


run("partner faults", test)
