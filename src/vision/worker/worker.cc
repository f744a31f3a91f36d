// The child's side.
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "vision/document/card_reader.h"
#include "vision/picture/decode.h"
#include "vision/text/reader.h"
#include "vision/worker/card_wire.h"
#include "vision/worker/environment.h"
#include "vision/worker/lock.h"
#include "vision/worker/protocol.h"

namespace mq::vision {
namespace {

// Decoded at most 40 megapixels, twice, beside the models: under 2 GiB of address space in practice.
constexpr LockLimits kLimits{.address_space_bytes = std::int64_t{3} << 30,
                             .cpu_seconds = 0,
                             .open_files = 8,
                             .may_read_files = false};

// All that a child can do. The networks that read text are loaded once and shared by the readers.
struct Skills {
  std::unique_ptr<Engine> engine;
  std::shared_ptr<const TextReader> text;
  CardReader card;
};

// Everything that libraries set up on first use must be set up before the lock.
void warm_up(const Skills& skills) {
  const Engine& engine = *skills.engine;
  cv::Mat noise(240, 320, CV_8UC3);
  cv::theRNG().fill(noise, cv::RNG::UNIFORM, 0, 255);
  for (const char* kind : {".jpg", ".png", ".webp"}) {
    Bytes picture;
    if (!cv::imencode(kind, noise, picture)) continue;
    (void)engine.analyze(picture).ok();
    (void)engine.portrait_jpeg(picture).ok();
  }
  // Words in letters that every build of OpenCV can draw: so the recognisers run as well.
  cv::Mat words(240, 640, CV_8UC3, cv::Scalar(250, 250, 250));
  cv::putText(words, "11010519491231002X", {20, 120}, cv::FONT_HERSHEY_SIMPLEX, 1.6, {20, 20, 20}, 3);
  Bytes picture;
  if (cv::imencode(".jpg", words, picture)) (void)skills.card.read(picture).ok();
  // The unwinder reads its tables on the first exception, and decoders do throw.
  try {
    throw cv::Exception();
  } catch (const cv::Exception&) {
  }
}

Result<Skills> load_warm(const std::string& models_dir) {
  MQ_TRY(auto engine, Engine::load(models_dir));
  MQ_TRY(TextReader reader, TextReader::load(models_dir));
  auto text = std::make_shared<const TextReader>(std::move(reader));
  Skills skills{std::move(engine), text, CardReader::over(text)};
  warm_up(skills);
  return skills;
}

int complain(const Error& error) {
  std::fprintf(stderr, "%s: %s\n", error.code().c_str(), error.detail().c_str());
  return 1;
}

Result<Bytes> card_of(const CardReader& reader, ByteView request) {
  const auto asked = decode_card_request(request);
  if (!asked) return Error(VisionErrc::not_an_image, "no request for a card");
  MQ_TRY(const CardReading reading, reader.read(asked->picture, asked->side));
  return encode(reading);
}

Result<Bytes> size_of(ByteView image) {
  MQ_TRY(const Picture picture, decode(image));
  return encode(PictureSize{picture.width, picture.height});
}

bool answer(const Skills& skills, int fd, const Frame& request) {
  const Engine& engine = *skills.engine;
  const auto send = [fd](Kind kind, ByteView body) {
    return write_frame(fd, kind, body, -1) == IoState::done;
  };
  switch (request.kind) {
    case Kind::analyze: {
      const auto analysis = engine.analyze(request.body);
      return analysis.ok() ? send(Kind::analysis, encode(*analysis))
                           : send(Kind::error, encode(analysis.error()));
    }
    case Kind::portrait: {
      const auto jpeg = engine.portrait_jpeg(request.body);
      return jpeg.ok() ? send(Kind::jpeg, *jpeg) : send(Kind::error, encode(jpeg.error()));
    }
    case Kind::read_card: {
      const auto card = card_of(skills.card, request.body);
      return card.ok() ? send(Kind::card, *card) : send(Kind::error, encode(card.error()));
    }
    case Kind::measure: {
      const auto size = size_of(request.body);
      return size.ok() ? send(Kind::size, *size) : send(Kind::error, encode(size.error()));
    }
    default:
      return false;
  }
}

bool refused(long result) { return result == -1 && errno == EPERM; }

bool thread_refused() {
  pthread_t thread{};
  return pthread_create(
             &thread, nullptr, [](void* nothing) { return nothing; }, nullptr) != 0;
}

}  // namespace

int run_worker(int fd, const std::string& models_dir) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  const auto skills = load_warm(models_dir);
  // Decoders write their complaints about a picture to standard error: not into the server's log.
  dup2(STDOUT_FILENO, STDERR_FILENO);
  const Status locked = skills.ok() ? lock_process(fd, kLimits) : Status(skills.error());
  if (!locked.ok()) {
    write_frame(fd, Kind::error, encode(locked.error()), -1);
    return 1;
  }
  if (write_frame(fd, Kind::ready, {}, -1) != IoState::done) return 1;
  Frame request;
  while (read_frame(fd, request, -1) == IoState::done) {
    if (!answer(*skills, fd, request)) return 1;
  }
  return 0;
}

int run_lock_self_test(const std::string& models_dir) {
  if (!start_again_as_a_child()) return 1;
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 1;
  const auto skills = load_warm(models_dir);
  if (!skills.ok()) return complain(skills.error());
  struct Attempt {
    const char* name;
    bool was_refused;
  };
  // Libraries have been seen to start threads that report home.
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  const bool alone = std::distance(begin(tasks), end(tasks)) == 1;
  const pid_t parent = getppid();
  if (const Status locked = lock_process(ends[0], kLimits); !locked.ok()) return complain(locked.error());
  char* const no_words[] = {nullptr};
  std::uint8_t byte = 0;
  const Attempt attempts[] = {
      {"threads of libraries", alone},
      {"open", refused(open("/etc/hostname", O_RDONLY))},
      {"create", refused(open("vision-lock-self-test", O_CREAT | O_WRONLY, 0600))},
      {"inet socket", refused(socket(AF_INET, SOCK_STREAM, 0))},
      {"unix socket", refused(socket(AF_UNIX, SOCK_STREAM, 0))},
      {"fork", refused(fork())},
      {"exec", refused(execve("/bin/true", no_words, no_words))},
      {"thread", thread_refused()},
      {"signal to parent", refused(kill(parent, 0))},
      {"other descriptor", refused(read(ends[1], &byte, 1))},
      {"executable memory", mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                                 -1, 0) == MAP_FAILED},
  };
  int status = 0;
  for (const Attempt& attempt : attempts) {
    if (attempt.was_refused) continue;
    std::fprintf(stderr, "not refused: %s\n", attempt.name);
    status = 1;
  }
  warm_up(*skills);
  return status;
}

}  // namespace mq::vision
