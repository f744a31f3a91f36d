// Staff accounts, which sign in with a password.
#include "audit/audit.h"
#include "auth/attempts.h"
#include "auth/auth.h"

namespace mq::auth {
namespace {

constexpr std::size_t kPasswordMinBytes = 10;

std::string join(const std::vector<Role>& roles) {
  std::string text;
  for (const auto role : roles) {
    if (!text.empty()) text += ",";
    text += boost::describe::enum_to_string(role, "?");
  }
  return text;
}

std::vector<Role> split(const std::string& text) {
  std::vector<Role> roles;
  for (const auto role : kAllRoles) {
    const std::string name = boost::describe::enum_to_string(role, "?");
    if (("," + text + ",").find("," + name + ",") != std::string::npos) roles.push_back(role);
  }
  return roles;
}

}  // namespace

Result<Staff> Auth::staff(std::string_view token, const DeviceTokens& devices) {
  MQ_TRY(const auto found, find_session("staff", token, devices));
  return database_.read([&](storage::Transaction& tx) -> Result<Staff> {
    const auto row =
        tx.first("SELECT id, username, roles FROM auth_staff WHERE id = $1", {found.subject});
    if (!row) return AuthErrc::no_session;
    return Staff{row->id<StaffId>(0), row->text(1), split(row->text(2)), found.id, found.device};
  });
}

Result<StaffId> Auth::create_staff(std::string_view username, std::string_view password,
                                   const std::vector<Role>& roles) {
  if (password.size() < kPasswordMinBytes || password.size() > 200) return AuthErrc::weak_password;
  MQ_TRY(const auto hash, crypto::hash_password(password, random_));
  const auto id = StaffId::make(clock_.now(), random_);
  return database_.write([&](storage::Transaction& tx) -> Result<StaffId> {
    const auto made = tx.change(
        "INSERT INTO auth_staff (id, username, password_hash, roles, created_at) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (username) DO NOTHING",
        {id, username, hash, join(roles), clock_.now()});
    if (made != 1) return AuthErrc::username_taken;
    audit::append(tx, clock_.now(), random_, "auth.staff_created", id.str(),
                  {{"roles", join(roles)}});
    return id;
  });
}

Result<Auth::StaffSignedIn> Auth::staff_sign_in(std::string_view username,
                                                std::string_view password, const Origin& origin) {
  if (username.size() > 100 || password.size() > 200) return AuthErrc::wrong_credentials;
  const auto now = clock_.now();
  Attempter who{.account = std::string(username), .device = {}, .address = origin.address};
  // The try counts before the password is looked at, so that parallel guesses are not more than allowed, and
  // whether there is such a name or not, so that limits do not tell names.
  MQ_TRY(const auto row,
         database_.write([&](storage::Transaction& tx) -> Result<std::optional<storage::Row>> {
           auto found = tx.first(
               "SELECT id, username, password_hash, roles FROM auth_staff WHERE username = $1",
               {username});
           who.device.reset();  // this may run again
           const auto known = found ? known_device(tx, "staff", found->text(0), origin.devices)
                                    : std::nullopt;
           if (known) who.device = known->id;
           MQ_REQUIRE(take(tx, ring_, Attempt::password_guess, who, now, AuthErrc::too_many_guesses));
           return found;
         }));
  // An unknown name costs the same work, so that names cannot be found out by timing.
  static const std::string kNobody = [] {
    crypto::SystemRandom random;
    auto hash = crypto::hash_password("no such account", random);
    MQ_CHECK(hash.ok());
    return *hash;
  }();
  MQ_TRY(const bool fits, crypto::verify_password(row ? row->text(2) : kNobody, password));
  if (!row || !fits) return AuthErrc::wrong_credentials;
  return database_.write([&](storage::Transaction& tx) -> Result<StaffSignedIn> {
    give_back(tx, ring_, Attempt::password_guess, who);
    // Two sign-ins at the same moment note their devices one after the other. Who was taken away
    // meanwhile does not come in.
    const auto now_there = tx.first(
        "SELECT id, username, roles FROM auth_staff WHERE id = $1" + std::string(tx.for_update()),
        {row->text(0)});
    if (!now_there) return AuthErrc::wrong_credentials;
    auto session = open_session(tx, "staff", row->text(0), origin);
    audit::append(tx, now, random_, "auth.staff_signed_in", row->text(0),
                  {{"session", session.id.str()}});
    Staff staff{now_there->id<StaffId>(0), now_there->text(1), split(now_there->text(2)), session.id,
                session.device};
    return StaffSignedIn{std::move(staff), std::move(session)};
  });
}

}  // namespace mq::auth
