#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "auth/attempts.h"
#include "auth/auth_testing.h"
#include "base/limits.h"
#include "people.h"

namespace mq::auth {
namespace {

constexpr auto kPhone = "13800000000";
constexpr auto kAction = "签署借款合同 10000.00 元，12 期";

class CodesTest : public AuthFixture<test::PeopleTest> {
 protected:
  std::string code_of(const Result<Auth::SignedIn>& result) {
    return result.ok() ? "ok" : result.error().code();
  }
  std::string code_of(const Status& status) { return status.ok() ? "ok" : status.error().code(); }
  std::string signing_in(const ChallengeId& id, std::string_view code) {
    return code_of(auth_.sign_in(id, code, {}));
  }
  std::int64_t guesses(const ChallengeId& id) {
    return number("SELECT guesses FROM auth_challenge WHERE id = $1", {id});
  }
};
MQ_INSTANTIATE_DATABASES(CodesTest);

TEST_P(CodesTest, SignInByTheCodeThatWasSent) {
  const auto challenge = requested("+86 138-0000-0000");
  EXPECT_EQ(challenge.expires_at, clock_.now().plus_seconds(limits::kCodeLifeSeconds));
  EXPECT_EQ(challenge.resend_after_s, limits::kCodeResendSeconds);
  const auto events = rows("SELECT topic, object, payload FROM outbox");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].text(0), "auth.code_requested");
  EXPECT_EQ(events[0].text(1), challenge.id.str());
  EXPECT_EQ(events[0].text(2), R"({"challenge":")" + challenge.id.str() + R"("})");

  const auto code = received_code(challenge.id);
  EXPECT_EQ(sent_[0].phone, kPhone);
  EXPECT_EQ(sent_[0].request_id, challenge.id.str());
  const auto done = auth_.sign_in(challenge.id, code, {});
  ASSERT_TRUE(done.ok());
  const auto borrower = auth_.borrower(done->session.token);
  ASSERT_TRUE(borrower.ok());
  EXPECT_EQ(borrower->person, done->person);
  EXPECT_EQ(borrower->session, done->session.id);
  EXPECT_EQ(*masked_phone(db(), vault_, done->person), "138****0000");
  const auto trail = leaves("auth.");
  ASSERT_EQ(trail.size(), 2U);
  EXPECT_EQ(trail[1].kind, "auth.device_added");
  EXPECT_EQ(trail[0].kind, "auth.signed_in");
  EXPECT_EQ(trail[0].object, done->person.str());

  clock_.advance_seconds(limits::kCodeResendSeconds);
  EXPECT_EQ(signed_in(kPhone).person, done->person) << "the same phone is the same person";
  EXPECT_NE(signed_in("13900000000").person, done->person);
}

TEST_P(CodesTest, ABadPhoneMakesNothing) {
  for (const auto* phone : {"", "12345", "12345678901", "1380000000x"}) {
    EXPECT_TRUE(auth_.request_sign_in(Pii<std::string>(phone), {}).error().is(AuthErrc::bad_phone));
  }
  EXPECT_EQ(number("SELECT COUNT(*) FROM auth_account"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM outbox"), 0);
}

TEST_P(CodesTest, TheMessageIsTheSameOnEveryDeliveryAndSentUntilItWorks) {
  const auto challenge = requested(kPhone);
  int tries = 0;
  const auto failing = [&](const std::string& id, const Pii<std::string>& phone,
                           const std::string& text) -> Status {
    ++tries;
    sent_.push_back({id, phone.expose(), text});
    return Error(storage::StorageErrc::unavailable);
  };
  EXPECT_FALSE(auth_.deliver_code(challenge.id, failing).ok());
  EXPECT_FALSE(auth_.deliver_code(challenge.id, failing).ok());
  EXPECT_TRUE(auth_.deliver_code(challenge.id, capture()).ok());
  ASSERT_EQ(sent_.size(), 3U);
  for (const auto& sms : sent_) {
    EXPECT_EQ(sms.text, sent_[0].text);
    EXPECT_EQ(sms.request_id, challenge.id.str());
  }
  EXPECT_NE(sent_[0].text.find("用于登录"), std::string::npos);
  EXPECT_TRUE(auth_.deliver_code(challenge.id, capture()).ok());
  EXPECT_EQ(sent_.size(), 3U) << "sent once, then never again";
  EXPECT_EQ(number("SELECT COUNT(*) FROM auth_challenge WHERE code_sealed IS NOT NULL"), 0);
}

TEST_P(CodesTest, AnExpiredUsedOrUnknownChallengeIsNotDelivered) {
  const auto expired = requested(kPhone);
  clock_.advance_seconds(limits::kCodeLifeSeconds + 1);
  EXPECT_TRUE(auth_.deliver_code(expired.id, capture()).ok());
  EXPECT_TRUE(auth_.deliver_code(ChallengeId::make(clock_.now(), random_), capture()).ok());
  EXPECT_TRUE(sent_.empty());

  const auto used = requested(kPhone);
  const auto failing = [&](const auto&, const auto&, const std::string& text) -> Status {
    sent_.push_back({"", "", text});
    return Error(storage::StorageErrc::unavailable);  // the gateway's answer got lost
  };
  EXPECT_FALSE(auth_.deliver_code(used.id, failing).ok());
  EXPECT_EQ(signing_in(used.id, code_in(sent_[0].text)), "ok");
  EXPECT_TRUE(auth_.deliver_code(used.id, capture()).ok());
  EXPECT_EQ(sent_.size(), 1U);
}

TEST_P(CodesTest, FiveWrongGuessesEndACode) {
  const auto challenge = requested(kPhone);
  const auto code = received_code(challenge.id);
  for (int i = 1; i <= limits::kCodeGuesses; ++i) {
    EXPECT_EQ(signing_in(challenge.id, wrong(code)), "auth.wrong_code");
    EXPECT_EQ(guesses(challenge.id), i) << "a guess counts although its request is refused";
  }
  EXPECT_EQ(signing_in(challenge.id, code), "auth.code_used_up");
  EXPECT_EQ(number("SELECT COUNT(*) FROM auth_session"), 0);
}

TEST_P(CodesTest, OddCodesAreWrongCodes) {
  const auto challenge = requested(kPhone);
  const auto code = received_code(challenge.id);
  EXPECT_EQ(signing_in(challenge.id, ""), "auth.wrong_code");
  EXPECT_EQ(signing_in(challenge.id, code + "0"), "auth.wrong_code");
  EXPECT_EQ(signing_in(challenge.id, std::string(10'000, '\xff')), "auth.wrong_code");
  EXPECT_EQ(signing_in(challenge.id, code), "ok");
}

TEST_P(CodesTest, ANewCodeDoesNotResetTheCountOfGuesses) {
  const auto& allowed = policy_of(Attempt::code_guess).account;
  for (int used = 0; used < allowed.free; used += limits::kCodeGuesses) {
    const auto challenge = requested(kPhone);
    const auto code = received_code(challenge.id);
    for (int i = 0; i < limits::kCodeGuesses; ++i) {
      EXPECT_EQ(signing_in(challenge.id, wrong(code)), "auth.wrong_code");
    }
    clock_.advance_seconds(limits::kCodeResendSeconds);
  }
  const auto fresh = requested(kPhone);
  const auto code = received_code(fresh.id);
  const auto refused = auth_.sign_in(fresh.id, code, {});
  ASSERT_TRUE(!refused.ok() && refused.error().is(AuthErrc::too_many_guesses));
  EXPECT_EQ(refused.error().detail(),
            std::to_string(allowed.first_wait_s - limits::kCodeResendSeconds));
  EXPECT_EQ(guesses(fresh.id), 0);
  const auto other = requested("13900000000");
  EXPECT_EQ(signing_in(other.id, received_code(other.id)), "ok") << "nobody else is locked out";

  clock_.advance_seconds(allowed.first_wait_s - limits::kCodeResendSeconds);
  EXPECT_EQ(signing_in(fresh.id, wrong(code)), "auth.wrong_code");
  clock_.advance_seconds(2 * allowed.first_wait_s - 1);
  EXPECT_EQ(signing_in(fresh.id, code), "auth.too_many_guesses") << "twice as long";
  clock_.advance_seconds(1);
  EXPECT_EQ(signing_in(fresh.id, code), "ok");
}

TEST_P(CodesTest, ACodeExpires) {
  const auto first = requested(kPhone);
  const auto first_code = received_code(first.id);
  clock_.set(first.expires_at);
  const auto second = requested(kPhone);
  EXPECT_EQ(signing_in(first.id, first_code), "ok") << "good up to its last moment";

  const auto second_code = received_code(second.id);
  clock_.set({second.expires_at.us + 1});
  EXPECT_EQ(signing_in(second.id, second_code), "auth.expired_code");
  EXPECT_EQ(signing_in(second.id, wrong(second_code)), "auth.expired_code");
  EXPECT_EQ(guesses(second.id), 0);
}

TEST_P(CodesTest, ACodeWorksOnceAndForItsOwnChallenge) {
  const auto first = requested(kPhone);
  const auto first_code = received_code(first.id);
  clock_.advance_seconds(limits::kCodeResendSeconds);
  const auto second = requested(kPhone);
  ASSERT_NE(received_code(second.id), first_code);
  EXPECT_EQ(signing_in(second.id, first_code), "auth.wrong_code");
  EXPECT_EQ(signing_in(first.id, first_code), "ok");
  EXPECT_EQ(signing_in(first.id, first_code), "auth.unknown_challenge");
  EXPECT_EQ(signing_in(ChallengeId::make(clock_.now(), random_), first_code),
            "auth.unknown_challenge");
}

TEST_P(CodesTest, CodesAreLimitedByTimeAndByNumber) {
  const auto asking = [&](const std::string& phone) {
    const auto asked = auth_.request_sign_in(Pii<std::string>(phone), {});
    return asked.ok() ? "ok" : asked.error().code() + " " + asked.error().detail();
  };
  EXPECT_EQ(asking(kPhone), "ok");
  clock_.advance_seconds(10);
  EXPECT_EQ(asking(kPhone), "auth.too_many_codes 20");
  EXPECT_EQ(asking("13900000000"), "ok");
  const auto person =
      rows("SELECT person FROM auth_challenge ORDER BY created_at")[0].id<PersonId>(0);
  const Borrower me{person, SessionId::make(clock_.now(), random_), {}};
  const auto approving = [&] {
    const auto step_up = auth_.require_step_up(me, {StepUpKind::sign_contract, kAction, {}, {}});
    EXPECT_TRUE(step_up.ok());
    const auto sent = auth_.send_step_up_code(me, step_up->id);
    return sent.ok() ? "ok" : sent.error().code();
  };
  EXPECT_EQ(approving(), "ok") << "another action need not wait";
  EXPECT_EQ(approving(), "auth.too_many_codes");

  const auto& allowed = policy_of(Attempt::code_send).account;
  for (int made = 2; made < allowed.free; ++made) {
    clock_.advance_seconds(limits::kCodeResendSeconds);
    const auto asked = *auth_.request_sign_in(Pii<std::string>(kPhone), {});
    EXPECT_EQ(asked.resend_after_s,
              made + 1 < allowed.free ? limits::kCodeResendSeconds : allowed.first_wait_s);
  }
  clock_.advance_seconds(limits::kCodeResendSeconds);
  EXPECT_EQ(asking(kPhone), "auth.too_many_codes 30");
  EXPECT_EQ(approving(), "auth.too_many_codes");
  clock_.advance_seconds(30);
  EXPECT_EQ(auth_.request_sign_in(Pii<std::string>(kPhone), {})->resend_after_s,
            2 * allowed.first_wait_s)
      << "as the page is told";
}

TEST_P(CodesTest, ParallelGuessesGetNoMoreTries) {
  std::vector<ChallengeId> challenges;
  std::vector<std::string> codes;
  for (int i = 0; i < 4; ++i) {
    challenges.push_back(requested(kPhone).id);
    codes.push_back(received_code(challenges.back()));
    clock_.advance_seconds(limits::kCodeResendSeconds);
  }
  std::atomic<int> tried = 0, refused = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 4; ++i) {
        const auto at = static_cast<std::size_t>((t + i) % 4);
        const auto verdict = auth_.sign_in(challenges[at], wrong(codes[at]), {});
        if (verdict.error().is(AuthErrc::wrong_code)) ++tried;
        if (verdict.error().is(AuthErrc::too_many_guesses)) ++refused;
        if (verdict.error().is(AuthErrc::code_used_up)) ++refused;  // five of the ten at one code
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const auto allowed = policy_of(Attempt::code_guess).account.free;
  EXPECT_EQ(tried, allowed);
  EXPECT_EQ(refused, 8 * 4 - allowed);
  EXPECT_EQ(number("SELECT CAST(SUM(guesses) AS BIGINT) FROM auth_challenge"), allowed);
}

TEST_P(CodesTest, ParallelRequestsMakeOneAccountOneCodeAndOneSession) {
  std::atomic<int> made = 0, limited = 0;
  const auto in_parallel = [](const auto& work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i) threads.emplace_back(work);
    for (auto& thread : threads) thread.join();
  };
  in_parallel([&] {
    const auto challenge = auth_.request_sign_in(Pii<std::string>(kPhone), {});
    ++(challenge.ok() ? made : limited);
  });
  EXPECT_EQ(made, 1);
  EXPECT_EQ(limited, 5);
  EXPECT_EQ(number("SELECT COUNT(*) FROM auth_account"), 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM vault_field"), 1);

  const auto id = rows("SELECT id FROM auth_challenge").at(0).id<ChallengeId>(0);
  const auto code = received_code(id);
  std::atomic<int> entered = 0;
  in_parallel([&] { entered += auth_.sign_in(id, code, {}).ok() ? 1 : 0; });
  EXPECT_EQ(entered, 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM auth_session"), 1);
}

TEST_P(CodesTest, PhoneAndCodeAreNowhereInClear) {
  const auto challenge = requested("13971624853");
  const auto sealed = rows("SELECT code_sealed, code_hash FROM auth_challenge");
  const auto code = received_code(challenge.id);
  for (std::size_t column : {0U, 1U}) {
    EXPECT_EQ(to_string(sealed[0].bytes(column)).find(code), std::string::npos);
  }
  ASSERT_EQ(signing_in(challenge.id, code), "ok");
  EXPECT_TRUE(lies_in_the_store(challenge.id.str()));
  EXPECT_FALSE(lies_in_the_store("13971624853"));
  for (const auto& leaf : leaves("auth.")) EXPECT_EQ(leaf.body.find("1397162"), std::string::npos);
}

}  // namespace
}  // namespace mq::auth
