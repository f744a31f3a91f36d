#include "vision/face/occlusion.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "vision/face/align.h"

namespace mq::vision {
namespace {

namespace json = boost::json;

constexpr int kCellSide = 8;
constexpr int kCropSide = kCropCells * kCellSide;
// The crop in the coordinates of the aligned face: from above the crown to below the chin.
constexpr float kLeft = -34;
constexpr float kTop = -62;
constexpr float kSpan = 180;
// Between the brows: the skin that neither masks nor most hats cover.
constexpr Point kSkin = {56, 44};
constexpr int kSkinRadius = 2;  // in crop pixels

struct WideCrop {
  cv::Mat lab;  // 8-bit
  std::array<bool, kCropCells * kCropCells> inside{};
};

Point from_crop(const Similarity& to_aligned, float x, float y) {
  constexpr float kScale = kSpan / kCropSide;
  return to_aligned.apply_inverse({kLeft + x * kScale, kTop + y * kScale});
}

// The part of the picture around the turned crop.
cv::Rect source_of(const Similarity& to_aligned, const cv::Size& size) {
  const Point centre = from_crop(to_aligned, kCropSide / 2.0F, kCropSide / 2.0F);
  const Point corner = from_crop(to_aligned, 0, 0);
  const double half = std::hypot(corner.x - centre.x, corner.y - centre.y) + 2;
  const double most = size.width + size.height;
  const auto inside = [&](double v) { return static_cast<int>(std::clamp(v, -most, 2 * most)); };
  const cv::Point from(inside(centre.x - half), inside(centre.y - half));
  const cv::Point to(inside(centre.x + half), inside(centre.y + half));
  return cv::Rect(from, to) & cv::Rect({0, 0}, size);
}

std::optional<WideCrop> wide_crop(const cv::Mat& bgr, const Landmarks& marks) {
  const auto fitted = fit_similarity(five_points(marks), aligned_template());
  if (!fitted || fitted->scale() < 1e-3) return std::nullopt;
  const cv::Rect region = source_of(*fitted, bgr.size());
  if (region.empty()) return std::nullopt;
  WideCrop out;
  const auto [source, kept] = halved_for(bgr(region), kCropSide / kSpan * fitted->scale());
  const auto place = [&, kept = kept](float x, float y) {
    const Point p = from_crop(*fitted, x, y);
    return cv::Point2f(static_cast<float>((p.x + 0.5 - region.x) * kept - 0.5),
                       static_cast<float>((p.y + 0.5 - region.y) * kept - 0.5));
  };
  const cv::Point2f from[] = {place(0, 0), place(kCropSide, 0), place(0, kCropSide)};
  const cv::Point2f to[] = {{0, 0}, {kCropSide, 0}, {0, kCropSide}};
  cv::warpAffine(source, out.lab, cv::getAffineTransform(from, to), {kCropSide, kCropSide},
                 cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  cv::cvtColor(out.lab, out.lab, cv::COLOR_BGR2Lab);
  for (int i = 0; i < kCropCells * kCropCells; ++i) {
    const Point p = from_crop(*fitted, (static_cast<float>(i % kCropCells) + 0.5F) * kCellSide,
                              (static_cast<float>(i / kCropCells) + 0.5F) * kCellSide);
    out.inside[i] = p.x >= 0 && p.y >= 0 && p.x < static_cast<float>(bgr.cols) &&
                    p.y < static_cast<float>(bgr.rows);
  }
  return out;
}

// Sums of edge strength in four directions, in shares of all edges plus a floor against noise.
std::array<float, 4> edges(const cv::Mat& across, const cv::Mat& down) {
  std::array<float, 4> out{};
  float all = 0;
  for (int y = 0; y < across.rows; ++y) {
    for (int x = 0; x < across.cols; ++x) {
      const float gx = across.at<std::int16_t>(y, x), gy = down.at<std::int16_t>(y, x);
      const float size = std::hypot(gx, gy);
      float angle =
          std::atan2(gy, gx) / static_cast<float>(CV_PI);  // a direction and its opposite are one
      if (angle < 0) angle += 1;
      out[static_cast<std::size_t>(angle * 4 + 0.5F) % 4] += size;
      all += size;
    }
  }
  constexpr float kFloor = 8.0F * 4 * kCellSide * kCellSide;
  for (float& v : out) v /= all + kFloor;
  return out;
}

// So that no single glaring cell decides.
float bounded(double off) { return static_cast<float>(std::clamp(off, -3.0, 3.0)); }

float logistic(float x) { return 1 / (1 + std::exp(-x)); }

Result<LogisticHead> parse_head(const json::value& in) {
  LogisticHead out;
  const auto* head = in.if_object();
  const auto* bias = head == nullptr ? nullptr : head->if_contains("bias");
  const auto* weights = head == nullptr ? nullptr : head->if_contains("weights");
  const auto* list = weights == nullptr ? nullptr : weights->if_array();
  if (bias == nullptr || !bias->is_number() || list == nullptr ||
      list->size() != out.weights.size()) {
    return VisionErrc::models_missing;
  }
  out.bias = bias->to_number<float>();
  if (!std::isfinite(out.bias)) return VisionErrc::models_missing;
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (!(*list)[i].is_number()) return VisionErrc::models_missing;
    out.weights[i] = (*list)[i].to_number<float>();
    if (!std::isfinite(out.weights[i])) return VisionErrc::models_missing;
  }
  return out;
}

json::object head_json(const LogisticHead& head) {
  json::array weights;
  for (const float w : head.weights) weights.push_back(std::round(w * 1e4) / 1e4);
  return {{"bias", std::round(head.bias * 1e4) / 1e4}, {"weights", std::move(weights)}};
}

}  // namespace

OcclusionFeatures occlusion_features(const Embedding& embedding, const cv::Mat& bgr,
                                     const Landmarks& marks) {
  OcclusionFeatures out{};
  std::copy(embedding.begin(), embedding.end(), out.begin());
  const auto crop = wide_crop(bgr, marks);
  if (!crop) return out;

  cv::Mat light, across, down;
  cv::extractChannel(crop->lab, light, 0);
  cv::Sobel(light, across, CV_16S, 1, 0);
  cv::Sobel(light, down, CV_16S, 0, 1);
  constexpr float kScale = kCropSide / kSpan;
  const cv::Point skin_at(cvRound((kSkin.x - kLeft) * kScale), cvRound((kSkin.y - kTop) * kScale));
  const cv::Rect around(skin_at - cv::Point(kSkinRadius, kSkinRadius),
                        cv::Size(2 * kSkinRadius + 1, 2 * kSkinRadius + 1));
  const cv::Scalar skin = cv::mean(crop->lab(around));

  for (int i = 0; i < kCropCells * kCropCells; ++i) {
    if (!crop->inside[i]) continue;
    const cv::Rect cell((i % kCropCells) * kCellSide, (i / kCropCells) * kCellSide, kCellSide,
                        kCellSide);
    cv::Scalar mean, deviation;
    cv::meanStdDev(crop->lab(cell), mean, deviation);
    const cv::Scalar off = (mean - skin) / 32.0;
    const auto edge = edges(across(cell), down(cell));
    float* to = &out[512 + i * kCellNumbers];
    to[0] = bounded(off[0]);
    to[1] = bounded(off[1]);
    to[2] = bounded(off[2]);
    to[3] = bounded(std::abs(off[0]));
    to[4] = bounded(std::hypot(off[1], off[2]));
    to[5] = static_cast<float>(deviation[0] / 32);
    std::copy(edge.begin(), edge.end(), to + 6);
  }
  return out;
}

float LogisticHead::operator()(const OcclusionFeatures& features) const {
  float sum = bias;
  for (std::size_t i = 0; i < features.size(); ++i) sum += weights[i] * features[i];
  return logistic(sum);
}

Result<OcclusionHeads> OcclusionHeads::parse(std::string_view text) {
  boost::system::error_code failed;
  const json::value file = json::parse(text, failed);
  const auto* heads = failed ? nullptr : file.if_object();
  if (heads == nullptr) return Error(VisionErrc::models_missing, "occlusion heads");
  OcclusionHeads out;
  for (const auto& [name, head] :
       {std::pair{"mask", &out.mask}, std::pair{"sunglasses", &out.sunglasses},
        std::pair{"head_covering", &out.head_covering}}) {
    const auto* one = heads->if_contains(name);
    if (one == nullptr) return Error(VisionErrc::models_missing, name);
    auto parsed = parse_head(*one);
    if (!parsed.ok()) return Error(VisionErrc::models_missing, name);
    *head = *parsed;
  }
  return out;
}

const OcclusionHeads& shipped_occlusion_heads() {
  static const OcclusionHeads shipped = OcclusionHeads::parse(shipped_occlusion()).value();
  return shipped;
}

std::string OcclusionHeads::to_json() const {
  return json::serialize(json::object{{"mask", head_json(mask)},
                                      {"sunglasses", head_json(sunglasses)},
                                      {"head_covering", head_json(head_covering)}}) +
         "\n";
}

Occlusion OcclusionHeads::operator()(const OcclusionFeatures& features) const {
  return {mask(features), sunglasses(features), head_covering(features)};
}

}  // namespace mq::vision
