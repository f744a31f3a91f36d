#include "vision/face/quality.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "vision/face/align.h"
#include "vision/picture/compression.h"
#include "vision/test_support.h"

namespace mq::vision {
namespace {

constexpr float kPerRadian = 57.29578F;

// A level face at rest with 100 pixels between the eyes.
Landmarks level_landmarks() {
  Landmarks out{};
  for (int i = 36; i < 42; ++i) out[i] = {150, 200};
  for (int i = 42; i < 48; ++i) out[i] = {250, 200};
  out[48] = {157, 300};
  out[54] = {243, 300};
  out[62] = {200, 302};
  out[66] = {200, 305};
  return out;
}

Landmarks tilted(const Landmarks& marks, float degrees) {
  const float c = std::cos(degrees / kPerRadian), s = std::sin(degrees / kPerRadian);
  Landmarks out;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    out[i] = {c * marks[i].x - s * marks[i].y, s * marks[i].x + c * marks[i].y};
  }
  return out;
}

// Fine grain around a middle grey, so that light and sharpness are good.
cv::Mat good_pixels() {
  cv::Mat grain(kAlignedSide, kAlignedSide, CV_32F);
  cv::RNG random(7);
  random.fill(grain, cv::RNG::NORMAL, 0, 1);
  cv::GaussianBlur(grain, grain, {}, 1);
  cv::Scalar mean, deviation;
  cv::meanStdDev(grain, mean, deviation);
  cv::Mat grey, out;
  grain.convertTo(grey, CV_8U, 36 / deviation[0], 125);
  cv::cvtColor(grey, out, cv::COLOR_GRAY2BGR);
  return out;
}

struct Subject {
  Face face;
  Evidence evidence;
  Subject() {
    face.box = {100, 100, 200, 260};
    face.landmarks = level_landmarks();
    face.right_eye_open = face.left_eye_open = 1;
    face.mouth_open = 0.03F;
    evidence.aligned = good_pixels();
  }
};

TEST(Quality, AGoodFaceNeedsNoAdvice) {
  Subject subject;
  judge(subject.face, subject.evidence);
  EXPECT_TRUE(subject.face.usable);
  EXPECT_TRUE(subject.face.advice.empty());
  for (std::size_t i = 0; i < kComponents; ++i) {
    const auto component = static_cast<Component>(i);
    const Measure& one = subject.face.quality[component];
    EXPECT_EQ(one.verdict, Verdict::pass) << boost::describe::enum_to_string(component, "?");
    EXPECT_GE(one.score, 50) << boost::describe::enum_to_string(component, "?");
  }
}

TEST(Quality, EachFaultHasItsAdviceAndConsequence) {
  struct Case {
    void (*spoil)(Subject&);
    Component component;
    Advice advice;
    bool usable;
  };
  const Case cases[] = {
      {[](Subject& s) { s.face.pose.yaw = -30; }, Component::head_pose_yaw, Advice::face_camera,
       false},
      {[](Subject& s) { s.face.pose.pitch = 25; }, Component::head_pose_pitch, Advice::face_camera,
       false},
      {[](Subject& s) { s.face.pose.roll = -30; }, Component::head_pose_roll, Advice::level_head,
       true},
      {[](Subject& s) { s.face.box.width = 80; }, Component::inter_eye_distance,
       Advice::come_closer, true},
      {[](Subject& s) { s.face.box.width = 50; }, Component::inter_eye_distance,
       Advice::come_closer, false},
      {[](Subject& s) {
         for (Point& p : s.face.landmarks) p = {p.x * 0.19F, p.y * 0.19F};
       },
       Component::inter_eye_distance, Advice::come_closer, false},
      {[](Subject& s) { s.face.left_eye_open = 0.1F; }, Component::eyes_open, Advice::open_eyes,
       true},
      {[](Subject& s) { s.evidence.others_widest = 100; }, Component::single_face_present,
       Advice::one_person_only, false},
      {[](Subject& s) { s.evidence.occlusion.mask = 0.6F; }, Component::mouth_occlusion_prevention,
       Advice::remove_mask, true},
      {[](Subject& s) { s.evidence.occlusion.mask = 0.95F; }, Component::mouth_occlusion_prevention,
       Advice::remove_mask, false},
      {[](Subject& s) { s.evidence.occlusion.sunglasses = 0.7F; }, Component::eyes_visible,
       Advice::remove_glasses, true},
      {[](Subject& s) { s.evidence.occlusion.head_covering = 1; }, Component::no_head_coverings,
       Advice::remove_hat, true},
      {[](Subject& s) { s.evidence.blockiness = 2; }, Component::no_compression_artifacts,
       Advice::use_camera, true},
  };
  for (const Case& c : cases) {
    Subject subject;
    c.spoil(subject);
    judge(subject.face, subject.evidence);
    const std::string name = boost::describe::enum_to_string(c.component, "?");
    ASSERT_EQ(subject.face.advice.size(), 1U) << name;
    EXPECT_EQ(subject.face.advice.front(), c.advice) << name;
    EXPECT_EQ(subject.face.quality[c.component].advice, c.advice) << name;
    EXPECT_EQ(subject.face.usable, c.usable) << name;
  }
}

TEST(Quality, LightHasTwoSides) {
  struct Case {
    double gain, shift;
    Advice advice;
    bool usable;
  };
  for (const Case& c :
       {Case{0.3, 0, Advice::more_light, true}, Case{0.1, 0, Advice::more_light, false},
        Case{1, 90, Advice::less_light, true}, Case{1, 150, Advice::less_light, false}}) {
    Subject subject;
    subject.evidence.aligned.convertTo(subject.evidence.aligned, -1, c.gain, c.shift);
    judge(subject.face, subject.evidence);
    const Measure& mean = subject.face.quality[Component::luminance_mean];
    ASSERT_TRUE(mean.advice) << c.gain << " " << c.shift;
    EXPECT_EQ(*mean.advice, c.advice);
    EXPECT_EQ(subject.face.usable, c.usable) << mean.value;
    EXPECT_LT(mean.score, 60);
  }
}

TEST(Quality, OneDarkHalfIsUneven) {
  Subject subject;
  cv::Mat half = subject.evidence.aligned(cv::Rect(0, 0, kAlignedSide / 2, kAlignedSide));
  half.convertTo(half, -1, 0.35, 0);
  judge(subject.face, subject.evidence);
  const Measure& uneven = subject.face.quality[Component::illumination_uniformity];
  EXPECT_EQ(uneven.advice, Advice::even_light);
  EXPECT_NEAR(uneven.value, 0.65F, 0.05F);
  EXPECT_TRUE(subject.face.usable);
}

TEST(Quality, BlurWarnsAndThenFails) {
  Subject subject;
  cv::GaussianBlur(subject.evidence.aligned, subject.evidence.aligned, {}, 5);
  judge(subject.face, subject.evidence);
  EXPECT_EQ(subject.face.quality[Component::sharpness].verdict, Verdict::fail);
  EXPECT_FALSE(subject.face.usable);
}

TEST(Quality, TheMostImportantAdviceComesFirstAndOnce) {
  Subject subject;
  subject.face.pose.yaw = 40;
  subject.face.pose.pitch = -40;
  subject.face.box.width = 50;
  subject.evidence.others_widest = 45;
  subject.evidence.occlusion.mask = 1;
  subject.evidence.occlusion.head_covering = 1;
  judge(subject.face, subject.evidence);
  const std::vector<Advice> expected = {Advice::one_person_only, Advice::come_closer,
                                        Advice::remove_mask, Advice::face_camera,
                                        Advice::remove_hat};
  EXPECT_EQ(subject.face.advice, expected);
}

TEST(Quality, NothingIsAskedOfWhatIsCovered) {
  Subject subject;
  subject.evidence.occlusion.mask = 1;
  subject.evidence.occlusion.sunglasses = 1;
  subject.face.mouth_open = 0.8F;
  subject.face.right_eye_open = 0;
  judge(subject.face, subject.evidence);
  const std::vector<Advice> expected = {Advice::remove_mask, Advice::remove_glasses};
  EXPECT_EQ(subject.face.advice, expected);
  EXPECT_FLOAT_EQ(subject.face.quality[Component::mouth_closed].value, 0.8F);
}

TEST(Quality, RollIsThatOfTheEyesAtAnyAngle) {
  for (const float degrees : {-150.0F, -58.0F, 0.0F, 33.0F, 90.0F}) {
    const Pose pose = settled_pose({10, -5, 77}, tilted(level_landmarks(), degrees));
    EXPECT_NEAR(pose.roll, degrees, 0.01F);
    EXPECT_FLOAT_EQ(pose.yaw, -10);
    EXPECT_FLOAT_EQ(pose.pitch, 0);
  }
}

TEST(Quality, ASmileAndAnOpenMouthAreExpressionsWhateverTheTilt) {
  Landmarks smiling = level_landmarks();
  smiling[48] = {140, 285};
  smiling[54] = {260, 285};
  for (const float degrees : {0.0F, 40.0F, 180.0F}) {
    EXPECT_LT(expression_of(tilted(level_landmarks(), degrees), 0.03F), 0.2F);
    EXPECT_GT(expression_of(tilted(smiling, degrees), 0.03F), 0.8F);
    EXPECT_GT(expression_of(tilted(level_landmarks(), degrees), 0.4F), 0.9F);
  }
}

TEST(Quality, FallenTogetherLandmarksAreJudgedToo) {
  Subject subject;
  subject.face.landmarks = {};
  judge(subject.face, subject.evidence);
  EXPECT_FALSE(subject.face.usable);
  for (std::size_t i = 0; i < kComponents; ++i) {
    EXPECT_TRUE(std::isfinite(subject.face.quality[static_cast<Component>(i)].value));
  }
}

TEST(Quality, BystandersAreToleratedAndSmallFacesRefused) {
  Analysis analysis;
  analysis.faces = {Subject().face, Subject().face};
  analysis.faces[1].box.width = 60;
  EXPECT_TRUE(principal_face(analysis).ok());
  analysis.faces[1].box.width = 120;
  EXPECT_TRUE(principal_face(analysis).error().is(VisionErrc::several_faces));
  analysis.faces.pop_back();
  analysis.faces[0].box.width = 30;
  EXPECT_TRUE(principal_face(analysis).error().is(VisionErrc::face_too_small));
}

TEST(Compression, BlocksGrowAsQualityFallsWhereverTheGridStarts) {
  cv::Mat scene = testing::pixels(testing::demo_photo(2));
  scene = scene(cv::Rect(0, 0, std::min(scene.cols, 400), std::min(scene.rows, 400)));
  cv::GaussianBlur(scene, scene, {}, 1.5);
  const auto saved_at = [&](int quality) {
    const cv::Mat out =
        testing::pixels(testing::encoded(scene, ".jpg", {cv::IMWRITE_JPEG_QUALITY, quality}));
    cv::Mat grey;
    cv::cvtColor(out, grey, cv::COLOR_BGR2GRAY);
    return grey;
  };
  const cv::Mat poor = saved_at(10);
  EXPECT_LT(blockiness(saved_at(95)), 1.4F);
  EXPECT_GT(blockiness(poor), 1.75F);
  EXPECT_NEAR(blockiness(poor(cv::Rect(3, 5, 300, 300))),
              blockiness(poor(cv::Rect(0, 0, 300, 300))), 0.5F);
  cv::Mat turned;
  cv::rotate(poor, turned, cv::ROTATE_90_CLOCKWISE);
  EXPECT_NEAR(blockiness(turned), blockiness(poor), 0.3F);
}

TEST(Compression, SmallAndFlatPicturesHaveNoBlocks) {
  EXPECT_FLOAT_EQ(blockiness(cv::Mat()), 1);
  EXPECT_FLOAT_EQ(blockiness(cv::Mat(20, 200, CV_8U, cv::Scalar(9))), 1);
  EXPECT_FLOAT_EQ(blockiness(cv::Mat(200, 200, CV_8U, cv::Scalar(9))), 1);
}

}  // namespace
}  // namespace mq::vision
