#include "documents/statement_reading.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/limits.h"

namespace mq::documents {
namespace {

// Fewer words that are seen are a stamp or a page number on a scanned page.
constexpr std::size_t kWordsOfText = 12;
// What a recogniser says is never beyond doubt.
constexpr float kSurestReading = 0.999F;

bool is_pdf(ByteView file) {
  // Readers accept some bytes before the mark.
  constexpr std::size_t kWithin = 1'024;
  return as_text(file.first(std::min(file.size(), kWithin))).find("%PDF-") !=
         std::string_view::npos;
}

// White words are seen where something dark lies behind them, as behind the heads of many tables.
bool is_seen(const vision::PdfWord& word) {
  return !word.invisible && !word.outside && !word.unseen;
}

StatementPage page_of(const vision::PdfPageText& text, StatementPageFacts& facts) {
  StatementPage out;
  out.width = text.size.width;
  out.height = text.size.height;
  for (const auto& word : text.words) {
    PlacedText placed;
    placed.box = {word.left, word.top, word.right - word.left, word.bottom - word.top};
    if (!is_seen(word)) {
      ++facts.hidden_words;
    } else if (placed.box.width > 0 && placed.box.height > 0 &&
               word.text.size() <= limits::kStatementTextBytes) {
      placed.text = word.text;
      out.texts.push_back(std::move(placed));
    }
  }
  return out;
}

PageRead of_reading(const vision::PageReading& reading) {
  PageRead out;
  out.text = page_of_picture(reading);
  out.facts.source = out.text.texts.empty() ? PageSource::nothing : PageSource::picture;
  return out;
}

Result<std::vector<PageRead>> pages_of_pdf(ByteView file, const StatementPorts& ports) {
  MQ_TRY(const auto pdf, ports.open_pdf(Bytes(file.begin(), file.end())));
  const auto count = static_cast<std::size_t>(std::max(pdf.facts.pages, 0));
  if (count > limits::kStatementPages) return DocumentsErrc::statement_too_large;
  std::vector<PageRead> out;
  for (std::size_t i = 0; i < count; ++i) {
    MQ_TRY(out.emplace_back(), read_pdf_page(pdf, static_cast<int>(i) + 1, ports.read_picture));
    if (ports.progress) ports.progress(i + 1, count);
  }
  return out;
}

Result<std::vector<PageRead>> pages_of_pictures(std::span<const ByteView> files,
                                                const StatementPorts& ports) {
  if (files.size() > limits::kStatementPages) return DocumentsErrc::statement_too_large;
  std::vector<PageRead> out;
  for (const ByteView file : files) {
    MQ_TRY(out.emplace_back(), read_picture_page(file, ports.read_picture));
    if (ports.progress) ports.progress(out.size(), files.size());
  }
  return out;
}

bool holds(const vision::Box& box, const vision::Box& part) {
  const float x = part.x + part.width / 2, y = part.y + part.height / 2;
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}

void flag_rows(std::vector<LayerMismatch>& mismatches, Statement& statement) {
  for (auto& mismatch : mismatches) {
    for (std::size_t i = 0; i < statement.rows.size() && !mismatch.row; ++i) {
      auto& row = statement.rows[i];
      if (row.page != mismatch.page || !holds(row.box, mismatch.what.box)) continue;
      mismatch.row = i;
      row.flags.set(RowFlag::picture_differs);
    }
  }
}

}  // namespace

StatementPage page_of_picture(const vision::PageReading& reading) {
  StatementPage out;
  out.width = static_cast<float>(reading.width);
  out.height = static_cast<float>(reading.height);
  for (const auto& line : reading.lines) {
    if (line.text.size() > limits::kStatementTextBytes) continue;
    out.texts.push_back({line.box, line.text, std::min(line.confidence, kSurestReading)});
  }
  return out;
}

PdfOpener pdf_opener(vision::PdfPool& pdfs) {
  return [&pdfs](Bytes file) -> Result<OpenPdf> {
    MQ_TRY(auto opened, pdfs.open(std::move(file)));
    const std::shared_ptr<vision::PdfDocument> document = std::move(opened);
    OpenPdf out;
    out.facts = document->facts();
    out.page_text = [document](int page) { return document->page_text(page); };
    out.render = [document](int page, int dpi) { return document->render(page, dpi); };
    return out;
  };
}

Result<PageRead> read_pdf_page(const OpenPdf& pdf, int page, const PictureReader& read_picture) {
  MQ_TRY(const auto text, pdf.page_text(page));
  PageRead out;
  out.text = page_of(text, out.facts);
  const bool reads = static_cast<bool>(read_picture);
  const bool own_text = out.text.texts.size() >= (reads ? kWordsOfText : 1);
  if (own_text) out.facts.source = PageSource::text;
  if (!reads || (own_text && page > static_cast<int>(limits::kStatementComparedPages))) return out;

  MQ_TRY(const Bytes jpeg, pdf.render(page, limits::kDocumentReadDpi));
  MQ_TRY(const auto seen, read_picture(jpeg));
  if (own_text) {
    MQ_TRY(out.mismatches, compare_layers(out.text, page_of_picture(seen)));
    out.facts.compared = true;
    return out;
  }
  // A scan; the text below it, if there is one, is what some program once made of it.
  const int hidden = out.facts.hidden_words;
  out = of_reading(seen);
  out.facts.hidden_words = hidden;
  return out;
}

Result<PageRead> read_picture_page(ByteView picture, const PictureReader& read_picture) {
  MQ_TRY(const auto reading, read_picture(picture));
  return of_reading(reading);
}

Result<StatementReading> statement_of(std::vector<PageRead> pages) {
  StatementReading out;
  std::vector<StatementPage> texts;
  bool empty = true;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    empty = empty && pages[i].text.texts.empty();
    texts.push_back(std::move(pages[i].text));
    out.pages.push_back(pages[i].facts);
    for (auto& one : pages[i].mismatches)
      out.mismatches.push_back({i, std::nullopt, std::move(one)});
  }
  if (empty) return DocumentsErrc::statement_no_text;
  MQ_TRY(out.statement, read_statement(texts));
  flag_rows(out.mismatches, out.statement);
  out.income = income_of(out.statement);
  return out;
}

Result<StatementReading> read_statement_files(std::span<const ByteView> files,
                                              const StatementPorts& ports) {
  const bool any_pdf = std::any_of(files.begin(), files.end(), is_pdf);
  if (any_pdf && files.size() > 1) return DocumentsErrc::statement_mixed;
  MQ_TRY(auto pages,
         any_pdf ? pages_of_pdf(files.front(), ports) : pages_of_pictures(files, ports));
  return statement_of(std::move(pages));
}

}  // namespace mq::documents
