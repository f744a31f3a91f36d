#include "auth/webauthn_cbor.h"

#include <cbor.h>

#include <limits>

// Only libcbor's stateless decoder: cbor_load() allocates what a head declares before it has seen
// any of it, which its maintainers leave to the caller to prevent (PJK/libcbor issues 418 and 428).

namespace mq::auth::webauthn {
namespace {

using Kind = CborItem::Kind;

struct Found {
  CborItem item;
  bool allowed = false;
  bool has_argument = true;  // whose encoding must be the shortest
};

void found(void* context, Kind kind, std::uint64_t value) {
  auto& out = *static_cast<Found*>(context);
  out.item.kind = kind;
  out.item.value = value;
  out.allowed = true;
}
void found_data(void* context, Kind kind, cbor_data data, std::size_t size) {
  found(context, kind, size);
  static_cast<Found*>(context)->item.data = {data, size};
}
void found_other(void* context) {
  found(context, Kind::other, 0);
  static_cast<Found*>(context)->has_argument = false;
}
void refused(void*) {}

template <Kind kind, class Value>
void found_value(void* context, Value value) {
  found(context, kind, value);
}
template <Kind kind>
void found_string(void* context, cbor_data data, std::size_t size) {
  found_data(context, kind, data, size);
}
template <class Value>
void found_simple(void* context, Value) {
  found_other(context);
}

constexpr cbor_callbacks kCallbacks = {
    .uint8 = found_value<Kind::unsigned_int, std::uint8_t>,
    .uint16 = found_value<Kind::unsigned_int, std::uint16_t>,
    .uint32 = found_value<Kind::unsigned_int, std::uint32_t>,
    .uint64 = found_value<Kind::unsigned_int, std::uint64_t>,
    .negint64 = found_value<Kind::negative_int, std::uint64_t>,
    .negint32 = found_value<Kind::negative_int, std::uint32_t>,
    .negint16 = found_value<Kind::negative_int, std::uint16_t>,
    .negint8 = found_value<Kind::negative_int, std::uint8_t>,
    .byte_string_start = refused,
    .byte_string = found_string<Kind::bytes>,
    .string = found_string<Kind::text>,
    .string_start = refused,
    .indef_array_start = refused,
    .array_start = found_value<Kind::array, std::size_t>,
    .indef_map_start = refused,
    .map_start = found_value<Kind::map, std::size_t>,
    .tag = [](void*, std::uint64_t) {},
    .float2 = found_simple<float>,
    .float4 = found_simple<float>,
    .float8 = found_simple<double>,
    .undefined = found_other,
    .null = found_other,
    .boolean = found_simple<bool>,
    .indef_break = refused,
};

std::size_t head_bytes(std::uint64_t value) {
  if (value < 24) return 1;
  if (value <= std::numeric_limits<std::uint8_t>::max()) return 2;
  if (value <= std::numeric_limits<std::uint16_t>::max()) return 3;
  return value <= std::numeric_limits<std::uint32_t>::max() ? 5 : 9;
}

}  // namespace

Result<CborItem> CborReader::next() {
  Found found;
  const auto decoded = cbor_stream_decode(rest_.data(), rest_.size(), &kCallbacks, &found);
  if (decoded.status != CBOR_DECODER_FINISHED || !found.allowed) return WebauthnErrc::malformed;
  const CborItem& item = found.item;
  if (found.has_argument && decoded.read - item.data.size() != head_bytes(item.value)) {
    return WebauthnErrc::malformed;
  }
  rest_ = rest_.subspan(decoded.read);
  return item;
}

Result<CborItem> CborReader::next_of(Kind kind) {
  MQ_TRY(const CborItem item, next());
  if (item.kind != kind) return WebauthnErrc::malformed;
  return item;
}

Result<std::int64_t> CborReader::integer() {
  MQ_TRY(const CborItem item, next());
  if (item.value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return WebauthnErrc::malformed;
  }
  const auto value = static_cast<std::int64_t>(item.value);
  if (item.kind == Kind::unsigned_int) return value;
  if (item.kind == Kind::negative_int) return -1 - value;
  return WebauthnErrc::malformed;
}

Result<ByteView> CborReader::bytes() {
  MQ_TRY(const CborItem item, next_of(Kind::bytes));
  return item.data;
}

Result<std::string_view> CborReader::text() {
  MQ_TRY(const CborItem item, next_of(Kind::text));
  return as_text(item.data);
}

Result<std::uint64_t> CborReader::map() {
  MQ_TRY(const CborItem item, next_of(Kind::map));
  return item.value;
}

Result<ByteView> CborReader::skip() {
  const ByteView from = rest_;
  MQ_REQUIRE(skip_item(1));
  return from.first(from.size() - rest_.size());
}

Status CborReader::skip_item(int depth) {
  MQ_TRY(const CborItem item, next());
  if (item.kind != Kind::array && item.kind != Kind::map) return ok();
  // Every item takes a byte: what declares more is refused before anything is counted.
  if (depth > kCborDepth || item.value > rest_.size()) return WebauthnErrc::malformed;
  const std::uint64_t items = item.kind == Kind::map ? item.value * 2 : item.value;
  for (std::uint64_t i = 0; i < items; ++i) MQ_REQUIRE(skip_item(depth + 1));
  return ok();
}

}  // namespace mq::auth::webauthn
