#include "app/user_commands.h"

#include <boost/json.hpp>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>

#include "app/migrations.h"
#include "app/server.h"
#include "app/settings.h"
#include "auth/auth.h"

namespace mq::app {
namespace {

namespace json = boost::json;

struct Options {
  std::string config, data, database, username, whose;
  std::vector<std::string> roles;
  bool demo = false, json = false;
};

// The server's stores, beside a server that may be running.
struct Stores {
  Settings settings;
  SystemClock clock;
  crypto::SystemRandom random;
  std::optional<crypto::KeyRing> keys;
  std::unique_ptr<storage::Database> database;
  std::optional<auth::StaffAccounts> accounts;
};

Result<std::unique_ptr<Stores>> open_stores(const Options& options) {
  std::map<std::string, std::string> flags;
  if (!options.data.empty()) flags["server.data"] = options.data;
  if (!options.database.empty()) flags["database.url"] = options.database;
  if (options.demo) flags["server.demo"] = "true";
  auto stores = std::make_unique<Stores>();
  MQ_TRY(
      stores->settings,
      load_settings(options.config.empty() ? std::nullopt : std::optional(options.config), flags));
  const auto& settings = stores->settings;
  const auto key_file = settings.data + "/master.key";
  if (!std::filesystem::exists(key_file))
    return Error(AppErrc::data_folder,
                 settings.data + " is no server's folder yet: start the server once");
  MQ_REQUIRE(check_kind(settings));
  MQ_TRY(auto keys, crypto::KeyRing::load(key_file));
  stores->keys.emplace(std::move(keys));
  MQ_TRY(stores->database, storage::open(settings.database, settings.schema));
  MQ_REQUIRE(stores->database->migrate(data_migrations()));
  stores->accounts.emplace(*stores->database, *stores->keys, stores->clock, stores->random);
  return stores;
}

Status run_invite(const Options& options) {
  std::vector<auth::Role> roles;
  for (const auto& name : options.roles) {
    auth::Role role{};
    MQ_CHECK(boost::describe::enum_from_string(name.c_str(), role));  // checked by the parser
    roles.push_back(role);
  }
  MQ_TRY(const auto stores, open_stores(options));
  MQ_TRY(const auto made, stores->accounts->invite_from_host(options.username, roles));
  const auto& base = stores->settings.public_url;
  const auto link = (base.empty() ? "" : base) + "/console/#/invitation/" + made.token;
  if (options.json) {
    std::cout << json::serialize(json::object{{"username", made.username},
                                              {"token", made.token},
                                              {"link", link},
                                              {"expires_at", made.expires_at.iso()}})
              << '\n';
    return ok();
  }
  std::cout << "Open this once, before " << made.expires_at.iso() << ", to become \""
            << made.username << "\":\n  " << link << "\n"
            << (base.empty() ? "(after the address of this server; server.public_url is not set)\n"
                             : "")
            << "Whoever has it becomes the account: hand it over as you would a key.\n";
  return ok();
}

Status run_list(const Options& options) {
  MQ_TRY(const auto stores, open_stores(options));
  MQ_TRY(const auto all, stores->accounts->list());
  for (const auto& one : all) {
    json::array roles;
    std::string text;
    for (const auto role : one.roles) {
      const std::string name = boost::describe::enum_to_string(role, "?");
      roles.push_back(json::value(name));
      text += (text.empty() ? "" : ",") + name;
    }
    const std::string state = boost::describe::enum_to_string(one.state, "?");
    if (options.json) {
      std::cout << json::serialize(
                       json::object{{"username", one.username}, {"state", state}, {"roles", roles}})
                << '\n';
    } else {
      std::cout << one.username << "\t" << state << "\t" << text << '\n';
    }
  }
  return ok();
}

Status run_end_sessions(const Options& options) {
  auth::Everybody whose{};
  MQ_CHECK(boost::describe::enum_from_string(options.whose.c_str(), whose));
  MQ_TRY(const auto stores, open_stores(options));
  MQ_TRY(const auto ended,
         stores->database->write([&](storage::Transaction& tx) -> Result<std::int64_t> {
           return auth::end_all_sessions(tx, stores->clock.now(), stores->random, whose, {});
         }));
  if (options.json) {
    std::cout << json::serialize(json::object{{"ended", ended}}) << '\n';
  } else {
    std::cout << "ended " << ended << " sessions\n";
  }
  return ok();
}

int report(const Status& done) {
  if (done.ok()) return 0;
  std::cerr << "mianqian: " << done.error().code()
            << (done.error().detail().empty() ? "" : ": " + done.error().detail()) << '\n';
  return 1;
}

void add_common_options(CLI::App& command, Options& options) {
  command.add_option("--config", options.config, "the server's TOML file")
      ->check(CLI::ExistingFile);
  command.add_option("--data", options.data, "the server's folder");
  command.add_option("--database", options.database, "postgresql://… or sqlite:FILE");
  command.add_flag("--demo", options.demo, "the folder is a demo's");
  command.add_flag("--json", options.json, "print JSON");
}

}  // namespace

void add_user_commands(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  auto* user = app.add_subcommand("user", "accounts of staff, from the machine itself");
  user->require_subcommand(1);
  auto* invite = user->add_subcommand(
      "invite", "a link with which somebody becomes an account; one that is there begins anew");
  invite->add_option("name", options->username, "user name")->required();
  invite
      ->add_option("--roles", options->roles, "reviewer, risk, finance, admin; several with commas")
      ->required()
      ->delimiter(',')
      ->check(CLI::IsMember({"reviewer", "risk", "finance", "admin"}));
  add_common_options(*invite, *options);
  invite->callback([options, &exit_code] { exit_code = report(run_invite(*options)); });
  auto* end = user->add_subcommand("end-sessions", "signs everybody out, at once");
  end->add_option("whose", options->whose, "borrowers, staff or everybody")
      ->required()
      ->check(CLI::IsMember({"borrowers", "staff", "everybody"}));
  add_common_options(*end, *options);
  end->callback([options, &exit_code] { exit_code = report(run_end_sessions(*options)); });
  auto* list = user->add_subcommand("list", "who there is");
  add_common_options(*list, *options);
  list->callback([options, &exit_code] { exit_code = report(run_list(*options)); });
}

}  // namespace mq::app
