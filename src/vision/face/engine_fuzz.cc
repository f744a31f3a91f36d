// The whole engine with networks that answer anything: whatever they say, the analysis stays within
// its contract, and the parent of a worker accepts it.
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgcodecs.hpp>

#include "base/check.h"
#include "vision/network/model.h"
#include "vision/vision.h"
#include "vision/worker/protocol.h"

namespace mq::vision {
namespace {

FuzzedDataProvider* answers = nullptr;  // of the run that is going on; none while the models load

// Mostly the numbers that networks do give: shares, logits and coordinates; also any finite float.
float number(FuzzedDataProvider& in) {
  switch (in.ConsumeIntegralInRange(0, 3)) {
    case 0:
      return in.ConsumeProbability<float>();
    case 1:
      return in.ConsumeFloatingPointInRange<float>(-12, 12);
    case 2:
      return in.ConsumeFloatingPointInRange<float>(-600, 600);
    default:
      return in.ConsumeFloatingPoint<float>();
  }
}

Tensor answer(std::size_t floats) {
  if (answers == nullptr) return Tensor(floats, 0.0F);
  Tensor out(floats, number(*answers));
  // A network never answers with a constant: a zero embedding has no direction.
  for (std::size_t i = 0; i < floats; ++i) out[i] += 1e-3F * static_cast<float>(i % 7);
  const int odd = answers->ConsumeIntegralInRange(0, 40);
  for (int i = 0; i < odd; ++i) {
    const auto at = answers->ConsumeIntegralInRange<std::size_t>(0, floats - 1);
    out[at] = number(*answers);
  }
  std::replace_if(
      out.begin(), out.end(), [](float v) { return !std::isfinite(v); }, 0.0F);
  return out;
}

std::vector<Bytes> pictures() {
  std::vector<Bytes> out;
  for (const cv::Size size : {cv::Size{32, 32}, {33, 200}, {200, 33}, {96, 64}, {320, 240}}) {
    cv::Mat noise(size, CV_8UC3);
    cv::RNG(1).fill(noise, cv::RNG::UNIFORM, 0, 255);
    Bytes png;
    MQ_CHECK(cv::imencode(".png", noise, png));
    out.push_back(std::move(png));
  }
  return out;
}

const Engine& engine() {
  static const std::unique_ptr<Engine> loaded = Engine::load("models/files").value();
  return *loaded;
}

}  // namespace

struct Model::Impl {
  std::size_t floats;
  std::vector<Output> outputs;
};
Model::Model(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;
Model::~Model() = default;

Result<Model> Model::load(const std::string&, std::vector<std::int64_t> shape,
                          std::vector<Output> outputs) {
  std::size_t floats = 1;
  for (const std::int64_t n : shape) floats *= static_cast<std::size_t>(n);
  return Model(std::make_unique<Impl>(Impl{floats, std::move(outputs)}));
}

std::vector<Tensor> Model::run(std::span<float> input) const {
  MQ_CHECK(input.size() == impl_->floats);
  std::vector<Tensor> out;
  for (const Output& output : impl_->outputs) out.push_back(answer(output.floats));
  return out;
}

FlushSubnormals::FlushSubnormals() = default;
FlushSubnormals::~FlushSubnormals() = default;

}  // namespace mq::vision

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mq::vision;
  static const auto kPictures = pictures();
  const Engine& tested = engine();
  FuzzedDataProvider in(data, size);
  answers = &in;
  const auto& picture = kPictures[in.ConsumeIntegralInRange<std::size_t>(0, kPictures.size() - 1)];
  if (in.ConsumeBool()) {
    const auto analysis = tested.analyze(picture);
    MQ_CHECK(analysis.ok());
    MQ_CHECK(decode_analysis(encode(*analysis)).has_value());
  } else {
    const auto portrait = tested.portrait_jpeg(picture);
    MQ_CHECK(portrait.ok() ? !portrait->empty() : portrait.error().is(VisionErrc::no_face));
  }
  answers = nullptr;
  return 0;
}
