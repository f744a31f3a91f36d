#include "app/audit_commands.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>

#include "audit/audit.h"
#include "fakes.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

class AuditCommands : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "mq-audit-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    fs::create_directories(folder_ / "data");
    auto opened = storage::open("sqlite:" + (folder_ / "data/mianqian.db").string());
    ASSERT_TRUE(opened.ok());
    database_ = std::move(opened).value();
    const storage::Migration migrations[] = {audit::kAuditMigration};
    ASSERT_TRUE(database_->migrate(migrations).ok());
    grow(3);
  }
  void TearDown() override {
    database_.reset();
    fs::remove_all(folder_);
  }
  void grow(int count) {
    audit::Sequencer sequencer(*database_, clock_,
                               {"bank.example/audit", *crypto::Key256::from_bytes(Bytes(32, 7))});
    ASSERT_TRUE(database_
                    ->write([&](storage::Transaction& tx) -> Status {
                      for (int i = 0; i < count; ++i) {
                        audit::append(tx, clock_.now(), random_, "test.thing_done", "loan-1", {});
                      }
                      return ok();
                    })
                    .ok());
    ASSERT_EQ(*sequencer.run_once(), count);
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  struct Ran {
    int exit_code;
    json::object printed;
  };
  static Ran run(std::vector<std::string> arguments) {
    CLI::App app;
    int exit_code = -1;
    add_audit_commands(app, exit_code);
    arguments.push_back("--json");
    std::reverse(arguments.begin(), arguments.end());
    testing::internal::CaptureStdout();
    app.parse(arguments);
    const auto text = testing::internal::GetCapturedStdout();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
    return {exit_code, json::parse(text).as_object()};
  }
  Ran do_export(const std::string& out) {
    return run({"audit", "export", "--data", path("data"), "--out", path(out)});
  }
  Ran do_verify(const std::string& out, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"audit",        "verify",
                                       "--checkpoint", path(out + "/checkpoint"),
                                       "--proof",      path(out + "/proof-00001.json")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  fs::path folder_;
  std::unique_ptr<storage::Database> database_;
  test::ManualClock clock_;
  test::TestRandom random_;
};

TEST_F(AuditCommands, ExportThenVerifyOffline) {
  const auto exported = do_export("out");
  EXPECT_EQ(exported.exit_code, 0);
  EXPECT_EQ(exported.printed.at("leaves"), 3);
  database_.reset();
  fs::remove_all(folder_ / "data");
  const auto loose = do_verify("out");
  EXPECT_EQ(loose.exit_code, 0);
  EXPECT_EQ(loose.printed.at("verified"), true);
  EXPECT_EQ(loose.printed.at("key_pinned"), false);
  EXPECT_EQ(loose.printed.at("leaves"), 3);
  const std::string key(exported.printed.at("key").as_string());
  for (const auto& pinned : {key, path("out/key")}) {
    const auto verified = do_verify("out", {"--key", pinned});
    EXPECT_EQ(verified.exit_code, 0);
    EXPECT_EQ(verified.printed.at("key_pinned"), true);
  }
}

TEST_F(AuditCommands, AChangedFileIsRefusedWithAProblem) {
  do_export("out");
  std::fstream file(path("out/proof-00001.json"), std::ios::in | std::ios::out);
  file.seekp(-60, std::ios::end);
  file.put('A');
  file.put('B');
  file.close();
  const auto verified = do_verify("out");
  EXPECT_EQ(verified.exit_code, 1);
  EXPECT_TRUE(verified.printed.at("code").as_string().starts_with("audit."));
  EXPECT_FALSE(verified.printed.at("title").as_string().empty());
}

TEST_F(AuditCommands, AnotherKeyIsRefused) {
  do_export("out");
  const crypto::NoteSigner other("bank.example/audit", *crypto::Key256::from_bytes(Bytes(32, 8)));
  const auto verified = do_verify("out", {"--key", other.verifier().str()});
  EXPECT_EQ(verified.exit_code, 1);
  EXPECT_EQ(verified.printed.at("code"), "audit.wrong_key");
}

TEST_F(AuditCommands, GrowthSinceAKeptCheckpoint) {
  do_export("first");
  grow(2);
  const auto exported = run({"audit", "export", "--data", path("data"), "--out", path("second"),
                             "--since", path("first/checkpoint")});
  EXPECT_EQ(exported.exit_code, 0);
  const auto verified = do_verify("second", {"--since", path("first/checkpoint")});
  EXPECT_EQ(verified.exit_code, 0);
  EXPECT_EQ(verified.printed.at("grown_from"), 3);
  do_export("plain");
  EXPECT_EQ(do_verify("plain", {"--since", path("first/checkpoint")}).exit_code, 1);
}

TEST_F(AuditCommands, MissingFilesAreProblemsAndMakeNothing) {
  EXPECT_EQ(do_verify("nowhere").printed.at("code"), "audit.cannot_read");
  const auto exported = run({"audit", "export", "--data", path("empty"), "--out", path("out")});
  EXPECT_EQ(exported.exit_code, 1);
  EXPECT_FALSE(fs::exists(folder_ / "empty"));
}

TEST_F(AuditCommands, WrongUsageIsLeftToTheCaller) {
  EXPECT_THROW(run({"audit", "verify"}), CLI::ParseError);
  testing::internal::GetCapturedStdout();
  EXPECT_THROW(run({"audit", "export", "--out", "x", "--data", "a", "--database", "b"}),
               CLI::ParseError);
  testing::internal::GetCapturedStdout();
}

}  // namespace
}  // namespace mq::app
