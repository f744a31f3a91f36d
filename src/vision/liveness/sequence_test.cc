#include "vision/liveness/sequence.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <opencv2/imgproc.hpp>

#include "base/limits.h"
#include "vision/test_support.h"

namespace mq::vision {
namespace {

namespace fs = std::filesystem;

Bytes jpeg(int shade, int side = 64) {
  cv::Mat picture(side, side, CV_8UC3, cv::Scalar(shade, 128, 255 - shade));
  cv::circle(picture, {side / 2, side / 2}, side / 4, cv::Scalar(255, shade, 0), 3);
  return testing::encoded(picture);
}

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

void write(const fs::path& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()),
                                              static_cast<std::streamsize>(bytes.size()));
}

class Folder : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = fs::temp_directory_path() / ("sequence_test_" + std::to_string(::getpid()));
    fs::create_directories(path_);
  }
  void TearDown() override { fs::remove_all(path_); }
  fs::path path_;
};
using Sequence = Folder;

TEST(Mjpeg, JoinedPicturesComeApartAgain) {
  const Bytes a = jpeg(10), b = jpeg(200), c = jpeg(90);
  const Bytes stream = joined({a, b, c});
  const auto split = split_mjpeg(stream);
  ASSERT_TRUE(split.ok());
  ASSERT_EQ(split->size(), 3U);
  EXPECT_EQ(Bytes((*split)[1].begin(), (*split)[1].end()), b);
  EXPECT_EQ(Bytes((*split)[2].begin(), (*split)[2].end()), c);
}

TEST(Mjpeg, HostileStreamsAreErrors) {
  EXPECT_TRUE(split_mjpeg({}).error().is(SequenceErrc::no_frames));
  EXPECT_TRUE(split_mjpeg(to_bytes("not pictures")).error().is(SequenceErrc::malformed));
  const Bytes whole = jpeg(10);
  for (std::size_t cut = 1; cut < whole.size(); cut += 7) {
    EXPECT_FALSE(split_mjpeg(ByteView(whole).first(cut)).ok()) << cut;
  }
  EXPECT_FALSE(split_mjpeg(joined({whole, to_bytes("x")})).ok());
  EXPECT_FALSE(split_mjpeg(Bytes{0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x01, 0xFF, 0xD9}).ok());  // length 1
  EXPECT_FALSE(split_mjpeg(Bytes{0xFF, 0xD8, 0xFF, 0xD8, 0xFF, 0xD9}).ok());              // start in it
}

TEST(Mjpeg, TooManyFramesAreRefused) {
  const Bytes tiny = {0xFF, 0xD8, 0xFF, 0xD9};
  Bytes stream;
  for (int i = 0; i <= limits::kSequenceFrames; ++i) stream.insert(stream.end(), tiny.begin(), tiny.end());
  EXPECT_TRUE(split_mjpeg(stream).error().is(SequenceErrc::too_large));
}

TEST(Y4m, HeaderIsRead) {
  const auto header = parse_y4m_header(
      to_bytes("YUV4MPEG2 W64 H48 F30000:1001 Ip A1:1 C420mpeg2 XYSCSS=420\nrest"));
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->width, 64);
  EXPECT_EQ(header->height, 48);
  EXPECT_NEAR(header->frames_per_second, 29.97, 0.01);
  EXPECT_EQ(header->frame_bytes, 64U * 48 * 3 / 2);
}

TEST(Y4m, HostileHeadersAreErrors) {
  const auto code = [](std::string_view text) { return parse_y4m_header(as_bytes(text)).error().code(); };
  EXPECT_EQ(code(""), "sequence.malformed");
  EXPECT_EQ(code("RIFF"), "sequence.malformed");
  EXPECT_EQ(code("YUV4MPEG2 W64 H48 F25:1"), "sequence.malformed");  // no line end
  EXPECT_EQ(code("YUV4MPEG2 W64 H48\n"), "sequence.malformed");      // no rate
  EXPECT_EQ(code("YUV4MPEG2 W-4 H48 F25:1\n"), "sequence.malformed");
  EXPECT_EQ(code("YUV4MPEG2 W64x H48 F25:1\n"), "sequence.malformed");
  EXPECT_EQ(code("YUV4MPEG2 W64 H48 F25:0\n"), "sequence.malformed");
  EXPECT_EQ(code("YUV4MPEG2 W99999999999999999999 H48 F25:1\n"), "sequence.malformed");
  EXPECT_EQ(code("YUV4MPEG2 W2000000000 H2000000000 F25:1\n"), "sequence.too_large");
  EXPECT_EQ(code("YUV4MPEG2 W4096 H4096 F25:1\n"), "sequence.too_large");
  EXPECT_EQ(code("YUV4MPEG2 W63 H48 F25:1\n"), "sequence.unsupported");
  EXPECT_EQ(code("YUV4MPEG2 W64 H48 F25:1 C444\n"), "sequence.unsupported");
  EXPECT_EQ(code("YUV4MPEG2 W64 H48 F25:1 C420p10\n"), "sequence.unsupported");
  EXPECT_EQ(code("YUV4MPEG2 W64 H48 F25:1 It\n"), "sequence.unsupported");
  EXPECT_EQ(code("YUV4MPEG2 " + std::string(400, 'X') + "\n"), "sequence.malformed");
}

TEST(Y4m, FramesEndWhereTheyShould) {
  const auto header = parse_y4m_header(to_bytes("YUV4MPEG2 W2 H2 F25:1\n"));
  ASSERT_TRUE(header.ok());
  const Bytes rest = to_bytes("FRAME Ip\nabcdefFRAME\nABC");
  const auto first = parse_y4m_frame(*header, rest);
  ASSERT_TRUE(first.ok() && *first);
  EXPECT_EQ(as_text((*first)->pixels), "abcdef");
  const auto second = parse_y4m_frame(*header, ByteView(rest).subspan((*first)->bytes));
  EXPECT_TRUE(second.error().is(SequenceErrc::malformed));  // cut off
  EXPECT_FALSE(parse_y4m_frame(*header, {}).value());
  EXPECT_FALSE(parse_y4m_frame(*header, to_bytes("FRAMES\nabcdef")).ok());
}

TEST_F(Sequence, AFolderGoesByTheTimesInItsNames) {
  write(path_ / "000200.jpg", jpeg(2));
  write(path_ / "000005.jpg", jpeg(1));
  write(path_ / "1000.jpg", jpeg(3));
  write(path_ / "notes.txt", to_bytes("no picture"));
  const auto frames = read_sequence(path_.string(), 10);
  ASSERT_TRUE(frames.ok());
  ASSERT_EQ(frames->size(), 3U);
  EXPECT_EQ((*frames)[0].time_ms, 5);
  EXPECT_EQ((*frames)[1].time_ms, 200);
  EXPECT_EQ((*frames)[2].time_ms, 1000);
  EXPECT_EQ((*frames)[0].picture, jpeg(1));

  write(path_ / "named.jpg", jpeg(4));
  const auto named = read_sequence(path_.string(), 5);
  ASSERT_TRUE(named.ok());
  EXPECT_EQ(named->back().time_ms, 600);
}

TEST_F(Sequence, RawVideoBecomesJpegs) {
  cv::Mat picture(48, 64, CV_8UC3, cv::Scalar(40, 90, 200)), yuv;
  cv::cvtColor(picture, yuv, cv::COLOR_BGR2YUV_I420);
  const Bytes pixels(yuv.data, yuv.data + yuv.total());
  Bytes file = to_bytes("YUV4MPEG2 W64 H48 F10:1\n");
  for (int i = 0; i < 4; ++i) file = joined({file, to_bytes("FRAME\n"), pixels});
  write(path_ / "clip.y4m", file);
  const auto frames = read_sequence((path_ / "clip.y4m").string(), 25);
  ASSERT_TRUE(frames.ok());
  ASSERT_EQ(frames->size(), 4U);
  EXPECT_EQ(frames->back().time_ms, 300);
  const cv::Scalar colour = cv::mean(testing::pixels(frames->front().picture));
  EXPECT_NEAR(colour[0], 40, 4);
  EXPECT_NEAR(colour[1], 90, 4);
  EXPECT_NEAR(colour[2], 200, 4);
}

TEST_F(Sequence, WhatIsNoSequenceIsAnError) {
  EXPECT_TRUE(read_sequence((path_ / "none").string(), 10).error().is(SequenceErrc::unreadable));
  EXPECT_TRUE(read_sequence(path_.string(), 10).error().is(SequenceErrc::no_frames));
  write(path_ / "clip.avi", to_bytes("RIFF"));
  EXPECT_TRUE(read_sequence((path_ / "clip.avi").string(), 10).error().is(SequenceErrc::unsupported));
  write(path_ / "clip.mjpg", joined({jpeg(1), jpeg(2)}));
  const auto frames = read_sequence((path_ / "clip.mjpg").string(), 4);
  ASSERT_TRUE(frames.ok());
  EXPECT_EQ(frames->back().time_ms, 250);
  write(path_ / "0.jpg", jpeg(1));
  write(path_ / "99999999.jpg", jpeg(1));
  EXPECT_TRUE(read_sequence(path_.string(), 10).error().is(SequenceErrc::too_long));
}

}  // namespace
}  // namespace mq::vision
