#include "vision/worker/protocol.h"

#include <algorithm>
#include <cmath>

#include "vision/worker/wire.h"

namespace mq::vision {
namespace {

constexpr double kUnitSlack = 1e-3;  // of a squared length, from rounding hundreds of numbers

constexpr std::uint8_t kAdviceKinds = static_cast<std::uint8_t>(Advice::use_camera) + 1;

// Every plain number of a face, in the order of the wire.
template <class FaceRef, class Visit>
void each_number(FaceRef& face, Visit visit) {
  for (auto* v :
       {&face.box.x, &face.box.y, &face.box.width, &face.box.height, &face.score, &face.pose.yaw,
        &face.pose.pitch, &face.pose.roll, &face.right_eye_open, &face.left_eye_open,
        &face.mouth_open, &face.liveness.score, &face.liveness.rarity}) {
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
    one.verdict =
        static_cast<Verdict>(in.between<std::uint8_t>(0, static_cast<int>(Verdict::fail)));
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

IoState write_frame(int fd, Kind kind, ByteView body, std::int64_t until_ms) {
  return write_frame(fd, static_cast<std::uint8_t>(kind), body, until_ms);
}

IoState read_frame(int fd, Frame& out, std::int64_t until_ms) {
  RawFrame raw;
  const IoState state = read_frame(fd, raw, kFrameBytes, until_ms);
  if (state != IoState::done) return state;
  if (raw.kind < kReadyFrame || raw.kind > static_cast<std::uint8_t>(kLastKind)) {
    return IoState::closed;
  }
  out.kind = static_cast<Kind>(raw.kind);
  out.body = std::move(raw.body);
  return IoState::done;
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

}  // namespace mq::vision
