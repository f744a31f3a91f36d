#include "faults.h"

#include <gtest/gtest.h>

namespace mq::sandbox {
namespace {

TEST(Faults, ChangesOnlyTheNamedPartner) {
  Faults faults;
  ASSERT_TRUE(
      faults.change({.authority = {}, .sms = FaultChange{Mode::slow, 40}, .payment = {}}).ok());
  EXPECT_EQ(faults.of(Partner::sms).mode, Mode::slow);
  EXPECT_EQ(faults.of(Partner::sms).delay_ms, 40);
  EXPECT_EQ(faults.of(Partner::payment).mode, Mode::none);
  EXPECT_EQ(faults.all().authority->mode, Mode::none);
}

TEST(Faults, SomeModesBelongToPaymentsAndARefusedChangeChangesNothing) {
  for (const auto mode : {Mode::duplicate, Mode::lost_answer, Mode::decline}) {
    Faults faults;
    const auto refused = faults.change(
        {.authority = FaultChange{Mode::down, {}}, .sms = FaultChange{mode, {}}, .payment = {}});
    ASSERT_FALSE(refused.ok());
    EXPECT_TRUE(refused.error().is(FaultErrc::not_for_this_partner));
    EXPECT_EQ(faults.of(Partner::authority).mode, Mode::none);
    EXPECT_TRUE(faults.change({.authority = {}, .sms = {}, .payment = FaultChange{mode, {}}}).ok());
  }
}

TEST(Faults, DelaysAreBounded) {
  Faults faults;
  for (const int delay_ms : {-1, Fault::kMaxDelayMs + 1}) {
    const auto refused =
        faults.change({.authority = {}, .sms = FaultChange{Mode::slow, delay_ms}, .payment = {}});
    ASSERT_FALSE(refused.ok());
    EXPECT_TRUE(refused.error().is(FaultErrc::delay_out_of_range));
  }
}

TEST(Faults, ClosingEndsAWait) {
  Faults faults;
  faults.close();
  faults.wait(Fault::kMaxDelayMs);  // would outlast the test's time limit
  EXPECT_EQ(faults.of(Partner::sms).mode, Mode::none);
}

}  // namespace
}  // namespace mq::sandbox
