#include "notifier.h"

#include <algorithm>

#include "runtime/http.h"
#include "runtime/json.h"
#include "runtime/log.h"

namespace mq::sandbox {
namespace {

constexpr int kThreads = 4;  // one hanging receiver does not hold up the others
constexpr int kSendTimeoutMs = 3'000;
constexpr int kMaxDelayMs = 10'000;
constexpr int kCopies = 3;  // under Mode::duplicate

std::string notification_of(const Payment& payment) {
  boost::json::object body{{"notification_id", *payment.notification_id},
                           {"instruction_id", payment.request_id},
                           {"kind", runtime::to_json_value(payment.kind)},
                           {"state", runtime::to_json_value(payment.state)},
                           {"amount", payment.amount.str()},
                           {"channel_reference", payment.channel_reference}};
  if (payment.reason) body["reason"] = *payment.reason;
  return boost::json::serialize(body);
}

}  // namespace

void Notifier::start(Sandbox& sandbox) {
  sandbox_ = &sandbox;
  for (const auto& payment : sandbox.store.payments()) {
    if (!payment.notified) schedule(payment.request_id);
  }
  for (int i = 0; i < kThreads; ++i) threads_.emplace_back([this] { run(); });
}

void Notifier::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void Notifier::schedule(const std::string& request_id) { add({request_id, 0}); }

void Notifier::add(Job job) {
  const auto delay_ms =
      std::min<std::int64_t>(static_cast<std::int64_t>(delay_ms_) << std::min(job.attempt, 10),
                             std::max(kMaxDelayMs, delay_ms_));
  const auto due = Clock::now() + std::chrono::milliseconds(delay_ms);
  {
    const std::lock_guard lock(mutex_);
    jobs_.emplace(due, std::move(job));
  }
  changed_.notify_all();
}

void Notifier::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (jobs_.empty()) {
      changed_.wait(lock);
      continue;
    }
    if (const auto due = jobs_.begin()->first; due > Clock::now()) {
      changed_.wait_until(lock, due);
      continue;
    }
    auto job = std::move(jobs_.extract(jobs_.begin()).mapped());
    lock.unlock();
    if (!handle(job.request_id)) add({job.request_id, job.attempt + 1});
    lock.lock();
  }
}

bool Notifier::handle(const std::string& request_id) {
  auto payment = sandbox_->store.payment(request_id);
  MQ_CHECK(payment.has_value());
  const auto mode = sandbox_->faults.of(Partner::payment).mode;
  if (payment->state == PaymentState::accepted) {
    const bool declined = mode == Mode::decline;
    payment->state = declined ? PaymentState::failed : PaymentState::succeeded;
    if (declined) payment->reason = "declined_by_bank";
    payment->notification_id = Uuid::v7(sandbox_->clock.now(), sandbox_->random).str();
    if (!sandbox_->store.update(*payment).ok()) return false;
  }
  if (mode == Mode::down || mode == Mode::lost_answer) return false;
  if (!send(*payment)) return false;
  for (int copy = 1; mode == Mode::duplicate && copy < kCopies; ++copy) send(*payment);
  payment->notified = true;
  return sandbox_->store.update(*payment).ok();
}

bool Notifier::send(const Payment& payment) {
  const bool wrong = sandbox_->faults.of(Partner::payment).mode == Mode::wrong_signature;
  runtime::ClientRequest request;
  request.method = "POST";
  request.url = payment.notify_url;
  request.timeout_ms = kSendTimeoutMs;
  request.body = notification_of(payment);
  request.headers = {
      {"Content-Type", "application/json"},
      {"X-Signature", make_signature(wrong ? wrong_secret(*sandbox_) : sandbox_->secret,
                                     sandbox_->clock.now(), request.body)}};
  // The demo server's certificate is its own; nothing but the loopback address is excused.
  request.insecure = request.url.starts_with("https://127.0.0.1:") ||
                     request.url.starts_with("https://localhost:");
  const auto answer = runtime::http_send(request);
  const bool received = answer.ok() && answer->status >= 200 && answer->status < 300;
  if (!received) {
    log::warn("notification.not_received",
              {{"instruction", payment.request_id}, {"status", answer.ok() ? answer->status : 0}});
  }
  return received;
}

}  // namespace mq::sandbox
