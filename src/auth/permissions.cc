// Which role may do what. Changes are looked at as a change of policy: docs/security/access.md
// shows the routes that follow from it, and a test fails until that page is written again.
#include <algorithm>
#include <array>

#include "auth/auth.h"
#include "auth/columns.h"

namespace mq::auth {
namespace {

using enum Permission;

// What everybody at work needs: their own session and the business date.
constexpr std::array kEveryone = {own_session};
// Looks at faces and documents, and decides whether a person is who they say.
constexpr std::array kReviewer = {verification_read, verification_decide, document_read};
// Decides on credit. Sees what was read of documents in the application, not the pictures.
constexpr std::array kRisk = {application_read, application_decide};
// Looks after loans, money and books. A large pay-out takes two of them.
constexpr std::array kFinance = {loan_read, payout_release, ledger_read};
// Runs the installation. Nothing of a person's is in it: whoever decides about people needs another
// role.
constexpr std::array kAdmin = {audit_read,    outbox_read,           switch_read,
                               switch_change, business_date_advance, staff_read,
                               staff_change};

bool among(std::span<const Permission> all, Permission one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

}  // namespace

std::span<const Permission> permissions_of(Role role) {
  switch (role) {
    case Role::reviewer:
      return kReviewer;
    case Role::risk:
      return kRisk;
    case Role::finance:
      return kFinance;
    case Role::admin:
      return kAdmin;
  }
  return {};
}

bool Staff::may(Permission permission) const {
  return among(kEveryone, permission) || std::any_of(roles.begin(), roles.end(), [&](Role role) {
           return among(permissions_of(role), permission);
         });
}

std::vector<Permission> Staff::permissions() const {
  std::vector<Permission> out;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Permission>>([&](auto one) {
    if (may(one.value)) out.push_back(one.value);
  });
  return out;
}

std::string roles_text(const std::vector<Role>& roles) {
  std::string text;
  for (const auto role : kAllRoles) {
    if (std::find(roles.begin(), roles.end(), role) == roles.end()) continue;
    if (!text.empty()) text += ",";
    text += boost::describe::enum_to_string(role, "?");
  }
  return text;
}

std::vector<Role> roles_of(const std::string& text) {
  std::vector<Role> roles;
  for (const auto role : kAllRoles) {
    const std::string name = boost::describe::enum_to_string(role, "?");
    if (("," + text + ",").find("," + name + ",") != std::string::npos) roles.push_back(role);
  }
  return roles;
}

}  // namespace mq::auth
