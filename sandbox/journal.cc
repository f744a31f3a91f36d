#include "journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/check.h"

namespace mq::sandbox {
namespace {

bool read_all(int fd, std::string& text) {
  std::array<char, 64 * 1024> part;
  for (;;) {
    const auto count = ::read(fd, part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count == 0;
    text.append(part.data(), static_cast<std::size_t>(count));
  }
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(
    const std::string& path, const std::function<Status(std::string_view line)>& replay) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return Error(JournalErrc::unreadable, path);
  std::unique_ptr<Journal> journal(new Journal(fd));
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) return Error(JournalErrc::in_use, path);
  std::string text;
  if (!read_all(fd, text)) return Error(JournalErrc::unreadable, path);
  std::string_view rest = text;
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    MQ_REQUIRE(replay(rest.substr(0, end)));
    rest.remove_prefix(end + 1);
  }
  journal->size_ = static_cast<std::int64_t>(text.size() - rest.size());
  if (!rest.empty() && ::ftruncate(fd, journal->size_) != 0) {
    return Error(JournalErrc::unreadable, path);
  }
  return journal;
}

Journal::~Journal() { ::close(fd_); }

Status Journal::append(std::string line) {
  MQ_CHECK(line.find('\n') == std::string::npos);
  if (broken_) return JournalErrc::write_failed;
  line += '\n';
  if (write_all(fd_, line) && ::fsync(fd_) == 0) {
    size_ += static_cast<std::int64_t>(line.size());
    return ok();
  }
  broken_ = ::ftruncate(fd_, size_) != 0;
  return JournalErrc::write_failed;
}

}  // namespace mq::sandbox
