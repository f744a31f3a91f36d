#include "app/paths.h"

#include <filesystem>

namespace mq::app {

namespace fs = std::filesystem;

std::string executable_folder() {
  std::error_code failed;
  const auto self = fs::read_symlink("/proc/self/exe", failed);
  return failed ? "." : self.parent_path().string();
}

std::string find_web_root(const std::string& option) {
  if (!option.empty()) return option;
  auto folder = fs::path(executable_folder());
  for (int up = 0; up < 5; ++up) {
    const auto candidate = folder / "web" / "dist";
    if (fs::exists(candidate / "borrower" / "index.html")) return candidate.string();
    folder = folder.parent_path();
  }
  return "";
}

}  // namespace mq::app
