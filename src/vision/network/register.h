// The model register: which files the engine runs on, where they come from and what is doubtful about them.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace mq::vision {

struct ModelFile {
  std::string file;          // below the models' folder
  std::string sha256;        // 64 hexadecimal digits
  std::int64_t bytes = 0;
  std::string package;       // npm
  std::string version;
  std::string licence;       // as packaged
  std::string origin;
  std::string doubts;
  std::string derived_from;  // another file; empty when taken as packaged
};
BOOST_DESCRIBE_STRUCT(ModelFile, (),
                      (file, sha256, bytes, package, version, licence, origin, doubts, derived_from))

// The register that lies beside the model files (`manifest.json`). Errors: vision.models_missing.
Result<std::vector<ModelFile>> model_register(const std::string& models_dir);

// The content of a registered file. Errors: vision.models_missing when it is not there, not registered or
// not the file that the register pins.
Result<Bytes> read_model_file(const std::string& path);

}  // namespace mq::vision
