// Settings of `mianqian serve`: TOML file, environment and flags in one struct, checked at start.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace mq::app {

enum class AppErrc {
  demo_mixed_with_production,  // a demo folder without --demo, or the other way round
  partner_not_real,            // production with a partner on this machine or without TLS
  partner_missing,
  no_web_pages,                // the built pages are nowhere to be found
  sandbox_failed,              // the sandbox did not start
  data_folder,                 // cannot be made or is in use by another server
  demo_failed,                 // a step of the demo did not end as it must
  scanner_address,             // scan.clamd is no socket of this machine
};
BOOST_DESCRIBE_ENUM(AppErrc, demo_mixed_with_production, partner_not_real, partner_missing,
                    no_web_pages, sandbox_failed, data_folder, demo_failed, scanner_address)
constexpr std::string_view error_domain(AppErrc) { return "app"; }

struct PartnerAddress {
  std::string url, secret_file;
};

struct Settings {
  bool demo = false;
  std::string data = "data";         // folder: key file, certificate, SQLite files, log
  std::string database;              // "" = sqlite:<data>/mianqian.db
  std::string key_database;          // "" = sqlite:<data>/keys.db, or the PostgreSQL above
  std::string schema = "mianqian";   // of PostgreSQL; keys lie in <schema>_keys
  std::string address = "127.0.0.1";
  int port = 8080, tls_port = 8443;
  int handler_threads = 16;
  std::string certificate, certificate_key;  // "" = made in the data folder
  std::string public_url;                    // how partners and phones reach this server
  std::vector<std::string> hosts, trusted_proxies;
  std::string web_root, models;
  int vision_children = 1;
  std::string vision_curve;          // curve file of `eval face --write-curve`, "" = as shipped
  PartnerAddress authority, sms, payment;
  int sandbox_port = 8090;           // demo only
  std::string sandbox_faces;         // demo only: folder with people.json, "" = made from demo photos
  std::string clamd;                 // socket of the malware scanner, "" = documents are not scanned
  std::string log_level = "info";
  std::string log_file;
};

// `flags` by key ("http.port"). Errors: config.*, app.partner_missing, app.partner_not_real.
Result<Settings> load_settings(const std::optional<std::string>& file,
                               const std::map<std::string, std::string>& flags);

// Where the sandbox of a demo keeps its own data: beside the server's folder, never inside, since it
// plays companies whose stores are not ours.
std::string sandbox_folder(const Settings& settings);

}  // namespace mq::app
