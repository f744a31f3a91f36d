// What an approval of one act and a passkey consist of. Part of auth.h, which others include.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"

namespace mq::auth {

using ChallengeId = Id<struct ChallengeTag>;
using PasskeyId = Id<struct PasskeyTag>;

// What somebody shows for one act.
enum class Factor { sms_code, passkey, password };
BOOST_DESCRIBE_ENUM(Factor, sms_code, passkey, password)
using NeededFactors = std::vector<std::vector<Factor>>;  // of each inner list one

enum class StepUpKind {
  sign_contract,
  add_passkey,
  remove_passkey,
  set_password,
  remove_password,
  confirm_device,
};
BOOST_DESCRIBE_ENUM(StepUpKind, sign_contract, add_passkey, remove_passkey, set_password,
                    remove_password, confirm_device)

// What is to be approved. `words` tell the person ("签署借款合同 10000.00 元，12 期"); they and
// `object` bind the approval: only the same act is approved by it. No personal data.
struct Act {
  StepUpKind kind = StepUpKind::sign_contract;
  std::string words{};
  std::string object{};  // what exactly it is about: an id, a hash
  Money amount{};        // by which the policy may ask for more
};
inline constexpr std::int64_t kStepUpSeconds = 120;

struct StepUp {
  ChallengeId id;
  StepUpKind kind = StepUpKind::sign_contract;
  std::string words;
  Instant expires_at;
  NeededFactors needed;  // still; none when it may be used
  // For the browser's authenticator, in base64url: what it signs, and the account's passkeys.
  std::string passkey_challenge;
  std::vector<std::string> credential_ids;
};

// What a browser's authenticator made.
struct PasskeyAnswer {
  Bytes credential_id;
  std::string client_data_json;
  Bytes authenticator_data, signature;
  std::optional<Bytes> user_handle{};
};
struct PasskeyRegistration {
  std::string client_data_json;
  Bytes attestation_object;
};
// What a browser needs to make one. The challenge is the step-up's.
struct PasskeyCreation {
  StepUp step_up;
  std::string domain, name;        // of the relying party
  std::string user_id, user_name;  // base64url; masked, for the phone's own list
};
struct PasskeySignIn {
  std::string challenge;  // base64url
  std::string domain;
  Instant expires_at;
};
struct PasskeyView {
  PasskeyId id;
  std::string client;  // client_of() where it was made
  Instant created_at;
  std::optional<Instant> used_at;
  bool backed_up = false;  // is on more than one device
};
inline constexpr std::size_t kPasskeys = 10;  // of an account

}  // namespace mq::auth
