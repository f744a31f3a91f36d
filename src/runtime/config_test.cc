#include "runtime/config.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace mq::runtime {
namespace {

class ConfigTest : public ::testing::Test {
 protected:
  void TearDown() override { ::unlink(path_.c_str()); }
  Result<SettingsSource> load(const std::string& toml,
                              std::map<std::string, std::string> environment = {},
                              std::map<std::string, std::string> flags = {}) const {
    std::ofstream(path_) << toml;
    return SettingsSource::load(path_, std::move(environment), std::move(flags));
  }
  const std::string path_ =
      ::testing::TempDir() + "mq_config_" + std::to_string(::getpid()) + ".toml";
};

constexpr const char* kFile =
    "[http]\n"
    "port = 8080\n"
    "hosts = [\"a.example\", \"b.example\"]\n"
    "[demo]\n"
    "enabled = true\n";

TEST_F(ConfigTest, FlagsWinOverEnvironmentWinsOverFile) {
  const auto file = load(kFile);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->text("http.port"), "8080");
  EXPECT_EQ(load(kFile, {{"MIANQIAN_HTTP_PORT", "81"}})->text("http.port"), "81");
  EXPECT_EQ(load(kFile, {{"MIANQIAN_HTTP_PORT", "81"}}, {{"http.port", "82"}})->text("http.port"), "82");
  EXPECT_EQ(file->text("http.address"), std::nullopt);
  EXPECT_EQ(file->text("http.address", "::1"), "::1");
  EXPECT_EQ(SettingsSource::load(std::nullopt, {}, {})->text("http.port"), std::nullopt);
}

TEST_F(ConfigTest, ListsComeFromArraysAndFromText) {
  const std::vector<std::string> hosts{"a.example", "b.example"};
  EXPECT_EQ(load(kFile)->list("http.hosts"), hosts);
  EXPECT_EQ(load("", {{"MIANQIAN_HTTP_HOSTS", " a.example,, b.example "}})->list("http.hosts"), hosts);
  EXPECT_TRUE(load("")->list("http.hosts").empty());
}

TEST_F(ConfigTest, NumbersAndFlagsAreChecked) {
  const auto source = load(kFile, {{"MIANQIAN_HTTP_SECRET", "hunter2"}}, {{"x.big", "99999999999"}});
  EXPECT_EQ(*source->number("http.port", 1, 0, 65535), 8080);
  EXPECT_EQ(*source->number("http.other", 7, 0, 10), 7);
  EXPECT_TRUE(*source->flag("demo.enabled", false));
  EXPECT_TRUE(*source->flag("demo.other", true));
  const auto range = source->number("http.port", 1, 0, 1000);
  ASSERT_FALSE(range.ok());
  EXPECT_TRUE(range.error().is(ConfigErrc::invalid_value));
  EXPECT_NE(range.error().detail().find("line 2"), std::string::npos);
  EXPECT_FALSE(source->number("x.big", 1, 0, 10).ok());
  EXPECT_FALSE(source->flag("http.port", true).ok());
  const auto secret = source->number("http.secret", 1, 0, 10);
  ASSERT_FALSE(secret.ok());
  EXPECT_NE(secret.error().detail().find("MIANQIAN_HTTP_SECRET"), std::string::npos);
  EXPECT_EQ(secret.error().detail().find("hunter2"), std::string::npos);
}

TEST_F(ConfigTest, UnknownKeysOfTheFileAreRefusedWithTheirLine) {
  const auto source = load("[http]\nport = 1\nprot = 2\n[sms.gateway]\nurl = \"x\"\n",
                           {{"MIANQIAN_SERVICE_HOST", "10.0.0.1"}});
  const auto status = source->refuse_unknown({"http.port"});
  ASSERT_FALSE(status.ok());
  EXPECT_TRUE(status.error().is(ConfigErrc::unknown_key));
  EXPECT_NE(status.error().detail().find("http.prot (line 3), sms.gateway.url (line 5)"),
            std::string::npos);
  EXPECT_TRUE(source->refuse_unknown({"http.port", "http.prot", "sms.gateway.url"}).ok());
}

TEST_F(ConfigTest, BrokenFilesAreErrors) {
  const auto broken = load("[http]\nport = \n");
  ASSERT_FALSE(broken.ok());
  EXPECT_TRUE(broken.error().is(ConfigErrc::malformed));
  EXPECT_NE(broken.error().detail().find("line 2"), std::string::npos);
  for (const auto* toml : {"[a]\nb = 1.5\n", "[a]\nb = 2026-11-22\n", "[a]\nb = [[1]]\n",
                           "[a]\nb = [\"x,y\"]\n", "a = 1\na = 2\n"}) {
    const auto source = load(toml);
    ASSERT_FALSE(source.ok()) << toml;
    EXPECT_TRUE(source.error().is(ConfigErrc::malformed));
  }
  const auto missing = SettingsSource::load("/nowhere.toml", {}, {});
  ASSERT_FALSE(missing.ok());
  EXPECT_TRUE(missing.error().is(ConfigErrc::cannot_read));
}

TEST_F(ConfigTest, ProcessEnvironmentHoldsOnlyOurVariables) {
  ::setenv("MIANQIAN_TEST_VALUE", "a=b", 1);
  const auto environment = process_environment();
  EXPECT_EQ(environment.at("MIANQIAN_TEST_VALUE"), "a=b");
  EXPECT_FALSE(environment.contains("PATH"));
  ::unsetenv("MIANQIAN_TEST_VALUE");
}

}  // namespace
}  // namespace mq::runtime
