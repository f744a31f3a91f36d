#include "vision/face/align.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mq::vision {
namespace {

FivePoints moved(const FivePoints& from, double scale, double degrees, double tx, double ty) {
  const double a = scale * std::cos(degrees * M_PI / 180);
  const double b = scale * std::sin(degrees * M_PI / 180);
  FivePoints out;
  for (std::size_t i = 0; i < from.size(); ++i) {
    out[i] = {static_cast<float>(a * from[i].x - b * from[i].y + tx),
              static_cast<float>(b * from[i].x + a * from[i].y + ty)};
  }
  return out;
}

// 68 landmarks whose five alignment points are the given ones.
std::array<Point, 68> landmarks_at(const FivePoints& points) {
  std::array<Point, 68> out{};
  for (int i = 36; i < 42; ++i) out[i] = points[0];
  for (int i = 42; i < 48; ++i) out[i] = points[1];
  out[30] = points[2];
  out[48] = points[3];
  out[54] = points[4];
  return out;
}

struct Transform {
  double scale, degrees, tx, ty;
};

class KnownTransform : public ::testing::TestWithParam<Transform> {};

TEST_P(KnownTransform, IsRecovered) {
  const auto [scale, degrees, tx, ty] = GetParam();
  const FivePoints from = moved(aligned_template(), scale, degrees, tx, ty);
  const auto fitted = fit_similarity(from, aligned_template());
  ASSERT_TRUE(fitted);
  EXPECT_NEAR(fitted->scale(), 1 / scale, 1e-4 / scale);
  EXPECT_NEAR(std::atan2(fitted->b, fitted->a) * 180 / M_PI, -degrees, 1e-2);
  for (std::size_t i = 0; i < from.size(); ++i) {
    const Point there = fitted->apply(from[i]);
    EXPECT_NEAR(there.x, aligned_template()[i].x, 1e-2);
    EXPECT_NEAR(there.y, aligned_template()[i].y, 1e-2);
    const Point back = fitted->apply_inverse(there);
    EXPECT_NEAR(back.x, from[i].x, 2e-2);
    EXPECT_NEAR(back.y, from[i].y, 2e-2);
  }
}

INSTANTIATE_TEST_SUITE_P(Align, KnownTransform,
                         ::testing::Values(Transform{1, 0, 0, 0}, Transform{3.5, 0, 20, -7},
                                           Transform{0.4, 30, 100, 50}, Transform{10, -45, 900, 700},
                                           Transform{2, 170, 0, 400}));

TEST(Align, FitIsTheLeastSquaresOne) {
  FivePoints from = moved(aligned_template(), 2, 10, 5, 5);
  from[2].x += 6;
  const auto error_of = [&](const Similarity& s) {
    double sum = 0;
    for (std::size_t i = 0; i < from.size(); ++i) {
      const Point p = s.apply(from[i]);
      sum += std::pow(p.x - aligned_template()[i].x, 2) + std::pow(p.y - aligned_template()[i].y, 2);
    }
    return sum;
  };
  const Similarity best = *fit_similarity(from, aligned_template());
  for (const double step : {-0.01, 0.01}) {
    for (double Similarity::*part : {&Similarity::a, &Similarity::b}) {
      Similarity other = best;
      other.*part += step;
      EXPECT_GT(error_of(other), error_of(best));
    }
    for (double Similarity::*part : {&Similarity::tx, &Similarity::ty}) {
      Similarity other = best;
      other.*part += 10 * step;
      EXPECT_GT(error_of(other), error_of(best));
    }
  }
}

TEST(Align, PointsThatFallTogetherHaveNoTransform) {
  FivePoints same;
  same.fill({50, 50});
  EXPECT_FALSE(fit_similarity(same, aligned_template()));
  EXPECT_TRUE(align_face(cv::Mat::zeros(100, 100, CV_8UC3), landmarks_at(same), Outside::black).empty());
}

// A white disc drawn around one landmark must appear at that landmark's place, at any size.
TEST(Align, MovesPixelsToTheTemplate) {
  for (const double scale : {0.7, 1.0, 4.0, 8.0}) {
    const FivePoints at = moved(aligned_template(), scale, 12, 40, 60);
    cv::Mat picture = cv::Mat::zeros(1200, 1200, CV_8UC3);
    cv::circle(picture, cv::Point(cvRound(at[2].x), cvRound(at[2].y)), cvRound(6 * scale),
               cv::Scalar::all(255), cv::FILLED);
    const cv::Mat aligned = align_face(picture, landmarks_at(at), Outside::black);
    ASSERT_EQ(aligned.size(), cv::Size(kAlignedSide, kAlignedSide));
    cv::Mat grey;
    cv::cvtColor(aligned, grey, cv::COLOR_BGR2GRAY);
    const cv::Moments m = cv::moments(grey);
    ASSERT_GT(m.m00, 0) << "scale " << scale;
    EXPECT_NEAR(m.m10 / m.m00, aligned_template()[2].x, 0.8) << "scale " << scale;
    EXPECT_NEAR(m.m01 / m.m00, aligned_template()[2].y, 0.8) << "scale " << scale;
  }
}

TEST(Align, OutsideIsBlackOrTheRepeatedEdge) {
  const cv::Mat white(60, 60, CV_8UC3, cv::Scalar::all(255));
  const auto marks = landmarks_at(moved(aligned_template(), 1, 0, -40, -40));
  EXPECT_LT(cv::mean(align_face(white, marks, Outside::black))[0], 200);
  EXPECT_NEAR(cv::mean(align_face(white, marks, Outside::repeated))[0], 255, 0.01);
}

TEST(Align, CropsBeyondThePictureAreBlackThere) {
  const cv::Mat white(40, 40, CV_8UC1, cv::Scalar(255));
  const cv::Mat crop = crop_square(white, 0, 0, 40, 20);
  EXPECT_EQ(crop.at<std::uint8_t>(2, 2), 0);
  EXPECT_EQ(crop.at<std::uint8_t>(17, 17), 255);
  const cv::Mat outside = crop_square(white, 500, 500, 10, 8);
  EXPECT_EQ(cv::countNonZero(outside), 0);
}

TEST(Align, InsideOfThePictureTheEdgeDoesNotMatter) {
  cv::Mat picture(300, 300, CV_8UC3);
  cv::theRNG().state = 7;
  cv::theRNG().fill(picture, cv::RNG::UNIFORM, 0, 255);
  const auto landmarks_at = [](float x, float y) {
    std::array<Point, 68> out{};
    const FivePoints& five = aligned_template();
    const auto put = [&](int first, int count, Point p) {
      for (int i = first; i < first + count; ++i) out[i] = {p.x + x, p.y + y};
    };
    put(36, 6, five[0]);
    put(42, 6, five[1]);
    put(30, 1, five[2]);
    put(48, 1, five[3]);
    put(54, 1, five[4]);
    return out;
  };
  const auto differ = [&](const std::array<Point, 68>& marks) {
    return cv::norm(align_face(picture, marks, Outside::black),
                    align_face(picture, marks, Outside::repeated), cv::NORM_L1) > 0;
  };
  const auto inside = landmarks_at(80, 80);
  EXPECT_TRUE(aligned_inside(picture.size(), inside));
  EXPECT_FALSE(differ(inside));
  for (const auto& outside : {landmarks_at(-20, 80), landmarks_at(80, 230)}) {
    EXPECT_FALSE(aligned_inside(picture.size(), outside));
    EXPECT_TRUE(differ(outside));
  }
  EXPECT_FALSE(aligned_inside(picture.size(), {}));
}

}  // namespace
}  // namespace mq::vision
