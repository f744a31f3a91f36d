// The payment channel's notifications. Authentic by signature, harmless when repeated.
#include "api/handlers.h"
#include "payments/payments.h"

namespace mq::api {
namespace {

struct ReceivedBody {
  bool received = true;
};
BOOST_DESCRIBE_STRUCT(ReceivedBody, (), (received))

Answer receive(Services& services, HttpRequest& request) {
  MQ_TRY(const auto sent, partners::parse_notification(
                              request.header("X-Signature").value_or(""), request.body,
                              services.notification_secret, services.clock.now()));
  payments::Notification notification;
  notification.notification_id = sent.notification_id.str();
  notification.instruction_id = sent.instruction_id;
  notification.kind = sent.kind == partners::PaymentKind::payout ? payments::Kind::payout
                                                                 : payments::Kind::debit;
  notification.state = sent.state == partners::PaymentState::succeeded
                           ? payments::AnswerState::succeeded
                           : payments::AnswerState::failed;
  notification.amount = sent.amount;
  notification.channel_reference = sent.channel_reference;
  notification.reason = sent.reason.value_or("");
  MQ_REQUIRE(services.database.write([&](storage::Transaction& tx) -> Status {
    MQ_TRY([[maybe_unused]] const auto recorded,
           payments::record_notification(tx, services.clock.now(), services.random, notification));
    return ok();
  }));
  services.wake();
  return json_response(200, ReceivedBody{});
}

}  // namespace

void add_payment_notification_routes(Routes& routes) {
  auto& services = routes.services();
  routes.partner("POST", "/v1/partner/payment-notifications",
              [&](HttpRequest& request) { return receive(services, request); });
}

}  // namespace mq::api
