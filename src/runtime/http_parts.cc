#include "runtime/http_parts.h"

#include <arpa/inet.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/check.h"
#include "runtime/text.h"

namespace mq::runtime {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> out{};
  return inet_pton(AF_INET, text.c_str(), out.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), out.data()) == 1;
}

void each_cookie(const Headers& headers,
                 const std::function<void(std::string_view, std::string_view)>& use) {
  for (const auto& [key, value] : headers) {
    if (!iequals(key, "Cookie")) continue;
    for (const auto part : split(value, ';')) {
      const auto pair = trim(part);
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos) use(pair.substr(0, equals), pair.substr(equals + 1));
    }
  }
}

}  // namespace

int status_of(const Error& error) {
  static constexpr std::pair<HttpErrc, int> kTable[] = {
      {HttpErrc::bad_request, 400},        {HttpErrc::not_found, 404},
      {HttpErrc::method_not_allowed, 405}, {HttpErrc::timeout, 408},
      {HttpErrc::body_too_large, 413},     {HttpErrc::unsupported_media_type, 415},
      {HttpErrc::misdirected, 421},        {HttpErrc::headers_too_large, 431},
      {HttpErrc::overloaded, 503},
  };
  for (const auto& [code, status] : kTable) {
    if (error.is(code)) return status;
  }
  return 500;
}

HttpResponse HttpResponse::json(int status, std::string body) {
  return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

HttpResponse render_plain_problem(const Error& error, const HttpRequest& request) {
  const int status = status_of(error);
  const boost::json::object body{{"type", "about:blank"},
                                 {"status", status},
                                 {"code", error.code()},
                                 {"detail", printable_utf8(error.detail())},
                                 {"trace_id", request.trace_id}};
  return {status, {{"Content-Type", "application/problem+json"}}, boost::json::serialize(body)};
}

std::optional<std::string> find_header(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (iequals(key, name)) return value;
  }
  return std::nullopt;
}

std::optional<std::string> HttpRequest::cookie(std::string_view name) const {
  return find_cookie(headers, name);
}

std::vector<std::string> HttpRequest::cookies(std::string_view beginning, std::size_t most) const {
  std::vector<std::string> out;
  each_cookie(headers, [&](std::string_view key, std::string_view value) {
    if (key.starts_with(beginning) && out.size() < most) out.emplace_back(value);
  });
  return out;
}

std::optional<std::string> url_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus_is_space) {
      c = ' ';
    } else if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) return std::nullopt;
    out.push_back(c);
  }
  if (!valid_utf8(out)) return std::nullopt;
  return out;
}

std::vector<std::string_view> path_segments(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  return split(path, '/');
}

Result<Target> parse_target(std::string_view target) {
  if (!target.starts_with('/')) return Error(HttpErrc::bad_request, "the target is not a path");
  target = target.substr(0, target.find('#'));
  const auto mark = target.find('?');
  Target out;
  for (const auto segment : path_segments(target.substr(0, mark))) {
    const auto decoded = url_decode(segment, false);
    if (!decoded || decoded->find_first_of("/\\") != std::string::npos || *decoded == "." ||
        *decoded == "..") {
      return Error(HttpErrc::bad_request, "the path is not allowed");
    }
    out.path += "/" + *decoded;
  }
  if (mark == std::string_view::npos) return out;
  for (const auto part : split(target.substr(mark + 1), '&')) {
    if (part.empty()) continue;
    const auto equals = part.find('=');
    const auto key = url_decode(part.substr(0, equals), true);
    const auto value = equals == std::string_view::npos ? std::optional<std::string>("")
                                                        : url_decode(part.substr(equals + 1), true);
    if (!key || !value || !out.query.emplace(*key, *value).second) {
      return Error(HttpErrc::bad_request, "the query is malformed or repeats a key");
    }
  }
  return out;
}

std::optional<std::string> find_cookie(const Headers& headers, std::string_view name) {
  std::optional<std::string> out;
  each_cookie(headers, [&](std::string_view key, std::string_view value) {
    if (key == name && !out) out = std::string(value);
  });
  return out;
}

std::optional<std::string> trace_id_of(std::string_view traceparent) {
  if (traceparent.size() < 55 || traceparent[2] != '-' || traceparent[35] != '-' ||
      traceparent[52] != '-') {
    return std::nullopt;
  }
  const auto version = traceparent.substr(0, 2), trace = traceparent.substr(3, 32),
             parent = traceparent.substr(36, 16), flags = traceparent.substr(53, 2);
  if (version == "ff" || (version == "00" && traceparent.size() != 55)) return std::nullopt;
  for (const auto part : {version, trace, parent, flags}) {
    if (!is_lower_hex(part)) return std::nullopt;
  }
  const auto all_zero = [](std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
  };
  if (all_zero(trace) || all_zero(parent)) return std::nullopt;
  return std::string(trace);
}

std::string new_trace_id() {
  static constexpr char kHex[] = "0123456789abcdef";
  std::array<unsigned char, 16> bytes{};
  MQ_CHECK(RAND_bytes(bytes.data(), bytes.size()) == 1);
  std::string text;
  for (const auto byte : bytes) {
    text.push_back(kHex[byte >> 4]);
    text.push_back(kHex[byte & 15]);
  }
  return text;
}

std::optional<std::string> host_name(std::string_view host) {
  std::string_view name = host, port;
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    name = host.substr(1, end - 1);
    port = host.substr(end + 1);
  } else if (const auto colon = host.find(':'); colon != std::string_view::npos) {
    name = host.substr(0, colon);
    port = host.substr(colon);
  }
  if (name.empty()) return std::nullopt;
  if (!port.empty() && (!port.starts_with(':') || port.size() > 6 ||
                        port.substr(1).find_first_not_of("0123456789") != std::string_view::npos)) {
    return std::nullopt;
  }
  return lower(name);
}

std::string client_address(const std::string& peer, const Headers& headers,
                           const std::vector<std::string>& trusted_proxies) {
  std::string chain;
  for (const auto& [key, value] : headers) {
    if (iequals(key, "X-Forwarded-For")) chain += (chain.empty() ? "" : ",") + value;
  }
  const auto hops = split(chain, ',');
  std::string client = peer;
  for (auto hop = hops.rbegin();
       hop != hops.rend() && came_through_proxy(client, trusted_proxies); ++hop) {
    std::string address(trim(*hop));
    if (!is_address(address)) break;
    client = std::move(address);
  }
  return client;
}

bool came_through_proxy(const std::string& peer, const std::vector<std::string>& trusted_proxies) {
  return std::find(trusted_proxies.begin(), trusted_proxies.end(), peer) != trusted_proxies.end();
}

bool media_type_allowed(std::string_view content_type, std::string_view allowed) {
  const auto type = trim(content_type.substr(0, content_type.find(';')));
  for (const auto entry : split(allowed, ',')) {
    if (!type.empty() && iequals(type, trim(entry))) return true;
  }
  return false;
}

std::string method_label(std::string_view method) {
  for (const auto known : {"GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"}) {
    if (method == known) return known;
  }
  return "OTHER";
}

bool headers_are_clean(const Headers& headers) {
  static constexpr std::string_view kForbidden("\r\n\0", 3);
  return std::all_of(headers.begin(), headers.end(), [](const auto& header) {
    return !header.first.empty() &&
           header.first.find_first_of(": \t\r\n") == std::string::npos &&
           header.first.find_first_of(kForbidden) == std::string::npos &&
           header.second.find_first_of(kForbidden) == std::string::npos;
  });
}

void set_default_header(HttpResponse& response, std::string_view name, std::string_view value) {
  if (!find_header(response.headers, name)) response.headers.emplace_back(name, value);
}

void add_standard_headers(HttpResponse& response, const HttpRequest& request) {
  set_default_header(response, "X-Trace-Id", request.trace_id);
  set_default_header(response, "X-Content-Type-Options", "nosniff");
  set_default_header(response, "Referrer-Policy", "no-referrer");
  if (media_type_allowed(find_header(response.headers, "Content-Type").value_or(""), "text/html")) {
    set_default_header(response, "Content-Security-Policy",
                       "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
                       "style-src 'self' 'unsafe-inline'; frame-ancestors 'none'");
  }
  if (request.path.starts_with("/v1/")) set_default_header(response, "Cache-Control", "no-store");
  if (request.secure) {
    set_default_header(response, "Strict-Transport-Security", "max-age=31536000");
  }
}

}  // namespace mq::runtime
