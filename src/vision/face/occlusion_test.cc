#include "vision/face/occlusion.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "vision/face/occlusion_synthesis.h"
#include "vision/face/occlusion_training.h"
#include "vision/test_support.h"

namespace mq::vision {
namespace {

using testing::cut_face;
using testing::demo_photo;
using testing::encoded;
using testing::engine;
using testing::pixels;

struct Portrait {
  cv::Mat picture;
  Landmarks marks;
};

const std::vector<Portrait>& portraits() {
  static const std::vector<Portrait> made = [] {
    std::vector<Portrait> out;
    for (int i = 1; i <= 6; ++i) {
      const Bytes photo = demo_photo(i);
      const cv::Mat picture = cut_face(pixels(photo), engine().analyze(photo)->faces.front(), 0.8F);
      const auto analysis = engine().analyze(encoded(picture, ".png"));
      out.push_back({picture, analysis->faces.front().landmarks});
    }
    return out;
  }();
  return made;
}

using Draw = void (*)(cv::Mat&, const Landmarks&, Dice&);

// How many of the demo people are told to take something off, of those that are still found.
struct Count {
  int flagged = 0;
  int found = 0;
};
Count flagged(Draw draw, Component component) {
  Count out;
  for (std::size_t i = 0; i < portraits().size(); ++i) {
    cv::Mat picture = portraits()[i].picture.clone();
    Dice dice(100 + i);
    if (draw != nullptr) draw(picture, portraits()[i].marks, dice);
    const auto analysis = engine().analyze(encoded(picture, ".png"));
    if (!analysis.ok() || analysis->faces.empty()) continue;
    ++out.found;
    if (analysis->faces.front().quality[component].verdict != Verdict::pass) ++out.flagged;
  }
  return out;
}

TEST(Occlusion, DrawnMasksAndSunglassesAreSeenAndBareFacesLeftAlone) {
  const Count masks = flagged(draw_mask, Component::mouth_occlusion_prevention);
  EXPECT_GE(masks.found, 5);
  EXPECT_GE(masks.flagged, masks.found - 1);
  EXPECT_EQ(flagged(nullptr, Component::mouth_occlusion_prevention).flagged, 0);
  const Count dark = flagged(draw_sunglasses, Component::eyes_visible);
  EXPECT_GE(dark.flagged, dark.found - 1);
  EXPECT_LE(flagged(nullptr, Component::eyes_visible).flagged, 1);
  EXPECT_LE(flagged(nullptr, Component::no_head_coverings).flagged, 1);
}

TEST(Occlusion, FeaturesAreFiniteAndTurnWithTheFace) {
  const Portrait& one = portraits()[0];
  const auto straight = occlusion_features({}, one.picture, one.marks);
  cv::Mat turned;
  cv::rotate(one.picture, turned, cv::ROTATE_180);
  Landmarks marks = one.marks;
  for (Point& p : marks) {
    p = {static_cast<float>(turned.cols) - p.x, static_cast<float>(turned.rows) - p.y};
  }
  const auto upside_down = occlusion_features({}, turned, marks);
  double difference = 0, size = 0;
  for (std::size_t i = 512; i < kOcclusionNumbers; ++i) {
    ASSERT_TRUE(std::isfinite(straight[i]));
    difference += std::abs(straight[i] - upside_down[i]);
    size += std::abs(straight[i]);
  }
  EXPECT_LT(difference, 0.2 * size);
}

TEST(Occlusion, DegenerateLandmarksAndPicturesBesideTheFaceAreHarmless) {
  const Portrait& one = portraits()[0];
  const auto nowhere = occlusion_features({}, one.picture, Landmarks{});
  for (const float v : nowhere) EXPECT_EQ(v, 0);
  Landmarks far = one.marks;
  for (Point& p : far) p.x += 1e5F;
  const auto outside = occlusion_features({}, one.picture, far);
  for (const float v : outside) EXPECT_EQ(v, 0);
  Landmarks wrong = one.marks;
  wrong[30].x = std::nanf("");
  occlusion_features({}, one.picture, wrong);
}

TEST(Occlusion, HeadsSurviveTheirFileAndBadFilesAreRefused) {
  const auto& shipped = shipped_occlusion_heads();
  const auto again = OcclusionHeads::parse(shipped.to_json());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->to_json(), shipped.to_json());
  OcclusionFeatures features{};
  features[600] = 1;
  EXPECT_NEAR((*again)(features).mask, shipped(features).mask, 1e-3);
  for (const char* bad :
       {"", "[]", "{}", R"({"mask":{"bias":0,"weights":[1]}})", R"({"mask":7})"}) {
    EXPECT_TRUE(OcclusionHeads::parse(bad).error().is(VisionErrc::models_missing)) << bad;
  }
  boost::json::value huge = boost::json::parse(shipped.to_json());
  huge.at("mask").at("weights").as_array()[3] = 1e300;
  EXPECT_FALSE(OcclusionHeads::parse(boost::json::serialize(huge)).ok());
}

TEST(Occlusion, TheSameSeedDrawsTheSame) {
  for (const Draw draw : {draw_mask, draw_sunglasses, draw_head_covering, draw_clear_glasses,
                          draw_chin_mask, draw_collar}) {
    cv::Mat drawn[3];
    for (int i = 0; i < 3; ++i) {
      drawn[i] = portraits()[1].picture.clone();
      Dice dice(i == 2 ? 6 : 5);
      draw(drawn[i], portraits()[1].marks, dice);
    }
    EXPECT_EQ(cv::norm(drawn[0], drawn[1]), 0);
    EXPECT_GT(cv::norm(drawn[0], drawn[2]), 0);
    EXPECT_GT(cv::norm(drawn[0], portraits()[1].picture), 0);
  }
}

TEST(Occlusion, TrainingNeedsAFace) {
  OcclusionTrainer trainer(engine(), 1);
  EXPECT_FALSE(trainer.add(Bytes{1, 2, 3}));
  EXPECT_FALSE(trainer.add(encoded(cv::Mat(200, 200, CV_8UC3, cv::Scalar::all(90)))));
  EXPECT_TRUE(trainer.train().error().is(VisionErrc::no_face));
}

TEST(Occlusion, TrainingOnAFewPhotosMakesHeadsThatTellItsOwnDrawingsApart) {
  OcclusionTrainer trainer(engine(), 1);
  for (const Portrait& one : portraits()) EXPECT_TRUE(trainer.add(encoded(one.picture, ".png")));
  const auto outcome = trainer.train();
  ASSERT_TRUE(outcome.ok());
  EXPECT_GT(outcome->faces, 30U);
  const auto heads = OcclusionHeads::parse(outcome->json);
  ASSERT_TRUE(heads.ok());
  int higher = 0;
  for (std::size_t i = 0; i < portraits().size(); ++i) {
    const auto score = [&](const cv::Mat& picture) {
      const auto analysis = engine().analyze(encoded(picture, ".png"));
      if (analysis->faces.empty()) return 0.0F;
      const Face& face = analysis->faces.front();
      return (*heads)(occlusion_features(face.embedding, picture, face.landmarks)).mask;
    };
    cv::Mat masked = portraits()[i].picture.clone();
    Dice dice(900 + i);
    draw_mask(masked, portraits()[i].marks, dice);
    if (score(masked) > score(portraits()[i].picture)) ++higher;
  }
  EXPECT_GE(higher, 5);
}

}  // namespace
}  // namespace mq::vision
