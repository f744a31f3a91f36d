#include "app/face_support.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>

#include "base/limits.h"

namespace mq::app {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

std::string title_of(const Error& error) {
  static const std::map<std::string, std::string, std::less<>> titles = {
      {"vision.not_an_image", "This is not a readable JPEG, PNG or WebP picture"},
      {"vision.unsupported_format", "Pictures of this kind are not accepted"},
      {"vision.too_many_bytes", "The file is too large"},
      {"vision.too_many_pixels", "The picture has too many pixels"},
      {"vision.image_too_small", "The picture is too small"},
      {"vision.no_face", "There is no face in the picture"},
      {"vision.several_faces", "There is more than one person in the picture"},
      {"vision.face_too_small", "The face is too small to compare"},
      {"vision.models_missing", "The models are not installed"},
      {"vision.pdf_damaged", "This is not a readable PDF"},
      {"vision.pdf_encrypted", "The PDF is protected by a password"},
      {"vision.pdf_no_such_page", "The PDF has no such page"},
      {"vision.pdf_page_too_large", "The page is too large"},
      {"vision.pdf_too_many_pages", "The PDF has too many pages"},
      {"vision.pdf_unavailable", "PDFs cannot be read on this machine"},
      {"vision.timeout", "It took too long"},
      {"vision.worker_lost", "The reader ended; the file may be harmful"},
      {"card.no_card", "There is no identity card in the picture"},
      {"card.foreign", "This is another kind of card"},
      {"card.wrong_side", "This is the other side of the card"},
      {"curve.malformed", "This is not a curve file"},
      {"curve.no_such_model", "The curve file does not speak of the models in use"},
      {"curve.too_few_pairs", "These photos are too few for a curve"},
      {"file.unreadable", "The file cannot be read"},
      {"file.unwritable", "The file cannot be written"},
      {"file.invalid", "The file is not as expected"}};
  const auto found = titles.find(error.code());
  return found == titles.end() ? "The picture could not be analysed" : found->second;
}

}  // namespace

int report_problem(const Error& error, bool as_json) {
  if (as_json) {
    const json::object problem = {
        {"code", error.code()}, {"title", title_of(error)}, {"detail", error.detail()}};
    std::cout << json::serialize(problem) << '\n';
  } else {
    std::cerr << title_of(error) << " (" << error.code() << ")";
    if (!error.detail().empty()) std::cerr << ": " << error.detail();
    std::cerr << '\n';
  }
  return 1;
}

Result<Bytes> read_picture(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::error_code failed;
  if (!in || !fs::is_regular_file(path, failed)) return Error(FileErrc::unreadable, path);
  // One byte over the limit is enough for the decoder to refuse it.
  Bytes out(std::min<std::uintmax_t>(fs::file_size(path, failed), limits::kHttpPhotoBodyBytes + 1));
  in.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
  if (in.gcount() != static_cast<std::streamsize>(out.size())) return Error(FileErrc::unreadable, path);
  return out;
}

bool is_picture_name(const std::string& path) {
  std::string extension = fs::path(path).extension();
  std::transform(extension.begin(), extension.end(), extension.begin(), ::tolower);
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png" || extension == ".webp";
}

double rounded(double value, int digits) {
  const double factor = std::pow(10.0, digits);
  return std::round(value * factor) / factor;
}

double thread_cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

CLI::App* subcommand(CLI::App& app, const std::string& name, const std::string& text) {
  const auto known = app.get_subcommands([&](CLI::App* one) { return one->get_name() == name; });
  if (!known.empty()) return known.front();
  auto* made = app.add_subcommand(name, text);
  made->require_subcommand(1);
  return made;
}

std::string find_models_dir(const std::string& option) {
  if (!option.empty()) return option;
  if (const char* named = std::getenv("MIANQIAN_MODELS"); named != nullptr && *named != '\0') return named;
  std::error_code failed;
  const fs::path folder = fs::read_symlink("/proc/self/exe", failed).parent_path();
  fs::path fallback = folder / "../models/files";
  for (const char* up : {"../models/files", "../../models/files", "../../../models/files"}) {
    if (fs::is_directory(folder / up, failed)) return (folder / up).lexically_normal();
  }
  return fallback.lexically_normal();
}

}  // namespace mq::app
