#include "vision/liveness/relief.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "vision/liveness/facts.h"
#include "vision/liveness/head_model.h"
#include "vision/test_support.h"

namespace mq::vision {
namespace {

using testing::cut_face;
using testing::demo_photo;
using testing::engine;
using testing::pixels;

// A demo face that looks into the camera, in a picture of its own.
struct Portrait {
  cv::Mat picture;
  Landmarks marks{};
};
const Portrait& portrait() {
  static const Portrait out = [] {
    const Bytes photo = demo_photo(3);
    const auto analysis = engine().analyze(photo);
    MQ_CHECK(analysis.ok() && !analysis->faces.empty());
    Portrait found;
    cv::resize(cut_face(pixels(photo), analysis->faces.front(), 0.8F), found.picture, {480, 520});
    const auto again = engine().analyze(testing::encoded(found.picture, ".png"));
    MQ_CHECK(again.ok() && !again->faces.empty());
    found.marks = again->faces.front().landmarks;
    return found;
  }();
  return out;
}

// The true landmarks are moved along with the pixels, so nothing here depends on the networks.
Relief compare(const cv::Mat& changed, const Landmarks& marks) {
  cv::Mat before, after;
  cv::cvtColor(portrait().picture, before, cv::COLOR_BGR2GRAY);
  cv::cvtColor(changed, after, cv::COLOR_BGR2GRAY);
  const ReliefReference reference(face_patch(before, portrait().marks), portrait().marks);
  return reference.compare(face_patch(after, marks), marks);
}

struct Warped {
  cv::Mat picture;
  Landmarks marks{};
};

// The photo as a sheet, bent and turned in front of a camera.
Warped sheet(double curvature, double axis, const Rotation& by) {
  const cv::Mat& from = portrait().picture;
  const Mesh mesh = sheet_mesh({0, 0, 479, 519}, 24, 26);
  const double distance = 500;
  const auto place = [&](double x, double y) {
    Place p = rotated(bent({x - 240, y - 260, 0}, curvature, axis), by);
    const double nearer = distance / (distance - p.z);
    return cv::Point2f(static_cast<float>(p.x * nearer + 240), static_cast<float>(p.y * nearer + 260));
  };
  Placement placement;
  for (const auto& p : mesh.from) placement.to.push_back(place(p.x, p.y));
  placement.depth.assign(mesh.from.size(), 0);
  Warped out;
  out.picture = render(from, mesh, placement, cv::Mat(from.size(), from.type(), cv::Scalar(90, 90, 90)));
  for (std::size_t i = 0; i < out.marks.size(); ++i) {
    const cv::Point2f p = place(portrait().marks[i].x, portrait().marks[i].y);
    out.marks[i] = {p.x, p.y};
  }
  return out;
}

TEST(Relief, TheSamePictureHasNone) {
  const Relief same = compare(portrait().picture, portrait().marks);
  EXPECT_GT(same.match, 0.999);
  EXPECT_NEAR(same.nose_x, 0, 1e-3);
  EXPECT_NEAR(same.nose_y, 0, 1e-3);
  EXPECT_NEAR(same.narrow, 1, 0.01);
}

TEST(Relief, ASheetHasNoneHoweverItIsHeld) {
  for (const double yaw : {-40.0, -20.0, 20.0, 40.0}) {
    for (const double curvature : {0.0, 1 / 200.0}) {
      const Warped w = sheet(curvature, 0, {.yaw = yaw, .pitch = 5, .roll = 8});
      const Relief relief = compare(w.picture, w.marks);
      EXPECT_GT(relief.match, 0.9) << yaw << " " << curvature;
      EXPECT_LT(std::abs(relief.nose_x), 0.025) << yaw << " " << curvature;
    }
  }
  const Warped nod = sheet(1 / 250.0, 90, {.pitch = -30});
  EXPECT_LT(std::abs(compare(nod.picture, nod.marks).nose_y), 0.03);
}

TEST(Relief, ATiltedSheetIsNarrow) {
  const Warped w = sheet(0, 0, {.yaw = 50});
  const Relief relief = compare(w.picture, w.marks);
  EXPECT_LT(relief.narrow, 0.75);
  EXPECT_GT(relief.low, 0.99);
}

TEST(Relief, TheNoseOfATurningHeadStandsOut) {
  const HeadModel head(portrait().picture, portrait().marks);
  const auto nose_at = [&](const Rotation& turn) {
    const cv::Mat shown = head.show({turn, 0, 0});
    const auto analysis = engine().analyze(testing::encoded(shown));
    MQ_CHECK(analysis.ok() && !analysis->faces.empty());
    return compare(shown, analysis->faces.front().landmarks);
  };
  EXPECT_GT(nose_at({.yaw = 25}).nose_x, 0.06);   // towards the picture's right, the person's left
  EXPECT_LT(nose_at({.yaw = -25}).nose_x, -0.06);
  EXPECT_GT(nose_at({.pitch = -22}).nose_y, 0.04);  // chin down
}

TEST(Relief, AnOpenedMouthChangesTheMouthOnly) {
  const HeadModel head(portrait().picture, portrait().marks);
  const Relief relief = compare(head.show({{}, 1, 0}), portrait().marks);
  EXPECT_LT(relief.mouth, relief.rest - 0.15);
  EXPECT_GT(relief.rest, 0.8);
  EXPECT_LT(std::abs(relief.nose_x), 0.03);
}

TEST(Relief, APatchOfNothingMatchesNothing) {
  const ReliefReference reference(Patch{}, portrait().marks);
  const Relief relief = reference.compare(Patch{}, portrait().marks);
  EXPECT_EQ(relief.match, 0);
  Landmarks degenerate{};
  cv::Mat grey(60, 60, CV_8U, cv::Scalar(3));
  EXPECT_EQ(ReliefReference(face_patch(grey, degenerate), degenerate).compare(Patch{}, degenerate).match, 0);
}

}  // namespace
}  // namespace mq::vision
