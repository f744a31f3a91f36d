// What the handlers share: who is asking, repeats, rendering. Private to api/.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/api.h"
#include "runtime/json.h"

namespace mq::api {

using runtime::HttpRequest;
using runtime::HttpResponse;
using Answer = Result<HttpResponse>;

// "zh" unless the first language of Accept-Language is English.
std::string language_of(const HttpRequest& request);

template <class T>
HttpResponse json_response(int status, const T& body) {
  return HttpResponse::json(status, runtime::to_json(body));
}

// Identifies one operation of one caller over repeats: 64 hex digits made of caller, key and route.
std::string operation_of(std::string_view caller, const HttpRequest& request);

enum class Repeat {
  any,
  keyed
};  // keyed: needs an Idempotency-Key, a repeat gets the first answer

// Adds routes to a router; turns errors into problems, checks sessions, CSRF and repeats. Only
// needed while the routes are added: handlers refer to the services, not to this.
class Routes {
 public:
  Routes(runtime::Router& router, Services& services) : router_(router), services_(services) {}
  const std::vector<Access>& declared() const { return declared_; }

  using Open = std::function<Answer(HttpRequest&)>;
  using ForBorrower = std::function<Answer(HttpRequest&, const auth::Borrower&)>;
  using ForStaff = std::function<Answer(HttpRequest&, const auth::Staff&)>;

  void open(std::string method, std::string pattern, Open handler);
  // The handler checks the partner's signature.
  void partner(std::string method, std::string pattern, Open handler);
  void borrower(std::string method, std::string pattern, Repeat repeat, ForBorrower handler);
  void staff(std::string method, std::string pattern, auth::Permission permission, Repeat repeat,
             ForStaff handler);
  // A route that takes a picture instead of JSON.
  void borrower_photo(std::string pattern, ForBorrower handler);
  // A POST of a raw file: what it is is decided by its content, not by its Content-Type.
  void borrower_file(std::string pattern, bool pdf, ForBorrower handler);

  Services& services() { return services_; }

 private:
  void borrower_bytes(std::string method, std::string pattern, std::size_t body_limit,
                      std::string media_types, ForBorrower handler);
  void add(Access access, Open handler, std::size_t body_limit, std::string media_types);

  runtime::Router& router_;
  Services& services_;
  std::vector<Access> declared_;
};

// Where a sign-in comes from: the device by its cookie, or by the header of a client without
// cookies.
auth::Origin origin_of(const HttpRequest& request);

inline constexpr std::string_view kBorrowerCookie = "__Host-mq_session";
inline constexpr std::string_view kStaffCookie = "__Host-mq_staff";
// One for each account on the browser: its name goes on with NewSession::account_tag.
inline constexpr std::string_view kDeviceCookie = "__Host-mq_device_";
inline constexpr std::size_t kDeviceCookies = 8;
inline constexpr std::string_view kDeviceHeader = "X-Device-Token";
std::string session_cookie(std::string_view name, std::string_view token, std::int64_t max_age_s);
// The cookie of the session and that of its device, which outlives it.
void set_session_cookies(HttpResponse& response, std::string_view name,
                         const auth::NewSession& session);

// The answer to a borrower's sign-in, of whatever kind.
HttpResponse signed_in(const auth::Auth::SignedIn& in);

template <class AnyId>
Result<AnyId> path_id(const HttpRequest& request, const std::string& name) {
  return AnyId::parse(request.parameters.at(name));
}

// Each file registers its own routes.
void add_open_routes(Routes& routes);
void add_sign_in_routes(Routes& routes);
void add_passkey_routes(Routes& routes);
void add_step_up_routes(Routes& routes);
void add_password_routes(Routes& routes);
void add_session_routes(Routes& routes);
void add_me_routes(Routes& routes);
void add_consent_routes(Routes& routes);
void add_verification_routes(Routes& routes);
void add_document_routes(Routes& routes);
void add_application_routes(Routes& routes);
void add_loan_routes(Routes& routes);
void add_proof_routes(Routes& routes);
void add_console_sign_in_routes(Routes& routes);
void add_console_account_routes(Routes& routes);
void add_console_session_routes(Routes& routes);
void add_console_staff_routes(Routes& routes);
void add_console_review_routes(Routes& routes);
void add_console_document_routes(Routes& routes);
void add_console_application_routes(Routes& routes);
void add_console_loan_routes(Routes& routes);
void add_console_payout_routes(Routes& routes);
void add_console_ledger_routes(Routes& routes);
void add_console_operations_routes(Routes& routes);
void add_payment_notification_routes(Routes& routes);

}  // namespace mq::api
