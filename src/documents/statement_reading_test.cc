#include "documents/statement_reading.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "documents/statement_test_support.h"

namespace mq::documents {
namespace {

using test::Paper;

// A page with heads and three bookings; `second` is the amount of the second one.
StatementPage page(const std::string& second = "-100.50", float confidence = 1) {
  Paper paper(confidence);
  paper.at(20, 60, "户名：张三");
  paper.at(20, 100, "交易日期").at(120, 100, "摘要").to(300, 100, "交易金额").to(400, 100, "余额");
  const char* rows[][3] = {{"2025-01-03", "8,000.00", "9,000.00"},
                           {"2025-01-04", second.c_str(), "8,899.50"},
                           {"2025-01-05", "-99.50", "8,800.00"}};
  float y = 120;
  for (const auto& row : rows) {
    paper.at(20, y, row[0]).at(120, y, "转账").to(300, y, row[1]).to(400, y, row[2]);
    y += 20;
  }
  return paper.page();
}

vision::PdfPageText words_of(const StatementPage& page) {
  vision::PdfPageText out;
  out.size = {page.width, page.height};
  for (const auto& text : page.texts) {
    vision::PdfWord word;
    word.left = text.box.x;
    word.top = text.box.y;
    word.right = text.box.x + text.box.width;
    word.bottom = text.box.y + text.box.height;
    word.text = text.text;
    out.words.push_back(std::move(word));
  }
  return out;
}

vision::PageReading reading_of(const StatementPage& page, float confidence = 0.97F) {
  vision::PageReading out;
  out.width = static_cast<int>(page.width);
  out.height = static_cast<int>(page.height);
  for (const auto& text : page.texts) out.lines.push_back({text.box, text.text, confidence});
  return out;
}

// A PDF of these pages, each with the text that its picture shows.
struct FakePdf {
  FakePdf() = default;
  FakePdf(std::vector<vision::PdfPageText> of_texts, std::vector<vision::PageReading> of_pictures)
      : texts(std::move(of_texts)), pictures(std::move(of_pictures)) {}

  std::vector<vision::PdfPageText> texts;
  std::vector<vision::PageReading> pictures;
  int pages = -1;  // as it says itself; -1 is the truth
  std::vector<int> rendered;
  std::vector<std::size_t> progress;
};

StatementPorts ports_of(FakePdf& pdf) {
  StatementPorts out;
  out.open_pdf = [&pdf](Bytes) -> Result<OpenPdf> {
    OpenPdf open;
    open.facts.pages = pdf.pages < 0 ? static_cast<int>(pdf.texts.size()) : pdf.pages;
    open.page_text = [&pdf](int number) -> Result<vision::PdfPageText> {
      return pdf.texts.at(static_cast<std::size_t>(number) - 1);
    };
    open.render = [&pdf](int number, int) -> Result<Bytes> {
      pdf.rendered.push_back(number);
      return Bytes(1, static_cast<std::uint8_t>(number - 1));
    };
    return open;
  };
  out.read_picture = [&pdf](ByteView picture) -> Result<vision::PageReading> {
    return pdf.pictures.at(picture[0]);
  };
  out.progress = [&pdf](std::size_t done, std::size_t all) {
    pdf.progress.push_back(done * 1'000 + all);
  };
  return out;
}

Result<StatementReading> read_pdf(FakePdf& pdf) {
  const auto file = to_bytes("%PDF-1.7 …");
  const ByteView view = file;
  return read_statement_files({&view, 1}, ports_of(pdf));
}

std::string code_of(const Result<StatementReading>& reading) {
  return reading.ok() ? "ok" : reading.error().code();
}

TEST(StatementReading, AnHonestTextLayerIsBelieved) {
  FakePdf pdf{{words_of(page())}, {reading_of(page())}};
  const auto reading = read_pdf(pdf);
  ASSERT_TRUE(reading.ok()) << code_of(reading);
  EXPECT_EQ(reading->statement.rows.size(), 3U);
  EXPECT_TRUE(reading->mismatches.empty());
  EXPECT_EQ(reading->pages[0].source, PageSource::text);
  EXPECT_TRUE(reading->pages[0].compared);
  EXPECT_FLOAT_EQ(reading->statement.rows[1].confidence, 1);
  EXPECT_EQ(reading->income.use.size(), 3U);
  EXPECT_EQ(pdf.progress, std::vector<std::size_t>{1'001});
}

TEST(StatementReading, AChangedTextLayerIsTold) {
  FakePdf pdf{{words_of(page("-900.50"))}, {reading_of(page())}};
  const auto reading = read_pdf(pdf);
  ASSERT_TRUE(reading.ok()) << code_of(reading);
  ASSERT_EQ(reading->mismatches.size(), 1U);
  EXPECT_EQ(reading->mismatches[0].row, 1U);
  EXPECT_EQ(reading->mismatches[0].what.text_layer, "-900.50");
  EXPECT_EQ(reading->mismatches[0].what.picture, "-100.50");
  EXPECT_TRUE(reading->statement.rows[1].flags.has(RowFlag::picture_differs));
  EXPECT_FALSE(reading->statement.rows[2].flags.has(RowFlag::picture_differs));
  EXPECT_EQ(reading->income.use[1], RowUse::left_out);
}

TEST(StatementReading, APageWithoutTextIsReadFromItsPicture) {
  FakePdf pdf{{vision::PdfPageText{{595, 842}, 0, {}}}, {reading_of(page())}};
  const auto reading = read_pdf(pdf);
  ASSERT_TRUE(reading.ok()) << code_of(reading);
  EXPECT_EQ(reading->pages[0].source, PageSource::picture);
  EXPECT_FALSE(reading->pages[0].compared);
  EXPECT_EQ(reading->statement.rows.size(), 3U);
  EXPECT_LT(reading->statement.rows[0].confidence, 1)
      << "what was recognised is never beyond doubt";
}

TEST(StatementReading, HiddenWordsAreNoText) {
  auto text = words_of(page());
  for (auto& word : text.words) word.invisible = true;  // as below a scan
  FakePdf pdf{{text}, {reading_of(page("-100.50"))}};
  const auto reading = read_pdf(pdf);
  ASSERT_TRUE(reading.ok()) << code_of(reading);
  EXPECT_EQ(reading->pages[0].source, PageSource::picture);
  EXPECT_EQ(reading->pages[0].hidden_words, static_cast<int>(text.words.size()));
  for (auto mark :
       {&vision::PdfWord::invisible, &vision::PdfWord::outside, &vision::PdfWord::unseen}) {
    auto one = words_of(page());
    one.words.back().*mark = true;
    FakePdf other{{one}, {reading_of(page())}};
    const auto again = read_pdf(other);
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->pages[0].hidden_words, 1);
    EXPECT_FALSE(again->statement.rows.back().balance) << "its balance is what was hidden";
  }
}

TEST(StatementReading, WhiteWordsAreSeenOnDarkGround) {
  auto text = words_of(page());
  for (auto& word : text.words) word.white = true;  // and not unseen
  FakePdf pdf{{text}, {reading_of(page())}};
  const auto reading = read_pdf(pdf);
  ASSERT_TRUE(reading.ok()) << code_of(reading);
  EXPECT_EQ(reading->pages[0].source, PageSource::text);
  EXPECT_EQ(reading->pages[0].hidden_words, 0);
  EXPECT_EQ(reading->statement.rows.size(), 3U);
}

TEST(StatementReading, WithoutAReaderOfPicturesTheTextIsBelieved) {
  FakePdf pdf{{words_of(page("-900.50")), vision::PdfPageText{{595, 842}, 0, {}}}, {}};
  auto ports = ports_of(pdf);
  ports.read_picture = nullptr;
  const auto file = to_bytes("%PDF-1.7 …");
  const ByteView view = file;
  const auto reading = read_statement_files({&view, 1}, ports);
  ASSERT_TRUE(reading.ok()) << code_of(reading);
  EXPECT_FALSE(reading->pages[0].compared);
  EXPECT_EQ(reading->pages[1].source, PageSource::nothing);
  EXPECT_TRUE(pdf.rendered.empty());
}

TEST(StatementReading, EmptyPagesAreLeftOut) {
  const vision::PdfPageText nothing{{595, 842}, 0, {}};
  const vision::PageReading blank{600, 800, {}};
  FakePdf pdf{{words_of(page()), nothing}, {reading_of(page()), blank}};
  const auto reading = read_pdf(pdf);
  ASSERT_TRUE(reading.ok()) << code_of(reading);
  EXPECT_EQ(reading->pages[1].source, PageSource::nothing);
  EXPECT_EQ(pdf.progress, (std::vector<std::size_t>{1'002, 2'002}));
  FakePdf empty{{nothing}, {blank}};
  EXPECT_EQ(code_of(read_pdf(empty)), "documents.statement_no_text");
}

TEST(StatementReading, NotEveryPageOfALongOneIsCompared) {
  FakePdf pdf;
  for (std::size_t i = 0; i < limits::kStatementComparedPages + 2; ++i) {
    pdf.texts.push_back(words_of(page()));
    pdf.pictures.push_back(reading_of(page()));
  }
  const auto reading = read_pdf(pdf);
  ASSERT_TRUE(reading.ok()) << code_of(reading);
  EXPECT_EQ(pdf.rendered.size(), limits::kStatementComparedPages);
  EXPECT_TRUE(reading->pages[limits::kStatementComparedPages - 1].compared);
  EXPECT_FALSE(reading->pages.back().compared);
}

TEST(StatementReading, TooManyPagesAreRefusedBeforeAnyIsRead) {
  FakePdf pdf;
  pdf.pages = static_cast<int>(limits::kStatementPages) + 1;
  EXPECT_EQ(code_of(read_pdf(pdf)), "documents.statement_too_large");
  EXPECT_TRUE(pdf.rendered.empty());
  const Bytes picture(1, 0);
  const std::vector<ByteView> many(limits::kStatementPages + 1, picture);
  EXPECT_EQ(code_of(read_statement_files(many, ports_of(pdf))), "documents.statement_too_large");
}

TEST(StatementReading, PicturesInTheirOrder) {
  FakePdf pdf{{}, {reading_of(page()), reading_of(page())}};
  const Bytes first(1, 0), second(1, 1);
  const std::vector<ByteView> files = {first, second};
  const auto reading = read_statement_files(files, ports_of(pdf));
  ASSERT_TRUE(reading.ok()) << code_of(reading);
  EXPECT_EQ(reading->statement.rows.size(), 6U);
  EXPECT_EQ(reading->statement.rows[3].page, 1U);
  EXPECT_TRUE(reading->statement.rows[3].flags.has(RowFlag::repeated_row)) << "the same page twice";
}

TEST(StatementReading, WhatIsWrongWithAFileComesThrough) {
  FakePdf pdf{{words_of(page())}, {reading_of(page())}};
  const Bytes file = to_bytes("%PDF-1.7"), picture(1, 0);
  const std::vector<ByteView> mixed = {picture, file}, twice = {file, file}, one = {file};
  EXPECT_EQ(code_of(read_statement_files(mixed, ports_of(pdf))), "documents.statement_mixed");
  EXPECT_EQ(code_of(read_statement_files(twice, ports_of(pdf))), "documents.statement_mixed");
  EXPECT_EQ(code_of(read_statement_files({}, ports_of(pdf))), "documents.statement_no_text");
  auto locked = ports_of(pdf);
  locked.open_pdf = [](Bytes) -> Result<OpenPdf> { return vision::VisionErrc::pdf_encrypted; };
  EXPECT_EQ(code_of(read_statement_files(one, locked)), "vision.pdf_encrypted");
  auto blind = ports_of(pdf);
  blind.read_picture = [](ByteView) -> Result<vision::PageReading> {
    return vision::VisionErrc::timeout;
  };
  EXPECT_EQ(code_of(read_statement_files(one, blind)), "vision.timeout");
  const std::vector<ByteView> zip = {picture};
  blind.read_picture = [](ByteView) -> Result<vision::PageReading> {
    return vision::VisionErrc::not_an_image;
  };
  EXPECT_EQ(code_of(read_statement_files(zip, blind)), "vision.not_an_image");
}

}  // namespace
}  // namespace mq::documents
