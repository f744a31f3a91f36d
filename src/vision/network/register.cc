#include "vision/network/register.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "crypto/hash.h"
#include "runtime/json.h"
#include "vision/errors.h"

namespace mq::vision {
namespace {

namespace fs = std::filesystem;

struct Register {
  std::vector<ModelFile> models;
};
BOOST_DESCRIBE_STRUCT(Register, (), (models))

Error missing(const std::string& file, std::string_view why) {
  return {VisionErrc::models_missing, file + " " + std::string(why) + "; run tools/fetch-models"};
}

}  // namespace

Result<std::vector<ModelFile>> model_register(const std::string& models_dir) {
  std::ifstream in(models_dir + "/manifest.json", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (text.empty()) return missing("manifest.json", "is not there");
  auto read = runtime::from_json<Register>(text);
  if (!read.ok()) return missing("manifest.json", "is not a register of models");
  return std::move(read->models);
}

Result<Bytes> read_model_file(const std::string& path) {
  const std::string file = fs::path(path).filename();
  MQ_TRY(const auto models, model_register(fs::path(path).parent_path()));
  const auto known = std::find_if(models.begin(), models.end(),
                                  [&](const ModelFile& model) { return model.file == file; });
  if (known == models.end()) return missing(file, "is not registered");
  std::error_code failed;
  if (!fs::is_regular_file(path, failed)) return missing(file, "is not there");
  if (static_cast<std::int64_t>(fs::file_size(path, failed)) != known->bytes) {
    return missing(file, "has the wrong size");
  }
  std::ifstream in(path, std::ios::binary);
  Bytes content(static_cast<std::size_t>(known->bytes));
  in.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(content.size()));
  if (!in || crypto::hex(crypto::sha256(content)) != known->sha256) {
    return missing(file, "is not the file that was registered");
  }
  return content;
}

}  // namespace mq::vision
