#include "vision/worker/lock.h"

#include <fcntl.h>
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

Status failed(const char* step) { return Error(VisionErrc::worker_lost, step); }

bool limit(__rlimit_resource what, std::int64_t most) {
  const rlimit both{static_cast<rlim_t>(most), static_cast<rlim_t>(most)};
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

// Nothing that makes or changes a file. fstat() of a descriptor is newfstatat() with an empty path.
bool add_reading_rules(scmp_filter_ctx filter) {
  constexpr scmp_datum_t kChanges = O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);
  const scmp_arg_cmp reading{2, SCMP_CMP_MASKED_EQ, kChanges, O_RDONLY};
  const scmp_arg_cmp of_descriptor{3, SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH};
  const scmp_arg_cmp flags_only{1, SCMP_CMP_EQ, F_GETFL, 0};
  const scmp_arg_cmp close_on_exec{1, SCMP_CMP_EQ, F_SETFD, 0};
  return allow(filter, {SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(lseek), SCMP_SYS(fstat)}) &&
         allow_when(filter, SCMP_SYS(openat), reading) &&
         allow_when(filter, SCMP_SYS(newfstatat), of_descriptor) &&
         allow_when(filter, SCMP_SYS(fcntl), flags_only) &&
         allow_when(filter, SCMP_SYS(fcntl), close_on_exec);
}

// The undefined-behaviour sanitizer finds out whether an object can be read by writing it into a pipe.
bool add_sanitizer_rules([[maybe_unused]] scmp_filter_ctx filter) {
#if defined(__SANITIZE_ADDRESS__)
  return allow(filter, {SCMP_SYS(pipe), SCMP_SYS(pipe2), SCMP_SYS(write)});
#else
  return true;
#endif
}

bool add_rules(scmp_filter_ctx filter, int fd, bool may_read_files) {
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
         (may_read_files ? add_reading_rules(filter)
                         : allow_when(filter, SCMP_SYS(read), exactly(0, the_socket))) &&
         allow_when(filter, SCMP_SYS(sendto), exactly(0, the_socket)) &&
         allow_when(filter, SCMP_SYS(write), exactly(0, STDERR_FILENO)) &&
         allow_when(filter, SCMP_SYS(mmap), not_executable(2)) &&
         allow_when(filter, SCMP_SYS(mprotect), not_executable(2)) &&
         allow_when(filter, SCMP_SYS(tgkill), exactly(0, self));
}

}  // namespace

Status lock_process(int fd, const LockLimits& limits) {
  if (prctl(PR_SET_DUMPABLE, 0) != 0) return failed("dumpable");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("no new privileges");
  // A core file would hold faces.
  if (!limit(RLIMIT_CORE, 0) || !limit(RLIMIT_FSIZE, 0) || !limit(RLIMIT_NOFILE, limits.open_files)) {
    return failed("resource limits");
  }
  if (limits.cpu_seconds > 0 && !limit(RLIMIT_CPU, limits.cpu_seconds)) {
    return failed("processor time");
  }
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  // The sanitizers reserve terabytes of addresses.
  if (!limit(RLIMIT_AS, limits.address_space_bytes)) return failed("address space");
#endif

  const std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)),
                                                                seccomp_release);
  if (filter == nullptr) return failed("seccomp");
  if (seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1) != 0) return failed("seccomp");
  if (!add_rules(filter.get(), fd, limits.may_read_files) || !add_sanitizer_rules(filter.get())) {
    return failed("seccomp rules");
  }
  if (seccomp_load(filter.get()) != 0) return failed("seccomp load");
  return ok();
}

}  // namespace mq::vision
