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

#include "vision/pdf/document.h"
#include "vision/pdf/landlock.h"
#include "vision/pdf/pool.h"
#include "vision/pdf/protocol.h"
#include "vision/pdf/sample.h"
#include "vision/worker/child.h"
#include "vision/worker/environment.h"
#include "vision/worker/lock.h"

namespace mq::vision {
namespace {

// Where Debian keeps fonts and poppler's character maps. fontconfig's configuration and cache are
// read before the lock.
const std::vector<std::string>& readable_folders() {
  static const std::vector<std::string> folders = {"/usr/share/fonts", "/usr/local/share/fonts",
                                                   "/usr/share/poppler"};
  return folders;
}

constexpr LockLimits kLimits{.address_space_bytes = limits::kPdfAddressSpaceBytes,
                             .cpu_seconds = limits::kPdfCpuSeconds,
                             .open_files = 32,
                             .may_read_files = true};

bool is_alone() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return std::distance(begin(tasks), end(tasks)) == 1;
}

Status lock_reader(int fd) {
#if !defined(__SANITIZE_THREAD__)
  // Landlock binds the thread that calls it and those it starts, not the others of the process.
  if (!is_alone()) return Error(VisionErrc::pdf_unavailable, "a library has started a thread");
#endif
  MQ_REQUIRE(allow_reading_below(readable_folders()));
  return lock_process(fd, kLimits);
}

// What was asked, in a child that has its document or has not got it yet.
class Session {
 public:
  explicit Session(int fd) : fd_(fd) {}

  // False when the child has to end: the parent has gone or does not keep to the protocol.
  bool answer(RawFrame& request) {
    switch (static_cast<PdfKind>(request.kind)) {
      case PdfKind::open:
        return !asked_ && open(std::move(request.body));
      case PdfKind::text: {
        const auto question = decode_pdf_question(request.body);
        if (!document_ || !question) return false;
        const auto page = document_->page_text(question->page);
        return page.ok() ? send(PdfKind::words, encode(*page)) : refuse(page.error());
      }
      case PdfKind::render: {
        const auto question = decode_pdf_question(request.body);
        if (!document_ || !question) return false;
        const auto jpeg = document_->jpeg(question->page, question->dpi);
        return jpeg.ok() ? send(PdfKind::jpeg, *jpeg) : refuse(jpeg.error());
      }
      default:
        return false;
    }
  }

 private:
  bool open(Bytes pdf) {
    asked_ = true;
    auto opened = Document::open(std::move(pdf));
    if (!opened.ok()) return refuse(opened.error());
    document_ = std::move(opened).value();
    return send(PdfKind::facts, encode(document_->facts()));
  }
  bool send(PdfKind kind, ByteView body) const {
    return write_frame(fd_, static_cast<std::uint8_t>(kind), body, -1) == IoState::done;
  }
  bool refuse(const Error& error) const { return send(PdfKind::error, encode(error)); }

  int fd_;
  bool asked_ = false;  // one document a process: nothing of another one can be left in it
  std::unique_ptr<Document> document_;
};

int complain(const Error& error) {
  std::fprintf(stderr, "%s: %s\n", error.code().c_str(), error.detail().c_str());
  return 1;
}

bool refused(long result) { return result == -1 && (errno == EPERM || errno == EACCES); }

bool thread_refused() {
  pthread_t thread{};
  return pthread_create(
             &thread, nullptr, [](void* nothing) { return nothing; }, nullptr) != 0;
}

}  // namespace

int run_pdf_worker(int fd) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  Status ready = warm_up_documents();
  // Libraries write their complaints about a document to standard error: not into the server's log.
  dup2(STDOUT_FILENO, STDERR_FILENO);
  if (ready.ok()) ready = lock_reader(fd);
  if (!ready.ok()) {
    write_frame(fd, kErrorFrame, encode(ready.error()), -1);
    return 1;
  }
  if (write_frame(fd, kReadyFrame, {}, -1) != IoState::done) return 1;
  Session session(fd);
  RawFrame request;
  while (read_frame(fd, request, kPdfFrameBytes, -1) == IoState::done) {
    if (!session.answer(request)) return 1;
  }
  return 0;
}

int run_pdf_lock_self_test() {
  if (!start_again_as_a_child()) return 1;
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 1;
  if (const Status warm = warm_up_documents(); !warm.ok()) return complain(warm.error());
  struct Attempt {
    const char* name;
    bool was_refused;
  };
  const pid_t parent = getppid();
  if (const Status locked = lock_reader(ends[0]); !locked.ok()) return complain(locked.error());
  char* const no_words[] = {nullptr};
  const std::string font_folder = readable_folders().front();
  const Attempt attempts[] = {
      {"open", refused(open("/etc/passwd", O_RDONLY))},
      {"open of its own memory", refused(open("/proc/self/mem", O_RDONLY))},
      {"open of a folder", refused(open("/", O_RDONLY | O_DIRECTORY))},
      {"way out of a folder",
       refused(open((font_folder + "/../../../etc/passwd").c_str(), O_RDONLY))},
      {"create", refused(open("pdf-lock-self-test", O_CREAT | O_WRONLY, 0600))},
      {"create among the fonts",
       refused(open((font_folder + "/pdf-lock-self-test").c_str(), O_CREAT | O_WRONLY, 0600))},
      {"write", refused(open("/dev/null", O_WRONLY))},
      {"delete", refused(unlink("pdf-lock-self-test"))},
      {"inet socket", refused(socket(AF_INET, SOCK_STREAM, 0))},
      {"unix socket", refused(socket(AF_UNIX, SOCK_STREAM, 0))},
      {"fork", refused(fork())},
      {"exec", refused(execve("/bin/true", no_words, no_words))},
      {"thread", thread_refused()},
      {"signal to parent", refused(kill(parent, 0))},
      {"send over another descriptor", refused(send(ends[1], "x", 1, 0))},
      {"executable memory", mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                                 -1, 0) == MAP_FAILED},
  };
  int status = 0;
  for (const Attempt& attempt : attempts) {
    if (attempt.was_refused) continue;
    std::fprintf(stderr, "not refused: %s\n", attempt.name);
    status = 1;
  }
  // Characters and sizes that the warming up did not ask for.
  const Status reads = check_foreign_fonts("76968D2794F6884C", "皖货银行");
  return reads.ok() ? status : complain(reads.error());
}

}  // namespace mq::vision
