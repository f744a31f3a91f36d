// Any bytes give a header within its contract, or an error.
#include "base/check.h"
#include "vision/picture/decode.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto header = mq::vision::read_header({data, size});
  if (!header.ok()) return 0;
  MQ_CHECK(header->width > 0 && header->height > 0);
  MQ_CHECK(header->orientation >= 1 && header->orientation <= 8);
  MQ_CHECK(header->end > 0 && header->end <= size);
  return 0;
}
