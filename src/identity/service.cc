// The borrower's and the staff's side: begin, photos, decisions by people.
#include <algorithm>

#include "audit/audit.h"
#include "base/limits.h"
#include "consent/consent.h"
#include "controls/controls.h"
#include "idcard/idcard.h"
#include "identity/identity.h"
#include "identity/store.h"

namespace mq::identity {
namespace {

constexpr int kAdult = 18;
constexpr std::int64_t kDaySeconds = 24 * 60 * 60;

std::string advice_list(const vision::Face& face) {
  std::string text;
  for (const auto advice : face.advice) {
    if (!text.empty()) text += ",";
    text += boost::describe::enum_to_string(advice, "?");
  }
  return text;
}

}  // namespace

Identity::Identity(storage::Database& database, vault::Vault& vault, const Clock& clock,
                   Random& random, Analyze analyze, ReadHandHeld read_hand_held,
                   QueryAuthority query, Settings settings)
    : database_(database),
      vault_(vault),
      clock_(clock),
      random_(random),
      analyze_(std::move(analyze)),
      read_hand_held_(std::move(read_hand_held)),
      query_(std::move(query)),
      settings_(settings) {}

Status Identity::guard(storage::Transaction& tx, const PersonId& person) const {
  MQ_REQUIRE(controls::require_open(tx, controls::Switch::face));
  MQ_REQUIRE(consent::require(tx, person, consent::Purpose::terms));
  MQ_REQUIRE(consent::require(tx, person, consent::Purpose::face));
  return consent::require(tx, person, consent::Purpose::authority);
}

Result<Verification> Identity::begin(const PersonId& person, const Pii<std::string>& name,
                                     const Pii<std::string>& id_number,
                                     const std::optional<DocumentId>& card) {
  if (!idcard::plausible_name(name.expose())) return IdentityErrc::bad_name;
  std::string number = id_number.expose();
  if (!number.empty() && number.back() == 'x') number.back() = 'X';
  const auto read = idcard::read_id_number(number);
  if (!read) return IdentityErrc::bad_id_number;
  const auto now = clock_.now();
  if (idcard::age_on(read->birth, BusinessDate::in_china(now)) < kAdult)
    return IdentityErrc::under_age;
  if (card) MQ_REQUIRE(look_at_card(person, *card));

  MQ_TRY(const auto keys, vault_.unlock(person, {vault::RetentionClass::identity}));
  const auto fresh = VerificationId::make(now, random_);
  return database_.write([&](storage::Transaction& tx) -> Result<Verification> {
    MQ_REQUIRE(guard(tx, person));
    // Parallel requests of one person queue behind the rows written here, and the submission of a
    // photo behind the verification's, so that nobody swaps the name under a comparison that has
    // begun. A refusal below takes the new values back.
    vault_.put(tx, keys, vault::Field::name, name);
    vault_.put(tx, keys, vault::Field::id_number, Pii<std::string>(number));
    auto current = latest_verification(tx, person, settings_.attempts, true);
    if (current && current->state == State::passed) return IdentityErrc::already_passed;
    if (current && (current->state == State::processing || current->state == State::review)) {
      return IdentityErrc::in_progress;
    }
    if (!current || current->state == State::refused) {
      const auto today = tx.first(
          "SELECT COALESCE(CAST(SUM(attempt) AS BIGINT), 0) FROM identity_verification "
          "WHERE person = $1 AND created_at > $2",
          {person, now.plus_seconds(-kDaySeconds)});
      if (today->i64(0) >= settings_.attempts) return IdentityErrc::too_many_attempts;
      tx.execute(
          "INSERT INTO identity_verification (id, person, state, attempt, reasons, created_at, "
          "updated_at) VALUES ($1, $2, 'collecting', 1, '[]', $3, $3)",
          {fresh, person, now});
      audit::append(tx, now, random_, "identity.verification_begun", fresh.str(),
                    {{"person", person.str()}});
      current = find_verification(tx, fresh, settings_.attempts, false);
    }
    if (!card) return *current;
    MQ_TRY(const auto upload, usable_card(tx, person, *card, true));
    MQ_REQUIRE(documents::record_typed(
        tx, vault_, keys, upload, {{"name", name}, {"number", Pii<std::string>(number)}}, now));
    tx.execute("UPDATE identity_verification SET card = $1, updated_at = $2 WHERE id = $3",
               {*card, now, current->id});
    audit::append(tx, now, random_, "identity.card_taken_from_document", current->id.str(),
                  {{"person", person.str()}, {"document", card->str()}});
    submitted(tx, now, *current, Photo::card);
    return *find_verification(tx, current->id, settings_.attempts, false);
  });
}

Result<Verification> Identity::submit(const PersonId& person, const VerificationId& id, Photo which,
                                      ByteView picture) {
  const auto takes_photos = [&](storage::Transaction& tx, bool lock) -> Result<Verification> {
    MQ_REQUIRE(guard(tx, person));
    auto found = find_verification(tx, id, settings_.attempts, lock);
    if (!found || found->person != person) return IdentityErrc::not_found;
    if (found->state != State::collecting && found->state != State::retry) {
      return IdentityErrc::wrong_state;
    }
    return *found;
  };
  // Consent and state come before any look at the face, and again in the transaction that keeps it.
  MQ_REQUIRE(database_.read([&](storage::Transaction& tx) -> Status {
    MQ_TRY([[maybe_unused]] const auto found, takes_photos(tx, false));
    return ok();
  }));
  MQ_TRY(const auto analysis, analyze_(picture));
  MQ_TRY(const auto face, vision::principal_face(analysis));
  if (which == Photo::selfie && !face.usable) {
    return Error(IdentityErrc::photo_quality, advice_list(face));
  }

  const auto kind = which == Photo::card ? documents::Kind::id_card_front : documents::Kind::selfie;
  MQ_TRY(const auto keys, vault_.unlock(person, {documents::class_of(kind)}));
  return database_.write([&](storage::Transaction& tx) -> Result<Verification> {
    const auto now = clock_.now();
    MQ_TRY(const auto current, takes_photos(tx, true));
    const auto document = documents::store(tx, now, random_, vault_, keys, kind, picture,
                                           analysis.width, analysis.height);
    tx.execute(which == Photo::card
                   ? "UPDATE identity_verification SET card = $1, updated_at = $2 WHERE id = $3"
                   : "UPDATE identity_verification SET selfie = $1, updated_at = $2 WHERE id = $3",
               {document, now, id});
    submitted(tx, now, current, which);
    return *find_verification(tx, id, settings_.attempts, false);
  });
}

// `before`: as it was when the photo came. With both there, the comparison starts.
void Identity::submitted(storage::Transaction& tx, Instant now, const Verification& before,
                         Photo which) {
  const bool both = which == Photo::card ? before.selfie.has_value() : before.card.has_value();
  // A retry needs a new selfie; a new card alone waits for it.
  if (!both || (before.state != State::collecting && which != Photo::selfie)) return;
  tx.execute(
      "UPDATE identity_verification SET state = 'processing', attempt = attempt + $1 "
      "WHERE id = $2",
      {before.state == State::retry ? 1 : 0, before.id});
  storage::publish(tx, now, random_, "identity.evidence_complete", before.id.str(),
                   R"({"verification":")" + before.id.str() + R"("})");
}

Result<Verification> Identity::get(const VerificationId& id) {
  return database_.read([&](storage::Transaction& tx) -> Result<Verification> {
    auto found = find_verification(tx, id, settings_.attempts, false);
    if (!found) return IdentityErrc::not_found;
    return *found;
  });
}

Result<Verification> Identity::get_of(const PersonId& person, const VerificationId& id) {
  MQ_TRY(auto found, get(id));
  if (found.person != person) return IdentityErrc::not_found;
  return found;
}

std::optional<Verification> Identity::latest(storage::Transaction& tx, const PersonId& person) {
  return latest_verification(tx, person, settings_.attempts, false);
}

bool Identity::is_verified(storage::Transaction& tx, const PersonId& person) {
  return tx
      .first("SELECT id FROM identity_verification WHERE person = $1 AND state = 'passed' LIMIT 1",
             {person})
      .has_value();
}

std::vector<Verification> Identity::list(storage::Transaction& tx, bool open_only, int limit) {
  std::vector<Verification> out;
  for (const auto& row : tx.query(
           std::string("SELECT ") + kVerificationColumns + " FROM identity_verification WHERE " +
               (open_only ? "state = 'review'" : "state = 'review' OR decided_by IS NOT NULL") +
               " ORDER BY id DESC LIMIT $1",
           {limit})) {
    out.push_back(read_verification(row, settings_.attempts));
  }
  return out;
}

Result<Verification> Identity::decide_by_staff(const VerificationId& id, const StaffId& staff,
                                               StaffOutcome outcome, std::string_view reason) {
  if (reason.empty() || reason.size() > limits::kReasonBytes) return IdentityErrc::reason_missing;
  const auto state = outcome == StaffOutcome::pass    ? State::passed
                     : outcome == StaffOutcome::retry ? State::retry
                                                      : State::refused;
  return database_.write([&](storage::Transaction& tx) -> Result<Verification> {
    const auto now = clock_.now();
    const auto found = find_verification(tx, id, settings_.attempts, true);
    if (!found) return IdentityErrc::not_found;
    if (found->state != State::review) return IdentityErrc::wrong_state;
    const std::string name = boost::describe::enum_to_string(state, "?");
    tx.execute(
        "UPDATE identity_verification SET state = $1, reasons = $2, decided_by = $3, "
        "decision_reason = $4, updated_at = $5 WHERE id = $6",
        {name, reasons_json({Reason::staff_decision}), staff, reason, now, id});
    audit::append(tx, now, random_, "identity.decided_by_staff", id.str(),
                  {{"person", found->person.str()}, {"staff", staff.str()}, {"state", name}});
    return *find_verification(tx, id, settings_.attempts, false);
  });
}

}  // namespace mq::identity
