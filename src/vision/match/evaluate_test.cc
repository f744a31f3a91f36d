#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "vision/vision.h"

namespace mq::vision {
namespace {

Tally tally_of(std::initializer_list<float> genuine, std::initializer_list<float> impostors) {
  Tally out;
  for (const float s : genuine) out.add({s, 0, 0}, true);
  for (const float s : impostors) out.add({s, 0, 1}, false);
  out.finish();
  return out;
}

TEST(Interval, WilsonAsPrinted) {
  // R. G. Newcombe, Statistics in Medicine 17 (1998) 857, table I, method 3.
  EXPECT_NEAR(wilson(81, 263).low, 0.2553, 5e-5);
  EXPECT_NEAR(wilson(81, 263).high, 0.3662, 5e-5);
  EXPECT_NEAR(wilson(15, 148).low, 0.0624, 5e-5);
  EXPECT_NEAR(wilson(15, 148).high, 0.1605, 5e-5);
  EXPECT_EQ(wilson(0, 20).low, 0);
  EXPECT_NEAR(wilson(0, 20).high, 0.1611, 5e-5);
  EXPECT_NEAR(wilson(1, 29).low, 0.0061, 5e-5);
  EXPECT_NEAR(wilson(1, 29).high, 0.1718, 5e-5);
}

TEST(Interval, ClopperPearsonAsPrinted) {
  // The same table, method 5.
  EXPECT_NEAR(clopper_pearson(81, 263).low, 0.2527, 5e-5);
  EXPECT_NEAR(clopper_pearson(81, 263).high, 0.3676, 5e-5);
  EXPECT_NEAR(clopper_pearson(15, 148).low, 0.0578, 5e-5);
  EXPECT_NEAR(clopper_pearson(15, 148).high, 0.1617, 5e-5);
  EXPECT_NEAR(clopper_pearson(0, 20).high, 0.1684, 5e-5);
  EXPECT_NEAR(clopper_pearson(1, 29).low, 0.0009, 5e-5);
  EXPECT_NEAR(clopper_pearson(1, 29).high, 0.1776, 5e-5);
}

TEST(Interval, Ends) {
  for (const auto limits : {wilson, clopper_pearson}) {
    EXPECT_EQ(limits(0, 0).low, 0);
    EXPECT_EQ(limits(0, 0).high, 1);
    EXPECT_EQ(limits(9, 9).high, 1);
    EXPECT_LT(limits(9, 9).low, 1);
    EXPECT_EQ(limits(0, 9).low, 0);
  }
  EXPECT_NEAR(clopper_pearson(0, 1'000'000).high, 3.689e-6, 1e-9);
}

TEST(Tally, SeparatedScoresHaveNoErrors) {
  const Tally scores = tally_of({0.7F, 0.8F, 0.9F}, {0.1F, 0.2F});
  EXPECT_EQ(scores.genuine().size(), 3U);
  EXPECT_EQ(scores.impostor_pairs(), 2U);
  EXPECT_DOUBLE_EQ(scores.auc(), 1);
  EXPECT_DOUBLE_EQ(scores.equal_error_rate(), 0);
  EXPECT_EQ(scores.refused(scores.threshold_at(1e-4)), 0U);
}

TEST(Tally, CountsByHand) {
  // Genuine over impostor: .2 beats 1 of 4, .6 beats 3 and ties 1, .7 and .8 beat all four.
  const Tally scores = tally_of({0.2F, 0.6F, 0.7F, 0.8F}, {0.1F, 0.3F, 0.5F, 0.6F});
  EXPECT_DOUBLE_EQ(scores.auc(), (1 + 3.5 + 4 + 4) / 16);
  EXPECT_DOUBLE_EQ(scores.equal_error_rate(), 0.25);
  const OperatingPoint none = operating_point(scores, 1e-2, scores.threshold_at(1e-2));
  EXPECT_EQ(none.fmr.count, 0U);
  EXPECT_EQ(none.fnmr.count, 2U);  // none of four impostors may pass: above .6
  EXPECT_DOUBLE_EQ(none.fnmr.value(), 0.5);
  EXPECT_EQ(scores.passed(0.6F), 1U) << "at the threshold passes";
  EXPECT_EQ(scores.refused(0.6F), 1U);
  EXPECT_EQ(scores.passed(scores.threshold_at(0.25)), 1U);
  EXPECT_EQ(scores.passed(scores.threshold_at(0.74)), 2U);
  EXPECT_EQ(scores.passed(scores.threshold_at(1)), 4U);
}

TEST(Tally, ListsTheWorstFirst) {
  Tally scores;
  scores.add({0.9F, 1, 2}, true);
  scores.add({0.1F, 3, 4}, true);
  scores.add({0.2F, 5, 6}, false);
  scores.add({0.8F, 7, 8}, false);
  scores.finish();
  EXPECT_EQ(scores.genuine().front().a, 3U);
  EXPECT_EQ(scores.impostors().front().b, 8U);
}

// What lists of all scores say, as plainly as it can be written.
struct Naive {
  std::vector<float> genuine, impostors;
  double auc() const {
    double wins = 0;
    for (const float g : genuine) {
      for (const float i : impostors) wins += g > i ? 1 : g == i ? 0.5 : 0;
    }
    return wins / static_cast<double>(genuine.size() * impostors.size());
  }
  double fnmr_at(double rate) const {
    std::vector<float> falling = impostors;
    std::sort(falling.rbegin(), falling.rend());
    const float refused =
        falling[static_cast<std::size_t>(rate * static_cast<double>(falling.size()))];
    return static_cast<double>(std::count_if(genuine.begin(), genuine.end(),
                                             [&](float g) { return g <= refused; })) /
           static_cast<double>(genuine.size());
  }
  double eer() const {
    std::vector<float> all = genuine;
    all.insert(all.end(), impostors.begin(), impostors.end());
    double best = 2, middle = 0;
    for (const float t : all) {
      const double fnmr = static_cast<double>(std::count_if(genuine.begin(), genuine.end(),
                                                            [&](float g) { return g < t; })) /
                          static_cast<double>(genuine.size());
      const double fmr = static_cast<double>(std::count_if(impostors.begin(), impostors.end(),
                                                           [&](float i) { return i >= t; })) /
                         static_cast<double>(impostors.size());
      if (std::abs(fnmr - fmr) < best) {
        best = std::abs(fnmr - fmr);
        middle = (fnmr + fmr) / 2;
      }
    }
    return middle;
  }
};

Naive drawn(int seed, int genuine, int impostors) {
  std::mt19937 random(static_cast<unsigned>(seed));
  std::normal_distribution<float> same(0.5F, 0.15F), other(0.1F, 0.12F);
  Naive out;
  const auto put = [&](std::vector<float>& list, std::normal_distribution<float>& from, int count) {
    for (int i = 0; i < count; ++i) list.push_back(std::clamp(from(random), -1.0F, 1.0F));
  };
  put(out.genuine, same, genuine);
  put(out.impostors, other, impostors);
  return out;
}

TEST(Tally, IsWhatTheWholeListsSay) {
  for (const int seed : {1, 2, 3}) {
    const Naive naive = drawn(seed, 300, 4000);
    Tally all, tail(50);  // 50 impostors kept, the others in bins
    for (Tally* one : {&all, &tail}) {
      for (const float s : naive.genuine) one->add({s, 0, 0}, true);
      for (const float s : naive.impostors) one->add({s, 0, 1}, false);
      one->finish();
    }
    EXPECT_LE(tail.impostors().size(), 101U);
    EXPECT_EQ(tail.impostor_pairs(), 4000U);
    EXPECT_NEAR(all.auc(), naive.auc(), 1e-12);
    EXPECT_NEAR(tail.auc(), naive.auc(), 1e-5);
    EXPECT_NEAR(all.equal_error_rate(), naive.eer(), 1e-12);
    EXPECT_NEAR(tail.equal_error_rate(), naive.eer(), 1e-3);
    for (const double rate : {1e-2, 1e-3, 1e-4}) {
      const double wanted = naive.fnmr_at(rate);
      EXPECT_DOUBLE_EQ(operating_point(all, rate, all.threshold_at(rate)).fnmr.value(), wanted);
      EXPECT_DOUBLE_EQ(operating_point(tail, rate, tail.threshold_at(rate)).fnmr.value(), wanted);
    }
    EXPECT_EQ(all.threshold_at(5e-3), tail.threshold_at(5e-3));
    // Below the kept part: a bin's width beside the exact one, on the strict side.
    EXPECT_NEAR(tail.threshold_at(0.3), all.threshold_at(0.3), 4e-6);
    EXPECT_LE(tail.passed(tail.threshold_at(0.3)), 1200U);
    EXPECT_GE(tail.passed(0.1F), all.passed(0.1F));
  }
}

// Everybody has two photos, all alike: limits over people come out as wide as they truly are.
TEST(Bootstrap, SeesThatPairsOfOnePersonHangTogether) {
  constexpr std::uint32_t kPeople = 60;
  std::vector<std::uint32_t> person_of, photos_of(kPeople, 2);
  for (std::uint32_t i = 0; i < 2 * kPeople; ++i) person_of.push_back(i / 2);
  Tally tally;
  for (std::uint32_t i = 0; i < 2 * kPeople; ++i) {
    for (std::uint32_t j = i + 1; j < 2 * kPeople; ++j) {
      const bool same = i / 2 == j / 2;
      // Person 0 resembles every third person.
      const bool alike = i / 2 == 0 && (j / 2) % 3 == 0;
      tally.add({same ? (i / 2 % 10 == 0 ? 0.1F : 0.9F) : alike ? 0.8F : 0.2F, i, j}, same);
    }
  }
  tally.finish();
  const std::vector<float> thresholds = {0.5F, 0.85F};
  const std::vector<double> rates = {1e-2};
  const auto limits = people_bootstrap(tally, {person_of, photos_of}, thresholds, rates, 400, 1);
  const OperatingPoint at = operating_point(tally, 1e-2, 0.5F);
  EXPECT_EQ(limits.fmr[0].low, 0) << "person 0 is often not drawn at all";
  EXPECT_GT(limits.fmr[0].high, 2 * at.fmr.value());
  EXPECT_GT(limits.fmr[0].high, at.fmr.clopper_pearson.high);
  EXPECT_EQ(limits.fmr[1].high, 0);
  EXPECT_LT(limits.fnmr[0].low, 0.1);
  EXPECT_GT(limits.fnmr[0].high, 0.1);
  EXPECT_NEAR(limits.fnmr[0].high, at.fnmr.wilson.high, 0.05)
      << "here pairs and people are the same";
  EXPECT_GE(limits.fnmr_at_rate[0].high, limits.fnmr[0].low);

  const auto again = people_bootstrap(tally, {person_of, photos_of}, thresholds, rates, 400, 1);
  EXPECT_EQ(again.fmr[0].high, limits.fmr[0].high);
}

TEST(TwoFold, JudgesEachHalfByTheOther) {
  // First half: best threshold between .3 and .5. Second half: between .6 and .8.
  const std::vector<ScoredPair> pairs = {{0.5F, true}, {0.3F, false}, {0.8F, true}, {0.6F, false}};
  const auto found = two_fold_accuracy(pairs).value();
  EXPECT_FLOAT_EQ(found.threshold[0], 0.4F);
  EXPECT_FLOAT_EQ(found.threshold[1], 0.7F);
  EXPECT_DOUBLE_EQ(found.accuracy, 0.5);  // .4 passes the impostor .6; .7 refuses the genuine .5
  EXPECT_EQ(found.right.count, 2U);
  EXPECT_EQ(found.right.of, 4U);
}

TEST(TwoFold, CutsEachKindInHalf) {
  // All genuine pairs first, as lists often have them.
  std::vector<ScoredPair> pairs;
  for (int i = 0; i < 10; ++i) pairs.push_back({0.7F, true});
  for (int i = 0; i < 10; ++i) pairs.push_back({0.1F, false});
  EXPECT_DOUBLE_EQ(two_fold_accuracy(pairs)->accuracy, 1);
  EXPECT_FLOAT_EQ(two_fold_accuracy(pairs)->threshold[0], 0.4F);
  EXPECT_FALSE(two_fold_accuracy({pairs.data(), 11})) << "one impostor cannot be cut";
  EXPECT_FALSE(two_fold_accuracy({}));
}

TEST(Wrong, CountsBothSides) {
  const std::vector<ScoredPair> pairs = {{0.2F, true}, {0.7F, true}, {0.6F, false}, {0.1F, false}};
  EXPECT_EQ(wrong_at(pairs, 0.55F), 2U);
  EXPECT_EQ(wrong_at(pairs, 0.6F), 2U);
  EXPECT_EQ(wrong_at(pairs, 0.65F), 1U);
}

}  // namespace
}  // namespace mq::vision
