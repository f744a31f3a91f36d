#include "partners/signed_client.h"
#include "partners/wire.h"
#include "runtime/json.h"

namespace mq::partners {
namespace {

struct MessageBody {
  std::string request_id;
  Pii<std::string> phone, text;
};
BOOST_DESCRIBE_STRUCT(MessageBody, (), (request_id, phone, text))

struct MessageAnswer {
  std::string message_id;
};
BOOST_DESCRIBE_STRUCT(MessageAnswer, (), (message_id))

}  // namespace

SmsClient::SmsClient(PartnerSettings settings, PartnerContext context)
    : client_(std::make_unique<SignedClient>("sms", std::move(settings), context)) {}
SmsClient::~SmsClient() = default;

Status SmsClient::send(const Uuid& request_id, const Pii<std::string>& phone,
                       std::string_view text) {
  const MessageBody message{request_id.str(), phone, Pii<std::string>(std::string(text))};
  MQ_TRY(const auto body, client_->post(request_id, "/sms/messages", runtime::to_json(message)));
  const auto answer = runtime::from_json<MessageAnswer>(body);
  if (!answer.ok()) return Error(PartnersErrc::bad_answer, answer.error().detail());
  if (!is_reference(answer->message_id)) {
    return Error(PartnersErrc::bad_answer, "the message id is malformed");
  }
  return ok();
}

}  // namespace mq::partners
