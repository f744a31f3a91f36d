// The program of the vision tests, which starts itself as the children that it tests.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "vision/test_support.h"

int main(int argc, char** argv) {
  namespace vision = mq::vision;
  namespace words = mq::vision::testing;
  const std::string word = argc > 1 ? argv[1] : "";
  if (argc > 2 && argv[2] == std::string(words::kSelfTestWord)) {
    // Without the destructors of GoogleTest: a locked process cannot do what sanitizers do there.
    std::_Exit(word == words::kPdfWord ? vision::run_pdf_lock_self_test()
                                       : vision::run_lock_self_test(words::models_dir()));
  }
  // The pools' arguments: the word, --fd, the number, and for pictures --models, the folder.
  if (word == words::kWorkerWord && argc == 6)
    return vision::run_worker(std::atoi(argv[3]), argv[5]);
  if (word == words::kFakeWord && argc == 6) return words::run_fake_worker(std::atoi(argv[3]));
  if (word == words::kPdfWord && argc == 4) return vision::run_pdf_worker(std::atoi(argv[3]));
  if (word == words::kFakePdfWord && argc == 4)
    return words::run_fake_pdf_worker(std::atoi(argv[3]));
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
