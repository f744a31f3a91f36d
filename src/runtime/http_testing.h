// For the tests of this folder: a server on a free port and a client that sends exactly the bytes it is told.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <charconv>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "runtime/http_parts.h"
#include "runtime/text.h"

namespace mq::runtime::testing {

struct RawResponse {
  int status = 0;  // 0: the connection ended first
  Headers headers;
  std::string body;
  std::string header(std::string_view name) const { return find_header(headers, name).value_or(""); }
};

class RawClient {
 public:
  explicit RawClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{10, 0};  // only a broken server makes a test wait for it
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawClient() { ::close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return connected_; }
  int handle() const { return socket_; }

  RawClient& send(std::string_view text) {
    while (!text.empty()) {
      const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) break;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return *this;
  }
  // Reads one response; `head` for an answer to HEAD, whose length describes a body that is not sent.
  RawResponse read(bool head = false) {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!fill()) return {};
    }
    RawResponse response;
    const std::string top = buffer_.substr(0, end);
    buffer_.erase(0, end + 4);
    std::from_chars(top.data() + 9, top.data() + 12, response.status);
    for (const auto line : split(top, '\n')) {
      const auto colon = line.find(": ");
      if (colon == std::string_view::npos) continue;
      auto value = line.substr(colon + 2);
      if (value.ends_with('\r')) value.remove_suffix(1);
      response.headers.emplace_back(line.substr(0, colon), value);
    }
    std::size_t length = 0;
    const auto given = response.header("Content-Length");
    std::from_chars(given.data(), given.data() + given.size(), length);
    if (head) return response;
    while (buffer_.size() < length && fill()) {
    }
    response.body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return response;
  }
  RawResponse get(const std::string& path, const std::string& headers = "") {
    return send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n").read();
  }
  RawResponse post(const std::string& path, const std::string& body,
                   const std::string& type = "application/json") {
    return send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type +
                "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body)
        .read();
  }
  // True when the server ended the connection and sent nothing more.
  bool closed() { return buffer_.empty() && !fill() && ended_; }

 private:
  bool fill() {
    char block[4096];
    const auto got = ::recv(socket_, block, sizeof block, 0);
    if (got <= 0) {
      ended_ = got == 0 || errno == ECONNRESET;
      return false;
    }
    buffer_.append(block, static_cast<std::size_t>(got));
    return true;
  }

  int socket_;
  bool connected_ = false;
  bool ended_ = false;
  std::string buffer_;
};

// Routes that show what the server gave the handler, and one that waits until it is let go.
class ServerTest : public ::testing::Test {
 protected:
  HttpServer& start(HttpServerSettings settings = {}, const StaticSite* site = nullptr) {
    settings.port = 0;
    settings.handler_threads = std::min(settings.handler_threads, 4);
    server_ = std::make_unique<HttpServer>(settings, router_, site, nullptr);
    const auto status = server_->start();
    EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().detail());
    return *server_;
  }
  int port() const { return server_->port(); }

  void SetUp() override {
    router_.add({.method = "POST", .pattern = "/v1/echo", .handler = [](HttpRequest& request) {
                   return HttpResponse::json(200, request.body);
                 }});
    router_.add({.method = "GET", .pattern = "/v1/people/{id}", .handler = [](HttpRequest& request) {
                   return HttpResponse::json(200, request.parameters["id"] + "|" + request.peer +
                                                      "|" + (request.secure ? "tls" : "plain"));
                 }});
    router_.add({.method = "GET", .pattern = "/v1/broken", .handler = [](HttpRequest&) -> HttpResponse {
                   throw std::runtime_error("secret-4711");
                 }});
    router_.add({.method = "GET", .pattern = "/v1/split", .handler = [](HttpRequest&) {
                   return HttpResponse{200, {{"X-A", "1\r\nSet-Cookie: x=1"}}, ""};
                 }});
    router_.add({.method = "GET", .pattern = "/v1/wait", .handler = [this](HttpRequest&) {
                   entered_.set_value();
                   released_.wait();
                   return HttpResponse::json(200, "waited");
                 }});
  }
  void TearDown() override { server_.reset(); }

  Router router_;
  std::promise<void> entered_, release_;
  std::shared_future<void> released_ = release_.get_future().share();
  std::unique_ptr<HttpServer> server_;
};

}  // namespace mq::runtime::testing
