// Pages for the tests of statements: set by hand, or read from testdata/. For tests only.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "documents/documents.h"
#include "documents/statement_text.h"
#include "runtime/json.h"

namespace mq::documents::test {

// A page to write on: texts of ten points' height, letters of five.
class Paper {
 public:
  explicit Paper(float confidence = 1) : confidence_(confidence) {
    page_.width = 600;
    page_.height = 800;
  }

  Paper& at(float x, float y, const std::string& text) {
    PlacedText placed;
    placed.text = text;
    placed.confidence = confidence_;
    placed.box.x = x;
    placed.box.y = y;
    placed.box.width = 5 * static_cast<float>(statements::set_width(text));
    placed.box.height = 10;
    page_.texts.push_back(std::move(placed));
    return *this;
  }
  // Ending at x.
  Paper& to(float x, float y, const std::string& text) {
    return at(x - 5 * static_cast<float>(statements::set_width(text)), y, text);
  }

  StatementPage& page() { return page_; }
  operator std::vector<StatementPage>() const { return {page_}; }

 private:
  StatementPage page_;
  float confidence_;
};

inline std::string testdata(const std::string& name) {
  const char* root = std::getenv("MQ_SOURCE_DIR");
  std::ifstream in(std::string(root == nullptr ? "." : root) + "/src/documents/testdata/" + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::vector<StatementPage> placed_pages(const std::string& name, float confidence = 1) {
  const auto parsed = runtime::parse_json(testdata(name));
  std::vector<StatementPage> out;
  for (const auto& one : parsed->at("pages").as_array()) {
    StatementPage page;
    page.width = one.at("width").to_number<float>();
    page.height = one.at("height").to_number<float>();
    for (const auto& word : one.at("texts").as_array()) {
      PlacedText text;
      text.box.x = word.at(0).to_number<float>();
      text.box.y = word.at(1).to_number<float>();
      text.box.width = word.at(2).to_number<float>();
      text.box.height = word.at(3).to_number<float>();
      text.text = std::string(word.at(4).as_string());
      text.confidence = confidence;
      page.texts.push_back(std::move(text));
    }
    out.push_back(std::move(page));
  }
  return out;
}

inline boost::json::value truth(const std::string& name) {
  return *runtime::parse_json(testdata(name));
}

}  // namespace mq::documents::test
