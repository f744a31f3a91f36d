// Signed notes and checkpoints as text: c2sp.org/signed-note and c2sp.org/tlog-checkpoint, Ed25519
// (signature type 0x01), so that any tool for transparency logs can read ours. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/ed25519.h"
#include "crypto/hash.h"

namespace mq::crypto {

// A verifier key: "name+hash+keydata", where hash is the first four bytes of
// SHA-256(name · 0x0A · 0x01 · public key) in hex and keydata base64(0x01 · public key).
struct NoteVerifier {
  std::string name;
  Ed25519PublicKey key{};

  static Result<NoteVerifier> parse(std::string_view vkey);  // crypto.malformed
  std::string str() const;
  std::uint32_t key_hash() const;
  bool operator==(const NoteVerifier&) const = default;
};

class NoteSigner {
 public:
  // `name`: not empty, no white space, no '+' (CHECK); by custom a host name and path without
  // scheme.
  NoteSigner(std::string name, Key256 seed);
  const NoteVerifier& verifier() const { return verifier_; }
  // `text` must end in a newline (CHECK). Returns text, blank line, signature line.
  std::string sign(std::string_view text) const;

 private:
  Key256 seed_;
  NoteVerifier verifier_;
};

// The text (with its last newline) of a note that carries a valid signature by `verifier`;
// signatures by other keys are ignored, as the format asks. Errors: crypto.malformed,
// crypto.signature_invalid.
Result<std::string> open_note(std::string_view note, const NoteVerifier& verifier);
// The text without looking at any signature: only to find out which key is claimed.
Result<std::string> unverified_note_text(std::string_view note);

// Tree head: "origin\nsize\nbase64(root)\n" and extension lines.
struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Digest root{};
  std::vector<std::string> extensions;  // without newlines, not empty

  std::string text() const;
  static Result<Checkpoint> parse(std::string_view text);  // crypto.malformed
};

}  // namespace mq::crypto
