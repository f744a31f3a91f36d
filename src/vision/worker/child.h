// A locked child process, seen from the server: started, asked, ended.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "vision/worker/frame.h"

namespace mq::vision {

inline constexpr int kChildFd = 3;  // where the child finds its end of the socket pair

struct ChildCommand {
  std::string program;
  std::vector<std::string> args;
  // All that the child gets, and where its libraries are: the server's environment may hold
  // secrets.
  std::vector<std::string> environment;
  std::size_t frame_bytes = 0;  // a longer answer is not believed
  int start_timeout_ms = 0;
};

// A started child that said it is ready. Ends with this object.
// The kernel ends the child (PR_SET_PDEATHSIG) also with the thread, not the process, that started
// it.
class Child {
 public:
  // Errors: what the child says, worker_lost, timeout.
  static Result<std::unique_ptr<Child>> start(const ChildCommand& command);
  Child(pid_t pid, int fd, std::size_t frame_bytes)
      : pid_(pid), fd_(fd), frame_bytes_(frame_bytes) {}
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Errors: worker_lost, timeout; this child is then of no further use.
  Result<RawFrame> ask(std::uint8_t kind, ByteView body, int timeout_ms) const;
  bool alive() const { return state().si_pid == 0; }
  // For the log: the signal or the exit status of a child that is no more, 0 of one that lives. Its
  // end of the socket closes a moment before the kernel reports its death.
  int end() const;

 private:
  Status wait_until_ready(int timeout_ms) const;
  siginfo_t state() const;

  pid_t pid_;
  int fd_;
  std::size_t frame_bytes_;
};

// The body of an answer of the wanted kind. Errors: the one that the child answered; worker_lost.
Result<Bytes> answer_body(RawFrame frame, std::uint8_t wanted);

}  // namespace mq::vision
