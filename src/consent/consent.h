// Consent: versioned notices and what a person answered to them. Every use of face data and every call
// to a partner asks require() first.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/storage.h"

namespace mq::consent {

enum class ConsentErrc {
  missing,           // the purpose (in the detail) was not consented to, or was withdrawn or refused
  unknown_purpose,
  outdated_notice,   // the answer names another version or text than the current notice
};
BOOST_DESCRIBE_ENUM(ConsentErrc, missing, unknown_purpose, outdated_notice)
constexpr std::string_view error_domain(ConsentErrc) { return "consent"; }

// One purpose, one notice, one answer; never bundled (PIPL art. 23, 29).
enum class Purpose {
  terms,      // service terms and the handling of contact and contract data
  face,       // face data: comparing the live face
  authority,  // handing name and ID number to the public-security photo source
};
BOOST_DESCRIBE_ENUM(Purpose, terms, face, authority)
Result<Purpose> parse_purpose(std::string_view text);

enum class Language { zh, en };
BOOST_DESCRIBE_ENUM(Language, zh, en)

struct Notice {
  Purpose purpose;
  Language language;
  int version = 0;
  std::string title;
  std::string body_markdown;
  std::string sha256;          // of title, line feed, body: what the person was shown
  std::string recipient;       // who receives data, "" if nobody outside
  std::string alternative;     // what a person who refuses can do instead
  bool required = false;       // without it the service itself cannot exist (terms)
};
// The current notice.
const Notice& notice(Purpose purpose, Language language);

struct Answer {
  ConsentId id;
  Purpose purpose{};
  int version = 0;
  bool granted = false;
  bool current = false;  // it answers the current version
  Instant at;
};

// Records an answer, granted or refused, and its audit leaf. `session` names the signed-in device.
// Errors: consent.outdated_notice.
Result<Answer> record(storage::Transaction& tx, Instant now, Random& random, const PersonId& person,
                      Purpose purpose, int version, std::string_view sha256, bool granted,
                      std::string_view session);

// Error: consent.missing.
Status require(storage::Transaction& tx, const PersonId& person, Purpose purpose);

// The latest answer to each purpose that was answered at all.
std::vector<Answer> answers(storage::Transaction& tx, const PersonId& person);

// Audit objects (consent ids) of all answers a person ever gave, oldest first.
std::vector<ConsentId> all_ids(storage::Transaction& tx, const PersonId& person);

extern const storage::Migration kConsentMigration;

}  // namespace mq::consent
