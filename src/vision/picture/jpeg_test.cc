#include "vision/picture/jpeg.h"

#include <gtest/gtest.h>

#include "vision/picture/decode.h"
#include "vision/test_support.h"

namespace mq::vision {
namespace {

// A segment with one directory entry, the orientation.
Bytes exif(int orientation, bool big) {
  Bytes out = to_bytes(std::string("Exif\0\0", 6) + (big ? std::string("MM\0\x2A\0\0\0\x08", 8)
                                                         : std::string("II\x2A\0\x08\0\0\0", 8)));
  const auto put = [&](std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
      out.push_back(static_cast<std::uint8_t>(value >> (8 * (big ? bytes - 1 - i : i))));
    }
  };
  put(1, 2);
  put(274, 2);
  put(3, 2);
  put(1, 4);
  put(orientation, 2);
  put(0, 2);
  put(0, 4);
  return out;
}

TEST(Jpeg, ReadsTheOrientationOfBothByteOrders) {
  for (int value = 1; value <= 8; ++value) {
    EXPECT_EQ(exif_orientation(exif(value, true)), value);
    EXPECT_EQ(exif_orientation(exif(value, false)), value);
  }
  EXPECT_EQ(exif_orientation(exif(0, true)), 1);
  EXPECT_EQ(exif_orientation(exif(9, false)), 1);
}

TEST(Jpeg, ABrokenSegmentMeansUpright) {
  const Bytes whole = exif(6, false);
  for (std::size_t size = 0; size + 8 < whole.size(); ++size) {
    EXPECT_EQ(exif_orientation(ByteView(whole).first(size)), 1) << size;
  }
  Bytes far = whole;
  far[10] = far[11] = far[12] = far[13] = 0xFF;  // the directory's place
  EXPECT_EQ(exif_orientation(far), 1);
}

// Pixels 0 1 2 / 3 4 5 in every orientation come out as the picture they stand for.
TEST(Jpeg, OrientsAsTiffSays) {
  const cv::Mat upright = (cv::Mat_<std::uint8_t>(2, 3) << 0, 1, 2, 3, 4, 5);
  const cv::Mat stored[] = {
      upright,
      (cv::Mat_<std::uint8_t>(2, 3) << 2, 1, 0, 5, 4, 3),
      (cv::Mat_<std::uint8_t>(2, 3) << 5, 4, 3, 2, 1, 0),
      (cv::Mat_<std::uint8_t>(2, 3) << 3, 4, 5, 0, 1, 2),
      (cv::Mat_<std::uint8_t>(3, 2) << 0, 3, 1, 4, 2, 5),
      (cv::Mat_<std::uint8_t>(3, 2) << 2, 5, 1, 4, 0, 3),
      (cv::Mat_<std::uint8_t>(3, 2) << 5, 2, 4, 1, 3, 0),
      (cv::Mat_<std::uint8_t>(3, 2) << 3, 0, 4, 1, 5, 2),
  };
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const cv::Mat out = oriented(stored[orientation - 1], orientation);
    ASSERT_EQ(out.size(), upright.size()) << orientation;
    EXPECT_EQ(cv::countNonZero(out != upright), 0) << orientation;
  }
}

TEST(Jpeg, DecodesAsOpenCvDoes) {
  const Bytes photo = testing::demo_photo(1);
  const cv::Mat ours = decode_jpeg(photo, 1);
  const cv::Mat theirs = testing::pixels(photo);
  ASSERT_EQ(ours.size(), theirs.size());
  EXPECT_LT(cv::norm(ours, theirs, cv::NORM_L1) / static_cast<double>(ours.total() * 3), 0.5);
  const cv::Mat half = decode_jpeg(photo, 2);
  EXPECT_EQ(half.cols, (ours.cols + 1) / 2);
  EXPECT_EQ(half.rows, (ours.rows + 1) / 2);
}

TEST(Jpeg, RefusesWhatIsNone) {
  EXPECT_TRUE(decode_jpeg(to_bytes("nothing of the kind"), 1).empty());
  EXPECT_TRUE(decode_jpeg({}, 1).empty());
}

TEST(Jpeg, GreyJpegsComeOutAsThreeChannels) {
  const Bytes grey = testing::encoded(cv::Mat(64, 48, CV_8U, cv::Scalar(77)));
  const auto picture = decode(grey);
  ASSERT_TRUE(picture.ok());
  EXPECT_EQ(picture->bgr.type(), CV_8UC3);
  EXPECT_NEAR(cv::mean(picture->bgr)[1], 77, 1);
}

}  // namespace
}  // namespace mq::vision
