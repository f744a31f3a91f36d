// The parent's side. One thread starts all children, because the kernel ends a child with the
// thread that started it; the callers talk to them.
#include "vision/pdf/pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "runtime/log.h"
#include "runtime/queue.h"
#include "vision/pdf/protocol.h"
#include "vision/worker/child.h"

namespace mq::vision {

using StartedChild = Result<std::unique_ptr<Child>>;

struct PdfPool::Impl {
  explicit Impl(PdfConfig c) : config(std::move(c)), starts(kStarts), free(config.documents) {}

  // As many as documents are open; each waits for its own.
  static constexpr std::size_t kStarts = 1024;

  PdfConfig config;
  runtime::BoundedQueue<std::promise<StartedChild>> starts;
  std::once_flag starter_made;
  std::thread starter;
  std::atomic<std::int64_t> started = 0;

  mutable std::mutex mutex;
  std::condition_variable changed;
  int free;
  std::size_t waiting = 0;
  bool ending = false;
  std::deque<std::int64_t> losses_ms;  // of the last minute
  std::int64_t lost = 0;

  void run_starter();
  StartedChild start_child();
  // Errors: busy.
  Status take_place();
  void give_place();
  bool may_start();
  bool is_ending() const {
    const std::lock_guard lock(mutex);
    return ending;
  }
  void note_loss(const Child& child);
};

void PdfPool::Impl::run_starter() {
  ChildCommand command;
  command.program = config.program;
  command.args = config.args;
  command.args.insert(command.args.end(), {"--fd", std::to_string(kChildFd)});
  command.frame_bytes = kPdfFrameBytes;
  command.start_timeout_ms = limits::kPdfStartTimeoutMs;
  while (auto wanted = starts.pop()) {
    ++started;
    auto child = Child::start(command);
    if (!child.ok()) log::error("pdf_worker_not_started", {{"error", child.error()}});
    wanted->set_value(std::move(child));
  }
}

StartedChild PdfPool::Impl::start_child() {
  if (!may_start()) return Error(VisionErrc::worker_lost, "too many children lost in a minute");
  std::call_once(starter_made, [this] { starter = std::thread([this] { run_starter(); }); });
  std::promise<StartedChild> wanted;
  auto child = wanted.get_future();
  if (!starts.push(std::move(wanted))) return Error(VisionErrc::worker_lost, "the pool is ending");
  return child.get();
}

Status PdfPool::Impl::take_place() {
  std::unique_lock lock(mutex);
  if (ending || (free == 0 && waiting >= config.queue)) return VisionErrc::busy;
  ++waiting;
  const auto most = std::chrono::milliseconds(config.timeout_ms);
  changed.wait_for(lock, most, [this] { return ending || free > 0; });
  --waiting;
  if (ending || free == 0) return VisionErrc::busy;
  --free;
  return ok();
}

void PdfPool::Impl::give_place() {
  {
    const std::lock_guard lock(mutex);
    ++free;
  }
  changed.notify_one();
}

bool PdfPool::Impl::may_start() {
  const std::lock_guard lock(mutex);
  const std::int64_t now_ms = steady_ms();
  while (!losses_ms.empty() && losses_ms.front() < now_ms - 60'000) losses_ms.pop_front();
  return losses_ms.size() < static_cast<std::size_t>(limits::kPdfLossesPerMinute);
}

void PdfPool::Impl::note_loss(const Child& child) {
  log::warn("pdf_worker_lost", {{"status", child.end()}});
  const std::lock_guard lock(mutex);
  losses_ms.push_back(steady_ms());
  ++lost;
}

struct PdfDocument::Impl {
  Impl(std::shared_ptr<PdfPool::Impl> p, Bytes b) : pool(std::move(p)), bytes(std::move(b)) {}
  ~Impl() {
    child.reset();
    pool->give_place();
  }

  std::shared_ptr<PdfPool::Impl> pool;
  Bytes bytes;
  std::unique_ptr<Child> child;
  PdfFacts facts;

  // Starts a child and hands it the document.
  Status begin();
  // The same when there is no child any more. Errors: worker_lost when the pool has ended.
  Status make_ready();
  // The child's answer; a child that gave none, or one that cannot be, is let go.
  template <class Decode>
  auto ask(PdfKind kind, ByteView body, PdfKind wanted, Decode decode)
      -> Result<typename decltype(decode(ByteView{}))::value_type>;
  Error lose(Error why) {
    pool->note_loss(*child);
    child.reset();
    return why;
  }
};

template <class Decode>
auto PdfDocument::Impl::ask(PdfKind kind, ByteView body, PdfKind wanted, Decode decode)
    -> Result<typename decltype(decode(ByteView{}))::value_type> {
  auto frame = child->ask(static_cast<std::uint8_t>(kind), body, pool->config.timeout_ms);
  if (!frame.ok()) return lose(frame.error());
  if (frame->kind == kErrorFrame) {
    if (const auto error = decode_error(frame->body)) return *error;
  } else if (frame->kind == static_cast<std::uint8_t>(wanted)) {
    if (auto answer = decode(frame->body)) return std::move(*answer);
  }
  return lose(Error(VisionErrc::worker_lost, "the child answered something else"));
}

Status PdfDocument::Impl::begin() {
  MQ_TRY(child, pool->start_child());
  auto opened = ask(PdfKind::open, bytes, PdfKind::facts, decode_pdf_facts);
  if (!opened.ok()) {
    child.reset();
    return opened.error();
  }
  facts = std::move(*opened);
  return ok();
}

Status PdfDocument::Impl::make_ready() {
  if (pool->is_ending()) {
    child.reset();
    return Error(VisionErrc::worker_lost, "the pool has ended");
  }
  return child ? ok() : begin();
}

PdfDocument::PdfDocument(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PdfDocument::~PdfDocument() = default;
const PdfFacts& PdfDocument::facts() const { return impl_->facts; }

Result<PdfPageText> PdfDocument::page_text(int page) {
  if (page < 1 || page > impl_->facts.pages) return VisionErrc::pdf_no_such_page;
  MQ_REQUIRE(impl_->make_ready());
  return impl_->ask(PdfKind::text, encode(PdfQuestion{page, 0}), PdfKind::words,
                    decode_pdf_page_text);
}

Result<Bytes> PdfDocument::render(int page, int dpi) {
  if (page < 1 || page > impl_->facts.pages) return VisionErrc::pdf_no_such_page;
  MQ_REQUIRE(impl_->make_ready());
  const auto picture = [](ByteView body) -> std::optional<Bytes> {
    const bool jpeg = body.size() > 3 && body[0] == 0xFF && body[1] == 0xD8 && body[2] == 0xFF;
    if (!jpeg || body.size() > limits::kHttpPhotoBodyBytes) return std::nullopt;
    return Bytes(body.begin(), body.end());
  };
  return impl_->ask(PdfKind::render, encode(PdfQuestion{page, dpi}), PdfKind::jpeg, picture);
}

PdfPool::PdfPool(PdfConfig config) : impl_(std::make_shared<Impl>(std::move(config))) {
  MQ_CHECK(impl_->config.documents >= 1);
}

PdfPool::~PdfPool() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->ending = true;
  }
  impl_->changed.notify_all();
  impl_->starts.close();
  if (impl_->starter.joinable()) impl_->starter.join();
}

Result<std::unique_ptr<PdfDocument>> PdfPool::open(Bytes pdf) {
  if (pdf.size() > limits::kPdfBytes) return VisionErrc::too_many_bytes;
  MQ_REQUIRE(impl_->take_place());
  auto document = std::make_unique<PdfDocument::Impl>(impl_, std::move(pdf));
  MQ_REQUIRE(document->begin());
  return std::unique_ptr<PdfDocument>(new PdfDocument(std::move(document)));
}

Result<PdfFacts> PdfPool::inspect(Bytes pdf) {
  MQ_TRY(const auto document, open(std::move(pdf)));
  return document->facts();
}

Result<PdfPageText> PdfPool::page_text(Bytes pdf, int page) {
  MQ_TRY(const auto document, open(std::move(pdf)));
  return document->page_text(page);
}

Result<Bytes> PdfPool::render(Bytes pdf, int page, int dpi) {
  MQ_TRY(const auto document, open(std::move(pdf)));
  return document->render(page, dpi);
}

std::int64_t PdfPool::started() const { return impl_->started; }

std::int64_t PdfPool::lost() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->lost;
}

}  // namespace mq::vision
