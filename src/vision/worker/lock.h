// Takes from this process everything it does not need to turn bytes into facts.
#pragma once

#include "base/result.h"

namespace mq::vision {

// After it the process can read and write `fd`, write to standard error, use memory and end; it
// cannot open files, make sockets, start processes or threads, or make memory executable. Refused
// calls fail with EPERM rather than kill, because libraries probe for files that they can do
// without. Irrevocable; for all threads. Errors: vision.worker_lost with the step that failed.
Status lock_process(int fd);

}  // namespace mq::vision
