#include "vision/text/reader.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "vision/face/align.h"
#include "vision/network/tensor.h"

namespace mq::vision {
namespace {

constexpr int kDetectorStep = 32;  // its input is a multiple of this
constexpr int kDirectionWidth = 192;
constexpr std::size_t kDirectionVotes = 6;  // the longest lines
// Boxes of one or two characters may have their longer side across the text.
constexpr float kSquare = 2;
constexpr int kLongestStrip = 2560;

float turned(float angle, float by) {
  const float out = std::remainder(angle + by, 360.0F);
  return out <= -180 ? out + 360 : out;
}

float off(float a, float b) { return std::abs(std::remainder(a - b, 360.0F)); }

// Where most of the text runs; lines have no beginning yet, so an angle and its opposite are one.
float main_direction(const std::vector<LineBox>& boxes) {
  double x = 0, y = 0;
  for (const LineBox& box : boxes) {
    if (box.length < kSquare * box.height) continue;
    x += box.length * std::cos(2 * box.angle * CV_PI / 180);
    y += box.length * std::sin(2 * box.angle * CV_PI / 180);
  }
  return x == 0 && y == 0 ? 0 : static_cast<float>(std::atan2(y, x) * 90 / CV_PI);
}

// Lines that all begin on the same side. What stands across the main direction is turned when it is
// short, and kept as it is otherwise.
void direct(std::vector<LineBox>& boxes, float direction) {
  for (LineBox& box : boxes) {
    if (box.length < kSquare * box.height &&
        std::min(off(box.angle, direction), off(box.angle + 180, direction)) > 45) {
      std::swap(box.length, box.height);
      box.angle += 90;
    }
    if (off(box.angle, direction) > 90) box.angle += 180;
    box.angle = turned(box.angle, 0);
  }
}

std::array<Point, 4> corners_of(const LineBox& box) {
  const double radians = box.angle * CV_PI / 180;
  const auto c = static_cast<float>(std::cos(radians)), s = static_cast<float>(std::sin(radians));
  const auto at = [&](float along, float down) {
    const float x = along * box.length / 2, y = down * box.height / 2;
    return Point{box.middle.x + x * c - y * s, box.middle.y + x * s + y * c};
  };
  return {at(-1, -1), at(1, -1), at(1, 1), at(-1, 1)};
}

float distance_of(Point a, Point b) { return std::hypot(a.x - b.x, a.y - b.y); }

}  // namespace

float TextLine::length() const {
  return (distance_of(corners[0], corners[1]) + distance_of(corners[3], corners[2])) / 2;
}
float TextLine::height() const {
  return (distance_of(corners[0], corners[3]) + distance_of(corners[1], corners[2])) / 2;
}
Point TextLine::middle() const {
  Point out;
  for (const Point& corner : corners) {
    out.x += corner.x / 4;
    out.y += corner.y / 4;
  }
  return out;
}

cv::Mat line_strip(const cv::Mat& bgr, const std::array<Point, 4>& corners) {
  const float height = std::max(1.0F, distance_of(corners[0], corners[3]));
  const float length = std::max(1.0F, distance_of(corners[0], corners[1]));
  const double scale = kLineHeight / static_cast<double>(height);
  const int width = std::clamp(cvRound(length * scale), 1, kLongestStrip);
  float left = 1e9F, top = 1e9F, right = -1e9F, bottom = -1e9F;
  for (const Point& p : corners) {
    left = std::min(left, p.x);
    right = std::max(right, p.x);
    top = std::min(top, p.y);
    bottom = std::max(bottom, p.y);
  }
  const int margin = 2 + static_cast<int>(2 / scale);
  const cv::Rect region =
      cv::Rect(
          cv::Point(static_cast<int>(left) - margin, static_cast<int>(top) - margin),
          cv::Point(static_cast<int>(right) + margin + 1, static_cast<int>(bottom) + margin + 1)) &
      cv::Rect({0, 0}, bgr.size());
  if (region.empty()) return cv::Mat::zeros(kLineHeight, width, CV_8UC3);
  const auto [source, kept] = halved_for(bgr(region), scale);
  const auto place = [&, kept = kept](Point p) {
    return cv::Point2f(static_cast<float>((p.x + 0.5 - region.x) * kept - 0.5),
                       static_cast<float>((p.y + 0.5 - region.y) * kept - 0.5));
  };
  const cv::Point2f from[] = {place(corners[0]), place(corners[1]), place(corners[3])};
  const cv::Point2f to[] = {
      {0, 0}, {static_cast<float>(width), 0}, {0, static_cast<float>(kLineHeight)}};
  cv::Mat out;
  cv::warpAffine(source, out, cv::getAffineTransform(from, to), {width, kLineHeight},
                 cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  return out;
}

TextReader::TextReader(SizedModel detector, Model direction, LineRecogniser first,
                       LineRecogniser second)
    : detector_(std::move(detector)),
      direction_(std::move(direction)),
      first_(std::move(first)),
      second_(std::move(second)) {}

Result<TextReader> TextReader::load(const std::string& models_dir) {
  const FlushSubnormals guard;
  MQ_TRY(SizedModel detector,
         SizedModel::load(models_dir + "/text_detect_fast.onnx", {1, 3, 64, 64}));
  MQ_TRY(Model direction,
         Model::load(models_dir + "/text_direction_fast.onnx", {1, 3, kLineHeight, kDirectionWidth},
                     {{"softmax_0.tmp_0", 2}}));
  MQ_TRY(LineRecogniser first, LineRecogniser::load(models_dir, "text_read"));
  MQ_TRY(LineRecogniser second, LineRecogniser::load(models_dir, "text_reread"));
  return TextReader(std::move(detector), std::move(direction), std::move(first), std::move(second));
}

std::vector<LineBox> TextReader::find(const cv::Mat& bgr, const TextSettings& settings) const {
  const double fit =
      std::min(1.0, settings.long_side / static_cast<double>(std::max(bgr.cols, bgr.rows)));
  const auto side = [&](int pixels) {
    return std::max(kDetectorStep, cvRound(pixels * fit / kDetectorStep) * kDetectorStep);
  };
  const cv::Size size(side(bgr.cols), side(bgr.rows));
  cv::Mat shrunk;
  cv::resize(bgr, shrunk, size, 0, 0, fit < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  Tensor input = planes(shrunk, {0.485F * 255, 0.456F * 255, 0.406F * 255},
                        {1 / (0.229F * 255), 1 / (0.224F * 255), 1 / (0.225F * 255)});
  std::vector<LineBox> boxes;
  detector_.run(input, std::array<std::int64_t, 4>{1, 3, size.height, size.width},
                [&](std::span<const float> likely, std::span<const std::int64_t> shape) {
                  MQ_CHECK(shape.size() == 4 && shape[2] == size.height && shape[3] == size.width);
                  const cv::Mat map(size, CV_32F, const_cast<float*>(likely.data()));
                  boxes = joined(lines_of(map, settings.most), settings.join_squares);
                });
  // The two sides are rounded to steps on their own, so boxes are stretched by a little; their
  // angle hardly.
  const float sx = static_cast<float>(bgr.cols) / static_cast<float>(size.width);
  const float sy = static_cast<float>(bgr.rows) / static_cast<float>(size.height);
  for (LineBox& box : boxes) {
    const double radians = box.angle * CV_PI / 180;
    const double c = std::cos(radians), s = std::sin(radians);
    box.middle = {box.middle.x * sx, box.middle.y * sy};
    box.length *= static_cast<float>(std::hypot(c * sx, s * sy));
    box.height *= static_cast<float>(std::hypot(s * sx, c * sy));
    box.angle = static_cast<float>(std::atan2(s * sy, c * sx) * 180 / CV_PI);
  }
  return boxes;
}

bool TextReader::upside_down(const cv::Mat& bgr, std::vector<LineBox> boxes) const {
  const std::size_t votes = std::min(kDirectionVotes, boxes.size());
  std::partial_sort(boxes.begin(), boxes.begin() + static_cast<std::ptrdiff_t>(votes), boxes.end(),
                    [](const LineBox& a, const LineBox& b) { return a.length > b.length; });
  double sum = 0;
  for (std::size_t i = 0; i < votes; ++i) {
    cv::Mat strip = line_strip(bgr, corners_of(boxes[i]));
    if (strip.cols > kDirectionWidth) {
      cv::resize(strip, strip, {kDirectionWidth, kLineHeight}, 0, 0, cv::INTER_LINEAR);
    }
    const Tensor pixels =
        planes(strip, {127.5F, 127.5F, 127.5F}, {1 / 127.5F, 1 / 127.5F, 1 / 127.5F});
    Tensor input(static_cast<std::size_t>(3) * kLineHeight * kDirectionWidth, 0.0F);
    for (std::size_t row = 0; row < 3 * kLineHeight; ++row) {
      std::copy_n(&pixels[row * strip.cols], strip.cols, &input[row * kDirectionWidth]);
    }
    const Tensor shares = direction_.run(input).front();
    sum += shares[1] - shares[0];
    // Votes are 1 at most: those that are left cannot change the side any more.
    if (std::abs(sum) > static_cast<double>(votes - i - 1)) break;
  }
  return sum > 0;
}

PageText TextReader::read(const cv::Mat& bgr, const TextSettings& settings) const {
  const FlushSubnormals guard;
  auto boxes = find(bgr, settings);
  PageText out;
  out.direction = main_direction(boxes);
  direct(boxes, out.direction);
  if (upside_down(bgr, boxes) != settings.other_way_up) {
    out.direction = turned(out.direction, 180);
    for (LineBox& box : boxes) box.angle = turned(box.angle, 180);
  }
  for (const LineBox& box : boxes) {
    TextLine line = read_line(bgr, corners_of(box), settings.least_width);
    if (line.text.empty() || line.confidence < settings.least_confidence) continue;
    out.lines.push_back(std::move(line));
  }
  return out;
}

TextLine TextReader::read_line(const cv::Mat& bgr, const std::array<Point, 4>& corners,
                               int least_width) const {
  const FlushSubnormals guard;
  ReadLine read = first_.read(line_strip(bgr, corners), least_width);
  return {corners, std::move(read.text), read.confidence, std::move(read.glyphs)};
}

ReadLine TextReader::reread(const cv::Mat& bgr, const std::array<Point, 4>& corners,
                            int least_width) const {
  const FlushSubnormals guard;
  return second_.read(line_strip(bgr, corners), least_width);
}

}  // namespace mq::vision
