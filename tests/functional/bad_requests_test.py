"""Requests that are wrong: each gets its own answer in the caller's language, and the server goes on."""

import contextlib
import sqlite3
import time

from borrower import Borrower, people_of
from harness import Server, equal, expect, expect_problem, in_both_languages, run

HEADER_LIMIT = 16 * 1024
JSON_LIMIT = 64 * 1024
GUESSES = 5


def healthy(server, what):
    answer = server.request("GET", "/healthz")
    equal((answer.status, answer.json["status"]), (200, "ok"), f"health after {what}")


def malformed(server):
    host = b"Host: localhost\r\n"
    for what, sent in {
            "no request line": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
            "no version": b"GET /healthz\r\n" + host + b"\r\n",
            "a broken header": b"GET /healthz HTTP/1.1\r\n" + host + b"no colon here\r\n\r\n",
            "two lengths": b"POST /v1/quotes HTTP/1.1\r\n" + host +
                           b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
            "a negative length": b"POST /v1/quotes HTTP/1.1\r\n" + host + b"Content-Length: -1\r\n\r\n",
            "a way up": b"GET /../../etc/passwd HTTP/1.1\r\n" + host + b"\r\n",
            "a hidden way up": b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + host + b"\r\n",
            "a broken escape": b"GET /v1/%zz HTTP/1.1\r\n" + host + b"\r\n",
            "a zero byte": b"GET /v1/%00 HTTP/1.1\r\n" + host + b"\r\n"}.items():
        answer = server.raw(sent)
        expect(answer.startswith(b"HTTP/1.1 400 "), f"{what}: {answer[:200]!r}")
        expect(b"application/problem+json" in answer, f"{what} is answered as a problem: {answer[:200]!r}")
    equal(server.raw(b""), b"", "the answer to nothing")
    answer = server.raw(b"GET /healthz HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n")
    expect(answer.startswith(b"HTTP/1.1 421 "), f"another host: {answer[:200]!r}")
    long = b"GET /healthz HTTP/1.1\r\n" + host + b"X-Long: " + b"x" * HEADER_LIMIT + b"\r\n\r\n"
    expect(server.raw(long).startswith(b"HTTP/1.1 431 "), "a long header")
    healthy(server, "malformed requests")


def misplaced(server):
    in_both_languages(server, 404, "http.not_found", "没有找到该内容", "Nothing is found here",
                      "GET", "/v1/nothing")
    in_both_languages(server, 405, "http.method_not_allowed", "不支持该操作",
                      "This method is not allowed here", "DELETE", "/v1/quotes")
    in_both_languages(server, 415, "http.unsupported_media_type", "不支持该文件类型",
                      "This media type is not supported", "POST", "/v1/quotes", b"a=b",
                      media_type="application/x-www-form-urlencoded")
    in_both_languages(server, 413, "http.body_too_large", "内容超过大小上限", "The content is too large",
                      "POST", "/v1/quotes", b'{"product_id": "' + b"x" * JSON_LIMIT + b'"}',
                      media_type="application/json")
    in_both_languages(server, 400, "json.malformed", "内容不是有效的 JSON", "The body is not valid JSON",
                      "POST", "/v1/quotes", b'{"product_id": ', media_type="application/json")
    deep = b"[" * 200 + b"]" * 200
    expect_problem(server.request("POST", "/v1/quotes", deep, media_type="application/json"), 400,
                   "json.malformed", "a deep document")
    in_both_languages(server, 422, "json.invalid", "有内容填写不完整或格式不对",
                      "A field is missing or has the wrong form", "POST", "/v1/quotes",
                      {"product_id": "easy-12"})
    in_both_languages(server, 422, "origination.unknown_product", "没有该产品", "There is no such product",
                      "POST", "/v1/quotes", {"product_id": "none", "amount": "5000.00", "term_months": 12})
    for amount in ("5000.001", "-1.00", "1e4", "999999999999999999999.00", "0.00"):
        answer = server.request("POST", "/v1/quotes",
                                {"product_id": "easy-12", "amount": amount, "term_months": 12})
        expect(answer.status == 422, f"a quote for {amount}: {answer}")
    healthy(server, "misplaced requests")


def sign_in_refusals(server, person):
    in_both_languages(server, 422, "auth.bad_phone", "手机号格式不对", "This is no mobile number",
                      "POST", "/v1/auth/sms-codes", {"phone": "12345"})
    stranger = Borrower(server, person | {"phone": "13900139001"}, None)
    challenge = stranger.ask_for_code()
    again = server.request("POST", "/v1/auth/sms-codes", {"phone": stranger.person["phone"]})
    expect_problem(again, 429, "auth.too_many_codes", "a second code at once")
    expect(0 < int(again.headers["Retry-After"]) <= 30, "when the next code may be asked for")
    code = stranger.newest_code()
    wrong = {"challenge_id": challenge, "code": "000000" if code != "000000" else "000001"}
    in_both_languages(server, 422, "auth.wrong_code", "验证码不正确", "The code is wrong",
                      "POST", "/v1/auth/sessions", wrong)
    for _ in range(GUESSES - 2):
        expect_problem(server.request("POST", "/v1/auth/sessions", wrong), 422, "auth.wrong_code", "a guess")
    right = wrong | {"code": code}
    expect_problem(server.request("POST", "/v1/auth/sessions", right), 422, "auth.code_used_up",
                   "the right code after five wrong ones")
    unknown = wrong | {"challenge_id": "01a20499-c237-756a-9e78-52a414582b3a"}
    expect_problem(server.request("POST", "/v1/auth/sessions", unknown), 422, "auth.unknown_challenge",
                   "an unknown challenge")


def session_refusals(server, data, person):
    no_session = (401, "auth.no_session", "请先登录", "Please sign in")
    in_both_languages(server, *no_session, "GET", "/v1/me")
    in_both_languages(server, *no_session, "GET", "/v1/me", token="A" * 43)
    in_both_languages(server, *no_session, "GET", "/v1/console/me", token="A" * 43)

    borrower = Borrower(server, person, None)
    borrower.sign_in()
    equal(borrower.next(), "terms", "the first step")
    expect_problem(server.request("GET", "/v1/console/me", token=borrower.token), 401, "auth.no_session",
                   "a borrower at the console")
    cookie = {"Cookie": f"__Host-mq_session={borrower.token}"}
    expect_problem(server.request("POST", "/v1/consents", {}, headers=cookie, key="12345678"), 403,
                   "api.cross_site", "a change by cookie from another site")

    body = {"name": person["name"], "id_number": person["id_number"]}
    begin = ("POST", "/v1/verifications", body)
    in_both_languages(server, 400, "api.idempotency_key_missing", "请求缺少幂等键",
                      "The Idempotency-Key header is missing", *begin, token=borrower.token)
    in_both_languages(server, 403, "consent.missing", "需要您先同意", "Your consent is needed first",
                      *begin, token=borrower.token, key="first-key")
    borrower.consent()
    begun = server.request(*begin, token=borrower.token, key="first-key")
    equal(begun.status, 201, "a verification after consent")
    repeat = server.request(*begin, token=borrower.token, key="first-key")
    equal((repeat.json, repeat.headers["Idempotency-Replayed"]), (begun.json, "true"), "its repeat")
    in_both_languages(server, 409, "api.idempotency_key_reused", "同一幂等键用于了不同的请求",
                      "This key was used for another request", *begin[:2], body | {"name": "别的名字"},
                      token=borrower.token, key="first-key")

    other = Borrower(server, person | {"phone": "13900139002"}, None)
    other.sign_in()
    path = f"/v1/verifications/{begun.json['verification_id']}"
    in_both_languages(server, 404, "identity.not_found", "没有找到该核验", "There is no such verification",
                      "GET", path, token=other.token)

    # As time would do it: the first has not been here for half an hour, the other's life is over.
    now_us = time.time_ns() // 1000
    with contextlib.closing(sqlite3.connect(data / "mianqian.db", timeout=10)) as books, books:
        changed = books.execute("UPDATE auth_session SET seen_at = seen_at - 1801000000 WHERE subject = "
                                "(SELECT person FROM identity_verification)").rowcount
        changed += books.execute("UPDATE auth_session SET expires_at = ? WHERE subject <> "
                                 "(SELECT person FROM identity_verification)", (now_us - 1,)).rowcount
    equal(changed, 2, "sessions that expired")
    for token in (borrower.token, other.token):
        in_both_languages(server, *no_session, "GET", "/v1/me", token=token)
    healthy(server, "refused sessions")


def sign_out(server, person):
    borrower = Borrower(server, person, None)
    borrower.sign_in()
    equal(server.request("DELETE", "/v1/auth/sessions/current", token=borrower.token).status, 204, "sign-out")
    expect_problem(server.request("GET", "/v1/me", token=borrower.token), 401, "auth.no_session",
                   "a session that was signed out")


def test(folder):
    data = folder / "demo"
    with Server(data) as server:
        people = people_of(data)
        healthy(server, "the start")
        malformed(server)
        misplaced(server)
        sign_in_refusals(server, people[0])
        session_refusals(server, data, people[0])
        sign_out(server, people[1])


run("bad requests", test)
