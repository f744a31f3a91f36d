#include "vision/worker/child.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "vision/errors.h"
#include "vision/worker/environment.h"

namespace mq::vision {
namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

// The pid, or 0. The child inherits nothing but its end of the socket pair and standard error.
pid_t spawn(const ChildCommand& command, int child_end) {
  std::vector<std::string> words = {command.program};
  words.insert(words.end(), command.args.begin(), command.args.end());
  std::vector<std::string> environment = command.environment;
  for (const auto& [name, value] : kChildVariables) {
    environment.push_back(std::string(name) + "=" + value);
  }
  if (const char* path = std::getenv("LD_LIBRARY_PATH")) {
    environment.push_back("LD_LIBRARY_PATH=" + std::string(path));
  }

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, child_end, kChildFd);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&files, kChildFd + 1);

  // An own process group: an interrupt typed at the terminal is for the server, which then drains.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

  pid_t pid = 0;
  if (::posix_spawn(&pid, command.program.c_str(), &files, &attributes, pointers(words).data(),
                    pointers(environment).data()) != 0) {
    pid = 0;
  }
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return pid;
}

}  // namespace

Result<std::unique_ptr<Child>> Child::start(const ChildCommand& command) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return Error(VisionErrc::worker_lost, "no socket pair");
  }
  // A child that stops reading must not hold this thread beyond the deadline.
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  const pid_t pid = spawn(command, ends[1]);
  ::close(ends[1]);
  if (pid == 0) {
    ::close(ends[0]);
    return Error(VisionErrc::worker_lost, "the child could not be started");
  }
  auto child = std::make_unique<Child>(pid, ends[0], command.frame_bytes);
  MQ_REQUIRE(child->wait_until_ready(command.start_timeout_ms));
  return child;
}

Child::~Child() {
  ::close(fd_);
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

siginfo_t Child::state() const {
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
  return info;
}

int Child::end() const {
  for (int tries = 0; tries < 20 && alive(); ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return state().si_status;
}

Status Child::wait_until_ready(int timeout_ms) const {
  RawFrame frame;
  const IoState state = read_frame(fd_, frame, frame_bytes_, steady_ms() + timeout_ms);
  if (state == IoState::late) return Error(VisionErrc::timeout, "the child did not get ready");
  if (state == IoState::done && frame.kind == kReadyFrame) return ok();
  if (state == IoState::done && frame.kind == kErrorFrame) {
    if (const auto error = decode_error(frame.body)) return *error;
  }
  return Error(VisionErrc::worker_lost, "the child ended before it was ready");
}

Result<RawFrame> Child::ask(std::uint8_t kind, ByteView body, int timeout_ms) const {
  const std::int64_t until_ms = steady_ms() + timeout_ms;
  IoState state = write_frame(fd_, kind, body, until_ms);
  RawFrame frame;
  if (state == IoState::done) state = read_frame(fd_, frame, frame_bytes_, until_ms);
  if (state == IoState::late) return VisionErrc::timeout;
  if (state == IoState::closed) return VisionErrc::worker_lost;
  return frame;
}

Result<Bytes> answer_body(RawFrame frame, std::uint8_t wanted) {
  if (frame.kind == wanted) return std::move(frame.body);
  if (frame.kind == kErrorFrame) {
    if (const auto error = decode_error(frame.body)) return *error;
  }
  return Error(VisionErrc::worker_lost, "the child answered something else");
}

}  // namespace mq::vision
