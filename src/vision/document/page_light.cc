#include "vision/document/page_light.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace mq::vision {
namespace {

// Paper shows somewhere within this many pixels of every letter.
constexpr int kBlock = 8;
constexpr int kReach = 9;  // blocks
constexpr double kWhite = 0.84;

}  // namespace

cv::Mat evened_page(const cv::Mat& bgr) {
  cv::Mat light;
  cv::resize(bgr, light, {std::max(1, bgr.cols / kBlock), std::max(1, bgr.rows / kBlock)}, 0, 0,
             cv::INTER_AREA);
  cv::dilate(light, light, cv::getStructuringElement(cv::MORPH_RECT, {kReach, kReach}));
  cv::GaussianBlur(light, light, {kReach, kReach}, 0);
  cv::resize(light, light, bgr.size(), 0, 0, cv::INTER_LINEAR);
  cv::Mat out;
  cv::divide(bgr, light, out, 255 / kWhite);
  return out;
}

}  // namespace mq::vision
