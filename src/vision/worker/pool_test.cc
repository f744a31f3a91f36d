// Parent and child. The test starts itself as the child: see main_test.cc.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <thread>

#include "vision/test_support.h"
#include "vision/worker/protocol.h"

namespace mq::vision {

// A child that misbehaves as the first byte of the "picture" says.
int testing::run_fake_worker(int fd) {
  write_frame(fd, Kind::ready, {}, -1);
  Frame request;
  while (read_frame(fd, request, -1) == IoState::done) {
    switch (request.body.empty() ? 0 : request.body[0]) {
      case 'd':
        raise(SIGKILL);
        break;
      case 'h':
        while (true) pause();
      case 'g':
        write_frame(fd, Kind::analysis, Bytes(100, 0xEE), -1);
        break;
      case 'j':
        write_frame(fd, Kind::jpeg, Bytes(10), -1);
        break;
      case 'f':
        write_frame(fd, Kind::error, as_bytes("ledger.unbalanced\nforeign"), -1);
        break;
      case 'l': {
        const Bytes endless(16, 0xFF);
        if (write(fd, endless.data(), endless.size()) < 0) return 1;
        break;
      }
      default:
        write_frame(fd, Kind::error, encode(Error(VisionErrc::not_an_image, "as asked")), -1);
    }
  }
  return 0;
}

namespace {

std::unique_ptr<WorkerPool> fake_pool(int timeout_ms = 20'000, std::size_t queue = 64) {
  WorkerConfig config;
  config.args = {testing::kFakeWord};
  config.models_dir = "none";
  config.timeout_ms = timeout_ms;
  config.queue = queue;
  return WorkerPool::start(std::move(config)).value();
}

WorkerConfig real_config() {
  WorkerConfig config;
  config.args = {testing::kWorkerWord};
  config.models_dir = testing::models_dir();
  return config;
}

std::string code_of(WorkerPool& pool, std::string_view picture) {
  const auto analysis = pool.analyze(as_bytes(picture));
  return analysis.ok() ? "ok" : analysis.error().code();
}

TEST(Pool, ADeadChildCostsOneRequest) {
  const auto pool = fake_pool();
  EXPECT_EQ(code_of(*pool, "x"), "vision.not_an_image");
  EXPECT_EQ(code_of(*pool, "d"), "vision.worker_lost");
  EXPECT_EQ(code_of(*pool, "x"), "vision.not_an_image");
  EXPECT_EQ(pool->restarts(), 1);
}

TEST(Pool, AStalledChildIsStoppedAndReplaced) {
  const auto pool = fake_pool(300);
  EXPECT_EQ(code_of(*pool, "h"), "vision.timeout");
  std::string code;
  // The replacement may take longer than this pool's short time-out on a busy machine.
  for (int i = 0; i < 50 && code != "vision.not_an_image"; ++i) code = code_of(*pool, "x");
  EXPECT_EQ(code, "vision.not_an_image");
}

TEST(Pool, AnswersOfAnotherKindAreNotBelieved) {
  const auto pool = fake_pool();
  for (const char* lie : {"g", "j", "f", "l"}) {
    EXPECT_EQ(code_of(*pool, lie), "vision.worker_lost") << lie;
    EXPECT_EQ(code_of(*pool, "x"), "vision.not_an_image") << lie;
  }
}

TEST(Pool, AFullQueueRefuses) {
  const auto pool = fake_pool(400, 1);
  std::vector<std::string> codes(8);
  std::vector<std::thread> callers;
  for (std::string& code : codes) callers.emplace_back([&] { code = code_of(*pool, "h"); });
  for (auto& caller : callers) caller.join();
  EXPECT_GE(std::count(codes.begin(), codes.end(), "vision.busy"), 5);
  EXPECT_GE(std::count(codes.begin(), codes.end(), "vision.timeout"), 1);
}

TEST(Pool, RestartsAreBounded) {
  const auto pool = fake_pool();
  for (int i = 0; i < limits::kVisionRestartsPerMinute + 5; ++i) {
    EXPECT_EQ(code_of(*pool, "d"), "vision.worker_lost");
  }
  EXPECT_LE(pool->restarts(), limits::kVisionRestartsPerMinute);
  EXPECT_EQ(code_of(*pool, "x"), "vision.worker_lost");
}

TEST(Pool, ABatchAnswersEveryPictureInItsPlace) {
  WorkerConfig config;
  config.args = {testing::kFakeWord};
  config.models_dir = "none";
  config.children = 2;
  config.queue = 2;
  const auto pool = WorkerPool::start(std::move(config)).value();
  const Bytes huge(limits::kHttpPhotoBodyBytes + 1);
  std::vector<ByteView> pictures(12, as_bytes("x"));
  pictures[3] = as_bytes("d");
  pictures[7] = huge;
  const auto answers = pool->analyze_all(pictures);
  ASSERT_EQ(answers.size(), pictures.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    ASSERT_FALSE(answers[i].ok());
    EXPECT_EQ(answers[i].error().code(), i == 3   ? "vision.worker_lost"
                                         : i == 7 ? "vision.too_many_bytes"
                                                  : "vision.not_an_image")
        << i;
  }
  EXPECT_TRUE(pool->analyze_all({}).empty());
}

TEST(Pool, TooManyBytesNeverReachTheChild) {
  const auto pool = fake_pool();
  const Bytes large(limits::kHttpPhotoBodyBytes + 1, 'd');
  EXPECT_TRUE(pool->analyze(large).error().is(VisionErrc::too_many_bytes));
  EXPECT_EQ(pool->restarts(), 0);
}

TEST(Pool, MissingModelsAndProgramsAreReported) {
  WorkerConfig config = real_config();
  config.models_dir = testing::source_path("models/none");
  EXPECT_TRUE(WorkerPool::start(config).error().is(VisionErrc::models_missing));
  config.program = testing::source_path("no/such/program");
  EXPECT_TRUE(WorkerPool::start(config).error().is(VisionErrc::worker_lost));
}

TEST(Worker, TheLockedChildSeesWhatTheEngineSees) {
  const auto pool = WorkerPool::start(real_config()).value();
  for (int i = 1; i <= 6; ++i) {
    const Bytes photo = testing::demo_photo(i);
    const auto there = pool->analyze(photo);
    const auto here = testing::engine().analyze(photo);
    ASSERT_TRUE(there.ok() && here.ok());
    EXPECT_EQ(encode(*there), encode(*here));
    EXPECT_EQ(pool->portrait_jpeg(photo).value(), testing::engine().portrait_jpeg(photo).value());
  }
  EXPECT_EQ(pool->restarts(), 0);
}

TEST(Worker, PictureErrorsComeThroughWithTheirDetail) {
  const auto pool = WorkerPool::start(real_config()).value();
  const auto refused = pool->analyze(as_bytes("no picture"));
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(VisionErrc::not_an_image));
  EXPECT_FALSE(refused.error().detail().empty());
  const Bytes cut(testing::demo_photo(1));
  EXPECT_TRUE(
      pool->analyze(ByteView(cut).first(cut.size() / 2)).error().is(VisionErrc::not_an_image));
  EXPECT_EQ(pool->restarts(), 0);
}

TEST(Worker, ManyCallersShareTwoChildren) {
  WorkerConfig config = real_config();
  config.children = 2;
  const auto pool = WorkerPool::start(config).value();
  const Bytes photo = testing::demo_photo(3);
  std::vector<int> faces(6, -1);
  std::vector<std::thread> callers;
  for (int& count : faces)
    callers.emplace_back([&] { count = pool->analyze(photo).value().face_count; });
  for (auto& caller : callers) caller.join();
  for (const int count : faces) EXPECT_EQ(count, faces[0]);
  EXPECT_GT(faces[0], 0);
}

TEST(Worker, TheLockRefusesFilesSocketsAndProcesses) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  const std::string command = "'" + self + "' " + testing::kWorkerWord +
                              " " + testing::kSelfTestWord;
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST(Protocol, AnalysesSurviveTheJourney) {
  const auto analysis = testing::engine().analyze(testing::demo_photo(5)).value();
  const Bytes body = encode(analysis);
  const auto read = decode_analysis(body);
  ASSERT_TRUE(read);
  EXPECT_EQ(encode(*read), body);
}

TEST(Protocol, EveryShortenedOrLengthenedBodyIsRefused) {
  const auto analysis = testing::engine().analyze(testing::demo_photo(5)).value();
  Bytes body = encode(analysis);
  for (std::size_t size = 0; size < body.size(); size += 13) {
    EXPECT_FALSE(decode_analysis(ByteView(body).first(size)));
  }
  body.push_back(0);
  EXPECT_FALSE(decode_analysis(body));
}

TEST(Protocol, NumbersThatCannotBeAreRefused) {
  Analysis analysis;
  analysis.width = analysis.height = 100;
  analysis.face_count = 1;
  analysis.faces.resize(1);
  EXPECT_FALSE(decode_analysis(encode(analysis))) << "an embedding without length";
  analysis.faces[0].embedding[0] = 1;
  EXPECT_FALSE(decode_analysis(encode(analysis))) << "a second embedding without length";
  analysis.faces[0].second[0] = 1;
  EXPECT_TRUE(decode_analysis(encode(analysis)));
  analysis.faces[0].pose.yaw = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(decode_analysis(encode(analysis)));
  analysis.faces[0].pose.yaw = 0;
  analysis.face_count = 0;
  EXPECT_FALSE(decode_analysis(encode(analysis)));
}

TEST(Protocol, OnlyOurErrorsComeThrough) {
  EXPECT_TRUE(decode_error(as_bytes("vision.busy\n"))->is(VisionErrc::busy));
  EXPECT_FALSE(decode_error(as_bytes("vision.unheard\n")));
  EXPECT_FALSE(decode_error(as_bytes("ledger.unbalanced\n")));
  EXPECT_FALSE(decode_error(as_bytes("vision.busy")));
  const auto cleaned = decode_error(as_bytes("vision.busy\na\x1b[31m\nb"));
  ASSERT_TRUE(cleaned);
  EXPECT_EQ(cleaned->detail(), "a?[31m?b");
}

}  // namespace
}  // namespace mq::vision
