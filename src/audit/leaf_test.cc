#include "audit/leaf.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "fakes.h"

namespace mq::audit {
namespace {

namespace json = boost::json;

TEST(CanonicalJson, SortsKeysAndHasNoWhiteSpace) {
  const auto value =
      json::parse(R"({ "b" : [1, {"z": null, "a": true}], "a": "面签\n", "aa": -3 })");
  EXPECT_EQ(canonical_json(value),
            "{\"a\":\"面签\\n\",\"aa\":-3,\"b\":[1,{\"a\":true,\"z\":null}]}");
}

TEST(CanonicalJsonDeathTest, FloatingPointIsABug) {
  EXPECT_DEATH(canonical_json(json::value(json::object{{"amount", 0.1}})), "is_double");
}

TEST(LeafBody, HoldsAllFieldsAndReadsBack) {
  test::TestRandom random;
  const Instant at{1'767'574'800'123'000};
  const auto id = LeafId::make(at, random);
  const auto body =
      leaf_body(id, at, "00ff", "servicing.loan_disbursed", "loan-1", {{"amount", "10000.00"}});
  EXPECT_EQ(body,
            "{\"at\":\"2026-01-05T01:00:00.123Z\",\"facts\":{\"amount\":\"10000.00\"},\"id\":\"" +
                id.str() + "\",\"kind\":\"servicing.loan_disbursed\",\"object\":\"loan-1\"," +
                "\"salt\":\"00ff\"}");
  const auto fields = read_leaf_body(body);
  ASSERT_TRUE(fields.ok());
  EXPECT_EQ(fields->kind, "servicing.loan_disbursed");
  EXPECT_EQ(fields->object, "loan-1");
  EXPECT_EQ(fields->id, id.str());
  EXPECT_EQ(fields->at, at.iso());
}

TEST(LeafBody, ForeignTextIsRefused) {
  for (const auto* bad : {"", "[]", "{}", "{\"id\":1,\"kind\":\"a\",\"object\":\"b\",\"at\":\"c\"}",
                          "{\"id\":\"1\",\"kind\":\"a\",\"object\":\"b\"}"}) {
    EXPECT_TRUE(read_leaf_body(bad).error().is(AuditErrc::malformed)) << bad;
  }
}

TEST(Commitment, OpensOnlyWithSaltAndValue) {
  test::TestRandom random;
  const auto commitment = commit(as_bytes("张三"), random);
  EXPECT_TRUE(opens(commitment, as_bytes("张三")));
  EXPECT_FALSE(opens(commitment, as_bytes("张四")));
  EXPECT_FALSE(opens({commitment.digest, std::string(32, '0')}, as_bytes("张三")));
  EXPECT_FALSE(opens({commitment.digest, ""}, as_bytes("张三")));
  EXPECT_FALSE(opens({commitment.digest, "no hex"}, as_bytes("张三")));
  // The documented form, so that others can check it without our code.
  const auto salt = *crypto::unhex(commitment.salt);
  EXPECT_EQ(salt.size(), 16U);
  Bytes salted = salt;
  for (const auto byte : as_bytes("张三")) salted.push_back(byte);
  EXPECT_EQ(commitment.digest, crypto::hex(crypto::sha256(salted)));
}

TEST(Commitment, TheSameValueNeverShowsTwice) {
  test::TestRandom random;
  EXPECT_NE(commit(as_bytes("x"), random).digest, commit(as_bytes("x"), random).digest);
}

}  // namespace
}  // namespace mq::audit
