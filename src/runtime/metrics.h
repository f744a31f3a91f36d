// Metrics in the Prometheus text format. Labels hold route patterns and codes, never personal data.
#pragma once

#include <memory>
#include <string>

namespace mq::runtime {

// Thread-safe. A name or label outside [a-zA-Z_][a-zA-Z0-9_]* is a bug and stops the process.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  // http_requests_total{route,method,status} and the histogram http_request_seconds{route}.
  void request(const std::string& route, const std::string& method, int status, double seconds);
  // Adds one to the counter `name{label="value"}`.
  void count(const std::string& name, const std::string& label, const std::string& value);
  void gauge(const std::string& name, double value);
  std::string render() const;  // text/plain; version=0.0.4

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mq::runtime
