#include "vault/vault.h"

namespace mq::vault {
namespace {

// Bytes of the first UTF-8 character.
std::size_t first_character(std::string_view text) {
  if (text.empty()) return 0;
  std::size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) ++length;
  return length;
}

std::string keep_ends(const std::string& text, std::size_t head, std::size_t tail) {
  if (text.size() <= head + tail) return std::string(text.size(), '*');
  return text.substr(0, head) + std::string(text.size() - head - tail, '*') +
         text.substr(text.size() - tail);
}

}  // namespace

std::string masked(Field field, const Pii<std::string>& value) {
  const auto& text = value.expose();
  switch (field) {
    case Field::name:
      // Of one character nothing is shown: it would be the whole name.
      return (first_character(text) < text.size() ? text.substr(0, first_character(text)) : "") +
             "**";
    case Field::phone:
      return keep_ends(text, 3, 4);
    case Field::id_number:
      return keep_ends(text, 4, 4);
    case Field::payout_card:
      return keep_ends(text, 4, 4);
  }
  check_failed("unknown field");
}

}  // namespace mq::vault
