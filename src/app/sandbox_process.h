// The demo's partners: starts mianqian-sandbox as a child and waits until it answers. Private to app/.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "app/settings.h"

namespace mq::app {

class SandboxProcess {
 public:
  // Makes the sandbox's folder with its secret and people (see demo_people.h) and starts the program.
  // Error: app.sandbox_failed.
  static Result<std::unique_ptr<SandboxProcess>> start(const Settings& settings);
  ~SandboxProcess();  // ends it and waits
  SandboxProcess(const SandboxProcess&) = delete;
  SandboxProcess& operator=(const SandboxProcess&) = delete;

  const std::string& url() const { return url_; }
  const std::string& secret_file() const { return secret_file_; }

 private:
  SandboxProcess() = default;
  pid_t pid_ = -1;
  std::string url_, secret_file_;
};

}  // namespace mq::app
