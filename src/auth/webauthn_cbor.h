// Reads CBOR (RFC 8949) item by item in the canonical form of CTAP2 §8: definite lengths, shortest
// heads, no tags. All errors are webauthn.malformed.
#pragma once

#include <cstdint>
#include <string_view>

#include "auth/webauthn.h"

namespace mq::auth::webauthn {

struct CborItem {
  enum class Kind { unsigned_int, negative_int, bytes, text, array, map, other };
  Kind kind = Kind::other;
  // Of a number its size (-1 - value if negative), of an array its items, of a map its pairs.
  std::uint64_t value = 0;
  ByteView data;  // of bytes and text
};

class CborReader {
 public:
  explicit CborReader(ByteView data) : rest_(data) {}

  bool at_end() const { return rest_.empty(); }
  ByteView rest() const { return rest_; }

  // The head of an array or map, anything else as a whole.
  Result<CborItem> next();
  // One of the kind, or an error.
  Result<std::int64_t> integer();
  Result<ByteView> bytes();
  Result<std::string_view> text();
  Result<std::uint64_t> map();
  // An item of any kind with all within, at most kCborDepth deep: its encoded bytes.
  Result<ByteView> skip();

 private:
  Status skip_item(int depth);
  Result<CborItem> next_of(CborItem::Kind kind);

  ByteView rest_;
};

}  // namespace mq::auth::webauthn
