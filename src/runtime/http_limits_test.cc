// What the server refuses before a handler runs.
#include "runtime/http_testing.h"

namespace mq::runtime::testing {
namespace {

TEST_F(ServerTest, MalformedRequestsAreRefusedAndEndTheConnection) {
  start();
  const std::string host = "Host: a\r\n";
  const std::string json = "Content-Type: application/json\r\n";
  for (const auto& request : {
           std::string("GARBAGE\r\n\r\n"),
           "GET /v1/people/1 HTTP/9.9\r\n" + host + "\r\n",
           "GET /v1/people/1 HTTP/1.1\r\n" + host + "bad header\r\n\r\n",
           "POST /v1/echo HTTP/1.1\r\n" + host + json +
               "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "POST /v1/echo HTTP/1.1\r\n" + host + json +
               "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
           "POST /v1/echo HTTP/1.1\r\n" + host + json + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
           "POST /v1/echo HTTP/1.1\r\n" + host + json + "Content-Length: -1\r\n\r\n",
           "POST /v1/echo HTTP/1.1\r\n" + host + json + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
       }) {
    RawClient client(port());
    EXPECT_EQ(client.send(request).read().status, 400) << request;
    EXPECT_TRUE(client.closed()) << request;
  }
}

TEST_F(ServerTest, AmbiguousRequestsAreRefused) {
  start();
  for (const std::string request : {
           "GET /v1/people/1 HTTP/1.1\r\n\r\n",                                 // no Host
           "GET /v1/people/1 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",           // two
           "GET http://a/v1/people/1 HTTP/1.1\r\nHost: a\r\n\r\n",              // not a path
           "GET /v1/people/a%2Fb HTTP/1.1\r\nHost: a\r\n\r\n",                  // a hidden slash
           "GET /v1/people/%ff HTTP/1.1\r\nHost: a\r\n\r\n",                    // not UTF-8
           "GET /v1/people/1?a=1&a=2 HTTP/1.1\r\nHost: a\r\n\r\n",              // a key twice
           "POST /v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
       }) {
    EXPECT_EQ(RawClient(port()).send(request).read().status, 400) << request;
  }
}

TEST_F(ServerTest, TooLargeHeaderIs431) {
  start();
  RawClient client(port());
  const std::string filler(limits::kHttpHeaderBytes, 'a');
  const auto response =
      client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Filler: " + filler + "\r\n\r\n").read();
  EXPECT_EQ(response.status, 431);
  EXPECT_EQ(response.header("X-Trace-Id").size(), 32u);
  EXPECT_TRUE(client.closed());
}

TEST_F(ServerTest, TooLargeBodyIs413) {
  start();
  const std::string body(limits::kHttpJsonBodyBytes + 1, ' ');
  RawClient declared(port());
  EXPECT_EQ(declared.post("/v1/echo", body).status, 413);
  EXPECT_TRUE(declared.closed());

  RawClient chunked(port());
  chunked.send("POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
               "Transfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 3; ++i) chunked.send("8000\r\n" + std::string(0x8000, ' ') + "\r\n");
  EXPECT_EQ(chunked.read().status, 413);

  const auto most = std::string(limits::kHttpJsonBodyBytes, ' ');
  EXPECT_EQ(RawClient(port()).post("/v1/echo", most).body, most);
}

TEST_F(ServerTest, ExpectContinueIsAnsweredOnlyWhenTheBodyIsWelcome) {
  start();
  const std::string top = "POST /v1/echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n";
  RawClient welcome(port());
  welcome.send(top + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(welcome.read().status, 100);
  EXPECT_EQ(welcome.send("{}").read().body, "{}");
  RawClient large(port());
  large.send(top + "Content-Type: application/json\r\nContent-Length: 99999999\r\n\r\n");
  EXPECT_EQ(large.read().status, 413);
  RawClient type(port());
  type.send(top + "Content-Type: image/jpeg\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(type.read().status, 415);
}

TEST_F(ServerTest, MediaTypeMustBeOneOfTheRoutes) {
  router_.add({.method = "POST",
               .pattern = "/v1/photo",
               .handler = [](HttpRequest&) { return HttpResponse::json(200, "{}"); },
               .media_types = "image/jpeg, image/png"});
  start();
  EXPECT_EQ(RawClient(port()).post("/v1/echo", "{}", "text/plain").status, 415);
  EXPECT_EQ(RawClient(port()).post("/v1/echo", "{}", "application/json; charset=utf-8").status, 200);
  EXPECT_EQ(RawClient(port()).post("/v1/photo", "x", "IMAGE/PNG").status, 200);
  EXPECT_EQ(RawClient(port()).post("/v1/photo", "x").status, 415);
  EXPECT_EQ(RawClient(port()).post("/v1/echo", "", "text/plain").status, 200);  // nothing to check
}

TEST_F(ServerTest, SlowRequestsAre408) {
  HttpServerSettings settings;
  settings.read_timeout_ms = 150;
  start(settings);
  RawClient header(port());
  EXPECT_EQ(header.send("GET /v1/people/1 HTTP/1.1\r\nHo").read().status, 408);
  EXPECT_TRUE(header.closed());
  RawClient body(port());
  body.send("POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            "Content-Length: 10\r\n\r\n{");
  EXPECT_EQ(body.read().status, 408);
  EXPECT_TRUE(body.closed());
}

TEST_F(ServerTest, IdleConnectionsEndSilently) {
  HttpServerSettings settings;
  settings.idle_timeout_ms = 150;
  start(settings);
  RawClient fresh(port()), used(port());
  EXPECT_EQ(used.get("/v1/people/1").status, 200);
  EXPECT_TRUE(used.closed());
  EXPECT_TRUE(fresh.closed());
}

TEST_F(ServerTest, ForeignHostsAreMisdirected) {
  HttpServerSettings settings;
  settings.hosts = {"loan.example", "localhost"};
  start(settings);
  const auto ask = [&](const std::string& host) {
    return RawClient(port())
        .send("GET /v1/people/1 HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
        .read()
        .status;
  };
  EXPECT_EQ(ask("LOAN.example:8443"), 200);
  EXPECT_EQ(ask("localhost"), 200);
  EXPECT_EQ(ask("evil.example"), 421);
  EXPECT_EQ(ask("loan.example.evil.example"), 421);
  EXPECT_EQ(ask("loan.example:80:80"), 421);
}

}  // namespace
}  // namespace mq::runtime::testing
