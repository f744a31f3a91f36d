// Identity: verification sessions, from the two photos to a decision that can be defended.
//
// States: collecting → processing → passed | retry | review; review → passed | retry | refused
// (staff). A borrower's photo is analysed when it arrives (what is wrong with it is said at once);
// the comparison with the authority's photo runs behind the outbox event
// "identity.evidence_complete".
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/pii.h"
#include "base/result.h"
#include "base/time.h"
#include "documents/documents.h"
#include "idcard/idcard.h"
#include "identity/decision.h"
#include "storage/storage.h"
#include "vault/vault.h"
#include "vision/vision.h"

namespace mq::identity {

enum class IdentityErrc {
  bad_id_number,  // not 18 characters, no such birth date, or a wrong check character
  bad_name,
  under_age,  // younger than 18 on the day of the request
  not_found,
  already_passed,     // this person has passed; nothing is left to verify
  in_progress,        // another verification of this person is with the server or with staff
  wrong_state,        // the verification takes no photo, or no decision, in its state
  too_many_attempts,  // the day's automatic attempts are used up
  photo_quality,      // the detail lists advice codes, comma-separated
  reason_missing,     // a staff decision without a reason
};
BOOST_DESCRIBE_ENUM(IdentityErrc, bad_id_number, bad_name, under_age, not_found, already_passed,
                    in_progress, wrong_state, too_many_attempts, photo_quality, reason_missing)
constexpr std::string_view error_domain(IdentityErrc) { return "identity"; }

enum class State { collecting, processing, passed, retry, review, refused };
BOOST_DESCRIBE_ENUM(State, collecting, processing, passed, retry, review, refused)

enum class Photo { card, selfie };
BOOST_DESCRIBE_ENUM(Photo, card, selfie)

enum class StaffOutcome { pass, retry, refuse };
BOOST_DESCRIBE_ENUM(StaffOutcome, pass, retry, refuse)

// --- ports, fulfilled in app/ ---
// The vision child.
using Analyze = std::function<Result<vision::Analysis>(ByteView picture)>;
// The same, for a person who holds a card.
using ReadHandHeld = std::function<Result<vision::HandHeldReading>(ByteView picture)>;
// The public-security photo source. `request_id` stays the same over repeats.
struct AuthorityAnswer {
  AuthorityResult result{};
  Bytes photo;  // empty unless result is match
};
using QueryAuthority = std::function<Result<AuthorityAnswer>(const std::string& request_id,
                                                             const Pii<std::string>& name,
                                                             const Pii<std::string>& id_number)>;

struct Verification {
  VerificationId id;
  PersonId person;
  State state{};
  std::optional<DocumentId> card, selfie, authority;
  int attempt = 1;
  int attempts_left = 0;  // automatic comparisons still to be had, the one under way not counted
  std::vector<Reason> reasons;
  std::optional<Facts> facts;  // once compared
  std::optional<StaffId> decided_by;
  Instant created_at, updated_at;
};

struct Settings {
  double false_match_rate = vision::kDefaultFalseMatchRate;
  int attempts = 5;  // automatic comparisons a person gets in 24 hours, then staff decide
};

// Thread-safe.
class Identity {
 public:
  Identity(storage::Database& database, vault::Vault& vault, const Clock& clock, Random& random,
           Analyze analyze, ReadHandHeld read_hand_held, QueryAuthority query,
           Settings settings = {});

  // Starts a verification, or returns the one that is still collecting or to be retried (with the
  // new name and number). Needs the consents terms, face and authority, and the switch face.
  // `card`: a photo of the card's front that was handed in and read (documents/uploads.h) is the
  // card photo then; name and number are kept beside what was read there. Errors: bad_id_number,
  // bad_name, under_age, already_passed, in_progress, consent.missing, controls.stopped,
  // too_many_attempts; of `card` documents.not_found, documents.wrong_state (no front of a card, or
  // one to be photographed again), and vision's when it shows no face.
  Result<Verification> begin(const PersonId& person, const Pii<std::string>& name,
                             const Pii<std::string>& id_number,
                             const std::optional<DocumentId>& card = std::nullopt);
  // Takes one photo. With both there, the comparison starts by itself.
  // Errors: not_found, wrong_state, photo_quality, consent.missing, controls.stopped, and vision's.
  Result<Verification> submit(const PersonId& person, const VerificationId& id, Photo which,
                              ByteView picture);
  Result<Verification> get(const VerificationId& id);
  Result<Verification> get_of(const PersonId& person, const VerificationId& id);
  std::optional<Verification> latest(storage::Transaction& tx, const PersonId& person);
  // True once a verification of the person has passed.
  static bool is_verified(storage::Transaction& tx, const PersonId& person);
  // How name and number stand to what was read from the card's photo, for staff: the names of those
  // that are not as read, however sure the reading was. Nothing when the photo was not read.
  Result<std::optional<std::vector<std::string>>> typed(const Verification& verification);

  // The outbox's side: queries the authority (once for a name and number), compares, decides. The
  // newest usable hand-held photo that the person has handed in takes part.
  // Repeats are harmless. If a consent was withdrawn meanwhile, no face is looked at: the
  // verification collects again and needs a new selfie. Errors: controls.stopped, and those of the
  // ports; the state is then unchanged.
  Status process(const VerificationId& id);

  // --- staff ---
  std::vector<Verification> list(storage::Transaction& tx, bool open_only, int limit);
  // Errors: not_found, wrong_state (not in review), reason_missing.
  Result<Verification> decide_by_staff(const VerificationId& id, const StaffId& staff,
                                       StaffOutcome outcome, std::string_view reason);

 private:
  Status guard(storage::Transaction& tx, const PersonId& person) const;
  Result<documents::Upload> usable_card(storage::Transaction& tx, const PersonId& person,
                                        const DocumentId& card, bool lock) const;
  Status look_at_card(const PersonId& person, const DocumentId& card);
  Result<std::optional<documents::Reading>> reading_of_card(storage::Transaction& tx,
                                                            const vault::PersonKeys& keys,
                                                            const Verification& verification) const;
  void submitted(storage::Transaction& tx, Instant now, const Verification& before, Photo which);
  Status put_back(const VerificationId& id);
  Result<AuthorityResult> ask_authority(const Verification& verification);
  struct Comparison {
    Facts facts;
    vision::FaceTemplate selfie;
  };
  Result<Comparison> compare(const Verification& verification, AuthorityResult authority);
  Result<Bytes> picture_to_look_at(const PersonId& person, const vault::PersonKeys& keys,
                                   const DocumentId& document) const;
  Status compare_hand_held(const Verification& verification, const vault::PersonKeys& keys,
                           const vision::Face& selfie, Facts& facts);
  Status conclude(const Verification& verification, const Comparison& comparison);

  storage::Database& database_;
  vault::Vault& vault_;
  const Clock& clock_;
  Random& random_;
  Analyze analyze_;
  ReadHandHeld read_hand_held_;
  QueryAuthority query_;
  Settings settings_;
};

extern const storage::Migration kIdentityMigration;

}  // namespace mq::identity
