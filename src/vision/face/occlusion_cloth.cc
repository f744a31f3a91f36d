#include "vision/face/occlusion_cloth.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mq::vision {
namespace {

// The part of the picture that the outline touches, and how much of each pixel there is inside of
// it.
struct Stencil {
  cv::Rect area;
  cv::Mat share;  // float, 0..1
};

Stencil stencil_of(const cv::Size& size, const Outline& outline) {
  constexpr int kBits = 3;  // eighths of a pixel
  constexpr int kFine = 1 << kBits;
  Stencil out;
  if (outline.size() < 3) return out;
  const cv::Rect2f bounds = cv::boundingRect(outline);
  const cv::Rect wanted(static_cast<int>(bounds.x) - 2, static_cast<int>(bounds.y) - 2,
                        static_cast<int>(bounds.width) + 5, static_cast<int>(bounds.height) + 5);
  out.area = wanted & cv::Rect({0, 0}, size);
  if (out.area.empty()) return out;
  std::vector<cv::Point> corners;
  for (const auto& p : outline) {
    corners.emplace_back(cvRound((p.x - static_cast<float>(out.area.x)) * kFine),
                         cvRound((p.y - static_cast<float>(out.area.y)) * kFine));
  }
  cv::Mat inside = cv::Mat::zeros(out.area.size(), CV_8U);
  cv::fillPoly(inside, std::vector<std::vector<cv::Point>>{corners}, 255, cv::LINE_AA, kBits);
  cv::GaussianBlur(inside, inside, {3, 3}, 0);
  inside.convertTo(out.share, CV_32F, 1 / 255.0);
  return out;
}

// 0 or 1: which of the two colours a point of the cloth has, u and v in shares of the drawn thing.
bool is_second(Pattern pattern, double u, double v, double size) {
  const double a = u / size - std::floor(u / size);
  const double b = v / size - std::floor(v / size);
  switch (pattern) {
    case Pattern::stripes:
      return b < 0.5;
    case Pattern::checks:
      return (a < 0.5) != (b < 0.5);
    case Pattern::dots:
      return std::hypot(a - 0.5, b - 0.5) < 0.3;
    default:
      return false;
  }
}

// Light of slow waves across the cloth, around one.
struct Folds {
  double fu, fv, phase, depth, slope_u, slope_v;
  double at(double u, double v) const {
    return 1 + depth * std::sin(fu * u + fv * v + phase) + slope_u * (u - 0.5) +
           slope_v * (v - 0.5);
  }
};

cv::Mat painted(const cv::Size& size, const Cloth& cloth, Dice& dice) {
  const Folds folds{dice.between(-12, 12),   dice.between(-12, 12),   dice.between(0, 6),
                    dice.between(0.0, 0.12), dice.between(-0.4, 0.4), dice.between(-0.4, 0.3)};
  const double turn = dice.between(-0.8, 0.8);
  const double grain = cloth.pattern == Pattern::noise ? dice.between(8, 30) : dice.between(0, 6);
  const double shine_u = dice.between(0.2, 0.8), shine_v = dice.between(0.1, 0.5);
  cv::Mat out(size, CV_32FC3);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const double u = static_cast<double>(x) / size.width,
                   v = static_cast<double>(y) / size.height;
      const double pu = u * std::cos(turn) - v * std::sin(turn);
      const double pv = u * std::sin(turn) + v * std::cos(turn);
      const auto& colour =
          is_second(cloth.pattern, pu, pv, cloth.size) ? cloth.second : cloth.colour;
      const double light = folds.at(u, v);
      const double away = std::hypot(u - shine_u, v - shine_v);
      const double add =
          255 * cloth.shine * std::exp(-away * away * 40) + dice.between(-grain, grain);
      auto& pixel = out.at<cv::Vec3f>(y, x);
      for (int c = 0; c < 3; ++c) pixel[c] = static_cast<float>(colour[c] * light + add);
    }
  }
  return out;
}

cv::Scalar random_colour(Dice& dice) {
  if (dice.chance(0.35)) {  // much of what people wear is black, grey or white
    const double grey = dice.between(5, 250);
    return {grey * dice.between(0.9, 1.1), grey, grey * dice.between(0.9, 1.1)};
  }
  return {dice.between(0, 255), dice.between(0, 255), dice.between(0, 255)};
}

}  // namespace

Cloth plain(const cv::Scalar& colour) { return {.colour = colour, .second = colour}; }

Cloth mask_cloth(Dice& dice) {
  static const cv::Scalar kColours[] = {{245, 245, 245}, {235, 215, 170}, {225, 190, 130},
                                        {25, 25, 25},    {45, 40, 40},    {150, 150, 150},
                                        {215, 190, 240}, {170, 205, 150}, {110, 60, 30},
                                        {240, 235, 225}, {200, 212, 235}, {175, 195, 225}};
  const double light = dice.between(0.75, 1.05);
  cv::Scalar colour = kColours[dice.below(12)] * light;
  for (int c = 0; c < 3; ++c) colour[c] += dice.between(-12, 12);
  Cloth out = plain(colour);
  out.shade = dice.between(0.2, 0.8);
  return out;
}

Cloth random_cloth(Dice& dice) {
  Cloth out = plain(random_colour(dice));
  out.second = random_colour(dice);
  out.pattern = dice.chance(0.5) ? Pattern::none : static_cast<Pattern>(1 + dice.below(4));
  out.size = dice.between(0.04, 0.3);
  out.shade = dice.between(0.1, 0.7);
  return out;
}

Cloth shaded(Cloth cloth, double by) {
  cloth.colour *= by;
  cloth.second *= by;
  return cloth;
}

void lay(cv::Mat& bgr, const Outline& outline, const Cloth& cloth, Dice& dice) {
  const Stencil stencil = stencil_of(bgr.size(), outline);
  if (stencil.area.empty()) return;
  cv::Mat under = bgr(stencil.area);
  cv::Mat light;
  cv::cvtColor(under, light, cv::COLOR_BGR2GRAY);
  cv::GaussianBlur(light, light, {}, std::max(2.0, stencil.area.width / 12.0));
  const double mean_light = std::max(1.0, cv::mean(light)[0]);
  // Paint is lit like the place where it lies: dark photos get dark masks.
  const double exposure = std::clamp(mean_light / 140, 0.45, 1.25);
  const cv::Mat paint = painted(stencil.area.size(), cloth, dice);
  for (int y = 0; y < under.rows; ++y) {
    for (int x = 0; x < under.cols; ++x) {
      const double share = cloth.opacity * stencil.share.at<float>(y, x);
      if (share <= 0) continue;
      const double shade = 1 + cloth.shade * (light.at<std::uint8_t>(y, x) / mean_light - 1);
      auto& pixel = under.at<cv::Vec3b>(y, x);
      for (int c = 0; c < 3; ++c) {
        const double laid = paint.at<cv::Vec3f>(y, x)[c] * shade * exposure;
        pixel[c] = cv::saturate_cast<std::uint8_t>(pixel[c] * (1 - share) + laid * share);
      }
    }
  }
}

void restore(cv::Mat& bgr, const cv::Mat& before, const Outline& outline) {
  const Stencil stencil = stencil_of(bgr.size(), outline);
  if (stencil.area.empty()) return;
  cv::Mat under = bgr(stencil.area);
  const cv::Mat old = before(stencil.area);
  for (int y = 0; y < under.rows; ++y) {
    for (int x = 0; x < under.cols; ++x) {
      const float share = stencil.share.at<float>(y, x);
      auto& pixel = under.at<cv::Vec3b>(y, x);
      const auto& was = old.at<cv::Vec3b>(y, x);
      for (int c = 0; c < 3; ++c) {
        pixel[c] = cv::saturate_cast<std::uint8_t>(static_cast<float>(pixel[c]) * (1 - share) +
                                                   static_cast<float>(was[c]) * share);
      }
    }
  }
}

}  // namespace mq::vision
