#include "runtime/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "base/check.h"

namespace mq::runtime {

struct Metrics::Impl {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests =
      prometheus::BuildCounter()
          .Name("http_requests_total")
          .Help("Requests answered, by route pattern")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& seconds =
      prometheus::BuildHistogram()
          .Name("http_request_seconds")
          .Help("Time from the request's header to its answer")
          .Register(registry);
};

namespace {

// From a cached answer to a photo check behind a full vision queue.
const prometheus::Histogram::BucketBoundaries& buckets() {
  static const prometheus::Histogram::BucketBoundaries bounds{
      0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  return bounds;
}

}  // namespace

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::request(const std::string& route, const std::string& method, int status,
                      double seconds) {
  impl_->requests
      .Add({{"route", route}, {"method", method}, {"status", std::to_string(status)}})
      .Increment();
  impl_->seconds.Add({{"route", route}}, buckets()).Observe(seconds);
}

void Metrics::count(const std::string& name, const std::string& label, const std::string& value) {
  try {
    prometheus::BuildCounter().Name(name).Register(impl_->registry).Add({{label, value}}).Increment();
  } catch (const std::exception&) {
    check_failed("a metric name or label is not allowed: " + name);
  }
}

void Metrics::gauge(const std::string& name, double value) {
  try {
    prometheus::BuildGauge().Name(name).Register(impl_->registry).Add({}).Set(value);
  } catch (const std::exception&) {
    check_failed("a metric name is not allowed: " + name);
  }
}

std::string Metrics::render() const {
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace mq::runtime
