// From a picture to the reading of the identity card in it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "vision/document/card.h"
#include "vision/text/glyph_book.h"
#include "vision/text/reader.h"

namespace mq::vision {

// Thread-safe after load().
class CardReader {
 public:
  // Errors: models_missing.
  static Result<CardReader> load(const std::string& models_dir);
  // With networks that are loaded already.
  CardReader(std::shared_ptr<const TextReader> text, GlyphBook book);
  CardReader(CardReader&&) noexcept;
  CardReader& operator=(CardReader&&) noexcept;
  ~CardReader();

  // `side` is the one that was asked for; without it, the picture decides. Any rotation,
  // perspective within what a hand does. Errors: the picture errors of VisionErrc.
  Result<CardReading> read(ByteView image, std::optional<CardSide> side = std::nullopt) const;

  // A front in somebody's hands: smaller in the picture, so its text is sought in more pixels, and
  // read again in a cut-out around the card. Errors: as read().
  Result<CardReading> read_held(ByteView image) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mq::vision
