// Any bytes give frames within them, or an error.
#include "base/check.h"
#include "base/limits.h"
#include "vision/liveness/sequence.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const mq::ByteView input(data, size);
  if (const auto pictures = mq::vision::split_mjpeg(input); pictures.ok()) {
    std::size_t total = 0;
    for (const mq::ByteView p : *pictures) total += p.size();
    MQ_CHECK(total == size && pictures->size() <= mq::limits::kSequenceFrames);
  }
  const auto header = mq::vision::parse_y4m_header(input);
  if (!header.ok()) return 0;
  MQ_CHECK(header->bytes <= size && header->width > 0 && header->height > 0);
  for (mq::ByteView rest = input.subspan(header->bytes);;) {
    const auto frame = mq::vision::parse_y4m_frame(*header, rest);
    if (!frame.ok() || !*frame) return 0;
    MQ_CHECK((*frame)->pixels.size() == header->frame_bytes && (*frame)->bytes <= rest.size());
    rest = rest.subspan((*frame)->bytes);
  }
}
