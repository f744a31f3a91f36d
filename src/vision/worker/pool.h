// The engine in locked child processes: what looks at pictures that came from outside.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "vision/document/bank_card.h"
#include "vision/document/card.h"
#include "vision/document/hand_held.h"
#include "vision/document/page_reader.h"
#include "vision/face/face.h"

namespace mq::vision {

struct WorkerConfig {
  std::string program = "/proc/self/exe";
  // Run as `program args… --fd 3 --models DIR`; must end up in run_worker().
  std::vector<std::string> args = {"vision-worker"};
  std::string models_dir;
  int children = 1;
  int timeout_ms = limits::kVisionTimeoutMs;
  std::size_t queue = limits::kVisionQueue;
};

// Of the upright picture, in pixels.
struct PictureSize {
  int width = 0, height = 0;
};

// The parent's side. Thread-safe. Every call blocks until its answer: a job that cannot begin
// within the time-out answers busy, one that does not end within it answers timeout. A picture that
// kills or stalls its child costs that one request: the child is started anew.
class WorkerPool {
 public:
  // Starts the children and waits for the first one. Errors: models_missing, worker_lost, timeout.
  static Result<std::unique_ptr<WorkerPool>> start(WorkerConfig config);
  ~WorkerPool();  // ends the children; calls still waiting get busy

  // As Engine, and: busy, worker_lost, timeout.
  Result<Analysis> analyze(ByteView image);
  Result<Bytes> portrait_jpeg(ByteView image);
  // As CardReader::read, and: busy, worker_lost, timeout.
  Result<CardReading> read_card(ByteView image, std::optional<CardSide> side = std::nullopt);
  // Decodes the picture and looks at nothing in it. Errors: the picture errors of VisionErrc; busy,
  // worker_lost, timeout.
  Result<PictureSize> measure(ByteView image);
  // As BankCardReader::read, and the same three.
  Result<BankCardReading> read_bank_card(ByteView image);
  // As HandHeldReader, and the same three; timeout is limits::kHandHeldTimeoutMs.
  Result<HandHeldReading> read_hand_held(ByteView picture);
  // The text of a page, as PageReader, and: busy, worker_lost, timeout (limits::kPageTimeoutMs).
  // Takes a child for seconds.
  Result<PageReading> read_page(ByteView image);

  // One answer a picture, in their order; spread over all children, a few at a time, so that other
  // callers still find room in the queue. Busy only when the queue is full with none of these
  // pictures in it.
  std::vector<Result<Analysis>> analyze_all(std::span<const ByteView> images);

  std::int64_t restarts() const;  // since start()

 private:
  struct Impl;
  explicit WorkerPool(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The child's side: loads the models, locks the process, then answers requests on `fd` until the
// parent closes it. Returns the exit status of the process.
int run_worker(int fd, const std::string& models_dir);

// Locks this process as a worker does, tries to open a file, a socket and a child, and returns 0
// only if everything was refused and the engine still works.
int run_lock_self_test(const std::string& models_dir);

}  // namespace mq::vision
