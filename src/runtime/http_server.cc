// The one translation unit that includes Beast: it is slow to compile. What needs no socket lives in
// http_core.cc, http_parts.cc, router.cc and static_site.cc.
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <condition_variable>
#include <mutex>
#include <unordered_set>

#include "base/check.h"
#include "runtime/http_core.h"
#include "runtime/http_parts.h"
#include "runtime/text.h"

namespace mq::runtime {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using net::ip::tcp;
using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr auto kToken = net::as_tuple(net::use_awaitable);
constexpr std::size_t kReadBufferBytes = 4 * limits::kHttpHeaderBytes;  // the header and what follows
constexpr auto kHardStop = milliseconds(1000);  // after a polite time-out, the socket is closed
constexpr auto kLinger = milliseconds(1000);    // for the peer to read an answer it did not wait for
constexpr std::size_t kLingerBytes = 1024 * 1024;

class Connection {
 public:
  virtual ~Connection() = default;
  virtual void stop_if_idle() = 0;
};

// What the connections of one server share.
struct Shared : HttpCore {
  using HttpCore::HttpCore;
  std::atomic<bool> stopping{false};
  std::mutex mutex;  // guards connections
  std::condition_variable drained;
  std::unordered_set<Connection*> connections;

  void add(Connection* connection) {
    const std::lock_guard lock(mutex);
    connections.insert(connection);
  }
  void remove(Connection* connection) {
    const std::lock_guard lock(mutex);
    connections.erase(connection);
    if (connections.empty()) drained.notify_all();
  }
  std::size_t open() {
    const std::lock_guard lock(mutex);
    return connections.size();
  }
};

std::string address_text(const tcp::socket& socket) {
  error_code failed;
  auto address = socket.remote_endpoint(failed).address();
  if (failed) return "";
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = net::ip::make_address_v4(net::ip::v4_mapped, address.to_v6());
  }
  return address.to_string();
}

template <class Stream>
class Session final : public Connection, public std::enable_shared_from_this<Session<Stream>> {
 public:
  static constexpr bool kSecure = !std::is_same_v<Stream, beast::tcp_stream>;
  using Parser = http::request_parser<http::string_body>;

  Session(Shared& server, Stream stream)
      : server_(server),
        stream_(std::move(stream)),
        watchdog_(stream_.get_executor()),
        handled_(stream_.get_executor(), SteadyClock::time_point::max()),
        peer_(address_text(lowest().socket())) {
    server_.add(this);
  }
  ~Session() override { server_.remove(this); }

  void stop_if_idle() override {
    net::post(stream_.get_executor(), [weak = this->weak_from_this()] {
      if (const auto self = weak.lock(); self && self->idle_) self->cancel();
    });
  }

  // `self` keeps the session alive as long as its coroutine.
  static net::awaitable<void> run(std::shared_ptr<Session> self) {
    if constexpr (kSecure) {
      self->lowest().expires_after(milliseconds(self->server_.settings().read_timeout_ms));
      const auto [failed] =
          co_await self->stream_.async_handshake(net::ssl::stream_base::server, kToken);
      if (failed) co_return;
    }
    // One co_await a statement: GCC 12 miscompiles "co_await a && co_await b" in a condition.
    for (bool more = true; more;) {
      more = co_await self->wait_for_request();
      if (more) more = co_await self->answer_request();
    }
    co_await self->close();
  }
  static net::awaitable<void> refuse(std::shared_ptr<Session> self) {
    const auto exchange = HttpCore::new_exchange(self->peer_, kSecure);
    self->unread_ = true;
    co_await self->fail(*exchange, HttpErrc::overloaded, false);
    co_await self->close();
  }

 private:
  auto& lowest() { return beast::get_lowest_layer(stream_); }
  void cancel() {
    error_code ignored;
    lowest().socket().cancel(ignored);
  }

  net::awaitable<bool> wait_for_request() {
    if (buffer_.size() > 0) co_return true;
    if (server_.stopping) co_return false;
    idle_ = true;
    lowest().expires_after(milliseconds(server_.settings().idle_timeout_ms));
    const auto [failed, bytes] =
        co_await stream_.async_read_some(buffer_.prepare(limits::kHttpHeaderBytes), kToken);
    idle_ = false;
    buffer_.commit(bytes);
    co_return !failed;
  }

  // True when the connection can take another request.
  net::awaitable<bool> answer_request() {
    const auto exchange = HttpCore::new_exchange(peer_, kSecure);
    Parser parser;
    parser.header_limit(limits::kHttpHeaderBytes);
    parser.body_limit(boost::none);  // known once the route is
    unread_ = true;
    arm_watchdog();
    const auto [failed, bytes] = co_await http::async_read_header(stream_, buffer_, parser, kToken);
    disarm_watchdog();
    if (failed) co_return co_await read_failed(*exchange, failed);
    const bool body = parser.chunked() || parser.content_length().value_or(0) > 0;
    const bool keep_alive = parser.keep_alive();
    unread_ = body;

    auto refusal = check_framing(parser);
    take_header(parser, exchange->request);
    if (!refusal) refusal = server_.dispatch(*exchange, parser.get().target());
    const Route* const route = exchange->match.route;
    std::optional<std::uint64_t> length;
    if (const auto given = parser.content_length()) length = *given;
    if (!refusal && route != nullptr && body) {
      refusal = HttpCore::check_body(exchange->request, *route, length);
    }
    if (refusal) co_return co_await fail(*exchange, *refusal, keep_alive && !body);
    if (route == nullptr) co_return co_await send(*exchange, keep_alive && !body);

    BodyBudget budget(server_.body_bytes());
    if (body) {
      if (!budget.reserve(length.value_or(route->body_limit))) {
        co_return co_await fail(*exchange, HttpErrc::overloaded, false);
      }
      parser.body_limit(route->body_limit);
      const auto body_failed = co_await read_body(parser);
      if (body_failed) co_return co_await read_failed(*exchange, body_failed);
      exchange->request.body = std::move(parser.get().body());
      unread_ = false;
    }
    co_return co_await hand_over(exchange, keep_alive);
  }

  net::awaitable<error_code> read_body(Parser& parser) {
    if (iequals(parser.get()[http::field::expect], "100-continue")) {
      const http::response<http::empty_body> proceed(http::status::continue_, 11);
      lowest().expires_after(milliseconds(limits::kHttpWriteTimeoutMs));
      const auto [failed, bytes] = co_await http::async_write(stream_, proceed, kToken);
      if (failed) co_return failed;
    }
    arm_watchdog();
    const auto [failed, bytes] = co_await http::async_read(stream_, buffer_, parser, kToken);
    disarm_watchdog();
    co_return failed;
  }

  // Waits for a handler's thread without holding one of ours: `handled_` never expires, done() cancels
  // the wait. done() only posts, so the wait has begun when the cancel runs.
  net::awaitable<bool> hand_over(std::shared_ptr<Exchange> exchange, bool keep_alive) {
    exchange->done = [self = this->shared_from_this()] {
      const auto executor = self->stream_.get_executor();
      net::post(executor, [self] { self->handled_.cancel(); });
    };
    if (!server_.submit(exchange)) {
      co_return co_await fail(*exchange, HttpErrc::overloaded, keep_alive);
    }
    lowest().expires_never();
    co_await handled_.async_wait(kToken);
    co_return co_await send(*exchange, keep_alive);
  }

  // Beast refuses most ambiguous framing; these pass it.
  static std::optional<Error> check_framing(const Parser& parser) {
    const auto& message = parser.get();
    const auto hosts = message.count(http::field::host);
    if (hosts > 1 || (hosts == 0 && message.version() == 11)) {
      return Error(HttpErrc::bad_request, "exactly one Host is expected");
    }
    if (message.count(http::field::content_length) > 1 ||
        (message.count(http::field::transfer_encoding) > 0 &&
         !iequals(message[http::field::transfer_encoding], "chunked"))) {
      return Error(HttpErrc::bad_request, "the length of the body is ambiguous");
    }
    return std::nullopt;
  }

  void take_header(const Parser& parser, HttpRequest& request) const {
    request.method = std::string(parser.get().method_string());
    for (const auto& field : parser.get()) {
      request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    server_.read_forwarding(request);
  }

  // Answers what can be answered; a peer that went away gets nothing.
  net::awaitable<bool> read_failed(Exchange& exchange, error_code failed) {
    unread_ = true;
    const auto http_category = &make_error_code(http::error::bad_method).category();
    if (timed_out_) {
      co_await fail(exchange, HttpErrc::timeout, false);
    } else if (failed == http::error::header_limit || failed == http::error::buffer_overflow) {
      co_await fail(exchange, HttpErrc::headers_too_large, false);
    } else if (failed == http::error::body_limit) {
      co_await fail(exchange, HttpErrc::body_too_large, false);
    } else if (&failed.category() == http_category && failed != http::error::end_of_stream &&
               failed != http::error::partial_message) {
      co_await fail(exchange, Error(HttpErrc::bad_request, failed.message()), false);
    }
    co_return false;
  }

  net::awaitable<bool> fail(Exchange& exchange, Error error, bool keep_alive) {
    server_.fail(exchange, error);
    co_return co_await send(exchange, keep_alive);
  }

  net::awaitable<bool> send(Exchange& exchange, bool keep_alive) {
    auto& response = exchange.response;
    add_standard_headers(response, exchange.request);
    if (server_.stopping) keep_alive = false;
    http::response<http::string_body> message(static_cast<http::status>(response.status), 11);
    for (const auto& [name, value] : response.headers) {
      const auto field = http::string_to_field(name);
      if (field == http::field::content_length || field == http::field::connection ||
          field == http::field::transfer_encoding) {
        continue;  // ours alone to say
      }
      message.insert(field, name, value);
    }
    message.keep_alive(keep_alive);
    const std::size_t bytes = response.body.size();
    const bool bodiless = response.status == 204 || response.status == 304;
    if (!bodiless) message.content_length(bytes);
    if (!bodiless && exchange.request.method != "HEAD") message.body() = std::move(response.body);
    // A slow but moving phone may take longer for a large file: 32 bytes a millisecond at least.
    lowest().expires_after(milliseconds(limits::kHttpWriteTimeoutMs + bytes / 32));
    const auto [failed, written] = co_await http::async_write(stream_, message, kToken);
    server_.record(exchange, bytes);
    co_return !failed && keep_alive;
  }

  // A close with unread bytes resets the connection and may destroy the answer on its way; so the rest
  // of a refused request is read for a moment.
  net::awaitable<void> close() {
    lowest().expires_after(kLinger);
    if constexpr (kSecure) co_await stream_.async_shutdown(kToken);
    error_code ignored;
    lowest().socket().shutdown(tcp::socket::shutdown_send, ignored);
    for (std::size_t total = 0; unread_ && total < kLingerBytes;) {
      buffer_.clear();
      const auto [failed, bytes] =
          co_await lowest().async_read_some(buffer_.prepare(kReadBufferBytes), kToken);
      if (failed) break;
      total += bytes;
    }
    lowest().socket().close(ignored);
  }

  // tcp_stream's own time-out closes the socket, and then nobody can be told. So a timer of ours cancels
  // the read first; the stream's comes a moment later, in case the cancel met no pending read.
  void arm_watchdog() {
    const auto timeout = milliseconds(server_.settings().read_timeout_ms);
    timed_out_ = false;
    armed_ = true;
    lowest().expires_after(timeout + kHardStop);
    watchdog_.expires_after(timeout);
    watchdog_.async_wait([weak = this->weak_from_this()](error_code failed) {
      const auto self = weak.lock();
      if (failed || !self || !self->armed_ || self->watchdog_.expiry() > SteadyClock::now()) return;
      self->timed_out_ = true;
      self->cancel();
    });
  }
  void disarm_watchdog() {
    armed_ = false;
    watchdog_.cancel();
  }

  Shared& server_;
  Stream stream_;
  beast::flat_buffer buffer_{kReadBufferBytes};
  net::steady_timer watchdog_;
  net::steady_timer handled_;
  const std::string peer_;
  bool idle_ = false, armed_ = false, timed_out_ = false;
  bool unread_ = false;  // the peer may still be sending a request that we will not read
};

template <class Stream>
void open_session(Shared& server, Stream stream, bool refused) {
  const auto executor = stream.get_executor();
  auto session = std::make_shared<Session<Stream>>(server, std::move(stream));
  net::co_spawn(executor,
                refused ? Session<Stream>::refuse(session) : Session<Stream>::run(session),
                net::detached);
}

}  // namespace

struct HttpServer::Impl : Shared {
  using Shared::Shared;
  Status listen(tcp::acceptor& acceptor, int port, bool secure, int& in_use);
  Status load_certificate();
  net::awaitable<void> accept(tcp::acceptor& acceptor, bool secure);

  int plain_port = -1, secure_port = -1;
  net::ssl::context tls{net::ssl::context::tls_server};
  std::vector<std::thread> io_threads;
  net::io_context io;  // goes first: its coroutines use everything above
  tcp::acceptor plain_acceptor{net::make_strand(io)}, secure_acceptor{net::make_strand(io)};
};

net::awaitable<void> HttpServer::Impl::accept(tcp::acceptor& acceptor, bool secure) {
  while (acceptor.is_open()) {
    tcp::socket socket(net::make_strand(io));
    const auto [failed] = co_await acceptor.async_accept(socket, kToken);
    if (failed) {  // out of descriptors, as a rule: let some connections end
      net::steady_timer pause(acceptor.get_executor(), milliseconds(50));
      co_await pause.async_wait(kToken);
      continue;
    }
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const auto already = open(), most = settings().max_connections;
    const bool refused = already >= most;
    // A refusal costs memory too, and over TLS a handshake: a flood is simply dropped.
    if (refused && (secure || already >= most + limits::kHttpRefusals)) continue;
    beast::tcp_stream stream(std::move(socket));
    if (secure) {
      open_session(*this, beast::ssl_stream<beast::tcp_stream>(std::move(stream), tls), refused);
    } else {
      open_session(*this, std::move(stream), refused);
    }
  }
}

Status HttpServer::Impl::listen(tcp::acceptor& acceptor, int port, bool secure, int& in_use) {
  if (port < 0) return ok();
  error_code failed;
  const auto address = net::ip::make_address(settings().address, failed);
  const tcp::endpoint endpoint(address, static_cast<std::uint16_t>(port));
  if (!failed) acceptor.open(endpoint.protocol(), failed);
  if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(net::socket_base::max_listen_connections, failed);
  if (failed) {
    return Error(HttpErrc::cannot_listen,
                 settings().address + " port " + std::to_string(port) + ": " + failed.message());
  }
  in_use = acceptor.local_endpoint(failed).port();
  net::co_spawn(acceptor.get_executor(), accept(acceptor, secure), net::detached);
  return ok();
}

Status HttpServer::Impl::load_certificate() {
  if (settings().tls_port < 0) return ok();
  error_code failed;
  SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_3_VERSION);
  tls.use_certificate_chain_file(settings().tls_certificate, failed);
  if (!failed) tls.use_private_key_file(settings().tls_key, net::ssl::context::pem, failed);
  if (!failed) return ok();
  return Error(HttpErrc::cannot_listen, "the TLS certificate or key cannot be used");
}

HttpServer::HttpServer(HttpServerSettings settings, const Router& router, const StaticSite* site,
                       ErrorRenderer render, Metrics* metrics)
    : impl_(std::make_unique<Impl>(std::move(settings), router, site, std::move(render), metrics)) {}

HttpServer::~HttpServer() { stop(); }

Status HttpServer::start() {
  auto& server = *impl_;
  const auto& settings = server.settings();
  MQ_CHECK(server.io_threads.empty() && !server.stopping);
  MQ_REQUIRE(server.load_certificate());
  MQ_REQUIRE(server.listen(server.plain_acceptor, settings.port, false, server.plain_port));
  MQ_REQUIRE(server.listen(server.secure_acceptor, settings.tls_port, true, server.secure_port));
  server.HttpCore::start();
  for (int i = 0; i < settings.io_threads; ++i) {
    server.io_threads.emplace_back([&server] { server.io.run(); });
  }
  return ok();
}

int HttpServer::port() const { return impl_->plain_port; }
int HttpServer::tls_port() const { return impl_->secure_port; }

void HttpServer::stop() {
  auto& server = *impl_;
  if (server.stopping.exchange(true)) return;
  for (auto* acceptor : {&server.plain_acceptor, &server.secure_acceptor}) {
    net::post(acceptor->get_executor(), [acceptor] {
      error_code ignored;
      acceptor->close(ignored);
    });
  }
  {
    std::unique_lock lock(server.mutex);
    for (auto* connection : server.connections) connection->stop_if_idle();
    server.drained.wait_for(lock, milliseconds(limits::kHttpDrainMs),
                            [&] { return server.connections.empty(); });
  }
  server.HttpCore::stop();
  server.io.stop();
  for (auto& thread : server.io_threads) thread.join();
}

}  // namespace mq::runtime
