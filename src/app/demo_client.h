// The demo's borrower and clerk: an HTTP client with the memory of a phone. Private to app/.
//
// What a phone keeps (session, keys of requests that may have been answered) lies in one small
// file, so that a demo that was killed goes on like a person who opens the page again.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <map>
#include <string>

#include "base/result.h"

namespace mq::app {

class DemoClient {
 public:
  // `memory` is the phone's file.
  DemoClient(std::string server_url, std::string sandbox_url, std::string memory);

  std::string recall(const std::string& name) const;                 // "" if unknown
  void remember(const std::string& name, const std::string& value);  // on disk when it returns

  // One request to the server, as borrower or clerk by the remembered token named `who` ("" =
  // nobody). A POST carries the remembered or a new key of `step`. Retryable problems are tried
  // again.
  Result<boost::json::value> get(const std::string& who, const std::string& path);
  Result<boost::json::value> post(const std::string& who, const std::string& step,
                                  const std::string& path, const boost::json::object& body);
  Result<boost::json::value> put_photo(const std::string& path, const std::string& file);
  Result<std::string> text(const std::string& who, const std::string& path);

  // The newest code that the sandbox's SMS inbox holds for this phone, sent at or after `since_us`.
  Result<std::string> await_code(const std::string& phone, std::int64_t since_us);
  // What the authenticator app of this account shows, as soon as it is another code than
  // `not_this`.
  Result<std::string> await_app_code(const std::string& account, const std::string& not_this);
  Result<boost::json::value> sandbox_statement();

 private:
  Result<std::string> send(const std::string& method, const std::string& who,
                           const std::string& path, const std::string& body,
                           const std::string& type, const std::string& key);

  std::string server_url_, sandbox_url_, memory_;
  std::map<std::string, std::string> known_;
};

// Asks until `done` says yes. What a killed server was doing is taken up again when its lease ends,
// so this waits for some leases' time. Error: app.demo_failed with `what`.
Status wait_until(const std::string& what, const std::function<Result<bool>()>& done);

// Text field of an object; "" when absent or null.
std::string field(const boost::json::value& object, const char* name);

}  // namespace mq::app
