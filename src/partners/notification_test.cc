#include <gtest/gtest.h>

#include "partners/partners.h"
#include "partners/signature.h"

namespace mq::partners {
namespace {

constexpr std::string_view kSecret = "a secret of the test";
constexpr Instant kNow{1'795'000'000'000'000};
const std::string kGood =
    R"({"notification_id":"0199a3f0-0000-7000-8000-000000000001",)"
    R"("instruction_id":"0199a3f0-0000-7000-8000-000000000002","kind":"debit","state":"failed",)"
    R"("amount":"888.49","channel_reference":"SBX-1","reason":"declined_by_bank"})";

Result<Notification> parse_signed(const std::string& body) {
  return parse_notification(make_signature(kSecret, kNow, body), body, kSecret, kNow);
}

std::string with(const std::string& from, const std::string& to) {
  std::string body = kGood;
  return body.replace(body.find(from), from.size(), to);
}

TEST(Notification, IsReadWhenSignedAndComplete) {
  const auto read = parse_signed(kGood);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->notification_id.str(), "0199a3f0-0000-7000-8000-000000000001");
  EXPECT_EQ(read->instruction_id.str(), "0199a3f0-0000-7000-8000-000000000002");
  EXPECT_EQ(read->kind, PaymentKind::debit);
  EXPECT_EQ(read->state, PaymentState::failed);
  EXPECT_EQ(read->amount.str(), "888.49");
  EXPECT_EQ(read->channel_reference, "SBX-1");
  EXPECT_EQ(read->reason, "declined_by_bank");
}

TEST(Notification, BadSignatureOldTimeAndCutBodyAreAllBadSignatures) {
  const auto signature = make_signature(kSecret, kNow, kGood);
  const auto refused = [&](std::string_view header, std::string_view body, Instant now) {
    const auto read = parse_notification(header, body, kSecret, now);
    return !read.ok() && read.error().is(PartnersErrc::bad_signature);
  };
  EXPECT_FALSE(refused(signature, kGood, kNow));
  EXPECT_TRUE(refused(make_signature("another", kNow, kGood), kGood, kNow));
  EXPECT_TRUE(refused("", kGood, kNow));
  EXPECT_TRUE(refused(signature, kGood, kNow.plus_seconds(301)));
  EXPECT_TRUE(refused(signature, kGood, kNow.plus_seconds(-301)));
  EXPECT_TRUE(refused(signature, kGood.substr(0, kGood.size() - 1), kNow));
  EXPECT_TRUE(refused(signature, "", kNow));
}

TEST(Notification, IsReadStrictlyEvenWhenSigned) {
  for (const auto& body :
       {std::string(), std::string("{}"), kGood.substr(0, kGood.size() - 1), kGood + "x",
        with(R"("kind":"debit")", R"("kind":"gift")"),
        with(R"("state":"failed")", R"("state":"accepted")"), with("888.49", "-888.49"),
        with("888.49", "0.00"), with(R"("888.49")", "888.49"), with("888.49", "888.491"),
        with("SBX-1", ""), with("SBX-1", std::string(65, 'x')),
        with("declined_by_bank", "two words"), with("\"kind\"", "\"extra\":1,\"kind\""),
        with("\"kind\"", "\"state\":\"failed\",\"kind\""), with("0002\"", "\"")}) {
    const auto read = parse_signed(body);
    ASSERT_FALSE(read.ok()) << body;
    EXPECT_TRUE(read.error().is(PartnersErrc::bad_answer)) << body;
  }
}

}  // namespace
}  // namespace mq::partners
