// Where the words of a page stand: upright, in lines. Private to documents/.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "documents/statement.h"

namespace mq::documents::statements {

// One word, turned upright with its page. The box of the text it comes from stays as it was.
struct Token {
  float left = 0, right = 0;  // upright
  float y = 0, height = 0;    // centre and height, upright
  std::string text;           // folded, no blanks
  float confidence = 1;
  vision::Box source;
};

struct Line {
  float y = 0;
  std::vector<Token> tokens;  // from left to right
};

struct PageLines {
  std::vector<Line> lines;  // from top to bottom
  float text_height = 0;    // of an ordinary word
  float width = 0;
};

// Errors: statement_too_large, statement_malformed.
Status check_limits(std::span<const StatementPage> pages);

// How much lower a line is at the right than at the left, a unit of width: 0.02 is about one
// degree.
float slope_of(const StatementPage& page);

// Words cut at blanks, and where recognition joined date, text and amounts without any. Words much
// taller than most are kept only at the top of the page, where titles stand: below they are
// watermarks and seals.
PageLines lines_of(const StatementPage& page);

// The words of the texts with blanks between.
std::string text_of(const std::vector<Token>& tokens);
vision::Box joined(const vision::Box& a, const vision::Box& b);

}  // namespace mq::documents::statements
