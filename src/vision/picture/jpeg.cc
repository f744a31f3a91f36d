#include "vision/picture/jpeg.h"

#include <turbojpeg.h>

#include <cstring>
#include <memory>

namespace mq::vision {
namespace {

struct Destroy {
  void operator()(void* handle) const { tjDestroy(handle); }
};

// A TIFF file within the segment; every read is checked against its end.
class Tiff {
 public:
  explicit Tiff(ByteView in) : in_(in), big_(in.size() >= 2 && in[0] == 'M') {}

  std::uint32_t get(std::size_t at, std::size_t bytes) const {
    if (at > in_.size() || in_.size() - at < bytes) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
      const std::size_t shift = big_ ? bytes - 1 - i : i;
      value |= static_cast<std::uint32_t>(in_[at + i]) << (8 * shift);
    }
    return value;
  }

 private:
  ByteView in_;
  bool big_;
};

}  // namespace

cv::Mat decode_jpeg(ByteView image, int by) {
  const std::unique_ptr<void, Destroy> handle(tjInitDecompress());
  int width = 0, height = 0, sampling = 0, colours = 0;
  if (!handle || tjDecompressHeader3(handle.get(), image.data(), image.size(), &width, &height,
                                     &sampling, &colours) != 0) {
    return {};
  }
  if (colours == TJCS_CMYK || colours == TJCS_YCCK) return {};
  cv::Mat out((height + by - 1) / by, (width + by - 1) / by, CV_8UC3, cv::Scalar::all(0));
  const int status = tjDecompress2(handle.get(), image.data(), image.size(), out.data, out.cols,
                                   static_cast<int>(out.step), out.rows, TJPF_BGR, 0);
  // Warnings are about single wrong bits, which every camera roll has.
  if (status != 0 && tjGetErrorCode(handle.get()) == TJERR_FATAL) return {};
  return out;
}

int exif_orientation(ByteView payload) {
  constexpr std::size_t kPrefix = 6;
  if (payload.size() < kPrefix || std::memcmp(payload.data(), "Exif\0\0", kPrefix) != 0) return 1;
  const Tiff tiff(payload.subspan(kPrefix));
  constexpr std::uint32_t kOrientation = 274;
  const std::size_t directory = tiff.get(4, 4);
  const std::uint32_t entries = tiff.get(directory, 2);
  for (std::uint32_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + std::size_t{12} * i;
    if (tiff.get(entry, 2) != kOrientation) continue;
    const std::uint32_t value = tiff.get(entry + 8, 2);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

cv::Mat oriented(const cv::Mat& stored, int orientation) {
  cv::Mat out = stored;
  if (orientation >= 5) cv::transpose(stored, out);
  // What is left to mirror after the transposition: across (1), down (0), both (-1).
  switch (orientation) {
    case 2:
    case 6: cv::flip(out, out, 1); break;
    case 4:
    case 8: cv::flip(out, out, 0); break;
    case 3:
    case 7: cv::flip(out, out, -1); break;
    default: break;
  }
  return out;
}

}  // namespace mq::vision
