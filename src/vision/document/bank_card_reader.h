// From a picture to the reading of the bank card in it.
#pragma once

#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "vision/document/bank_card.h"

namespace mq::vision {

class TextReader;

// Thread-safe after load().
class BankCardReader {
 public:
  // Errors: models_missing.
  static Result<BankCardReader> load(const std::string& models_dir);
  // With networks that are loaded already.
  explicit BankCardReader(std::shared_ptr<const TextReader> text) : text_(std::move(text)) {}

  // Any rotation, perspective within what a hand does. Errors: the picture errors of VisionErrc.
  Result<BankCardReading> read(ByteView image) const;

 private:
  std::shared_ptr<const TextReader> text_;
};

}  // namespace mq::vision
