#include <gtest/gtest.h>

#include <thread>

#include "base/limits.h"
#include "identity/identity_testing.h"
#include "people.h"

namespace mq::identity {
namespace {

class ServiceTest : public IdentityFixture<test::PeopleTest> {
 protected:
  std::string name_of_person() {
    const auto keys = *vault_.unlock(person_, {vault::RetentionClass::identity});
    const auto name = db().read(
        [&](storage::Transaction& tx) { return vault_.get(tx, keys, vault::Field::name); });
    return name.ok() ? name->expose() : name.error().code();
  }
  VerificationId in_review() {
    authority_ = AuthorityAnswer{AuthorityResult::no_match, {}};
    const auto id = submitted();
    EXPECT_EQ(processed(id).state, State::review);
    return id;
  }
  Result<Verification> by_staff(const VerificationId& id, StaffOutcome outcome,
                                std::string_view reason = "documents seen in the branch") {
    return identity_.decide_by_staff(id, staff_, outcome, reason);
  }
  std::vector<VerificationId> listed(bool open_only) {
    return *db().read([&](storage::Transaction& tx) -> Result<std::vector<VerificationId>> {
      std::vector<VerificationId> ids;
      for (const auto& item : identity_.list(tx, open_only, 10)) ids.push_back(item.id);
      return ids;
    });
  }
  void in_parallel(const std::vector<std::function<void()>>& works) {
    std::vector<std::thread> threads;
    for (const auto& work : works) threads.emplace_back(work);
    for (auto& thread : threads) thread.join();
  }
};
MQ_INSTANTIATE_DATABASES(ServiceTest);

TEST_P(ServiceTest, BeginKeepsNameAndNumberSealed) {
  const auto begun = begin("欧阳测试", "11010519491231002x");
  ASSERT_TRUE(begun.ok());
  EXPECT_EQ(begun->state, State::collecting);
  EXPECT_EQ(begun->person, person_);
  EXPECT_EQ(begun->attempt, 1);
  EXPECT_EQ(begun->attempts_left, 3);
  EXPECT_FALSE(begun->card || begun->selfie || begun->authority || begun->facts);
  EXPECT_EQ(name_of_person(), "欧阳测试");
  const auto found = *db().read([&](storage::Transaction& tx) -> Result<std::vector<PersonId>> {
    return vault_.find(tx, vault::Field::id_number, Pii<std::string>("11010519491231002X"));
  });
  EXPECT_EQ(found, std::vector{person_}) << "a small x is the same number";
  EXPECT_TRUE(lies_in_the_store(begun->id.str()));
  for (const auto* secret : {"欧阳测试", "11010519491231002"}) {
    EXPECT_FALSE(lies_in_the_store(secret)) << secret;
  }
  const auto trail = leaves("identity.");
  ASSERT_EQ(trail.size(), 1U);
  EXPECT_EQ(trail[0].object, begun->id.str());
  EXPECT_FALSE(verified());
}

TEST_P(ServiceTest, BeginRefusesWhatCannotBe) {
  EXPECT_EQ(code_of(begin("", kNumber)), "identity.bad_name");
  EXPECT_EQ(code_of(begin("<script>", kNumber)), "identity.bad_name");
  EXPECT_EQ(code_of(begin(kName, "")), "identity.bad_id_number");
  EXPECT_EQ(code_of(begin(kName, "110101199003070651")), "identity.bad_id_number");
  EXPECT_EQ(number("SELECT COUNT(*) FROM identity_verification"), 0);
  EXPECT_EQ(name_of_person(), "vault.not_found");
}

TEST_P(ServiceTest, EighteenOnTheDayInChina) {
  EXPECT_EQ(code_of(begin(kName, "110101200801060016")), "identity.under_age");
  clock_.set({1'767'628'799'000'000});  // 2026-01-05T23:59:59 in China
  EXPECT_EQ(code_of(begin(kName, "110101200801060016")), "identity.under_age");
  clock_.advance_seconds(1);
  EXPECT_EQ(code_of(begin(kName, "110101200801060016")), "ok");
}

TEST_P(ServiceTest, BeginAgainContinuesWithTheNewName) {
  const auto first = begin();
  const auto again = begin("李四", "110101198506150027");
  ASSERT_TRUE(first.ok() && again.ok());
  EXPECT_EQ(again->id, first->id);
  EXPECT_EQ(name_of_person(), "李四");
  EXPECT_EQ(number("SELECT COUNT(*) FROM identity_verification"), 1);
}

TEST_P(ServiceTest, ParallelBeginsMakeOneVerification) {
  for (int round = 1; round <= 6; ++round) {
    become_another_person();
    // The keys are there already, so that the requests really meet in the transaction.
    ASSERT_TRUE(vault_.unlock(person_, {vault::RetentionClass::identity}).ok());
    in_parallel(std::vector<std::function<void()>>(6, [this] {
      const auto begun =
          identity_.begin(person_, Pii<std::string>(kName), Pii<std::string>(kNumber));
      EXPECT_TRUE(begun.ok()) << begun.error().code() << begun.error().detail();
    }));
    EXPECT_EQ(number("SELECT COUNT(*) FROM identity_verification"), round);
    EXPECT_EQ(leaves("identity.verification_begun").size(), static_cast<std::size_t>(round));
  }
}

TEST_P(ServiceTest, EveryConsentIsNeededBeforeAFaceIsLookedAt) {
  const auto begun = begin();
  ASSERT_TRUE(begun.ok());
  ASSERT_TRUE(submit(begun->id, Photo::card, "card").ok());
  const int looks = looks_;
  for (const auto purpose :
       {consent::Purpose::terms, consent::Purpose::face, consent::Purpose::authority}) {
    answer(purpose, false);
    for (const auto& refused : {begin(), submit(begun->id, Photo::selfie, "selfie"),
                                submit(begun->id, Photo::card, "card")}) {
      ASSERT_FALSE(refused.ok());
      EXPECT_TRUE(refused.error().is(consent::ConsentErrc::missing));
      EXPECT_EQ(refused.error().detail(), boost::describe::enum_to_string(purpose, "?"));
    }
    answer(purpose, true);
  }
  EXPECT_EQ(looks_, looks);
  EXPECT_EQ(stored("selfie"), 0);
  EXPECT_TRUE(submit(begun->id, Photo::selfie, "selfie").ok());
}

TEST_P(ServiceTest, AStoppedSwitchRefusesBeforeAFaceIsLookedAt) {
  const auto begun = begin();
  ASSERT_TRUE(begun.ok());
  stop_face(true);
  EXPECT_EQ(code_of(begin()), "controls.stopped");
  EXPECT_EQ(code_of(submit(begun->id, Photo::card, "card")), "controls.stopped");
  EXPECT_EQ(looks_, 0);
  stop_face(false);
  EXPECT_EQ(code_of(submit(begun->id, Photo::card, "card")), "ok");
}

TEST_P(ServiceTest, AConsentWithdrawnDuringTheLookKeepsThePictureOut) {
  const auto begun = begin();
  before_look_ = [this] { answer(consent::Purpose::face, false); };
  EXPECT_EQ(code_of(submit(begun->id, Photo::card, "card")), "consent.missing");
  EXPECT_EQ(looks_, 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM document"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM vault_blob"), 0);
  EXPECT_FALSE(current(begun->id).card.has_value());
}

TEST_P(ServiceTest, AnUnusablePictureIsSaidAtOnceAndNotKept) {
  const auto begun = begin();
  for (const auto which : {Photo::card, Photo::selfie}) {
    EXPECT_EQ(code_of(submit(begun->id, which, "nobody")), "vision.no_face");
    EXPECT_EQ(code_of(submit(begun->id, which, "two")), "vision.several_faces");
    EXPECT_EQ(code_of(submit(begun->id, which, "no picture at all")), "vision.not_an_image");
    EXPECT_EQ(code_of(submit(begun->id, which, "")), "vision.not_an_image");
  }
  const auto dark = submit(begun->id, Photo::selfie, "dark");
  ASSERT_FALSE(dark.ok());
  EXPECT_TRUE(dark.error().is(IdentityErrc::photo_quality));
  EXPECT_EQ(dark.error().detail(), "more_light,hold_still");
  EXPECT_EQ(number("SELECT COUNT(*) FROM document"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM vault_blob"), 0);
  EXPECT_EQ(current(begun->id).state, State::collecting);
  EXPECT_EQ(code_of(submit(begun->id, Photo::card, "dark")), "ok")
      << "a small print on a card never has a selfie's quality";
}

TEST_P(ServiceTest, AVerificationBelongsToItsPerson) {
  const auto begun = begin();
  const auto mine = person_;
  become_another_person();
  EXPECT_EQ(code_of(submit(begun->id, Photo::card, "card")), "identity.not_found");
  EXPECT_EQ(code_of(identity_.get_of(person_, begun->id)), "identity.not_found");
  EXPECT_EQ(code_of(identity_.get_of(mine, begun->id)), "ok");
  EXPECT_EQ(code_of(identity_.get(VerificationId::make(clock_.now(), random_))),
            "identity.not_found");
  EXPECT_EQ(looks_, 0);
}

TEST_P(ServiceTest, BothPhotosStartTheComparisonOnce) {
  const auto begun = begin();
  EXPECT_EQ(submit(begun->id, Photo::card, "card")->state, State::collecting);
  const auto replaced = submit(begun->id, Photo::card, "official");
  EXPECT_EQ(replaced->state, State::collecting);
  EXPECT_EQ(number("SELECT COUNT(*) FROM outbox"), 0);
  const auto complete = submit(begun->id, Photo::selfie, "selfie");
  EXPECT_EQ(complete->state, State::processing);
  EXPECT_EQ(complete->card, replaced->card);
  EXPECT_EQ(complete->attempts_left, 2);
  const auto events = rows("SELECT topic, object, payload FROM outbox");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].text(0), "identity.evidence_complete");
  EXPECT_EQ(events[0].text(1), begun->id.str());
  EXPECT_EQ(events[0].text(2), R"({"verification":")" + begun->id.str() + R"("})");
  EXPECT_EQ(code_of(submit(begun->id, Photo::selfie, "selfie")), "identity.wrong_state");
  EXPECT_EQ(code_of(submit(begun->id, Photo::card, "card")), "identity.wrong_state");
  EXPECT_EQ(code_of(begin("李四")), "identity.in_progress");
  EXPECT_EQ(name_of_person(), kName) << "a refused name is not kept";
}

TEST_P(ServiceTest, CardAndSelfieAtTheSameMomentStartOneComparison) {
  for (int round = 0; round < 4; ++round) {
    become_another_person();
    const auto id = begin()->id;
    in_parallel({[&] { EXPECT_TRUE(submit(id, Photo::card, "card").ok()); },
                 [&] { EXPECT_TRUE(submit(id, Photo::selfie, "selfie").ok()); }});
    const auto after = current(id);
    EXPECT_EQ(after.state, State::processing);
    EXPECT_TRUE(after.card && after.selfie);
    EXPECT_EQ(number("SELECT COUNT(*) FROM outbox WHERE object = $1", {id}), 1);
  }
}

TEST_P(ServiceTest, OfTwoSelfiesAtTheSameMomentOneIsTaken) {
  const auto id = begin()->id;
  ASSERT_TRUE(submit(id, Photo::card, "card").ok());
  std::atomic<int> taken = 0, refused = 0;
  const auto selfie = [&] {
    const auto result = submit(id, Photo::selfie, "selfie");
    ++(result.ok() ? taken : refused);
    EXPECT_TRUE(result.ok() || result.error().is(IdentityErrc::wrong_state));
  };
  in_parallel({selfie, selfie, selfie});
  EXPECT_EQ(taken, 1);
  EXPECT_EQ(refused, 2);
  EXPECT_EQ(stored("selfie"), 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM outbox"), 1);
}

TEST_P(ServiceTest, StaffDecideOnlyInReviewAndWithAReason) {
  authority_ = AuthorityAnswer{AuthorityResult::no_photo, {}};
  const auto id = submitted();
  EXPECT_EQ(code_of(by_staff(id, StaffOutcome::pass)), "identity.wrong_state");
  ASSERT_EQ(processed(id).state, State::review);
  EXPECT_EQ(listed(true), std::vector{id});
  EXPECT_EQ(code_of(by_staff(id, StaffOutcome::pass, "")), "identity.reason_missing");
  EXPECT_EQ(code_of(by_staff(id, StaffOutcome::pass, std::string(limits::kReasonBytes + 1, 'x'))),
            "identity.reason_missing");
  EXPECT_EQ(code_of(by_staff(VerificationId::make(clock_.now(), random_), StaffOutcome::pass)),
            "identity.not_found");
  EXPECT_EQ(current(id).state, State::review);
  EXPECT_EQ(code_of(begin()), "identity.in_progress");

  const auto passed = by_staff(id, StaffOutcome::pass);
  ASSERT_TRUE(passed.ok());
  EXPECT_EQ(passed->state, State::passed);
  EXPECT_EQ(passed->reasons, std::vector{Reason::staff_decision});
  EXPECT_EQ(passed->decided_by, staff_);
  EXPECT_TRUE(verified());
  EXPECT_EQ(code_of(begin()), "identity.already_passed");
  EXPECT_EQ(code_of(by_staff(id, StaffOutcome::refuse)), "identity.wrong_state");
  EXPECT_TRUE(listed(true).empty());
  EXPECT_EQ(listed(false), std::vector{id});
  const auto trail = leaves("identity.decided_by_staff");
  ASSERT_EQ(trail.size(), 1U);
  EXPECT_NE(trail[0].body.find(staff_.str()), std::string::npos);
  EXPECT_EQ(trail[0].body.find("seen in the branch"), std::string::npos);
}

TEST_P(ServiceTest, StaffCanAskForAnotherSelfieAlsoAfterTheLastAttempt) {
  const auto id = submitted("card", "stranger");
  for (int attempt = 2; attempt <= settings_.attempts; ++attempt) {
    ASSERT_EQ(processed(id).state, State::retry);
    ASSERT_TRUE(submit(id, Photo::selfie, "stranger").ok());
  }
  ASSERT_EQ(processed(id).state, State::review);
  ASSERT_TRUE(by_staff(id, StaffOutcome::retry).ok());
  EXPECT_EQ(current(id).attempts_left, 0);
  ASSERT_EQ(submit(id, Photo::selfie, "selfie")->state, State::processing);
  EXPECT_EQ(processed(id).state, State::passed);
}

TEST_P(ServiceTest, ADaysAttemptsAreLimitedOverAllVerifications) {
  for (int used = 0; used < settings_.attempts; ++used) {
    const auto id = in_review();
    ASSERT_EQ(by_staff(id, StaffOutcome::refuse)->state, State::refused);
  }
  EXPECT_FALSE(verified());
  EXPECT_EQ(code_of(begin()), "identity.too_many_attempts");
  clock_.advance_days(1);
  EXPECT_EQ(code_of(begin()), "ok");
}

TEST_P(ServiceTest, RepeatedAttemptsOfOneVerificationCountTowardsTheDay) {
  const auto id = submitted("card", "stranger");
  for (int attempt = 2; attempt <= settings_.attempts; ++attempt) {
    ASSERT_EQ(processed(id).state, State::retry);
    ASSERT_TRUE(submit(id, Photo::selfie, "stranger").ok());
  }
  ASSERT_EQ(processed(id).state, State::review);
  ASSERT_TRUE(by_staff(id, StaffOutcome::refuse).ok());
  EXPECT_EQ(code_of(begin()), "identity.too_many_attempts");
}

}  // namespace
}  // namespace mq::identity
