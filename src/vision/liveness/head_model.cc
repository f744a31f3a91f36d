#include "vision/liveness/head_model.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mq::vision {
namespace {

// Depth of each landmark towards the camera, from the outer corners of the eyes, in distances between
// them: the canonical face model of MediaPipe (Apache-2.0), at the vertices nearest to the iBUG points.
constexpr std::array<double, 68> kDepth = {
    -.58, -.63, -.63, -.61, -.50, -.28, -.04, .08, .12, .08, -.04, -.28, -.50, -.61, -.63, -.63, -.58,
    -.04, .07, .15, .21, .24, .24, .21, .15, .07, -.04,
    .23, .35, .43, .50, .23, .30, .32, .30, .23,
    0, .06, .08, .07, .07, .05, .07, .08, .06, 0, .05, .07,
    .13, .26, .30, .32, .30, .26, .13, .23, .26, .27, .26, .23, .10, .22, .23, .22, .10, .24, .25, .24};

// How far a landmark goes down when the mouth opens, 1 for the lower lip.
double follows_jaw(int i) {
  constexpr std::array<double, 7> kChin = {.15, .35, .55, .65, .55, .35, .15};  // 5..11
  if (i >= 5 && i <= 11) return kChin[static_cast<std::size_t>(i) - 5];
  switch (i) {
    case 55: case 59: return .6;
    case 56: case 58: return .95;
    case 57: case 66: return 1;
    case 65: case 67: return .9;
    case 50: case 51: case 52: case 61: case 62: case 63: return -.12;
    default: return 0;
  }
}

// The lid below each upper lid point.
int lower_lid(int i) {
  switch (i) {
    case 37: return 41;
    case 38: return 40;
    case 43: return 47;
    case 44: return 46;
    default: return i;
  }
}

// -1 for upper lids, +1 for lower ones.
double lid_side(int i) {
  switch (i) {
    case 37: case 38: case 43: case 44: return -1;
    case 40: case 41: case 46: case 47: return 1;
    default: return 0;
  }
}

std::vector<std::array<int, 3>> triangulate(const std::vector<cv::Point2f>& points, cv::Size size) {
  cv::Subdiv2D division(cv::Rect(-1, -1, size.width + 2, size.height + 2));
  for (const auto& p : points) division.insert(p);
  std::vector<cv::Vec6f> found;
  division.getTriangleList(found);
  const auto index_of = [&](float x, float y) {
    const auto nearest = std::min_element(points.begin(), points.end(), [&](const auto& a, const auto& b) {
      return std::hypot(a.x - x, a.y - y) < std::hypot(b.x - x, b.y - y);
    });
    return static_cast<int>(nearest - points.begin());
  };
  std::vector<std::array<int, 3>> out;
  for (const auto& t : found) {
    const auto inside = [&](int i) {
      return t[i] >= -1 && t[i + 1] >= -1 && t[i] <= static_cast<float>(size.width) &&
             t[i + 1] <= static_cast<float>(size.height);
    };
    if (!inside(0) || !inside(2) || !inside(4)) continue;
    out.push_back({index_of(t[0], t[1]), index_of(t[2], t[3]), index_of(t[4], t[5])});
  }
  return out;
}

}  // namespace

HeadModel::HeadModel(const cv::Mat& picture, const Landmarks& landmarks) : picture_(picture) {
  const cv::Point2d right(landmarks[36].x, landmarks[36].y), left(landmarks[45].x, landmarks[45].y);
  eye_distance_ = std::max(1.0, cv::norm(left - right));
  axis_ = (right + left) / 2;
  axis_.y += 0.35 * eye_distance_;
  // The head turns about the neck, behind the face.
  const double behind = 0.9 * eye_distance_;
  const cv::Rect2f area(0, 0, static_cast<float>(picture.cols - 1), static_cast<float>(picture.rows - 1));
  const auto add = [&](double x, double y, double depth, double follow) {
    const cv::Point2f at(static_cast<float>(x), static_cast<float>(y));
    if (!area.contains(at)) return;
    mesh_.from.push_back(at);
    rest_.push_back({at.x - axis_.x, at.y - axis_.y, depth * eye_distance_ + behind});
    follow_.push_back(follow);
  };
  for (std::size_t i = 0; i < landmarks.size(); ++i) {
    // The landmarks of the lids are rough; the whole eye must lie between them, or it shows when closed.
    const double lid = lid_side(static_cast<int>(i)) * 0.035 * eye_distance_;
    add(std::clamp<double>(landmarks[i].x, 0, area.width - 1),
        std::clamp<double>(landmarks[i].y + lid, 0, area.height - 1), kDepth[i], 1);
  }
  // The forehead over the brows, then a ring around the head that follows it half-way.
  for (const int brow : {17, 19, 21, 22, 24, 26}) {
    const bool temple = brow == 17 || brow == 26;
    add(landmarks[brow].x, landmarks[brow].y - 0.5 * eye_distance_, temple ? -.05 : .15, 1);
  }
  for (int i = 0; i < 16; ++i) {
    const double angle = 2 * CV_PI * i / 16;
    add(axis_.x + 1.3 * eye_distance_ * std::cos(angle), axis_.y + 1.6 * eye_distance_ * std::sin(angle),
        -.8, .5);
  }
  for (int i = 0; i <= 4; ++i) {
    const double x = area.width * i / 4.0 * 0.999, y = area.height * i / 4.0 * 0.999;
    add(x, 0, -.9, 0);
    add(x, area.height * 0.999, -.9, 0);
    add(0, y, -.9, 0);
    add(area.width * 0.999, y, -.9, 0);
  }
  mesh_.triangles = triangulate(mesh_.from, picture.size());
}

std::vector<Place> HeadModel::animated(const HeadState& state) const {
  std::vector<Place> out = rest_;
  const double mouth_width = std::hypot(rest_[64].x - rest_[60].x, rest_[64].y - rest_[60].y);
  for (int i = 0; i < 68; ++i) {
    out[i].y += state.mouth * 0.6 * mouth_width * follows_jaw(i);
    const Place& lid = rest_[lower_lid(i)];
    out[i].x += state.eyes * 0.97 * (lid.x - rest_[i].x);
    out[i].y += state.eyes * 0.97 * (lid.y - rest_[i].y);
  }
  return out;
}

cv::Mat HeadModel::show(const HeadState& state) const {
  const std::vector<Place> moved = animated(state);
  const double distance = 5 * eye_distance_;
  const double rest_depth = 0.9 * eye_distance_;
  Placement placement;
  for (std::size_t i = 0; i < moved.size(); ++i) {
    const Place turned = rotated(moved[i], state.turn);
    // Perspective relative to the resting place, so that the resting head is the photo itself.
    const double nearer = (distance - (moved[i].z - rest_depth)) / (distance - (turned.z - rest_depth));
    const double x = moved[i].x + follow_[i] * (turned.x * nearer - moved[i].x);
    const double y = moved[i].y + follow_[i] * (turned.y * nearer - moved[i].y);
    placement.to.emplace_back(static_cast<float>(x + axis_.x), static_cast<float>(y + axis_.y));
    placement.depth.push_back(turned.z);
  }
  cv::Mat out = render(picture_, mesh_, placement, picture_);
  if (state.mouth <= 0) return out;
  // The open mouth is dark; in the photo the lips touch, so there is nothing to show.
  std::vector<cv::Point> inside;
  for (int i = 60; i < 68; ++i) inside.emplace_back(placement.to[i]);
  cv::Mat mask(out.size(), CV_8U, cv::Scalar(0));
  cv::fillPoly(mask, std::vector<std::vector<cv::Point>>{inside}, cv::Scalar(255), cv::LINE_AA);
  out.setTo(cv::Scalar(25, 22, 45), mask);
  return out;
}

}  // namespace mq::vision
