#include "app/settings.h"

#include <set>

#include "partners/partners.h"
#include "runtime/config.h"
#include "runtime/text.h"

namespace mq::app {
namespace {

const std::set<std::string>& known_keys() {
  static const std::set<std::string> kKeys = {
      "server.demo",         "server.data",          "server.public_url", "server.web_root",
      "server.models",       "server.vision_children", "database.url",    "database.key_url",
      "database.schema",     "http.address",         "http.port",         "http.tls_port",
      "http.certificate",    "http.certificate_key", "http.hosts",        "http.trusted_proxies",
      "http.handler_threads", "authority.url",       "authority.secret_file", "sms.url",
      "sms.secret_file",     "payment.url",          "payment.secret_file", "sandbox.port",
      "sandbox.faces",       "log.level",            "log.file",         "vision.curve",
      "scan.clamd"};
  return kKeys;
}

// Whether the URL's host is this machine, whatever stands before and behind the host.
bool local(std::string_view url) {
  const auto text = runtime::lower(url.substr(url.find("//") + 2));
  const auto authority = text.substr(0, text.find_first_of("/?#"));
  const auto host = authority.substr(authority.rfind('@') + 1);
  const auto name = host.substr(0, host.find(':', host.starts_with('[') ? host.find(']') : 0));
  return name == "localhost" || name.ends_with(".localhost") || name.starts_with("127.") ||
         name == "0.0.0.0" || name == "[::1]" || name == "[::]" || name.starts_with("[::ffff:127.");
}

// Production refuses the sandbox: real partners are elsewhere and speak TLS.
Status check_partner(const char* name, const PartnerAddress& partner) {
  if (partner.url.empty() || partner.secret_file.empty()) {
    return Error(AppErrc::partner_missing,
                 std::string(name) + ".url and " + name + ".secret_file are needed without --demo");
  }
  if (!partner.url.starts_with("https://") || local(partner.url)) {
    return Error(AppErrc::partner_not_real, std::string(name) + ".url must be https and elsewhere");
  }
  return ok();
}

}  // namespace

Result<Settings> load_settings(const std::optional<std::string>& file,
                               const std::map<std::string, std::string>& flags) {
  MQ_TRY(const auto source,
         runtime::SettingsSource::load(file, runtime::process_environment(), flags));
  MQ_REQUIRE(source.refuse_unknown(known_keys()));
  Settings out;
  MQ_TRY(out.demo, source.flag("server.demo", false));
  out.data = source.text("server.data", out.data);
  out.public_url = source.text("server.public_url", "");
  out.web_root = source.text("server.web_root", "");
  out.models = source.text("server.models", "");
  MQ_TRY(out.vision_children, source.number("server.vision_children", 1, 1, 64));
  out.vision_curve = source.text("vision.curve", "");
  out.database = source.text("database.url", "sqlite:" + out.data + "/mianqian.db");
  out.schema = source.text("database.schema", out.schema);
  out.key_database =
      source.text("database.key_url", out.database.starts_with("sqlite:")
                                          ? "sqlite:" + out.data + "/keys.db"
                                          : out.database);
  out.address = source.text("http.address", out.address);
  MQ_TRY(out.port, source.number("http.port", out.port, -1, 65'535));
  MQ_TRY(out.tls_port, source.number("http.tls_port", out.tls_port, -1, 65'535));
  MQ_TRY(out.handler_threads, source.number("http.handler_threads", out.handler_threads, 1, 256));
  out.certificate = source.text("http.certificate", "");
  out.certificate_key = source.text("http.certificate_key", "");
  out.hosts = source.list("http.hosts");
  out.trusted_proxies = source.list("http.trusted_proxies");
  out.authority = {source.text("authority.url", ""), source.text("authority.secret_file", "")};
  out.sms = {source.text("sms.url", ""), source.text("sms.secret_file", "")};
  out.payment = {source.text("payment.url", ""), source.text("payment.secret_file", "")};
  MQ_TRY(out.sandbox_port, source.number("sandbox.port", out.sandbox_port, 0, 65'535));
  out.sandbox_faces = source.text("sandbox.faces", "");
  out.clamd = source.text("scan.clamd", "");
  if (!out.clamd.empty() && !partners::ClamdClient::make(out.clamd)) {
    return Error(AppErrc::scanner_address, "scan.clamd is unix:/PATH or tcp:127.0.0.1:PORT");
  }
  out.log_level = source.text("log.level", out.log_level);
  out.log_file = source.text("log.file", "");
  if (!out.demo) {
    MQ_REQUIRE(check_partner("authority", out.authority));
    MQ_REQUIRE(check_partner("sms", out.sms));
    MQ_REQUIRE(check_partner("payment", out.payment));
  }
  return out;
}

std::string sandbox_folder(const Settings& settings) {
  auto folder = settings.data;
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  return folder + "-sandbox";
}

}  // namespace mq::app
