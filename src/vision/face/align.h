// The similarity transform that brings a face to the 112x112 form the embedding was trained on.
#pragma once

#include <array>
#include <opencv2/core.hpp>
#include <optional>

#include "vision/vision.h"

namespace mq::vision {

inline constexpr int kAlignedSide = 112;
using FivePoints = std::array<Point, 5>;

// x' = a·x − b·y + tx, y' = b·x + a·y + ty: rotation, uniform scale and shift.
struct Similarity {
  double a = 1;
  double b = 0;
  double tx = 0;
  double ty = 0;

  double scale() const;
  Point apply(Point p) const;
  Point apply_inverse(Point p) const;
};

// Least squares over all five points (Umeyama 1991 in two dimensions, reflections excluded).
// Nothing when the points of `from` fall together.
std::optional<Similarity> fit_similarity(const FivePoints& from, const FivePoints& to);

// Eye centres, nose tip, mouth corners out of the 68 landmarks.
FivePoints five_points(const std::array<Point, 68>& landmarks);

// The places of the five points in the aligned picture.
const FivePoints& aligned_template();

// What lies outside of the picture: black for the embedding, because a repeated edge raises the
// similarity of strangers; the repeated edge for measuring sharpness and light, where black would
// count as an edge.
enum class Outside { black, repeated };

// Whether all of the aligned square lies in the picture: then both answers are the same.
bool aligned_inside(const cv::Size& picture, const std::array<Point, 68>& landmarks);

// 112x112 BGR. Empty when the landmarks are degenerate.
cv::Mat align_face(const cv::Mat& bgr, const std::array<Point, 68>& landmarks, Outside outside);

// Halved by averages as often as bilinear sampling at `scale` would skip pixels otherwise. A last
// odd row or column is dropped.
struct Halved {
  cv::Mat pixels;
  double kept = 1;  // its size in shares of the image's
};
Halved halved_for(const cv::Mat& image, double scale);

// Cuts out the square around (cx, cy), black outside of the picture, and scales it to out_side.
cv::Mat crop_square(const cv::Mat& image, float cx, float cy, float side, int out_side);

}  // namespace mq::vision
