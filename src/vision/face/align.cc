#include "vision/face/align.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mq::vision {
namespace {

constexpr FivePoints kTemplate = {Point{38.2946F, 51.6963F}, Point{73.5318F, 51.5014F},
                                  Point{56.0252F, 71.7366F}, Point{41.5493F, 92.3655F},
                                  Point{70.7299F, 92.2041F}};

Point mean(const std::array<Point, 68>& points, int first, int count) {
  Point sum;
  for (int i = first; i < first + count; ++i) {
    sum.x += points[i].x;
    sum.y += points[i].y;
  }
  return {sum.x / static_cast<float>(count), sum.y / static_cast<float>(count)};
}

// The part of the picture that the aligned square can touch.
cv::Rect source_region(const Similarity& to_aligned, const cv::Size& size) {
  const float side = kAlignedSide;
  float left = 1e9F, top = 1e9F, right = -1e9F, bottom = -1e9F;
  for (const Point corner : {Point{0, 0}, Point{side, 0}, Point{0, side}, Point{side, side}}) {
    const Point p = to_aligned.apply_inverse(corner);
    left = std::min(left, p.x);
    right = std::max(right, p.x);
    top = std::min(top, p.y);
    bottom = std::max(bottom, p.y);
  }
  // One pixel around for sampling, and one that halving may drop.
  const int margin = 2 + static_cast<int>(std::min(2 / to_aligned.scale(),
                                                   2.0 * std::max(size.width, size.height)));
  const cv::Point from(static_cast<int>(std::floor(left)) - margin,
                       static_cast<int>(std::floor(top)) - margin);
  const cv::Point to(static_cast<int>(std::ceil(right)) + margin + 1,
                     static_cast<int>(std::ceil(bottom)) + margin + 1);
  return cv::Rect(from, to) & cv::Rect({0, 0}, size);
}

}  // namespace

double Similarity::scale() const { return std::hypot(a, b); }

Point Similarity::apply(Point p) const {
  return {static_cast<float>(a * p.x - b * p.y + tx), static_cast<float>(b * p.x + a * p.y + ty)};
}

Point Similarity::apply_inverse(Point p) const {
  const double norm = a * a + b * b;
  const double x = p.x - tx;
  const double y = p.y - ty;
  return {static_cast<float>((a * x + b * y) / norm), static_cast<float>((a * y - b * x) / norm)};
}

std::optional<Similarity> fit_similarity(const FivePoints& from, const FivePoints& to) {
  double fx = 0, fy = 0, tx = 0, ty = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    fx += from[i].x / 5.0;
    fy += from[i].y / 5.0;
    tx += to[i].x / 5.0;
    ty += to[i].y / 5.0;
  }
  double variance = 0, along = 0, across = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const double x = from[i].x - fx, y = from[i].y - fy;
    const double u = to[i].x - tx, v = to[i].y - ty;
    variance += x * x + y * y;
    along += x * u + y * v;
    across += x * v - y * u;
  }
  constexpr double kDegenerate = 1e-6;
  if (!(variance > kDegenerate) || std::hypot(along, across) < kDegenerate) return std::nullopt;
  Similarity out{.a = along / variance, .b = across / variance};
  out.tx = tx - (out.a * fx - out.b * fy);
  out.ty = ty - (out.b * fx + out.a * fy);
  return out;
}

FivePoints five_points(const std::array<Point, 68>& landmarks) {
  return {mean(landmarks, 36, 6), mean(landmarks, 42, 6), landmarks[30], landmarks[48],
          landmarks[54]};
}

const FivePoints& aligned_template() { return kTemplate; }

bool aligned_inside(const cv::Size& picture, const std::array<Point, 68>& landmarks) {
  const auto to = fit_similarity(five_points(landmarks), kTemplate);
  if (!to || to->scale() < 1e-3) return false;
  // source_region() has a margin, so it touches the edge before the square does.
  const cv::Rect region = source_region(*to, picture);
  return region.x > 0 && region.y > 0 && region.br().x < picture.width &&
         region.br().y < picture.height;
}

Halved halved_for(const cv::Mat& image, double scale) {
  Halved out{image};
  while (scale < 0.5 * out.kept && std::min(out.pixels.cols, out.pixels.rows) > 1) {
    const cv::Size half(out.pixels.cols / 2, out.pixels.rows / 2);
    cv::Mat smaller;
    cv::resize(out.pixels(cv::Rect(0, 0, 2 * half.width, 2 * half.height)), smaller, half, 0, 0,
               cv::INTER_AREA);
    out.pixels = smaller;
    out.kept /= 2;
  }
  return out;
}

cv::Mat align_face(const cv::Mat& bgr, const std::array<Point, 68>& landmarks, Outside outside) {
  const auto fitted = fit_similarity(five_points(landmarks), kTemplate);
  if (!fitted || fitted->scale() < 1e-3) return {};
  const Similarity& to = *fitted;
  const cv::Rect region = source_region(to, bgr.size());
  if (region.empty()) return {};

  // Averages down to the wanted size, most of the way by halves, which is faster: what is left to
  // the bilinear turn keeps its size, so that the sharpness of a face does not depend on how many
  // pixels it came with.
  auto [source, kept] = halved_for(bgr(region), to.scale());
  double sx = 1 / kept, sy = 1 / kept;
  if (to.scale() < 0.5) {
    const cv::Size from = source.size();
    const double rest = to.scale() / kept;
    const cv::Size wanted(std::max(1, cvRound(from.width * rest)),
                          std::max(1, cvRound(from.height * rest)));
    cv::resize(source, source, wanted, 0, 0, cv::INTER_AREA);
    sx *= static_cast<double>(from.width) / wanted.width;
    sy *= static_cast<double>(from.height) / wanted.height;
  }
  // Pixel centres: a shrunk pixel i covers the source around (i + 0.5)·s − 0.5.
  const double ox = region.x + 0.5 * sx - 0.5;
  const double oy = region.y + 0.5 * sy - 0.5;
  const cv::Matx23d matrix(to.a * sx, -to.b * sy, to.a * ox - to.b * oy + to.tx,  //
                           to.b * sx, to.a * sy, to.b * ox + to.a * oy + to.ty);
  cv::Mat out;
  cv::warpAffine(source, out, matrix, {kAlignedSide, kAlignedSide}, cv::INTER_LINEAR,
                 outside == Outside::black ? cv::BORDER_CONSTANT : cv::BORDER_REPLICATE,
                 cv::Scalar::all(0));
  return out;
}

cv::Mat crop_square(const cv::Mat& image, float cx, float cy, float side, int out_side) {
  const int length = std::clamp(cvRound(side), 1, 4 * std::max(image.cols, image.rows));
  const cv::Rect wanted(cvRound(cx - side / 2), cvRound(cy - side / 2), length, length);
  const cv::Rect inside = wanted & cv::Rect({0, 0}, image.size());
  cv::Mat square;
  if (inside == wanted) {
    square = image(wanted);
  } else {
    square = cv::Mat::zeros(length, length, image.type());
    if (!inside.empty()) image(inside).copyTo(square(inside - wanted.tl()));
  }
  cv::Mat out;
  cv::resize(square, out, {out_side, out_side}, 0, 0,
             length > 2 * out_side ? cv::INTER_AREA : cv::INTER_LINEAR);
  return out;
}

}  // namespace mq::vision
