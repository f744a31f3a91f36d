// Any text gives readings that hold what their headers promise, in bounded time.
#include <algorithm>

#include "bankcard/bankcard.h"
#include "base/check.h"

using namespace mq::bankcard;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const NumberReading& found : find_card_numbers(text)) {
    MQ_CHECK(printed_number(found.number) && found.repairs >= 0 && found.repairs <= 4);
    MQ_CHECK(found.first + found.number.size() <= found.after && found.after <= text.size());
    find_issuer(found.number);
  }
  const std::string digits = longest_digits(text);
  MQ_CHECK(std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }));
  if (const auto read = find_expiry(text)) {
    MQ_CHECK(read->expiry.month >= 1 && read->expiry.month <= 12 &&
             read->expiry.text().size() == 5);
  }
  for (const Bank& bank : banks_named(text)) MQ_CHECK(!bank.code.empty() && !bank.name_zh.empty());
  return 0;
}
