#include "partners/signed_client.h"

#include "base/check.h"
#include "partners/signature.h"
#include "runtime/json.h"
#include "runtime/log.h"
#include "runtime/metrics.h"

namespace mq::partners {
namespace {

constexpr std::string_view kKeyId = "mianqian";

// What a partner says when it does not do what was asked.
struct ErrorAnswer {
  std::string code;
};
BOOST_DESCRIBE_STRUCT(ErrorAnswer, (), (code))

// The partner's own word is final; everything else leaves the outcome open and counts against it.
bool partner_is_well(const Error& error) {
  return error.is(PartnersErrc::refused) || error.is(PartnersErrc::not_found) ||
         error.is(PartnersErrc::conflict);
}

}  // namespace

SignedClient::SignedClient(std::string name, PartnerSettings settings, PartnerContext context,
                           std::size_t max_answer)
    : name_(std::move(name)),
      settings_(std::move(settings)),
      context_(context),
      max_answer_(max_answer) {
  MQ_CHECK(!settings_.secret.empty() && settings_.timeout_ms > 0);
  const auto scheme = settings_.base_url.find("://");
  MQ_CHECK(scheme != std::string::npos);
  const auto slash = settings_.base_url.find('/', scheme + 3);
  host_ = settings_.base_url.substr(0, slash);
  if (slash != std::string::npos) path_prefix_ = settings_.base_url.substr(slash);
  while (path_prefix_.ends_with('/')) path_prefix_.pop_back();
}

Result<std::string> SignedClient::post(const Uuid& request_id, std::string_view path,
                                       std::string body) {
  return exchange("POST", request_id, path, std::move(body));
}

Result<std::string> SignedClient::get(std::string_view path) {
  return exchange("GET", Uuid::v7(context_.clock.now(), context_.random), path, {});
}

Result<std::string> SignedClient::exchange(std::string_view method, const Uuid& request_id,
                                           std::string_view path, std::string body) {
  const auto now_ms = [&] { return context_.clock.now().us / 1000; };
  const auto id = request_id.str();
  const bool allowed = breaker_.allow(now_ms());
  Result<std::string> answer = Error(PartnersErrc::unavailable, "the breaker is open");
  if (allowed) {
    answer = attempt(method, id, path, std::move(body));
    breaker_.record(answer.ok() || partner_is_well(answer.error()), now_ms());
  }
  const std::string outcome = answer.ok() ? "ok" : answer.error().code();
  if (context_.metrics != nullptr) {
    context_.metrics->count("partner_" + name_ + "_calls_total", "outcome", outcome);
  }
  if (!answer.ok()) {
    log::warn(
        "partner.call_failed",
        {{"partner", name_}, {"method", method}, {"request_id", id}, {"error", answer.error()}});
  }
  return answer;
}

Result<std::string> SignedClient::attempt(std::string_view method, const std::string& request_id,
                                          std::string_view path, std::string body) {
  const std::string full_path = path_prefix_ + std::string(path);
  runtime::ClientRequest request;
  request.method = method;
  request.url = host_ + full_path;
  request.timeout_ms = settings_.timeout_ms;
  request.max_body = max_answer_;
  request.headers = {
      {"X-Key-Id", std::string(kKeyId)},
      {"X-Request-Id", request_id},
      {"X-Signature", make_signature(settings_.secret, context_.clock.now(),
                                     request.method + "." + full_path + "." + body)}};
  if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  request.body = std::move(body);

  const auto response = runtime::http_send(request);
  if (response.ok()) return judge(*response, request_id);
  const auto& error = response.error();
  if (error.is(runtime::HttpErrc::deadline_exceeded)) return PartnersErrc::timeout;
  if (error.is(runtime::HttpErrc::body_too_large)) {
    return Error(PartnersErrc::bad_answer, "the answer is too large");
  }
  return Error(PartnersErrc::unavailable, error.code());
}

Result<std::string> SignedClient::judge(const runtime::ClientResponse& response,
                                        const std::string& request_id) const {
  const auto status = "HTTP " + std::to_string(response.status);
  if (response.status >= 500) return Error(PartnersErrc::unavailable, status);
  const auto signature = runtime::find_header(response.headers, "X-Signature").value_or("");
  if (!check_signature(signature, settings_.secret, context_.clock.now(),
                       request_id + "." + response.body)) {
    return Error(PartnersErrc::bad_signature, status);
  }
  if (response.status >= 200 && response.status < 300) return response.body;
  // The status is not under the signature, the code in the body is: a forged 404 must not make a
  // payment look as if it had never arrived.
  const auto said = runtime::from_json<ErrorAnswer>(response.body);
  if (!said.ok()) return Error(PartnersErrc::bad_answer, status);
  if (said->code == "not_found") return PartnersErrc::not_found;
  if (said->code == "conflict") return PartnersErrc::conflict;
  if (said->code == "refused") return PartnersErrc::refused;
  return Error(PartnersErrc::bad_answer, status);
}

}  // namespace mq::partners
