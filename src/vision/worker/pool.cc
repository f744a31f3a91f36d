// The parent's side: one thread a child. The thread that starts a child outlives it, because the
// kernel ends the child (PR_SET_PDEATHSIG) with the thread, not the process, that made it.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <future>
#include <limits>
#include <mutex>
#include <thread>

#include "runtime/log.h"
#include "runtime/queue.h"
#include "vision/worker/environment.h"
#include "vision/worker/protocol.h"

namespace mq::vision {
namespace {

constexpr int kChildFd = 3;

struct Job {
  Kind kind = Kind::analyze;
  ByteView picture;  // lives in the caller, who waits for the answer
  std::int64_t start_before_ms = 0;
  std::promise<Result<Frame>> answer;
};

// A started child, ready for pictures. Ends with this object.
class Child {
 public:
  static Result<std::unique_ptr<Child>> start(const WorkerConfig& config);
  Child(pid_t pid, int fd) : pid_(pid), fd_(fd) {}
  ~Child() {
    ::close(fd_);
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Errors: worker_lost, timeout; this child is then of no further use.
  Result<Frame> ask(Kind kind, ByteView picture, int timeout_ms) const;
  bool alive() const { return state().si_pid == 0; }
  // For the log: the signal or the exit status of a child that is no more, 0 of one that lives. Its
  // end of the socket closes a moment before the kernel reports its death.
  int end() const {
    for (int tries = 0; tries < 20 && alive(); ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return state().si_status;
  }

 private:
  Status wait_until_ready() const;
  siginfo_t state() const {
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
    return info;
  }

  pid_t pid_;
  int fd_;
};

// The child gets no environment of ours: it may hold secrets.
std::vector<std::string> child_environment() {
  std::vector<std::string> out = {"OPENCV_IO_MAX_IMAGE_PIXELS=" +
                                  std::to_string(limits::kImagePixels)};
  for (const auto& [name, value] : kChildVariables) out.push_back(std::string(name) + "=" + value);
  if (const char* path = std::getenv("LD_LIBRARY_PATH")) {
    out.push_back("LD_LIBRARY_PATH=" + std::string(path));
  }
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

// The pid, or 0. The child sees its end of the socket pair as descriptor 3 and inherits nothing
// else but standard error.
pid_t spawn(const WorkerConfig& config, int child_end) {
  std::vector<std::string> words = {config.program};
  words.insert(words.end(), config.args.begin(), config.args.end());
  for (const auto& word : {std::string("--fd"), std::to_string(kChildFd), std::string("--models"),
                           config.models_dir}) {
    words.push_back(word);
  }
  auto environment = child_environment();

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
  if (::posix_spawn(&pid, config.program.c_str(), &files, &attributes, pointers(words).data(),
                    pointers(environment).data()) != 0) {
    pid = 0;
  }
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return pid;
}

Result<std::unique_ptr<Child>> Child::start(const WorkerConfig& config) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return Error(VisionErrc::worker_lost, "no socket pair");
  }
  // A child that stops reading must not hold this thread beyond the deadline.
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  const pid_t pid = spawn(config, ends[1]);
  ::close(ends[1]);
  if (pid == 0) {
    ::close(ends[0]);
    return Error(VisionErrc::worker_lost, "the child could not be started");
  }
  auto child = std::make_unique<Child>(pid, ends[0]);
  MQ_REQUIRE(child->wait_until_ready());
  return child;
}

Status Child::wait_until_ready() const {
  Frame frame;
  const IoState state = read_frame(fd_, frame, steady_ms() + limits::kVisionStartTimeoutMs);
  if (state == IoState::late) return Error(VisionErrc::timeout, "the child did not get ready");
  if (state == IoState::done && frame.kind == Kind::ready) return ok();
  if (state == IoState::done && frame.kind == Kind::error) {
    if (const auto error = decode_error(frame.body)) return *error;
  }
  return Error(VisionErrc::worker_lost, "the child ended before it was ready");
}

Result<Frame> Child::ask(Kind kind, ByteView picture, int timeout_ms) const {
  const std::int64_t until_ms = steady_ms() + timeout_ms;
  IoState state = write_frame(fd_, kind, picture, until_ms);
  Frame frame;
  if (state == IoState::done) state = read_frame(fd_, frame, until_ms);
  if (state == IoState::late) return VisionErrc::timeout;
  if (state == IoState::closed) return VisionErrc::worker_lost;
  return frame;
}

}  // namespace

struct WorkerPool::Impl {
  explicit Impl(WorkerConfig c) : config(std::move(c)), queue(config.queue) {}

  WorkerConfig config;
  runtime::BoundedQueue<Job> queue;
  std::promise<Status> first_start;
  std::vector<std::thread> threads;
  std::atomic<bool> ending = false;
  std::mutex starts_mutex;
  std::deque<std::int64_t> starts_ms;  // of the last minute
  std::atomic<std::int64_t> starts = 0;

  void serve(bool is_first);
  bool may_start();
  Result<std::unique_ptr<Child>> start_child();
  // Answers the job; false when the child is lost.
  bool handle(const Child& child, Job& job) const;

  using Waiting = std::future<Result<Frame>>;
  // Errors: too_many_bytes, busy.
  Result<Waiting> submit(Kind kind, ByteView picture, std::int64_t start_before_ms);
  static Result<Frame> answered(Waiting waiting, Kind wanted);
  Result<Frame> ask(Kind kind, Kind wanted, ByteView picture) {
    MQ_TRY(Waiting waiting, submit(kind, picture, steady_ms() + config.timeout_ms));
    return answered(std::move(waiting), wanted);
  }
};

namespace {

Result<Analysis> to_analysis(Result<Frame> frame) {
  if (!frame.ok()) return frame.error();
  auto analysis = decode_analysis(frame->body);
  if (!analysis) return Error(VisionErrc::worker_lost, "the child answered something else");
  return std::move(*analysis);
}

}  // namespace

bool WorkerPool::Impl::may_start() {
  const std::lock_guard lock(starts_mutex);
  const std::int64_t now_ms = steady_ms();
  while (!starts_ms.empty() && starts_ms.front() < now_ms - 60'000) starts_ms.pop_front();
  const auto most = static_cast<std::size_t>(limits::kVisionRestartsPerMinute + config.children);
  if (starts_ms.size() >= most) return false;
  starts_ms.push_back(now_ms);
  return true;
}

Result<std::unique_ptr<Child>> WorkerPool::Impl::start_child() {
  if (!may_start()) return Error(VisionErrc::worker_lost, "too many restarts in a minute");
  ++starts;
  auto child = Child::start(config);
  if (!child.ok()) log::error("vision_worker_not_started", {{"error", child.error()}});
  return child;
}

void WorkerPool::Impl::serve(bool is_first) {
  auto child = start_child();
  if (is_first) first_start.set_value(child.ok() ? ok() : Status(child.error()));
  while (auto job = queue.pop()) {
    if (ending || steady_ms() > job->start_before_ms) {
      job->answer.set_value(VisionErrc::busy);
      continue;
    }
    if (!child.ok() || !(*child)->alive()) child = start_child();
    if (!child.ok()) {
      job->answer.set_value(child.error());
      continue;
    }
    if (!handle(**child, *job) && !ending) {
      log::warn("vision_worker_lost", {{"status", (*child)->end()}});
      child = start_child();
    }
  }
}

bool WorkerPool::Impl::handle(const Child& child, Job& job) const {
  auto answer = child.ask(job.kind, job.picture, config.timeout_ms);
  const bool kept = answer.ok();
  job.answer.set_value(std::move(answer));
  return kept;
}

Result<WorkerPool::Impl::Waiting> WorkerPool::Impl::submit(Kind kind, ByteView picture,
                                                           std::int64_t start_before_ms) {
  if (picture.size() > limits::kHttpPhotoBodyBytes) return VisionErrc::too_many_bytes;
  Job job{kind, picture, start_before_ms, {}};
  auto waiting = job.answer.get_future();
  if (!queue.push(std::move(job))) return VisionErrc::busy;
  return waiting;
}

Result<Frame> WorkerPool::Impl::answered(Waiting waiting, Kind wanted) {
  MQ_TRY(Frame frame, waiting.get());
  if (frame.kind == wanted) return frame;
  if (frame.kind == Kind::error) {
    if (const auto error = decode_error(frame.body)) return *error;
  }
  return Error(VisionErrc::worker_lost, "the child answered something else");
}

WorkerPool::WorkerPool(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

WorkerPool::~WorkerPool() {
  impl_->ending = true;
  impl_->queue.close();
  for (std::thread& thread : impl_->threads) thread.join();
}

Result<std::unique_ptr<WorkerPool>> WorkerPool::start(WorkerConfig config) {
  MQ_CHECK(config.children >= 1);
  const int children = config.children;
  std::unique_ptr<WorkerPool> pool(new WorkerPool(std::make_unique<Impl>(std::move(config))));
  Impl& impl = *pool->impl_;
  auto started = impl.first_start.get_future();
  for (int i = 0; i < children; ++i) {
    impl.threads.emplace_back([&impl, i] { impl.serve(i == 0); });
  }
  MQ_REQUIRE(started.get());
  return pool;
}

Result<Analysis> WorkerPool::analyze(ByteView image) {
  return to_analysis(impl_->ask(Kind::analyze, Kind::analysis, image));
}

std::vector<Result<Analysis>> WorkerPool::analyze_all(std::span<const ByteView> images) {
  constexpr std::int64_t kAnyTime = std::numeric_limits<std::int64_t>::max();
  std::vector<Result<Analysis>> out;
  std::deque<Result<Impl::Waiting>> waiting;
  const auto finish_oldest = [&] {
    auto oldest = std::move(waiting.front());
    waiting.pop_front();
    out.push_back(oldest.ok() ? to_analysis(Impl::answered(std::move(*oldest), Kind::analysis))
                              : Result<Analysis>(oldest.error()));
  };
  // Two a child keep every child at work; more would only fill the queue of everybody else.
  const std::size_t at_once = 2 * static_cast<std::size_t>(impl_->config.children);
  for (const ByteView image : images) {
    if (waiting.size() == at_once) finish_oldest();
    auto job = impl_->submit(Kind::analyze, image, kAnyTime);
    while (!job.ok() && job.error().is(VisionErrc::busy) && !waiting.empty()) {
      finish_oldest();
      job = impl_->submit(Kind::analyze, image, kAnyTime);
    }
    waiting.push_back(std::move(job));
  }
  while (!waiting.empty()) finish_oldest();
  return out;
}

Result<Bytes> WorkerPool::portrait_jpeg(ByteView image) {
  MQ_TRY(Frame frame, impl_->ask(Kind::portrait, Kind::jpeg, image));
  return std::move(frame.body);
}

std::int64_t WorkerPool::restarts() const {
  return std::max<std::int64_t>(0, impl_->starts - impl_->config.children);
}

}  // namespace mq::vision
