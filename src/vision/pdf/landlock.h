// What files a process can read, said to the kernel.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace mq::vision {

// From then on this process and its threads can read files in and below `folders`, list those
// folders, and do nothing else to any file. Folders that do not exist are left out. Sets
// no-new-privileges. Irrevocable. Errors: pdf_unavailable, when the kernel has no Landlock
// (before 5.13, or switched off).
Status allow_reading_below(const std::vector<std::string>& folders);

}  // namespace mq::vision
