// From a picture to the reading of the identity card in it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "vision/document/card.h"

namespace mq::vision {

class TextReader;

// Thread-safe after load().
class CardReader {
 public:
  // Errors: models_missing.
  static Result<CardReader> load(const std::string& models_dir);
  // With networks that are loaded already, and that others may use too.
  static CardReader over(std::shared_ptr<const TextReader> text);
  CardReader(CardReader&&) noexcept;
  CardReader& operator=(CardReader&&) noexcept;
  ~CardReader();

  // `side` is the one that was asked for; without it, the picture decides. Any rotation, perspective within
  // what a hand does. Errors: the picture errors of VisionErrc.
  Result<CardReading> read(ByteView image, std::optional<CardSide> side = std::nullopt) const;

 private:
  struct Impl;
  explicit CardReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mq::vision
