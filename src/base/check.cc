#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace mq {

void check_failed(std::string_view what, std::source_location where) {
  std::fprintf(stderr, "CHECK failed: %.*s at %s:%u\n", static_cast<int>(what.size()), what.data(),
               where.file_name(), static_cast<unsigned>(where.line()));
  std::fflush(stderr);
  std::abort();
}

}  // namespace mq
