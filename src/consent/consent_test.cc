#include "consent/consent.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "audit/audit.h"
#include "crypto/crypto.h"
#include "database.h"
#include "fakes.h"
#include "runtime/json.h"

namespace mq::consent {
namespace {

constexpr Purpose kAll[] = {Purpose::terms, Purpose::face, Purpose::authority};

class ConsentTest : public test::DatabaseTest {
 protected:
  void SetUp() override { migrate({audit::kAuditMigration, kConsentMigration}); }

  Result<Answer> answer(Purpose purpose, bool granted, Language language = Language::zh) {
    const auto& shown = notice(purpose, language);
    return answer_to(purpose, shown.version, shown.sha256, granted);
  }
  Result<Answer> answer_to(Purpose purpose, int version, std::string_view sha256, bool granted) {
    return db().write([&](storage::Transaction& tx) -> Result<Answer> {
      return record(tx, clock_.now(), random_, person_, purpose, version, sha256, granted,
                    "session-1");
    });
  }
  Status required(Purpose purpose) { return required(person_, purpose); }
  Status required(const PersonId& person, Purpose purpose) {
    return db().read([&](storage::Transaction& tx) { return require(tx, person, purpose); });
  }
  std::vector<Answer> given() {
    return *db().read(
        [&](storage::Transaction& tx) -> Result<std::vector<Answer>> { return answers(tx, person_); });
  }
  std::vector<ConsentId> ids() {
    return *db().read([&](storage::Transaction& tx) -> Result<std::vector<ConsentId>> {
      return all_ids(tx, person_);
    });
  }
  std::vector<audit::Leaf> trail() {
    return *db().read([](storage::Transaction& tx) -> Result<std::vector<audit::Leaf>> {
      return audit::leaves(tx, {.kind = "consent."});
    });
  }

  test::ManualClock clock_;
  test::TestRandom random_;
  PersonId person_ = PersonId::make(clock_.now(), random_);
};
MQ_INSTANTIATE_DATABASES(ConsentTest);

TEST(Notices, EveryPurposeHasATextOfItsOwnInBothLanguages) {
  std::set<std::string> hashes;
  for (const auto purpose : kAll) {
    for (const auto language : {Language::zh, Language::en}) {
      const auto& shown = notice(purpose, language);
      EXPECT_EQ(shown.purpose, purpose);
      EXPECT_EQ(shown.language, language);
      EXPECT_FALSE(shown.title.empty() || shown.body_markdown.empty());
      EXPECT_EQ(shown.sha256,
                crypto::hex(crypto::sha256(as_bytes(shown.title + "\n" + shown.body_markdown))));
      hashes.insert(shown.sha256);
      // What the service cannot exist without has no alternative; everything else must name one.
      EXPECT_EQ(shown.alternative.empty(), shown.required);
    }
    EXPECT_EQ(notice(purpose, Language::zh).version, notice(purpose, Language::en).version);
  }
  EXPECT_EQ(hashes.size(), 6U);
  EXPECT_FALSE(notice(Purpose::authority, Language::zh).recipient.empty());
}

TEST(Notices, PurposesAreReadFromTheirNames) {
  EXPECT_EQ(*parse_purpose("face"), Purpose::face);
  EXPECT_EQ(*parse_purpose("terms"), Purpose::terms);
  EXPECT_EQ(*parse_purpose("authority"), Purpose::authority);
  for (const auto* text : {"", "Face", "face ", "marketing"}) {
    EXPECT_TRUE(parse_purpose(text).error().is(ConsentErrc::unknown_purpose)) << text;
  }
}

TEST_P(ConsentTest, NothingIsConsentedToByDefault) {
  for (const auto purpose : kAll) {
    const auto refused = required(purpose);
    ASSERT_FALSE(refused.ok());
    EXPECT_TRUE(refused.error().is(ConsentErrc::missing));
    EXPECT_EQ(refused.error().detail(), boost::describe::enum_to_string(purpose, "?"));
  }
  EXPECT_TRUE(given().empty());
  EXPECT_TRUE(ids().empty());
}

TEST_P(ConsentTest, EachPurposeIsGrantedAlone) {
  for (const auto granted : kAll) {
    ASSERT_TRUE(answer(granted, true).ok());
    for (const auto purpose : kAll) {
      EXPECT_EQ(required(purpose).ok(), purpose <= granted);
    }
  }
  ASSERT_TRUE(answer(Purpose::face, false).ok());
  EXPECT_TRUE(required(Purpose::terms).ok());
  EXPECT_FALSE(required(Purpose::face).ok());
  EXPECT_TRUE(required(Purpose::authority).ok());
}

TEST_P(ConsentTest, OnePersonsAnswerIsNotAnothers) {
  ASSERT_TRUE(answer(Purpose::face, true).ok());
  const auto other = PersonId::make(clock_.now(), random_);
  EXPECT_TRUE(required(other, Purpose::face).error().is(ConsentErrc::missing));
}

TEST_P(ConsentTest, AnAnswerNeedsTheTextThatIsCurrent) {
  const auto& shown = notice(Purpose::face, Language::en);
  auto flipped = shown.sha256;
  flipped[0] = flipped[0] == 'a' ? 'b' : 'a';
  const auto& other = notice(Purpose::terms, Language::en);
  for (const auto& refused :
       {answer_to(Purpose::face, shown.version, flipped, true),
        answer_to(Purpose::face, shown.version, "", true),
        answer_to(Purpose::face, shown.version, other.sha256, true),
        answer_to(Purpose::face, shown.version + 1, shown.sha256, true),
        answer_to(Purpose::face, 0, shown.sha256, true)}) {
    ASSERT_FALSE(refused.ok());
    EXPECT_TRUE(refused.error().is(ConsentErrc::outdated_notice));
  }
  EXPECT_TRUE(ids().empty());
  EXPECT_TRUE(trail().empty());

  const auto taken = answer(Purpose::face, true, Language::en);
  ASSERT_TRUE(taken.ok());
  EXPECT_TRUE(taken->granted && taken->current);
  EXPECT_EQ(taken->version, shown.version);
  EXPECT_TRUE(required(Purpose::face).ok());
}

TEST_P(ConsentTest, AnAnswerToAnOlderVersionDoesNotCount) {
  ASSERT_TRUE(answer(Purpose::face, true).ok());
  ASSERT_TRUE(db().write([](storage::Transaction& tx) -> Status {
                    tx.execute("UPDATE consent_answer SET version = version - 1");
                    return ok();
                  }).ok());
  EXPECT_TRUE(required(Purpose::face).error().is(ConsentErrc::missing));
  ASSERT_EQ(given().size(), 1U);
  EXPECT_FALSE(given()[0].current);
}

TEST_P(ConsentTest, ARefusalIsKeptAndRefuses) {
  const auto refused = answer(Purpose::authority, false);
  ASSERT_TRUE(refused.ok());
  EXPECT_FALSE(refused->granted);
  EXPECT_TRUE(required(Purpose::authority).error().is(ConsentErrc::missing));
  ASSERT_EQ(given().size(), 1U);
  EXPECT_EQ(given()[0].id, refused->id);
  EXPECT_FALSE(given()[0].granted);
}

TEST_P(ConsentTest, TheLatestAnswerWinsEvenWhenTheClockStandsOrStepsBack) {
  std::vector<ConsentId> order;
  for (int i = 0; i < 12; ++i) {
    const bool granted = i % 2 == 0;
    const auto taken = answer(Purpose::face, granted);
    ASSERT_TRUE(taken.ok());
    order.push_back(taken->id);
    EXPECT_EQ(required(Purpose::face).ok(), granted) << i;
    if (i == 5) clock_.advance_seconds(-60);
  }
  EXPECT_EQ(ids(), order);
  ASSERT_EQ(given().size(), 1U);
  EXPECT_EQ(given()[0].id, order.back());
}

TEST_P(ConsentTest, EveryAnswerLeavesALeafThatNamesTheTextAndNobody) {
  const auto granted = answer(Purpose::terms, true, Language::en);
  const auto refused = answer(Purpose::face, false);
  ASSERT_TRUE(granted.ok() && refused.ok());
  const auto found = trail();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[1].kind, "consent.granted");
  EXPECT_EQ(found[1].object, granted->id.str());
  EXPECT_EQ(found[0].kind, "consent.refused");
  EXPECT_EQ(found[0].object, refused->id.str());

  const auto body = runtime::parse_json(found[1].body);
  ASSERT_TRUE(body.ok());
  const auto& facts = body->at("facts").as_object();
  std::vector<std::string> names;
  for (const auto& fact : facts) names.emplace_back(fact.key());
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"language", "notice_sha256", "notice_version", "person",
                                             "purpose"}));
  EXPECT_EQ(facts.at("notice_sha256").as_string(), notice(Purpose::terms, Language::en).sha256);
  EXPECT_EQ(facts.at("language").as_string(), "en");
  EXPECT_EQ(facts.at("person").as_string(), person_.str());
}

}  // namespace
}  // namespace mq::consent
