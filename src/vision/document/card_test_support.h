// A drawn card for the tests of photos: paper, a portrait, rows of figures where fields are. It
// says nothing.
#pragma once

#include <opencv2/imgproc.hpp>

#include "vision/document/card_outline.h"

namespace mq::vision::testing {

inline void write(cv::Mat& to, const cv::Rect& place, const std::string& text) {
  const double scale = place.height / 34.0;
  cv::putText(to, text, {place.x, place.y + place.height * 3 / 4}, cv::FONT_HERSHEY_SIMPLEX, scale,
              {24, 22, 22}, 4, cv::LINE_AA);
}

inline const cv::Rect kNumberText{340, 536, 590, 42}, kNameText{180, 78, 120, 40},
    kAddressText{180, 326, 430, 36};

inline cv::Mat drawn_card() {
  cv::Mat out(kCardHeight, kCardWidth, CV_8UC3, cv::Scalar(238, 224, 208));
  for (int y = 0; y < out.rows; y += 14)
    cv::line(out, {0, y}, {out.cols, y + 9}, {226, 210, 190}, 1, cv::LINE_AA);
  cv::rectangle(out, {670, 85}, {950, 440}, {250, 250, 250}, cv::FILLED);
  cv::ellipse(out, {810, 240}, {90, 120}, 0, 0, 360, {150, 180, 225}, cv::FILLED, cv::LINE_AA);
  cv::rectangle(out, {700, 370}, {920, 440}, {90, 60, 40}, cv::FILLED);
  write(out, kNameText, "ABC");
  write(out, kAddressText, "MNOPQRSTUVWXYZ");
  write(out, kNumberText, "110101199001011237");
  cv::Mat noise(out.size(), CV_16SC3);  // of a camera
  cv::theRNG().state = 7;
  cv::randn(noise, 0, 2);
  cv::add(out, noise, out, cv::noArray(), CV_8U);
  return out;
}

// The card seen through `quad` on a table.
inline cv::Mat on_table(const cv::Mat& card, const Quad& quad, cv::Size size = {1400, 1000}) {
  cv::Mat out(size, CV_8UC3, cv::Scalar(70, 84, 96)), mask(card.size(), CV_8U, cv::Scalar(255)),
      seen, where;
  const cv::Matx33d map = to_picture(quad);
  cv::warpPerspective(card, seen, map, size, cv::INTER_LINEAR);
  cv::warpPerspective(mask, where, map, size, cv::INTER_LINEAR);
  seen.copyTo(out, where > 127);
  return out;
}

}  // namespace mq::vision::testing
