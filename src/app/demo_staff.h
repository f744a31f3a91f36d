// The demo's staff accounts, with their authenticator apps on the sandbox's page. Private to app/.
#pragma once

#include <string>

#include "app/settings.h"
#include "auth/auth.h"

namespace mq::app {

// Makes those that are missing and writes down how to sign in. Errors: app.sandbox_failed, auth.*.
Status make_demo_staff(auth::Auth& auth, auth::StaffAccounts& accounts, const Settings& settings,
                       const std::string& sandbox_url, Random& random);

}  // namespace mq::app
