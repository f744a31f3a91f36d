// From bytes to frames. Pure: this is what the fuzzer runs.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/limits.h"
#include "vision/liveness/sequence.h"

namespace mq::vision {
namespace {

constexpr std::uint8_t kMark = 0xFF, kStart = 0xD8, kEnd = 0xD9, kScan = 0xDA;

// One JPEG from `at`; the position behind it, or nothing when it is cut off or not one.
std::optional<std::size_t> end_of_jpeg(ByteView s, std::size_t at) {
  if (s.size() - at < 4 || s[at] != kMark || s[at + 1] != kStart) return std::nullopt;
  at += 2;
  while (at + 1 < s.size()) {
    if (s[at] != kMark) return std::nullopt;
    const std::uint8_t kind = s[at + 1];
    if (kind == kMark) {  // a fill byte
      ++at;
      continue;
    }
    at += 2;
    if (kind == kEnd) return at;
    if (kind == 0 || kind == 1 || (kind >= 0xD0 && kind <= kStart)) return std::nullopt;
    if (s.size() - at < 2) return std::nullopt;
    const std::size_t length = static_cast<std::size_t>(s[at]) << 8 | s[at + 1];
    if (length < 2 || length > s.size() - at) return std::nullopt;
    at += length;
    if (kind != kScan) continue;
    // Coded data: a mark byte is stuffed or a restart, anything else is the next segment.
    while (at + 1 < s.size() &&
           (s[at] != kMark || s[at + 1] == 0 || (s[at + 1] >= 0xD0 && s[at + 1] <= 0xD7))) {
      ++at;
    }
  }
  return std::nullopt;
}

template <class Number>
bool read_number(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

// The first line without its end; nothing when there is none within `most` bytes.
std::optional<std::string_view> first_line(ByteView bytes, std::size_t most) {
  const std::string_view text = as_text(bytes.first(std::min(bytes.size(), most)));
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  return text.substr(0, end);
}

constexpr std::size_t kLineBytes = 256;

bool read_rate(std::string_view text, double& out) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  int over = 0, under = 0;
  if (!read_number(text.substr(0, colon), over) || !read_number(text.substr(colon + 1), under)) return false;
  if (over <= 0 || under <= 0) return false;
  out = static_cast<double>(over) / under;
  return true;
}

}  // namespace

Result<std::vector<ByteView>> split_mjpeg(ByteView stream) {
  std::vector<ByteView> out;
  for (std::size_t at = 0; at < stream.size();) {
    const auto end = end_of_jpeg(stream, at);
    if (!end) return Error(SequenceErrc::malformed, "JPEG " + std::to_string(out.size() + 1));
    if (*end - at > limits::kSequenceFrameBytes || out.size() >= limits::kSequenceFrames) {
      return SequenceErrc::too_large;
    }
    out.push_back(stream.subspan(at, *end - at));
    at = *end;
  }
  if (out.empty()) return SequenceErrc::no_frames;
  return out;
}

Result<Y4mHeader> parse_y4m_header(ByteView file) {
  constexpr std::string_view kMagic = "YUV4MPEG2";
  const auto line = first_line(file, kLineBytes);
  if (!line || line->substr(0, kMagic.size()) != kMagic) return Error(SequenceErrc::malformed, "header");
  Y4mHeader out;
  out.bytes = line->size() + 1;
  std::string_view rest = line->substr(kMagic.size());
  while (!rest.empty()) {
    if (rest.front() != ' ') return Error(SequenceErrc::malformed, "header");
    rest.remove_prefix(1);
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(word.size());
    if (word.empty()) continue;
    const std::string_view value = word.substr(1);
    bool fine = true;
    switch (word.front()) {
      case 'W': fine = read_number(value, out.width); break;
      case 'H': fine = read_number(value, out.height); break;
      case 'F': fine = read_rate(value, out.frames_per_second); break;
      case 'C':
        // All of 4:2:0 differ only in where the colour samples lie, by half a pixel.
        if (value != "420" && value != "420jpeg" && value != "420mpeg2" && value != "420paldv") {
          return Error(SequenceErrc::unsupported, "only 8-bit 4:2:0");
        }
        break;
      case 'I':
        if (value != "p" && value != "?") return Error(SequenceErrc::unsupported, "interlaced");
        break;
      default: break;  // aspect ratio and remarks
    }
    if (!fine) return Error(SequenceErrc::malformed, "header");
  }
  if (out.width <= 0 || out.height <= 0 || out.frames_per_second <= 0) {
    return Error(SequenceErrc::malformed, "header");
  }
  if (out.width > limits::kSequenceSide || out.height > limits::kSequenceSide ||
      static_cast<std::int64_t>(out.width) * out.height > limits::kSequencePixels) {
    return SequenceErrc::too_large;
  }
  if (out.width % 2 != 0 || out.height % 2 != 0) return Error(SequenceErrc::unsupported, "odd sides");
  out.frame_bytes = static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height) * 3 / 2;
  return out;
}

Result<std::optional<Y4mFrame>> parse_y4m_frame(const Y4mHeader& header, ByteView rest) {
  if (rest.empty()) return std::optional<Y4mFrame>();
  const auto line = first_line(rest, kLineBytes);
  if (!line || line->substr(0, 5) != "FRAME" || (line->size() > 5 && (*line)[5] != ' ')) {
    return Error(SequenceErrc::malformed, "frame");
  }
  const std::size_t start = line->size() + 1;
  if (rest.size() - start < header.frame_bytes) return Error(SequenceErrc::malformed, "frame cut off");
  return std::optional<Y4mFrame>({rest.subspan(start, header.frame_bytes), start + header.frame_bytes});
}

}  // namespace mq::vision
