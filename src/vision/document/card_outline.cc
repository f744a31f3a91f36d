#include "vision/document/card_outline.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "vision/face/align.h"

namespace mq::vision {
namespace {

// The canvas on which edges are sought: half of the card pixels, with room around the card.
constexpr float kStep = 2;  // card pixels
constexpr int kRoom = 44;
constexpr int kInwards = 26, kOutwards = 38;
constexpr int kSamples = 40;           // along an edge
constexpr float kFromCorner = 0.07F;   // corners are round
constexpr float kLeastEdge = 3;        // grey levels a pixel of the canvas, all channels
constexpr float kLeastSupport = 0.6F;  // of the samples
constexpr float kPull =
    0.12F;  // what an edge at the end of the search loses against one at the expected place
constexpr float kFillsPicture = 0.06F;  // of the width: corners this near to those of the picture

// `bgr` through `map` (of out's pixels to the picture), read from as few pixels as are needed.
cv::Mat warped(const cv::Mat& bgr, const cv::Matx33d& map, cv::Size size, double shrinks) {
  float left = 1e9F, top = 1e9F, right = -1e9F, bottom = -1e9F;
  const auto w = static_cast<float>(size.width), h = static_cast<float>(size.height);
  for (const Point corner : {Point{0, 0}, Point{w, 0}, Point{w, h}, Point{0, h}}) {
    const Point p = at(map, corner);
    left = std::min(left, p.x);
    right = std::max(right, p.x);
    top = std::min(top, p.y);
    bottom = std::max(bottom, p.y);
  }
  const auto whole = [](float v) { return static_cast<int>(std::clamp(v, -1e6F, 1e6F)); };
  const cv::Rect region = cv::Rect(cv::Point(whole(left) - 4, whole(top) - 4),
                                   cv::Point(whole(right) + 5, whole(bottom) + 5)) &
                          cv::Rect({0, 0}, bgr.size());
  if (region.width < 2 || region.height < 2) return cv::Mat::zeros(size, bgr.type());
  const auto [source, kept] = halved_for(bgr(region), 1 / shrinks);
  const cv::Matx33d to_source(kept, 0, (0.5 - region.x) * kept - 0.5, 0, kept,
                              (0.5 - region.y) * kept - 0.5, 0, 0, 1);
  cv::Mat out;
  cv::warpPerspective(source, out, to_source * map, size, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                      cv::BORDER_CONSTANT);
  return out;
}

// An edge of the card on the canvas: where it begins and ends, and the way out of the card.
struct Side {
  cv::Point2f from, to, out;
};

Side side_of(int edge) {
  constexpr float l = kRoom, t = kRoom, r = kRoom + kCardWidth / kStep,
                  b = kRoom + kCardHeight / kStep;
  switch (edge) {
    case kTopEdge:
      return {{l, t}, {r, t}, {0, -1}};
    case kRightEdge:
      return {{r, t}, {r, b}, {1, 0}};
    case kBottomEdge:
      return {{r, b}, {l, b}, {0, 1}};
    default:
      return {{l, b}, {l, t}, {-1, 0}};
  }
}

struct Found {
  float from = 0, to = 0;  // canvas pixels outwards, at both ends of the side
  bool seen = false;
};

// How strong an edge along the side is at each sample and each step outwards; below 0 outside of
// the picture.
cv::Mat strengths(const cv::Mat& canvas, const Side& side, const cv::Matx33d& map,
                  cv::Size picture) {
  const bool level = side.out.x == 0;
  cv::Mat slope, smooth, out(kSamples, kInwards + kOutwards + 1, CV_32F);
  cv::Sobel(canvas, slope, CV_32F, level ? 0 : 1, level ? 1 : 0, 3, 1.0 / 8);
  cv::blur(slope, smooth, level ? cv::Size(9, 1) : cv::Size(1, 9));
  const cv::Rect inside(2, 2, picture.width - 4, picture.height - 4);
  for (int i = 0; i < kSamples; ++i) {
    const float share =
        kFromCorner + (1 - 2 * kFromCorner) * (static_cast<float>(i) + 0.5F) / kSamples;
    const cv::Point2f base = side.from + (side.to - side.from) * share;
    for (int d = -kInwards; d <= kOutwards; ++d) {
      const cv::Point2f p = base + side.out * static_cast<float>(d);
      const Point q = at(map, {p.x, p.y});
      const cv::Vec3f s = smooth.at<cv::Vec3f>(std::clamp(cvRound(p.y), 0, smooth.rows - 1),
                                               std::clamp(cvRound(p.x), 0, smooth.cols - 1));
      const bool is_inside = inside.contains(cv::Point(cvFloor(q.x), cvFloor(q.y)));
      out.at<float>(i, d + kInwards) =
          is_inside ? std::abs(s[0]) + std::abs(s[1]) + std::abs(s[2]) : -1;
    }
  }
  return out;
}

float noise_of(const cv::Mat& strength) {
  std::vector<float> all;
  for (int i = 0; i < strength.rows; ++i) {
    const float* row = strength.ptr<float>(i);
    std::copy_if(row, row + strength.cols, std::back_inserter(all), [](float v) { return v >= 0; });
  }
  if (all.empty()) return 0;
  std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2),
                   all.end());
  return all[all.size() / 2];
}

constexpr int kSteps = kInwards + kOutwards + 1;

// What each sample gives to a line through it; nothing outside of the picture.
struct Votes {
  std::array<std::array<float, kSteps>, kSamples> support, inside;
};

Votes votes_of(const cv::Mat& strength) {
  const float least = std::max(kLeastEdge, 2.5F * noise_of(strength));
  Votes out{};
  for (int i = 0; i < kSamples; ++i) {
    for (int d = 0; d < kSteps; ++d) {
      const float s = strength.at<float>(i, d) / least;
      if (s < 0) continue;
      out.inside[i][d] = 1;
      out.support[i][d] = std::min(s, 1.0F) + 0.1F * std::min(s, 4.0F) - 0.1F;
    }
  }
  return out;
}

// The straight line with the most samples on an edge.
Found line_of(const cv::Mat& strength) {
  const Votes votes = votes_of(strength);
  float best = 0;
  Found out;
  for (int a = 0; a < kSteps; ++a) {
    for (int b = 0; b < kSteps; ++b) {
      float support = 0, inside = 0;
      for (int i = 0; i < kSamples; ++i) {
        // The nearest step to where the line from a to b passes this sample.
        const int there =
            ((2 * kSamples - 2 * i - 1) * a + (2 * i + 1) * b + kSamples) / (2 * kSamples);
        support += votes.support[i][there];
        inside += votes.inside[i][there];
      }
      const int from = a - kInwards, to = b - kInwards;
      const float off = static_cast<float>(std::abs(from) + std::abs(to)) / (2 * kOutwards);
      const float score = support / kSamples - kPull * off;
      if (inside < kSamples / 2.0F || support < kLeastSupport * inside || score <= best) continue;
      best = score;
      // Samples lie between the corners: the line is carried on to them.
      const float grow = kFromCorner / (1 - 2 * kFromCorner) * static_cast<float>(to - from);
      out = {static_cast<float>(from) - grow, static_cast<float>(to) + grow, true};
    }
  }
  return out;
}

// The one edge that was not seen, from the other three: the ratio of the sides is known.
void complete(std::array<Found, kCardEdges>& found) {
  const auto hidden =
      std::find_if(found.begin(), found.end(), [](const Found& one) { return !one.seen; });
  if (std::count_if(found.begin(), found.end(), [](const Found& one) { return one.seen; }) !=
      kCardEdges - 1)
    return;
  const auto edge = static_cast<std::size_t>(hidden - found.begin());
  const auto middle = [&](std::size_t i) { return (found[i % 4].from + found[i % 4].to) / 2; };
  const float across = (edge % 2 == 0 ? kCardWidth : kCardHeight) / kStep,
              along = (edge % 2 == 0 ? kCardHeight : kCardWidth) / kStep;
  hidden->from = hidden->to =
      (middle(edge + 1) + middle(edge + 3)) * along / across - middle(edge + 2);
}

Point crossing(cv::Point2f a, cv::Point2f b, cv::Point2f c, cv::Point2f d) {
  const cv::Point2f u = b - a, v = d - c;
  const float area = u.x * v.y - u.y * v.x;
  if (std::abs(area) < 1) return {b.x, b.y};
  const cv::Point2f p = a + u * (((c.x - a.x) * v.y - (c.y - a.y) * v.x) / area);
  return {p.x, p.y};
}

std::optional<Quad> filled_picture(cv::Size size, const Quad& expected) {
  const float near = kFillsPicture * width_of(expected);
  const Point corners[] = {{0, 0},
                           {static_cast<float>(size.width), 0},
                           {static_cast<float>(size.width), static_cast<float>(size.height)},
                           {0, static_cast<float>(size.height)}};
  for (std::size_t turn = 0; turn < 4; ++turn) {
    Quad out;
    bool all = true;
    for (std::size_t i = 0; i < 4; ++i) {
      out[i] = corners[(i + turn) % 4];
      all = all && std::hypot(out[i].x - expected[i].x, out[i].y - expected[i].y) <= near;
    }
    if (all) return out;
  }
  return std::nullopt;
}

}  // namespace

Outline find_outline(const cv::Mat& bgr, const Quad& expected) {
  Outline out;
  out.quad = expected;
  if (!convex(expected)) return out;
  if (const auto whole = filled_picture(bgr.size(), expected)) {
    out.quad = *whole;
    return out;
  }
  const cv::Matx33d map = to_picture(expected) *
                          cv::Matx33d(kStep, 0, -kStep * kRoom, 0, kStep, -kStep * kRoom, 0, 0, 1);
  const cv::Size size(static_cast<int>(kCardWidth / kStep) + 2 * kRoom,
                      static_cast<int>(kCardHeight / kStep) + 2 * kRoom);
  const cv::Mat canvas = warped(bgr, map, size, kStep * width_of(expected) / kCardWidth);
  std::array<Found, kCardEdges> found;
  for (int edge = 0; edge < kCardEdges; ++edge) {
    found[edge] = line_of(strengths(canvas, side_of(edge), map, bgr.size()));
    out.seen[edge] = found[edge].seen;
  }
  complete(found);
  std::array<cv::Point2f, 2 * kCardEdges> lines;
  for (int edge = 0; edge < kCardEdges; ++edge) {
    const Side side = side_of(edge);
    lines[2 * edge] = side.from + side.out * found[edge].from;
    lines[2 * edge + 1] = side.to + side.out * found[edge].to;
  }
  Quad quad;
  for (int i = 0; i < kCardEdges; ++i) {
    const int before = (i + 3) % 4;
    quad[i] =
        at(map, crossing(lines[2 * before], lines[2 * before + 1], lines[2 * i], lines[2 * i + 1]));
  }
  if (convex(quad)) out.quad = quad;
  if (!convex(quad)) out.seen = {};
  for (const Point p : out.quad) {
    const float over = std::max(
        {-p.x, -p.y, p.x - static_cast<float>(bgr.cols), p.y - static_cast<float>(bgr.rows)});
    out.outside = std::max(out.outside, over * kCardWidth / width_of(out.quad));
  }
  return out;
}

cv::Mat card_picture(const cv::Mat& bgr, const Quad& quad) {
  return warped(bgr, to_picture(quad), {kCardWidth, kCardHeight}, width_of(quad) / kCardWidth);
}

}  // namespace mq::vision
