#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/check.h"
#include "partners/sandbox_for_test.h"

namespace mq::partners {
namespace {

namespace fs = std::filesystem;

constexpr int kPatienceMs = 20'000;
constexpr int kReadyFd = 3;

std::string binary() {
  const char* const build = std::getenv("MQ_BUILD_DIR");
  return std::string(build != nullptr ? build : "build/release") + "/bin/mianqian-sandbox";
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// The first line that arrives on `fd`.
std::string read_line(int fd) {
  std::string text;
  while (!text.ends_with('\n')) {
    pollfd ready{fd, POLLIN, 0};
    MQ_CHECK(::poll(&ready, 1, kPatienceMs) == 1);
    char c = 0;
    MQ_CHECK(::read(fd, &c, 1) == 1);
    text += c;
  }
  text.pop_back();
  return text;
}

}  // namespace

bool wait_until(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatienceMs);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

const std::string SandboxProcess::kPhoto = "\xff\xd8\xff\xe0 the photo of the authority";

SandboxProcess::SandboxProcess() {
  directory_ = (fs::temp_directory_path() / "mq-partners-XXXXXX").string();
  MQ_CHECK(::mkdtemp(directory_.data()) != nullptr);
  fs::create_directory(directory_ + "/data");
  fs::create_directory(directory_ + "/people");
  write_file(directory_ + "/people/zhang.jpg", kPhoto);
  write_file(directory_ + "/people/people.json",
             R"([{"name":"张三","id_number":"11010119900101123X","photo":"zhang.jpg"},
                 {"name":"李四","id_number":"110101199001011248"}])");
  write_file(directory_ + "/secret", std::string(kSecret) + "\n");
  MQ_CHECK(::chmod((directory_ + "/secret").c_str(), 0600) == 0);
}

SandboxProcess::~SandboxProcess() {
  if (pid_ > 0) kill();
  fs::remove_all(directory_);
}

void SandboxProcess::start(int notify_delay_ms) {
  MQ_CHECK(pid_ < 0);
  std::vector<std::string> words = {binary(),
                                    "--port",
                                    "0",
                                    "--data",
                                    directory_ + "/data",
                                    "--people",
                                    directory_ + "/people",
                                    "--secret-file",
                                    directory_ + "/secret",
                                    "--notify-delay-ms",
                                    std::to_string(notify_delay_ms),
                                    "--ready-fd",
                                    std::to_string(kReadyFd)};
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int ready[2];
  MQ_CHECK(::pipe2(ready, O_CLOEXEC) == 0);
  const int quiet = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  pid_ = ::fork();
  MQ_CHECK(pid_ >= 0);
  if (pid_ == 0) {
    // Only calls that are safe between fork and exec; the child must not outlive a crashed test.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(quiet, STDOUT_FILENO);
    if (ready[1] == kReadyFd) {
      ::fcntl(kReadyFd, F_SETFD, 0);
    } else {
      ::dup2(ready[1], kReadyFd);
    }
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(quiet);
  ::close(ready[1]);
  url_ = read_line(ready[0]);
  ::close(ready[0]);
}

int SandboxProcess::wait() {
  int status = 0;
  MQ_CHECK(::waitpid(pid_, &status, 0) == pid_);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void SandboxProcess::kill() {
  ::kill(pid_, SIGKILL);
  wait();
}

int SandboxProcess::stop() {
  ::kill(pid_, SIGTERM);
  return wait();
}

void SandboxProcess::fault(const std::string& partner, const std::string& mode,
                           int delay_ms) const {
  const auto answer = open_call("PUT", "/sandbox/faults",
                                "{\"" + partner + "\":{\"mode\":\"" + mode +
                                    "\",\"delay_ms\":" + std::to_string(delay_ms) + "}}");
  MQ_CHECK(answer.status == 200);
}

runtime::ClientResponse SandboxProcess::open_call(const std::string& method,
                                                  const std::string& path, const std::string& body,
                                                  const runtime::Headers& headers) const {
  runtime::ClientRequest request{
      .method = method, .url = url_ + path, .headers = headers, .body = body};
  if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  auto answer = runtime::http_send(request);
  MQ_CHECK(answer.ok());
  return std::move(*answer);
}

Receiver::Receiver() {
  router_.add({.method = "POST", .pattern = "/notify", .handler = [this](auto& request) {
                 const std::lock_guard lock(mutex_);
                 calls_.push_back({request.header("X-Signature").value_or(""), request.body});
                 return runtime::HttpResponse::json(status_, "{}");
               }});
  server_ = std::make_unique<runtime::HttpServer>(runtime::HttpServerSettings{.port = 0}, router_,
                                                  nullptr, runtime::render_plain_problem);
  MQ_CHECK(server_->start().ok());
}

Receiver::~Receiver() { server_->stop(); }

std::string Receiver::url() const {
  return "http://127.0.0.1:" + std::to_string(server_->port()) + "/notify";
}

std::vector<Receiver::Call> Receiver::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

void Receiver::answer_with(int status) {
  const std::lock_guard lock(mutex_);
  status_ = status;
}

}  // namespace mq::partners
