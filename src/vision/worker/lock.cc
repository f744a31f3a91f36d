#include "vision/worker/lock.h"

#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "vision/vision.h"

namespace mq::vision {
namespace {

// Decoded at most 40 megapixels, twice, beside the models: under 1 GiB of address space in practice.
constexpr rlim_t kAddressSpaceBytes = rlim_t{3} << 30;
constexpr rlim_t kOpenFiles = 8;  // poll() refuses to look at more descriptors than this limit

Status failed(const char* step) { return Error(VisionErrc::worker_lost, step); }

bool limit(__rlimit_resource what, rlim_t most) {
  const rlimit both{most, most};
  return setrlimit(what, &both) == 0;
}

bool allow(scmp_filter_ctx filter, std::initializer_list<int> calls) {
  for (const int call : calls) {
    if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) != 0) return false;
  }
  return true;
}

bool allow_when(scmp_filter_ctx filter, int call, scmp_arg_cmp condition) {
  return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, condition) == 0;
}

bool add_rules(scmp_filter_ctx filter, int fd) {
  const auto the_socket = static_cast<scmp_datum_t>(fd);
  const auto not_executable = [](unsigned argument) {
    return scmp_arg_cmp{argument, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
  };
  const auto exactly = [](unsigned argument, scmp_datum_t value) {
    return scmp_arg_cmp{argument, SCMP_CMP_EQ, value, 0};
  };
  const auto self = static_cast<scmp_datum_t>(getpid());
  return allow(filter, {SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
                        SCMP_SYS(futex), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(clock_gettime),
                        SCMP_SYS(gettimeofday), SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep),
                        SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(getcpu),
                        SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getrandom), SCMP_SYS(rt_sigaction),
                        SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
                        SCMP_SYS(restart_syscall), SCMP_SYS(close), SCMP_SYS(exit),
                        SCMP_SYS(exit_group)}) &&
         allow_when(filter, SCMP_SYS(read), exactly(0, the_socket)) &&
         allow_when(filter, SCMP_SYS(sendto), exactly(0, the_socket)) &&
         allow_when(filter, SCMP_SYS(write), exactly(0, STDERR_FILENO)) &&
         allow_when(filter, SCMP_SYS(mmap), not_executable(2)) &&
         allow_when(filter, SCMP_SYS(mprotect), not_executable(2)) &&
         allow_when(filter, SCMP_SYS(tgkill), exactly(0, self));
}

}  // namespace

Status lock_process(int fd) {
  if (prctl(PR_SET_DUMPABLE, 0) != 0) return failed("dumpable");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("no new privileges");
  // A core file would hold faces.
  if (!limit(RLIMIT_CORE, 0) || !limit(RLIMIT_FSIZE, 0) || !limit(RLIMIT_NOFILE, kOpenFiles)) {
    return failed("resource limits");
  }
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  // The sanitizers reserve terabytes of addresses.
  if (!limit(RLIMIT_AS, kAddressSpaceBytes)) return failed("address space");
#endif

  const std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)),
                                                                seccomp_release);
  if (filter == nullptr) return failed("seccomp");
  if (seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1) != 0) return failed("seccomp");
  if (!add_rules(filter.get(), fd)) return failed("seccomp rules");
  if (seccomp_load(filter.get()) != 0) return failed("seccomp load");
  return ok();
}

}  // namespace mq::vision
