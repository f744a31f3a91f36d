#include "app/demo_client.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "app/settings.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "runtime/http.h"
#include "runtime/json.h"

namespace mq::app {
namespace {

constexpr int kPollMs = 100;
constexpr int kTries = 100;  // the key of a request that was killed is free again after a minute
constexpr int kPatienceMs = 3 * limits::kOutboxLeaseMs;
constexpr int kRequestTimeoutMs = 15'000;

Error failed(const std::string& what) { return Error(AppErrc::demo_failed, what); }

}  // namespace

std::string field(const boost::json::value& object, const char* name) {
  const auto* fields = object.if_object();
  const auto* value = fields == nullptr ? nullptr : fields->if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

Status wait_until(const std::string& what, const std::function<Result<bool>()>& done) {
  for (int waited_ms = 0; waited_ms < kPatienceMs; waited_ms += kPollMs) {
    MQ_TRY(const bool yes, done());
    if (yes) return ok();
    std::this_thread::sleep_for(std::chrono::milliseconds(kPollMs));
  }
  return failed(what + " did not happen within " + std::to_string(kPatienceMs / 1000) + " s");
}

DemoClient::DemoClient(std::string server_url, std::string sandbox_url, std::string memory)
    : server_url_(std::move(server_url)),
      sandbox_url_(std::move(sandbox_url)),
      memory_(std::move(memory)) {
  std::ifstream in(memory_);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto stored = runtime::parse_json(text);
  if (!stored.ok() || !stored->is_object()) return;
  for (const auto& [name, value] : stored->get_object()) {
    if (value.is_string()) known_[std::string(name)] = std::string(value.get_string());
  }
}

std::string DemoClient::recall(const std::string& name) const {
  const auto found = known_.find(name);
  return found == known_.end() ? "" : found->second;
}

void DemoClient::remember(const std::string& name, const std::string& value) {
  known_[name] = value;
  boost::json::object all;
  for (const auto& [key, text] : known_) all[key] = text;
  const auto text = boost::json::serialize(all);
  const auto part = memory_ + ".part";
  const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  MQ_CHECK(fd >= 0);
  MQ_CHECK(::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  ::fsync(fd);
  ::close(fd);
  MQ_CHECK(std::rename(part.c_str(), memory_.c_str()) == 0);
}

Result<std::string> DemoClient::send(const std::string& method, const std::string& who,
                                     const std::string& path, const std::string& body,
                                     const std::string& type, const std::string& key) {
  runtime::ClientRequest request;
  request.method = method;
  request.url = server_url_ + path;
  request.timeout_ms = kRequestTimeoutMs;
  request.body = body;
  if (!who.empty()) request.headers.emplace_back("Authorization", "Bearer " + recall(who));
  // A sign-in says which device it comes from, or it would be a new one each time.
  if (who.empty() && !recall("device").empty())
    request.headers.emplace_back("X-Device-Token", recall("device"));
  if (!type.empty()) request.headers.emplace_back("Content-Type", type);
  if (!key.empty()) request.headers.emplace_back("Idempotency-Key", key);
  std::string last;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    const auto answer = runtime::http_send(request);
    if (!answer.ok()) return failed(method + " " + path + ": " + answer.error().code());
    if (answer->status < 300) return answer->body;
    last = method + " " + path + ": " + std::to_string(answer->status);
    const auto problem = runtime::parse_json(answer->body);
    if (!problem.ok()) return failed(last);
    last += " " + field(*problem, "code") + " " + field(*problem, "detail");
    const auto* retryable = problem->as_object().if_contains("retryable");
    const auto code = field(*problem, "code");
    if (retryable == nullptr || *retryable != true) return Error::from_text(code, last);
    const auto after = runtime::find_header(answer->headers, "Retry-After").value_or("1");
    std::this_thread::sleep_for(
        std::chrono::milliseconds(std::min(30, std::max(1, std::atoi(after.c_str()))) * 1000));
  }
  return failed(last);
}

Result<boost::json::value> DemoClient::get(const std::string& who, const std::string& path) {
  MQ_TRY(const auto body, send("GET", who, path, "", "", ""));
  return runtime::parse_json(body);
}

Result<std::string> DemoClient::text(const std::string& who, const std::string& path) {
  return send("GET", who, path, "", "", "");
}

Result<boost::json::value> DemoClient::post(const std::string& who, const std::string& step,
                                            const std::string& path,
                                            const boost::json::object& body) {
  const auto name = "key:" + step;
  if (recall(name).empty()) {
    crypto::SystemRandom random;
    Bytes raw(16);
    random.fill(raw);
    remember(name, crypto::hex(raw));
  }
  MQ_TRY(const auto answer,
         send("POST", who, path, boost::json::serialize(body), "application/json", recall(name)));
  return runtime::parse_json(answer);
}

Result<boost::json::value> DemoClient::put_photo(const std::string& path, const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string picture{std::istreambuf_iterator<char>(in), {}};
  if (picture.empty()) return failed(file + " cannot be read");
  MQ_TRY(const auto answer, send("PUT", "borrower", path, picture, "image/jpeg", ""));
  return runtime::parse_json(answer);
}

Result<std::string> DemoClient::await_code(const std::string& phone, std::int64_t since_us) {
  std::string code;
  MQ_REQUIRE(wait_until("the SMS", [&]() -> Result<bool> {
    const auto answer = runtime::http_send({.url = sandbox_url_ + "/sandbox/sms?phone=" + phone});
    if (!answer.ok()) return answer.error();
    MQ_TRY(const auto inbox, runtime::parse_json(answer->body));
    const auto* items = inbox.as_object().if_contains("items");
    if (items == nullptr || !items->is_array() || items->get_array().empty()) return false;
    const auto& newest = items->get_array().front();
    // ISO instants of one zone compare as text.
    if (field(newest, "at") < Instant{since_us}.iso()) return false;
    code = field(newest, "code");
    return !code.empty();
  }));
  return code;
}

Result<std::string> DemoClient::await_app_code(const std::string& account,
                                               const std::string& not_this) {
  std::string code;
  MQ_REQUIRE(wait_until("a code of the authenticator app", [&]() -> Result<bool> {
    MQ_TRY(const auto answer,
           runtime::http_send({.url = sandbox_url_ + "/sandbox/authenticators"}));
    MQ_TRY(const auto shown, runtime::parse_json(answer.body));
    for (const auto& one : shown.as_object().at("items").as_array()) {
      if (field(one, "account") == account) code = field(one, "code");
    }
    return !code.empty() && code != not_this;
  }));
  return code;
}

Result<boost::json::value> DemoClient::sandbox_statement() {
  MQ_TRY(const auto answer, runtime::http_send({.url = sandbox_url_ + "/sandbox/payments"}));
  return runtime::parse_json(answer.body);
}

}  // namespace mq::app
