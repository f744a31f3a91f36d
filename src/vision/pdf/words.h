// The words of a page with the way they are drawn. Part of the wrapper of poppler (document.h).
#pragma once

#include <TextOutputDev.h>

#include <memory>
#include <vector>

#include "vision/pdf/pdf.h"

namespace mq::vision {

// Gathers words as poppler does, and how each character was painted beside it.
class WordDevice : public TextOutputDev {
 public:
  explicit WordDevice(PdfSize page);

  void drawChar(GfxState* state, double x, double y, double dx, double dy, double origin_x,
                double origin_y, CharCode code, int bytes, const Unicode* text,
                int length) override;
  void incCharCount(int characters) override;
  // The file's own claim of what its characters mean.
  void beginActualText(GfxState* state, const GooString* text) override;
  void endActualText(GfxState* state) override;

  // More text than limits::kPdfPageTextBytes: the rest was left out.
  bool too_much() const { return too_much_; }
  // `unseen` is left to the caller. False when there are more words than limits::kPdfPageWords.
  bool take(PdfPageText& out);

 private:
  std::uint8_t look_at(GfxState* state, double x, double y, double dx, double dy);
  PdfWord word_of(const TextWord& word) const;

  PdfSize page_;
  // One a byte of shown text: poppler numbers the characters of its words by these positions.
  std::vector<std::uint8_t> marks_;
  int characters_outside_ = 0;
  bool too_much_ = false;
};

// At most `most` bytes of well-formed UTF-8 without control characters.
std::string clean_text(const Unicode* text, int length, std::size_t most);

}  // namespace mq::vision
