// clamd's INSTREAM: "zINSTREAM\0", chunks behind their big-endian 32-bit lengths, a length of zero;
// then "stream: OK\0", "stream: <name> FOUND\0" or "<what> ERROR\0".
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>

#include "partners/partners.h"

namespace mq::partners {
namespace {

constexpr std::size_t kChunkBytes = 64 * 1024;

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

class Connection {
 public:
  Connection(int fd, std::int64_t until_ms) : fd_(fd), until_ms_(until_ms) {}
  ~Connection() {
    if (fd_ >= 0) ::close(fd_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Status connect(const sockaddr* address, socklen_t size) const {
    if (fd_ < 0) return Error(PartnersErrc::unavailable, "no socket");
    if (::connect(fd_, address, size) == 0) return ok();
    if (errno != EINPROGRESS && errno != EAGAIN) {
      return Error(PartnersErrc::unavailable, "clamd does not answer");
    }
    MQ_REQUIRE(wait(POLLOUT));
    int failed = 0;
    socklen_t length = sizeof failed;
    if (::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &failed, &length) != 0 || failed != 0) {
      return Error(PartnersErrc::unavailable, "clamd does not answer");
    }
    return ok();
  }

  // False when the other side has gone: it may have said why.
  Result<bool> send(ByteView bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent >= 0) {
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
      } else if (errno == EAGAIN) {
        MQ_REQUIRE(wait(POLLOUT));
      } else if (errno != EINTR) {
        return false;
      }
    }
    return true;
  }

  // Up to the first NUL or the end.
  Result<std::string> answer() const {
    std::string out;
    while (out.size() <= limits::kScanAnswerBytes) {
      char part[256];
      const ssize_t got = ::recv(fd_, part, sizeof part, 0);
      if (got > 0) {
        out.append(part, static_cast<std::size_t>(got));
        if (const auto end = out.find('\0'); end != std::string::npos) return out.substr(0, end);
      } else if (got == 0) {
        return out;
      } else if (errno == EAGAIN) {
        MQ_REQUIRE(wait(POLLIN));
      } else if (errno != EINTR) {
        return Error(PartnersErrc::unavailable, "clamd broke off");
      }
    }
    return Error(PartnersErrc::bad_answer, "clamd's answer is too long");
  }

 private:
  Status wait(short for_what) const {
    while (true) {
      const auto left = until_ms_ - steady_ms();
      if (left <= 0) return PartnersErrc::timeout;
      pollfd one{fd_, for_what, 0};
      const int ready = ::poll(&one, 1, static_cast<int>(left));
      if (ready > 0) return ok();
      if (ready < 0 && errno != EINTR) return Error(PartnersErrc::unavailable, "poll");
    }
  }

  int fd_;
  std::int64_t until_ms_;
};

Result<bool> send_file(const Connection& connection, ByteView file) {
  MQ_TRY(bool there, connection.send(as_bytes(std::string_view("zINSTREAM\0", 10))));
  const auto send_length = [&](std::size_t length) {
    const std::uint32_t big = htonl(static_cast<std::uint32_t>(length));
    Bytes bytes(sizeof big);
    std::memcpy(bytes.data(), &big, sizeof big);
    return connection.send(bytes);
  };
  while (there && !file.empty()) {
    const auto chunk = file.first(std::min(file.size(), kChunkBytes));
    file = file.subspan(chunk.size());
    MQ_TRY(there, send_length(chunk.size()));
    if (!there) break;
    MQ_TRY(there, connection.send(chunk));
  }
  if (!there) return false;
  return send_length(0);
}

}  // namespace

ClamdClient::ClamdClient(std::string path, std::string host, int port, int timeout_ms)
    : path_(std::move(path)), host_(std::move(host)), port_(port), timeout_ms_(timeout_ms) {}

std::optional<ClamdClient> ClamdClient::make(std::string_view address, int timeout_ms) {
  constexpr std::string_view kUnix = "unix:", kTcp = "tcp:";
  if (address.starts_with(kUnix)) {
    const auto path = address.substr(kUnix.size());
    if (!path.starts_with('/') || path.size() >= sizeof(sockaddr_un::sun_path)) return std::nullopt;
    return ClamdClient(std::string(path), "", 0, timeout_ms);
  }
  if (!address.starts_with(kTcp)) return std::nullopt;
  address.remove_prefix(kTcp.size());
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = std::string(address.substr(0, colon));
  const auto digits = address.substr(colon + 1);
  if (host == "localhost") host = "127.0.0.1";
  int port = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (failed != std::errc() || end != digits.data() + digits.size() || port < 1 || port > 65'535) {
    return std::nullopt;
  }
  in_addr parsed{};
  if (!host.starts_with("127.") || ::inet_pton(AF_INET, host.c_str(), &parsed) != 1) {
    return std::nullopt;
  }
  return ClamdClient("", std::move(host), port, timeout_ms);
}

Result<ScanVerdict> ClamdClient::scan(ByteView file) const {
  const bool local = !path_.empty();
  const Connection connection(
      ::socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
      steady_ms() + timeout_ms_);
  if (local) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.data(), path_.size());
    MQ_REQUIRE(connection.connect(reinterpret_cast<const sockaddr*>(&address), sizeof address));
  } else {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    ::inet_pton(AF_INET, host_.c_str(), &address.sin_addr);
    MQ_REQUIRE(connection.connect(reinterpret_cast<const sockaddr*>(&address), sizeof address));
  }
  // clamd answers and hangs up as soon as it knows, also before the end of a file.
  MQ_TRY([[maybe_unused]] const bool all_sent, send_file(connection, file));
  MQ_TRY(const auto answer, connection.answer());
  if (answer == "stream: OK") {
    // A verdict over a part is none.
    if (!all_sent) return Error(PartnersErrc::bad_answer, "clamd has not seen the whole file");
    return ScanVerdict::clean;
  }
  if (answer.starts_with("stream: ") && answer.ends_with(" FOUND")) return ScanVerdict::infected;
  if (answer.empty()) return Error(PartnersErrc::unavailable, "clamd broke off");
  return Error(PartnersErrc::bad_answer,
               answer.ends_with(" ERROR") ? "clamd reports an error" : "no answer of clamd");
}

}  // namespace mq::partners
