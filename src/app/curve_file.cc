#include "app/curve_file.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/face_support.h"
#include "vision/vision.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxBytes =
    1'000'000;  // a curve takes about 4 kB, a set of photos makes some dozens

}  // namespace

Result<std::string> read_curve_file(const std::string& path) {
  std::error_code failed;
  if (!fs::exists(path, failed)) return std::string();
  std::ifstream in(path, std::ios::binary);
  if (!in || !fs::is_regular_file(path, failed)) return Error(FileErrc::unreadable, path);
  if (fs::file_size(path, failed) > kMaxBytes)
    return Error(FileErrc::invalid, path + " is too large");
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Status use_curve_file(const std::string& path) {
  if (path.empty()) return ok();
  MQ_TRY(const std::string text, read_curve_file(path));
  if (text.empty()) return Error(FileErrc::unreadable, path);
  const Status used = vision::use_curves(text);
  return used.ok() ? ok()
                   : Error::from_text(used.error().code(), path + ": " + used.error().detail());
}

}  // namespace mq::app
