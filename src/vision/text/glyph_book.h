// What characters look like: every Chinese character that an installed font has, drawn, to compare
// a printed one with.
//
// The networks know the characters that they were trained on and take others for one of those, with
// high confidence, or leave them out. A font knows no text, but has nearly all characters.
#pragma once

#include <memory>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "base/result.h"

namespace mq::vision {

struct GlyphMatch {
  std::string text;  // UTF-8, one code point
  float score = -1;  // correlation of the two pictures, −1..1
};

struct GlyphLikeness {
  GlyphMatch best;
  float runner_up = -1;  // score of the next one
};

// Thread-safe after load(). All characters of a style are drawn when it is first asked for the
// nearest, which takes about a second.
class GlyphBook {
 public:
  // Opens the fonts and keeps them open. Errors: models_missing (the package is not installed).
  static Result<GlyphBook> load();
  GlyphBook(GlyphBook&&) noexcept;
  GlyphBook& operator=(GlyphBook&&) noexcept;
  ~GlyphBook();

  std::size_t styles() const;  // of type: sans serif, serif, brush

  // `ink` is one character, CV_8U, 0 where there is paper; of any size. Answers −1 for a character
  // that the style does not have, and for ink too little to compare.
  float score(const cv::Mat& ink, const std::string& character, std::size_t style) const;
  // The nearest two of all characters of the style.
  GlyphLikeness nearest(const cv::Mat& ink, std::size_t style) const;

 private:
  struct Impl;
  explicit GlyphBook(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mq::vision
