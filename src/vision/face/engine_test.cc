#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <thread>

#include "vision/face/quality.h"
#include "vision/test_support.h"

namespace mq::vision {
namespace {

using testing::cut_face;
using testing::demo_photo;
using testing::encoded;
using testing::engine;
using testing::pixels;

// The largest face of each demo photo, cut out: one picture of one person.
std::vector<cv::Mat> portraits() {
  std::vector<cv::Mat> out;
  for (int i = 1; i <= 6; ++i) {
    const Bytes photo = demo_photo(i);
    const auto analysis = engine().analyze(photo);
    EXPECT_TRUE(analysis.ok());
    EXPECT_FALSE(analysis->faces.empty());
    out.push_back(cut_face(pixels(photo), analysis->faces.front()));
  }
  return out;
}

Face widest_face(const cv::Mat& picture) {
  const auto analysis = engine().analyze(encoded(picture));
  EXPECT_TRUE(analysis.ok());
  EXPECT_FALSE(analysis->faces.empty());
  return analysis->faces.empty() ? Face{} : analysis->faces.front();
}

TEST(Engine, MissingModelsAreAnError) {
  const auto loaded = Engine::load(testing::source_path("models/none"));
  ASSERT_FALSE(loaded.ok());
  EXPECT_TRUE(loaded.error().is(VisionErrc::models_missing));
}

TEST(Engine, FlatPictureHasNoFace) {
  const Bytes flat = encoded(cv::Mat(480, 640, CV_8UC3, cv::Scalar(120, 140, 160)));
  const auto analysis = engine().analyze(flat);
  ASSERT_TRUE(analysis.ok());
  EXPECT_EQ(analysis->face_count, 0);
  EXPECT_TRUE(principal_face(*analysis).error().is(VisionErrc::no_face));
  EXPECT_TRUE(engine().embed(flat).error().is(VisionErrc::no_face));
  EXPECT_TRUE(engine().portrait_jpeg(flat).error().is(VisionErrc::no_face));
}

TEST(Engine, NotAnImageIsAnError) {
  const Bytes text = to_bytes("not a picture");
  EXPECT_TRUE(engine().analyze(text).error().is(VisionErrc::not_an_image));
  EXPECT_TRUE(engine().embed(text).error().is(VisionErrc::not_an_image));
  EXPECT_TRUE(engine().portrait_jpeg(text).error().is(VisionErrc::not_an_image));
}

TEST(Engine, FactsOfAFaceAreInTheirRanges) {
  for (int i = 1; i <= 6; ++i) {
    const auto analysis = engine().analyze(demo_photo(i));
    ASSERT_TRUE(analysis.ok());
    for (const Face& face : analysis->faces) {
      EXPECT_GT(face.score, 0.65F);
      EXPECT_NEAR(similarity(face.embedding, face.embedding), 1, 1e-3);
      EXPECT_GE(face.liveness.score, 0);
      EXPECT_LE(face.liveness.score, 1);
      EXPECT_GT(face.quality[Component::inter_eye_distance].value,
                0.2F * face.box.width * std::cos(face.pose.yaw * M_PI / 180) / 2);
      // The nose tip lies in the box, below the eyes and above the mouth unless the head is turned far.
      const Point nose = face.landmarks[30];
      EXPECT_GT(nose.x, face.box.x);
      EXPECT_LT(nose.x, face.box.x + face.box.width);
      EXPECT_GT(nose.y, face.box.y);
      EXPECT_LT(nose.y, face.box.y + face.box.height);
    }
  }
}

TEST(Engine, TwoPeopleSideBySideAreSeveralFaces) {
  const auto people = portraits();
  cv::Mat left, right, both;
  cv::resize(people[0], left, {400, 400});
  cv::resize(people[3], right, {400, 400});
  cv::hconcat(left, right, both);
  const auto analysis = engine().analyze(encoded(both));
  ASSERT_TRUE(analysis.ok());
  EXPECT_EQ(analysis->face_count, 2);
  EXPECT_TRUE(principal_face(*analysis).error().is(VisionErrc::several_faces));
  for (const Face& face : analysis->faces) {
    EXPECT_FALSE(face.usable);
    EXPECT_EQ(face.advice.front(), Advice::one_person_only);
  }
}

TEST(Engine, TheSamePersonScoresAboveEveryOther) {
  const auto people = portraits();
  std::vector<Embedding> originals, altered;
  for (const cv::Mat& person : people) {
    originals.push_back(widest_face(person).embedding);
    cv::Mat other;
    cv::resize(person, other, {}, 0.7, 0.7, cv::INTER_AREA);
    other.convertTo(other, -1, 0.8, 25);
    const auto embedding = engine().embed(encoded(other, ".jpg", {cv::IMWRITE_JPEG_QUALITY, 60}));
    ASSERT_TRUE(embedding.ok());
    altered.push_back(*embedding);
  }
  for (std::size_t i = 0; i < people.size(); ++i) {
    const float self = similarity(originals[i], altered[i]);
    EXPECT_GT(self, threshold_for(1e-5));
    for (std::size_t j = 0; j < people.size(); ++j) {
      if (i == j) continue;
      EXPECT_LT(similarity(originals[i], altered[j]), self - 0.2F) << i << " " << j;
    }
  }
}

TEST(Engine, ATightCropIsFoundAndMatchesTheWholePicture) {
  const Bytes photo = demo_photo(2);
  const auto analysis = engine().analyze(photo);
  ASSERT_TRUE(analysis.ok());
  const Face& face = analysis->faces.front();
  const auto tight = engine().embed(encoded(cut_face(pixels(photo), face, 0.0F), ".png"));
  ASSERT_TRUE(tight.ok());
  EXPECT_GT(similarity(face.embedding, *tight), threshold_for(1e-5));
}

TEST(Engine, CoordinatesAreThoseOfTheSentPicture) {
  const cv::Mat portrait = portraits()[2];
  cv::Mat large;
  cv::resize(portrait, large, {3400, 3400 * portrait.rows / portrait.cols}, 0, 0, cv::INTER_CUBIC);
  const Face small_face = widest_face(portrait);
  const auto analysis = engine().analyze(encoded(large));
  ASSERT_TRUE(analysis.ok());
  EXPECT_EQ(analysis->width, 3400);
  ASSERT_FALSE(analysis->faces.empty());
  const float by = 3400.0F / static_cast<float>(portrait.cols);
  const Face& face = analysis->faces.front();
  EXPECT_NEAR(face.box.x / by, small_face.box.x, 0.1F * small_face.box.width);
  const float inter_eye = small_face.quality[Component::inter_eye_distance].value;
  EXPECT_NEAR(face.quality[Component::inter_eye_distance].value / by, inter_eye, 0.1F * inter_eye);
}

TEST(Engine, PortraitIsACleanJpegOfTheFace) {
  Bytes photo = demo_photo(4);
  const std::string hidden = "hidden behind the picture";
  photo.insert(photo.end(), hidden.begin(), hidden.end());
  const auto portrait = engine().portrait_jpeg(photo);
  ASSERT_TRUE(portrait.ok());
  EXPECT_EQ(to_string(*portrait).find(hidden), std::string::npos);
  EXPECT_LE(pixels(*portrait).cols, 640);
  const auto before = engine().embed(photo);
  const auto after = engine().embed(*portrait);
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_GT(similarity(*before, *after), threshold_for(1e-5));
}

TEST(Engine, BlurAndDarknessAreNoticed) {
  const cv::Mat portrait = portraits()[3];
  const Face sharp = widest_face(portrait);
  cv::Mat blurred, dark;
  cv::GaussianBlur(portrait, blurred, {}, 9);
  portrait.convertTo(dark, -1, 0.3, 0);
  const Face soft = widest_face(blurred);
  EXPECT_LT(soft.quality[Component::sharpness].value, 8);
  EXPECT_GT(sharp.quality[Component::sharpness].value, 20);
  EXPECT_FALSE(soft.usable);
  const Face dim = widest_face(dark);
  EXPECT_LT(dim.quality[Component::luminance_mean].value, 50);
  EXPECT_NE(std::find(dim.advice.begin(), dim.advice.end(), Advice::more_light), dim.advice.end());
}

TEST(Engine, ThreadsAgree) {
  const Bytes photo = demo_photo(1);
  const auto expected = engine().embed(photo);
  ASSERT_TRUE(expected.ok());
  std::vector<float> scores(3, 0.0F);
  std::vector<std::thread> threads;
  for (float& score : scores) {
    threads.emplace_back([&] { score = similarity(*expected, engine().embed(photo).value()); });
  }
  for (auto& thread : threads) thread.join();
  for (const float score : scores) EXPECT_NEAR(score, 1, 1e-4);
}

}  // namespace
}  // namespace mq::vision
