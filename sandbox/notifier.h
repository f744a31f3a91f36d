// Settles accepted payments after a short while and tells the caller, again and again until it
// answers 2xx.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "faults.h"
#include "signing.h"
#include "store.h"

namespace mq::sandbox {

// Thread-safe.
class Notifier {
 public:
  // `delay_ms` lies between acceptance and settlement; it doubles with every repeat up to 10 s.
  explicit Notifier(int delay_ms) : delay_ms_(delay_ms) {}
  ~Notifier() { stop(); }

  void start(Sandbox& sandbox);  // takes up what an earlier run left unfinished
  void stop();                   // waits for a notification that is under way
  void schedule(const std::string& request_id);

 private:
  using Clock = std::chrono::steady_clock;
  struct Job {
    std::string request_id;
    int attempt = 0;
  };

  void run();
  void add(Job job);
  bool handle(const std::string& request_id);  // false: again later
  bool send(const Payment& payment);

  const int delay_ms_;
  Sandbox* sandbox_ = nullptr;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::multimap<Clock::time_point, Job> jobs_;
  std::vector<std::thread> threads_;
};

}  // namespace mq::sandbox
