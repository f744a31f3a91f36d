#include "vision/worker/protocol.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <type_traits>

namespace mq::vision {
namespace {

constexpr std::size_t kDetailBytes = 200;
constexpr double kUnitSlack = 1e-3;  // of a squared length, from rounding hundreds of numbers

// True when `fd` is ready for `event` before the time is over.
bool wait_for(int fd, short event, std::int64_t until_ms) {
  while (true) {
    const std::int64_t left = until_ms < 0 ? -1 : until_ms - steady_ms();
    if (until_ms >= 0 && left <= 0) return false;
    pollfd waiting{fd, event, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return true;  // the read or write that follows reports it
  }
}

IoState read_exactly(int fd, std::uint8_t* out, std::size_t size, std::int64_t until_ms) {
  while (size > 0) {
    if (!wait_for(fd, POLLIN, until_ms)) return IoState::late;
    const ssize_t got = ::read(fd, out, size);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return IoState::closed;
    out += got;
    size -= static_cast<std::size_t>(got);
  }
  return IoState::done;
}

IoState write_all(int fd, ByteView in, std::int64_t until_ms) {
  while (!in.empty()) {
    if (!wait_for(fd, POLLOUT, until_ms)) return IoState::late;
    const ssize_t put = ::send(fd, in.data(), in.size(), MSG_NOSIGNAL);
    if (put < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (put <= 0) return IoState::closed;
    in = in.subspan(static_cast<std::size_t>(put));
  }
  return IoState::done;
}

class Writer {
 public:
  template <class T>
    requires std::is_arithmetic_v<T>
  void put(T value) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
    out_.insert(out_.end(), bytes, bytes + sizeof value);
  }
  Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

// Both ends are the same program on the same machine, so numbers travel as they lie in memory.
class Reader {
 public:
  explicit Reader(ByteView in) : in_(in) {}

  template <class T>
    requires std::is_arithmetic_v<T>
  T get() {
    T value{};
    if (in_.size() < sizeof value) {
      failed_ = true;
      return value;
    }
    std::memcpy(&value, in_.data(), sizeof value);
    in_ = in_.subspan(sizeof value);
    return value;
  }
  float number() {
    const auto value = get<float>();
    if (!std::isfinite(value)) failed_ = true;
    return value;
  }
  bool flag() {
    const auto value = get<std::uint8_t>();
    if (value > 1) failed_ = true;
    return value == 1;
  }
  template <class T>
  T between(T least, T most) {
    const auto value = get<T>();
    if (value < least || value > most) failed_ = true;
    return failed_ ? least : value;
  }
  void fail() { failed_ = true; }
  bool failed() const { return failed_; }
  bool finished() const { return !failed_ && in_.empty(); }

 private:
  ByteView in_;
  bool failed_ = false;
};

constexpr std::uint8_t kAdviceKinds = static_cast<std::uint8_t>(Advice::use_camera) + 1;

// Every plain number of a face, in the order of the wire.
template <class FaceRef, class Visit>
void each_number(FaceRef& face, Visit visit) {
  for (auto* v : {&face.box.x, &face.box.y, &face.box.width, &face.box.height, &face.score,
                  &face.pose.yaw, &face.pose.pitch, &face.pose.roll, &face.right_eye_open,
                  &face.left_eye_open, &face.mouth_open, &face.liveness.score,
                  &face.liveness.rarity}) {
    visit(*v);
  }
  for (auto& p : face.landmarks) {
    visit(p.x);
    visit(p.y);
  }
}

void put_quality(Writer& out, const Quality& quality) {
  for (std::size_t i = 0; i < kComponents; ++i) {
    const Measure& one = quality[static_cast<Component>(i)];
    out.put(one.value);
    out.put(static_cast<std::uint8_t>(one.score));
    out.put(static_cast<std::uint8_t>(one.verdict));
    out.put(one.advice ? static_cast<std::uint8_t>(*one.advice) : kAdviceKinds);
  }
}

Quality get_quality(Reader& in) {
  Quality out;
  for (std::size_t i = 0; i < kComponents; ++i) {
    Measure& one = out[static_cast<Component>(i)];
    one.value = in.number();
    one.score = in.between<std::uint8_t>(0, 100);
    one.verdict = static_cast<Verdict>(in.between<std::uint8_t>(0, static_cast<int>(Verdict::fail)));
    const auto advice = in.between<std::uint8_t>(0, kAdviceKinds);
    if (advice != kAdviceKinds) one.advice = static_cast<Advice>(advice);
  }
  return out;
}

void put_face(Writer& out, const Face& face) {
  each_number(face, [&](float v) { out.put(v); });
  out.put(static_cast<std::uint8_t>(face.found_by));
  put_quality(out, face.quality);
  out.put(static_cast<std::uint8_t>(face.liveness.passed));
  out.put(static_cast<std::uint8_t>(face.usable));
  out.put(static_cast<std::uint8_t>(face.advice.size()));
  for (const Advice a : face.advice) out.put(static_cast<std::uint8_t>(a));
  for (const float v : face.embedding) out.put(v);
  for (const float v : face.second) out.put(v);
}

void get_unit_vector(Reader& in, std::span<float> out) {
  double norm = 0;
  for (float& v : out) {
    v = in.number();
    norm += static_cast<double>(v) * v;
  }
  if (std::abs(norm - 1) > kUnitSlack) in.fail();
}

Face get_face(Reader& in) {
  Face face;
  each_number(face, [&](float& v) { v = in.number(); });
  face.found_by =
      static_cast<FoundBy>(in.between<std::uint8_t>(0, static_cast<int>(FoundBy::thorough)));
  face.quality = get_quality(in);
  face.liveness.passed = in.flag();
  face.usable = in.flag();
  const auto advices = in.between<std::uint8_t>(0, kAdviceKinds);
  for (int i = 0; i < advices; ++i) {
    face.advice.push_back(static_cast<Advice>(in.between<std::uint8_t>(0, kAdviceKinds - 1)));
  }
  get_unit_vector(in, face.embedding);
  get_unit_vector(in, face.second);
  return face;
}

}  // namespace

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

IoState write_frame(int fd, Kind kind, ByteView body, std::int64_t until_ms) {
  const auto size = static_cast<std::uint32_t>(body.size() + 1);
  std::uint8_t head[5];
  std::memcpy(head, &size, sizeof size);
  head[4] = static_cast<std::uint8_t>(kind);
  const IoState sent = write_all(fd, head, until_ms);
  return sent == IoState::done ? write_all(fd, body, until_ms) : sent;
}

IoState read_frame(int fd, Frame& out, std::int64_t until_ms) {
  std::uint8_t head[5];
  IoState state = read_exactly(fd, head, sizeof head, until_ms);
  if (state != IoState::done) return state;
  std::uint32_t size = 0;
  std::memcpy(&size, head, sizeof size);
  if (size == 0 || size > kFrameBytes) return IoState::closed;
  if (head[4] < static_cast<std::uint8_t>(Kind::ready) ||
      head[4] > static_cast<std::uint8_t>(Kind::error)) {
    return IoState::closed;
  }
  out.kind = static_cast<Kind>(head[4]);
  out.body.resize(size - 1);
  return read_exactly(fd, out.body.data(), out.body.size(), until_ms);
}

Bytes encode(const Analysis& analysis) {
  Writer out;
  out.put(std::int32_t{analysis.width});
  out.put(std::int32_t{analysis.height});
  out.put(std::int32_t{analysis.face_count});
  out.put(static_cast<std::uint8_t>(analysis.faces.size()));
  for (const Face& face : analysis.faces) put_face(out, face);
  return out.take();
}

std::optional<Analysis> decode_analysis(ByteView body) {
  Reader in(body);
  Analysis out;
  constexpr std::int32_t kMostPixels = limits::kImagePixels;
  out.width = in.between<std::int32_t>(1, kMostPixels);
  out.height = in.between<std::int32_t>(1, kMostPixels);
  out.face_count = in.between<std::int32_t>(0, 10'000);
  const auto faces = in.between<std::uint8_t>(0, limits::kImageMaxFaces);
  for (int i = 0; i < faces && !in.failed(); ++i) out.faces.push_back(get_face(in));
  if (!in.finished() || out.face_count < faces) return std::nullopt;
  return out;
}

Bytes encode(const Error& error) {
  return to_bytes(error.code() + "\n" + error.detail().substr(0, kDetailBytes));
}

std::optional<Error> decode_error(ByteView body) {
  const std::string_view text = as_text(body);
  const std::size_t line = text.find('\n');
  const std::string prefix = std::string(error_domain(VisionErrc{})) + ".";
  if (line == std::string_view::npos || !text.starts_with(prefix)) return std::nullopt;
  VisionErrc code{};
  const std::string name(text.substr(prefix.size(), line - prefix.size()));
  if (!boost::describe::enum_from_string(name.c_str(), code)) return std::nullopt;
  std::string detail(text.substr(line + 1, kDetailBytes));
  std::replace_if(detail.begin(), detail.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return Error(code, std::move(detail));
}

}  // namespace mq::vision
