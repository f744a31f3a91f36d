#include "vision/liveness/sequence.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "base/check.h"
#include "base/limits.h"

namespace mq::vision {
namespace {

namespace fs = std::filesystem;
using Frames = std::vector<SequenceFrame>;

constexpr int kQuality = 95;  // what browsers use for a frame of a canvas

std::string ending_of(const fs::path& path) {
  std::string out = path.extension().string();
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

Result<Bytes> read_file(const fs::path& path, std::size_t most) {
  std::error_code failed;
  if (!fs::is_regular_file(path, failed)) return Error(SequenceErrc::unreadable, path.string());
  const auto size = fs::file_size(path, failed);
  if (failed) return Error(SequenceErrc::unreadable, path.string());
  if (size > most) return Error(SequenceErrc::too_large, path.string());
  std::ifstream in(path, std::ios::binary);
  Bytes out(size);
  in.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
  if (!in) return Error(SequenceErrc::unreadable, path.string());
  return out;
}

std::optional<std::int64_t> number_in(const fs::path& path) {
  const std::string name = path.stem().string();
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), out);
  if (error != std::errc() || end != name.data() + name.size() || out < 0) return std::nullopt;
  return out;
}

Result<Frames> read_folder(const fs::path& folder, double frames_per_second) {
  std::vector<fs::path> pictures;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    const std::string ending = ending_of(entry.path());
    if (ending != ".jpg" && ending != ".jpeg" && ending != ".png" && ending != ".webp") continue;
    if (pictures.size() >= limits::kSequenceFrames) return Error(SequenceErrc::too_large, folder.string());
    pictures.push_back(entry.path());
  }
  if (failed) return Error(SequenceErrc::unreadable, folder.string());
  const bool timed = std::all_of(pictures.begin(), pictures.end(),
                                 [](const fs::path& p) { return number_in(p).has_value(); });
  std::sort(pictures.begin(), pictures.end(), [&](const fs::path& a, const fs::path& b) {
    return timed ? *number_in(a) < *number_in(b) : a < b;
  });
  Frames out;
  std::size_t total = 0;
  for (const fs::path& picture : pictures) {
    MQ_TRY(Bytes bytes, read_file(picture, limits::kSequenceFrameBytes));
    total += bytes.size();
    if (total > limits::kSequenceBytes) return Error(SequenceErrc::too_large, folder.string());
    const double at = 1000 * static_cast<double>(out.size()) / frames_per_second;
    out.push_back({timed ? *number_in(picture) : std::llround(at), std::move(bytes)});
  }
  return out;
}

Result<Frames> read_mjpeg(const fs::path& path, double frames_per_second) {
  MQ_TRY(const Bytes stream, read_file(path, limits::kSequenceBytes));
  MQ_TRY(const auto pictures, split_mjpeg(stream));
  Frames out;
  for (const ByteView p : pictures) {
    const double at = 1000 * static_cast<double>(out.size()) / frames_per_second;
    out.push_back({std::llround(at), Bytes(p.begin(), p.end())});
  }
  return out;
}

// Frames that come faster than a browser grabs them are left out.
Result<Frames> read_y4m(const fs::path& path) {
  constexpr double kMostPerSecond = 15;
  MQ_TRY(const Bytes file, read_file(path, limits::kSequenceBytes));
  MQ_TRY(const Y4mHeader header, parse_y4m_header(file));
  const auto every =
      static_cast<std::size_t>(std::max(1.0, std::ceil(header.frames_per_second / kMostPerSecond)));
  ByteView rest = ByteView(file).subspan(header.bytes);
  Frames out;
  for (std::size_t number = 0;; ++number) {
    MQ_TRY(const auto frame, parse_y4m_frame(header, rest));
    if (!frame) return out;
    rest = rest.subspan(frame->bytes);
    if (number % every != 0) continue;
    if (out.size() >= limits::kSequenceFrames) return Error(SequenceErrc::too_large, path.string());
    const cv::Mat yuv(header.height * 3 / 2, header.width, CV_8U,
                      const_cast<std::uint8_t*>(frame->pixels.data()));
    cv::Mat bgr;
    cv::cvtColor(yuv, bgr, cv::COLOR_YUV2BGR_I420);
    Bytes jpeg;
    MQ_CHECK(cv::imencode(".jpg", bgr, jpeg, {cv::IMWRITE_JPEG_QUALITY, kQuality}));
    const double at = 1000 * static_cast<double>(number) / header.frames_per_second;
    out.push_back({std::llround(at), std::move(jpeg)});
  }
}

Result<Frames> read_any(const fs::path& path, double frames_per_second) {
  std::error_code failed;
  if (fs::is_directory(path, failed)) return read_folder(path, frames_per_second);
  const std::string ending = ending_of(path);
  if (ending == ".mjpeg" || ending == ".mjpg") return read_mjpeg(path, frames_per_second);
  if (ending == ".y4m") return read_y4m(path);
  const bool there = fs::exists(path, failed);
  return Error(there ? SequenceErrc::unsupported : SequenceErrc::unreadable, path.string());
}

}  // namespace

Result<Frames> read_sequence(const std::string& path, double frames_per_second) {
  MQ_CHECK(frames_per_second > 0);
  MQ_TRY(Frames out, read_any(path, frames_per_second));
  if (out.empty()) return Error(SequenceErrc::no_frames, path);
  if (out.back().time_ms - out.front().time_ms > limits::kSequenceMs) {
    return Error(SequenceErrc::too_long, path);
  }
  return out;
}

}  // namespace mq::vision
