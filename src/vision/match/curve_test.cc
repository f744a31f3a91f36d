#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "vision/vision.h"

namespace mq::vision {
namespace {

MeasuredCurve curve(std::vector<CurvePoint> points) {
  MeasuredCurve out;
  out.points = std::move(points);
  return out;
}

const MeasuredCurve kThree = curve({{0.333, 1e-3, 1e-3}, {0.408, 1e-4, 1e-4}, {0.471, 1e-5, 1e-5}});

FalseMatchCurve line_of(const MeasuredCurve& one) { return FalseMatchCurve::of({&one, 1}).value(); }

TEST(Curve, MeetsItsPointsAtTheUpperLimit) {
  const auto line = line_of(curve({{0.3, 8e-4, 1e-3}, {0.4, 5e-5, 1e-4}}));
  EXPECT_NEAR(line.rate(0.3), 1e-3, 1e-9);
  EXPECT_NEAR(line.rate(0.4), 1e-4, 1e-10);
  EXPECT_NEAR(std::log10(line.rate(0.35)), -3.5, 1e-9);
}

TEST(Curve, ContinuesWithTheSlopeOfTheDecadeBesideIt) {
  const auto line = line_of(kThree);
  EXPECT_NEAR(std::log10(line.rate(0.471 + 0.063)), -6, 1e-9);  // the last decade is .063 wide
  EXPECT_NEAR(std::log10(line.rate(0.471 + 0.063 / 2)), -5.5, 1e-9);
  EXPECT_NEAR(std::log10(line.rate(0.333 - 0.075)), -2, 1e-9);  // the first .075
  EXPECT_DOUBLE_EQ(line.rate(0.333 - 3 * 0.075 - 0.001), 1);
}

// The tail of a normal distribution is log-concave: what is beyond the points must not be
// understated.
TEST(Curve, BeyondThePointsItStatesMoreThanANormalTail) {
  const auto tail = [](double score) { return 0.5 * std::erfc(score / 0.1 / std::sqrt(2.0)); };
  std::vector<CurvePoint> points;
  for (double score = 0.13; score < 0.31; score += 0.01)
    points.push_back({score, tail(score), tail(score)});
  const auto line = line_of(curve(points));
  for (double score = 0.32; score < 0.5; score += 0.01) {
    EXPECT_GE(line.rate(score), tail(score)) << score;
    EXPECT_GE(line.threshold(tail(score)), score - 1e-9) << score;
  }
  for (double score = 0.0; score < 0.125; score += 0.01)
    EXPECT_GE(line.rate(score), tail(score)) << score;
}

TEST(Curve, TheWorstGroupCounts) {
  MeasuredCurve near = kThree, far = kThree;
  for (auto& point : far.points) point.score += 0.1;
  const std::vector<MeasuredCurve> both = {near, far};
  const auto line = FalseMatchCurve::of(both).value();
  for (const double score : {0.2, 0.35, 0.45, 0.55}) {
    EXPECT_DOUBLE_EQ(line.rate(score), line_of(far).rate(score));
  }
  EXPECT_DOUBLE_EQ(line.threshold(1e-4), 0.508);
}

TEST(Curve, RefusesWhatIsNotACurve) {
  const auto refused = [](std::vector<CurvePoint> points) {
    const MeasuredCurve one = curve(std::move(points));
    return FalseMatchCurve::of({&one, 1}).error().is(CurveErrc::malformed);
  };
  EXPECT_TRUE(refused({}));
  EXPECT_TRUE(refused({{0.3, 1e-3, 1e-3}}));
  EXPECT_TRUE(refused({{0.3, 1e-3, 1e-3}, {0.4, 5e-4, 5e-4}}));  // less than a decade
  EXPECT_TRUE(refused({{0.4, 1e-3, 1e-3}, {0.3, 1e-5, 1e-5}}));  // not in order
  EXPECT_TRUE(refused({{0.3, 1e-3, 1e-3}, {0.4, 1e-3, 1e-3}, {0.5, 1e-5, 1e-5}}));  // does not fall
  EXPECT_TRUE(refused({{0.3, 1e-3, 1e-4}, {0.4, 1e-5, 1e-5}}));  // limit below the rate
  EXPECT_TRUE(refused({{0.3, 1e-3, 1e-3}, {0.4, 0, 1e-5}}));
  EXPECT_TRUE(refused({{0.3, 1e-3, std::nan("")}, {0.4, 1e-5, 1e-5}}));
  EXPECT_FALSE(FalseMatchCurve::of({}).ok());
}

TEST(ShippedCurves, FallEverywhereAndStayInTheirBounds) {
  for (const auto model : {kEmbeddingModel, kTemplateModel}) {
    double before = 1;
    for (float score = -1; score <= 1; score += 0.01F) {
      const double rate = false_match_rate(score, model);
      EXPECT_LE(rate, before);
      EXPECT_GE(rate, 1e-6);
      EXPECT_LE(rate, 1);
      before = rate;
    }
    EXPECT_DOUBLE_EQ(false_match_rate(-1, model), 1);
    EXPECT_DOUBLE_EQ(false_match_rate(1, model), 1e-6);
  }
}

TEST(ShippedCurves, ThresholdIsTheInverse) {
  for (const auto model : {kEmbeddingModel, kTemplateModel}) {
    for (const double rate : {0.5, 0.1, 1e-2, 1e-3, 3e-4, 1e-4, 2e-5, 1e-5, 1e-6}) {
      EXPECT_NEAR(std::log10(false_match_rate(threshold_for(rate, model), model)), std::log10(rate),
                  1e-4);
    }
    EXPECT_EQ(threshold_for(0, model), threshold_for(1e-6, model));
    EXPECT_EQ(threshold_for(7, model), threshold_for(1, model));
  }
}

TEST(ShippedCurves, SayWhatTheyWereMeasuredOn) {
  for (const auto model : {kEmbeddingModel, kTemplateModel}) {
    ASSERT_FALSE(curves_in_use(model).empty());
    for (const auto& one : curves_in_use(model)) {
      EXPECT_FALSE(one.measured_on.empty());
      EXPECT_FALSE(one.date.empty());
      EXPECT_GT(one.people, 100U);
      // Ten false matches at the last point: what is stated there was seen.
      EXPECT_GE(one.points.back().fmr * static_cast<double>(one.impostor_pairs), 9.99);
      EXPECT_LE(one.points.back().fmr, 2e-5);
    }
  }
}

TEST(CurveFile, AnotherOneCanBeUsed) {
  MeasuredCurve own = kThree;
  own.measured_on = "own people";
  const std::string text = with_curves("", kTemplateModel, {&own, 1}).value();
  const float embedding_threshold = threshold_for(1e-3, kEmbeddingModel);
  ASSERT_TRUE(use_curves(text).ok());
  EXPECT_NEAR(threshold_for(1e-4, kTemplateModel), 0.408, 1e-6);
  EXPECT_EQ(curves_in_use(kTemplateModel)[0].measured_on, "own people");
  EXPECT_EQ(threshold_for(1e-3, kEmbeddingModel), embedding_threshold)
      << "the file does not speak of this model";

  EXPECT_TRUE(use_curves("{}").error().is(CurveErrc::malformed));
  EXPECT_TRUE(
      use_curves(R"({"format":1,"models":{"other":[]}})").error().is(CurveErrc::no_such_model));
  EXPECT_NEAR(threshold_for(1e-4, kTemplateModel), 0.408, 1e-6) << "a refused file changes nothing";
  ASSERT_TRUE(use_curves(shipped_curves()).ok());
}

TEST(CurveFile, KeepsOtherModelsAndEveryField) {
  MeasuredCurve first = kThree;
  first.measured_on = "a \"set\"";
  first.group = "sex=female";
  first.date = "2026-11-22";
  first.people = 7;
  first.photos = 70;
  first.genuine_pairs = 315;
  first.impostor_pairs = 2100;
  const std::string one = with_curves("", "model one", {&first, 1}).value();
  const std::vector<MeasuredCurve> two = {kThree, first};
  const std::string both = with_curves(one, "model two", two).value();
  EXPECT_EQ(parse_curves(both, "model two")->size(), 2U);
  const auto kept = parse_curves(both, "model one").value();
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].measured_on, first.measured_on);
  EXPECT_EQ(kept[0].group, first.group);
  EXPECT_EQ(kept[0].date, first.date);
  EXPECT_EQ(kept[0].people, 7U);
  EXPECT_EQ(kept[0].photos, 70U);
  EXPECT_EQ(kept[0].genuine_pairs, 315U);
  EXPECT_EQ(kept[0].impostor_pairs, 2100U);
  ASSERT_EQ(kept[0].points.size(), 3U);
  EXPECT_DOUBLE_EQ(kept[0].points[1].score, 0.408);
  EXPECT_DOUBLE_EQ(kept[0].points[1].upper, 1e-4);
  EXPECT_EQ(with_curves(both, "model one", kept).value(), both);
}

TEST(CurveFile, RefusesWhatItIsNot) {
  for (const char* text : {"", "[]", "{", R"({"format":2,"models":{}})", R"({"format":1})",
                           R"({"format":1,"models":[]})"}) {
    EXPECT_TRUE(parse_curves(text, "m").error().is(CurveErrc::malformed)) << text;
  }
  for (const char* curves : {"1", "[1]", "[{}]", R"([{"points":1}])", R"([{"points":[1]}])",
                             R"([{"points":[{"score":0.1,"fmr":0.1}]}])",
                             R"([{"points":[{"score":"x","fmr":0.1,"upper":1}]}])"}) {
    const auto text = R"({"format":1,"models":{"m":)" + std::string(curves) + "}}";
    EXPECT_TRUE(parse_curves(text, "m").error().is(CurveErrc::malformed)) << text;
  }
  EXPECT_TRUE(
      parse_curves(R"({"format":1,"models":{}})", "m").error().is(CurveErrc::no_such_model));
}

TEST(MeasureCurve, FindsTheTailItWasDrawnFrom) {
  std::mt19937_64 random(7);
  std::normal_distribution<float> score(0, 0.1F);
  Tally tally;
  for (int i = 0; i < 200'000; ++i) tally.add({score(random), 0, 1}, false);
  tally.finish();
  const auto found = measure_curve(tally, nullptr, 0, 1).value();
  EXPECT_EQ(found.impostor_pairs, 200'000U);
  EXPECT_GT(found.points.size(), 25U);
  EXPECT_NEAR(found.points.back().fmr, 5e-5, 2e-5) << "ten false matches of 200 000";
  int outside = 0;
  for (const auto& point : found.points) {
    const double truth = 0.5 * std::erfc(point.score / 0.1 / std::sqrt(2.0));
    EXPECT_NEAR(point.fmr / truth, 1, 4 / std::sqrt(truth * 200'000)) << point.score;
    outside += point.upper < truth;
  }
  EXPECT_LE(outside, 2) << "an upper 95 % limit is seldom below the truth";
  EXPECT_TRUE(FalseMatchCurve::of({&found, 1}).ok());
}

TEST(MeasureCurve, NeedsADecadeOfFalseMatches) {
  Tally few;
  for (int i = 0; i < 50; ++i) few.add({static_cast<float>(i) / 50, 0, 1}, false);
  few.finish();
  EXPECT_TRUE(measure_curve(few, nullptr, 0, 1).error().is(CurveErrc::too_few_pairs));
  Tally none;
  none.finish();
  EXPECT_TRUE(measure_curve(none, nullptr, 0, 1).error().is(CurveErrc::too_few_pairs));
}

TEST(Similarity, IsTheCosine) {
  Embedding a{}, b{};
  a[0] = 1;
  b[1] = 1;
  EXPECT_FLOAT_EQ(similarity(a, a), 1);
  EXPECT_FLOAT_EQ(similarity(a, b), 0);
  b = {};
  b[0] = -1;
  EXPECT_FLOAT_EQ(similarity(a, b), -1);
}

TEST(Similarity, OfTemplatesIsTheMeanOfBothCosines) {
  FaceTemplate a, b;
  a.first[3] = b.first[3] = 1;
  a.second[0] = 1;
  b.second[0] = 0.6F;
  b.second[1] = 0.8F;
  EXPECT_FLOAT_EQ(similarity(a, b), 0.8F);
}

}  // namespace
}  // namespace mq::vision
