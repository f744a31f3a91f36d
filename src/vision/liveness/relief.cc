#include "vision/liveness/relief.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mq::vision {
namespace {

constexpr int kIterations = 12;
enum Part : std::uint8_t { outside, rest, right_eye, left_eye, mouth, parts };

struct Cut {
  double scale;
  double cos;
  double sin;
  double x;
  double y;
};

double distance(Point a, Point b) { return std::hypot(a.x - b.x, a.y - b.y); }

Cut cut_of(const Landmarks& m) {
  const double across = distance(m[36], m[45]);
  const double x = (m[36].x + m[45].x) / 2, y = (m[36].y + m[45].y) / 2;
  const double down = std::hypot((m[48].x + m[54].x) / 2 - x, (m[48].y + m[54].y) / 2 - y);
  // A turned face is narrower, not smaller: then its height gives the size.
  constexpr double kAcrossPerDown = 1.2;
  const double scale = kPatchEyes / std::max({1.0, across, kAcrossPerDown * down});
  const double length = std::max(1e-3, across);
  return {scale, (m[45].x - m[36].x) / length, (m[45].y - m[36].y) / length, x, y};
}

constexpr double kEyesX = kPatchWidth / 2.0;
constexpr double kEyesY = 38;

Point apply(const Cut& c, Point p) {
  const double x = c.scale * (p.x - c.x), y = c.scale * (p.y - c.y);
  return {static_cast<float>(c.cos * x + c.sin * y + kEyesX),
          static_cast<float>(c.cos * y - c.sin * x + kEyesY)};
}

// Takes off the local mean and contrast, so that light and shade do not count.
cv::Mat normalised(const cv::Mat& grey, double blur) {
  cv::Mat smooth, mean, square;
  cv::GaussianBlur(grey, smooth, {}, blur);
  constexpr double kNeighbourhood = 9;
  cv::GaussianBlur(smooth, mean, {}, kNeighbourhood);
  const cv::Mat centred = smooth - mean;
  cv::GaussianBlur(centred.mul(centred), square, {}, kNeighbourhood);
  cv::Mat deviation;
  cv::sqrt(square + 9.0, deviation);  // 3 grey levels: less is noise
  return centred / deviation;
}

cv::Mat as_float(const Patch& patch) {
  const cv::Mat bytes(kPatchHeight, kPatchWidth, CV_8U, const_cast<std::uint8_t*>(patch.data()));
  cv::Mat out;
  bytes.convertTo(out, CV_32F);
  return out;
}

// Terms of the quadratic map and of the nose at a place of the reference.
struct Terms {
  std::array<double, 6> sheet;
  double nose;
};

Terms terms_at(double x, double y, Point nose) {
  const double u = (x - kEyesX) / kPatchEyes, v = (y - nose.y) / kPatchEyes;
  const double nu = (x - nose.x) / (0.15 * kPatchEyes);
  const double above = v < 0 ? 0.22 : 0.15;  // the ridge is longer than what is below the tip
  const double nv = v / above;
  return {{1, u, v, u * u, u * v, v * v}, std::exp(-(nu * nu + nv * nv) / 2)};
}

cv::Point2d mapped(const std::array<double, 14>& p, const Terms& t) {
  cv::Point2d out(p[12] * t.nose, p[13] * t.nose);
  for (int k = 0; k < 6; ++k) {
    out.x += p[k] * t.sheet[k];
    out.y += p[6 + k] * t.sheet[k];
  }
  return out;
}

// Bilinear; false outside.
bool sample(const cv::Mat& image, cv::Point2d at, float& value) {
  const int x = static_cast<int>(std::floor(at.x)), y = static_cast<int>(std::floor(at.y));
  if (x < 0 || y < 0 || x + 1 >= image.cols || y + 1 >= image.rows) return false;
  const auto fx = static_cast<float>(at.x - x), fy = static_cast<float>(at.y - y);
  const float* top = image.ptr<float>(y) + x;
  const float* below = image.ptr<float>(y + 1) + x;
  value = (1 - fy) * ((1 - fx) * top[0] + fx * top[1]) + fy * ((1 - fx) * below[0] + fx * below[1]);
  return true;
}

// The affine map between the landmarks, as polynomial coefficients: a start for the alignment.
std::array<double, 14> start_from(const Landmarks& from, const Landmarks& to) {
  cv::Mat a(51, 3, CV_64F), b(51, 2, CV_64F), found;
  for (int i = 17; i < 68; ++i) {
    const Terms t = terms_at(from[i].x, from[i].y, from[30]);
    for (int k = 0; k < 3; ++k) a.at<double>(i - 17, k) = t.sheet[k];
    b.at<double>(i - 17, 0) = to[i].x;
    b.at<double>(i - 17, 1) = to[i].y;
  }
  std::array<double, 14> out{};
  cv::solve(a, b, found, cv::DECOMP_SVD);
  for (int k = 0; k < 3; ++k) {
    out[k] = found.at<double>(k, 0);
    out[6 + k] = found.at<double>(k, 1);
  }
  return out;
}

struct Correlation {
  double n = 0, a = 0, b = 0, aa = 0, bb = 0, ab = 0;
  void add(double x, double y) {
    n += 1;
    a += x;
    b += y;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  double value() const {
    if (n < 8) return 0;
    const double va = aa - a * a / n, vb = bb - b * b / n;
    return va <= 1e-9 || vb <= 1e-9 ? 0 : (ab - a * b / n) / std::sqrt(va * vb);
  }
};

}  // namespace

Patch face_patch(const cv::Mat& grey, const Landmarks& landmarks) {
  const Cut c = cut_of(landmarks);
  // From the patch back into the picture.
  const double k = 1 / c.scale;
  const cv::Matx23d back(k * c.cos, -k * c.sin, c.x - k * (c.cos * kEyesX - c.sin * kEyesY),
                         k * c.sin, k * c.cos, c.y - k * (c.sin * kEyesX + c.cos * kEyesY));
  // A large face is made small first, or the patch would pick single pixels.
  cv::Mat source = grey;
  if (k > 1.5) cv::GaussianBlur(grey, source, {}, 0.4 * k);
  Patch out{};
  cv::Mat target(kPatchHeight, kPatchWidth, CV_8U, out.data());
  cv::warpAffine(source, target, back, target.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                 cv::BORDER_CONSTANT, cv::Scalar(0));
  return out;
}

Landmarks in_patch(const Landmarks& landmarks) {
  const Cut c = cut_of(landmarks);
  Landmarks out;
  for (std::size_t i = 0; i < landmarks.size(); ++i) out[i] = apply(c, landmarks[i]);
  return out;
}

ReliefReference::ReliefReference(const Patch& patch, const Landmarks& landmarks)
    : marks_(in_patch(landmarks)), parts_(kPatchHeight, kPatchWidth, CV_8U, cv::Scalar(outside)) {
  const cv::Mat grey = as_float(patch);
  constexpr std::array kBlurs = {3.0, 1.6, 0.8};
  for (std::size_t i = 0; i < kBlurs.size(); ++i) {
    levels_[i] = {normalised(grey, kBlurs[i]), kBlurs[i], kBlurs[i] > 1 ? 2 : 1};
  }

  const auto pixel = [](Point p) { return cv::Point(cvRound(p.x), cvRound(p.y)); };
  const auto inward = [&](int i, double share) {
    const Point to = marks_[30];
    return cv::Point(cvRound(marks_[i].x + share * (to.x - marks_[i].x)),
                     cvRound(marks_[i].y + share * (to.y - marks_[i].y)));
  };
  const auto fill = [&](const std::vector<cv::Point>& points, Part part) {
    std::vector<cv::Point> hull;
    cv::convexHull(points, hull);
    cv::fillConvexPoly(parts_, hull, cv::Scalar(part));
  };
  std::vector<cv::Point> face;
  for (int i = 2; i <= 14; ++i) face.push_back(inward(i, 0.18));
  for (int i = 17; i <= 26; ++i) face.push_back(pixel(marks_[i]) - cv::Point(0, cvRound(0.1 * kPatchEyes)));
  fill(face, rest);
  const auto disc = [&](int a, int b, double size, Part part) {
    const cv::Point centre = (pixel(marks_[a]) + pixel(marks_[b])) / 2;
    const int wide = cvRound(size * distance(marks_[a], marks_[b]));
    cv::ellipse(parts_, centre, {wide, cvRound(0.75 * wide)}, 0, 0, 360, cv::Scalar(part), cv::FILLED);
  };
  disc(36, 39, 0.6, right_eye);
  disc(42, 45, 0.6, left_eye);
  std::vector<cv::Point> lips;
  for (int i = 48; i < 60; ++i) lips.push_back(pixel(marks_[i]) + cv::Point(0, i > 54 ? 3 : -2));
  fill(lips, mouth);
}

// One Gauss-Newton step; `image` is the frame and its two derivatives. False when it has converged.
bool ReliefReference::improve(Parameters& p, const Level& level, const std::array<cv::Mat, 3>& image) const {
  cv::Matx<double, kParameters, kParameters> normal;
  cv::Vec<double, kParameters> right;
  for (int y = 0; y < kPatchHeight; y += level.stride) {
    for (int x = 0; x < kPatchWidth; x += level.stride) {
      const auto part = parts_.at<std::uint8_t>(y, x);
      if (part == outside || part == mouth) continue;  // a mouth that opens must not pull the map
      const Terms t = terms_at(x, y, marks_[30]);
      const cv::Point2d at = mapped(p, t);
      float seen = 0, gx = 0, gy = 0;
      if (!sample(image[0], at, seen) || !sample(image[1], at, gx) || !sample(image[2], at, gy)) continue;
      const double error = level.normalised.at<float>(y, x) - seen;
      // Large errors are parts that changed by themselves: they shall not pull (Geman-McClure).
      const double weight = 1 / ((1 + error * error) * (1 + error * error));
      std::array<double, kParameters> row;
      for (int k = 0; k < 6; ++k) {
        row[k] = gx * t.sheet[k];
        row[6 + k] = gy * t.sheet[k];
      }
      row[12] = gx * t.nose;
      row[13] = gy * t.nose;
      for (int i = 0; i < kParameters; ++i) {
        const double weighted = weight * row[i];
        right(i) += weighted * error;
        for (int j = 0; j <= i; ++j) normal(i, j) += weighted * row[j];
      }
    }
  }
  for (int i = 0; i < kParameters; ++i) {
    normal(i, i) += 1e-3 * normal(i, i) + 1e-6;
    for (int j = 0; j < i; ++j) normal(j, i) = normal(i, j);
  }
  cv::Vec<double, kParameters> step;
  if (!cv::solve(normal, right, step, cv::DECOMP_CHOLESKY)) return false;
  double largest = 0;
  for (int i = 0; i < kParameters; ++i) {
    p[i] += step(i);
    largest = std::max(largest, std::abs(step(i)));
  }
  constexpr double kStill = 0.02;  // pixels of the patch
  return largest > kStill;
}

Relief ReliefReference::measured(const Parameters& p, const cv::Mat& image,
                                 const Landmarks& seen_marks) const {
  std::array<Correlation, parts> by_part;
  Correlation all;
  for (int y = 0; y < kPatchHeight; ++y) {
    for (int x = 0; x < kPatchWidth; ++x) {
      const auto part = parts_.at<std::uint8_t>(y, x);
      float seen = 0;
      if (part == outside || !sample(image, mapped(p, terms_at(x, y, marks_[30])), seen)) continue;
      const double was = levels_.back().normalised.at<float>(y, x);
      all.add(was, seen);
      by_part[part].add(was, seen);
    }
  }
  Terms nose = terms_at(marks_[30].x, marks_[30].y, marks_[30]);
  nose.nose = 0;
  const cv::Point2d expected = mapped(p, nose);
  const double width = std::hypot(p[1], p[7]), height = std::hypot(p[2], p[8]);
  const double larger = std::max({width, height, 1e-6});
  return {.match = all.value(),
          .nose_x = p[12] / kPatchEyes,
          .nose_y = p[13] / kPatchEyes,
          .marks_x = (seen_marks[30].x - expected.x) / kPatchEyes,
          .marks_y = (seen_marks[30].y - expected.y) / kPatchEyes,
          .narrow = width / larger,
          .low = height / larger,
          .right_eye = by_part[right_eye].value(),
          .left_eye = by_part[left_eye].value(),
          .mouth = by_part[mouth].value(),
          .rest = by_part[rest].value()};
}

Relief ReliefReference::compare(const Patch& patch, const Landmarks& landmarks) const {
  const cv::Mat grey = as_float(patch);
  const Landmarks seen_marks = in_patch(landmarks);
  Parameters p = start_from(marks_, seen_marks);
  std::array<cv::Mat, 3> image;
  for (const Level& level : levels_) {
    image[0] = normalised(grey, level.blur);
    cv::Sobel(image[0], image[1], CV_32F, 1, 0, 3, 0.125);
    cv::Sobel(image[0], image[2], CV_32F, 0, 1, 3, 0.125);
    for (int round = 0; round < kIterations && improve(p, level, image); ++round) {
    }
  }
  return measured(p, image[0], seen_marks);
}

}  // namespace mq::vision
