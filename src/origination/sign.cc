// From the approved application to the signed contract.
#include <array>

#include "audit/audit.h"
#include "origination/contract.h"
#include "origination/origination.h"
#include "origination/store.h"

namespace mq::origination {
namespace {

auth::Act signing(const Application& application) {
  return {auth::StepUpKind::sign_contract,
          "签署借款合同 " + application.amount.str() + " 元，" +
              std::to_string(application.term_months) + " 期",
          application.id.str() + " " + application.contract_sha256, application.amount};
}

std::string use_zh(std::string_view use) {
  if (use == "education") return "教育";
  if (use == "medical") return "医疗";
  if (use == "renovation") return "装修";
  if (use == "travel") return "旅游";
  return "日常消费";
}

}  // namespace

Result<Application> Origination::owned(storage::Transaction& tx, const PersonId& person,
                                       const ApplicationId& id, bool lock) {
  auto found = find_application(tx, id, lock);
  if (!found || found->person != person) return OriginationErrc::not_found;
  return *found;
}

Result<Application> Origination::show(const PersonId& person, const ApplicationId& id) {
  MQ_TRY(auto found,
         database_.read([&](storage::Transaction& tx) { return owned(tx, person, id, false); }));
  if (found.state != State::approved || found.sheet_shown_at) return found;
  return database_.write([&](storage::Transaction& tx) -> Result<Application> {
    tx.execute(
        "UPDATE origination_application SET sheet_shown_at = $1 WHERE id = $2 AND "
        "sheet_shown_at IS NULL",
        {clock_.now(), id});
    return owned(tx, person, id, false);
  });
}

Result<Application> Origination::get(const ApplicationId& id) {
  return database_.read([&](storage::Transaction& tx) -> Result<Application> {
    auto found = find_application(tx, id);
    if (!found) return OriginationErrc::not_found;
    return *found;
  });
}

std::optional<Application> Origination::latest(storage::Transaction& tx, const PersonId& person) {
  const auto row = tx.first(std::string("SELECT ") + kApplicationColumns +
                                " FROM origination_application WHERE person = $1 "
                                "ORDER BY id DESC LIMIT 1",
                            {person});
  if (!row) return std::nullopt;
  return read_application(*row);
}

std::vector<Application> Origination::all_of(storage::Transaction& tx, const PersonId& person) {
  std::vector<Application> out;
  for (const auto& row : tx.query(std::string("SELECT ") + kApplicationColumns +
                                      " FROM origination_application WHERE person = $1 ORDER BY id",
                                  {person})) {
    out.push_back(read_application(row));
  }
  return out;
}

std::vector<Application> Origination::list(storage::Transaction& tx, std::string_view state,
                                           int limit) {
  std::vector<Application> out;
  const auto rows =
      state.empty()
          ? tx.query(std::string("SELECT ") + kApplicationColumns +
                         " FROM origination_application ORDER BY id DESC LIMIT $1",
                     {limit})
          : tx.query(std::string("SELECT ") + kApplicationColumns +
                         " FROM origination_application WHERE state = $1 ORDER BY id DESC LIMIT $2",
                     {state, limit});
  for (const auto& row : rows) out.push_back(read_application(row));
  return out;
}

Result<Application> Origination::confirm_costs(const PersonId& person, const ApplicationId& id,
                                               std::string_view sheet_sha256) {
  MQ_TRY(const auto keys,
         vault_.unlock(person, {vault::RetentionClass::identity, vault::RetentionClass::contract}));
  const auto contract_id = ContractId::make(clock_.now(), random_);
  std::array<std::uint8_t, 16> nonce{};
  random_.fill(nonce);
  return database_.write([&](storage::Transaction& tx) -> Result<Application> {
    const auto now = clock_.now();
    MQ_TRY(const auto found, owned(tx, person, id, true));
    if (found.sheet_sha256 != sheet_sha256) return OriginationErrc::other_sheet;
    if (found.state == State::costs_confirmed) return found;
    if (found.state != State::approved) return OriginationErrc::wrong_state;
    const auto shown_us = found.sheet_shown_at.value_or(now).us;
    const auto left_us = shown_us + kMinimumReadingSeconds * 1'000'000LL - now.us;
    if (left_us > 0) {
      return Error(OriginationErrc::read_longer, std::to_string((left_us + 999'999) / 1'000'000));
    }
    const auto use =
        tx.first("SELECT use_of_funds FROM origination_application WHERE id = $1", {id});
    ContractFacts facts{contract_id,          crypto::hex(nonce), {},          {}, {},
                        use_zh(use->text(0)), found.sheet_sha256, *found.sheet};
    MQ_TRY(facts.name, vault_.get(tx, keys, vault::Field::name));
    MQ_TRY(facts.id_number, vault_.get(tx, keys, vault::Field::id_number));
    MQ_TRY(const auto card, vault_.get(tx, keys, vault::Field::payout_card));
    facts.card_masked = vault::masked(vault::Field::payout_card, card);
    const auto text = contract_markdown(facts);
    const auto blob =
        vault_.put_blob(tx, keys, vault::RetentionClass::contract, "contract_text", as_bytes(text));
    const auto sha256 = crypto::hex(crypto::sha256(as_bytes(text)));
    set_state(tx, now, id, State::costs_confirmed);
    tx.execute(
        "UPDATE origination_application SET contract = $1, contract_blob = $2, "
        "contract_sha256 = $3 WHERE id = $4",
        {contract_id, blob, sha256, id});
    audit::append(tx, now, random_, "origination.costs_confirmed", id.str(),
                  {{"person", person.str()}, {"sheet_sha256", found.sheet_sha256}});
    return *find_application(tx, id);
  });
}

Result<ContractText> Origination::contract(const PersonId& person, const ApplicationId& id) {
  MQ_TRY(const auto keys, vault_.unlock(person, {vault::RetentionClass::contract}));
  return database_.read([&](storage::Transaction& tx) -> Result<ContractText> {
    MQ_TRY(const auto found, owned(tx, person, id, false));
    const auto row =
        tx.first("SELECT contract_blob FROM origination_application WHERE id = $1", {id});
    if (!found.contract || row->is_null(0)) return OriginationErrc::wrong_state;
    MQ_TRY(const auto text, vault_.get_blob(tx, keys, row->id<vault::BlobId>(0)));
    return ContractText{*found.contract, mq::to_string(text), found.contract_sha256};
  });
}

Result<auth::StepUp> Origination::begin_signing(const auth::Borrower& borrower,
                                                const ApplicationId& id) {
  MQ_TRY(const auto found, database_.write([&](storage::Transaction& tx) -> Result<Application> {
    MQ_TRY(auto one, owned(tx, borrower.person, id, false));
    if (one.state != State::costs_confirmed) return OriginationErrc::wrong_state;
    MQ_REQUIRE(auth_.require_settled(tx, borrower));
    return one;
  }));
  return auth_.require_step_up(borrower, signing(found));
}

Result<Application> Origination::sign(const auth::Borrower& borrower, const ApplicationId& id,
                                      const auth::ChallengeId& step_up,
                                      std::string_view contract_sha256) {
  const auto& person = borrower.person;
  return database_.write([&](storage::Transaction& tx) -> Result<Application> {
    const auto now = clock_.now();
    MQ_TRY(const auto found, owned(tx, person, id, true));
    if (found.contract_sha256 != contract_sha256) return OriginationErrc::other_contract;
    if (found.state == State::signed_ || found.state == State::paid_out) return found;
    if (found.state != State::costs_confirmed) return OriginationErrc::wrong_state;
    MQ_REQUIRE(auth_.require_settled(tx, borrower));
    MQ_REQUIRE(auth_.consume_step_up(tx, borrower, step_up, signing(found)));
    set_state(tx, now, id, State::signed_);
    audit::append(tx, now, random_, "origination.contract_signed", found.contract->str(),
                  {{"person", person.str()},
                   {"application", id.str()},
                   {"contract_sha256", found.contract_sha256},
                   {"sheet_sha256", found.sheet_sha256},
                   {"step_up", step_up.str()}});
    storage::publish(tx, now, random_, "origination.signed", id.str(),
                     R"({"application":")" + id.str() + R"("})");
    return *find_application(tx, id);
  });
}

Result<Application> Origination::cancel(const PersonId& person, const ApplicationId& id) {
  return database_.write([&](storage::Transaction& tx) -> Result<Application> {
    const auto now = clock_.now();
    MQ_TRY(const auto found, owned(tx, person, id, true));
    if (found.state == State::cancelled) return found;
    if (found.state != State::referred && found.state != State::approved &&
        found.state != State::costs_confirmed) {
      return OriginationErrc::wrong_state;
    }
    set_state(tx, now, id, State::cancelled);
    audit::append(tx, now, random_, "origination.cancelled", id.str(), {{"person", person.str()}});
    return *find_application(tx, id);
  });
}

Status Origination::record_loan(storage::Transaction& tx, Instant now, const ApplicationId& id,
                                const LoanId& loan) {
  const auto changed = tx.change(
      "UPDATE origination_application SET loan = $1, updated_at = $2 WHERE id = $3 AND "
      "state = 'signed' AND loan IS NULL",
      {loan, now, id});
  if (changed != 1) return OriginationErrc::wrong_state;
  return ok();
}

Status Origination::record_payout(storage::Transaction& tx, Instant now, const ApplicationId& id,
                                  bool succeeded) {
  set_state(tx, now, id, succeeded ? State::paid_out : State::payout_failed);
  return ok();
}

}  // namespace mq::origination
