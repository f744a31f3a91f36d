// The card's photo as a document that was handed in and read before the verification began.
#include "identity/identity.h"
#include "identity/store.h"

namespace mq::identity {

bool as_read(const documents::FieldValue& read, const Pii<std::string>& given) {
  if (read.name != "name") return read.read.expose() == given.expose();
  // No card has the spaces that some people type.
  return idcard::inspect_name(read.read.expose()).name == idcard::inspect_name(given.expose()).name;
}

Result<documents::Upload> Identity::usable_card(storage::Transaction& tx, const PersonId& person,
                                                const DocumentId& card, bool lock) const {
  auto upload = documents::find_upload(tx, card, lock);
  if (!upload || upload->person != person) return documents::DocumentsErrc::not_found;
  using documents::UploadState;
  const bool taken = upload->state == UploadState::read || upload->state == UploadState::confirm ||
                     upload->state == UploadState::stored;
  if (upload->kind != documents::Kind::id_card_front || !taken) {
    return documents::DocumentsErrc::wrong_state;
  }
  return *upload;
}

// Consent and switch come before any look at the face, and again in the transaction that takes it.
Status Identity::look_at_card(const PersonId& person, const DocumentId& card) {
  MQ_REQUIRE(database_.read([&](storage::Transaction& tx) -> Status {
    MQ_REQUIRE(guard(tx, person));
    MQ_TRY([[maybe_unused]] const auto upload, usable_card(tx, person, card, false));
    return ok();
  }));
  MQ_TRY(const auto keys, vault_.unlock(person, {vault::RetentionClass::identity}));
  MQ_TRY(const auto picture, database_.read([&](storage::Transaction& tx) {
    return documents::load(tx, vault_, keys, card);
  }));
  MQ_TRY(const auto analysis, analyze_(picture));
  MQ_TRY([[maybe_unused]] const auto face, vision::principal_face(analysis));
  return ok();
}

Result<std::optional<documents::Reading>> Identity::reading_of_card(
    storage::Transaction& tx, const vault::PersonKeys& keys,
    const Verification& verification) const {
  if (!verification.card || !documents::find_upload(tx, *verification.card)) {
    return std::optional<documents::Reading>{};
  }
  MQ_TRY(auto reading, documents::reading_of(tx, vault_, keys, *verification.card));
  if (reading.fields.empty()) return std::optional<documents::Reading>{};
  return std::optional(std::move(reading));
}

Result<std::optional<std::vector<std::string>>> Identity::typed(const Verification& verification) {
  using Names = std::optional<std::vector<std::string>>;
  MQ_TRY(const auto keys, vault_.unlock(verification.person, {vault::RetentionClass::identity}));
  return database_.read([&](storage::Transaction& tx) -> Result<Names> {
    MQ_TRY(const auto reading, reading_of_card(tx, keys, verification));
    if (!reading) return Names{};
    std::vector<std::string> out;
    for (const auto& [name, field] :
         {std::pair("name", vault::Field::name), std::pair("number", vault::Field::id_number)}) {
      MQ_TRY(const auto given, vault_.get(tx, keys, field));
      const auto* read = reading->field(name);
      if (read != nullptr && !as_read(*read, given)) out.emplace_back(name);
    }
    return Names(std::move(out));
  });
}

}  // namespace mq::identity
