#include "base/check.h"
#include "partners/signature.h"
#include "partners/signed_client.h"
#include "partners/wire.h"
#include "runtime/json.h"

namespace mq::partners {
namespace {

constexpr std::string_view kInstructions = "/payments/instructions";

struct InstructionBody {
  InstructionId request_id;
  PaymentKind kind = PaymentKind::payout;
  Money amount;
  std::string currency;
  Pii<std::string> card_number, holder_name;
  std::string notify_url;
};
BOOST_DESCRIBE_STRUCT(InstructionBody, (),
                      (request_id, kind, amount, currency, card_number, holder_name, notify_url))

struct InstructionAnswer {
  InstructionId request_id;
  std::string channel_reference;
  PaymentState state = PaymentState::accepted;
};
BOOST_DESCRIBE_STRUCT(InstructionAnswer, (), (request_id, channel_reference, state))

struct StatementItem {
  std::string channel_reference;
  InstructionId request_id;
  PaymentKind kind = PaymentKind::payout;
  Money amount;
  std::string at;
  PaymentState state = PaymentState::accepted;
};
BOOST_DESCRIBE_STRUCT(StatementItem, (), (channel_reference, request_id, kind, amount, at, state))

struct StatementAnswer {
  std::vector<StatementItem> items;
};
BOOST_DESCRIBE_STRUCT(StatementAnswer, (), (items))

Result<PaymentAnswer> read_answer(const std::string& body, const InstructionId& instruction_id) {
  const auto read = runtime::from_json<InstructionAnswer>(body);
  if (!read.ok()) return Error(PartnersErrc::bad_answer, read.error().detail());
  if (read->request_id != instruction_id || !is_reference(read->channel_reference)) {
    return Error(PartnersErrc::bad_answer, "the answer does not fit the instruction");
  }
  return PaymentAnswer{read->state, read->channel_reference};
}

}  // namespace

BOOST_DESCRIBE_STRUCT(Notification, (),
                      (notification_id, instruction_id, kind, state, amount, channel_reference,
                       reason))

PaymentClient::PaymentClient(PartnerSettings settings, PartnerContext context)
    : client_(std::make_unique<SignedClient>("payment", std::move(settings), context)) {}
PaymentClient::~PaymentClient() = default;

Result<PaymentAnswer> PaymentClient::instruct(const InstructionId& instruction_id, PaymentKind kind,
                                              Money amount, const Pii<std::string>& card_number,
                                              const Pii<std::string>& holder_name,
                                              std::string_view notify_url) {
  MQ_CHECK(amount.is_positive() && amount.currency() == Currency::CNY);
  const InstructionBody instruction{
      .request_id = instruction_id,
      .kind = kind,
      .amount = amount,
      .currency = std::string(to_string(amount.currency())),
      .card_number = card_number,
      .holder_name = holder_name,
      .notify_url = std::string(notify_url),
  };
  MQ_TRY(const auto body,
         client_->post(instruction_id.uuid, kInstructions, runtime::to_json(instruction)));
  return read_answer(body, instruction_id);
}

Result<PaymentAnswer> PaymentClient::look_up(const InstructionId& instruction_id) {
  MQ_TRY(const auto body, client_->get(std::string(kInstructions) + "/" + instruction_id.str()));
  return read_answer(body, instruction_id);
}

Result<std::vector<StatementLine>> PaymentClient::statement() {
  MQ_TRY(const auto body, client_->get("/payments/statement"));
  const auto read = runtime::from_json<StatementAnswer>(body);
  if (!read.ok()) return Error(PartnersErrc::bad_answer, read.error().detail());
  std::vector<StatementLine> lines;
  for (const auto& item : read->items) {
    if (!is_reference(item.channel_reference) || !item.amount.is_positive()) {
      return Error(PartnersErrc::bad_answer, "a statement line is malformed");
    }
    MQ_TRY(const auto at, parse_instant(item.at));
    lines.push_back(
        {item.channel_reference, item.request_id, item.kind, item.amount, at, item.state});
  }
  return lines;
}

Result<Notification> parse_notification(std::string_view signature_header, std::string_view body,
                                        std::string_view secret, Instant now) {
  if (!check_signature(signature_header, secret, now, body)) return PartnersErrc::bad_signature;
  auto read = runtime::from_json<Notification>(body);
  if (!read.ok()) return Error(PartnersErrc::bad_answer, read.error().detail());
  const auto& said = *read;
  if (said.state == PaymentState::accepted) {
    return Error(PartnersErrc::bad_answer, "the state of a notification must be final");
  }
  if (!said.amount.is_positive() || !is_reference(said.channel_reference) ||
      (said.reason && !is_reference(*said.reason))) {
    return Error(PartnersErrc::bad_answer, "a field of the notification is out of range");
  }
  return read;
}

}  // namespace mq::partners
