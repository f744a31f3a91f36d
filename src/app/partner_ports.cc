#include "app/partner_ports.h"

#include <sys/stat.h>

#include <fstream>

namespace mq::app {
namespace {

Result<partners::PartnerSettings> read_partner(const PartnerAddress& address) {
  struct stat about {};
  if (::stat(address.secret_file.c_str(), &about) != 0 || (about.st_mode & 077) != 0) {
    return Error(AppErrc::partner_missing,
                 address.secret_file + " must exist and be readable by its owner only");
  }
  std::ifstream in(address.secret_file);
  std::string secret;
  std::getline(in, secret);
  if (secret.empty()) return Error(AppErrc::partner_missing, address.secret_file + " is empty");
  return partners::PartnerSettings{address.url, secret};
}

payments::AnswerState state_of(partners::PaymentState state) {
  switch (state) {
    case partners::PaymentState::accepted:
      return payments::AnswerState::accepted;
    case partners::PaymentState::succeeded:
      return payments::AnswerState::succeeded;
    case partners::PaymentState::failed:
      return payments::AnswerState::failed;
  }
  check_failed("unknown payment state");
}

}  // namespace

struct PartnerPorts::Impl {
  storage::Database& database;
  vault::Vault& vault;
  partners::AuthorityClient authority;
  partners::SmsClient sms;
  partners::PaymentClient payment;
  std::string payment_secret, notify_url;

  Result<payments::ChannelAnswer> send(const payments::Instruction& instruction);
  Result<payments::ChannelAnswer> look_up(const InstructionId& id);
};

Result<PartnerPorts> PartnerPorts::make(const Settings& settings, storage::Database& database,
                                        vault::Vault& vault, const Clock& clock, Random& random,
                                        runtime::Metrics& metrics) {
  MQ_TRY(const auto authority, read_partner(settings.authority));
  MQ_TRY(const auto sms, read_partner(settings.sms));
  MQ_TRY(const auto payment, read_partner(settings.payment));
  const partners::PartnerContext context{clock, random, &metrics};
  return PartnerPorts(std::unique_ptr<Impl>(
      new Impl{database, vault, partners::AuthorityClient(authority, context),
               partners::SmsClient(sms, context), partners::PaymentClient(payment, context),
               payment.secret, ""}));
}

PartnerPorts::PartnerPorts(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PartnerPorts::PartnerPorts(PartnerPorts&&) noexcept = default;
PartnerPorts::~PartnerPorts() = default;

const std::string& PartnerPorts::notification_secret() const { return impl_->payment_secret; }
void PartnerPorts::set_notify_url(std::string url) { impl_->notify_url = std::move(url); }

auth::SmsSender PartnerPorts::send_sms() {
  return [impl = impl_.get()](const std::string& request_id, const Pii<std::string>& phone,
                              const std::string& text) -> Status {
    MQ_TRY(const auto id, Uuid::parse(request_id));
    return impl->sms.send(id, phone, text);
  };
}

identity::QueryAuthority PartnerPorts::query_authority() {
  return [impl = impl_.get()](const std::string& request_id, const Pii<std::string>& name,
                              const Pii<std::string>& id_number)
             -> Result<identity::AuthorityAnswer> {
    MQ_TRY(const auto id, Uuid::parse(request_id));
    MQ_TRY(auto answer, impl->authority.query(id, name, id_number));
    identity::AuthorityAnswer out;
    switch (answer.result) {
      case partners::AuthorityResult::match:
        out.result = identity::AuthorityResult::match;
        break;
      case partners::AuthorityResult::no_match:
        out.result = identity::AuthorityResult::no_match;
        break;
      case partners::AuthorityResult::no_photo:
        out.result = identity::AuthorityResult::no_photo;
        break;
    }
    out.photo = std::move(answer.photo);
    return out;
  };
}

Result<payments::ChannelAnswer> PartnerPorts::Impl::send(
    const payments::Instruction& instruction) {
  MQ_TRY(const auto keys,
         vault.unlock(instruction.person_id,
                      {vault::RetentionClass::identity, vault::RetentionClass::contract}));
  Pii<std::string> name, card;
  MQ_REQUIRE(database.read([&](storage::Transaction& tx) -> Status {
    MQ_TRY(name, vault.get(tx, keys, vault::Field::name));
    MQ_TRY(card, vault.get(tx, keys, vault::Field::payout_card));
    return ok();
  }));
  const auto kind = instruction.kind == payments::Kind::payout ? partners::PaymentKind::payout
                                                               : partners::PaymentKind::debit;
  const auto answer =
      payment.instruct(instruction.id, kind, instruction.amount, card, name, notify_url);
  if (answer.ok()) {
    return payments::ChannelAnswer{state_of(answer->state), instruction.amount,
                                   answer->channel_reference, ""};
  }
  // A signed refusal is an outcome; anything else leaves it open.
  if (answer.error().is(partners::PartnersErrc::refused)) {
    return payments::ChannelAnswer{payments::AnswerState::failed, instruction.amount, "",
                                   "refused"};
  }
  return answer.error();
}

Result<payments::ChannelAnswer> PartnerPorts::Impl::look_up(const InstructionId& id) {
  MQ_TRY(const auto instruction, database.read([&](storage::Transaction& tx) {
    return payments::find(tx, id);
  }));
  const auto answer = payment.look_up(id);
  if (answer.ok()) {
    return payments::ChannelAnswer{state_of(answer->state), instruction.amount,
                                   answer->channel_reference, ""};
  }
  if (answer.error().is(partners::PartnersErrc::not_found)) {
    return payments::ChannelAnswer{payments::AnswerState::unknown, instruction.amount, "", ""};
  }
  return answer.error();
}

payments::ChannelPort PartnerPorts::channel() {
  return {[impl = impl_.get()](const payments::Instruction& instruction) {
            return impl->send(instruction);
          },
          [impl = impl_.get()](const InstructionId& id) { return impl->look_up(id); }};
}

}  // namespace mq::app
