#include "vision/worker/frame.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "vision/errors.h"

namespace mq::vision {
namespace {

constexpr std::size_t kDetailBytes = 200;

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

}  // namespace

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

IoState write_frame(int fd, std::uint8_t kind, ByteView body, std::int64_t until_ms) {
  const auto size = static_cast<std::uint32_t>(body.size() + 1);
  std::uint8_t head[5];
  std::memcpy(head, &size, sizeof size);
  head[4] = kind;
  const IoState sent = write_all(fd, head, until_ms);
  return sent == IoState::done ? write_all(fd, body, until_ms) : sent;
}

IoState read_frame(int fd, RawFrame& out, std::size_t most, std::int64_t until_ms) {
  std::uint8_t head[5];
  IoState state = read_exactly(fd, head, sizeof head, until_ms);
  if (state != IoState::done) return state;
  std::uint32_t size = 0;
  std::memcpy(&size, head, sizeof size);
  if (size == 0 || size > most) return IoState::closed;
  out.kind = head[4];
  out.body.resize(size - 1);
  return read_exactly(fd, out.body.data(), out.body.size(), until_ms);
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
  std::replace_if(
      detail.begin(), detail.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return Error(code, std::move(detail));
}

}  // namespace mq::vision
