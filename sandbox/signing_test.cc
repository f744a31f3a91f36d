#include "signing.h"

#include <gtest/gtest.h>

namespace mq::sandbox {
namespace {

const std::string kSecret = "a secret of the sandbox";
const Instant kNow{1'795'000'000'000'000};
const std::string kId = "0199a3f0-0000-7000-8000-000000000001";

runtime::HttpRequest request_at(Instant at) {
  runtime::HttpRequest request;
  request.method = "POST";
  request.path = "/sms/messages";
  request.body = R"({"a":1})";
  request.headers = {{"X-Key-Id", "mianqian"},
                     {"X-Request-Id", kId},
                     {"X-Signature", make_signature(kSecret, at, R"(POST./sms/messages.{"a":1})")}};
  return request;
}

TEST(Signing, IsHmacSha256InHex) {
  const std::string expected =
      "t=1,v1=fc4913c41a7bf793267e2a384f3261c9436ec2cd097bd745e7b0d99113f510ec";
  EXPECT_EQ(make_signature("key", Instant{1'000'000}, "x"), expected);
  EXPECT_TRUE(check_signature(expected, "key", Instant{1'000'000}, "x"));
}

TEST(Signing, TakesARequestInsideTheWindowOnly) {
  for (const int age : {0, 299, 300, -300}) {
    EXPECT_TRUE(check_request(request_at(kNow.plus_seconds(-age)), kSecret, kNow)) << age;
  }
  for (const int age : {301, -301, 100'000}) {
    EXPECT_FALSE(check_request(request_at(kNow.plus_seconds(-age)), kSecret, kNow)) << age;
  }
}

TEST(Signing, EverySignedPartCounts) {
  auto changed = request_at(kNow);
  changed.method = "PUT";
  EXPECT_FALSE(check_request(changed, kSecret, kNow));
  changed = request_at(kNow);
  changed.path = "/sms/other";
  EXPECT_FALSE(check_request(changed, kSecret, kNow));
  changed = request_at(kNow);
  changed.body += " ";
  EXPECT_FALSE(check_request(changed, kSecret, kNow));
  EXPECT_FALSE(check_request(request_at(kNow), "another secret", kNow));
  changed = request_at(kNow);
  changed.headers[0].second = "somebody";
  EXPECT_FALSE(check_request(changed, kSecret, kNow));
  changed = request_at(kNow);
  changed.headers[1].second = "not-a-uuid";
  EXPECT_FALSE(check_request(changed, kSecret, kNow));
}

TEST(Signing, MalformedHeadersAreRefused) {
  for (const char* header : {"", "t=,v1=", "t=x,v1=00", "v1=00", "t=1795000000",
                             "t=1795000000,v1=", "t=1795000000,v1=zz", "t=-1,v1=00",
                             "t=99999999999999999999999,v1=00", "t=9223372036854775807,v1=00"}) {
    EXPECT_FALSE(check_signature(header, kSecret, kNow, "x")) << header;
  }
}

TEST(Signing, DigestsKeepFieldsApart) {
  EXPECT_NE(digest_of({"ab", "c"}), digest_of({"a", "bc"}));
  EXPECT_EQ(digest_of({"ab", "c"}), digest_of({"ab", "c"}));
}

}  // namespace
}  // namespace mq::sandbox
