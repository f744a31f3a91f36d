#include "vision/picture/decode.h"

#include <algorithm>
#include <cstring>
#include <opencv2/imgcodecs.hpp>

#include "base/limits.h"
#include "vision/picture/jpeg.h"

namespace mq::vision {
namespace {

bool has_at(ByteView in, std::size_t at, std::string_view text) {
  return in.size() >= at + text.size() && std::memcmp(in.data() + at, text.data(), text.size()) == 0;
}

std::uint32_t big(ByteView in, std::size_t at, int bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < bytes; ++i) value = value << 8 | in[at + i];
  return value;
}

std::uint32_t little(ByteView in, std::size_t at, int bytes) {
  std::uint32_t value = 0;
  for (int i = bytes - 1; i >= 0; --i) value = value << 8 | in[at + i];
  return value;
}

Error broken(std::string_view what) { return {VisionErrc::not_an_image, std::string(what)}; }

bool is_frame_header(std::uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

// Position of the next marker byte (after its 0xFF) at or after `at` in entropy-coded data, or the size.
std::size_t next_marker(ByteView in, std::size_t at) {
  while (at + 1 < in.size()) {
    const auto* found = static_cast<const std::uint8_t*>(
        std::memchr(in.data() + at, 0xFF, in.size() - at - 1));
    if (found == nullptr) return in.size();
    at = static_cast<std::size_t>(found - in.data()) + 1;
    const std::uint8_t marker = in[at];
    const bool data = marker == 0 || marker == 0xFF || (marker >= 0xD0 && marker <= 0xD7);
    if (!data) return at;
  }
  return in.size();
}

// Walks all segments and scans up to the end marker.
Result<Header> read_jpeg(ByteView in) {
  Header out{.format = Format::jpeg};
  std::size_t at = 2;
  while (true) {
    if (at + 1 >= in.size() || in[at] != 0xFF) return broken("a JPEG segment is broken");
    while (at < in.size() && in[at] == 0xFF) ++at;
    if (at >= in.size()) return broken("the JPEG is cut off");
    const std::uint8_t marker = in[at++];
    if (marker == 0xD9) break;
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) continue;
    if (at + 2 > in.size()) return broken("the JPEG is cut off");
    const std::size_t length = big(in, at, 2);
    if (length < 2 || at + length > in.size()) return broken("the JPEG is cut off");
    if (is_frame_header(marker)) {
      if (length < 8 || out.width != 0) return broken("a JPEG frame header is broken");
      out.height = static_cast<int>(big(in, at + 3, 2));
      out.width = static_cast<int>(big(in, at + 5, 2));
      if (out.width == 0 || out.height == 0) return broken("a JPEG frame header is broken");
    }
    constexpr std::uint8_t kApp1 = 0xE1;
    if (marker == kApp1 && out.orientation == 1) {
      out.orientation = exif_orientation(in.subspan(at + 2, length - 2));
    }
    at += length;
    if (marker == 0xDA) {
      const auto marker_at = next_marker(in, at);
      if (marker_at >= in.size()) return broken("the JPEG is cut off");
      at = marker_at - 1;
    }
  }
  if (out.width == 0) return broken("the JPEG has no frame header");
  out.end = at;
  return out;
}

Result<Header> read_png(ByteView in) {
  if (in.size() < 33 || !has_at(in, 12, "IHDR")) return broken("the PNG header is broken");
  const std::uint32_t width = big(in, 16, 4);
  const std::uint32_t height = big(in, 20, 4);
  constexpr std::uint32_t kMost = 1 << 30;
  if (width == 0 || height == 0 || width > kMost || height > kMost) {
    return broken("the PNG header is broken");
  }
  // An animation says so before its first picture; the decoder would show that one only.
  for (std::size_t at = 33; at + 12 <= in.size() && !has_at(in, at + 4, "IDAT");) {
    if (has_at(in, at + 4, "acTL")) return Error(VisionErrc::unsupported_format, "animated PNG");
    const std::size_t length = big(in, at, 4);
    if (length > in.size() - at - 12) return broken("a PNG chunk is cut off");
    at += length + 12;
  }
  return Header{.format = Format::png,
                .width = static_cast<int>(width),
                .height = static_cast<int>(height),
                .end = in.size()};
}

Result<Header> read_webp(ByteView in) {
  if (in.size() < 30) return broken("the WebP header is cut off");
  Header out{.format = Format::webp, .end = in.size()};
  if (has_at(in, 12, "VP8X")) {
    constexpr std::uint8_t kAnimation = 0x02;
    if ((in[20] & kAnimation) != 0) return Error(VisionErrc::unsupported_format, "animated WebP");
    out.width = static_cast<int>(little(in, 24, 3)) + 1;
    out.height = static_cast<int>(little(in, 27, 3)) + 1;
  } else if (has_at(in, 12, "VP8L") && in[20] == 0x2F) {
    const std::uint32_t bits = little(in, 21, 4);
    out.width = static_cast<int>(bits & 0x3FFF) + 1;
    out.height = static_cast<int>(bits >> 14 & 0x3FFF) + 1;
  } else if (has_at(in, 12, "VP8 ") && has_at(in, 23, "\x9D\x01\x2A")) {
    out.width = static_cast<int>(little(in, 26, 2) & 0x3FFF);
    out.height = static_cast<int>(little(in, 28, 2) & 0x3FFF);
  }
  if (out.width == 0 || out.height == 0) return broken("the WebP header is broken");
  return out;
}

bool is_other_picture(ByteView in) {
  using namespace std::string_view_literals;
  for (const auto magic : {"GIF8"sv, "BM"sv, "II*\0"sv, "MM\0*"sv, "8BPS"sv, "\xFF\x0A"sv,
                           "\0\0\0\x0CJXL "sv, "\0\0\0\x0CjP  "sv, "<svg"sv}) {
    if (has_at(in, 0, magic)) return true;
  }
  return has_at(in, 4, "ftyp");  // HEIC, AVIF and films
}

int reduction(int long_side) {
  for (const int by : {8, 4, 2}) {
    if (long_side / by >= kWorkingSide) return by;
  }
  return 1;
}

// The decoder of OpenCV, which brings pictures upright by itself unless told not to.
cv::Mat decode_any(ByteView in, int by, int more_flags) {
  const int flags = by == 8   ? cv::IMREAD_REDUCED_COLOR_8
                    : by == 4 ? cv::IMREAD_REDUCED_COLOR_4
                    : by == 2 ? cv::IMREAD_REDUCED_COLOR_2
                              : cv::IMREAD_COLOR;
  const cv::Mat raw(1, static_cast<int>(in.size()), CV_8U, const_cast<std::uint8_t*>(in.data()));
  try {
    return cv::imdecode(raw, flags | more_flags);
  } catch (const cv::Exception&) {
    return {};
  }
}

cv::Mat decode_pixels(ByteView in, const Header& header, int by) {
  if (header.format != Format::jpeg) return decode_any(in, by, 0);
  cv::Mat stored = decode_jpeg(in, by);
  if (stored.empty()) stored = decode_any(in, by, cv::IMREAD_IGNORE_ORIENTATION);
  return stored.empty() ? stored : oriented(stored, header.orientation);
}

}  // namespace

Result<Header> read_header(ByteView image) {
  using namespace std::string_view_literals;
  if (has_at(image, 0, "\xFF\xD8\xFF"sv)) return read_jpeg(image);
  if (has_at(image, 0, "\x89PNG\r\n\x1A\n"sv)) return read_png(image);
  if (has_at(image, 0, "RIFF"sv) && has_at(image, 8, "WEBP"sv)) return read_webp(image);
  if (is_other_picture(image)) return Error(VisionErrc::unsupported_format, "JPEG, PNG or WebP is wanted");
  return broken("JPEG, PNG or WebP is wanted");
}

Result<Picture> decode(ByteView image) {
  if (image.size() > limits::kHttpPhotoBodyBytes) return VisionErrc::too_many_bytes;
  MQ_TRY(const Header header, read_header(image));
  const auto [shorter, longer] = std::minmax(header.width, header.height);
  if (std::int64_t{header.width} * header.height > limits::kImagePixels) {
    return Error(VisionErrc::too_many_pixels,
                 std::to_string(header.width) + "x" + std::to_string(header.height));
  }
  if (shorter < limits::kImageMinSide) return VisionErrc::image_too_small;

  Picture out;
  out.bgr = decode_pixels(image.first(header.end), header, reduction(longer));
  if (out.bgr.empty()) return broken("the decoder refused it");
  const auto [least, most] = std::minmax(out.bgr.cols, out.bgr.rows);
  out.scale = static_cast<float>(longer) / static_cast<float>(most);
  const bool turned = (header.width > header.height) != (out.bgr.cols > out.bgr.rows) && least != most;
  out.width = turned ? header.height : header.width;
  out.height = turned ? header.width : header.height;
  return out;
}

}  // namespace mq::vision
