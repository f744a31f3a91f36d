// What holds of a browser's session whatever happens to it, by random stories of an owner, a thief
// and lost answers. A failing story is made as short as it gets; RC_PARAMS="seed=…" chooses others.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdlib>
#include <map>

#include "auth/auth_testing.h"
#include "auth/tokens.h"
#include "base/limits.h"
#include "people.h"

namespace mq::auth {
namespace {

constexpr std::int64_t kGraceSeconds = 120;

// What the rules say of one session, in few words: two of its tokens are good at most.
struct Model {
  std::string newest, before;  // `before` was shown to get the newest
  Instant issued_at;           // the newest
  bool newest_used = true;     // the first one came with the sign-in
  Instant created_at, last_use;
  bool over = false;

  enum class Says { opens, opens_and_renews, shut, ends };
  Says of(const std::string& token, Instant now) const {
    if (over || now.us >= created_at.plus_seconds(limits::kSessionLifeSeconds).us)
      return Says::shut;
    const auto since_issue = now.us - issued_at.us;
    if (token == newest)
      return since_issue >= kTokenSeconds * 1'000'000 ? Says::opens_and_renews : Says::opens;
    if (token != before) return Says::shut;
    if (since_issue < kGraceSeconds * 1'000'000) return Says::opens;
    return newest_used ? Says::ends : Says::opens_and_renews;
  }
};

class SessionStories : public AuthFixture<test::PeopleTest> {
 protected:
  void SetUp() override {
    // The same stories each time, unless somebody asks for others.
    setenv("RC_PARAMS", "seed=20261201 max_success=100 max_size=80", 0);
    AuthFixture::SetUp();
  }
};
MQ_INSTANTIATE_DATABASES(SessionStories);

enum class Event { use, use_and_lose_the_answer, wait, steal, thief_uses, replay, sign_out };

TEST_P(SessionStories, TwoTokensAreGoodAtMostAndACopyEndsIt) {
  int number = 0;
  const auto event = rc::gen::pair(rc::gen::inRange(0, 9), rc::gen::inRange(0, 1'000));
  const bool held = rc::check([&] {
    const auto story =
        *rc::gen::resize(200, rc::gen::container<std::vector<std::pair<int, int>>>(event));
    // A new account for each story, at a later time.
    clock_.advance_seconds(24 * 60 * 60);
    auto phone = std::to_string(13'000'000'000 + ++number);
    const auto in = signed_in(phone, {.browser = true});
    const std::vector devices{in.session.device_token};
    Model model;
    model.newest = in.session.token;
    model.issued_at = model.created_at = model.last_use = clock_.now();
    std::string mine = in.session.token, stolen;
    std::vector<std::string> all{mine};

    const auto show = [&](const std::string& token) -> std::string {
      const auto now = clock_.now();
      auto says = model.of(token, now);
      const auto idle_s = (now.us - model.last_use.us) / 1'000'000;
      const auto found = auth_.borrower(token, devices, Renewal::by_cookie);
      // Use is written down once a minute, so the end of an idle session is known to a minute.
      if (idle_s >= limits::kSessionIdleSeconds) says = Model::Says::shut;
      const bool either = idle_s >= limits::kSessionIdleSeconds - 61 && says != Model::Says::shut;
      if (either && !found.ok()) {
        model.over = true;  // as it was idle, or as a copy
        return {};
      }
      const bool opens = says == Model::Says::opens || says == Model::Says::opens_and_renews;
      RC_ASSERT(found.ok() == opens);
      if (says == Model::Says::ends || idle_s >= limits::kSessionIdleSeconds) model.over = true;
      if (!found.ok()) return {};
      RC_ASSERT(found->person == in.person);
      RC_ASSERT(found->renewed.has_value() == (says == Model::Says::opens_and_renews));
      model.last_use = now;
      if (token == model.newest) model.newest_used = true;
      if (!found->renewed) return {};
      model.before = token;
      model.newest = found->renewed->token;
      model.issued_at = now;
      model.newest_used = false;
      RC_ASSERT(std::ranges::count(all, model.newest) == 0);
      all.push_back(model.newest);
      return model.newest;
    };

    for (const auto& [kind, amount] : story) {
      switch (kind > 6 ? Event::wait : static_cast<Event>(kind)) {
        case Event::use:
          if (auto fresh = show(mine); !fresh.empty()) mine = fresh;
          break;
        case Event::use_and_lose_the_answer:
          show(mine);
          break;
        case Event::wait:
          clock_.advance_seconds(amount % 3 == 0 ? 850 + amount % 200 : amount % 150);
          break;
        case Event::steal:
          stolen = mine;
          break;
        case Event::thief_uses:
          if (stolen.empty()) break;
          if (auto fresh = show(stolen); !fresh.empty()) stolen = fresh;
          break;
        case Event::replay:
          show(all[static_cast<std::size_t>(amount) % all.size()]);
          break;
        case Event::sign_out:
          if (amount % 20 != 0) break;
          RC_ASSERT(auth_.sign_out(in.session.id).ok());
          model.over = true;
          break;
      }
    }
    RC_TAG(all.size() > 3 ? "renewed often" : all.size() > 1 ? "renewed" : "not renewed");
  });
  EXPECT_TRUE(held);
}

TEST(TokenUse, IsJudgedByItsAgeAndByWhatArrived) {
  const Instant at{1'000'000'000'000};
  const auto said = [&](bool replaced, bool seen, std::int64_t after_s, bool may = true) {
    return judge({replaced, at, seen, may}, at.plus_seconds(after_s));
  };
  EXPECT_EQ(said(false, true, kTokenSeconds - 1), TokenVerdict::good);
  EXPECT_EQ(said(false, true, kTokenSeconds), TokenVerdict::renew);
  EXPECT_EQ(said(false, true, kTokenSeconds, false), TokenVerdict::good) << "it has no cookie";
  EXPECT_EQ(said(true, true, kGraceSeconds - 1), TokenVerdict::good) << "was under way";
  EXPECT_EQ(said(true, true, kGraceSeconds), TokenVerdict::copied);
  EXPECT_EQ(said(true, false, kGraceSeconds), TokenVerdict::renew) << "the new one was lost";
  EXPECT_EQ(said(true, false, kGraceSeconds, false), TokenVerdict::good);
}

class RenewalTest : public AuthFixture<test::PeopleTest> {};
MQ_INSTANTIATE_DATABASES(RenewalTest);

TEST_P(RenewalTest, ACopyThatIsUsedAfterTheOwnerEndsTheSessionAndStandsInTheTrail) {
  const auto in = signed_in("13800000000", {.browser = true});
  const std::vector devices{in.session.device_token};
  clock_.advance_seconds(kTokenSeconds);
  EXPECT_FALSE(auth_.borrower(in.session.token, devices)->renewed.has_value())
      << "whoever keeps a token keeps it";
  const auto mine = auth_.borrower(in.session.token, devices, Renewal::by_cookie)->renewed;
  ASSERT_TRUE(mine.has_value());
  EXPECT_EQ(mine->expires_at, in.session.expires_at) << "the whole life stays";
  EXPECT_TRUE(auth_.borrower(mine->token, devices, Renewal::by_cookie).ok());
  clock_.advance_seconds(kGraceSeconds);
  EXPECT_EQ(said(auth_.borrower(in.session.token, {}, Renewal::by_cookie)), "auth.no_session");
  EXPECT_TRUE(auth_.borrower(mine->token, devices, Renewal::by_cookie).ok())
      << "a copy without the device is not even looked at";
  EXPECT_EQ(said(auth_.borrower(in.session.token, devices, Renewal::by_cookie)), "auth.no_session");
  EXPECT_EQ(said(auth_.borrower(mine->token, devices, Renewal::by_cookie)), "auth.no_session");
  EXPECT_EQ(leaves("auth.session_copied").size(), 1U);
  EXPECT_FALSE(lies_in_the_store(mine->token));
}

TEST_P(RenewalTest, AfterAStepUpTheNextRequestGetsAnotherToken) {
  const auto in = signed_in("13800000000", {.browser = true});
  const auto me = as_borrower(in);
  const std::vector devices{in.session.device_token};
  const Act act{StepUpKind::sign_contract, "签署借款合同", "one", {100, Currency::CNY}};
  const auto step_up = *auth_.require_step_up(me, act);
  approve(me, step_up);
  EXPECT_FALSE(auth_.borrower(in.session.token, devices, Renewal::by_cookie)->renewed.has_value());
  ASSERT_TRUE(db().write([&](storage::Transaction& tx) {
                    return auth_.consume_step_up(tx, me, step_up.id, act);
                  })
                  .ok());
  const auto renewed = auth_.borrower(in.session.token, devices, Renewal::by_cookie)->renewed;
  ASSERT_TRUE(renewed.has_value());
  EXPECT_TRUE(auth_.borrower(renewed->token, devices).ok());
}

}  // namespace
}  // namespace mq::auth
