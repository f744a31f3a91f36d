// Any landmarks and any box, in a picture of any small size, give a crop of the agreed form or
// none.
#include <fuzzer/FuzzedDataProvider.h>

#include <cmath>

#include "base/check.h"
#include "vision/face/align.h"

namespace mq::vision {
namespace {

// Half of the numbers lie where a face could, the others are any float at all.
float number(FuzzedDataProvider& in) {
  if (in.ConsumeBool()) return in.ConsumeFloatingPointInRange<float>(-200, 400);
  return in.ConsumeFloatingPoint<float>();
}

cv::Mat picture(FuzzedDataProvider& in, int type) {
  const cv::Size size(in.ConsumeIntegralInRange(1, 200), in.ConsumeIntegralInRange(1, 200));
  return cv::Mat(size, type, cv::Scalar::all(in.ConsumeIntegral<std::uint8_t>()));
}

void align(FuzzedDataProvider& in) {
  const cv::Mat bgr = picture(in, CV_8UC3);
  Landmarks marks;
  for (Point& p : marks) p = {number(in), number(in)};
  const auto outside = in.ConsumeBool() ? Outside::black : Outside::repeated;
  const cv::Mat aligned = align_face(bgr, marks, outside);
  MQ_CHECK(aligned.empty() || (aligned.cols == kAlignedSide && aligned.rows == kAlignedSide));
}

void crop(FuzzedDataProvider& in) {
  const cv::Mat image = picture(in, in.ConsumeBool() ? CV_8UC3 : CV_8UC1);
  const float cx = number(in), cy = number(in), side = number(in);
  const int out_side = in.PickValueInArray({24, 64, 192, 224});
  const cv::Mat square = crop_square(image, cx, cy, side, out_side);
  MQ_CHECK(square.cols == out_side && square.rows == out_side && square.type() == image.type());
}

void fit(FuzzedDataProvider& in) {
  FivePoints from;
  for (Point& p : from) p = {number(in), number(in)};
  const auto fitted = fit_similarity(from, aligned_template());
  if (fitted) MQ_CHECK(std::isfinite(fitted->scale()) && fitted->scale() > 0);
}

}  // namespace
}  // namespace mq::vision

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider in(data, size);
  switch (in.ConsumeIntegralInRange(0, 2)) {
    case 0:
      mq::vision::align(in);
      break;
    case 1:
      mq::vision::crop(in);
      break;
    default:
      mq::vision::fit(in);
  }
  return 0;
}
