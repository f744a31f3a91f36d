// One partner's HTTP exchange: signs, sends once, checks the answer's signature, counts. Private to
// partners/.
#pragma once

#include <string>
#include <string_view>

#include "partners/partners.h"
#include "runtime/http.h"

namespace mq::partners {

// Thread-safe.
class SignedClient {
 public:
  // `name` labels logs and metrics. `max_answer` bounds the body of an answer.
  SignedClient(std::string name, PartnerSettings settings, PartnerContext context,
               std::size_t max_answer = limits::kPartnerBodyBytes);

  // The body of a 2xx answer whose signature is right. `path` must hold no personal data.
  Result<std::string> post(const Uuid& request_id, std::string_view path, std::string body);
  // Reading has no effect, so each attempt has its own request id: an older answer cannot be
  // replayed.
  Result<std::string> get(std::string_view path);

 private:
  Result<std::string> exchange(std::string_view method, const Uuid& request_id,
                               std::string_view path, std::string body);
  Result<std::string> attempt(std::string_view method, const std::string& request_id,
                              std::string_view path, std::string body);
  Result<std::string> judge(const runtime::ClientResponse& response,
                            const std::string& request_id) const;

  const std::string name_;
  const PartnerSettings settings_;
  const PartnerContext context_;
  const std::size_t max_answer_;
  std::string host_;         // "https://photos.example"
  std::string path_prefix_;  // "" or "/v2": part of what is signed
  runtime::Breaker breaker_;
};

}  // namespace mq::partners
