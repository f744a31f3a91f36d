// The sandbox's memory: one append-only file of JSON lines. A line counts once its newline is on
// disk.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mq::sandbox {

enum class JournalErrc {
  unreadable,  // the file or its folder cannot be opened, read or written
  in_use,      // another sandbox runs on the same folder
  corrupt,     // a line before the last one is not what we wrote
  write_failed,
};
BOOST_DESCRIBE_ENUM(JournalErrc, unreadable, in_use, corrupt, write_failed)
constexpr std::string_view error_domain(JournalErrc) { return "journal"; }

// Not thread-safe: the store holds its lock around it.
class Journal {
 public:
  // Opens or makes the file, takes a lock on it for as long as the process lives, and hands every
  // complete line to `replay` (its error is returned). A last line without its newline was never
  // acknowledged: it is cut off.
  static Result<std::unique_ptr<Journal>> open(
      const std::string& path, const std::function<Status(std::string_view line)>& replay);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Appends the line and its newline, and waits for the disk. After a failure the file is as
  // before; if even that cannot be had, every later append fails too. Error: write_failed.
  Status append(std::string line);

 private:
  explicit Journal(int fd) : fd_(fd) {}
  int fd_;
  std::int64_t size_ = 0;  // bytes of complete lines
  bool broken_ = false;
};

}  // namespace mq::sandbox
