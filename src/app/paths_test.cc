#include "app/paths.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "app/face_support.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;

TEST(Paths, TheProgramsFolderIsWhereItRunsFrom) {
  EXPECT_TRUE(fs::exists(fs::path(executable_folder()) / "app_test")) << executable_folder();
}

TEST(Paths, WhatIsToldWins) {
  EXPECT_EQ(find_web_root("/srv/pages"), "/srv/pages");
  EXPECT_EQ(find_models_dir("/srv/models"), "/srv/models");
}

TEST(Paths, TheWebPagesAreFoundAboveTheProgramOnceTheyAreBuilt) {
  const char* root = std::getenv("MQ_SOURCE_DIR");
  const auto dist = fs::path(root == nullptr ? fs::current_path().string() : root) / "web" / "dist";
  EXPECT_EQ(find_web_root(""),
            fs::exists(dist / "borrower" / "index.html") ? dist.string() : std::string());
}

}  // namespace
}  // namespace mq::app
