// Fixtures of the vision tests: the demo photos and pictures made of them.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <opencv2/imgcodecs.hpp>
#include <string>

#include "vision/vision.h"

namespace mq::vision::testing {

inline std::string source_path(const std::string& relative) {
  const char* root = std::getenv("MQ_SOURCE_DIR");
  return std::string(root == nullptr ? "." : root) + "/" + relative;
}

// What main_test.cc does when it is started with these words, as a pool does.
inline constexpr char kWorkerWord[] = "vision-worker";
inline constexpr char kFakeWord[] = "fake-worker";
inline constexpr char kPdfWord[] = "pdf-worker";
inline constexpr char kFakePdfWord[] = "fake-pdf-worker";
inline constexpr char kSelfTestWord[] = "--self-test-lock";
int run_fake_worker(int fd);
int run_fake_pdf_worker(int fd);

inline std::string models_dir() { return source_path("models/files"); }

inline Bytes demo_photo(int number) {
  std::ifstream in(source_path("models/demo-photos/sample" + std::to_string(number) + ".jpg"),
                   std::ios::binary);
  EXPECT_TRUE(in) << "run tools/fetch-models";
  return {std::istreambuf_iterator<char>(in), {}};
}

inline Bytes encoded(const cv::Mat& picture, const std::string& extension = ".jpg",
                     const std::vector<int>& parameters = {}) {
  Bytes out;
  EXPECT_TRUE(cv::imencode(extension, picture, out, parameters));
  return out;
}

inline cv::Mat pixels(const Bytes& picture) { return cv::imdecode(picture, cv::IMREAD_COLOR); }

inline const Engine& engine() {
  static const std::unique_ptr<Engine> loaded = Engine::load(models_dir()).value();
  return *loaded;
}

// One face of a group photo with some of its surroundings.
inline cv::Mat cut_face(const cv::Mat& photo, const Face& face, float margin = 0.4F) {
  const cv::Rect wanted(cvRound(face.box.x - margin * face.box.width),
                        cvRound(face.box.y - margin * face.box.height),
                        cvRound(face.box.width * (1 + 2 * margin)),
                        cvRound(face.box.height * (1 + 2 * margin)));
  return photo(wanted & cv::Rect({0, 0}, photo.size())).clone();
}

}  // namespace mq::vision::testing
