// The parent's side: one thread a child, which outlives it (child.h says why it must).
#include <atomic>
#include <deque>
#include <future>
#include <limits>
#include <mutex>
#include <thread>

#include "runtime/log.h"
#include "runtime/queue.h"
#include "vision/worker/bank_card_wire.h"
#include "vision/worker/card_wire.h"
#include "vision/worker/child.h"
#include "vision/worker/hand_held_wire.h"
#include "vision/worker/page_wire.h"
#include "vision/worker/protocol.h"

namespace mq::vision {
namespace {

struct Job {
  Kind kind = Kind::analyze;
  ByteView picture;  // lives in the caller, who waits for the answer
  std::int64_t start_before_ms = 0;
  std::promise<Result<RawFrame>> answer;
};

ChildCommand command_of(const WorkerConfig& config) {
  ChildCommand out;
  out.program = config.program;
  out.args = config.args;
  for (const auto& word : {std::string("--fd"), std::to_string(kChildFd), std::string("--models"),
                           config.models_dir}) {
    out.args.push_back(word);
  }
  out.environment = {"OPENCV_IO_MAX_IMAGE_PIXELS=" + std::to_string(limits::kImagePixels)};
  out.frame_bytes = kFrameBytes;
  out.start_timeout_ms = limits::kVisionStartTimeoutMs;
  return out;
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

  using Waiting = std::future<Result<RawFrame>>;
  // Errors: too_many_bytes, busy.
  Result<Waiting> submit(Kind kind, ByteView picture, std::int64_t start_before_ms);
  static Result<Bytes> answered(Waiting waiting, Kind wanted);
  Result<Bytes> ask(Kind kind, Kind wanted, ByteView picture) {
    MQ_TRY(Waiting waiting, submit(kind, picture, steady_ms() + config.timeout_ms));
    return answered(std::move(waiting), wanted);
  }
  // The same for an answer that `decode` understands.
  template <typename Reading, typename Decode>
  Result<Reading> read(Kind kind, Kind wanted, ByteView picture, Decode decode) {
    MQ_TRY(const Bytes body, ask(kind, wanted, picture));
    auto reading = decode(body);
    if (!reading) return Error(VisionErrc::worker_lost, "the child answered something else");
    return std::move(*reading);
  }
};

namespace {

Result<Analysis> to_analysis(Result<Bytes> body) {
  if (!body.ok()) return body.error();
  auto analysis = decode_analysis(*body);
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
  auto child = Child::start(command_of(config));
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
  int timeout_ms = config.timeout_ms;
  if (job.kind == Kind::read_page) timeout_ms = std::max(timeout_ms, limits::kPageTimeoutMs);
  if (job.kind == Kind::read_hand_held)
    timeout_ms = std::max(timeout_ms, limits::kHandHeldTimeoutMs);
  auto answer = child.ask(static_cast<std::uint8_t>(job.kind), job.picture, timeout_ms);
  const bool kept = answer.ok();
  job.answer.set_value(std::move(answer));
  return kept;
}

Result<WorkerPool::Impl::Waiting> WorkerPool::Impl::submit(Kind kind, ByteView picture,
                                                           std::int64_t start_before_ms) {
  constexpr std::size_t kBeforeThePicture = 1;  // the side of a card
  const std::size_t before = kind == Kind::read_card ? kBeforeThePicture : 0;
  if (picture.size() > limits::kHttpPhotoBodyBytes + before) return VisionErrc::too_many_bytes;
  Job job{kind, picture, start_before_ms, {}};
  auto waiting = job.answer.get_future();
  if (!queue.push(std::move(job))) return VisionErrc::busy;
  return waiting;
}

Result<Bytes> WorkerPool::Impl::answered(Waiting waiting, Kind wanted) {
  MQ_TRY(RawFrame frame, waiting.get());
  return answer_body(std::move(frame), static_cast<std::uint8_t>(wanted));
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
  return impl_->ask(Kind::portrait, Kind::jpeg, image);
}

Result<CardReading> WorkerPool::read_card(ByteView image, std::optional<CardSide> side) {
  // The child would refuse it too, but not before it has been copied.
  if (image.size() > limits::kHttpPhotoBodyBytes) return VisionErrc::too_many_bytes;
  const Bytes request = encode_card_request(image, side);
  return impl_->read<CardReading>(Kind::read_card, Kind::card, request, decode_card);
}

Result<BankCardReading> WorkerPool::read_bank_card(ByteView image) {
  return impl_->read<BankCardReading>(Kind::read_bank_card, Kind::bank_card, image,
                                      decode_bank_card);
}

Result<HandHeldReading> WorkerPool::read_hand_held(ByteView picture) {
  return impl_->read<HandHeldReading>(Kind::read_hand_held, Kind::hand_held, picture,
                                      decode_hand_held);
}

Result<PageReading> WorkerPool::read_page(ByteView image) {
  return impl_->read<PageReading>(Kind::read_page, Kind::page, image, decode_page);
}

Result<PictureSize> WorkerPool::measure(ByteView image) {
  return impl_->read<PictureSize>(Kind::measure, Kind::size, image, decode_size);
}

std::int64_t WorkerPool::restarts() const {
  return std::max<std::int64_t>(0, impl_->starts - impl_->config.children);
}

}  // namespace mq::vision
