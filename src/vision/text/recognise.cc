#include "vision/text/recognise.h"

#include <algorithm>
#include <array>

#include "vision/network/register.h"
#include "vision/network/tensor.h"

namespace mq::vision {
namespace {

constexpr int kMostWidth = 2560;
constexpr int kWidthStep = 8;  // of which the network makes one step of its answer

// A line each; some files begin with the name of "none" or lack the space at the end.
std::vector<std::string> characters_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!out.empty() && out.front() == "blank") out.erase(out.begin());
  if (!out.empty() && out.back() != " ") out.emplace_back(" ");
  return out;
}

// Of 18 384 shares, forty times a line: what std::max_element makes of it took 4 % of a card's
// time.
std::size_t greatest(std::span<const float> shares) {
  const cv::Mat row(1, static_cast<int>(shares.size()), CV_32F, const_cast<float*>(shares.data()));
  std::array<int, 2> at{};
  cv::minMaxIdx(row, nullptr, nullptr, nullptr, at.data());
  return static_cast<std::size_t>(std::max(at[1], 0));  // none where all of them are NaN
}

}  // namespace

ReadLine best_path(std::span<const float> shares, std::size_t steps,
                   const std::vector<std::string>& characters, float used) {
  const std::size_t classes = characters.size() + 1;
  MQ_CHECK(shares.size() == steps * classes);
  ReadLine out;
  std::size_t before = 0;
  float sum = 0;
  for (std::size_t t = 0; t < steps; ++t) {
    const auto row = shares.subspan(t * classes, classes);
    const std::size_t best = greatest(row);
    const float at = (static_cast<float>(t) + 0.5F) / (static_cast<float>(steps) * used);
    if (best != 0 && best != before) {
      out.glyphs.push_back({characters[best - 1], row[best], std::min(at, 1.0F)});
    } else if (best != 0 && row[best] > out.glyphs.back().confidence) {
      out.glyphs.back().confidence = row[best];  // the surest step of a character speaks for it
      out.glyphs.back().at = std::min(at, 1.0F);
    }
    before = best;
  }
  for (const Glyph& glyph : out.glyphs) {
    out.text += glyph.text;
    sum += glyph.confidence;
  }
  if (!out.glyphs.empty()) out.confidence = sum / static_cast<float>(out.glyphs.size());
  return out;
}

LineRecogniser::LineRecogniser(SizedModel model, std::vector<std::string> characters)
    : model_(std::move(model)), characters_(std::move(characters)), sorted_(characters_) {
  std::sort(sorted_.begin(), sorted_.end());
}

Result<LineRecogniser> LineRecogniser::load(const std::string& models_dir,
                                            const std::string& name) {
  MQ_TRY(const Bytes list, read_model_file(models_dir + "/" + name + "_characters.txt"));
  MQ_TRY(SizedModel model, SizedModel::load(models_dir + "/" + name + "_fast.onnx",
                                            {1, 3, kLineHeight, kTrainedWidth}));
  LineRecogniser out(std::move(model),
                     characters_of({reinterpret_cast<const char*>(list.data()), list.size()}));
  std::size_t classes = 0;
  Tensor probe(3 * kLineHeight * kTrainedWidth);
  out.model_.run(probe, std::array<std::int64_t, 4>{1, 3, kLineHeight, kTrainedWidth},
                 [&](auto, std::span<const std::int64_t> shape) {
                   if (shape.size() == 3) classes = static_cast<std::size_t>(shape[2]);
                 });
  if (classes != out.characters_.size() + 1) {
    return Error(VisionErrc::models_missing, name + " does not fit its characters");
  }
  return out;
}

ReadLine LineRecogniser::read(const cv::Mat& line, int least_width) const {
  MQ_CHECK(line.rows == kLineHeight && line.cols > 0 && line.type() == CV_8UC3);
  const int wide = std::min(line.cols, kMostWidth);
  const int width = std::max(least_width, (wide + kWidthStep - 1) / kWidthStep * kWidthStep);
  const Tensor pixels = planes(line.colRange(0, wide), {127.5F, 127.5F, 127.5F},
                               {1 / 127.5F, 1 / 127.5F, 1 / 127.5F});
  Tensor input(static_cast<std::size_t>(3) * kLineHeight * width, 0.0F);
  for (std::size_t row = 0; row < 3 * kLineHeight; ++row) {
    std::copy_n(&pixels[row * wide], wide, &input[row * width]);
  }
  ReadLine out;
  model_.run(input, std::array<std::int64_t, 4>{1, 3, kLineHeight, width},
             [&](std::span<const float> shares, std::span<const std::int64_t> shape) {
               MQ_CHECK(shape.size() == 3);
               out = best_path(shares, static_cast<std::size_t>(shape[1]), characters_,
                               static_cast<float>(wide) / static_cast<float>(width));
             });
  return out;
}

bool LineRecogniser::knows(const std::string& character) const {
  return std::binary_search(sorted_.begin(), sorted_.end(), character);
}

}  // namespace mq::vision
