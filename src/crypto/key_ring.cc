#include "crypto/key_ring.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/check.h"
#include "crypto/hash.h"

namespace mq::crypto {
namespace {

constexpr std::uint8_t kWrapFormat = 1;
constexpr std::size_t kWrapHeaderBytes = 1 + 4;
constexpr std::string_view kFirstLine = "mianqian-keys 1";
constexpr std::size_t kKeyFileBytes = 256 * 1024;  // thousands of versions
constexpr std::string_view kLabelPrefix = "mianqian/v1/";

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  bool open() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// Text that held keys is wiped wherever a function is left.
class SecretText {
 public:
  explicit SecretText(std::string text) : text(std::move(text)) {}
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  ~SecretText() { OPENSSL_cleanse(text.data(), text.size()); }
  std::string text;
};

Error file_error(CryptoErrc code, const std::string& path) {
  return {code, path + ": " + std::strerror(errno)};
}

Result<Unit> sync_folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string folder =
      slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
  const File opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.open() || ::fsync(opened.get()) != 0) {
    return file_error(CryptoErrc::key_file_unwritable, folder);
  }
  return ok();
}

Status write_all(const File& file, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return file_error(CryptoErrc::key_file_unwritable, path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.get()) != 0) return file_error(CryptoErrc::key_file_unwritable, path);
  return ok();
}

int create_exclusively(const std::string& path) {
  return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
}

Result<std::string> read_private(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open()) {
    return file_error(errno == ENOENT || errno == ENOTDIR ? CryptoErrc::key_file_missing
                                                          : CryptoErrc::key_file_permissions,
                      path);
  }
  struct stat facts {};
  MQ_CHECK(::fstat(file.get(), &facts) == 0);
  if (!S_ISREG(facts.st_mode)) return Error(CryptoErrc::malformed, path + " is no regular file");
  if ((facts.st_mode & 077) != 0) {
    return Error(CryptoErrc::key_file_permissions, path + " is open to others: chmod 600 it");
  }
  if (facts.st_uid != ::geteuid()) {
    return Error(CryptoErrc::key_file_permissions, path + " belongs to another user");
  }
  if (static_cast<std::size_t>(facts.st_size) > kKeyFileBytes) return CryptoErrc::malformed;
  std::string text(static_cast<std::size_t>(facts.st_size), '\0');
  std::size_t got = 0;
  while (got < text.size()) {
    const auto count = ::read(file.get(), text.data() + got, text.size() - got);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    got += static_cast<std::size_t>(count);
  }
  text.resize(got);
  return text;
}

Result<Key256> parse_key(std::string_view text) {
  MQ_TRY(auto bytes, unbase64(text));
  auto key = Key256::from_bytes(bytes);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return key;
}

Result<std::uint32_t> parse_version(std::string_view text) {
  std::uint32_t version = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (failed != std::errc{} || end != text.data() + text.size() || version == 0) {
    return CryptoErrc::malformed;
  }
  return version;
}

std::array<std::uint8_t, kWrapHeaderBytes> wrap_header(std::uint32_t version) {
  return {kWrapFormat, static_cast<std::uint8_t>(version >> 24),
          static_cast<std::uint8_t>(version >> 16), static_cast<std::uint8_t>(version >> 8),
          static_cast<std::uint8_t>(version)};
}

Bytes join(ByteView first, ByteView second) {
  Bytes out(first.size() + second.size());
  std::copy(second.begin(), second.end(), std::copy(first.begin(), first.end(), out.begin()));
  return out;
}

}  // namespace

Result<KeyRing> KeyRing::create(const std::string& path, Random& random) {
  KeyRing ring;
  ring.masters_.emplace(1, Key256::generate(random));
  ring.derivation_root_ = Key256::generate(random);
  ring.audit_signing_seed_ = Key256::generate(random);
  const File file(create_exclusively(path));
  if (!file.open()) {
    return file_error(
        errno == EEXIST ? CryptoErrc::key_file_exists : CryptoErrc::key_file_unwritable, path);
  }
  const SecretText secret(ring.text());
  MQ_REQUIRE(write_all(file, path, secret.text));
  MQ_REQUIRE(sync_folder_of(path));
  return ring;
}

Result<KeyRing> KeyRing::load(const std::string& path) {
  MQ_TRY(auto text, read_private(path));
  const SecretText secret(std::move(text));
  auto ring = parse(secret.text);
  if (!ring.ok()) return Error(CryptoErrc::malformed, path + " is no key file");
  return ring;
}

Result<KeyRing> KeyRing::rotate(const std::string& path, Random& random) {
  const std::string next_path = path + ".new";
  // Made before reading, so that two rotations at once cannot both start from the same versions.
  const File file(create_exclusively(next_path));
  if (!file.open()) return file_error(CryptoErrc::key_file_unwritable, next_path);
  auto rotated = load(path);
  Status written = ok();
  if (rotated.ok()) {
    rotated->masters_.emplace(rotated->current_version() + 1, Key256::generate(random));
    const SecretText secret(rotated->text());
    written = write_all(file, next_path, secret.text);
    if (written.ok() && ::rename(next_path.c_str(), path.c_str()) != 0) {
      written = file_error(CryptoErrc::key_file_unwritable, path);
    }
  }
  if (!rotated.ok() || !written.ok()) {
    ::unlink(next_path.c_str());
    if (!rotated.ok()) return rotated;
    return std::move(written).error();
  }
  MQ_REQUIRE(sync_folder_of(path));
  return rotated;
}

Result<KeyRing> KeyRing::parse(std::string_view text) {
  KeyRing ring;
  bool first = true, has_derivation = false, has_audit = false;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return CryptoErrc::malformed;
    auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    const auto take = [&line](std::string_view word) {
      if (!line.starts_with(word)) return false;
      line.remove_prefix(word.size());
      return true;
    };
    if (first) {
      if (line != kFirstLine) return CryptoErrc::malformed;
      first = false;
    } else if (take("master ")) {
      const auto space = line.find(' ');
      if (space == std::string_view::npos) return CryptoErrc::malformed;
      MQ_TRY(const auto version, parse_version(line.substr(0, space)));
      MQ_TRY(const auto key, parse_key(line.substr(space + 1)));
      if (!ring.masters_.empty() && version <= ring.current_version()) return CryptoErrc::malformed;
      ring.masters_.emplace(version, key);
    } else if (!has_derivation && take("derivation ")) {
      MQ_TRY(ring.derivation_root_, parse_key(line));
      has_derivation = true;
    } else if (!has_audit && take("audit-signing ")) {
      MQ_TRY(ring.audit_signing_seed_, parse_key(line));
      has_audit = true;
    } else {
      return CryptoErrc::malformed;
    }
  }
  if (ring.masters_.empty() || !has_derivation || !has_audit) return CryptoErrc::malformed;
  return ring;
}

std::string KeyRing::text() const {
  std::string out;
  // Room for all, so that growing leaves no copies of keys behind.
  out.reserve(256 + 80 * masters_.size());
  out.append(kFirstLine).append("\n");
  for (const auto& [version, key] : masters_) {
    out.append("master ").append(std::to_string(version)).append(" ");
    out.append(SecretText(base64(key.view())).text).append("\n");
  }
  out.append("derivation ").append(SecretText(base64(derivation_root_.view())).text).append("\n");
  out.append("audit-signing ");
  out.append(SecretText(base64(audit_signing_seed_.view())).text).append("\n");
  return out;
}

Bytes KeyRing::wrap(const Key256& data_key, ByteView aad, Random& random) const {
  const auto header = wrap_header(current_version());
  return join(header, seal(masters_.rbegin()->second, data_key.view(), join(header, aad), random));
}

Result<std::uint32_t> KeyRing::wrapped_version(ByteView wrapped) {
  if (wrapped.size() != kWrapHeaderBytes + kSealOverheadBytes + Key256::kSize ||
      wrapped[0] != kWrapFormat) {
    return CryptoErrc::malformed;
  }
  return static_cast<std::uint32_t>(wrapped[1]) << 24 |
         static_cast<std::uint32_t>(wrapped[2]) << 16 |
         static_cast<std::uint32_t>(wrapped[3]) << 8 | wrapped[4];
}

Result<Key256> KeyRing::unwrap(ByteView wrapped, ByteView aad) const {
  MQ_TRY(const auto version, wrapped_version(wrapped));
  const auto master = masters_.find(version);
  if (master == masters_.end()) return CryptoErrc::unknown_key_version;
  MQ_TRY(auto plain,
         open(master->second, wrapped.subspan(kWrapHeaderBytes), join(wrap_header(version), aad)));
  auto key = Key256::from_bytes(plain);
  OPENSSL_cleanse(plain.data(), plain.size());
  return key;
}

Key256 KeyRing::template_transform_key(std::uint32_t generation) const {
  return derive("template-transform/" + std::to_string(generation));
}

Key256 KeyRing::derive(std::string_view label) const {
  auto bytes = hkdf_sha256(derivation_root_.view(), {},
                           std::string(kLabelPrefix) + std::string(label), Key256::kSize);
  auto key = Key256::from_bytes(bytes);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return *key;
}

}  // namespace mq::crypto
