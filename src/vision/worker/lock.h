// Takes from this process everything it does not need to turn bytes into facts.
#pragma once

#include "base/result.h"

namespace mq::vision {

struct LockLimits {
  std::int64_t address_space_bytes = 0;
  int cpu_seconds = 0;  // the kernel ends the process after them; 0 is without end
  int open_files = 8;   // poll() refuses to look at more descriptors than this limit
  // Files may be opened for reading. Which ones is for Landlock to say (pdf/landlock.h).
  bool may_read_files = false;
};

// After it the process can read and write `fd`, write to standard error, use memory and end; it cannot
// open files (but see may_read_files), make sockets, start processes or threads, or make memory executable.
// Refused calls fail with EPERM rather than kill, because libraries probe for files that they can do without.
// Irrevocable; for all threads. Errors: vision.worker_lost with the step that failed.
Status lock_process(int fd, const LockLimits& limits);

}  // namespace mq::vision
