// Whatever stands in a request's target and headers: what is read of them is what the header says
// it is, and who is not behind a proxy of ours cannot say where they come from.
//
// The input is the target, then one header a line.
#include <arpa/inet.h>

#include <algorithm>

#include "base/check.h"
#include "runtime/http_parts.h"
#include "runtime/text.h"

namespace mq::runtime {
namespace {

constexpr std::size_t kMost = 8;

bool printable(std::string_view text) {
  return valid_utf8(text) &&
         std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool is_address(const std::string& text) {
  in6_addr out{};
  return inet_pton(AF_INET, text.c_str(), &out) == 1 ||
         inet_pton(AF_INET6, text.c_str(), &out) == 1;
}

void check_target(std::string_view text) {
  const auto target = parse_target(text);
  if (!target.ok()) return;
  MQ_CHECK(target->path.starts_with('/') && printable(target->path));
  MQ_CHECK(target->path.find('\\') == std::string::npos);
  for (const auto segment : path_segments(target->path))
    MQ_CHECK(segment != "." && segment != "..");
  for (const auto& [key, value] : target->query) MQ_CHECK(printable(key) && printable(value));
}

void check_cookies(const HttpRequest& request) {
  const auto all = request.cookies("", 1'000'000);
  MQ_CHECK(request.cookies("", kMost).size() == std::min(all.size(), kMost));
  for (const std::string_view name : {"__Host-mq_session", "a", ""}) {
    const auto one = request.cookie(name);
    const auto many = request.cookies(name, kMost);
    if (!one) continue;
    MQ_CHECK(!many.empty());  // a name begins with itself
    MQ_CHECK(std::ranges::any_of(request.headers, [&](const auto& header) {
      return iequals(header.first, "Cookie") && header.second.find(*one) != std::string::npos;
    }));
    MQ_CHECK(one->find(';') == std::string::npos);
  }
}

void check_where_from(const Headers& headers) {
  MQ_CHECK(client_address("192.0.2.1", headers, {}) == "192.0.2.1");
  MQ_CHECK(client_address("192.0.2.1", headers, {"10.0.0.1"}) == "192.0.2.1");
  const auto behind = client_address("10.0.0.1", headers, {"10.0.0.1"});
  MQ_CHECK(is_address(behind));
}

void check_values(std::string_view value) {
  if (const auto trace = trace_id_of(value))
    MQ_CHECK(trace->size() == 32 &&
             trace->find_first_not_of("0123456789abcdef") == std::string::npos);
  if (const auto host = host_name(value))
    MQ_CHECK(!host->empty() && *host == lower(*host) && host->size() <= value.size());
  MQ_CHECK(!media_type_allowed(value, ""));
  if (media_type_allowed(value, "application/json"))
    MQ_CHECK(lower(value).find("application/json") != std::string::npos);
  if (const auto plain = url_decode(value, true))
    MQ_CHECK(printable(*plain) && plain->size() <= value.size());
}

}  // namespace
}  // namespace mq::runtime

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mq::runtime;
  const std::string input(reinterpret_cast<const char*>(data), size);
  const auto lines = split(input, '\n');
  HttpRequest request;
  check_target(lines.front());
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto colon = lines[i].find(':');
    const auto name = lines[i].substr(0, colon);
    const auto value = colon == std::string_view::npos ? "" : trim(lines[i].substr(colon + 1));
    request.headers.emplace_back(name, value);
    check_values(value);
  }
  check_cookies(request);
  check_where_from(request.headers);
  HttpResponse response;
  response.headers = request.headers;
  if (headers_are_clean(response.headers)) add_standard_headers(response, request);
  MQ_CHECK(find_header(response.headers, "X-Trace-Id").has_value() ||
           !headers_are_clean(response.headers));
  return 0;
}
