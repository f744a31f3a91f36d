#include "runtime/http_core.h"

#include <algorithm>
#include <boost/core/demangle.hpp>

#include "runtime/http_parts.h"
#include "runtime/log.h"
#include "runtime/metrics.h"
#include "runtime/text.h"

namespace mq::runtime {

HttpCore::HttpCore(HttpServerSettings settings, const Router& router, const StaticSite* site,
                   ErrorRenderer render, Metrics* metrics)
    : settings_(std::move(settings)),
      router_(router),
      site_(site),
      render_(std::move(render)),
      metrics_(metrics),
      queue_(settings_.queue_limit) {}

void HttpCore::start() {
  for (int i = 0; i < settings_.handler_threads; ++i) {
    threads_.emplace_back([this] { handle_requests(); });
  }
}

void HttpCore::stop() {
  queue_.close();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

bool HttpCore::submit(std::shared_ptr<Exchange> exchange) {
  return queue_.push(std::move(exchange));
}

std::shared_ptr<Exchange> HttpCore::new_exchange(const std::string& peer, bool secure) {
  auto exchange = std::make_shared<Exchange>();
  exchange->request.trace_id = new_trace_id();
  exchange->request.peer = peer;
  exchange->request.secure = secure;
  exchange->request.route = "(none)";
  return exchange;
}

void HttpCore::read_forwarding(HttpRequest& request) const {
  if (const auto trace = trace_id_of(request.header("traceparent").value_or(""))) {
    request.trace_id = *trace;
  }
  if (!came_through_proxy(request.peer, settings_.trusted_proxies)) return;
  request.secure = request.secure || request.header("X-Forwarded-Proto") == "https";
  request.peer = client_address(request.peer, request.headers, settings_.trusted_proxies);
}

std::optional<Error> HttpCore::dispatch(Exchange& exchange, std::string_view target) const {
  auto& request = exchange.request;
  if (!settings_.hosts.empty()) {
    const auto name = host_name(request.header("Host").value_or(""));
    const auto is_name = [&](const std::string& host) { return name && iequals(*name, host); };
    if (std::none_of(settings_.hosts.begin(), settings_.hosts.end(), is_name)) {
      return HttpErrc::misdirected;
    }
  }
  auto parsed = parse_target(target);
  if (!parsed.ok()) return parsed.error();
  request.path = std::move(parsed->path);
  request.query = std::move(parsed->query);
  exchange.match = router_.match(request.method, request.path);
  if (exchange.match.route != nullptr) {
    request.route = exchange.match.route->pattern;
    request.parameters = std::move(exchange.match.parameters);
    return std::nullopt;
  }
  const bool reading = request.method == "GET" || request.method == "HEAD";
  if (site_ != nullptr && reading && !request.path.starts_with("/v1/")) {
    if (auto file = site_->serve(request)) {
      request.route = "(site)";
      exchange.response = std::move(*file);
      return std::nullopt;
    }
  }
  return exchange.match.path_known ? HttpErrc::method_not_allowed : HttpErrc::not_found;
}

std::optional<Error> HttpCore::check_body(const HttpRequest& request, const Route& route,
                                          std::optional<std::uint64_t> length) {
  if (length.value_or(0) > route.body_limit) return HttpErrc::body_too_large;
  if (!media_type_allowed(request.header("Content-Type").value_or(""), route.media_types)) {
    return Error(HttpErrc::unsupported_media_type, "allowed: " + route.media_types);
  }
  return std::nullopt;
}

void HttpCore::fail(Exchange& exchange, const Error& error) const {
  exchange.response = render_error(error, exchange.request);
  if (error.is(HttpErrc::method_not_allowed)) {
    set_default_header(exchange.response, "Allow", exchange.match.allowed);
  } else if (error.is(HttpErrc::overloaded)) {
    set_default_header(exchange.response, "Retry-After", "1");
  }
}

void HttpCore::record(const Exchange& exchange, std::size_t bytes) const {
  const auto& request = exchange.request;
  const auto method = method_label(request.method);
  const auto took = std::chrono::steady_clock::now() - exchange.started;
  log::info("http.request",
            {{"route", request.route},
             {"method", method},
             {"status", exchange.response.status},
             {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(took).count()},
             {"trace_id", request.trace_id},
             {"bytes", bytes}});
  if (metrics_ != nullptr) {
    metrics_->request(request.route, method, exchange.response.status,
                      std::chrono::duration<double>(took).count());
  }
}

void HttpCore::handle_requests() {
  while (const auto exchange = queue_.pop()) {
    run_handler(**exchange);
    (*exchange)->done();
  }
}

void HttpCore::run_handler(Exchange& exchange) const {
  auto& request = exchange.request;
  std::string failure;
  try {
    exchange.response = exchange.match.route->handler(request);
    if (headers_are_clean(exchange.response.headers)) return;
    failure = "a response header is malformed";
  } catch (const std::exception& thrown) {
    failure = boost::core::demangle(typeid(thrown).name());  // its text may quote the request
  } catch (...) {
    failure = "not a std::exception";
  }
  log::error("http.handler_failed",
             {{"route", request.route}, {"trace_id", request.trace_id}, {"failure", failure}});
  exchange.response = render_error(HttpErrc::internal, request);
}

HttpResponse HttpCore::render_error(const Error& error, const HttpRequest& request) const {
  try {
    return render_ ? render_(error, request) : render_plain_problem(error, request);
  } catch (const std::exception&) {
    return render_plain_problem(error, request);
  }
}

}  // namespace mq::runtime
