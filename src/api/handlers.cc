#include "api/handlers.h"

#include <algorithm>

#include "crypto/crypto.h"
#include "runtime/log.h"

namespace mq::api {
namespace {

constexpr std::string_view kPhotoTypes = "image/jpeg,image/png,image/webp";
constexpr std::int64_t kStaleSeconds =
    60;  // a request that died in the middle frees its key after this

std::string bearer(const HttpRequest& request) {
  const auto value = request.header("Authorization").value_or("");
  return value.starts_with("Bearer ") ? value.substr(7) : std::string();
}

bool changes(const HttpRequest& request) {
  return request.method != "GET" && request.method != "HEAD";
}

struct Credentials {
  std::string token;
  auth::Auth::DeviceTokens devices;
  auth::Renewal renewal = auth::Renewal::never;
};

// A cookie is sent by the browser whoever caused the request, so a change by cookie also needs a
// header that other sites cannot set.
Result<Credentials> credentials_of(const HttpRequest& request, std::string_view cookie_name) {
  if (auto token = bearer(request); !token.empty()) {
    const auto device = request.header(kDeviceHeader);
    if (!device) return Credentials{std::move(token), {}};
    return Credentials{std::move(token), std::vector{*device}};
  }
  const auto cookie = request.cookie(cookie_name);
  if (!cookie) return auth::AuthErrc::no_session;
  if (changes(request) && request.header("X-Requested-With") != "mianqian") {
    return ApiErrc::cross_site;
  }
  return Credentials{*cookie, request.cookies(kDeviceCookie, kDeviceCookies),
                     auth::Renewal::by_cookie};
}

// A browser's new token comes with whatever is answered, or it would be lost with a refusal.
Answer going_on(Answer answer, const HttpRequest& request, std::string_view cookie_name,
                const std::optional<auth::RenewedToken>& renewed, Instant now) {
  if (!renewed) return answer;
  auto response = answer.ok() ? std::move(answer).value() : render_problem(answer.error(), request);
  const bool set_already = std::ranges::any_of(response.headers, [&](const auto& header) {
    return header.first == "Set-Cookie" && header.second.starts_with(cookie_name);
  });
  if (!set_already) {
    response.headers.emplace_back(
        "Set-Cookie",
        session_cookie(cookie_name, renewed->token, (renewed->expires_at.us - now.us) / 1'000'000));
  }
  return response;
}

bool plausible_key(const std::string& key) {
  if (key.size() < 8 || key.size() > 64) return false;
  for (const char c : key) {
    if (c <= ' ' || c > '~') return false;
  }
  return true;
}

// The first answer of a keyed request is kept for its repeats. Only successes are kept: after a
// refusal the person corrects something and may try again under the same key. What makes a repeat
// after a crash safe is not this table but the capabilities, which know an operation by
// operation_of().
Answer once(Services& services, HttpRequest& request, const std::string& caller, Repeat repeat,
            const std::function<Answer()>& handler) {
  if (repeat == Repeat::any) return handler();
  const auto key = request.header("Idempotency-Key").value_or("");
  if (!plausible_key(key)) return ApiErrc::idempotency_key_missing;
  const auto content = crypto::hex(
      crypto::sha256(as_bytes(request.method + " " + request.path + "\n" + request.body)));
  auto& database = services.database;
  MQ_TRY(auto earlier, database.write([&](storage::Transaction& tx)
                                          -> Result<std::optional<HttpResponse>> {
    const auto now = services.clock.now();
    const auto made = tx.change(
        "INSERT INTO api_request (caller, key, content, at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (caller, key) DO NOTHING",
        {caller, key, content, now});
    if (made == 1) return std::optional<HttpResponse>{};
    const auto row =
        tx.first(std::string("SELECT content, status, body, at FROM api_request WHERE caller = $1 "
                             "AND key = $2") +
                     std::string(tx.for_update()),
                 {caller, key});
    if (!row) return ApiErrc::in_progress;
    if (row->text(0) != content) return ApiErrc::idempotency_key_reused;
    if (!row->is_null(1)) {
      auto first = HttpResponse::json(static_cast<int>(row->i64(1)), row->text(2));
      first.headers.emplace_back("Idempotency-Replayed", "true");
      return std::optional<HttpResponse>(std::move(first));
    }
    if (row->instant(3) > now.plus_seconds(-kStaleSeconds)) return ApiErrc::in_progress;
    tx.execute("UPDATE api_request SET at = $1 WHERE caller = $2 AND key = $3", {now, caller, key});
    return std::optional<HttpResponse>{};
  }));
  if (earlier) return std::move(*earlier);

  auto answer = handler();
  const bool success = answer.ok() && answer->status < 300;
  const auto kept = database.write([&](storage::Transaction& tx) -> Status {
    if (success) {
      tx.execute("UPDATE api_request SET status = $1, body = $2 WHERE caller = $3 AND key = $4",
                 {answer->status, answer->body, caller, key});
    } else {
      tx.execute("DELETE FROM api_request WHERE caller = $1 AND key = $2", {caller, key});
    }
    return ok();
  });
  if (!kept.ok()) log::warn("api.answer_not_kept", {{"error", kept.error()}});
  services.wake();
  return answer;
}

}  // namespace

std::string language_of(const HttpRequest& request) {
  const auto accepted = request.header("Accept-Language").value_or("");
  return accepted.starts_with("en") || accepted.starts_with("EN") ? "en" : "zh";
}

std::string operation_of(std::string_view caller, const HttpRequest& request) {
  const auto key = request.header("Idempotency-Key").value_or("");
  return crypto::hex(crypto::sha256(
      as_bytes(std::string(caller) + "\n" + key + "\n" + request.method + " " + request.path)));
}

auth::Origin origin_of(const HttpRequest& request) {
  auto devices = request.cookies(kDeviceCookie, kDeviceCookies);
  if (const auto device = request.header(kDeviceHeader)) devices.push_back(*device);
  return {request.peer, std::move(devices),
          auth::client_of(request.header("User-Agent").value_or("")),
          request.header("X-Requested-With") == "mianqian"};
}

std::string session_cookie(std::string_view name, std::string_view token, std::int64_t max_age_s) {
  return std::string(name) + "=" + std::string(token) +
         "; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=" + std::to_string(max_age_s);
}

void set_session_cookies(HttpResponse& response, std::string_view name,
                         const auth::NewSession& session) {
  response.headers.emplace_back("Set-Cookie",
                                session_cookie(name, session.token, limits::kSessionLifeSeconds));
  response.headers.emplace_back("Set-Cookie",
                                session_cookie(std::string(kDeviceCookie) + session.account_tag,
                                               session.device_token, auth::kDeviceLifeSeconds));
}

void Routes::add(Access access, Open handler, std::size_t body_limit, std::string media_types) {
  runtime::Route route;
  route.method = access.method;
  route.pattern = access.pattern;
  declared_.push_back(std::move(access));
  route.body_limit = body_limit;
  route.media_types = std::move(media_types);
  route.handler = [handler = std::move(handler)](HttpRequest& request) {
    auto answer = handler(request);
    return answer.ok() ? std::move(answer).value() : render_problem(answer.error(), request);
  };
  router_.add(std::move(route));
}

void Routes::open(std::string method, std::string pattern, Open handler) {
  add({std::move(method), std::move(pattern), Caller::anyone, {}}, std::move(handler),
      limits::kHttpJsonBodyBytes, "application/json");
}

void Routes::partner(std::string method, std::string pattern, Open handler) {
  add({std::move(method), std::move(pattern), Caller::partner, {}}, std::move(handler),
      limits::kHttpJsonBodyBytes, "application/json");
}

void Routes::borrower(std::string method, std::string pattern, Repeat repeat, ForBorrower handler) {
  add(
      {std::move(method), std::move(pattern), Caller::borrower, {}},
      [&services = services_, repeat,
       handler = std::move(handler)](HttpRequest& request) -> Answer {
        MQ_TRY(const auto in, credentials_of(request, kBorrowerCookie));
        MQ_TRY(const auto borrower, services.auth.borrower(in.token, in.devices, in.renewal));
        return going_on(once(services, request, borrower.person.str(), repeat,
                             [&] { return handler(request, borrower); }),
                        request, kBorrowerCookie, borrower.renewed, services.clock.now());
      },
      limits::kHttpJsonBodyBytes, "application/json");
}

void Routes::borrower_bytes(std::string method, std::string pattern, std::size_t body_limit,
                            std::string media_types, ForBorrower handler) {
  add(
      {std::move(method), std::move(pattern), Caller::borrower, {}},
      [&services = services_, handler = std::move(handler)](HttpRequest& request) -> Answer {
        MQ_TRY(const auto in, credentials_of(request, kBorrowerCookie));
        MQ_TRY(const auto borrower, services.auth.borrower(in.token, in.devices, in.renewal));
        return going_on(handler(request, borrower), request, kBorrowerCookie, borrower.renewed,
                        services.clock.now());
      },
      body_limit, std::move(media_types));
}

void Routes::borrower_photo(std::string pattern, ForBorrower handler) {
  borrower_bytes("PUT", std::move(pattern), limits::kHttpPhotoBodyBytes, std::string(kPhotoTypes),
                 std::move(handler));
}

void Routes::borrower_file(std::string pattern, bool pdf, ForBorrower handler) {
  const auto types = std::string(kPhotoTypes) + (pdf ? ",application/pdf" : "");
  borrower_bytes("POST", std::move(pattern), pdf ? limits::kPdfBytes : limits::kHttpPhotoBodyBytes,
                 types, std::move(handler));
}

void Routes::staff(std::string method, std::string pattern, auth::Permission permission,
                   Repeat repeat, ForStaff handler) {
  add(
      {std::move(method), std::move(pattern), Caller::staff, permission},
      [&services = services_, permission, repeat,
       handler = std::move(handler)](HttpRequest& request) -> Answer {
        MQ_TRY(const auto in, credentials_of(request, kStaffCookie));
        MQ_TRY(const auto staff, services.auth.staff(in.token, in.devices, in.renewal));
        const auto answer = [&]() -> Answer {
          if (!staff.may(permission)) return auth::AuthErrc::forbidden;
          return once(services, request, staff.id.str(), repeat,
                      [&] { return handler(request, staff); });
        };
        return going_on(answer(), request, kStaffCookie, staff.renewed, services.clock.now());
      },
      limits::kHttpJsonBodyBytes, "application/json");
}

runtime::Router make_router(Services& services, std::vector<Access>* declared) {
  runtime::Router router;
  Routes routes(router, services);
  add_open_routes(routes);
  add_sign_in_routes(routes);
  add_passkey_routes(routes);
  add_step_up_routes(routes);
  add_password_routes(routes);
  add_session_routes(routes);
  add_me_routes(routes);
  add_consent_routes(routes);
  add_verification_routes(routes);
  add_document_routes(routes);
  add_application_routes(routes);
  add_loan_routes(routes);
  add_proof_routes(routes);
  add_console_sign_in_routes(routes);
  add_console_account_routes(routes);
  add_console_session_routes(routes);
  add_console_staff_routes(routes);
  add_console_review_routes(routes);
  add_console_document_routes(routes);
  add_console_application_routes(routes);
  add_console_loan_routes(routes);
  add_console_payout_routes(routes);
  add_console_ledger_routes(routes);
  add_console_operations_routes(routes);
  add_payment_notification_routes(routes);
  if (declared != nullptr) *declared = routes.declared();
  return router;
}

Status forget_unfinished(storage::Database& database) {
  return database.write([](storage::Transaction& tx) -> Status {
    tx.execute("DELETE FROM api_request WHERE status IS NULL");
    return ok();
  });
}

const storage::Migration kApiMigration{
    13, "api",
    "CREATE TABLE api_request (caller TEXT NOT NULL, key TEXT NOT NULL, content TEXT NOT NULL, "
    "status BIGINT, body TEXT, at BIGINT NOT NULL, PRIMARY KEY (caller, key));"
    "CREATE INDEX api_request_at ON api_request (at)"};

}  // namespace mq::api
