// What a child that has been taken over could send: every answer is refused or within the limits.
#include <fuzzer/FuzzedDataProvider.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "vision/worker/card_wire.h"
#include "vision/worker/protocol.h"

namespace mq::vision {
namespace {

void analysis(ByteView body) {
  const auto read = decode_analysis(body);
  if (!read) return;
  MQ_CHECK(read->faces.size() <= limits::kImageMaxFaces && read->width > 0 && read->height > 0);
  for (const Face& face : read->faces) {
    double norm = 0;
    for (const float v : face.embedding) norm += static_cast<double>(v) * v;
    MQ_CHECK(std::abs(norm - 1) < 0.01);
  }
  const Bytes again = encode(*read);
  MQ_CHECK(std::equal(again.begin(), again.end(), body.begin(), body.end()));
}

void card(ByteView body) {
  const auto read = decode_card(body);
  if (!read) return;
  MQ_CHECK(read->problems.size() <= 16 && read->number.text.size() <= limits::kCardFieldBytes);
  MQ_CHECK(read->width >= 0);
  const Bytes again = encode(*read);
  MQ_CHECK(std::equal(again.begin(), again.end(), body.begin(), body.end()));
}

void size(ByteView body) {
  const auto read = decode_size(body);
  MQ_CHECK(!read || (read->width > 0 && read->height > 0));
}

void error(ByteView body) {
  const auto read = decode_error(body);
  if (!read) return;
  MQ_CHECK(read->detail().size() <= 200);
  for (const char c : read->detail()) MQ_CHECK(c >= ' ' && c <= '~');
}

// The other side writes some bytes and hangs up.
void frames(ByteView sent) {
  int ends[2];
  MQ_CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  MQ_CHECK(::write(ends[0], sent.data(), sent.size()) == static_cast<ssize_t>(sent.size()));
  ::close(ends[0]);
  Frame frame;
  while (read_frame(ends[1], frame, -1) == IoState::done) MQ_CHECK(frame.body.size() < sent.size());
  ::close(ends[1]);
}

}  // namespace
}  // namespace mq::vision

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kSocketHolds = 64 * 1024;
  if (size == 0 || size > kSocketHolds) return 0;
  const mq::ByteView rest(data + 1, size - 1);
  switch (data[0] % 5) {
    case 0:
      mq::vision::analysis(rest);
      break;
    case 1:
      mq::vision::error(rest);
      break;
    case 2:
      mq::vision::frames(rest);
      break;
    case 3:
      mq::vision::card(rest);
      break;
    default:
      mq::vision::size(rest);
  }
  return 0;
}
