#include "vision/liveness/warp.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>

namespace mq::vision {
namespace {

constexpr double kDegree = CV_PI / 180;

// Writes for every pixel of the triangle where in the source it comes from.
void fill_triangle(const std::array<cv::Point2f, 3>& to, const std::array<cv::Point2f, 3>& from,
                   cv::Mat& map) {
  const float area =
      (to[1].x - to[0].x) * (to[2].y - to[0].y) - (to[2].x - to[0].x) * (to[1].y - to[0].y);
  if (std::abs(area) < 1e-3F) return;
  const auto [left, right] = std::minmax({to[0].x, to[1].x, to[2].x});
  const auto [top, bottom] = std::minmax({to[0].y, to[1].y, to[2].y});
  const int x0 = std::max(0, static_cast<int>(std::floor(left)));
  const int x1 = std::min(map.cols - 1, static_cast<int>(std::ceil(right)));
  const int y0 = std::max(0, static_cast<int>(std::floor(top)));
  const int y1 = std::min(map.rows - 1, static_cast<int>(std::ceil(bottom)));
  constexpr float kSeam = -1e-3F;  // neighbours overlap by a hair instead of leaving holes
  for (int y = y0; y <= y1; ++y) {
    auto* row = map.ptr<cv::Vec2f>(y);
    for (int x = x0; x <= x1; ++x) {
      const float px = static_cast<float>(x) - to[0].x;
      const float py = static_cast<float>(y) - to[0].y;
      const float b = (px * (to[2].y - to[0].y) - py * (to[2].x - to[0].x)) / area;
      const float c = (py * (to[1].x - to[0].x) - px * (to[1].y - to[0].y)) / area;
      const float a = 1 - b - c;
      if (a < kSeam || b < kSeam || c < kSeam) continue;
      row[x] = {a * from[0].x + b * from[1].x + c * from[2].x,
                a * from[0].y + b * from[1].y + c * from[2].y};
    }
  }
}

}  // namespace

cv::Mat render(const cv::Mat& source, const Mesh& mesh, const Placement& placement,
               const cv::Mat& background) {
  constexpr float kNowhere = -1e6F;
  cv::Mat map(background.size(), CV_32FC2, cv::Scalar(kNowhere, kNowhere));
  std::vector<std::size_t> order(mesh.triangles.size());
  std::iota(order.begin(), order.end(), 0);
  const auto nearness = [&](std::size_t i) {
    const auto& t = mesh.triangles[i];
    return placement.depth[t[0]] + placement.depth[t[1]] + placement.depth[t[2]];
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return nearness(a) < nearness(b); });
  for (const std::size_t i : order) {
    const auto& t = mesh.triangles[i];
    fill_triangle({placement.to[t[0]], placement.to[t[1]], placement.to[t[2]]},
                  {mesh.from[t[0]], mesh.from[t[1]], mesh.from[t[2]]}, map);
  }
  cv::Mat out = background.clone();
  cv::remap(source, out, map, cv::noArray(), cv::INTER_LINEAR, cv::BORDER_TRANSPARENT);
  return out;
}

Mesh sheet_mesh(const cv::Rect2f& area, int columns, int rows) {
  Mesh out;
  for (int r = 0; r <= rows; ++r) {
    for (int c = 0; c <= columns; ++c) {
      out.from.emplace_back(area.x + area.width * static_cast<float>(c) / static_cast<float>(columns),
                            area.y + area.height * static_cast<float>(r) / static_cast<float>(rows));
    }
  }
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      const int corner = r * (columns + 1) + c;
      const int below = corner + columns + 1;
      out.triangles.push_back({corner, corner + 1, below});
      out.triangles.push_back({corner + 1, below + 1, below});
    }
  }
  return out;
}

Place rotated(Place p, const Rotation& by) {
  const double yaw = by.yaw * kDegree, pitch = by.pitch * kDegree, roll = by.roll * kDegree;
  p = {p.x * std::cos(yaw) + p.z * std::sin(yaw), p.y, p.z * std::cos(yaw) - p.x * std::sin(yaw)};
  p = {p.x, p.y * std::cos(pitch) - p.z * std::sin(pitch),
       p.z * std::cos(pitch) + p.y * std::sin(pitch)};
  return {p.x * std::cos(roll) - p.y * std::sin(roll), p.x * std::sin(roll) + p.y * std::cos(roll), p.z};
}

Place bent(Place p, double curvature, double axis) {
  if (std::abs(curvature) < 1e-9) return p;
  const double across_x = std::cos(axis * kDegree), across_y = std::sin(axis * kDegree);
  const double across = p.x * across_x + p.y * across_y;
  const double along = p.y * across_x - p.x * across_y;
  const double turn = std::clamp(across * curvature, -CV_PI / 2, CV_PI / 2);
  const double bent_across = std::sin(turn) / curvature;
  return {bent_across * across_x - along * across_y, bent_across * across_y + along * across_x,
          p.z + (std::cos(turn) - 1) / curvature};
}

}  // namespace mq::vision
