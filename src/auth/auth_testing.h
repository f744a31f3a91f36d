// Fixture of auth's tests, over the test helpers that only tests include:
//   using CodesTest = AuthFixture<test::PeopleTest>;
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "audit/audit.h"
#include "auth/auth.h"
#include "auth/authenticator_testing.h"
#include "base/limits.h"

namespace mq::auth {

template <class People>
class AuthFixture : public People {
 protected:
  void SetUp() override {
    this->prepare({storage::kOutboxMigration, audit::kAuditMigration, vault::kVaultMigration,
                   kAuthMigration, kRolesMigration, kSessionClientMigration, kSessionIndexMigration,
                   kDevicesMigration, kStaffAccountsMigration, kPasskeysMigration,
                   kRenewalMigration});
  }

  struct Sms {
    std::string request_id, phone, text;
  };
  SmsSender capture() {
    return [this](const std::string& request_id, const Pii<std::string>& phone,
                  const std::string& text) -> Status {
      sent_.push_back({request_id, phone.expose(), text});
      return ok();
    };
  }
  // What the phone of its owner shows once the outbox has delivered.
  std::string received_code(const ChallengeId& challenge) {
    const auto before = sent_.size();
    EXPECT_TRUE(auth_.deliver_code(challenge, capture()).ok());
    EXPECT_EQ(sent_.size(), before + 1);
    return sent_.size() > before ? code_in(sent_.back().text) : "";
  }
  static std::string code_in(const std::string& text) {
    const std::string_view before = "验证码 ";
    const auto at = text.find(before);
    EXPECT_NE(at, std::string::npos);
    return text.substr(at + before.size(), 6);
  }
  static std::string wrong(std::string code) {
    code[5] = code[5] == '0' ? '1' : '0';
    return code;
  }

  Challenge requested(const std::string& phone, const Origin& origin = {}) {
    const auto challenge = auth_.request_sign_in(Pii<std::string>(phone), origin);
    EXPECT_TRUE(challenge.ok()) << challenge.error().code();
    return *challenge;
  }
  Auth::SignedIn signed_in(const std::string& phone, const Origin& origin = {}) {
    const auto challenge = requested(phone, origin);
    const auto done = auth_.sign_in(challenge.id, received_code(challenge.id), origin);
    EXPECT_TRUE(done.ok()) << done.error().code();
    return *done;
  }

  // Password and code, as they should be.
  Auth::StaffSignedIn staff_in(const std::string& username, std::string_view password,
                               const Origin& origin = {}) {
    const auto done = apps_.enter(auth_, this->clock_, username, password, origin);
    EXPECT_TRUE(done.ok()) << done.error().code();
    return *done;
  }

  // The error's code, or "ok".
  template <class T>
  static std::string said(const Result<T>& result) {
    return result.ok() ? "ok" : result.error().code();
  }
  static std::string said(const Status& status) {
    return status.ok() ? "ok" : status.error().code();
  }

  // The code by SMS that was sent for it.
  std::string sent_for(const Borrower& by, const StepUp& step_up) {
    this->clock_.advance_seconds(limits::kCodeResendSeconds);
    const auto sent = auth_.send_step_up_code(by, step_up.id);
    EXPECT_TRUE(sent.ok()) << sent.error().code();
    return received_code(sent->id);
  }
  void approve(const Borrower& by, const StepUp& step_up) {
    EXPECT_EQ(said(auth_.pass_step_up(by, step_up.id, sent_for(by, step_up))), "ok");
  }

  static Borrower as_borrower(const Auth::SignedIn& in) {
    return {in.person, in.session.id, in.session.device};
  }

  std::vector<Sms> sent_;
  TestApp apps_;
  Auth auth_{this->db(), this->vault_, this->ring_, this->clock_, this->random_};
};

}  // namespace mq::auth
