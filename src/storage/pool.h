// A bounded pool of connections, opened when first needed. Private to storage/. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/storage.h"

namespace mq::storage {

template <class Connection>
class Pool {
 public:
  using Open = std::function<Result<std::unique_ptr<Connection>>()>;

  Pool(std::size_t capacity, int wait_ms, Open open)
      : wait_ms_(wait_ms), open_(std::move(open)), free_(capacity) {}

  // A connection on loan: goes back to the pool at the end, or is closed after discard().
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)), connection_(std::move(other.connection_)) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (pool_ != nullptr) pool_->give_back(std::move(connection_));
    }
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }
    void discard() { connection_.reset(); }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  // busy after wait_ms without a free one; otherwise the error of opening.
  Result<Lease> acquire() {
    {
      std::unique_lock lock(mutex_);
      if (!returned_.wait_for(lock, std::chrono::milliseconds(wait_ms_),
                              [&] { return free_ > 0; })) {
        return Error(StorageErrc::busy, "every connection is in use");
      }
      --free_;
      if (!idle_.empty()) {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        return Lease(*this, std::move(connection));
      }
    }
    auto opened = open_();
    if (!opened.ok()) {
      give_back(nullptr);
      return std::move(opened).error();
    }
    return Lease(*this, std::move(opened).value());
  }

  // Closes the connections nobody uses: after a restart of the server all of them are stale.
  void drop_idle() {
    std::vector<std::unique_ptr<Connection>> dropped;
    const std::lock_guard lock(mutex_);
    dropped.swap(idle_);
  }

 private:
  void give_back(std::unique_ptr<Connection> connection) {
    {
      const std::lock_guard lock(mutex_);
      ++free_;
      if (connection != nullptr) idle_.push_back(std::move(connection));
    }
    returned_.notify_one();
  }

  const int wait_ms_;
  const Open open_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::size_t free_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace mq::storage
