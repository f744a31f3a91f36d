#include "vision/face/occlusion_training.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <vector>

#include "vision/face/occlusion.h"
#include "vision/face/occlusion_synthesis.h"
#include "vision/picture/decode.h"

namespace mq::vision {
namespace {

constexpr int kDrawings = 6;  // of each photo
constexpr int kSteps = 400;

struct Example {
  OcclusionFeatures features{};
  bool drawn = false;
  bool mask = false;
  bool sunglasses = false;
  bool head_covering = false;
};

// What a head may look at. Only the cells where the thing itself lies: given all of them it learns
// the backgrounds by heart. The embedding helps with masks and hats, as it changes under them; of
// sunglasses it knows little, having learnt to look past glasses.
struct View {
  float embedding_share;  // 0: not at all
  int first_row;
  int last_row;  // of the crop's cells, both included

  std::vector<std::size_t> numbers() const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; embedding_share > 0 && i < 512; ++i) out.push_back(i);
    for (int row = first_row; row <= last_row; ++row) {
      for (int column = 1; column < kCropCells - 1; ++column) {
        const std::size_t cell = 512 + (row * kCropCells + column) * kCellNumbers;
        for (std::size_t i = 0; i < kCellNumbers; ++i) out.push_back(cell + i);
      }
    }
    return out;
  }
};

using Chosen = std::vector<const Example*>;
using Label = bool Example::*;

struct Scaling {
  std::vector<double> mean;
  std::vector<double> deviation;
};

Scaling scaling_of(const Chosen& examples, const std::vector<std::size_t>& numbers) {
  const std::size_t size = numbers.size();
  Scaling out{std::vector<double>(size), std::vector<double>(size)};
  std::vector<double> squares(size);
  for (const Example* e : examples) {
    for (std::size_t i = 0; i < size; ++i) {
      const double v = e->features[numbers[i]];
      out.mean[i] += v;
      squares[i] += v * v;
    }
  }
  const auto count = static_cast<double>(examples.size());
  for (std::size_t i = 0; i < size; ++i) {
    out.mean[i] /= count;
    const double variance = squares[i] / count - out.mean[i] * out.mean[i];
    out.deviation[i] = std::sqrt(std::max(0.0, variance)) + 1e-3;
  }
  return out;
}

// Logistic regression by Nesterov's accelerated gradient; convex, so the start does not matter.
LogisticHead fit(const Chosen& examples, Label label, const View& view, double pull) {
  const auto numbers = view.numbers();
  const std::size_t size = numbers.size();
  const std::size_t count = examples.size();
  Scaling scaling = scaling_of(examples, numbers);
  // A number that is made smaller needs a larger weight and so feels the pull more.
  for (std::size_t i = 0; i < size && numbers[i] < 512; ++i)
    scaling.deviation[i] /= view.embedding_share;
  std::vector<float> rows(count * size);
  for (std::size_t n = 0; n < count; ++n) {
    for (std::size_t i = 0; i < size; ++i) {
      rows[n * size + i] = static_cast<float>(
          (examples[n]->features[numbers[i]] - scaling.mean[i]) / scaling.deviation[i]);
    }
  }
  // The steepest the loss can curve is a quarter of the largest eigenvalue of the covariance, found
  // by a few powers; the step is its inverse.
  std::vector<double> power(size, 1.0), next(size);
  double curve = 1;
  for (int round = 0; round < 12; ++round) {
    std::fill(next.begin(), next.end(), 0.0);
    for (std::size_t n = 0; n < count; ++n) {
      double dot = 0;
      for (std::size_t i = 0; i < size; ++i) dot += rows[n * size + i] * power[i];
      for (std::size_t i = 0; i < size; ++i) next[i] += dot * rows[n * size + i] / count;
    }
    double norm = 0;
    for (const double v : next) norm += v * v;
    curve = std::sqrt(norm);
    for (std::size_t i = 0; i < size; ++i) power[i] = next[i] / std::max(curve, 1e-12);
  }
  const double step = 1 / (0.25 * 1.2 * curve + 0.25 + pull);

  std::vector<double> at(size + 1), before(size + 1), ahead(size + 1), slope(size + 1);
  for (int round = 1; round <= kSteps; ++round) {
    const double momentum = (round - 1.0) / (round + 2.0);
    for (std::size_t i = 0; i <= size; ++i) ahead[i] = at[i] + momentum * (at[i] - before[i]);
    for (std::size_t i = 0; i < size; ++i) slope[i] = pull * ahead[i];
    slope[size] = 0;
    for (std::size_t n = 0; n < count; ++n) {
      const float* row = &rows[n * size];
      double sum = ahead[size];
      for (std::size_t i = 0; i < size; ++i) sum += row[i] * ahead[i];
      const double error = (1 / (1 + std::exp(-sum)) - (examples[n]->*label ? 1 : 0)) / count;
      for (std::size_t i = 0; i < size; ++i) slope[i] += error * row[i];
      slope[size] += error;
    }
    before = at;
    for (std::size_t i = 0; i <= size; ++i) at[i] = ahead[i] - step * slope[i];
  }

  LogisticHead out;
  double bias = at[size];
  for (std::size_t i = 0; i < size; ++i) {
    const double weight = at[i] / scaling.deviation[i];
    out.weights[numbers[i]] = static_cast<float>(weight);
    bias -= weight * scaling.mean[i];
  }
  out.bias = static_cast<float>(bias);
  return out;
}

}  // namespace

struct OcclusionTrainer::Impl {
  const Engine& engine;
  Dice dice;
  std::vector<Example> examples;

  bool keep(ByteView photo, const cv::Mat& bgr, Example example, Landmarks* marks = nullptr);
};

bool OcclusionTrainer::Impl::keep(ByteView photo, const cv::Mat& bgr, Example example,
                                  Landmarks* marks) {
  const auto analysis = engine.analyze(photo);
  if (!analysis.ok() || analysis->faces.empty()) return false;
  const Face& face = analysis->faces.front();
  example.features = occlusion_features(face.embedding, bgr, face.landmarks);
  examples.push_back(example);
  if (marks != nullptr) *marks = face.landmarks;
  return true;
}

OcclusionTrainer::OcclusionTrainer(const Engine& engine, std::uint64_t seed)
    : impl_(new Impl{engine, Dice(seed), {}}) {}
OcclusionTrainer::~OcclusionTrainer() = default;

bool OcclusionTrainer::add(ByteView photo) {
  const auto picture = decode(photo);
  if (!picture.ok() || picture->scale != 1) return false;
  Landmarks marks;
  if (!impl_->keep(photo, picture->bgr, {}, &marks)) return false;
  Dice& dice = impl_->dice;
  for (int i = 0; i < kDrawings; ++i) {
    Example example;
    example.drawn = true;
    example.mask = dice.chance(0.42);
    example.sunglasses = dice.chance(0.35);
    example.head_covering = dice.chance(0.4);
    cv::Mat drawn = picture->bgr.clone();
    if (example.head_covering) draw_head_covering(drawn, marks, dice);
    if (example.sunglasses) {
      draw_sunglasses(drawn, marks, dice);
    } else if (dice.chance(0.35)) {
      draw_clear_glasses(drawn, marks, dice);
    }
    if (dice.chance(0.25)) draw_collar(drawn, marks, dice);
    if (example.mask) {
      draw_mask(drawn, marks, dice);
    } else if (dice.chance(0.15)) {
      draw_chin_mask(drawn, marks, dice);
    }
    if (dice.chance(0.5)) crop_tightly(drawn, marks, dice);
    disturb(drawn, dice);
    Bytes file;
    MQ_CHECK(cv::imencode(".png", drawn, file));
    impl_->keep(file, drawn, example);
  }
  return true;
}

Result<OcclusionTrainer::Outcome> OcclusionTrainer::train() const {
  if (impl_->examples.empty()) return VisionErrc::no_face;
  Outcome out;
  out.faces = impl_->examples.size();
  OcclusionHeads heads;
  struct Task {
    LogisticHead& head;
    Label label;
    View view;
    // Strength of the pull towards small weights, on numbers scaled to unit deviation. Drawings are
    // only like the real thing, so a strong pull, which keeps to the plainest signs, generalises
    // better.
    double pull;
  };
  for (const Task& task : {Task{heads.mask, &Example::mask, {0.4F, 4, 7}, 0.03},
                           Task{heads.sunglasses, &Example::sunglasses, {0, 3, 7}, 0.03},
                           Task{heads.head_covering, &Example::head_covering, {1, 0, 4}, 0.1}}) {
    Chosen chosen;
    for (const Example& e : impl_->examples) chosen.push_back(&e);
    const LogisticHead first = fit(chosen, task.label, task.view, task.pull);
    // Photos count as uncovered, but some of the people in them wear hats and sunglasses.
    const auto covered = std::remove_if(chosen.begin(), chosen.end(), [&](const Example* e) {
      return !e->drawn && first(e->features) > 0.5F;
    });
    out.left_out += static_cast<std::size_t>(chosen.end() - covered);
    chosen.erase(covered, chosen.end());
    task.head = fit(chosen, task.label, task.view, task.pull);
  }
  out.json = heads.to_json();
  return out;
}

}  // namespace mq::vision
