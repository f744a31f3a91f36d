// Signatures of the invented partners, and the frame around each of their calls: check the request,
// apply the fault, answer signed.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/time.h"
#include "faults.h"
#include "runtime/http.h"
#include "runtime/json.h"
#include "store.h"

namespace mq::sandbox {

inline constexpr std::int64_t kSignatureWindowSeconds = 300;

// "t=<unix>,v1=<hex hmac-sha256(secret, "<t>.<parts>")>".
std::string make_signature(std::string_view secret, Instant now, std::string_view parts);
bool check_signature(std::string_view header, std::string_view secret, Instant now,
                     std::string_view parts);
// The key, the signature over "<t>.<METHOD>.<path>.<body>", its age, and a UUID in X-Request-Id.
bool check_request(const runtime::HttpRequest& request, std::string_view secret, Instant now);

class Notifier;

struct Sandbox {
  Store& store;
  Faults& faults;
  const Clock& clock;
  Random& random;
  Notifier& notifier;
  std::string secret;
};

// Another secret, for Mode::wrong_signature.
std::string wrong_secret(const Sandbox& sandbox);

struct Answer {
  int status = 200;
  std::string body;
};
// {"code": …}: "refused", "conflict", "not_found" or "internal".
Answer error_answer(int status, std::string_view code);
// The answer to a put() that failed.
Answer put_failed(const Error& error);

// `perform` gets the request id. Unsigned HTTP 401 when the request's own signature is not right.
runtime::HttpResponse partner_exchange(Sandbox& sandbox, Partner partner,
                                       const runtime::HttpRequest& request,
                                       const std::function<Answer(const std::string&)>& perform);

// The same for a call with a body that carries its own request_id, which must be the header's,
// since only the body is under the signature.
template <class Body>
runtime::HttpResponse partner_post(Sandbox& sandbox, Partner partner,
                                   const runtime::HttpRequest& request,
                                   const std::function<Answer(const Body&)>& perform) {
  return partner_exchange(sandbox, partner, request, [&](const std::string& request_id) {
    const auto body = runtime::from_json<Body>(request.body);
    if (!body.ok() || body->request_id != request_id) return error_answer(422, "refused");
    return perform(*body);
  });
}

std::string digest_of(std::initializer_list<std::string_view> parts);

void add_authority_routes(runtime::Router& router, Sandbox& sandbox);
void add_sms_routes(runtime::Router& router, Sandbox& sandbox);
void add_payment_routes(runtime::Router& router, Sandbox& sandbox);
void add_page_routes(runtime::Router& router, Sandbox& sandbox);

}  // namespace mq::sandbox
