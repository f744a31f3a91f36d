// The master keys: one small file beside the data and outside its backups.
//
// Text file, one item a line, mode 0600:
//   mianqian-keys 1
//   master <version> <base64 of 32 bytes>      one line a version, ascending; the last one wraps
//   derivation <base64 of 32 bytes>            root of the named sub-keys; never rotates with the
//   masters audit-signing <base64 of 32 bytes>         Ed25519 seed of the audit log
// The masters only wrap data keys, so adding a version needs no re-sealing: old blobs name their
// version. The derivation root stays, since look-up hashes must stay equal over a rotation.
//
// A KeyRing does not change after loading: share it between threads by const reference.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "crypto/seal.h"

namespace mq::crypto {

class KeyRing {
 public:
  // Makes a new file with master version 1 (O_EXCL, 0600, synced with its folder) and returns the
  // ring. Errors: crypto.key_file_exists, crypto.key_file_unwritable.
  static Result<KeyRing> create(const std::string& path, Random& random);
  // Errors: crypto.key_file_missing, crypto.key_file_permissions (group or others may read or
  // write, or the file belongs to another user), crypto.malformed.
  static Result<KeyRing> load(const std::string& path);
  // Adds the next master version by writing a new file beside the old and renaming it. Running
  // servers go on with the ring they have loaded. Errors as load() and crypto.key_file_unwritable.
  static Result<KeyRing> rotate(const std::string& path, Random& random);

  std::uint32_t current_version() const { return masters_.rbegin()->first; }

  // Wrapped key: format 0x01 · master version (4, big endian) · seal(). Format and version are
  // bound.
  Bytes wrap(const Key256& data_key, ByteView aad, Random& random) const;
  // Errors: crypto.malformed, crypto.unknown_key_version, crypto.wrong_key_or_tampered.
  Result<Key256> unwrap(ByteView wrapped, ByteView aad) const;
  // The master version a wrapped key names: finds what to wrap anew after a rotation.
  static Result<std::uint32_t> wrapped_version(ByteView wrapped);

  // Sub-keys by HKDF-SHA-256 of the derivation root, one label each.
  Key256 lookup_key() const { return derive("lookup"); }  // keyed hashes for equality search
  Key256 session_hash_key() const {
    return derive("session-hash");
  }                                                             // stored form of session tokens
  Key256 code_hash_key() const { return derive("code-hash"); }  // stored form of one-time codes
  // Transform of the 1:N index; a new generation means transforming every stored template again.
  Key256 template_transform_key(std::uint32_t generation) const;
  // Any other purpose: `label` is part of the product's code, never input.
  Key256 derive(std::string_view label) const;

  // Seed of the Ed25519 key that signs audit checkpoints (see ed25519.h, note.h).
  const Key256& audit_signing_seed() const { return audit_signing_seed_; }

 private:
  KeyRing() = default;
  static Result<KeyRing> parse(std::string_view text);
  std::string text() const;

  std::map<std::uint32_t, Key256> masters_;
  Key256 derivation_root_;
  Key256 audit_signing_seed_;
};

}  // namespace mq::crypto
