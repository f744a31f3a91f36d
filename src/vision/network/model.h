// One ONNX model on one thread: a float tensor in, float tensors out.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace mq::vision {

using Tensor = std::vector<float>;

class Model {
 public:
  struct Output {
    std::string name;
    std::size_t floats;
  };
  // A file in the folder of models and what it must hold: the shape of its one input, and the
  // wanted outputs with the number of floats each holds.
  struct Form {
    std::string file;
    std::vector<std::int64_t> shape;
    std::vector<Output> outputs;
  };
  // Errors: models_missing (not the registered file, not a model, or its input or outputs are not
  // as expected).
  static Result<Model> load_form(const std::string& models_dir, const Form& form) {
    return load(models_dir + "/" + form.file, form.shape, form.outputs);
  }
  static Result<Model> load(const std::string& path, std::vector<std::int64_t> shape,
                            std::vector<Output> outputs);
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;
  ~Model();

  // Thread-safe. `input` holds exactly as many floats as the shape.
  std::vector<Tensor> run(std::span<float> input) const;

 private:
  struct Impl;
  explicit Model(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A network whose input may have any size, with one input and one output.
class SizedModel {
 public:
  // `probe` is a shape it must accept. Errors: models_missing.
  static Result<SizedModel> load(const std::string& path, const std::vector<std::int64_t>& probe);
  SizedModel(SizedModel&&) noexcept;
  SizedModel& operator=(SizedModel&&) noexcept;
  ~SizedModel();

  // What `use` is given lives until it returns: the output can hold millions of floats.
  using Use = std::function<void(std::span<const float>, std::span<const std::int64_t> shape)>;
  // Thread-safe. `input` holds exactly as many floats as the shape.
  void run(std::span<float> input, std::span<const std::int64_t> shape, const Use& use) const;

 private:
  struct Impl;
  explicit SizedModel(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Treats subnormal numbers as zero on this thread while it lives: the embedding's weights hold so
// many of them that it takes seven times as long otherwise. ONNX Runtime sets this only for the
// thread that made the first session.
class FlushSubnormals {
 public:
  FlushSubnormals();
  ~FlushSubnormals();
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;

 private:
  unsigned saved_ = 0;
};

}  // namespace mq::vision
