#include "app/eval_clips.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "app/face_support.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;

class Clips : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("eval_clips_test_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  Result<std::vector<Clip>> read(const std::string& text) {
    std::ofstream(folder_ / "one.json") << text;
    return read_clips(folder_.string());
  }
  fs::path folder_;
};

TEST_F(Clips, AClipIsRead) {
  const auto clips = read(R"({"kind": "replay", "file": "a.mjpg", "fps": 12.5, "steps": [
      {"action": "turn_left", "prompt_ms": 1000}, {"action": "close_eyes", "prompt_ms": 4000, "tone_ms": 5500}]})");
  ASSERT_TRUE(clips.ok());
  ASSERT_EQ(clips->size(), 1U);
  const Clip& clip = clips->front();
  EXPECT_EQ(clip.path, (folder_ / "a.mjpg").string());
  EXPECT_EQ(clip.kind, "replay");
  EXPECT_DOUBLE_EQ(clip.frames_per_second, 12.5);
  ASSERT_EQ(clip.challenge.steps.size(), 2U);
  EXPECT_EQ(clip.challenge.steps[0].action, vision::Action::turn_left);
  EXPECT_EQ(clip.challenge.steps[1].hold_ms, 1'500);
  EXPECT_EQ(clip.prompts.shown_ms, (std::vector<std::int64_t>{1'000, 4'000}));
  EXPECT_EQ(clip.prompts.tone_ms, (std::vector<std::int64_t>{0, 5'500}));
}

TEST_F(Clips, TheFolderOfTheSameNameIsTheDefault) {
  const auto clips = read(R"({"kind": "bona_fide", "steps": [
      {"action": "nod", "prompt_ms": 0}, {"action": "open_mouth", "prompt_ms": 2000}]})");
  ASSERT_TRUE(clips.ok());
  EXPECT_EQ(clips->front().path, (folder_ / "one").string());
}

TEST_F(Clips, WhatMakesNoChallengeIsAnError) {
  const auto refused = [&](const std::string& steps) {
    const auto clips = read(R"({"kind": "x", "steps": [)" + steps + "]}");
    return !clips.ok() && clips.error().is(FileErrc::invalid);
  };
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused(R"({"action": "nod", "prompt_ms": 0})"));
  EXPECT_TRUE(refused(R"({"action": "wink", "prompt_ms": 0}, {"action": "nod", "prompt_ms": 9})"));
  EXPECT_TRUE(refused(R"({"action": "nod", "prompt_ms": 9}, {"action": "open_mouth", "prompt_ms": 9})"));
  EXPECT_TRUE(refused(R"({"action": "nod", "prompt_ms": -1}, {"action": "open_mouth", "prompt_ms": 9})"));
  EXPECT_TRUE(refused(R"({"action": "nod", "prompt_ms": 1e99}, {"action": "open_mouth", "prompt_ms": 9})"));
  EXPECT_TRUE(refused(R"({"action": "nod", "prompt_ms": 0}, {"action": "close_eyes", "prompt_ms": 9})"));
  EXPECT_TRUE(refused(R"({"action": "nod", "prompt_ms": 0, "tone_ms": 5},
                         {"action": "open_mouth", "prompt_ms": 9})"));
  EXPECT_TRUE(refused(R"({"action": "nod", "prompt_ms": 0},
                         {"action": "close_eyes", "prompt_ms": 9, "tone_ms": 9223372036854775807})"));
}

TEST_F(Clips, WhatIsNoJsonIsAnError) {
  for (const char* text : {"", "[]", "{", R"({"kind": 3})", R"({"kind": "x", "fps": 0, "steps": []})"}) {
    const auto clips = read(text);
    EXPECT_TRUE(!clips.ok() && clips.error().is(FileErrc::invalid)) << text;
  }
  EXPECT_TRUE(read_clips((folder_ / "none").string()).error().is(FileErrc::unreadable));
}

}  // namespace
}  // namespace mq::app
