#include <algorithm>
#include <array>

#include "audit/audit.h"
#include "consent/consent.h"

namespace mq::consent {
namespace {

constexpr std::array kPurposes = {Purpose::terms, Purpose::face, Purpose::authority};

std::string name_of(Purpose purpose) { return boost::describe::enum_to_string(purpose, "?"); }

std::optional<Answer> latest(storage::Transaction& tx, const PersonId& person, Purpose purpose) {
  const auto row = tx.first(
      "SELECT id, version, granted, at FROM consent_answer WHERE person = $1 AND purpose = $2 "
      "ORDER BY at DESC, id DESC LIMIT 1",
      {person, name_of(purpose)});
  if (!row) return std::nullopt;
  const int version = static_cast<int>(row->i64(1));
  return Answer{row->id<ConsentId>(0), purpose,      version, row->flag(2),
                version == notice(purpose, Language::zh).version, row->instant(3)};
}

}  // namespace

Result<Purpose> parse_purpose(std::string_view text) {
  for (const auto purpose : kPurposes) {
    if (text == name_of(purpose)) return purpose;
  }
  return ConsentErrc::unknown_purpose;
}

Result<Answer> record(storage::Transaction& tx, Instant now, Random& random, const PersonId& person,
                      Purpose purpose, int version, std::string_view sha256, bool granted,
                      std::string_view session) {
  std::string language;
  for (const auto candidate : {Language::zh, Language::en}) {
    const auto& shown = notice(purpose, candidate);
    if (shown.version == version && shown.sha256 == sha256) {
      language = boost::describe::enum_to_string(candidate, "?");
    }
  }
  if (language.empty()) return Error(ConsentErrc::outdated_notice, name_of(purpose));

  // Ids of one millisecond have no order and clocks step back: the answer given last must still win.
  const auto earlier = latest(tx, person, purpose);
  const Instant at{earlier ? std::max(now.us, earlier->at.us + 1) : now.us};
  const auto id = ConsentId::make(at, random);
  tx.execute(
      "INSERT INTO consent_answer (id, person, purpose, version, notice_sha256, language, granted, "
      "session, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {id, person, name_of(purpose), version, sha256, language, granted ? 1 : 0, session, at});
  audit::append(tx, at, random, granted ? "consent.granted" : "consent.refused", id.str(),
                {{"person", person.str()},
                 {"purpose", name_of(purpose)},
                 {"notice_version", version},
                 {"notice_sha256", std::string(sha256)},
                 {"language", language}});
  return Answer{id, purpose, version, granted, true, at};
}

Status require(storage::Transaction& tx, const PersonId& person, Purpose purpose) {
  const auto answer = latest(tx, person, purpose);
  if (!answer || !answer->granted || !answer->current) {
    return Error(ConsentErrc::missing, name_of(purpose));
  }
  return ok();
}

std::vector<Answer> answers(storage::Transaction& tx, const PersonId& person) {
  std::vector<Answer> given;
  for (const auto purpose : kPurposes) {
    if (auto answer = latest(tx, person, purpose)) given.push_back(*answer);
  }
  return given;
}

std::vector<ConsentId> all_ids(storage::Transaction& tx, const PersonId& person) {
  std::vector<ConsentId> ids;
  for (const auto& row :
       tx.query("SELECT id FROM consent_answer WHERE person = $1 ORDER BY at, id", {person})) {
    ids.push_back(row.id<ConsentId>(0));
  }
  return ids;
}

const storage::Migration kConsentMigration{
    6, "consent",
    "CREATE TABLE consent_answer (id TEXT PRIMARY KEY, person TEXT NOT NULL, purpose TEXT NOT NULL, "
    "version BIGINT NOT NULL, notice_sha256 TEXT NOT NULL, language TEXT NOT NULL, "
    "granted BIGINT NOT NULL, session TEXT NOT NULL, at BIGINT NOT NULL);"
    "CREATE INDEX consent_answer_person ON consent_answer (person, purpose, id)"};

}  // namespace mq::consent
