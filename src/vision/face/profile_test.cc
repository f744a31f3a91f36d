#include "vision/face/profile.h"

#include <opencv2/imgproc.hpp>

#include "vision/test_support.h"

namespace mq::vision {
namespace {

using namespace testing;

TEST(FramedFace, FillsTheWantedShareOfThePicture) {
  const auto framed = framed_face(engine(), demo_photo(1), 640, 480, 0.55F);
  ASSERT_TRUE(framed.ok());
  EXPECT_EQ(pixels(*framed).size(), cv::Size(640, 480));
  const Analysis analysis = engine().analyze(*framed).value();
  ASSERT_FALSE(analysis.faces.empty());
  const Box& box = analysis.faces.front().box;
  EXPECT_NEAR(box.height / 480, 0.55, 0.1);
  EXPECT_NEAR(box.x + box.width / 2, 320, 40);
}

TEST(FramedFace, RefusesWhatHasNoFaceOrIsNoPicture) {
  const Bytes empty = encoded(cv::Mat(200, 200, CV_8UC3, cv::Scalar::all(90)));
  EXPECT_TRUE(framed_face(engine(), empty, 640, 480, 0.5F).error().is(VisionErrc::no_face));
  EXPECT_TRUE(
      framed_face(engine(), to_bytes("text"), 640, 480, 0.5F).error().is(VisionErrc::not_an_image));
}

TEST(Profile, NamesEveryStageOnce) {
  const Bytes selfie = framed_face(engine(), demo_photo(1), 640, 480, 0.55F).value();
  const auto stages = profile_stages(models_dir(), selfie, 1);
  ASSERT_TRUE(stages.ok());
  std::vector<std::string_view> names;
  for (const Stage& stage : *stages) {
    names.push_back(stage.name);
    EXPECT_TRUE(stage.cpu_ms > 0 || stage.name == "rest") << stage.name;
  }
  EXPECT_EQ(names, (std::vector<std::string_view>{"decode", "detect", "landmarks", "embedding",
                                                  "second_embedding", "liveness", "pose", "eyes",
                                                  "rest"}));
}

TEST(Profile, SaysWhatIsWrong) {
  EXPECT_TRUE(profile_stages("nowhere", demo_photo(1), 1).error().is(VisionErrc::models_missing));
  EXPECT_TRUE(
      profile_stages(models_dir(), to_bytes("text"), 1).error().is(VisionErrc::not_an_image));
  EXPECT_TRUE(BareNetworks::load("nowhere").error().is(VisionErrc::models_missing));
}

TEST(BareNetworks, RunsTheNetworksOfTheRegister) {
  auto bare = BareNetworks::load(models_dir());
  ASSERT_TRUE(bare.ok());
  bare->run();
}

}  // namespace
}  // namespace mq::vision
