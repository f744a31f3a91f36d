// Is the movement between two frames that of a flat or bent sheet, or does the nose stand out of it?
//
// Landmarks cannot tell by themselves: the landmark network has learnt what heads look like and draws a
// turned head into a tilted photo. So the pixels decide. A sheet, flat or bent, however it is held, moves
// every part of the picture by one smooth map, well approximated by a quadratic polynomial of the place.
// The nose of a head stands about a third of the eye distance in front of that surface and moves on top of
// it. The map and the nose's extra movement are found together by direct alignment of the pixels
// (Gauss-Newton on locally normalised brightness, coarse to fine; B. D. Lucas, T. Kanade, IJCAI 1981).
#pragma once

#include <array>
#include <opencv2/core.hpp>

#include "vision/face/face.h"

namespace mq::vision {

inline constexpr int kPatchWidth = 88;
inline constexpr int kPatchHeight = 112;
inline constexpr float kPatchEyes = 52;  // the outer corners of frontal eyes are so far apart

// The inner face in grey, cut level along the eyes and scaled. Personal data, like the frame itself.
using Patch = std::array<std::uint8_t, kPatchWidth * kPatchHeight>;

// Black where the patch leaves the picture.
Patch face_patch(const cv::Mat& grey, const Landmarks& landmarks);

// The landmarks in the patch's pixels.
Landmarks in_patch(const Landmarks& landmarks);

// Lengths in distances between the outer eye corners of the reference.
struct Relief {
  double match = 0;   // correlation of the face with the reference after alignment, with the nose free
  double nose_x = 0;  // the nose's movement on top of the sheet's, positive to the picture's right
  double nose_y = 0;  // positive downwards
  double marks_x = 0;  // the same by the nose's landmark
  double marks_y = 0;
  double narrow = 1;  // the sheet's width against the reference, in units of the larger of the two ratios
  double low = 1;     // its height likewise
  // Correlation of single parts after alignment: one that changed by itself matches badly.
  double right_eye = 0;
  double left_eye = 0;
  double mouth = 0;
  double rest = 0;  // brows, nose and cheeks
};

// The reference, prepared once for many frames. Thread-safe once made.
class ReliefReference {
 public:
  ReliefReference(const Patch& patch, const Landmarks& landmarks);
  // Brings `patch` on top of the reference, starting from the landmarks of both.
  Relief compare(const Patch& patch, const Landmarks& landmarks) const;

 private:
  static constexpr int kParameters = 14;  // two quadratic polynomials and the nose's movement
  using Parameters = std::array<double, kParameters>;
  struct Level {
    cv::Mat normalised;
    double blur = 0;
    int stride = 1;  // every so many pixels are looked at
  };
  bool improve(Parameters& p, const Level& level, const std::array<cv::Mat, 3>& image) const;
  Relief measured(const Parameters& p, const cv::Mat& image, const Landmarks& seen_marks) const;

  Landmarks marks_;  // in the patch
  std::array<Level, 3> levels_;
  cv::Mat parts_;    // which part of the face a pixel belongs to
};

}  // namespace mq::vision
