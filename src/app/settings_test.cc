#include "app/settings.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "runtime/config.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;
using Flags = std::map<std::string, std::string>;

class SettingsTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto& [name, value] : runtime::process_environment()) ::unsetenv(name.c_str());
    std::string pattern = (fs::temp_directory_path() / "mq-settings-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override {
    for (const auto& [name, value] : runtime::process_environment()) ::unsetenv(name.c_str());
    fs::remove_all(folder_);
  }
  std::string file(const std::string& content) {
    const auto path = (folder_ / "mianqian.toml").string();
    std::ofstream(path) << content;
    return path;
  }

  fs::path folder_;
};

// What production needs at least.
Flags partners() {
  return {{"authority.url", "https://authority.example/"}, {"authority.secret_file", "/keys/a"},
          {"sms.url", "https://sms.example/"},             {"sms.secret_file", "/keys/s"},
          {"payment.url", "https://pay.example/"},         {"payment.secret_file", "/keys/p"}};
}
Flags with(Flags flags, const std::string& key, const std::string& value) {
  flags[key] = value;
  return flags;
}
std::string code_of(const Result<Settings>& settings) {
  return settings.ok() ? "ok" : settings.error().code();
}

TEST_F(SettingsTest, DefaultsListenOnThisMachineOnly) {
  const auto settings = load_settings(std::nullopt, {{"server.demo", "true"}});
  ASSERT_TRUE(settings.ok()) << settings.error().code();
  EXPECT_TRUE(settings->demo);
  EXPECT_EQ(settings->address, "127.0.0.1");
  EXPECT_EQ(settings->port, 8080);
  EXPECT_EQ(settings->tls_port, 8443);
  EXPECT_EQ(settings->database, "sqlite:data/mianqian.db");
  EXPECT_EQ(settings->key_database, "sqlite:data/keys.db");
  EXPECT_TRUE(settings->trusted_proxies.empty());
}

TEST_F(SettingsTest, FlagsWinOverEnvironmentOverFile) {
  const auto path = file(
      "[server]\ndemo = true\n[http]\nport = 1001\ntls_port = 1002\naddress = \"10.0.0.1\"\n"
      "hosts = [\"a.example\", \"b.example\"]\n");
  ::setenv("MIANQIAN_HTTP_PORT", "2001", 1);
  ::setenv("MIANQIAN_HTTP_TLS_PORT", "2002", 1);
  const auto settings = load_settings(path, {{"http.port", "3001"}});
  ASSERT_TRUE(settings.ok()) << settings.error().code() << settings.error().detail();
  EXPECT_EQ(settings->port, 3001);
  EXPECT_EQ(settings->tls_port, 2002);
  EXPECT_EQ(settings->address, "10.0.0.1");
  EXPECT_EQ(settings->hosts, (std::vector<std::string>{"a.example", "b.example"}));
}

TEST_F(SettingsTest, AnUnknownKeyIsAMistake) {
  const auto refused = load_settings(file("[server]\ndemo = true\n[http]\nprot = 80\n"), {});
  ASSERT_EQ(code_of(refused), "config.unknown_key");
  EXPECT_NE(refused.error().detail().find("http.prot"), std::string::npos);
}

TEST_F(SettingsTest, ValuesOutOfRangeAreRefusedByName) {
  const std::pair<std::string, std::string> wrong[] = {
      {"http.port", "65536"},          {"http.port", "http"},  {"http.tls_port", "-2"},
      {"http.handler_threads", "0"},   {"sandbox.port", "-1"}, {"server.demo", "yes"},
      {"server.vision_children", "65"}};
  for (const auto& [key, value] : wrong) {
    const auto refused = load_settings(std::nullopt, with({{"server.demo", "true"}}, key, value));
    ASSERT_EQ(code_of(refused), "config.invalid_value") << key;
    EXPECT_NE(refused.error().detail().find(key), std::string::npos) << refused.error().detail();
  }
}

TEST_F(SettingsTest, AFileThatIsNoneIsRefused) {
  EXPECT_EQ(code_of(load_settings((folder_ / "absent.toml").string(), {})), "config.cannot_read");
  EXPECT_EQ(code_of(load_settings(file("[http\nport"), {})), "config.malformed");
}

TEST_F(SettingsTest, ProductionNeedsAllItsPartners) {
  EXPECT_EQ(code_of(load_settings(std::nullopt, partners())), "ok");
  EXPECT_EQ(code_of(load_settings(std::nullopt, {})), "app.partner_missing");
  for (const auto& [key, value] : partners()) {
    auto flags = partners();
    flags.erase(key);
    const auto refused = load_settings(std::nullopt, flags);
    ASSERT_EQ(code_of(refused), "app.partner_missing") << key;
    const auto name = key.substr(0, key.find('.'));
    EXPECT_NE(refused.error().detail().find(name + ".url"), std::string::npos) << key;
  }
}

TEST_F(SettingsTest, ProductionRefusesPartnersThatCannotBeReal) {
  for (const auto* partner : {"authority", "sms", "payment"}) {
    for (const auto* url :
         {"http://pay.example/", "ftp://pay.example/", "pay.example", "HTTP://pay.example/",
          "https://127.0.0.1:8090/", "https://127.9.9.9", "https://localhost/", "https://LocalHost:1/",
          "https://pay.localhost/", "https://[::1]:8090/", "https://[::ffff:127.0.0.1]/",
          "https://0.0.0.0/", "https://user:word@127.0.0.1/", "https://real.example@localhost/"}) {
      EXPECT_EQ(code_of(load_settings(std::nullopt,
                                      with(partners(), std::string(partner) + ".url", url))),
                "app.partner_not_real")
          << partner << " " << url;
    }
    for (const auto* url : {"https://localhost.example/", "https://pay.example/127.0.0.1",
                            "https://pay.example:8443/?to=//localhost", "https://1.127.0.1/"}) {
      EXPECT_EQ(code_of(load_settings(std::nullopt,
                                      with(partners(), std::string(partner) + ".url", url))),
                "ok")
          << partner << " " << url;
    }
  }
}

TEST_F(SettingsTest, TheScannerIsASocketOfThisMachine) {
  const auto load = [&](const std::string& clamd) {
    return code_of(load_settings(std::nullopt, with({{"server.demo", "true"}}, "scan.clamd", clamd)));
  };
  for (const auto* good : {"", "unix:/run/clamav/clamd.ctl", "tcp:127.0.0.1:3310"}) {
    EXPECT_EQ(load(good), "ok") << good;
  }
  for (const auto* bad : {"/run/clamav/clamd.ctl", "tcp:scanner.example:3310", "tcp:10.0.0.1:3310"}) {
    EXPECT_EQ(load(bad), "app.scanner_address") << bad;
  }
}

TEST_F(SettingsTest, TheKeysFollowTheDatabaseUnlessTold) {
  const auto load = [](Flags flags) {
    flags["server.demo"] = "true";
    return *load_settings(std::nullopt, flags);
  };
  EXPECT_EQ(load({{"server.data", "/srv/mq"}}).key_database, "sqlite:/srv/mq/keys.db");
  const auto postgres = load({{"database.url", "postgresql://mq@db/mq"}});
  EXPECT_EQ(postgres.key_database, "postgresql://mq@db/mq");
  EXPECT_EQ(load({{"database.url", "postgresql://mq@db/mq"},
                  {"database.key_url", "postgresql://mq@keys/mq"}})
                .key_database,
            "postgresql://mq@keys/mq");
}

TEST_F(SettingsTest, TheSandboxLiesBesideTheDataNeverInside) {
  Settings settings;
  for (const auto& [data, folder] : Flags{{"/srv/mq", "/srv/mq-sandbox"},
                                          {"/srv/mq/", "/srv/mq-sandbox"},
                                          {"/srv/mq//", "/srv/mq-sandbox"},
                                          {"data", "data-sandbox"}}) {
    settings.data = data;
    EXPECT_EQ(sandbox_folder(settings), folder);
  }
}

}  // namespace
}  // namespace mq::app
