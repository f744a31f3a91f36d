#include "runtime/metrics.h"

#include <gtest/gtest.h>

namespace mq::runtime {
namespace {

TEST(Metrics, RendersRequestsCountersAndGauges) {
  Metrics metrics;
  metrics.request("/v1/loans/{loan_id}", "GET", 200, 0.003);
  metrics.request("/v1/loans/{loan_id}", "GET", 200, 0.2);
  metrics.count("outbox_delivered_total", "topic", "loan.paid");
  metrics.count("outbox_delivered_total", "topic", "loan.paid");
  metrics.gauge("queue_length", 3);
  metrics.gauge("queue_length", 5);
  const auto text = metrics.render();
  for (const auto* expected : {
           "http_requests_total{method=\"GET\",route=\"/v1/loans/{loan_id}\",status=\"200\"} 2",
           "http_request_seconds_count{route=\"/v1/loans/{loan_id}\"} 2",
           "http_request_seconds_bucket{route=\"/v1/loans/{loan_id}\",le=\"0.005\"} 1",
           "outbox_delivered_total{topic=\"loan.paid\"} 2",
           "queue_length 5",
       }) {
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "\n" << text;
  }
}

TEST(MetricsDeathTest, ANameThatCannotBeExportedIsABug) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(Metrics().gauge("not a name", 1), "metric name");
}

}  // namespace
}  // namespace mq::runtime
