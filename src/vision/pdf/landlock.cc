#include "vision/pdf/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "vision/errors.h"

namespace mq::vision {
namespace {

class Descriptor {
 public:
  explicit Descriptor(long fd) : fd_(static_cast<int>(fd)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// Every right over files that this kernel can refuse. Version 1 knows 13, 2 adds links across
// folders, 3 adds cutting off, 5 adds ioctl. Headers may be older than the kernel, so the rights
// are counted here.
std::uint64_t all_rights(long version) {
  const int rights = version >= 5 ? 16 : version >= 3 ? 15 : version == 2 ? 14 : 13;
  return (std::uint64_t{1} << rights) - 1;
}

Status failed(const char* step) { return Error(VisionErrc::pdf_unavailable, step); }

}  // namespace

Status allow_reading_below(const std::vector<std::string>& folders) {
  const long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return failed("the kernel has no Landlock");
  landlock_ruleset_attr handled{};
  handled.handled_access_fs = all_rights(version);
  const Descriptor rules(
      ::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled.handled_access_fs, 0));
  if (rules.get() < 0) return failed("Landlock rules");
  for (const std::string& folder : folders) {
    const Descriptor below(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (below.get() < 0) continue;
    landlock_path_beneath_attr rule{};
    rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    rule.parent_fd = below.get();
    if (::syscall(SYS_landlock_add_rule, rules.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
      return failed("Landlock rule");
    }
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("no new privileges");
  if (::syscall(SYS_landlock_restrict_self, rules.get(), 0) != 0) return failed("Landlock");
  return ok();
}

}  // namespace mq::vision
