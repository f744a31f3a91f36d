// What can go wrong in crypto/ without being a bug.
#pragma once

#include "base/result.h"

namespace mq::crypto {

enum class CryptoErrc {
  malformed,              // not hex, not base64, a cut blob, an unreadable key file or note
  wrong_key_or_tampered,  // an authentication tag did not match; which of the two cannot be told
  unknown_key_version,    // wrapped under a master key that this key file does not hold
  key_file_missing,
  key_file_exists,       // create() never replaces a key file
  key_file_permissions,  // readable by group or others, or owned by somebody else
  key_file_unwritable,
  signature_invalid,     // a note without a valid signature of the expected key
  missing_node,          // the store lacks a subtree hash that a Merkle proof needs
  password_hash_failed,  // libargon2 could not get its memory
};
BOOST_DESCRIBE_ENUM(CryptoErrc, malformed, wrong_key_or_tampered, unknown_key_version,
                    key_file_missing, key_file_exists, key_file_permissions, key_file_unwritable,
                    signature_invalid, missing_node, password_hash_failed)
constexpr std::string_view error_domain(CryptoErrc) { return "crypto"; }

}  // namespace mq::crypto
