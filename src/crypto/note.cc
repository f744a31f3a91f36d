#include "crypto/note.h"

#include <algorithm>
#include <charconv>

#include "base/check.h"

namespace mq::crypto {
namespace {

constexpr std::uint8_t kEd25519Type = 1;
constexpr std::string_view kDash = "\u2014 ";
constexpr std::size_t kNoteBytes = 64 * 1024;  // ours are below 1 KiB; witnesses may add lines
constexpr int kSignatureLines = 64;

bool valid_name(std::string_view name) {
  if (name.empty()) return false;
  return std::none_of(name.begin(), name.end(), [](unsigned char c) {
    return c <= 0x20 || c == 0x7f || c == '+' || c >= 0x80;
  });
}

// Control characters other than the newline are refused, as the format asks.
bool valid_text(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7f; });
}

Bytes key_data(const Ed25519PublicKey& key) {
  Bytes data{kEd25519Type};
  data.insert(data.end(), key.begin(), key.end());
  return data;
}

std::array<std::uint8_t, 4> big_endian(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
          static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

struct NoteParts {
  std::string_view text;
  std::string_view signatures;
};

Result<NoteParts> split(std::string_view note) {
  if (note.size() > kNoteBytes || !valid_text(note) || !note.ends_with('\n')) {
    return CryptoErrc::malformed;
  }
  const auto blank = note.rfind("\n\n");
  if (blank == std::string_view::npos || blank == 0) return CryptoErrc::malformed;
  NoteParts parts{note.substr(0, blank + 1), note.substr(blank + 2)};
  if (parts.signatures.empty()) return CryptoErrc::malformed;
  return parts;
}

struct SignatureLine {
  std::string_view name;
  Bytes blob;  // key hash (4) · signature
};

Result<SignatureLine> parse_signature(std::string_view line) {
  if (!line.starts_with(kDash)) return CryptoErrc::malformed;
  line.remove_prefix(kDash.size());
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return CryptoErrc::malformed;
  SignatureLine parsed{line.substr(0, space), {}};
  if (!valid_name(parsed.name)) return CryptoErrc::malformed;
  MQ_TRY(parsed.blob, unbase64(line.substr(space + 1)));
  if (parsed.blob.size() < 5) return CryptoErrc::malformed;
  return parsed;
}

}  // namespace

std::uint32_t NoteVerifier::key_hash() const {
  Bytes hashed = to_bytes(name);
  hashed.push_back('\n');
  const auto data = key_data(key);
  hashed.insert(hashed.end(), data.begin(), data.end());
  const auto digest = sha256(hashed);
  return static_cast<std::uint32_t>(digest[0]) << 24 | static_cast<std::uint32_t>(digest[1]) << 16 |
         static_cast<std::uint32_t>(digest[2]) << 8 | digest[3];
}

std::string NoteVerifier::str() const {
  return name + "+" + hex(big_endian(key_hash())) + "+" + base64(key_data(key));
}

Result<NoteVerifier> NoteVerifier::parse(std::string_view vkey) {
  const auto first = vkey.find('+');
  if (first == std::string_view::npos) return CryptoErrc::malformed;
  const auto second = vkey.find('+', first + 1);
  if (second == std::string_view::npos) return CryptoErrc::malformed;
  NoteVerifier verifier;
  verifier.name = std::string(vkey.substr(0, first));
  MQ_TRY(const auto data, unbase64(vkey.substr(second + 1)));
  if (!valid_name(verifier.name) || data.size() != 33 || data[0] != kEd25519Type) {
    return CryptoErrc::malformed;
  }
  std::copy(data.begin() + 1, data.end(), verifier.key.begin());
  if (vkey.substr(first + 1, second - first - 1) != hex(big_endian(verifier.key_hash()))) {
    return CryptoErrc::malformed;
  }
  return verifier;
}

NoteSigner::NoteSigner(std::string name, Key256 seed) : seed_(seed) {
  MQ_CHECK(valid_name(name));
  verifier_ = {std::move(name), ed25519_public_key(seed_)};
}

std::string NoteSigner::sign(std::string_view text) const {
  MQ_CHECK(text.ends_with('\n') && valid_text(text));
  const auto hash = big_endian(verifier_.key_hash());
  Bytes blob(hash.begin(), hash.end());
  const auto signature = ed25519_sign(seed_, as_bytes(text));
  blob.insert(blob.end(), signature.begin(), signature.end());
  return std::string(text) + "\n" + std::string(kDash) + verifier_.name + " " + base64(blob) + "\n";
}

Result<std::string> open_note(std::string_view note, const NoteVerifier& verifier) {
  MQ_TRY(const auto parts, split(note));
  const auto hash = big_endian(verifier.key_hash());
  auto rest = parts.signatures;
  bool found = false;
  for (int line_count = 0; !rest.empty(); ++line_count) {
    if (line_count == kSignatureLines) return CryptoErrc::malformed;
    const auto end = rest.find('\n');
    MQ_TRY(const auto line, parse_signature(rest.substr(0, end)));
    rest.remove_prefix(end + 1);
    if (line.name != verifier.name || !std::equal(hash.begin(), hash.end(), line.blob.begin())) {
      continue;
    }
    // A wrong signature under the right key spoils the note even if another line is right.
    if (!ed25519_verify(verifier.key, as_bytes(parts.text), ByteView(line.blob).subspan(4))) {
      return CryptoErrc::signature_invalid;
    }
    found = true;
  }
  if (!found) return CryptoErrc::signature_invalid;
  return std::string(parts.text);
}

Result<std::string> unverified_note_text(std::string_view note) {
  MQ_TRY(const auto parts, split(note));
  return std::string(parts.text);
}

std::string Checkpoint::text() const {
  std::string out = origin + "\n" + std::to_string(size) + "\n" + base64(root) + "\n";
  for (const auto& extension : extensions) out += extension + "\n";
  return out;
}

Result<Checkpoint> Checkpoint::parse(std::string_view text) {
  if (!text.ends_with('\n')) return CryptoErrc::malformed;
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == 0) return CryptoErrc::malformed;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  if (lines.size() < 3) return CryptoErrc::malformed;
  Checkpoint checkpoint;
  checkpoint.origin = std::string(lines[0]);
  const auto digits = lines[1];
  const auto [end, failed] =
      std::from_chars(digits.data(), digits.data() + digits.size(), checkpoint.size);
  if (failed != std::errc{} || end != digits.data() + digits.size() ||
      (digits.size() > 1 && digits[0] == '0') || checkpoint.size > INT64_MAX) {
    return CryptoErrc::malformed;
  }
  MQ_TRY(const auto root, unbase64(lines[2]));
  MQ_TRY(checkpoint.root, to_digest(root));
  for (std::size_t i = 3; i < lines.size(); ++i) checkpoint.extensions.emplace_back(lines[i]);
  return checkpoint;
}

}  // namespace mq::crypto
