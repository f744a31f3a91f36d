// HTTP: a server with typed limits and a client with deadlines. Handlers are plain functions run on a
// bounded pool; they may block on the database or on the vision child.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"

namespace mq::runtime {

enum class HttpErrc {
  bad_request,             // malformed HTTP
  timeout,                 // the client was too slow
  body_too_large,
  headers_too_large,
  not_found,
  method_not_allowed,
  unsupported_media_type,
  misdirected,             // the Host header names none of our hosts
  overloaded,              // queue or connection limit reached
  internal,
  // client side
  connect_failed,
  deadline_exceeded,
  breaker_open,
  bad_response,
  cannot_listen,           // the address or port is taken
};
BOOST_DESCRIBE_ENUM(HttpErrc, bad_request, timeout, body_too_large, headers_too_large, not_found,
                    method_not_allowed, unsupported_media_type, misdirected, overloaded, internal,
                    connect_failed, deadline_exceeded, breaker_open, bad_response, cannot_listen)
constexpr std::string_view error_domain(HttpErrc) { return "http"; }

// The HTTP status of an error of the server itself; 500 for anything else.
int status_of(const Error& error);

using Headers = std::vector<std::pair<std::string, std::string>>;
// Case-insensitive look-up; nothing if absent.
std::optional<std::string> find_header(const Headers& headers, std::string_view name);

struct HttpRequest {
  std::string method;                             // upper case
  std::string path;                               // decoded, without the query
  std::map<std::string, std::string> query;       // decoded
  std::map<std::string, std::string> parameters;  // from "{name}" in the route
  std::string route;                              // the pattern that matched: safe to log
  Headers headers;
  std::string body;
  std::string peer;        // client address; from X-Forwarded-For only behind a configured proxy
  std::string trace_id;    // 32 hex digits, from traceparent or made here; echoed in X-Trace-Id
  bool secure = false;     // came over TLS, here or (X-Forwarded-Proto) at a configured proxy
  std::optional<std::string> header(std::string_view name) const { return find_header(headers, name); }
  std::optional<std::string> cookie(std::string_view name) const;
  // Values of all whose name begins so, in their order; `most` of them.
  std::vector<std::string> cookies(std::string_view beginning, std::size_t most) const;
};

struct HttpResponse {
  int status = 200;
  Headers headers{};
  std::string body{};
  static HttpResponse json(int status, std::string body);
};

using HttpHandler = std::function<HttpResponse(HttpRequest&)>;

struct Route {
  std::string method;
  std::string pattern;   // "/v1/loans/{loan_id}"
  HttpHandler handler;
  std::size_t body_limit = limits::kHttpJsonBodyBytes;
  std::string media_types = "application/json";  // comma-separated; checked when a body is sent
};

// Turns an error of the server itself (before a handler runs) into a response; the API layer gives the
// problem+json table, so that the same body format is used everywhere.
using ErrorRenderer = std::function<HttpResponse(const Error&, const HttpRequest&)>;
// A bare RFC 9457 object: for servers without that table (the partner simulator) and as the last resort.
HttpResponse render_plain_problem(const Error& error, const HttpRequest& request);

// Not thread-safe while routes are added; const functions are. A literal segment wins over a
// "{parameter}"; HEAD is answered by the GET route.
class Router {
 public:
  void add(Route route);  // CHECKs that method + pattern is new
  struct Match {
    const Route* route = nullptr;      // null: not found
    bool path_known = false;           // the path exists with another method
    std::string allowed;               // for the Allow header
    std::map<std::string, std::string> parameters;
  };
  Match match(std::string_view method, std::string_view path) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
  std::vector<std::vector<std::string>> segments_;  // of the patterns, same order
};

// Files served from memory with strong ETags, gzip when it helps, and long caching for hashed names.
// Everything not found falls back to `fallback` of the longest mounted prefix (a single-page app).
class StaticSite {
 public:
  // Loads every file under `directory`; served under `prefix` ("/" or "/console/").
  Status mount(const std::string& prefix, const std::string& directory, const std::string& fallback);
  std::optional<HttpResponse> serve(const HttpRequest& request) const;  // GET and HEAD only

 private:
  struct File {
    std::string body, gzip, etag, type;
    bool immutable = false;
  };
  std::map<std::string, File> files_;                 // by path
  std::map<std::string, std::string> fallbacks_;      // prefix → path
};

struct HttpServerSettings {
  std::string address = "127.0.0.1";
  int port = 8080;          // plain; 0 = any free port, -1 = off
  int tls_port = -1;        // -1 = off; 0 = any free port
  std::string tls_certificate{}, tls_key{};  // PEM files
  int io_threads = 1;
  int handler_threads = 16;
  std::vector<std::string> hosts{};            // accepted Host values without port; empty = any
  std::vector<std::string> trusted_proxies{};  // addresses whose X-Forwarded-For counts
  // Smaller in tests.
  std::size_t max_connections = limits::kHttpConnections;
  std::size_t queue_limit = limits::kHttpQueue;
  int read_timeout_ms = limits::kHttpReadTimeoutMs;
  int idle_timeout_ms = limits::kHttpIdleTimeoutMs;
};

class Metrics;

class HttpServer {
 public:
  HttpServer(HttpServerSettings settings, const Router& router, const StaticSite* site,
             ErrorRenderer render, Metrics* metrics = nullptr);
  ~HttpServer();
  Status start();           // listens; returns at once
  int port() const;         // the plain port in use
  int tls_port() const;
  void stop();              // no new connections, running requests finish (limits::kHttpDrainMs)

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// --- Client ----------------------------------------------------------------------------------------
struct ClientRequest {
  std::string method = "GET";
  std::string url{};
  Headers headers{};
  std::string body{};
  int timeout_ms = limits::kPartnerTimeoutMs;        // whole exchange
  std::size_t max_body = limits::kPartnerBodyBytes;  // of the answer
  bool insecure = false;                             // accept any certificate: the demo's own server only
};
struct ClientResponse {
  int status = 0;
  Headers headers{};
  std::string body{};
};

// Sends one request; no redirects, no proxy from the environment, http and https only. Thread-safe;
// connections are kept per thread. Any HTTP status is an answer, not an error. Errors: bad_request (the
// URL, method or a header is not allowed), connect_failed (name, TCP or TLS), deadline_exceeded,
// body_too_large, bad_response. Details never hold the URL.
Result<ClientResponse> http_send(const ClientRequest& request);

// Circuit breaker: opens after limits::kBreakerFailures failures in a row, lets one probe through after
// limits::kBreakerOpenMs. Thread-safe.
class Breaker {
 public:
  bool allow(std::int64_t now_ms);
  void record(bool success, std::int64_t now_ms);
  bool open() const;

 private:
  struct State;
  std::shared_ptr<State> state_ = make_state();
  static std::shared_ptr<State> make_state();
};

}  // namespace mq::runtime
