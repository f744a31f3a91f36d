// Any bytes give upright pixels as large as the header announced, or an error. The decoders
// themselves come uninstrumented from Debian: their heap is watched, their branches are not.
#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/limits.h"
#include "vision/picture/decode.h"

namespace mq::vision {
namespace {

// Whether `pixels` is what a decoder makes of `original` at one of the reductions: it rounds up or
// down.
bool fits(int pixels, int original, float scale) {
  return std::abs(static_cast<float>(pixels) * scale - static_cast<float>(original)) <= 2 * scale;
}

void check(const Picture& picture) {
  MQ_CHECK(!picture.bgr.empty() && picture.bgr.type() == CV_8UC3);
  MQ_CHECK(picture.scale >= 1 && picture.scale < 9);
  MQ_CHECK(std::min(picture.width, picture.height) >= limits::kImageMinSide);
  MQ_CHECK(std::int64_t{picture.width} * picture.height <= limits::kImagePixels);
  MQ_CHECK(fits(picture.bgr.cols, picture.width, picture.scale));
  MQ_CHECK(fits(picture.bgr.rows, picture.height, picture.scale));
}

}  // namespace
}  // namespace mq::vision

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto picture = mq::vision::decode({data, size});
  if (picture.ok()) mq::vision::check(*picture);
  return 0;
}
