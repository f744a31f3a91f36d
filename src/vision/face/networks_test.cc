#include "vision/face/networks.h"

#include <gtest/gtest.h>

#include "vision/face/align.h"
#include "vision/network/tensor.h"
#include "vision/picture/decode.h"
#include "vision/test_support.h"

namespace mq::vision {
namespace {

struct Loaded {
  cv::Mat picture;
  Face face;
};

Loaded demo_face() {
  const Bytes photo = testing::demo_photo(2);
  const auto analysis = testing::engine().analyze(photo);
  return {decode(photo)->bgr, analysis->faces.front()};
}

float largest_difference(const Tensor& a, const Tensor& b) {
  EXPECT_EQ(a.size(), b.size());
  float out = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    out = std::max(out, std::abs(a[i] - b[i]));
  }
  return out;
}

// The files the engine runs on were rewritten for speed: the packaged ones must say the same.
TEST(Networks, RewrittenModelsAnswerAsThePackagedOnes) {
  const FlushSubnormals guard;
  const auto [picture, face] = demo_face();
  struct Case {
    const char* name;
    std::vector<std::int64_t> shape;
    std::vector<Model::Output> outputs;
    float tolerance;
  };
  const Case cases[] = {
      {"fr_feature", {1, 3, 112, 112}, {{"output", 512}}, 1e-5F},
      {"fr_liveness", {1, 3, 128, 128}, {{"output", 3}}, 1e-3F},
      {"fr_pose", {1, 3, 224, 224}, {{"output", 66}, {"617", 66}, {"618", 66}}, 1e-3F}};
  for (const Case& c : cases) {
    const auto packaged = Model::load(testing::models_dir() + "/" + c.name + ".onnx", c.shape, c.outputs);
    const auto rewritten =
        Model::load(testing::models_dir() + "/" + c.name + "_fast.onnx", c.shape, c.outputs);
    ASSERT_TRUE(packaged.ok() && rewritten.ok()) << c.name;
    const cv::Mat crop =
        crop_square(picture, face.box.x + face.box.width / 2, face.box.y + face.box.height / 2,
                    1.3F * face.box.width, static_cast<int>(c.shape[2]));
    Tensor input = planes(crop, {127, 127, 127}, {1 / 128.0F, 1 / 128.0F, 1 / 128.0F});
    const auto before = packaged->run(input);
    const auto after = rewritten->run(input);
    for (std::size_t i = 0; i < before.size(); ++i) {
      EXPECT_LT(largest_difference(before[i], after[i]), c.tolerance) << c.name;
    }
  }
}

TEST(Networks, TemplatesHaveUnitLengthAndSharpFacesLongOnes) {
  const FlushSubnormals guard;
  const auto networks = Networks::load(testing::models_dir());
  ASSERT_TRUE(networks.ok());
  const auto [picture, face] = demo_face();
  const cv::Mat aligned = align_face(picture, face.landmarks, Outside::black);
  const Reading reading = networks->embed(aligned);
  const SecondEmbedding second = networks->embed_second(aligned);
  double first_length = 0, second_length = 0;
  for (const float v : reading.embedding) first_length += static_cast<double>(v) * v;
  for (const float v : second) second_length += static_cast<double>(v) * v;
  EXPECT_NEAR(first_length, 1, 1e-5);
  EXPECT_NEAR(second_length, 1, 1e-5);
  EXPECT_GT(reading.norm, 2.5F);

  cv::Mat sideways;
  cv::rotate(aligned, sideways, cv::ROTATE_90_CLOCKWISE);
  EXPECT_LT(networks->embed(sideways).norm, reading.norm - 0.4F);
}

}  // namespace
}  // namespace mq::vision
