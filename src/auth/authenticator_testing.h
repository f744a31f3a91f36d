// The authenticator app on a staff member's phone: sets itself up and shows codes.
#pragma once

#include <map>
#include <string>

#include "auth/auth.h"

namespace mq::auth {

class TestApp {
 public:
  void add(const std::string& username, Bytes secret) { apps_[username] = {std::move(secret)}; }
  const Bytes& secret(const std::string& username) const { return apps_.at(username).secret; }

  // A code that was not shown before; lets time pass when there is none.
  template <class Clock>
  std::string code(const std::string& username, Clock& clock) {
    auto& app = apps_.at(username);
    auto step = crypto::totp_step(clock.now()) - 1;
    if (step <= app.shown) step = app.shown + 1;
    while (step > crypto::totp_step(clock.now()) + 1)
      clock.advance_seconds(crypto::kTotpStepSeconds);
    app.shown = step;
    return crypto::totp_code(app.secret, step);
  }

  // The whole sign-in; the first one sets up the app.
  template <class Clock>
  Result<Auth::StaffSignedIn> enter(Auth& auth, Clock& clock, const std::string& username,
                                    std::string_view password, const Origin& origin = {}) {
    MQ_TRY(const auto begun, auth.staff_sign_in(username, password, origin));
    return finish(auth, clock, begun, origin);
  }
  template <class Clock>
  Result<Auth::StaffSignedIn> finish(Auth& auth, Clock& clock, const Auth::SignInUnderWay& begun,
                                     const Origin& origin = {}) {
    if (begun.set_up) {
      MQ_TRY(const auto made, auth.set_up_totp(begun.token));
      add(begun.username, *crypto::unbase32(made.secret));
    }
    return auth.finish_staff_sign_in(begun.token, code(begun.username, clock), origin);
  }

 private:
  struct App {
    Bytes secret;
    std::int64_t shown = 0;  // the last step whose code was shown
  };
  std::map<std::string, App> apps_;
};

}  // namespace mq::auth
