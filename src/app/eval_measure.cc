#include "app/eval_measure.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <iterator>

namespace mq::app {
namespace {

constexpr int kDraws = 1000;
constexpr std::uint64_t kSeed = 1;  // any: the same photos give the same limits every time

// Fewer impostors than this say nothing about one in a hundred thousand.
constexpr std::uint64_t kImpostorsFor1e5 = 1'000'000;

struct Scores {
  const Trial& trial;
  const Enrolled& enrolled;
  std::vector<Measured>& out;
  bool both = out.front().model == vision::kTemplateModel;

  // `groups` are numbers of the trial's groups.
  void compare(std::uint32_t a, std::uint32_t b, bool same,
               const std::vector<std::uint32_t>& groups, bool listed) {
    const auto& x = enrolled.templates[a];
    const auto& y = enrolled.templates[b];
    const bool compared = x && y;
    const float score =
        compared ? (both ? vision::similarity(*x, *y) : vision::similarity(x->first, y->first))
                 : -1.0F;
    const auto count = [&](Measured& one) {
      ++one.pairs;
      if (compared || same) one.tally.add({score, a, b}, same);
      if (listed) one.listed.push_back({score, same});
    };
    count(out.front());
    for (const std::uint32_t group : groups) count(out[group + 1]);
  }
};

void compare_all(Scores& scores) {
  const Trial& trial = scores.trial;
  const auto photos = static_cast<std::uint32_t>(trial.photos.size());
  std::vector<std::uint32_t> common;
  for (std::uint32_t i = 0; i < photos; ++i) {
    for (std::uint32_t j = i + 1; j < photos; ++j) {
      common.clear();
      const auto &of_a = trial.groups_of[i], &of_b = trial.groups_of[j];
      std::set_intersection(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                            std::back_inserter(common));
      scores.compare(i, j, trial.person_of[i] == trial.person_of[j], common, false);
    }
    if ((i + 1) % 5000 == 0) std::cerr << i + 1 << " of " << photos << " photos compared\n";
  }
}

// Which photos belong to whom, and how many of them have no template.
void count_photos(const Trial& trial, const Enrolled& enrolled, std::vector<Measured>& out) {
  std::vector<std::vector<bool>> in(out.size(), std::vector<bool>(trial.photos.size()));
  in.front().assign(trial.photos.size(), true);
  for (std::size_t i = 0; i < trial.groups_of.size(); ++i) {
    for (const std::uint32_t group : trial.groups_of[i]) in[group + 1][i] = true;
  }
  for (const TrialPair& pair : trial.pairs) {
    for (const std::uint32_t group : pair.groups)
      in[group + 1][pair.a] = in[group + 1][pair.b] = true;
  }
  for (std::size_t k = 0; k < out.size(); ++k) {
    Measured& one = out[k];
    one.photos_of.resize(trial.people);
    std::uint64_t failed = 0;
    for (std::size_t i = 0; i < trial.photos.size(); ++i) {
      if (!in[k][i]) continue;
      ++one.photos;
      if (!enrolled.templates[i]) {
        ++failed;
      } else if (trial.all_pairs()) {
        ++one.photos_of[trial.person_of[i]];
      }
    }
    one.failed = vision::share(failed, one.photos);
    // People of whom no photo could be compared are nobody to draw.
    one.people = static_cast<std::uint64_t>(
        std::count_if(one.photos_of.begin(), one.photos_of.end(), [](auto n) { return n > 0; }));
  }
}

bool both_kinds(const Measured& of) {
  return !of.tally.genuine().empty() && of.tally.impostor_pairs() > 0;
}

vision::Crowd crowd_of(const Measured& of, const Trial& trial) {
  return {trial.person_of, of.photos_of};
}

void add_people_limits(const Measured& of, const Trial& trial,
                       std::vector<vision::OperatingPoint>& points, bool chosen_here) {
  if (!trial.all_pairs() || !both_kinds(of)) return;
  std::vector<float> thresholds;
  std::vector<double> rates;
  for (const auto& point : points) {
    thresholds.push_back(point.threshold);
    rates.push_back(point.asked_fmr);
  }
  const auto limits = vision::people_bootstrap(
      of.tally, crowd_of(of, trial), thresholds,
      chosen_here ? std::span<const double>(rates) : std::span<const double>(), kDraws, kSeed);
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i].fmr.people = limits.fmr[i];
    points[i].fnmr.people = chosen_here ? limits.fnmr_at_rate[i] : limits.fnmr[i];
  }
}

void conclude(Measured& of, const Trial& trial) {
  of.tally.finish();
  of.two_fold = vision::two_fold_accuracy(of.listed);
  for (const double rate : {1e-3, vision::kDefaultFalseMatchRate}) {
    of.stated.push_back(
        vision::operating_point(of.tally, rate, vision::threshold_for(rate, of.model)));
  }
  add_people_limits(of, trial, of.stated, false);
  if (!both_kinds(of)) return;
  of.auc = of.tally.auc();
  of.eer = of.tally.equal_error_rate();
  std::vector<double> rates = {1e-2, 1e-3, 1e-4};
  if (of.tally.impostor_pairs() >= kImpostorsFor1e5) rates.push_back(1e-5);
  for (const double rate : rates) {
    of.at_rates.push_back(vision::operating_point(of.tally, rate, of.tally.threshold_at(rate)));
  }
  add_people_limits(of, trial, of.at_rates, true);
}

}  // namespace

std::vector<Measured> measure(const Trial& trial, const Enrolled& enrolled,
                              std::string_view model) {
  std::vector<Measured> out(trial.groups.size() + 1);
  for (Measured& one : out) one.model = model;
  for (std::size_t i = 0; i < trial.groups.size(); ++i) out[i + 1].group = trial.groups[i];
  count_photos(trial, enrolled, out);
  Scores scores{trial, enrolled, out};
  if (trial.all_pairs()) {
    compare_all(scores);
  } else {
    for (const TrialPair& p : trial.pairs) scores.compare(p.a, p.b, p.same, p.groups, true);
  }
  for (Measured& one : out) conclude(one, trial);
  return out;
}

std::vector<vision::OperatingPoint> trade_off(const Measured& of, const Trial& trial) {
  constexpr int kPerDecade = 8;
  std::vector<vision::OperatingPoint> out;
  if (!both_kinds(of)) return out;
  const auto impostors = static_cast<double>(of.tally.impostor_pairs());
  const int steps = static_cast<int>(std::ceil(std::log10(impostors / 2) * kPerDecade));
  for (int step = 0; step <= steps; ++step) {
    const double rate = 0.5 * std::pow(10.0, -static_cast<double>(step) / kPerDecade);
    const float threshold = of.tally.threshold_at(rate);
    if (!out.empty() && threshold <= out.back().threshold) continue;
    out.push_back(vision::operating_point(of.tally, rate, threshold));
  }
  add_people_limits(of, trial, out, false);
  return out;
}

Result<vision::MeasuredCurve> curve_of(const Measured& of, const Trial& trial) {
  const auto crowd = crowd_of(of, trial);
  MQ_TRY(auto out,
         vision::measure_curve(of.tally, trial.all_pairs() ? &crowd : nullptr, kDraws, kSeed));
  out.group = of.group;
  out.people = of.people;
  out.photos = of.photos;
  return out;
}

}  // namespace mq::app
