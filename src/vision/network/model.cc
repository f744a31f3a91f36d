#include "vision/network/model.h"

#include <onnxruntime_cxx_api.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <numeric>

#include "vision/errors.h"
#include "vision/network/register.h"
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace mq::vision {
namespace {

// The packaged library reports its use to its maker, over a thread, a database in the home folder
// and HTTPS, unless this variable is set when its environment is made. Nothing may leave this
// server.
Ort::Env make_environment() {
  ::setenv("ORT_DISABLE_TELEMETRY", "1", 1);
  Ort::Env env(ORT_LOGGING_LEVEL_ERROR, "vision");
  env.DisableTelemetryEvents();
  return env;
}

Ort::Env& environment() {
  static Ort::Env env = make_environment();
  return env;
}

Ort::SessionOptions session_options() {
  Ort::SessionOptions options;
  options.SetIntraOpNumThreads(1);
  options.SetInterOpNumThreads(1);
  options.SetGraphOptimizationLevel(ORT_ENABLE_ALL);
  options.AddConfigEntry("session.set_denormal_as_zero", "1");
  options.AddConfigEntry("session.intra_op.allow_spinning", "0");
  options.AddConfigEntry("session.inter_op.allow_spinning", "0");
  return options;
}

std::string base_name(const std::string& path) { return std::filesystem::path(path).filename(); }

std::size_t floats_of(std::span<const std::int64_t> shape) {
  return static_cast<std::size_t>(
      std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>()));
}

}  // namespace

struct Model::Impl {
  Ort::Session session;
  std::string input_name;
  std::vector<std::int64_t> shape;
  std::size_t floats;
  std::vector<Output> outputs;
};

Model::Model(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;
Model::~Model() = default;

Result<Model> Model::load(const std::string& path, std::vector<std::int64_t> shape,
                          std::vector<Output> outputs) {
  MQ_TRY(const Bytes content, read_model_file(path));
  try {
    Ort::Session session(environment(), content.data(), content.size(), session_options());
    Ort::AllocatorWithDefaultOptions allocator;
    if (session.GetInputCount() != 1) {
      return Error(VisionErrc::models_missing, base_name(path) + " has unexpected inputs");
    }
    std::string input = session.GetInputNameAllocated(0, allocator).get();
    const std::size_t floats = floats_of(shape);
    Model model(std::make_unique<Impl>(
        Impl{std::move(session), std::move(input), std::move(shape), floats, std::move(outputs)}));
    Tensor zeros(floats, 0.0F);
    model.run(zeros);
    return model;
  } catch (const Ort::Exception& e) {
    return Error(VisionErrc::models_missing, base_name(path) + ": " + e.what());
  }
}

std::vector<Tensor> Model::run(std::span<float> input) const {
  const Impl& m = *impl_;
  MQ_CHECK(input.size() == m.floats);
  const auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  const Ort::Value value = Ort::Value::CreateTensor<float>(memory, input.data(), input.size(),
                                                           m.shape.data(), m.shape.size());
  const char* input_name = m.input_name.c_str();
  std::vector<const char*> names;
  for (const Output& output : m.outputs) names.push_back(output.name.c_str());
  const auto results = impl_->session.Run(Ort::RunOptions{nullptr}, &input_name, &value, 1,
                                          names.data(), names.size());
  std::vector<Tensor> out;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto info = results[i].GetTensorTypeAndShapeInfo();
    MQ_CHECK(info.GetElementType() == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT);
    MQ_CHECK(info.GetElementCount() == m.outputs[i].floats);
    const auto* data = results[i].GetTensorData<float>();
    out.emplace_back(data, data + m.outputs[i].floats);
  }
  return out;
}

struct SizedModel::Impl {
  Ort::Session session;
  std::string input;
  std::string output;
};

SizedModel::SizedModel(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SizedModel::SizedModel(SizedModel&&) noexcept = default;
SizedModel& SizedModel::operator=(SizedModel&&) noexcept = default;
SizedModel::~SizedModel() = default;

Result<SizedModel> SizedModel::load(const std::string& path, const std::vector<std::int64_t>& probe) {
  MQ_TRY(const Bytes content, read_model_file(path));
  try {
    auto options = session_options();
    options.DisableMemPattern();  // a plan for every size ever seen would be kept
    Ort::Session session(environment(), content.data(), content.size(), options);
    if (session.GetInputCount() != 1 || session.GetOutputCount() != 1) {
      return Error(VisionErrc::models_missing, base_name(path) + " has unexpected inputs or outputs");
    }
    Ort::AllocatorWithDefaultOptions allocator;
    std::string input = session.GetInputNameAllocated(0, allocator).get();
    std::string output = session.GetOutputNameAllocated(0, allocator).get();
    SizedModel model(std::make_unique<Impl>(Impl{std::move(session), std::move(input), std::move(output)}));
    Tensor zeros(floats_of(probe), 0.0F);
    model.run(zeros, probe, [](auto, auto) {});
    return model;
  } catch (const Ort::Exception& e) {
    return Error(VisionErrc::models_missing, base_name(path) + ": " + e.what());
  }
}

void SizedModel::run(std::span<float> input, std::span<const std::int64_t> shape, const Use& use) const {
  MQ_CHECK(input.size() == floats_of(shape));
  const auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  const Ort::Value value =
      Ort::Value::CreateTensor<float>(memory, input.data(), input.size(), shape.data(), shape.size());
  const char* input_name = impl_->input.c_str();
  const char* output_name = impl_->output.c_str();
  const auto results =
      impl_->session.Run(Ort::RunOptions{nullptr}, &input_name, &value, 1, &output_name, 1);
  const auto info = results.front().GetTensorTypeAndShapeInfo();
  MQ_CHECK(info.GetElementType() == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT);
  const auto out_shape = info.GetShape();
  use({results.front().GetTensorData<float>(), info.GetElementCount()}, out_shape);
}

#if defined(__SSE__)
FlushSubnormals::FlushSubnormals() : saved_(_mm_getcsr()) {
  constexpr unsigned kFlushToZero = 0x8000;
  constexpr unsigned kSubnormalsAreZero = 0x0040;
  _mm_setcsr(saved_ | kFlushToZero | kSubnormalsAreZero);
}
FlushSubnormals::~FlushSubnormals() { _mm_setcsr(saved_); }
#else
FlushSubnormals::FlushSubnormals() = default;
FlushSubnormals::~FlushSubnormals() = default;
#endif

}  // namespace mq::vision
