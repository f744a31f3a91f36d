// The parts of HTTP that need no socket: targets, cookies, tracing, hosts, proxies, security headers.
// Private to runtime/.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/http.h"

namespace mq::runtime {

// %XX decoding; `plus_is_space` in queries. Nothing on a broken escape, on bytes that are not UTF-8 and
// on control characters.
std::optional<std::string> url_decode(std::string_view text, bool plus_is_space);

struct Target {
  std::string path;
  std::map<std::string, std::string> query;
};
// Origin form only ("/a/b?x=1"). Refuses what makes a path mean two things: an encoded slash or
// backslash, "." and ".." segments, a query key given twice. Error: bad_request.
Result<Target> parse_target(std::string_view target);

// Segments between slashes, without the leading one: "/" has one empty segment.
std::vector<std::string_view> path_segments(std::string_view path);

std::optional<std::string> find_cookie(const Headers& headers, std::string_view name);

// The trace id of a W3C traceparent header; nothing when it is malformed or zero.
std::optional<std::string> trace_id_of(std::string_view traceparent);
std::string new_trace_id();

// A Host value without its port, in lower case; nothing when malformed. "[::1]:80" gives "::1".
std::optional<std::string> host_name(std::string_view host);

// The client behind `peer`: the right-most address of X-Forwarded-For that is not one of our proxies,
// if `peer` itself is one; else `peer`. What is not an address ends the walk.
std::string client_address(const std::string& peer, const Headers& headers,
                           const std::vector<std::string>& trusted_proxies);

bool came_through_proxy(const std::string& peer, const std::vector<std::string>& trusted_proxies);

// `content_type` without its parameters is one of the comma-separated `allowed`.
bool media_type_allowed(std::string_view content_type, std::string_view allowed);

// Method as a log and metrics label: a known verb or "OTHER".
std::string method_label(std::string_view method);

// No CR, LF or NUL in any name or value, no empty name.
bool headers_are_clean(const Headers& headers);

// Sets a header unless the response already has it.
void set_default_header(HttpResponse& response, std::string_view name, std::string_view value);
// Adds tracing and security headers to a response on its way out.
void add_standard_headers(HttpResponse& response, const HttpRequest& request);

}  // namespace mq::runtime
