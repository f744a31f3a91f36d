// From a picture of a page to its text: upright, cell by cell.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "vision/face/face.h"

namespace mq::vision {

class TextReader;

// One cell of a table, or a line of text elsewhere.
struct PlacedLine {
  Box box;
  std::string text;      // UTF-8, at most limits::kPageCellBytes
  float confidence = 0;  // 0..1, of its least sure character
};

// In pixels of the upright page, which has the size of the picture as it was read. Of a page in perspective, boxes
// may lie outside of it by a little. Texts are personal data.
struct PageReading {
  int width = 0;
  int height = 0;
  std::vector<PlacedLine> lines;  // in no order; at most limits::kPageCells
};

// Thread-safe. A dense page takes seconds of one core.
class PageReader {
 public:
  // Errors: models_missing.
  static Result<PageReader> load(const std::string& models_dir);
  explicit PageReader(std::shared_ptr<const TextReader> text) : text_(std::move(text)) {}

  // Any rotation, perspective within what a hand does, not bent. A picture without text is a reading without lines.
  // Errors: the picture errors of VisionErrc.
  Result<PageReading> read(ByteView image) const;

 private:
  std::shared_ptr<const TextReader> text_;
};

}  // namespace mq::vision
