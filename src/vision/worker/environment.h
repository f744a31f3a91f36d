// What has to be in a process's environment before it is loaded, to run the engine as a child does.
#pragma once

#include <array>
#include <utility>

namespace mq::vision {

inline constexpr std::array<std::pair<const char*, const char*>, 2> kChildVariables = {{
    // OpenBLAS, where OpenCV comes with it, starts threads as soon as the program is loaded, before
    // any lock.
    {"OPENBLAS_NUM_THREADS", "1"},
    // The networks' memory on large pages: a selfie takes about a twentieth less time.
    {"GLIBC_TUNABLES", "glibc.malloc.hugetlb=1"},
}};

// For what is started by hand, with the environment of a shell: makes this process one with the
// variables of a child, from its beginning. False, with a line on standard error, when it could not
// be started again.
bool start_again_as_a_child();

}  // namespace mq::vision
