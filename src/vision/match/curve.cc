#include "vision/match/curve.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace mq::vision {
namespace {

constexpr double kLeastLog = -6;  // no set of photos that anybody has would support less
constexpr double kLeastFalseMatches = 10;
constexpr int kPointsPerDecade = 10;
constexpr double kDecade = 1;

// Through two points of a line, in either direction.
double on_line(double x, double x0, double y0, double x1, double y1) {
  return y0 + (x - x0) * (y1 - y0) / (x1 - x0);
}

}  // namespace

Result<FalseMatchCurve> FalseMatchCurve::of(std::span<const MeasuredCurve> curves) {
  if (curves.empty()) return Error(CurveErrc::malformed, "no curve");
  FalseMatchCurve out;
  for (const MeasuredCurve& curve : curves) {
    std::vector<Knot> line;
    for (const CurvePoint& point : curve.points) {
      const bool sound = point.fmr > 0 && point.upper >= point.fmr && point.upper <= 1 &&
                         std::abs(point.score) <= 1;
      const Knot knot{point.score, sound ? std::log10(point.upper) : 0};
      const bool falls =
          line.empty() || (knot.score > line.back().score && knot.log_rate < line.back().log_rate);
      if (!sound || !falls)
        return Error(CurveErrc::malformed, "a point does not fit the one before");
      line.push_back(knot);
    }
    if (line.size() < 2 || line.front().log_rate - line.back().log_rate < kDecade) {
      return Error(CurveErrc::malformed, "a curve over less than one decade");
    }
    // Both ends continue with the slope over the decade next to them.
    const auto score_at = [&](double log_rate) {
      const auto below = std::find_if(line.begin() + 1, line.end(),
                                      [&](const Knot& k) { return k.log_rate <= log_rate; });
      const auto above = below - 1;
      return on_line(log_rate, above->log_rate, above->score, below->log_rate, below->score);
    };
    const Knot first = line.front(), last = line.back();
    const double first_width = score_at(first.log_rate - kDecade) - first.score;
    const double last_width = last.score - score_at(last.log_rate + kDecade);
    if (first.log_rate < 0)
      line.insert(line.begin(), {first.score + first.log_rate * first_width, 0});
    if (last.log_rate > kLeastLog) {
      line.push_back({last.score + (last.log_rate - kLeastLog) * last_width, kLeastLog});
    }
    out.lines_.push_back(std::move(line));
  }
  return out;
}

double FalseMatchCurve::rate(double score) const {
  double worst = kLeastLog;
  for (const auto& line : lines_) {
    const auto above =
        std::find_if(line.begin(), line.end(), [&](const Knot& k) { return k.score > score; });
    if (above == line.begin()) return 1;
    const auto below = above - 1;
    worst = std::max(worst, above == line.end() ? line.back().log_rate
                                                : on_line(score, below->score, below->log_rate,
                                                          above->score, above->log_rate));
  }
  return std::pow(10.0, worst);
}

double FalseMatchCurve::threshold(double rate) const {
  const double wanted = std::clamp(std::log10(std::max(rate, 1e-12)), kLeastLog, 0.0);
  double strictest = -1;
  for (const auto& line : lines_) {
    const auto below =
        std::find_if(line.begin(), line.end(), [&](const Knot& k) { return k.log_rate <= wanted; });
    if (below == line.begin()) {
      strictest = std::max(strictest, line.front().score);
      continue;
    }
    const auto above = below - 1;
    strictest =
        std::max(strictest, below == line.end() ? line.back().score
                                                : on_line(wanted, above->log_rate, above->score,
                                                          below->log_rate, below->score));
  }
  return strictest;
}

Result<MeasuredCurve> measure_curve(const Tally& tally, const Crowd* crowd, int draws,
                                    std::uint64_t seed) {
  MeasuredCurve out;
  out.genuine_pairs = tally.genuine().size();
  out.impostor_pairs = tally.impostor_pairs();
  if (tally.impostors().empty()) return CurveErrc::too_few_pairs;
  std::vector<float> scores;
  for (int step = kPointsPerDecade; step <= -kLeastLog * kPointsPerDecade; ++step) {
    const double rate = std::pow(10.0, -static_cast<double>(step) / kPointsPerDecade);
    const float score = tally.threshold_at(rate);
    const std::uint64_t passed = tally.passed(score);
    if (static_cast<double>(passed) < kLeastFalseMatches) break;
    if (passed > tally.impostors().size()) continue;
    if (scores.empty() || score > scores.back()) scores.push_back(score);
  }
  BootstrapLimits by_people;
  if (crowd != nullptr && !tally.genuine().empty()) {
    by_people = people_bootstrap(tally, *crowd, scores, {}, draws, seed);
  }
  // From the highest score down: a point whose limit is not above its upper neighbour's says
  // nothing more.
  for (std::size_t i = scores.size(); i-- > 0;) {
    const Share seen = share(tally.passed(scores[i]), out.impostor_pairs);
    double upper = seen.clopper_pearson.high;
    if (!by_people.fmr.empty()) upper = std::max(upper, by_people.fmr[i].high);
    if (out.points.empty() || upper > out.points.back().upper) {
      out.points.push_back({scores[i], seen.value(), upper});
    }
  }
  std::reverse(out.points.begin(), out.points.end());
  if (out.points.empty() || out.points.front().upper < 10 * out.points.back().upper) {
    return CurveErrc::too_few_pairs;
  }
  return out;
}

}  // namespace mq::vision
