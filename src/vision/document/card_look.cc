#include "vision/document/card_look.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "base/check.h"
#include "vision/document/card_places.h"

namespace mq::vision {
namespace {

constexpr double kFirst = 1.5, kSecond = 3.5;  // card pixels: the blurs whose edges are compared
constexpr double kLeastEnergy = 2;             // mean squared slope of a strip with text
constexpr int kBlownOut = 246;                 // the darkest channel
constexpr int kCell = 8;                  // card pixels: the grid on which colours are compared
constexpr double kSmallestSpot = 0.0015;  // of the card
constexpr int kWindow = 128;
// Between lines and steps the energy of the slopes falls with about the third power of the whole
// blur.
constexpr double kBlurPower = 3;
constexpr double kSkinRed = 0.05, kSkinBlue = 0.05;  // shares of the luminance

void check_flat(const cv::Mat& flat) {
  MQ_CHECK(flat.type() == CV_8UC3 && flat.size() == cv::Size(kCardWidth, kCardHeight));
}

double slopes(const cv::Mat& grey) {
  cv::Mat x, y;
  cv::Sobel(grey, x, CV_32F, 1, 0, 3, 1.0 / 8);
  cv::Sobel(grey, y, CV_32F, 0, 1, 3, 1.0 / 8);
  return cv::sum(x.mul(x) + y.mul(y))[0];
}

// Only the spots of a mask that are large enough.
cv::Mat large_spots(const cv::Mat& mask, double least) {
  cv::Mat labels, stats, middles, out = cv::Mat::zeros(mask.size(), CV_8U);
  const int count = cv::connectedComponentsWithStats(mask, labels, stats, middles, 8, CV_32S);
  for (int i = 1; i < count; ++i) {
    if (stats.at<int>(i, cv::CC_STAT_AREA) >= least) out.setTo(255, labels == i);
  }
  return out;
}

cv::Mat shrunk(const cv::Mat& flat, int by) {
  cv::Mat out;
  cv::resize(flat, out, {flat.cols / by, flat.rows / by}, 0, 0, cv::INTER_AREA);
  return out;
}

cv::Mat grown_to_card(const cv::Mat& mask) {
  cv::Mat out;
  cv::resize(mask, out, {kCardWidth, kCardHeight}, 0, 0, cv::INTER_NEAREST);
  return out;
}

float share_below(cv::Mat values, double share) {
  MQ_CHECK(values.type() == CV_32F && values.isContinuous());
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.total() - 1));
  std::nth_element(values.ptr<float>(), values.ptr<float>() + at,
                   values.ptr<float>() + values.total());
  return values.ptr<float>()[at];
}

// Red and blue against luminance: shares of it, so that the light of the room matters less. Dark
// cells tell nothing.
struct Colours {
  cv::Mat light, red, blue;  // CV_32F
};

Colours colours_of(const cv::Mat& small) {
  cv::Mat as_float;
  small.convertTo(as_float, CV_32F);
  cv::Mat channels[3];
  cv::split(as_float, channels);
  Colours out;
  out.light = 0.114 * channels[0] + 0.587 * channels[1] + 0.299 * channels[2];
  const cv::Mat floor = cv::max(out.light, 24.0);
  out.red = (channels[2] - out.light) / floor;
  out.blue = (channels[0] - out.light) / floor;
  return out;
}

}  // namespace

std::optional<float> blur_of(const cv::Mat& flat, std::span<const cv::Rect> places) {
  check_flat(flat);
  constexpr int kRoom = 8;
  double first = 0, second = 0, area = 0;
  for (cv::Rect place : places) {
    place = cv::Rect(place.x - kRoom, place.y - kRoom, place.width + 2 * kRoom,
                     place.height + 2 * kRoom) &
            cv::Rect(0, 0, kCardWidth, kCardHeight);
    if (place.width < 4 * kRoom || place.height < 3 * kRoom) continue;
    cv::Mat grey, once, twice;
    cv::cvtColor(flat(place), grey, cv::COLOR_BGR2GRAY);
    grey.convertTo(grey, CV_32F);
    cv::GaussianBlur(grey, once, {}, kFirst);
    cv::GaussianBlur(once, twice, {}, std::sqrt(kSecond * kSecond - kFirst * kFirst));
    first += slopes(once);
    second += slopes(twice);
    area += place.area();
  }
  if (area == 0 || first < kLeastEnergy * area) return std::nullopt;
  const double ratio = std::pow(first / second, 2.0 / kBlurPower);
  return static_cast<float>(std::sqrt(
      std::max(0.0, (kSecond * kSecond - ratio * kFirst * kFirst) / std::max(ratio - 1, 1e-3))));
}

cv::Mat blown_out(const cv::Mat& flat, const cv::Rect& portrait) {
  check_flat(flat);
  const cv::Mat small = shrunk(flat, 2);
  cv::Mat channels[3];
  cv::split(small, channels);
  const cv::Mat least = cv::min(cv::min(channels[0], channels[1]), channels[2]);
  cv::Mat mask = least >= kBlownOut;
  mask(cv::Rect(portrait.x / 2, portrait.y / 2, portrait.width / 2, portrait.height / 2) &
       cv::Rect({0, 0}, mask.size()))
      .setTo(0);
  if (cv::countNonZero(mask) > static_cast<int>(mask.total()) / 3)
    return cv::Mat::zeros(flat.size(), CV_8U);
  // What text or a printed pattern runs through is paper in bright light.
  cv::morphologyEx(mask, mask, cv::MORPH_OPEN,
                   cv::getStructuringElement(cv::MORPH_ELLIPSE, {13, 13}));
  return grown_to_card(large_spots(mask, kSmallestSpot * static_cast<double>(mask.total())));
}

cv::Mat skin(const cv::Mat& flat, const cv::Rect& portrait) {
  check_flat(flat);
  cv::Mat small = shrunk(flat, kCell);
  cv::medianBlur(small, small, 3);
  const Colours colours = colours_of(small);
  const float red = share_below(colours.red.clone(), 0.5),
              blue = share_below(colours.blue.clone(), 0.5);
  // Skin is redder and less blue than the paper, by shares that hold in the dark as well.
  cv::Mat mask =
      (colours.red > red + kSkinRed) & (colours.blue < blue - kSkinBlue) & (colours.light > 35);
  mask(cv::Rect(portrait.x / kCell, portrait.y / kCell, portrait.width / kCell + 1,
                portrait.height / kCell + 1) &
       cv::Rect({0, 0}, mask.size()))
      .setTo(0);
  return grown_to_card(large_spots(mask, kSmallestSpot * static_cast<double>(mask.total())));
}

float covered_share(const cv::Mat& mask, const cv::Rect& place) {
  const cv::Rect inside = place & cv::Rect({0, 0}, mask.size());
  return inside.empty() ? 0
                        : static_cast<float>(cv::countNonZero(mask(inside))) /
                              static_cast<float>(inside.area());
}

Tone tone_of(const cv::Mat& flat) {
  check_flat(flat);
  const Colours colours = colours_of(shrunk(flat, 2 * kCell));
  Tone out;
  out.paper = share_below(colours.light.clone(), 0.75);
  for (const cv::Mat* one : {&colours.red, &colours.blue}) {
    out.colour =
        std::max(out.colour, share_below(one->clone(), 0.97) - share_below(one->clone(), 0.03));
  }
  return out;
}

constexpr double kLeastNoise = 1;  // of 255, standard deviation

float fine_waves(const cv::Mat& bgr, std::span<const cv::Point> middles) {
  cv::Mat sum = cv::Mat::zeros(kWindow, kWindow, CV_32F), hann;
  cv::createHanningWindow(hann, {kWindow, kWindow}, CV_32F);
  int windows = 0;
  for (const cv::Point middle : middles) {
    const cv::Rect place(middle.x - kWindow / 2, middle.y - kWindow / 2, kWindow, kWindow);
    if ((place & cv::Rect({0, 0}, bgr.size())) != place) continue;
    cv::Mat green, waves, parts[2];
    cv::extractChannel(bgr(place), green, 1);
    green.convertTo(green, CV_32F);
    green = (green - cv::mean(green)[0]).mul(hann);
    cv::dft(green, waves, cv::DFT_COMPLEX_OUTPUT);
    cv::split(waves, parts);
    sum += parts[0].mul(parts[0]) + parts[1].mul(parts[1]);
    ++windows;
  }
  if (windows == 0) return 0;
  std::vector<float> fine;
  float most = 0;
  for (int y = 0; y < kWindow; ++y) {
    for (int x = 0; x <= kWindow / 2; ++x) {
      const int v = std::min(y, kWindow - y), blocks = kWindow / 8;
      if (std::hypot(x, v) < kWindow / 5.0) continue;
      // The blocks of a JPEG make waves of their own.
      const auto near_block = [&](int f) { return (f + 1) % blocks <= 2; };
      if ((v <= 1 || near_block(v)) && (x <= 1 || near_block(x))) continue;
      fine.push_back(sum.at<float>(y, x));
      most = std::max(most, fine.back());
    }
  }
  const auto half = fine.begin() + static_cast<std::ptrdiff_t>(fine.size() / 2);
  std::nth_element(fine.begin(), half, fine.end());
  // A picture without noise, as phones make them in good light, would have waves of nothing.
  const double noise = windows * kLeastNoise * kLeastNoise * cv::sum(hann.mul(hann))[0];
  return static_cast<float>(std::log10((most + noise) / (*half + noise)));
}

}  // namespace mq::vision
