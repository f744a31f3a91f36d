// What the server decides about a request once its header is read, and the threads that run handlers.
// No sockets here: http_server.cc reads, writes and waits. Private to runtime/.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "runtime/http.h"
#include "runtime/queue.h"

namespace mq::runtime {

// A request between the connection that read it and the thread that handles it.
struct Exchange {
  HttpRequest request;
  HttpResponse response;
  Router::Match match;
  std::function<void()> done;  // called by the handler's thread when `response` is there
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
};

// Memory promised to one request body, out of limits::kHttpBodyBytesInFlight.
class BodyBudget {
 public:
  explicit BodyBudget(std::atomic<std::size_t>& total) : total_(total) {}
  ~BodyBudget() { total_ -= bytes_; }
  BodyBudget(const BodyBudget&) = delete;
  BodyBudget& operator=(const BodyBudget&) = delete;
  bool reserve(std::size_t bytes) {
    bytes_ = bytes;
    return (total_ += bytes) <= limits::kHttpBodyBytesInFlight;
  }

 private:
  std::atomic<std::size_t>& total_;
  std::size_t bytes_ = 0;
};

// Thread-safe.
class HttpCore {
 public:
  HttpCore(HttpServerSettings settings, const Router& router, const StaticSite* site,
           ErrorRenderer render, Metrics* metrics);

  const HttpServerSettings& settings() const { return settings_; }
  std::atomic<std::size_t>& body_bytes() { return body_bytes_; }

  void start();
  void stop();  // handlers that run finish; what waits in the queue is handled too
  bool submit(std::shared_ptr<Exchange> exchange);  // false: the queue is full

  static std::shared_ptr<Exchange> new_exchange(const std::string& peer, bool secure);
  // Reads the trace and the forwarded headers of a request whose headers are there.
  void read_forwarding(HttpRequest& request) const;
  // Checks Host and `target`, then finds the route, or answers from the static site: afterwards
  // either `match.route` is set or `response` is the answer. An error is to be sent with fail().
  std::optional<Error> dispatch(Exchange& exchange, std::string_view target) const;
  // Before the body is read; `length` is absent for a chunked body.
  static std::optional<Error> check_body(const HttpRequest& request, const Route& route,
                                         std::optional<std::uint64_t> length);
  // Puts the rendered error into the exchange, with Allow or Retry-After where they belong.
  void fail(Exchange& exchange, const Error& error) const;
  // The access log line and the metrics of an answered request.
  void record(const Exchange& exchange, std::size_t bytes) const;

 private:
  void handle_requests();
  void run_handler(Exchange& exchange) const;
  HttpResponse render_error(const Error& error, const HttpRequest& request) const;

  const HttpServerSettings settings_;
  const Router& router_;
  const StaticSite* const site_;
  const ErrorRenderer render_;
  Metrics* const metrics_;
  std::atomic<std::size_t> body_bytes_{0};
  BoundedQueue<std::shared_ptr<Exchange>> queue_;
  std::vector<std::thread> threads_;
};

}  // namespace mq::runtime
