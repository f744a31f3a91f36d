// The real sandbox as a child process, a receiver of its notifications, and bounded waiting.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/http.h"

namespace mq::partners {

// Polls until it holds; false after twenty seconds.
bool wait_until(const std::function<bool()>& holds);

class SandboxProcess {
 public:
  static constexpr char kSecret[] = "a secret of the partners test";
  static const std::string kPhoto;  // starts like a JPEG

  // A folder with two people: 张三 (with a photo) and 李四 (without one).
  SandboxProcess();
  ~SandboxProcess();
  SandboxProcess(const SandboxProcess&) = delete;
  SandboxProcess& operator=(const SandboxProcess&) = delete;

  void start(int notify_delay_ms = 20);  // on a free port; CHECKs that it comes up
  void kill();                           // SIGKILL
  int stop();                            // SIGTERM; the exit status
  const std::string& url() const { return url_; }
  std::string data_file(const std::string& name) const { return directory_ + "/data/" + name; }

  void fault(const std::string& partner, const std::string& mode, int delay_ms = 0) const;
  // GET, POST or PUT on the open part.
  runtime::ClientResponse open_call(const std::string& method, const std::string& path,
                                    const std::string& body = {},
                                    const runtime::Headers& headers = {}) const;

 private:
  int wait();
  std::string directory_, url_;
  int pid_ = -1;
};

// Keeps what it was sent, and answers with `status`.
class Receiver {
 public:
  struct Call {
    std::string signature, body;
  };
  Receiver();
  ~Receiver();
  std::string url() const;
  std::vector<Call> calls() const;
  void answer_with(int status);

 private:
  mutable std::mutex mutex_;
  std::vector<Call> calls_;
  int status_ = 200;
  runtime::Router router_;
  std::unique_ptr<runtime::HttpServer> server_;
};

}  // namespace mq::partners
