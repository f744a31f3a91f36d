// The open part, without signatures: the page, the lists behind it, enrolment and the fault
// switches.
#include <algorithm>
#include <charconv>

#include "base/limits.h"
#include "crypto/hash.h"
#include "crypto/totp.h"
#include "page_files.h"
#include "signing.h"

namespace mq::sandbox {
namespace {

using runtime::HttpRequest;
using runtime::HttpResponse;

constexpr std::size_t kListItems = 200;
// Base64 makes 4 bytes of 3.
constexpr std::size_t kEnrolBytes =
    limits::kHttpPhotoBodyBytes / 3 * 4 + limits::kHttpJsonBodyBytes;

struct EnrolBody {
  std::string name, id_number;
  std::optional<std::string> phone, photo_base64;
};
BOOST_DESCRIBE_STRUCT(EnrolBody, (), (name, id_number, phone, photo_base64))

HttpResponse items_answer(boost::json::array items) {
  return HttpResponse::json(
      200, boost::json::serialize(boost::json::object{{"items", std::move(items)}}));
}

HttpResponse problem(std::string_view code) {
  return HttpResponse::json(422, boost::json::serialize(boost::json::object{{"code", code}}));
}

HttpResponse file(const char* type, std::string body) {
  return {
      200,
      {{"Content-Type", type},
       {"Cache-Control", "no-store"},
       {"Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}},
      std::move(body)};
}

HttpResponse show_people(const Sandbox& sandbox) {
  boost::json::array items;
  const auto people = sandbox.store.people();
  for (std::size_t no = 0; no < people.size() && no < kListItems; ++no) {
    const auto& person = people[no];
    // Addressed by number: an ID number does not belong into a URL, not even an invented one.
    boost::json::object item{{"name", person.name}, {"id_number", person.id_number}};
    if (person.phone) item["phone"] = *person.phone;
    if (person.photo) {
      item["photo"] = "/sandbox/people/" + std::to_string(no) +
                      "/photo?v=" + digest_of({*person.photo}).substr(0, 12);
    }
    items.push_back(std::move(item));
  }
  return items_answer(std::move(items));
}

HttpResponse show_photo(const Sandbox& sandbox, const HttpRequest& request) {
  const auto& text = request.parameters.at("no");
  std::size_t no = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), no);
  const auto people = sandbox.store.people();
  const bool known = failed == std::errc() && end == text.data() + text.size() &&
                     no < people.size() && people[no].photo.has_value();
  const auto photo = known ? read_photo(*people[no].photo) : std::nullopt;
  const auto type = photo ? image_type(*photo) : std::nullopt;
  if (!type) return runtime::render_plain_problem(runtime::HttpErrc::not_found, request);
  return file(type->c_str(), to_string(*photo));
}

HttpResponse enrol(Sandbox& sandbox, const HttpRequest& request) {
  auto body = runtime::from_json<EnrolBody>(request.body);
  if (!body.ok() || body->name.empty() || body->name.size() > limits::kNameBytes ||
      body->id_number.empty() || body->id_number.size() > limits::kNameBytes) {
    return problem("refused");
  }
  std::optional<Bytes> photo;
  if (body->photo_base64) {
    auto bytes = crypto::unbase64(*body->photo_base64);
    if (!bytes.ok()) return problem("bad_photo");
    photo = std::move(*bytes);
  }
  const auto done =
      sandbox.store.enrol({body->name, body->id_number, body->phone, std::nullopt}, photo);
  if (done.ok()) return HttpResponse::json(201, "{}");
  if (done.error().is(StoreErrc::bad_photo)) return problem("bad_photo");
  return runtime::render_plain_problem(runtime::HttpErrc::internal, request);
}

// What an authenticator app shows, and the secret, for whoever wants it in an app of their own.
HttpResponse show_authenticators(const Sandbox& sandbox) {
  const auto now = sandbox.clock.now();
  const auto left = crypto::kTotpStepSeconds - now.us / 1'000'000 % crypto::kTotpStepSeconds;
  boost::json::array items;
  for (const auto& one : sandbox.store.authenticators()) {
    if (items.size() == kListItems) break;
    const auto secret = crypto::unbase32(one.secret);
    MQ_CHECK(secret.ok());  // Store::put
    items.push_back(
        boost::json::object{{"account", one.account},
                            {"secret", one.secret},
                            {"code", crypto::totp_code(*secret, crypto::totp_step(now))},
                            {"seconds_left", left}});
  }
  return items_answer(std::move(items));
}

HttpResponse add_authenticator(Sandbox& sandbox, const HttpRequest& request) {
  auto body = runtime::from_json<Authenticator>(request.body);
  if (!body.ok() || body->account.empty() || body->account.size() > limits::kNameBytes ||
      body->secret.size() > limits::kNameBytes) {
    return problem("refused");
  }
  const auto done = sandbox.store.put(std::move(*body));
  if (done.ok()) return HttpResponse::json(201, "{}");
  if (done.error().is(StoreErrc::bad_secret)) return problem("bad_secret");
  return runtime::render_plain_problem(runtime::HttpErrc::internal, request);
}

HttpResponse show_payments(const Sandbox& sandbox) {
  const auto payments = sandbox.store.payments();
  boost::json::array items;
  for (auto payment = payments.rbegin(); payment != payments.rend() && items.size() < kListItems;
       ++payment) {
    boost::json::object item{{"request_id", payment->request_id},
                             {"channel_reference", payment->channel_reference},
                             {"kind", runtime::to_json_value(payment->kind)},
                             {"amount", payment->amount.str()},
                             {"card_masked", payment->card_masked},
                             {"at", payment->at},
                             {"state", runtime::to_json_value(payment->state)},
                             {"notified", payment->notified}};
    if (payment->reason) item["reason"] = *payment->reason;
    items.push_back(std::move(item));
  }
  return items_answer(std::move(items));
}

HttpResponse change_faults(Sandbox& sandbox, const HttpRequest& request) {
  const auto change = runtime::from_json<FaultsChange>(request.body);
  if (!change.ok()) return problem("refused");
  const auto done = sandbox.faults.change(*change);
  if (!done.ok()) return problem(done.error().code());
  return HttpResponse::json(200, runtime::to_json(sandbox.faults.all()));
}

}  // namespace

void add_page_routes(runtime::Router& router, Sandbox& sandbox) {
  const auto get = [&](const char* pattern, std::function<HttpResponse(HttpRequest&)> handler) {
    router.add({.method = "GET", .pattern = pattern, .handler = std::move(handler)});
  };
  get("/", [](HttpRequest&) { return file("text/html; charset=utf-8", kIndexHtml); });
  get("/app.js", [](HttpRequest&) { return file("text/javascript; charset=utf-8", kAppJs); });
  get("/sandbox/people", [&sandbox](HttpRequest&) { return show_people(sandbox); });
  get("/sandbox/people/{no}/photo",
      [&sandbox](HttpRequest& request) { return show_photo(sandbox, request); });
  get("/sandbox/authenticators", [&sandbox](HttpRequest&) { return show_authenticators(sandbox); });
  router.add({.method = "POST",
              .pattern = "/sandbox/authenticators",
              .handler = [&sandbox](HttpRequest& request) {
                return add_authenticator(sandbox, request);
              }});
  get("/sandbox/payments", [&sandbox](HttpRequest&) { return show_payments(sandbox); });
  get("/sandbox/faults", [&sandbox](HttpRequest&) {
    return HttpResponse::json(200, runtime::to_json(sandbox.faults.all()));
  });
  router.add(
      {.method = "PUT", .pattern = "/sandbox/faults", .handler = [&sandbox](HttpRequest& request) {
         return change_faults(sandbox, request);
       }});
  router.add({.method = "POST",
              .pattern = "/sandbox/people",
              .handler = [&sandbox](HttpRequest& request) { return enrol(sandbox, request); },
              .body_limit = kEnrolBytes});
}

}  // namespace mq::sandbox
