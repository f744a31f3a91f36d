#include "app/sandbox_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "app/demo_people.h"
#include "app/paths.h"
#include "crypto/crypto.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;

constexpr int kStartTimeoutMs = 10'000;

// A new secret once per sandbox folder, readable by its owner alone.
Status make_secret(const std::string& path) {
  if (fs::exists(path)) return ok();
  crypto::SystemRandom random;
  Bytes raw(24);
  random.fill(raw);
  const auto text = crypto::hex(raw) + "\n";
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return Error(AppErrc::sandbox_failed, path + " cannot be written");
  const auto written = ::write(fd, text.data(), text.size());
  ::close(fd);
  if (written != static_cast<ssize_t>(text.size())) {
    return Error(AppErrc::sandbox_failed, path + " cannot be written");
  }
  return ok();
}

// The URL the child writes once it listens; "" when it ends or says nothing in time.
std::string await_url(int fd) {
  std::string text;
  pollfd ready{fd, POLLIN, 0};
  while (text.find('\n') == std::string::npos && ::poll(&ready, 1, kStartTimeoutMs) > 0) {
    char bytes[256];
    const auto count = ::read(fd, bytes, sizeof bytes);
    if (count <= 0) return "";
    text.append(bytes, static_cast<std::size_t>(count));
  }
  return text.substr(0, text.find('\n'));
}

}  // namespace

Result<std::unique_ptr<SandboxProcess>> SandboxProcess::start(const Settings& settings) {
  const auto folder = sandbox_folder(settings);
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return Error(AppErrc::sandbox_failed, folder + " cannot be made");
  std::unique_ptr<SandboxProcess> sandbox(new SandboxProcess);
  sandbox->secret_file_ = folder + "/secret";
  MQ_REQUIRE(make_secret(sandbox->secret_file_));
  MQ_TRY(const auto people, prepare_people(settings, folder));

  int ends[2];
  if (::pipe2(ends, 0) != 0) return Error(AppErrc::sandbox_failed, "no pipe");
  ::fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  const auto program = executable_folder() + "/mianqian-sandbox";
  const auto port = std::to_string(settings.sandbox_port);
  const auto fd = std::to_string(ends[1]);
  const pid_t parent = ::getpid();
  sandbox->pid_ = ::fork();
  if (sandbox->pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);  // the parent died before the line above
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    const int quiet = ::open("/dev/null", O_RDWR);
    ::dup2(quiet, STDIN_FILENO);
    ::dup2(quiet, STDOUT_FILENO);
    ::execl(program.c_str(), program.c_str(), "--port", port.c_str(), "--data", folder.c_str(),
            "--people", people.c_str(), "--secret-file", sandbox->secret_file_.c_str(),
            "--ready-fd", fd.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(ends[1]);
  if (sandbox->pid_ > 0) sandbox->url_ = await_url(ends[0]);
  ::close(ends[0]);
  if (sandbox->url_.empty()) {
    return Error(AppErrc::sandbox_failed, program + " did not start on port " + port);
  }
  return sandbox;
}

SandboxProcess::~SandboxProcess() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

}  // namespace mq::app
