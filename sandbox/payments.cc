// The payment channel: takes instructions once per request id, settles them a moment later,
// notifies.
#include <algorithm>

#include "base/limits.h"
#include "notifier.h"
#include "signing.h"

namespace mq::sandbox {
namespace {

constexpr std::size_t kUrlBytes = 500;

struct InstructionBody {
  std::string request_id;
  PaymentKind kind = PaymentKind::payout;
  Money amount;
  std::string currency, card_number, holder_name, notify_url;
};
BOOST_DESCRIBE_STRUCT(InstructionBody, (),
                      (request_id, kind, amount, currency, card_number, holder_name, notify_url))

bool is_card(std::string_view number) {
  return number.size() >= 12 && number.size() <= 19 &&
         std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool acceptable(const InstructionBody& body) {
  const bool url =
      body.notify_url.starts_with("http://") || body.notify_url.starts_with("https://");
  return body.amount.is_positive() && body.currency == "CNY" && is_card(body.card_number) &&
         !body.holder_name.empty() && body.holder_name.size() <= limits::kNameBytes && url &&
         body.notify_url.size() <= kUrlBytes;
}

std::string answer_of(const Payment& payment, PaymentState state) {
  return boost::json::serialize(
      boost::json::object{{"request_id", payment.request_id},
                          {"channel_reference", payment.channel_reference},
                          {"state", runtime::to_json_value(state)}});
}

Answer accept_instruction(Sandbox& sandbox, const InstructionBody& body) {
  if (!acceptable(body)) return error_answer(422, "refused");
  const auto now = sandbox.clock.now();
  const auto& card = body.card_number;
  const auto reference = "SBX-" + Uuid::v7(now, sandbox.random).str();
  // The notify_url is no part of the money: a caller that moved may still repeat.
  const auto kept = sandbox.store.put(
      Payment{.request_id = body.request_id,
              .digest = digest_of({runtime::to_json(body.kind), body.amount.str(), body.currency,
                                   body.card_number, body.holder_name}),
              .channel_reference = reference,
              .kind = body.kind,
              .amount = body.amount,
              .card_masked = card.substr(0, 4) + "****" + card.substr(card.size() - 4),
              .notify_url = body.notify_url,
              .at = now.iso(),
              .reason = {},
              .notification_id = {}});
  if (!kept.ok()) return put_failed(kept.error());
  if (kept->channel_reference == reference) sandbox.notifier.schedule(body.request_id);
  // A repeat gets the first answer; what became of it is a matter of notifications and look-ups.
  return {202, answer_of(*kept, PaymentState::accepted)};
}

Answer look_up(const Sandbox& sandbox, const std::string& request_id) {
  const auto payment = sandbox.store.payment(request_id);
  if (!payment) return error_answer(404, "not_found");
  return {200, answer_of(*payment, payment->state)};
}

Answer statement(const Sandbox& sandbox) {
  boost::json::array items;
  for (const auto& payment : sandbox.store.payments()) {
    items.push_back(boost::json::object{{"channel_reference", payment.channel_reference},
                                        {"request_id", payment.request_id},
                                        {"kind", runtime::to_json_value(payment.kind)},
                                        {"amount", payment.amount.str()},
                                        {"at", payment.at},
                                        {"state", runtime::to_json_value(payment.state)}});
  }
  return {200, boost::json::serialize(boost::json::object{{"items", std::move(items)}})};
}

}  // namespace

void add_payment_routes(runtime::Router& router, Sandbox& sandbox) {
  router.add({.method = "POST",
              .pattern = "/payments/instructions",
              .handler = [&sandbox](runtime::HttpRequest& request) {
                return partner_post<InstructionBody>(
                    sandbox, Partner::payment, request,
                    [&](const InstructionBody& body) { return accept_instruction(sandbox, body); });
              }});
  router.add({.method = "GET",
              .pattern = "/payments/instructions/{request_id}",
              .handler = [&sandbox](runtime::HttpRequest& request) {
                return partner_exchange(
                    sandbox, Partner::payment, request, [&](const std::string&) {
                      return look_up(sandbox, request.parameters.at("request_id"));
                    });
              }});
  router.add({.method = "GET",
              .pattern = "/payments/statement",
              .handler = [&sandbox](runtime::HttpRequest& request) {
                return partner_exchange(sandbox, Partner::payment, request,
                                        [&](const std::string&) { return statement(sandbox); });
              }});
}

}  // namespace mq::sandbox
