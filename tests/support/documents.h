// Documents without children and scanner: a picture says in its bytes what would be read of it.
//
//   photo("card 张小明 110101199003070118")   a JPEG by its first bytes; the words are its reading
//   pdf({"page one", "page two"})            a PDF of these pages
#pragma once

#include <cmath>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "documents/documents.h"

namespace mq::test {

inline std::string photo(const std::string& words) { return "\xFF\xD8\xFF" + words; }
inline std::string pdf(const std::vector<std::string>& pages) {
  std::string out = "%PDF-1.7";
  for (const auto& page : pages) out += "\f" + page;
  return out;
}

// "card NAME NUMBER [unsure]", "back", "dark", anything else is no card.
inline vision::CardReading card_in(std::string_view picture) {
  std::istringstream words{std::string(picture.substr(3))};
  std::string what, name, number, sure;
  words >> what >> name >> number >> sure;
  vision::CardReading out;
  const auto fill = [](vision::CardField& field, const std::string& text, bool read) {
    field.text = text;
    field.confidence = read ? 0.99F : 0.6F;
    field.state = text.empty() ? vision::FieldState::missing
                  : read       ? vision::FieldState::read
                               : vision::FieldState::confirm;
    if (!text.empty()) field.places = {{{{10, 20}, {90, 20}, {90, 40}, {10, 40}}}};
  };
  if (what == "card") {
    const bool read = sure != "unsure";
    fill(out.name, name, read);
    fill(out.sex, "男", true);
    fill(out.nation, "汉", true);
    fill(out.birth, "1990-03-07", true);
    fill(out.address, "北京市东城区一号", true);
    fill(out.number, number, true);
    out.portrait = {{{{640, 80}, {960, 80}, {960, 490}, {640, 490}}}};
    out.state = read ? vision::CardState::read : vision::CardState::confirm;
  } else if (what == "back") {
    out.side = vision::CardSide::back;
    fill(out.authority, "北京市公安局东城分局", true);
    fill(out.valid_from, "2015-01-01", true);
    fill(out.valid_to, "2035-01-01", true);
    out.state = vision::CardState::read;
  } else {
    out.problems = {vision::CardProblem::no_card};
  }
  return out;
}

// A template whose similarity to that of likeness 1 is `likeness`.
inline vision::Face face_like(double likeness, float width = 260) {
  vision::Face out;
  out.box = {100, 100, width, width};
  out.usable = true;
  out.embedding[0] = out.second[0] = static_cast<float>(likeness);
  out.embedding[1] = out.second[1] = static_cast<float>(std::sqrt(1 - likeness * likeness));
  return out;
}

// "held NAME NUMBER PERSON PORTRAIT [unsure]": both faces by their likeness, one of 0 is not there;
// anything else shows a person without a card.
inline vision::HandHeldReading held_in(std::string_view picture) {
  std::istringstream words{std::string(picture.substr(3))};
  std::string what, name, number, sure;
  double person = 1, portrait = 0;
  words >> what >> name >> number >> person >> portrait >> sure;
  vision::HandHeldReading out;
  out.card = card_in(photo(what == "held" ? "card " + name + " " + number + " " + sure : what));
  if (what == "held") {
    out.card.card = {{{400, 800}, {880, 800}, {880, 1103}, {400, 1103}}};
    out.card.width = 480;
  }
  if (portrait != 0) {
    out.portrait = face_like(portrait, 70);
    out.portrait_eyes = 30;
  }
  std::vector<vision::Face> faces;
  if (person != 0) faces.push_back(face_like(person));
  vision::judge_held(faces, out);
  return out;
}

inline Result<documents::OpenPdf> open_pdf(const Bytes& file) {
  const std::string text(as_text(file));
  if (text.find("locked") != std::string::npos) return vision::VisionErrc::pdf_encrypted;
  std::vector<std::string> pages;
  for (auto at = text.find('\f'); at != std::string::npos;) {
    const auto next = text.find('\f', at + 1);
    pages.push_back(text.substr(at + 1, next == std::string::npos ? next : next - at - 1));
    at = next;
  }
  documents::OpenPdf out;
  out.facts.pages = static_cast<int>(pages.size());
  out.page_text = [pages](int page) -> Result<vision::PdfPageText> {
    vision::PdfPageText read;
    read.size = {600, 800};
    // "x y word" a line; "!" before it for a word that nobody sees.
    std::istringstream lines(pages.at(static_cast<std::size_t>(page - 1)));
    for (std::string line; std::getline(lines, line);) {
      vision::PdfWord word;
      word.unseen = line.starts_with("!");
      std::istringstream parts(word.unseen ? line.substr(1) : line);
      if (!(parts >> word.left >> word.top >> word.text)) continue;
      word.right = word.left + 6 * static_cast<float>(word.text.size());
      word.bottom = word.top + 10;
      read.words.push_back(std::move(word));
    }
    return read;
  };
  out.render = [](int page, int) -> Result<Bytes> {
    return to_bytes(photo("page " + std::to_string(page)));
  };
  return out;
}

inline documents::Ports test_document_ports() {
  documents::Ports out;
  out.measure = [](ByteView picture) -> Result<vision::PictureSize> {
    if (as_text(picture).find("broken") != std::string_view::npos) {
      return vision::VisionErrc::not_an_image;
    }
    return vision::PictureSize{640, 480};
  };
  out.open_pdf = [](Bytes file) { return open_pdf(file); };
  out.readers.read_card = [](ByteView picture,
                             vision::CardSide side) -> Result<vision::CardReading> {
    auto reading = card_in(as_text(picture));
    if (reading.problems.empty() && reading.side != side) {
      reading.problems = {vision::CardProblem::wrong_side};
      reading.state = vision::CardState::retake;
    }
    return reading;
  };
  out.readers.read_hand_held = [](ByteView picture) -> Result<vision::HandHeldReading> {
    return held_in(as_text(picture));
  };
  return out;
}

// Ports that ask `ports` at every call: what a test changes there counts from then on. A port that
// is empty when this is made stays empty.
inline documents::Ports following(const documents::Ports& ports) {
  documents::Ports out;
  out.measure = [&ports](ByteView picture) { return ports.measure(picture); };
  out.open_pdf = [&ports](Bytes file) { return ports.open_pdf(std::move(file)); };
  if (ports.scan) out.scan = [&ports](ByteView file) { return ports.scan(file); };
  out.readers = ports.readers;
  return out;
}

}  // namespace mq::test
