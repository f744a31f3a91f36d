#include "vision/face/occlusion_synthesis.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "base/bytes.h"
#include "vision/face/occlusion_frame.h"

namespace mq::vision {
namespace {

// The lower face from `top` (height of the upper edge at the nose) along the jaw.
std::vector<cv::Point2d> mask_shape(const FaceFrame& frame, const Landmarks& marks, double top,
                                    Dice& dice) {
  const double swell = dice.between(1.0, 1.14);
  const double chin = dice.between(0.0, 0.25);
  const double nose = frame.local(marks[33]).x;
  const int first = 1 + dice.below(3);  // where on the jaw the upper edge ends
  std::vector<cv::Point2d> out;
  for (int i = first; i <= 16 - first; ++i) {
    const cv::Point2f p = frame.local(marks[i]);
    const double low = 1 - std::abs(i - 8) / 8.0;
    out.emplace_back(nose + (p.x - nose) * swell, p.y + chin * low);
  }
  const cv::Point2d last = out.back();
  const cv::Point2d start = out.front();
  const double droop = dice.between(0.0, 0.3);
  const double bump = dice.between(0.15, 0.4);
  out.emplace_back(last.x, std::max(last.y - 0.1, top + droop));
  out.emplace_back(nose + bump + 0.2, top + droop * 0.6);
  out.emplace_back(nose + bump * 0.5, top);
  out.emplace_back(nose - bump * 0.5, top);
  out.emplace_back(nose - bump - 0.2, top + droop * 0.6);
  out.emplace_back(start.x, std::max(start.y - 0.1, top + droop));
  return out;
}

void draw_ear_loops(cv::Mat& bgr, const FaceFrame& frame, const Landmarks& marks,
                    const cv::Scalar& colour, Dice& dice) {
  const int width = line_width(frame, dice.between(0.02, 0.05));
  for (const auto& [ear, upper, lower] : {std::array{0, 2, 4}, std::array{16, 14, 12}}) {
    const cv::Point from(cvRound(marks[ear].x), cvRound(marks[ear].y));
    for (const int to : {upper, lower}) {
      cv::line(bgr, from, {cvRound(marks[to].x), cvRound(marks[to].y)}, colour, width, cv::LINE_AA);
    }
  }
}

void draw_mask_details(cv::Mat& bgr, const FaceFrame& frame, double top, double bottom,
                       const cv::Scalar& colour, Dice& dice) {
  const cv::Scalar crease = colour * dice.between(0.75, 0.95);
  const int width = line_width(frame, dice.between(0.01, 0.04));
  const int kind = dice.below(4);
  if (kind == 0) {  // surgical: pleats
    const int pleats = 2 + dice.below(3);
    for (int i = 1; i <= pleats; ++i) {
      const double y = top + (bottom - top) * (0.15 + 0.6 * i / (pleats + 1));
      const double sag = dice.between(0.0, 0.12);
      cv::line(bgr, frame.at(-0.75, y), frame.at(0, y + sag), crease, width, cv::LINE_AA);
      cv::line(bgr, frame.at(0, y + sag), frame.at(0.75, y), crease, width, cv::LINE_AA);
    }
  } else if (kind == 1) {  // folded: a ridge down the middle, one side in shade
    cv::line(bgr, frame.at(0, top), frame.at(dice.between(-0.05, 0.05), bottom), crease, width + 1,
             cv::LINE_AA);
  } else if (kind == 2 && dice.chance(0.5)) {  // valve
    const cv::Scalar valve = cv::Scalar::all(dice.between(60, 255));
    cv::circle(bgr, frame.at(dice.between(-0.5, 0.5), (top + 2 * bottom) / 3),
               line_width(frame, dice.between(0.15, 0.25)), valve, cv::FILLED, cv::LINE_AA);
  }
  if (dice.chance(0.3)) {  // nose wire
    cv::line(bgr, frame.at(-0.3, top + 0.08), frame.at(0.3, top + 0.08), crease, width,
             cv::LINE_AA);
  }
}

void draw_lens(cv::Mat& bgr, const FaceFrame& frame, double x,
               const std::vector<cv::Point2d>& shape, const Cloth& lens, Dice& dice) {
  const Outline outline = frame.outline(shape);
  lay(bgr, outline, lens, dice);
  if (!dice.chance(0.5)) return;
  const double shift = dice.between(-0.15, 0.15);
  Cloth glare = plain(cv::Scalar::all(dice.between(120, 255)));
  glare.opacity = dice.between(0.1, 0.5);
  const double width = dice.between(0.03, 0.12);
  lay(bgr,
      frame.outline({{x + shift - width, -0.12},
                     {x + shift + width, -0.14},
                     {x + shift + width - 0.1, 0.12},
                     {x + shift - width - 0.1, 0.14}}),
      glare, dice);
}

std::vector<cv::Point2d> lens_shape(int kind, double x, double y, double rx, double ry) {
  if (kind == 0) return arc(x, y, rx, ry, 0, 2 * kPi);
  if (kind == 1) {  // rounded rectangle: a superellipse
    std::vector<cv::Point2d> out;
    for (const auto& p : arc(0, 0, 1, 1, 0, 2 * kPi)) {
      out.emplace_back(x + rx * std::copysign(std::sqrt(std::abs(p.x)), p.x),
                       y + ry * std::copysign(std::sqrt(std::abs(p.y)), p.y));
    }
    return out;
  }
  // Aviator: flat on top, a drop below that leans outwards.
  std::vector<cv::Point2d> out = {{x - rx, y - 0.7 * ry}, {x + rx, y - 0.7 * ry}};
  append(out, arc(x + std::copysign(0.1 * rx, x), y, rx, 1.2 * ry, 0, kPi));
  return out;
}

void draw_glasses(cv::Mat& bgr, const FaceFrame& frame, const Landmarks& marks, const Cloth& lens,
                  const cv::Scalar& frame_colour, Dice& dice) {
  const double y = dice.between(-0.02, 0.14);
  const double rx = dice.between(0.3, 0.46);
  const double ry = dice.between(0.17, 0.36);
  const double apart = std::max(0.5, rx + dice.between(0.02, 0.1));
  const int kind = dice.below(3);
  const int rim = dice.chance(0.7) ? line_width(frame, dice.between(0.015, 0.08)) : 0;
  const cv::Point2f right = frame.local(marks[0]);
  const cv::Point2f left = frame.local(marks[16]);
  const int arms = line_width(frame, dice.between(0.02, 0.08));
  cv::line(bgr, frame.at(right.x, y - 0.05), frame.at(-apart - rx, y - 0.05), frame_colour, arms,
           cv::LINE_AA);
  cv::line(bgr, frame.at(left.x, y - 0.05), frame.at(apart + rx, y - 0.05), frame_colour, arms,
           cv::LINE_AA);
  if (lens.opacity > 0.6 && dice.chance(0.2)) {  // one shield
    draw_lens(bgr, frame, 0, lens_shape(1, 0, y, apart + rx * 0.9, ry), lens, dice);
    return;
  }
  for (const double side : {-1.0, 1.0}) {
    const auto shape = lens_shape(kind, side * apart, y, rx, ry);
    draw_lens(bgr, frame, side * apart, shape, lens, dice);
    if (rim > 0) {
      std::vector<cv::Point> pixels;
      for (const auto& p : frame.outline(shape)) pixels.emplace_back(cvRound(p.x), cvRound(p.y));
      cv::polylines(bgr, pixels, true, frame_colour, rim, cv::LINE_AA);
    }
  }
  cv::line(bgr, frame.at(-apart + rx, y - 0.04), frame.at(apart - rx, y - 0.04), frame_colour,
           std::max(1, rim), cv::LINE_AA);
}

}  // namespace

void draw_mask(cv::Mat& bgr, const Landmarks& marks, Dice& dice) {
  const FaceFrame frame(marks);
  if (!(frame.unit() >= kLeastUnit)) return;
  // Mostly up on the bridge of the nose; one in eight hangs below it and leaves the nose free.
  const double tip = frame.local(marks[33]).y;
  const double top =
      dice.chance(0.125) ? tip + dice.between(0.0, 0.1) : tip * dice.between(0.25, 0.85);
  const Cloth cloth = dice.chance(0.6) ? mask_cloth(dice) : random_cloth(dice);
  if (dice.chance(0.7)) {
    draw_ear_loops(bgr, frame, marks, dice.chance(0.7) ? cv::Scalar::all(235) : cloth.colour, dice);
  }
  const auto shape = mask_shape(frame, marks, top, dice);
  lay(bgr, frame.outline(shape), cloth, dice);
  draw_mask_details(bgr, frame, top, frame.local(marks[8]).y, cloth.colour, dice);
}

void draw_chin_mask(cv::Mat& bgr, const Landmarks& marks, Dice& dice) {
  const FaceFrame frame(marks);
  if (!(frame.unit() >= kLeastUnit)) return;
  const double chin = frame.local(marks[8]).y;
  const double lip = frame.local(marks[57]).y;
  auto shape = mask_shape(frame, marks, lip + (chin - lip) * dice.between(0.35, 0.9), dice);
  lay(bgr, frame.outline(shape), dice.chance(0.6) ? mask_cloth(dice) : random_cloth(dice), dice);
}

void draw_collar(cv::Mat& bgr, const Landmarks& marks, Dice& dice) {
  const FaceFrame frame(marks);
  if (!(frame.unit() >= kLeastUnit)) return;
  std::vector<cv::Point2d> shape;
  const double gap = dice.between(-0.15, 0.4);
  const int first = 3 + dice.below(4);
  for (int i = first; i <= 16 - first; ++i) {
    const cv::Point2f p = frame.local(marks[i]);
    shape.emplace_back(p.x, p.y + gap);
  }
  const double chin = frame.local(marks[8]).y;
  const double wide = dice.between(1.0, 2.5);
  shape.emplace_back(wide, chin + dice.between(0.0, 0.5));
  shape.emplace_back(wide, chin + 2.5);
  shape.emplace_back(-wide, chin + 2.5);
  shape.emplace_back(-wide, chin + dice.between(0.0, 0.5));
  lay(bgr, frame.outline(shape), random_cloth(dice), dice);
}

void draw_sunglasses(cv::Mat& bgr, const Landmarks& marks, Dice& dice) {
  const FaceFrame frame(marks);
  if (!(frame.unit() >= kLeastUnit)) return;
  const double dark = dice.between(5, 60);
  Cloth lens = plain({dark * dice.between(0.6, 1.3), dark * dice.between(0.6, 1.3),
                      dark * dice.between(0.6, 1.5)});
  if (dice.chance(0.12)) lens = random_cloth(dice);  // mirrored
  lens.opacity = dice.between(0.8, 1.0);
  lens.shade = dice.between(0.0, 0.3);
  draw_glasses(bgr, frame, marks, lens, cv::Scalar::all(dice.between(5, 120)), dice);
}

void draw_clear_glasses(cv::Mat& bgr, const Landmarks& marks, Dice& dice) {
  const FaceFrame frame(marks);
  if (!(frame.unit() >= kLeastUnit)) return;
  Cloth lens = plain(cv::Scalar::all(dice.between(150, 255)));
  lens.opacity = dice.between(0.0, 0.25);
  draw_glasses(bgr, frame, marks, lens,
               {dice.between(5, 140), dice.between(5, 140), dice.between(5, 160)}, dice);
}

void crop_tightly(cv::Mat& bgr, const Landmarks& marks, Dice& dice) {
  const FaceFrame frame(marks);
  const cv::Point2f middle = frame.at(0, 0.5);
  const auto reach = [&](double least, double most) {
    return static_cast<float>(dice.between(least, most)) * frame.unit();
  };
  const float left = reach(1.1, 2.5), right = reach(1.1, 2.5), up = reach(1.0, 2.8),
              down = reach(1.4, 3);
  const cv::Rect wanted(cvRound(middle.x - left), cvRound(middle.y - up), cvRound(left + right),
                        cvRound(up + down));
  const cv::Rect region = wanted & cv::Rect({0, 0}, bgr.size());
  if (!region.empty()) bgr = bgr(region).clone();
}

void disturb(cv::Mat& bgr, Dice& dice) {
  if (dice.chance(0.5)) cv::flip(bgr, bgr, 1);
  const double gain = dice.chance(0.3) ? dice.between(0.3, 0.7) : dice.between(0.6, 1.3);
  const cv::Scalar tint(gain * dice.between(0.9, 1.1), gain, gain * dice.between(0.9, 1.1));
  cv::multiply(bgr, tint, bgr);
  cv::add(bgr, cv::Scalar::all(dice.between(-20, 25)), bgr);
  if (dice.chance(0.2)) cv::cvtColor(bgr, bgr, cv::COLOR_BGR2GRAY);
  if (bgr.channels() == 1) cv::cvtColor(bgr, bgr, cv::COLOR_GRAY2BGR);
  if (dice.chance(0.4)) cv::GaussianBlur(bgr, bgr, {}, dice.between(0.3, 1.6));
  if (dice.chance(0.5)) {
    Bytes file;
    cv::imencode(".jpg", bgr, file, {cv::IMWRITE_JPEG_QUALITY, 40 + dice.below(55)});
    bgr = cv::imdecode(file, cv::IMREAD_COLOR);
  }
}

}  // namespace mq::vision
