#include "runtime/http_parts.h"

#include <gtest/gtest.h>

#include "runtime/text.h"

namespace mq::runtime {
namespace {

TEST(Text, Utf8IsCheckedByTheBook) {
  for (const std::string_view good : {"", "a", "张三", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\xef\xbf\xbf"}) {
    EXPECT_TRUE(valid_utf8(good)) << good;
  }
  for (const std::string_view bad : {"\x80", "\xc0\xaf", "\xc1\x81", "\xe0\x80\xaf", "\xed\xa0\x80",
                                     "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe5\xbc", "a\xff"}) {
    EXPECT_FALSE(valid_utf8(bad)) << bad;
  }
  EXPECT_EQ(printable_utf8("a\xff张"), "a????");
}

TEST(Target, DecodesPathAndQuery) {
  const auto target = parse_target("/v1/people/%E5%BC%A0?q=a+b%26c&empty=&bare#part");
  ASSERT_TRUE(target.ok());
  EXPECT_EQ(target->path, "/v1/people/张");
  EXPECT_EQ(target->query.at("q"), "a b&c");
  EXPECT_EQ(target->query.at("empty"), "");
  EXPECT_EQ(target->query.at("bare"), "");
  EXPECT_EQ(parse_target("/a+b/")->path, "/a+b/");
}

TEST(Target, RefusesPathsThatMeanTwoThings) {
  for (const auto* target : {"", "*", "a", "http://x/", "/a/../b", "/a/%2e%2e/b", "/./a", "/a%2fb",
                             "/a%5cb", "/a\\b", "/%00", "/%0d%0a", "/%", "/%4", "/%zz", "/%ff",
                             "/?a=1&a=1", "/?%ff=1", "/?a=%0a"}) {
    const auto parsed = parse_target(target);
    ASSERT_FALSE(parsed.ok()) << target;
    EXPECT_TRUE(parsed.error().is(HttpErrc::bad_request));
  }
}

TEST(Cookie, FindsTheExactName) {
  HttpRequest request;
  request.headers = {{"cookie", "xsession=1; session=a=b;other=2"}, {"Cookie", "late=3"}};
  EXPECT_EQ(request.cookie("session"), "a=b");
  EXPECT_EQ(request.cookie("late"), "3");
  EXPECT_EQ(request.cookie("sess"), std::nullopt);
}

TEST(Trace, ReadsTraceparent) {
  const std::string id = "0af7651916cd43dd8448eb211c80319c", span = "b7ad6b7169203331";
  EXPECT_EQ(trace_id_of("00-" + id + "-" + span + "-01"), id);
  EXPECT_EQ(trace_id_of("01-" + id + "-" + span + "-01-more"), id);
  for (const auto& bad :
       {std::string(), "00-" + id, "ff-" + id + "-" + span + "-01", "00-" + id + "-" + span + "-01-x",
        "00-" + std::string(32, '0') + "-" + span + "-01",
        "00-" + id + "-" + std::string(16, '0') + "-01",
        "00-0AF7651916CD43DD8448EB211C80319C-" + span + "-01"}) {
    EXPECT_EQ(trace_id_of(bad), std::nullopt) << bad;
  }
  EXPECT_NE(new_trace_id(), new_trace_id());
}

TEST(Host, NameWithoutPort) {
  EXPECT_EQ(host_name("Loan.Example:8443"), "loan.example");
  EXPECT_EQ(host_name("[::1]:80"), "::1");
  EXPECT_EQ(host_name("[::1]"), "::1");
  for (const auto* bad : {"", ":80", "[::1", "a:b", "a:80:80", "[::1]x", "a:999999"}) {
    EXPECT_EQ(host_name(bad), std::nullopt) << bad;
  }
}

TEST(Proxy, WalksOnlyThroughTrustedHops) {
  const Headers headers = {{"X-Forwarded-For", "1.1.1.1, 2.2.2.2"}, {"x-forwarded-for", "10.0.0.2"}};
  EXPECT_EQ(client_address("9.9.9.9", headers, {"10.0.0.1"}), "9.9.9.9");
  EXPECT_EQ(client_address("10.0.0.1", headers, {"10.0.0.1"}), "10.0.0.2");
  EXPECT_EQ(client_address("10.0.0.1", headers, {"10.0.0.1", "10.0.0.2"}), "2.2.2.2");
  EXPECT_EQ(client_address("10.0.0.1", {{"X-Forwarded-For", "<script>"}}, {"10.0.0.1"}), "10.0.0.1");
  EXPECT_EQ(client_address("10.0.0.1", {}, {"10.0.0.1"}), "10.0.0.1");
}

TEST(Headers, StandardOnesDoNotOverrideAHandler) {
  HttpRequest request;
  request.path = "/v1/file";
  request.trace_id = "t";
  HttpResponse response{200, {{"cache-control", "private"}, {"Content-Type", "text/HTML"}}, ""};
  add_standard_headers(response, request);
  EXPECT_EQ(find_header(response.headers, "Cache-Control"), "private");
  const auto policy = find_header(response.headers, "Content-Security-Policy").value_or("");
  EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
  EXPECT_TRUE(headers_are_clean(response.headers));
  EXPECT_FALSE(headers_are_clean({{"A", "b\r\nC: d"}}));
  EXPECT_FALSE(headers_are_clean({{"A: x", "b"}}));
  EXPECT_FALSE(headers_are_clean({{"", "b"}}));
}

TEST(Status, EveryServerErrorHasItsOwn) {
  EXPECT_EQ(status_of(HttpErrc::misdirected), 421);
  EXPECT_EQ(status_of(HttpErrc::headers_too_large), 431);
  EXPECT_EQ(status_of(HttpErrc::internal), 500);
}

HttpResponse nothing(HttpRequest&) { return {}; }

class RouterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const auto& [method, pattern] : {std::pair("GET", "/v1/loans/{loan_id}"),
                                          std::pair("GET", "/v1/loans/summary"),
                                          std::pair("POST", "/v1/loans/{loan_id}/repay"),
                                          std::pair("DELETE", "/v1/loans/{loan_id}"),
                                          std::pair("GET", "/")}) {
      router_.add({.method = method, .pattern = pattern, .handler = nothing});
    }
  }
  std::string pattern_of(std::string_view method, std::string_view path) const {
    const auto match = router_.match(method, path);
    return match.route == nullptr ? "" : match.route->pattern;
  }
  Router router_;
};

TEST_F(RouterTest, LiteralsWinOverParameters) {
  EXPECT_EQ(pattern_of("GET", "/v1/loans/summary"), "/v1/loans/summary");
  EXPECT_EQ(pattern_of("GET", "/v1/loans/7"), "/v1/loans/{loan_id}");
  EXPECT_EQ(pattern_of("HEAD", "/v1/loans/7"), "/v1/loans/{loan_id}");
  EXPECT_EQ(router_.match("POST", "/v1/loans/张/repay").parameters.at("loan_id"), "张");
  EXPECT_EQ(pattern_of("GET", "/"), "/");
}

TEST_F(RouterTest, NeitherMoreNorFewerNorEmptySegmentsMatch) {
  for (const auto* path : {"/v1/loans", "/v1/loans/", "/v1/loans/7/", "/v1/loans//repay", "//", ""}) {
    EXPECT_EQ(pattern_of("GET", path), path == std::string_view() ? "/" : "") << path;
  }
}

TEST_F(RouterTest, KnownPathsTellTheAllowedMethods) {
  const auto match = router_.match("PUT", "/v1/loans/7");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_TRUE(match.path_known);
  EXPECT_EQ(match.allowed, "GET, HEAD, DELETE");
  EXPECT_FALSE(router_.match("PUT", "/v1/other").path_known);
}

TEST(RouterDeathTest, AddingARouteTwiceIsABug) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Router router;
  router.add({.method = "GET", .pattern = "/a", .handler = nothing});
  EXPECT_DEATH(router.add({.method = "GET", .pattern = "/a", .handler = nothing}), "CHECK failed");
}

}  // namespace
}  // namespace mq::runtime
