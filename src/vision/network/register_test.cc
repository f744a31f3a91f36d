#include "vision/network/register.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "vision/network/model.h"
#include "vision/test_support.h"

namespace mq::vision {
namespace {

namespace fs = std::filesystem;

class RegisterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "model-register-" + std::to_string(::getpid());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    for (const char* name : {"manifest.json", "fr_eye.onnx"}) {
      fs::copy_file(testing::models_dir() + "/" + name, folder_ + "/" + name);
    }
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << text;
  }
  void expect_refused(const std::string& name, const std::string& because) const {
    const auto content = read_model_file(folder_ + "/" + name);
    ASSERT_FALSE(content.ok()) << name;
    EXPECT_TRUE(content.error().is(VisionErrc::models_missing));
    EXPECT_NE(content.error().detail().find(because), std::string::npos)
        << content.error().detail();
  }

  std::string folder_;
};

TEST_F(RegisterTest, NamesOriginAndLicenceOfEveryModel) {
  const auto models = model_register(folder_);
  ASSERT_TRUE(models.ok());
  EXPECT_GE(models->size(), 8U);
  for (const ModelFile& model : *models) {
    EXPECT_EQ(model.sha256.size(), 64U) << model.file;
    EXPECT_FALSE(model.licence.empty()) << model.file;
    EXPECT_FALSE(model.package.empty()) << model.file;
    EXPECT_FALSE(model.doubts.empty()) << model.file;
  }
}

TEST_F(RegisterTest, ReadsWhatIsRegistered) {
  const auto content = read_model_file(folder_ + "/fr_eye.onnx");
  ASSERT_TRUE(content.ok());
  EXPECT_EQ(content->size(), fs::file_size(folder_ + "/fr_eye.onnx"));
}

TEST_F(RegisterTest, RefusesAFileThatWasChanged) {
  std::fstream file(folder_ + "/fr_eye.onnx", std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(1000);
  file.put('\x5A').put('\xA5');
  file.close();
  expect_refused("fr_eye.onnx", "is not the file that was registered");
  const auto loaded = Model::load(folder_ + "/fr_eye.onnx", {1, 1, 24, 24}, {{"output", 2}});
  ASSERT_FALSE(loaded.ok());
  EXPECT_TRUE(loaded.error().is(VisionErrc::models_missing));
}

TEST_F(RegisterTest, RefusesWhatIsMissingShortOrUnknown) {
  expect_refused("fr_pose.onnx", "is not there");
  expect_refused("other.onnx", "is not registered");
  write("fr_eye.onnx", "short");
  expect_refused("fr_eye.onnx", "has the wrong size");
  write("manifest.json", R"({"models":[{"file":1}]})");
  expect_refused("fr_eye.onnx", "is not a register");
  fs::remove(folder_ + "/manifest.json");
  expect_refused("fr_eye.onnx", "is not there");
}

}  // namespace
}  // namespace mq::vision
