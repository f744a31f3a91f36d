#include "vision/picture/decode.h"

#include <gtest/gtest.h>

#include "vision/test_support.h"

namespace mq::vision {
namespace {

using testing::encoded;

cv::Mat gradient(int width, int height) {
  cv::Mat out(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      out.at<cv::Vec3b>(y, x) = cv::Vec3b(static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y),
                                          static_cast<std::uint8_t>(x + y));
    }
  }
  return out;
}

std::string code_of(ByteView image) {
  const auto picture = decode(image);
  return picture.ok() ? "ok" : picture.error().code();
}

void put_big(Bytes& bytes, std::size_t at, std::uint32_t value, int size) {
  for (int i = 0; i < size; ++i) {
    bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * (size - 1 - i)));
  }
}

std::size_t frame_header(const Bytes& jpeg) {
  for (std::size_t i = 0; i + 9 < jpeg.size(); ++i) {
    if (jpeg[i] == 0xFF && (jpeg[i + 1] == 0xC0 || jpeg[i + 1] == 0xC2)) return i;
  }
  ADD_FAILURE() << "no frame header";
  return 0;
}

TEST(Decode, ReadsTheThreeFormats) {
  for (const char* extension : {".jpg", ".png", ".webp"}) {
    const auto picture = decode(encoded(gradient(200, 120), extension));
    ASSERT_TRUE(picture.ok()) << extension;
    EXPECT_EQ(picture->width, 200);
    EXPECT_EQ(picture->height, 120);
    EXPECT_EQ(picture->bgr.type(), CV_8UC3);
    EXPECT_FLOAT_EQ(picture->scale, 1);
  }
}

TEST(Decode, LosslessWebpAndGreyPngAndAlphaComeOutAsThreeChannels) {
  EXPECT_EQ(code_of(encoded(gradient(64, 64), ".webp", {cv::IMWRITE_WEBP_QUALITY, 101})), "ok");
  const auto grey = decode(encoded(cv::Mat(64, 64, CV_8UC1, cv::Scalar(90)), ".png"));
  ASSERT_TRUE(grey.ok());
  EXPECT_EQ(grey->bgr.channels(), 3);
  const auto deep = decode(encoded(cv::Mat(64, 64, CV_16UC4, cv::Scalar::all(9000)), ".png"));
  ASSERT_TRUE(deep.ok());
  EXPECT_EQ(deep->bgr.type(), CV_8UC3);
}

TEST(Decode, RefusesWhatIsNoPicture) {
  using namespace std::string_view_literals;
  for (const auto text : {""sv, "\xFF"sv, "\xFF\xD8\xFF"sv, "hello, world"sv, "\x89PNG\r\n\x1A\n"sv,
                          "RIFF\0\0\0\0WEBP"sv, "%PDF-1.7"sv}) {
    EXPECT_EQ(code_of(as_bytes(text)), "vision.not_an_image") << text;
  }
}

TEST(Decode, NamesKindsThatAreNotAccepted) {
  using namespace std::string_view_literals;
  for (const auto text : {"GIF89a\1\0\1\0"sv, "BM\0\0\0\0"sv, "II*\0\x08\0\0\0"sv, "MM\0*\0\0\0\x08"sv,
                          "\0\0\0\x18" "ftypheic\0\0\0\0"sv}) {
    EXPECT_EQ(code_of(as_bytes(text)), "vision.unsupported_format");
  }
  Bytes animated = to_bytes("RIFF\x40\0\0\0WEBPVP8X\x0A\0\0\0\x02\0\0\0\x3F\0\0\x3F\0\0"sv);
  animated.resize(64);
  EXPECT_EQ(code_of(animated), "vision.unsupported_format");
  Bytes png = encoded(gradient(64, 64), ".png");
  const auto control = "\0\0\0\x08" "acTL\0\0\0\x02\0\0\0\0CRC."sv;
  png.insert(png.begin() + 33, control.begin(), control.end());
  EXPECT_EQ(code_of(png), "vision.unsupported_format");
  png[33] = 0x7F;  // its length leads out of the file
  png[37] = 'b';
  EXPECT_EQ(code_of(png), "vision.not_an_image");
}

TEST(Decode, RefusesTooManyPixelsByTheHeaderAlone) {
  Bytes png = encoded(gradient(64, 64), ".png");
  put_big(png, 16, 20'000, 4);
  put_big(png, 20, 20'000, 4);
  EXPECT_EQ(code_of(png), "vision.too_many_pixels");

  Bytes jpeg = encoded(gradient(64, 64));
  put_big(jpeg, frame_header(jpeg) + 5, 0xFFFF, 2);
  put_big(jpeg, frame_header(jpeg) + 7, 0xFFFF, 2);
  EXPECT_EQ(code_of(jpeg), "vision.too_many_pixels");

  using namespace std::string_view_literals;
  Bytes webp = to_bytes("RIFF\x40\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0\xFF\xFF\0\xFF\xFF\0"sv);
  webp.resize(64);
  EXPECT_EQ(code_of(webp), "vision.too_many_pixels");
}

TEST(Decode, RefusesTooSmallAndTooManyBytes) {
  EXPECT_EQ(code_of(encoded(gradient(31, 400), ".png")), "vision.image_too_small");
  EXPECT_EQ(code_of(Bytes(limits::kHttpPhotoBodyBytes + 1, 0xFF)), "vision.too_many_bytes");
}

TEST(Decode, RefusesCutOffFilesAtEveryTenth) {
  for (const char* extension : {".jpg", ".png", ".webp"}) {
    const Bytes whole = encoded(gradient(160, 120), extension);
    for (int tenth = 0; tenth < 10; ++tenth) {
      const ByteView part(whole.data(), whole.size() * tenth / 10);
      EXPECT_EQ(code_of(part), "vision.not_an_image") << extension << " " << tenth;
    }
  }
}

TEST(Decode, FlippedBytesNeverDoMoreThanRefuse) {
  for (const char* extension : {".jpg", ".png", ".webp"}) {
    const Bytes whole = encoded(gradient(80, 60), extension);
    for (std::size_t i = 0; i < whole.size(); i += 1 + whole.size() / 200) {
      Bytes broken = whole;
      broken[i] ^= 0xFF;
      const auto picture = decode(broken);
      if (!picture.ok()) continue;
      EXPECT_LE(std::int64_t{picture->width} * picture->height, limits::kImagePixels);
      EXPECT_FALSE(picture->bgr.empty());
    }
  }
}

TEST(Decode, IgnoresWhatFollowsAJpeg) {
  Bytes jpeg = encoded(gradient(80, 60));
  const std::size_t size = jpeg.size();
  jpeg.resize(size + 5000, 0xAB);
  const auto header = read_header(jpeg);
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->end, size);
  EXPECT_EQ(code_of(jpeg), "ok");
}

TEST(Decode, LargePicturesAreReducedAndKeepTheirSize) {
  const auto picture = decode(encoded(gradient(3300, 1000)));
  ASSERT_TRUE(picture.ok());
  EXPECT_EQ(picture->bgr.cols, 1650);
  EXPECT_EQ(picture->width, 3300);
  EXPECT_EQ(picture->height, 1000);
  EXPECT_NEAR(picture->scale, 2, 1e-3);
}

// The same pixels with an EXIF block that says "turn a quarter to the right".
TEST(Decode, HonoursExifOrientation) {
  using namespace std::string_view_literals;
  const Bytes plain = encoded(gradient(200, 100));
  const Bytes exif = to_bytes(
      "\xFF\xE1\0\x22"
      "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"sv);
  Bytes turned(plain.begin(), plain.begin() + 2);
  turned.insert(turned.end(), exif.begin(), exif.end());
  turned.insert(turned.end(), plain.begin() + 2, plain.end());
  const auto picture = decode(turned);
  ASSERT_TRUE(picture.ok());
  EXPECT_EQ(picture->width, 100);
  EXPECT_EQ(picture->height, 200);
  EXPECT_EQ(picture->bgr.cols, 100);
}

}  // namespace
}  // namespace mq::vision
