// The scanner's client against a scanner of the test's own, over real sockets.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <functional>
#include <thread>

#include "partners/partners.h"

namespace mq::partners {
namespace {

// Takes connections one after the other; `talk` speaks with each.
class FakeClamd {
 public:
  using Talk = std::function<void(int fd)>;
  FakeClamd(bool tcp, Talk talk) : talk_(std::move(talk)) {
    fd_ = ::socket(tcp ? AF_INET : AF_UNIX, SOCK_STREAM, 0);
    if (tcp) {
      sockaddr_in here{};
      here.sin_family = AF_INET;
      here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&here), sizeof here), 0);
      socklen_t size = sizeof here;
      ::getsockname(fd_, reinterpret_cast<sockaddr*>(&here), &size);
      address_ = "tcp:127.0.0.1:" + std::to_string(ntohs(here.sin_port));
    } else {
      path_ = (std::filesystem::temp_directory_path() /
               ("mq_clamd_" + std::to_string(::getpid()) + ".sock"))
                  .string();
      std::filesystem::remove(path_);
      sockaddr_un here{};
      here.sun_family = AF_UNIX;
      std::memcpy(here.sun_path, path_.data(), path_.size());
      EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&here), sizeof here), 0);
      address_ = "unix:" + path_;
    }
    EXPECT_EQ(::listen(fd_, 4), 0);
    thread_ = std::thread([this] {
      while (true) {
        const int connection = ::accept(fd_, nullptr, nullptr);
        if (connection < 0) return;
        talk_(connection);
        ::close(connection);
      }
    });
  }
  ~FakeClamd() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
    if (!path_.empty()) std::filesystem::remove(path_);
  }
  const std::string& address() const { return address_; }

 private:
  Talk talk_;
  int fd_ = -1;
  std::string path_, address_;
  std::thread thread_;
};

bool take(int fd, void* out, std::size_t size) {
  return ::recv(fd, out, size, MSG_WAITALL) == static_cast<ssize_t>(size);
}
void say(int fd, std::string_view text) {
  (void)::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
}

// Reads one INSTREAM as the manual says; nothing when the client does not speak it.
std::optional<std::string> received(int fd) {
  char command[10];
  if (!take(fd, command, sizeof command) ||
      std::string_view(command, 10) != std::string_view("zINSTREAM\0", 10)) {
    return std::nullopt;
  }
  std::string out;
  while (true) {
    std::uint32_t big = 0;
    if (!take(fd, &big, sizeof big)) return std::nullopt;
    const std::size_t length = ntohl(big);
    if (length == 0) return out;
    std::string chunk(length, '\0');
    if (!take(fd, chunk.data(), length)) return std::nullopt;
    out += chunk;
  }
}
void honest(int fd) {
  const auto file = received(fd);
  if (!file) return;
  using namespace std::string_view_literals;
  say(fd,
      file->find("EICAR") == std::string::npos ? "stream: OK\0"sv : "stream: Eicar-Test FOUND\0"sv);
}

std::string scanned(const FakeClamd& clamd, const std::string& file, int timeout_ms = 10'000) {
  const auto verdict = ClamdClient::make(clamd.address(), timeout_ms)->scan(as_bytes(file));
  if (!verdict.ok()) return verdict.error().code();
  return *verdict == ScanVerdict::clean ? "clean" : "infected";
}

TEST(Clamd, VerdictsComeOverBothSockets) {
  for (const bool tcp : {false, true}) {
    const FakeClamd clamd(tcp, honest);
    EXPECT_EQ(scanned(clamd, "a photo"), "clean");
    EXPECT_EQ(scanned(clamd, "some EICAR thing"), "infected");
    const std::string large(3'000'000, 'x');
    EXPECT_EQ(scanned(clamd, large), "clean");
    EXPECT_EQ(scanned(clamd, large + "EICAR"), "infected") << "also in the last chunk";
  }
}

TEST(Clamd, NoVerdictIsNeverClean) {
  using namespace std::string_view_literals;
  const std::pair<std::string_view, const char*> answers[] = {
      {"INSTREAM size limit exceeded. ERROR\0"sv, "partners.bad_answer"},
      {"stream: OK, perhaps\0"sv, "partners.bad_answer"},
      {"OK\0"sv, "partners.bad_answer"},
      {""sv, "partners.unavailable"}};
  for (const auto& [answer, code] : answers) {
    const FakeClamd clamd(false, [answer = answer](int fd) {
      (void)received(fd);
      say(fd, answer);
    });
    EXPECT_EQ(scanned(clamd, "a photo"), code) << answer;
  }
  const FakeClamd endless(false, [](int fd) {
    (void)received(fd);
    say(fd, std::string(4'000, 'x'));
  });
  EXPECT_EQ(scanned(endless, "a photo"), "partners.bad_answer");
}

TEST(Clamd, AVerdictOverAPartIsNone) {
  using namespace std::string_view_literals;
  const FakeClamd hasty(false, [](int fd) { say(fd, "stream: OK\0"sv); });
  EXPECT_NE(scanned(hasty, std::string(8'000'000, 'x')), "clean");
}

TEST(Clamd, AScannerThatStallsOrIsNotThereIsAnError) {
  const FakeClamd silent(false, [](int fd) {
    char byte = 0;
    while (::recv(fd, &byte, 1, 0) > 0) {
    }
  });
  EXPECT_EQ(scanned(silent, "a photo", 200), "partners.timeout");
  EXPECT_EQ(ClamdClient::make("unix:/nowhere/clamd.ctl")->scan({}).error().code(),
            "partners.unavailable");
  EXPECT_EQ(ClamdClient::make("tcp:127.0.0.1:1")->scan({}).error().code(), "partners.unavailable");
}

TEST(Clamd, FilesDoNotLeaveThisMachineInClear) {
  for (const char* good :
       {"unix:/run/clamav/clamd.ctl", "tcp:127.0.0.1:3310", "tcp:localhost:3310"}) {
    EXPECT_TRUE(ClamdClient::make(good).has_value()) << good;
  }
  for (const char* bad : {"", "tcp:192.0.2.1:3310", "tcp:scanner.example:3310", "unix:relative",
                          "tcp:127.0.0.1", "tcp:127.0.0.1:0", "tcp:127.0.0.1:99999",
                          "tcp:127.evil.example:3310", "/run/clamd.ctl", "http://127.0.0.1:3310"}) {
    EXPECT_FALSE(ClamdClient::make(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace mq::partners
