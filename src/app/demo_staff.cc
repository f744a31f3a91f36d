#include "app/demo_staff.h"

#include <algorithm>
#include <fstream>

#include "app/demo_people.h"
#include "crypto/crypto.h"
#include "runtime/http.h"
#include "runtime/json.h"

namespace mq::app {
namespace {

// As if the person had scanned the QR code with a phone.
Status put_in_app(const std::string& sandbox_url, const std::string& account, ByteView secret) {
  runtime::ClientRequest request;
  request.method = "POST";
  request.url = sandbox_url + "/sandbox/authenticators";
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = boost::json::serialize(
      boost::json::object{{"account", account}, {"secret", crypto::base32(secret)}});
  MQ_TRY(const auto answer, runtime::http_send(request));
  if (answer.status != 201)
    return Error(AppErrc::sandbox_failed, "no authenticator for " + account);
  return ok();
}

}  // namespace

Status make_demo_staff(auth::Auth& auth, auth::StaffAccounts& accounts, const Settings& settings,
                       const std::string& sandbox_url, Random& random) {
  MQ_TRY(const auto there, accounts.list());
  for (const std::string name : {kDemoUser, kDemoSecondUser}) {
    const auto same = [&](const auth::StaffAccount& one) { return one.username == name; };
    if (std::ranges::any_of(there, same)) continue;
    Bytes secret(crypto::kTotpSecretBytes);
    random.fill(secret);
    // The app first: an account whose app is nowhere could not be entered.
    MQ_REQUIRE(put_in_app(sandbox_url, name, secret));
    MQ_TRY([[maybe_unused]] const auto made,
           auth.create_staff(name, kDemoPassword, {auth::kAllRoles.begin(), auth::kAllRoles.end()},
                             secret));
  }
  std::ofstream file(settings.data + "/demo-signins.txt");
  file << "console sign-in: " << kDemoUser << " / " << kDemoPassword << ", and " << kDemoSecondUser
       << " with the same password\n"
       << "their authenticator apps, which show the code that is asked for then: on the sandbox "
          "page\n"
       << "borrowers: any phone number; codes and invented people are on the sandbox page\n"
       << "photos of the invented people: " << sandbox_folder(settings) << "/borrowers/\n";
  return ok();
}

}  // namespace mq::app
