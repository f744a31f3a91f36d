#include <poll.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "runtime/http_testing.h"
#include "runtime/log.h"
#include "runtime/metrics.h"

namespace mq::runtime::testing {
namespace {

constexpr std::string_view kTrace = "0af7651916cd43dd8448eb211c80319c";

TEST_F(ServerTest, KeepsTheConnectionForMoreRequests) {
  start();
  RawClient client(port());
  for (const char* id : {"1", "2", "3"}) {
    const auto response = client.get(std::string("/v1/people/") + id);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, std::string(id) + "|127.0.0.1|plain");
  }
  EXPECT_EQ(client.get("/v1/people/4", "Connection: close\r\n").status, 200);
  EXPECT_TRUE(client.closed());
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  start();
  RawClient client(port());
  client.send(
      "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 3"
      "\r\n\r\n\"a\"GET /v1/people/2 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.read().body, "\"a\"");
  EXPECT_EQ(client.read().body, "2|127.0.0.1|plain");
}

TEST_F(ServerTest, HeadHasTheHeadersOfGetAndNoBody) {
  start();
  RawClient client(port());
  const auto head = client.send("HEAD /v1/people/7 HTTP/1.1\r\nHost: a\r\n\r\n").read(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Length"), "17");
  EXPECT_EQ(client.get("/v1/people/8").body, "8|127.0.0.1|plain");
}

TEST_F(ServerTest, UnknownPathsAndMethods) {
  start();
  RawClient client(port());
  EXPECT_EQ(client.get("/v1/nothing").status, 404);
  const auto wrong = client.send("PUT /v1/people/1 HTTP/1.1\r\nHost: a\r\n\r\n").read();
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("Allow"), "GET, HEAD");
  EXPECT_EQ(client.get("/v1/people/1").status, 200);
}

TEST_F(ServerTest, AddsTracingAndSecurityHeaders) {
  start();
  RawClient client(port());
  const auto traced = client.get(
      "/v1/people/1", "traceparent: 00-" + std::string(kTrace) + "-b7ad6b7169203331-01\r\n");
  EXPECT_EQ(traced.header("X-Trace-Id"), kTrace);
  EXPECT_EQ(traced.header("Cache-Control"), "no-store");
  EXPECT_EQ(traced.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(traced.header("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(traced.header("Strict-Transport-Security"), "");
  const auto made = client.get("/v1/people/1").header("X-Trace-Id");
  EXPECT_EQ(made.size(), 32u);
  EXPECT_NE(made, kTrace);
}

TEST_F(ServerTest, ForwardedAddressCountsOnlyFromConfiguredProxies) {
  const std::string headers = "X-Forwarded-For: 10.9.9.9, 203.0.113.5\r\nX-Forwarded-Proto: https\r\n";
  start();
  EXPECT_EQ(RawClient(port()).get("/v1/people/1", headers).body, "1|127.0.0.1|plain");
  server_.reset();
  HttpServerSettings behind_proxy;
  behind_proxy.trusted_proxies = {"127.0.0.1"};
  start(behind_proxy);
  const auto response = RawClient(port()).get("/v1/people/1", headers);
  EXPECT_EQ(response.body, "1|203.0.113.5|tls");
  EXPECT_NE(response.header("Strict-Transport-Security"), "");
}

TEST_F(ServerTest, HandlerThatThrowsIsAnInternalErrorWithItsTrace) {
  start();
  RawClient client(port());
  const auto response = client.get(
      "/v1/broken", "traceparent: 00-" + std::string(kTrace) + "-b7ad6b7169203331-01\r\n");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.header("X-Trace-Id"), kTrace);
  EXPECT_NE(response.body.find(kTrace), std::string::npos);
  EXPECT_EQ(response.body.find("secret-4711"), std::string::npos);
  EXPECT_EQ(client.get("/v1/people/1").status, 200);
}

TEST_F(ServerTest, HandlerCannotSplitTheResponse) {
  start();
  const auto response = RawClient(port()).get("/v1/split");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.header("Set-Cookie"), "");
}

TEST_F(ServerTest, FullQueueAnswersOverloaded) {
  HttpServerSettings settings;
  settings.handler_threads = 1;
  settings.queue_limit = 1;
  start(settings);
  RawClient busy(port());
  busy.send("GET /v1/wait HTTP/1.1\r\nHost: a\r\n\r\n");
  entered_.get_future().wait();
  RawClient first(port()), second(port());
  for (auto* client : {&first, &second}) {
    client->send("GET /v1/people/1 HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  // One of the two fills the queue; the other is answered while the handler still waits.
  pollfd handles[] = {{first.handle(), POLLIN, 0}, {second.handle(), POLLIN, 0}};
  ASSERT_EQ(poll(handles, 2, 10'000), 1);
  auto& refused = handles[0].revents != 0 ? first : second;
  auto& queued = handles[0].revents != 0 ? second : first;
  const auto response = refused.read();
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.header("Retry-After"), "1");
  release_.set_value();
  EXPECT_EQ(queued.read().status, 200);
  EXPECT_EQ(busy.read().body, "waited");
}

TEST_F(ServerTest, TooManyConnectionsAreRefused) {
  HttpServerSettings settings;
  settings.max_connections = 1;
  start(settings);
  RawClient first(port());
  EXPECT_EQ(first.get("/v1/people/1").status, 200);
  RawClient second(port());
  EXPECT_EQ(second.read().status, 503);
  EXPECT_TRUE(second.closed());
  EXPECT_EQ(first.get("/v1/people/1").status, 200);
}

TEST_F(ServerTest, StopLetsARunningHandlerFinish) {
  start();
  const int old_port = port();
  RawClient running(old_port), idle(old_port);
  EXPECT_EQ(idle.get("/v1/people/1").status, 200);
  running.send("GET /v1/wait HTTP/1.1\r\nHost: a\r\n\r\n");
  entered_.get_future().wait();
  std::thread stopper([this] { server_->stop(); });
  EXPECT_TRUE(idle.closed());
  release_.set_value();
  const auto response = running.read();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("Connection"), "close");
  stopper.join();
  EXPECT_FALSE(RawClient(old_port).connected());
}

TEST_F(ServerTest, TakenPortIsAnError) {
  start();
  HttpServerSettings settings;
  settings.port = port();
  HttpServer second(settings, router_, nullptr, nullptr);
  const auto status = second.start();
  ASSERT_FALSE(status.ok());
  EXPECT_TRUE(status.error().is(HttpErrc::cannot_listen));
}

TEST_F(ServerTest, AccessLogAndMetricsNameTheRouteNotThePath) {
  const auto path = ::testing::TempDir() + "mq_access_log_" + std::to_string(getpid());
  ASSERT_TRUE(log::also_to_file(path).ok());
  Metrics metrics;
  HttpServerSettings settings;
  settings.port = 0;
  {
    HttpServer server(settings, router_, nullptr, nullptr, &metrics);
    ASSERT_TRUE(server.start().ok());
    RawClient client(server.port());
    EXPECT_EQ(client.get("/v1/people/zhang-san?phone=13800138000").status, 200);
    EXPECT_EQ(client.get("/v1/unknown-13800138000").status, 404);
    server.stop();
  }
  std::ifstream in(path);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  EXPECT_NE(text.find("\"route\":\"/v1/people/{id}\",\"method\":\"GET\",\"status\":200"),
            std::string::npos);
  EXPECT_EQ(text.find("zhang-san"), std::string::npos);
  EXPECT_EQ(text.find("13800138000"), std::string::npos);
  const auto rendered = metrics.render();
  EXPECT_NE(rendered.find("route=\"/v1/people/{id}\""), std::string::npos);
  EXPECT_EQ(rendered.find("13800138000"), std::string::npos);
  ::unlink(path.c_str());
}

}  // namespace
}  // namespace mq::runtime::testing
