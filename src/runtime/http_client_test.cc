#include <atomic>
#include <thread>

#include "runtime/http_testing.h"

namespace mq::runtime::testing {
namespace {

// A listener that says exactly `answer` to its first connection, or nothing and waits for its end.
class FixedAnswer {
 public:
  explicit FixedAnswer(std::string answer)
      : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 4);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, text = std::move(answer)] {
      const int peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      char block[4096];
      auto got = ::recv(peer, block, sizeof block, 0);
      ::send(peer, text.data(), text.size(), MSG_NOSIGNAL);
      while (text.empty() && got > 0) got = ::recv(peer, block, sizeof block, 0);
      ::close(peer);
    });
  }
  ~FixedAnswer() {
    ::shutdown(listener_, SHUT_RDWR);  // wakes an accept that nobody came to
    thread_.join();
    ::close(listener_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

 private:
  int listener_;
  int port_ = 0;
  std::thread thread_;
};

HttpErrc code_of(const Result<ClientResponse>& response) {
  EXPECT_FALSE(response.ok());
  for (const auto code : {HttpErrc::bad_request, HttpErrc::connect_failed, HttpErrc::bad_response,
                          HttpErrc::deadline_exceeded, HttpErrc::body_too_large}) {
    if (!response.ok() && response.error().is(code)) return code;
  }
  return HttpErrc::internal;
}

class ClientTest : public ServerTest {
 protected:
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port()) + path;
  }
};

TEST_F(ClientTest, SendsMethodHeadersAndBodyAndReusesTheConnection) {
  router_.add({.method = "PUT", .pattern = "/v1/seen", .handler = [](HttpRequest& request) {
                 return HttpResponse{201,
                                     {{"X-Seen", request.header("X-Sent").value_or("")},
                                      {"X-Empty", ""}},
                                     request.body};
               }});
  start();
  const Headers headers{{"Content-Type", "application/json"}, {"X-Sent", "值"}};
  for (int i = 0; i < 3; ++i) {
    const auto response = http_send(
        {.method = "PUT", .url = url("/v1/seen"), .headers = headers, .body = "[1]"});
    ASSERT_TRUE(response.ok());
    EXPECT_EQ(response->status, 201);
    EXPECT_EQ(response->body, "[1]");
    EXPECT_EQ(find_header(response->headers, "x-seen"), "值");
    EXPECT_EQ(find_header(response->headers, "X-Empty"), "");
  }
}

TEST_F(ClientTest, ErrorStatusesAndRedirectsAreAnswers) {
  router_.add({.method = "GET", .pattern = "/v1/moved", .handler = [](HttpRequest&) {
                 return HttpResponse{302, {{"Location", "/v1/people/1"}}, ""};
               }});
  start();
  EXPECT_EQ(http_send({.url = url("/v1/nothing")})->status, 404);
  EXPECT_EQ(http_send({.url = url("/v1/moved")})->status, 302);
  const auto head = http_send({.method = "HEAD", .url = url("/v1/people/1")});
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->body, "");
}

TEST_F(ClientTest, BodyLargerThanAllowedIsAnError) {
  start();
  const Headers json{{"Content-Type", "application/json"}};
  ClientRequest request{.method = "POST", .url = url("/v1/echo"), .headers = json,
                        .body = std::string(1000, 'x')};
  request.max_body = 1000;
  EXPECT_EQ(http_send(request)->body.size(), 1000u);
  request.max_body = 999;
  EXPECT_EQ(code_of(http_send(request)), HttpErrc::body_too_large);
}

TEST_F(ClientTest, SilentServerRunsIntoTheDeadline) {
  const FixedAnswer silent("");
  EXPECT_EQ(code_of(http_send({.url = silent.url(), .timeout_ms = 200})),
            HttpErrc::deadline_exceeded);
}

TEST_F(ClientTest, NobodyListeningIsConnectFailed) {
  start();
  const auto gone = url("/v1/people/1");
  server_.reset();
  EXPECT_EQ(code_of(http_send({.url = gone})), HttpErrc::connect_failed);
}

TEST_F(ClientTest, BrokenAnswersAreBadResponses) {
  for (const std::string answer :
       {"hello", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    const FixedAnswer server(answer);
    EXPECT_EQ(code_of(http_send({.url = server.url()})), HttpErrc::bad_response) << answer;
  }
  const FixedAnswer chatty("HTTP/1.1 200 OK\r\nX: " + std::string(limits::kHttpHeaderBytes, 'x') +
                           "\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(code_of(http_send({.url = chatty.url()})), HttpErrc::bad_response);
}

TEST_F(ClientTest, OtherSchemesAndInjectedHeadersAreRefused) {
  for (const auto* bad : {"file:///etc/passwd", "gopher://a/", "ftp://a/", "", "http://a/\r\nX: y",
                          "http://a b/"}) {
    EXPECT_EQ(code_of(http_send({.url = bad})), HttpErrc::bad_request) << bad;
  }
  EXPECT_EQ(code_of(http_send({.url = "http://127.0.0.1:1/", .headers = {{"A", "b\r\nC: d"}}})),
            HttpErrc::bad_request);
  EXPECT_EQ(code_of(http_send({.method = "GET / HTTP/1.1\r\n", .url = "http://127.0.0.1:1/"})),
            HttpErrc::bad_request);
}

TEST_F(ClientTest, EnvironmentProxyIsIgnored) {
  start();
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  EXPECT_EQ(http_send({.url = url("/v1/people/1")})->status, 200);
  ::unsetenv("http_proxy");
}

TEST_F(ClientTest, ManyThreadsAtOnce) {
  start();
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        const auto response = http_send({.url = url("/v1/people/1")});
        if (response.ok() && response->status == 200) ++good;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 160);
}

TEST(BreakerTest, OpensAfterFailuresInARowAndProbesOnce) {
  Breaker breaker;
  for (int i = 0; i < limits::kBreakerFailures - 1; ++i) breaker.record(false, 0);
  EXPECT_TRUE(breaker.allow(0));
  breaker.record(true, 0);  // a success in between starts the count again
  for (int i = 0; i < limits::kBreakerFailures; ++i) {
    EXPECT_TRUE(breaker.allow(0));
    breaker.record(false, 0);
  }
  EXPECT_TRUE(breaker.open());
  EXPECT_FALSE(breaker.allow(limits::kBreakerOpenMs - 1));
  EXPECT_TRUE(breaker.allow(limits::kBreakerOpenMs));
  EXPECT_FALSE(breaker.allow(limits::kBreakerOpenMs)) << "one probe at a time";
  breaker.record(false, limits::kBreakerOpenMs);
  EXPECT_FALSE(breaker.allow(2 * limits::kBreakerOpenMs - 1));
  EXPECT_TRUE(breaker.allow(2 * limits::kBreakerOpenMs));
  breaker.record(true, 2 * limits::kBreakerOpenMs);
  EXPECT_FALSE(breaker.open());
  EXPECT_TRUE(breaker.allow(2 * limits::kBreakerOpenMs));
}

TEST(BreakerTest, ALostProbeDoesNotKeepItOpenForEver) {
  Breaker breaker;
  for (int i = 0; i < limits::kBreakerFailures; ++i) breaker.record(false, 0);
  EXPECT_TRUE(breaker.allow(limits::kBreakerOpenMs));
  EXPECT_TRUE(breaker.allow(2 * limits::kBreakerOpenMs));
}

}  // namespace
}  // namespace mq::runtime::testing
