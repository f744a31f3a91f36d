#include <gtest/gtest.h>

#include <cstring>
#include <thread>

#include "identity/identity_testing.h"
#include "people.h"
#include "runtime/json.h"

namespace mq::identity {
namespace {

using Reasons = std::vector<Reason>;

class ProcessTest : public IdentityFixture<test::PeopleTest> {
 protected:
  void withdraw_and_process(consent::Purpose purpose, const VerificationId& id) {
    answer(purpose, false);
    const int looks = looks_;
    const auto asked = questions_.size();
    const auto after = processed(id);
    EXPECT_EQ(after.state, State::collecting);
    EXPECT_FALSE(after.selfie.has_value());
    EXPECT_TRUE(after.card.has_value());
    EXPECT_EQ(looks_, looks) << "no face was looked at";
    EXPECT_EQ(questions_.size(), asked) << "no partner was asked";
    EXPECT_EQ(code_of(submit(id, Photo::selfie, "selfie")), "consent.missing");
    answer(purpose, true);
  }
};
MQ_INSTANTIATE_DATABASES(ProcessTest);

// In ten-thousandths, as facts hold it.
std::int64_t default_threshold() {
  return std::lround(10'000 * vision::threshold_for(vision::kDefaultFalseMatchRate));
}

TEST_P(ProcessTest, ThreeMatchingFacesPass) {
  const auto id = submitted();
  const auto done = processed(id);
  EXPECT_EQ(done.state, State::passed);
  EXPECT_TRUE(done.reasons.empty());
  EXPECT_TRUE(verified());
  EXPECT_EQ(code_of(begin()), "identity.already_passed");

  ASSERT_EQ(questions_.size(), 1U);
  EXPECT_EQ(questions_[0].name, kName);
  EXPECT_EQ(questions_[0].id_number, kNumber);
  EXPECT_TRUE(Uuid::parse(questions_[0].request_id).ok());

  ASSERT_TRUE(done.facts.has_value());
  EXPECT_EQ(done.facts->card_selfie, 8000);
  EXPECT_EQ(done.facts->card_authority, 9000);
  EXPECT_EQ(done.facts->selfie_authority, 9815);
  EXPECT_EQ(done.facts->threshold, default_threshold());
  EXPECT_EQ(done.facts->liveness_score, 9000);
  EXPECT_EQ(done.facts->model, vision::kTemplateModel);
  EXPECT_EQ(done.facts->attempt, 1);
  EXPECT_EQ(done.facts->attempts_allowed, settings_.attempts);
  EXPECT_EQ(stored("authority_photo"), 1);
}

TEST_P(ProcessTest, ThePassedFaceIsKeptSealedUnderItsOwnClass) {
  const auto id = submitted();
  ASSERT_EQ(processed(id).state, State::passed);
  const auto row = rows(
      "SELECT b.id, b.retention, b.kind FROM vault_blob b JOIN identity_verification v "
      "ON v.template_blob = b.id WHERE v.id = $1",
      {id});
  ASSERT_EQ(row.size(), 1U);
  EXPECT_EQ(row[0].text(1), "biometric_template");
  EXPECT_EQ(row[0].text(2), vision::kTemplateModel);
  const auto keys = *vault_.unlock(person_, {vault::RetentionClass::biometric_template});
  const auto bytes = db().read([&](storage::Transaction& tx) {
    return vault_.get_blob(tx, keys, row[0].id<vault::BlobId>(0));
  });
  ASSERT_TRUE(bytes.ok());
  vision::FaceTemplate kept;
  ASSERT_EQ(bytes->size(), sizeof kept);
  std::memcpy(&kept, bytes->data(), sizeof kept);
  EXPECT_TRUE(kept == face_template(0.8)) << "the selfie's";
  EXPECT_FALSE(lies_in_the_store(as_text(ByteView(*bytes).first(8))));
}

TEST_P(ProcessTest, TheStoredFactsReplayToTheStoredDecision) {
  const auto check = [&](const VerificationId& id) {
    const auto row =
        rows("SELECT facts, state, reasons FROM identity_verification WHERE id = $1", {id}).at(0);
    const auto facts = runtime::from_json<Facts>(row.text(0));
    ASSERT_TRUE(facts.ok());
    const auto again = decide(*facts);
    EXPECT_EQ(row.text(1), boost::describe::enum_to_string(again.outcome, "?"));
    EXPECT_EQ(row.text(2), runtime::to_json(again.reasons));
  };
  const auto id = submitted("card", "stranger");
  processed(id);
  check(id);
  ASSERT_TRUE(submit(id, Photo::selfie, "print").ok());
  processed(id);
  check(id);
  ASSERT_TRUE(submit(id, Photo::selfie, "selfie").ok());
  EXPECT_EQ(processed(id).state, State::passed);
  check(id);
}

TEST_P(ProcessTest, TheTrailHoldsNoScoreAndNoName) {
  processed(submitted("card", "stranger"));
  const auto decided = leaves("identity.decided");
  ASSERT_EQ(decided.size(), 1U);
  const auto facts = runtime::parse_json(decided[0].body)->at("facts").as_object();
  EXPECT_EQ(facts.size(), 6U);
  EXPECT_EQ(facts.at("state").as_string(), "retry");
  EXPECT_EQ(facts.at("threshold").as_int64(), default_threshold());
  EXPECT_EQ(facts.at("reasons").as_array().size(), 2U);
  EXPECT_EQ(leaves("identity.authority_answered").size(), 1U);
  for (const auto& leaf : leaves("identity.")) {
    EXPECT_EQ(leaf.body.find(kName), std::string::npos);
    EXPECT_EQ(leaf.body.find(kNumber), std::string::npos);
    EXPECT_EQ(leaf.body.find("-5000"), std::string::npos);
  }
  for (const auto* secret : {kName, kNumber}) EXPECT_FALSE(lies_in_the_store(secret));
}

TEST_P(ProcessTest, AMismatchIsRetriedWithFewerAttemptsAndThenReviewed) {
  const auto id = submitted("card", "stranger");
  auto now = processed(id);
  EXPECT_EQ(now.state, State::retry);
  EXPECT_EQ(now.reasons, (Reasons{Reason::face_mismatch_card, Reason::face_mismatch_authority}));
  EXPECT_EQ(now.attempts_left, 2);

  EXPECT_EQ(submit(id, Photo::card, "card")->state, State::retry) << "a new card waits for a selfie";
  now = *submit(id, Photo::selfie, "stranger");
  EXPECT_EQ(now.state, State::processing);
  EXPECT_EQ(now.attempt, 2);
  now = processed(id);
  EXPECT_EQ(now.state, State::retry);
  EXPECT_EQ(now.attempts_left, 1);

  ASSERT_TRUE(submit(id, Photo::selfie, "stranger").ok());
  now = processed(id);
  EXPECT_EQ(now.state, State::review);
  EXPECT_EQ(now.attempts_left, 0);
  EXPECT_EQ(now.reasons.back(), Reason::attempts_used_up);
  EXPECT_EQ(questions_.size(), 1U) << "the source is asked once";
  EXPECT_EQ(stored("authority_photo"), 1);
  EXPECT_FALSE(verified());
  EXPECT_EQ(number("SELECT COUNT(*) FROM identity_verification WHERE template_blob IS NOT NULL"), 0);
}

TEST_P(ProcessTest, ASuspiciousSelfieIsRetried) {
  const auto id = submitted("card", "print");
  const auto now = processed(id);
  EXPECT_EQ(now.state, State::retry);
  EXPECT_EQ(now.reasons, Reasons{Reason::liveness_suspicion});
  EXPECT_EQ(now.facts->liveness_score, 2000);
}

TEST_P(ProcessTest, WhatTheSourceCannotConfirmIsReviewed) {
  const std::vector<std::pair<AuthorityAnswer, Reason>> cases = {
      {{AuthorityResult::no_match, {}}, Reason::authority_no_match},
      {{AuthorityResult::no_photo, {}}, Reason::authority_no_photo},
      {{AuthorityResult::match, to_bytes("nobody")}, Reason::authority_photo_unusable},
      {{AuthorityResult::match, to_bytes("not a picture")}, Reason::authority_photo_unusable},
      {{AuthorityResult::match, {}}, Reason::authority_photo_unusable},
      {{AuthorityResult::match, to_bytes("stranger")}, Reason::card_mismatch_authority},
  };
  for (const auto& [reply, reason] : cases) {
    become_another_person();
    authority_ = reply;
    const auto now = processed(submitted());
    EXPECT_EQ(now.state, State::review);
    ASSERT_FALSE(now.reasons.empty());
    EXPECT_EQ(now.reasons[0], reason);
    EXPECT_EQ(now.authority.has_value(), reason == Reason::card_mismatch_authority);
    EXPECT_FALSE(verified());
  }
  EXPECT_EQ(stored("authority_photo"), 1) << "only what shows a face is kept";
}

TEST_P(ProcessTest, ASourceOutOfReachIsAskedAgainUnderTheSameId) {
  const auto id = submitted();
  authority_ = Error(storage::StorageErrc::unavailable);
  EXPECT_EQ(code_of(identity_.process(id)), "storage.unavailable");
  EXPECT_EQ(code_of(identity_.process(id)), "storage.unavailable");
  EXPECT_EQ(current(id).state, State::processing);
  EXPECT_EQ(stored("authority_photo"), 0);
  EXPECT_TRUE(leaves("identity.authority_answered").empty());
  authority(AuthorityResult::match, "official");
  EXPECT_EQ(processed(id).state, State::passed);
  EXPECT_EQ(stored("authority_photo"), 1);
  ASSERT_EQ(questions_.size(), 3U);
  for (const auto& question : questions_) {
    EXPECT_EQ(question.request_id, questions_[0].request_id);
  }
}

TEST_P(ProcessTest, ACrashAfterTheAnswerDoesNotAskAgain) {
  const auto id = submitted();
  for (const auto fault : {vision::VisionErrc::busy, vision::VisionErrc::worker_lost,
                           vision::VisionErrc::timeout}) {
    pictures_.insert_or_assign("official", fault);
    EXPECT_TRUE(identity_.process(id).error().is(fault)) << "no picture is judged by a child's fault";
  }
  EXPECT_EQ(stored("authority_photo"), 0);
  EXPECT_EQ(questions_.size(), 3U);

  pictures_.insert_or_assign("official", picture({face(0.9)}));
  pictures_.insert_or_assign("selfie", vision::VisionErrc::timeout);
  EXPECT_EQ(code_of(identity_.process(id)), "vision.timeout");
  EXPECT_EQ(current(id).state, State::processing);
  pictures_.insert_or_assign("selfie", picture({face(0.8)}));
  EXPECT_EQ(processed(id).state, State::passed);
  EXPECT_EQ(questions_.size(), 4U);
  EXPECT_EQ(stored("authority_photo"), 1);
}

TEST_P(ProcessTest, RepeatedDeliveriesAreHarmless) {
  EXPECT_EQ(code_of(identity_.process(VerificationId::make(clock_.now(), random_))),
            "identity.not_found");
  const auto collecting = begin();
  EXPECT_TRUE(identity_.process(collecting->id).ok());
  EXPECT_EQ(current(collecting->id).state, State::collecting);
  const auto id = submitted();
  const auto done = processed(id);
  const int looks = looks_;
  clock_.advance_seconds(5);
  const auto again = processed(id);
  EXPECT_EQ(again.state, done.state);
  EXPECT_EQ(again.updated_at, done.updated_at);
  EXPECT_EQ(looks_, looks);
  EXPECT_EQ(questions_.size(), 1U);
  EXPECT_EQ(leaves("identity.decided").size(), 1U);
}

TEST_P(ProcessTest, ParallelDeliveriesWriteOneAnswerAndOneDecision) {
  for (const auto result : {AuthorityResult::match, AuthorityResult::no_photo}) {
    become_another_person();
    authority(result, result == AuthorityResult::match ? "official" : "");
    const auto id = submitted();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] { EXPECT_TRUE(identity_.process(id).ok()); });
    }
    for (auto& thread : threads) thread.join();
    for (const auto* kind : {"identity.decided", "identity.authority_answered"}) {
      EXPECT_EQ(number("SELECT COUNT(*) FROM audit_leaf WHERE object = $1 AND kind = $2", {id, kind}),
                1)
          << kind;
    }
  }
  EXPECT_EQ(stored("authority_photo"), 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM vault_blob WHERE retention = 'biometric_template'"), 1);
}

// A person who passes the source with the own name must not go on under somebody else's.
TEST_P(ProcessTest, ANewNameOrNumberIsAskedAnew) {
  const auto id = submitted("card", "stranger");
  ASSERT_EQ(processed(id).state, State::retry);
  ASSERT_TRUE(begin("李四", "110101198506150027").ok());
  authority_ = AuthorityAnswer{AuthorityResult::no_match, {}};
  ASSERT_EQ(submit(id, Photo::selfie, "selfie")->state, State::processing);
  auto now = processed(id);
  EXPECT_EQ(now.state, State::review);
  EXPECT_EQ(now.reasons, Reasons{Reason::authority_no_match});
  EXPECT_FALSE(now.authority.has_value()) << "the photo belongs to the other name";
  ASSERT_EQ(questions_.size(), 2U);
  EXPECT_EQ(questions_[1].name, "李四");
  EXPECT_EQ(questions_[1].id_number, "110101198506150027");
  EXPECT_NE(questions_[1].request_id, questions_[0].request_id);

  // A typing error that staff send back is asked anew as well, under the first name's own id.
  ASSERT_TRUE(identity_.decide_by_staff(id, staff_, StaffOutcome::retry, "typing error").ok());
  ASSERT_TRUE(begin().ok());
  authority(AuthorityResult::match, "official");
  ASSERT_TRUE(submit(id, Photo::selfie, "selfie").ok());
  EXPECT_EQ(processed(id).state, State::passed);
  ASSERT_EQ(questions_.size(), 3U);
  EXPECT_EQ(questions_[2].request_id, questions_[0].request_id);
}

TEST_P(ProcessTest, TheSameNameAgainIsNotAskedAgain) {
  const auto id = submitted("card", "stranger");
  processed(id);
  ASSERT_TRUE(begin().ok());
  ASSERT_TRUE(submit(id, Photo::selfie, "selfie").ok());
  EXPECT_EQ(processed(id).state, State::passed);
  EXPECT_EQ(questions_.size(), 1U);
}

TEST_P(ProcessTest, AWithdrawnConsentPutsTheVerificationBack) {
  const auto id = submitted();
  for (const auto purpose :
       {consent::Purpose::terms, consent::Purpose::face, consent::Purpose::authority}) {
    withdraw_and_process(purpose, id);
    EXPECT_EQ(current(id).attempts_left, settings_.attempts) << "no attempt was used";
    ASSERT_EQ(submit(id, Photo::selfie, "selfie")->state, State::processing);
  }
  EXPECT_EQ(leaves("identity.put_back").size(), 3U);
  EXPECT_EQ(processed(id).state, State::passed);
}

TEST_P(ProcessTest, AStoppedSwitchWaits) {
  const auto id = submitted();
  const int looks = looks_;
  stop_face(true);
  EXPECT_EQ(code_of(identity_.process(id)), "controls.stopped");
  EXPECT_EQ(current(id).state, State::processing);
  EXPECT_EQ(looks_, looks);
  EXPECT_TRUE(questions_.empty());
  stop_face(false);
  EXPECT_EQ(processed(id).state, State::passed);
}

TEST_P(ProcessTest, AnErasedPersonIsNotCompared) {
  const auto id = submitted();
  force(key_store(), "UPDATE data_key SET wrapped = NULL WHERE retention = 'frames'");
  EXPECT_EQ(code_of(identity_.process(id)), "vault.erased");
  EXPECT_TRUE(questions_.empty());
  EXPECT_EQ(current(id).state, State::processing);
}

TEST_P(ProcessTest, TheOutboxDeliversIt) {
  storage::OutboxWorker worker(db(), clock_, random_);
  int deliveries = 0;
  worker.subscribe("identity.evidence_complete", [&](const storage::Event& event) -> Status {
    ++deliveries;
    return identity_.process(*VerificationId::parse(event.object));
  });
  const auto id = submitted();
  authority_ = Error(storage::StorageErrc::unavailable);
  ASSERT_TRUE(worker.run_once().ok());
  EXPECT_EQ(current(id).state, State::processing);
  authority(AuthorityResult::match, "official");
  clock_.advance_seconds(60);
  ASSERT_TRUE(worker.run_once().ok());
  EXPECT_EQ(current(id).state, State::passed);
  EXPECT_EQ(deliveries, 2);
  EXPECT_EQ(worker.counts()->waiting, 0);
}

}  // namespace
}  // namespace mq::identity
