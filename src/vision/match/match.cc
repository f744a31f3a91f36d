#include "vision/match/match.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/check.h"

namespace mq::vision {
namespace {

struct InForce {
  std::vector<MeasuredCurve> curves;
  FalseMatchCurve line;
};
using ByModel = std::map<std::string_view, InForce>;

// The models of the file that scores come from.
Result<ByModel> read(std::string_view text) {
  ByModel out;
  for (const std::string_view model : {kEmbeddingModel, kTemplateModel}) {
    auto curves = parse_curves(text, model);
    if (!curves.ok() && curves.error().is(CurveErrc::no_such_model)) continue;
    if (!curves.ok()) return curves.error();
    MQ_TRY(auto line, FalseMatchCurve::of(*curves));
    out.emplace(model, InForce{std::move(curves).value(), std::move(line)});
  }
  if (out.empty()) return CurveErrc::no_such_model;
  return out;
}

ByModel& in_force() {
  static ByModel shipped = read(shipped_curves()).value();
  return shipped;
}

const InForce& in_force(std::string_view model) {
  const auto found = in_force().find(model);
  MQ_CHECK(found != in_force().end());
  return found->second;
}

template <std::size_t kLength>
double cosine(const std::array<float, kLength>& a, const std::array<float, kLength>& b) {
  // Several sums at once: one alone would wait for itself at every step.
  std::array<double, 8> sums{};
  static_assert(kLength % std::tuple_size_v<decltype(sums)> == 0);
  for (std::size_t i = 0; i < kLength; i += sums.size()) {
    for (std::size_t k = 0; k < sums.size(); ++k)
      sums[k] += static_cast<double>(a[i + k]) * b[i + k];
  }
  double sum = 0;
  for (const double one : sums) sum += one;
  return std::clamp(sum, -1.0, 1.0);
}

}  // namespace

float similarity(const Embedding& a, const Embedding& b) {
  return static_cast<float>(cosine(a, b));
}

float similarity(const FaceTemplate& a, const FaceTemplate& b) {
  return static_cast<float>((cosine(a.first, b.first) + cosine(a.second, b.second)) / 2);
}

double false_match_rate(float score, std::string_view model) {
  return in_force(model).line.rate(score);
}

float threshold_for(double rate, std::string_view model) {
  return static_cast<float>(in_force(model).line.threshold(rate));
}

Status use_curves(std::string_view text) {
  MQ_TRY(ByModel told, read(text));
  for (auto& [model, curves] : told) in_force().insert_or_assign(model, std::move(curves));
  return ok();
}

std::span<const MeasuredCurve> curves_in_use(std::string_view model) {
  return in_force(model).curves;
}

}  // namespace mq::vision
