#include "vision/pdf/protocol.h"

#include <algorithm>

#include "runtime/text.h"
#include "vision/worker/wire.h"

namespace mq::vision {
namespace {

constexpr std::size_t kFactBytes = 200;
constexpr std::size_t kFontBytes = 100;
constexpr float kFarthest = 1e6F;  // points; pages of such a size are reported, not read

// Every flag and text of the facts, in the order of the wire.
template <class Facts, class Flag, class Text>
void each_fact(Facts& facts, Flag flag, Text text) {
  for (auto* one : {&facts.encrypted, &facts.javascript, &facts.attachments, &facts.forms,
                    &facts.signatures, &facts.repaired}) {
    flag(*one);
  }
  for (auto* one : {&facts.producer, &facts.creator, &facts.created, &facts.modified}) text(*one);
}

template <class Word, class Number, class Flag>
void each_number(Word& word, Number number, Flag flag) {
  for (auto* one : {&word.left, &word.top, &word.right, &word.bottom, &word.font_size})
    number(*one);
  for (auto* one : {&word.invisible, &word.white, &word.outside, &word.unseen}) flag(*one);
}

std::string get_text(Reader& in, std::size_t most) {
  std::string out = in.text(most);
  const bool plain = std::none_of(out.begin(), out.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == '\x7F';
  });
  if (!plain || !runtime::valid_utf8(out)) in.fail();
  return out;
}

void get_number(Reader& in, float& out) {
  out = in.number();
  if (out < -kFarthest || out > kFarthest) in.fail();
}

PdfSize get_size(Reader& in) {
  PdfSize out;
  get_number(in, out.width);
  get_number(in, out.height);
  if (out.width < 0 || out.height < 0) in.fail();
  return out;
}

void put_size(Writer& out, const PdfSize& size) {
  out.put(size.width);
  out.put(size.height);
}

}  // namespace

Bytes encode(const PdfQuestion& question) {
  Writer out;
  out.put(question.page);
  out.put(question.dpi);
  return out.take();
}

std::optional<PdfQuestion> decode_pdf_question(ByteView body) {
  Reader in(body);
  PdfQuestion out;
  out.page = in.get<std::int32_t>();
  out.dpi = in.get<std::int32_t>();
  if (!in.finished()) return std::nullopt;
  return out;
}

Bytes encode(const PdfFacts& facts) {
  Writer out;
  each_fact(
      facts, [&](bool flag) { out.put(static_cast<std::uint8_t>(flag)); },
      [&](const std::string& text) { out.put_text(text); });
  out.put(static_cast<std::int32_t>(facts.sizes.size()));
  for (const PdfSize& size : facts.sizes) put_size(out, size);
  return out.take();
}

std::optional<PdfFacts> decode_pdf_facts(ByteView body) {
  Reader in(body);
  PdfFacts out;
  each_fact(
      out, [&](bool& flag) { flag = in.flag(); },
      [&](std::string& text) { text = get_text(in, kFactBytes); });
  out.pages = in.between<std::int32_t>(1, limits::kPdfPages);
  for (int i = 0; i < out.pages && !in.failed(); ++i) out.sizes.push_back(get_size(in));
  if (!in.finished()) return std::nullopt;
  return out;
}

Bytes encode(const PdfPageText& page) {
  Writer out;
  put_size(out, page.size);
  out.put(std::int32_t{page.characters_outside});
  out.put(static_cast<std::int32_t>(page.words.size()));
  for (const PdfWord& word : page.words) {
    each_number(
        word, [&](float number) { out.put(number); },
        [&](bool flag) { out.put(static_cast<std::uint8_t>(flag)); });
    out.put_text(word.text);
    out.put_text(word.font);
  }
  return out.take();
}

std::optional<PdfPageText> decode_pdf_page_text(ByteView body) {
  Reader in(body);
  PdfPageText out;
  out.size = get_size(in);
  out.characters_outside = in.between<std::int32_t>(0, limits::kPdfPageTextBytes);
  const auto words = in.between<std::int32_t>(0, limits::kPdfPageWords);
  for (int i = 0; i < words && !in.failed(); ++i) {
    PdfWord& word = out.words.emplace_back();
    each_number(
        word, [&](float& number) { get_number(in, number); },
        [&](bool& flag) { flag = in.flag(); });
    word.text = get_text(in, limits::kPdfWordBytes);
    word.font = get_text(in, kFontBytes);
  }
  if (!in.finished()) return std::nullopt;
  return out;
}

}  // namespace mq::vision
