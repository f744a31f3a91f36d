#include "signing.h"

#include <charconv>

#include "crypto/hash.h"

namespace mq::sandbox {
namespace {

constexpr std::string_view kKeyId = "mianqian";

crypto::Digest hmac_of(std::string_view secret, std::string_view at, std::string_view parts) {
  return crypto::hmac_sha256(as_bytes(secret),
                             as_bytes(std::string(at) + "." + std::string(parts)));
}

runtime::HttpResponse unsigned_answer(int status) {
  return runtime::HttpResponse::json(status, "{}");
}

}  // namespace

std::string make_signature(std::string_view secret, Instant now, std::string_view parts) {
  const auto at = std::to_string(now.us / 1'000'000);
  return "t=" + at + ",v1=" + crypto::hex(hmac_of(secret, at, parts));
}

bool check_signature(std::string_view header, std::string_view secret, Instant now,
                     std::string_view parts) {
  const auto split = header.find(",v1=");
  if (!header.starts_with("t=") || split == std::string_view::npos) return false;
  const auto at = header.substr(2, split - 2);
  std::int64_t seconds = 0;
  const auto [end, failed] = std::from_chars(at.data(), at.data() + at.size(), seconds);
  if (failed != std::errc() || end != at.data() + at.size()) return false;
  const auto first = now.us / 1'000'000 - kSignatureWindowSeconds;
  if (seconds < first || seconds > first + 2 * kSignatureWindowSeconds) return false;
  const auto claimed = crypto::unhex(header.substr(split + 4));
  return claimed.ok() && crypto::constant_time_equal(*claimed, hmac_of(secret, at, parts));
}

bool check_request(const runtime::HttpRequest& request, std::string_view secret, Instant now) {
  const auto request_id = request.header("X-Request-Id").value_or("");
  return request.header("X-Key-Id").value_or("") == kKeyId && Uuid::parse(request_id).ok() &&
         check_signature(request.header("X-Signature").value_or(""), secret, now,
                         request.method + "." + request.path + "." + request.body);
}

std::string wrong_secret(const Sandbox& sandbox) { return sandbox.secret + "-wrong"; }

Answer error_answer(int status, std::string_view code) {
  return {status, boost::json::serialize(boost::json::object{{"code", code}})};
}

Answer put_failed(const Error& error) {
  return error.is(StoreErrc::conflict) ? error_answer(409, "conflict")
                                       : error_answer(500, "internal");
}

runtime::HttpResponse partner_exchange(Sandbox& sandbox, Partner partner,
                                       const runtime::HttpRequest& request,
                                       const std::function<Answer(const std::string&)>& perform) {
  const auto fault = sandbox.faults.of(partner);
  if (fault.mode == Mode::down) return unsigned_answer(503);
  if (!check_request(request, sandbox.secret, sandbox.clock.now())) return unsigned_answer(401);
  const auto request_id = *request.header("X-Request-Id");
  const auto answer =
      fault.mode == Mode::error ? error_answer(500, "internal") : perform(request_id);
  if (fault.mode == Mode::lost_answer && request.method == "POST") return unsigned_answer(500);
  if (fault.mode == Mode::slow) sandbox.faults.wait(fault.delay_ms);
  const auto secret = fault.mode == Mode::wrong_signature ? wrong_secret(sandbox) : sandbox.secret;
  auto response = runtime::HttpResponse::json(answer.status, answer.body);
  response.headers.emplace_back(
      "X-Signature", make_signature(secret, sandbox.clock.now(), request_id + "." + answer.body));
  return response;
}

std::string digest_of(std::initializer_list<std::string_view> parts) {
  // Lengths keep ("ab", "c") and ("a", "bc") apart.
  std::string text;
  for (const auto part : parts) {
    text += std::to_string(part.size()) + ":";
    text += part;
  }
  return crypto::hex(crypto::sha256(as_bytes(text)));
}

}  // namespace mq::sandbox
