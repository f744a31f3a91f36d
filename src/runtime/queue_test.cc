#include "runtime/queue.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace mq::runtime {
namespace {

TEST(BoundedQueue, RefusesWhenFullAndKeepsTheItem) {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  EXPECT_TRUE(queue.push(std::make_unique<int>(1)));
  auto second = std::make_unique<int>(2);
  EXPECT_FALSE(queue.push(std::move(second)));
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(**queue.try_pop(), 1);
  EXPECT_TRUE(queue.push(std::move(second)));
}

TEST(BoundedQueue, CloseDrainsThenEndsThePoppers) {
  BoundedQueue<int> queue(4);
  EXPECT_TRUE(queue.push(1));
  queue.close();
  EXPECT_FALSE(queue.push(2));
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), std::nullopt);

  BoundedQueue<int> waited(1);
  std::thread popper([&] { EXPECT_EQ(waited.pop(), std::nullopt); });
  waited.close();
  popper.join();
}

}  // namespace
}  // namespace mq::runtime
