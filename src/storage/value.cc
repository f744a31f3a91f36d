#include "storage/adapter.h"

namespace mq::storage {

namespace {

// The value of `column` as T; anything else there is a mistake in our SQL.
template <class T>
const T& typed(const std::vector<Value>& values, std::size_t column) {
  MQ_CHECK(column < values.size());
  const T* value = std::get_if<T>(&values[column].raw());
  MQ_CHECK(value != nullptr);
  return *value;
}

// Length of the UTF-8 sequence at the start of `text`, 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead == 0) return 0;
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool surrogate = lead == 0xed && second > 0x9f;
  const bool beyond = lead == 0xf4 && second > 0x8f;
  return overlong || surrogate || beyond ? 0 : length;
}

}  // namespace

std::int64_t Row::i64(std::size_t column) const { return typed<std::int64_t>(values_, column); }

const std::string& Row::text(std::size_t column) const {
  return typed<std::string>(values_, column);
}

const Bytes& Row::bytes(std::size_t column) const { return typed<Bytes>(values_, column); }

std::optional<std::string> Row::text_or_null(std::size_t column) const {
  if (is_null(column)) return std::nullopt;
  return text(column);
}

std::optional<std::int64_t> Row::i64_or_null(std::size_t column) const {
  if (is_null(column)) return std::nullopt;
  return i64(column);
}

std::optional<Row> Transaction::first(std::string_view sql, Params params) {
  Rows rows = query(sql, std::move(params));
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

bool is_storable_text(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool are_storable(const Params& params) {
  for (const Value& value : params) {
    const auto* text = std::get_if<std::string>(&value.raw());
    if (text != nullptr && !is_storable_text(*text)) return false;
  }
  return true;
}

}  // namespace mq::storage
