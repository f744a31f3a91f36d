#include <gtest/gtest.h>

#include <cmath>

#include "vision/vision.h"

namespace mq::vision {
namespace {

TEST(Curve, MeetsTheMeasuredPoints) {
  EXPECT_NEAR(std::log10(false_match_rate(0.333F)), -3, 1e-3);
  EXPECT_NEAR(std::log10(false_match_rate(0.408F)), -4, 1e-3);
  EXPECT_NEAR(std::log10(false_match_rate(0.471F)), -5, 1e-3);
  EXPECT_NEAR(threshold_for(kDefaultFalseMatchRate), 0.408, 1e-4);
}

TEST(Curve, FallsEverywhereAndStaysInItsBounds) {
  double before = 1;
  for (float score = -1; score <= 1; score += 0.01F) {
    const double rate = false_match_rate(score);
    EXPECT_LE(rate, before);
    EXPECT_GE(rate, 1e-6);
    EXPECT_LE(rate, 1);
    before = rate;
  }
  EXPECT_DOUBLE_EQ(false_match_rate(-1), 1);
  EXPECT_DOUBLE_EQ(false_match_rate(1), 1e-6);
}

TEST(Curve, ThresholdIsTheInverse) {
  for (const double rate : {0.5, 0.1, 1e-2, 1e-3, 3e-4, 1e-4, 2e-5, 1e-5, 1e-6}) {
    EXPECT_NEAR(std::log10(false_match_rate(threshold_for(rate))), std::log10(rate), 1e-4);
  }
  EXPECT_EQ(threshold_for(0), threshold_for(1e-6));
  EXPECT_EQ(threshold_for(7), threshold_for(1));
}

TEST(Curve, SimilarityIsTheCosine) {
  Embedding a{}, b{};
  a[0] = 1;
  b[1] = 1;
  EXPECT_FLOAT_EQ(similarity(a, a), 1);
  EXPECT_FLOAT_EQ(similarity(a, b), 0);
  b = {};
  b[0] = -1;
  EXPECT_FLOAT_EQ(similarity(a, b), -1);
}

std::vector<ScoredPair> pairs(std::initializer_list<float> genuine, std::initializer_list<float> impostor) {
  std::vector<ScoredPair> out;
  for (const float s : genuine) out.push_back({s, true});
  for (const float s : impostor) out.push_back({s, false});
  return out;
}

TEST(Evaluate, SeparatedScoresHaveNoErrors) {
  const auto errors = verification_errors(pairs({0.7F, 0.8F, 0.9F}, {0.1F, 0.2F}));
  EXPECT_EQ(errors.genuine_pairs, 3U);
  EXPECT_EQ(errors.impostor_pairs, 2U);
  EXPECT_DOUBLE_EQ(*errors.auc, 1);
  EXPECT_DOUBLE_EQ(*errors.eer, 0);
  EXPECT_DOUBLE_EQ(*errors.fnmr_at_1e4, 0);
}

TEST(Evaluate, CountsByHand) {
  // Genuine over impostor: .2 beats 1 of 4, .6 beats 3 and ties 1, .7 and .8 beat all four.
  const auto scored = pairs({0.2F, 0.6F, 0.7F, 0.8F}, {0.1F, 0.3F, 0.5F, 0.6F});
  const auto errors = verification_errors(scored);
  EXPECT_DOUBLE_EQ(*errors.auc, (1 + 3.5 + 4 + 4) / 16);
  EXPECT_DOUBLE_EQ(*errors.eer, 0.25);
  EXPECT_DOUBLE_EQ(*errors.fnmr_at_1e2, 0.5);  // none of four impostors may pass: above .6
  EXPECT_EQ(wrong_at(scored, 0.55F), 2U);      // the genuine .2 and the impostor .6
  EXPECT_EQ(wrong_at(scored, 0.6F), 2U);       // at the threshold passes
}

TEST(Evaluate, OneClassAloneHasNoCurve) {
  EXPECT_FALSE(verification_errors(pairs({0.5F}, {})).auc);
  EXPECT_FALSE(verification_errors({}).eer);
}

}  // namespace
}  // namespace mq::vision
