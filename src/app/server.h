// The composition root: every component made once, in one place, and wired. Private to app/.
#pragma once

#include <memory>
#include <string>

#include "app/settings.h"

namespace mq::app {

// Demo data has known passwords and keys made without ceremony: it never becomes production, nor
// the other way round. Marks a demo's folder that has no keys yet. Error:
// app.demo_mixed_with_production.
Status check_kind(const Settings& settings);

class Server {
 public:
  // Opens stores, keys and children and starts to serve. Errors of every part, and app.*.
  static Result<std::unique_ptr<Server>> start(const Settings& settings);
  ~Server();  // graceful: requests end, workers finish what they hold, stores close
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::string url() const;          // plain, as reached from this machine
  std::string tls_url() const;      // "" when off
  std::string sandbox_url() const;  // "" outside the demo

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mq::app
