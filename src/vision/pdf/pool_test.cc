// Parent and PDF children. The test starts itself as the child: see main_test.cc.
#include "vision/pdf/pool.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <thread>

#include "vision/pdf/protocol.h"
#include "vision/pdf/test_pdfs.h"
#include "vision/test_support.h"
#include "vision/vision.h"

namespace mq::vision {

// A child that misbehaves as the page number says: its document is of as many pages as may be.
int testing::run_fake_pdf_worker(int fd) {
  const auto send = [fd](PdfKind kind, ByteView body) {
    return write_frame(fd, static_cast<std::uint8_t>(kind), body, -1) == IoState::done;
  };
  PdfFacts facts;
  facts.pages = limits::kPdfPages;
  facts.sizes.resize(limits::kPdfPages);
  send(PdfKind::ready, {});
  RawFrame request;
  while (read_frame(fd, request, kPdfFrameBytes, -1) == IoState::done) {
    if (request.kind == static_cast<std::uint8_t>(PdfKind::open)) {
      const bool empty = request.body.empty();
      send(empty ? PdfKind::jpeg : PdfKind::facts, encode(facts));
      continue;
    }
    switch (decode_pdf_question(request.body)->page) {
      case 1:
        send(PdfKind::words, encode(PdfPageText()));
        break;
      case 2:
        raise(SIGKILL);
        break;
      case 3:
        while (true) pause();
      case 4:
        send(PdfKind::words, Bytes(100, 0xEE));
        break;
      case 5:
        send(PdfKind::jpeg, Bytes(10, 0xFF));
        break;
      case 6:
        send(PdfKind::error, as_bytes("ledger.unbalanced\nforeign"));
        break;
      case 7: {
        const Bytes endless(16, 0xFF);
        if (write(fd, endless.data(), endless.size()) < 0) return 1;
        break;
      }
      default:
        send(PdfKind::error, encode(Error(VisionErrc::pdf_damaged, "as asked")));
    }
  }
  return 0;
}

namespace {

using testing::pdf_of;
using testing::pdf_with;
using testing::shown;

PdfConfig fake_config(int timeout_ms = 20'000) {
  PdfConfig config;
  config.args = {testing::kFakePdfWord};
  config.timeout_ms = timeout_ms;
  return config;
}

std::string code_of(PdfDocument& document, int page) {
  const auto text = document.page_text(page);
  return text.ok() ? "ok" : text.error().code();
}

TEST(PdfPool, NothingIsStartedBeforeTheFirstDocument) {
  PdfPool pool(fake_config());
  EXPECT_EQ(pool.started(), 0);
  EXPECT_TRUE(pool.open(Bytes(limits::kPdfBytes + 1)).error().is(VisionErrc::too_many_bytes));
  EXPECT_EQ(pool.started(), 0);
  EXPECT_TRUE(pool.open({1}).ok());
  EXPECT_EQ(pool.started(), 1);
}

TEST(PdfPool, ADeadChildCostsOneRequest) {
  PdfPool pool(fake_config());
  const auto document = pool.open({1}).value();
  EXPECT_EQ(code_of(*document, 1), "ok");
  EXPECT_EQ(code_of(*document, 2), "vision.worker_lost");
  EXPECT_EQ(code_of(*document, 1), "ok");
  EXPECT_EQ(code_of(*document, 8), "vision.pdf_damaged");
  EXPECT_EQ(code_of(*document, 1), "ok");
  EXPECT_EQ(pool.lost(), 1);
  EXPECT_EQ(pool.started(), 2);
}

TEST(PdfPool, AStalledChildIsStoppedAndReplaced) {
  PdfPool pool(fake_config(1'500));
  const auto document = pool.open({1}).value();
  EXPECT_EQ(code_of(*document, 3), "vision.timeout");
  std::string code;
  // The replacement may take longer than this pool's short time-out on a busy machine.
  for (int i = 0; i < 20 && code != "ok"; ++i) code = code_of(*document, 1);
  EXPECT_EQ(code, "ok");
}

TEST(PdfPool, AnswersThatCannotBeAreNotBelieved) {
  PdfPool pool(fake_config());
  EXPECT_TRUE(pool.open({}).error().is(VisionErrc::worker_lost));
  const auto document = pool.open({1}).value();
  for (const int lie : {4, 5, 6, 7}) {
    EXPECT_EQ(code_of(*document, lie), "vision.worker_lost") << lie;
    EXPECT_EQ(code_of(*document, 1), "ok") << lie;
  }
  EXPECT_TRUE(document->render(5, 72).error().is(VisionErrc::worker_lost)) << "not a JPEG";
  for (const int page : {0, limits::kPdfPages + 1}) {
    EXPECT_EQ(code_of(*document, page), "vision.pdf_no_such_page");
    EXPECT_TRUE(document->render(page, 72).error().is(VisionErrc::pdf_no_such_page));
  }
}

TEST(PdfPool, LossesAreBounded) {
  PdfPool pool(fake_config());
  const auto document = pool.open({1}).value();
  for (int i = 0; i < limits::kPdfLossesPerMinute + 3; ++i) {
    EXPECT_EQ(code_of(*document, 2), "vision.worker_lost");
  }
  EXPECT_EQ(pool.lost(), limits::kPdfLossesPerMinute);
  EXPECT_EQ(pool.started(), limits::kPdfLossesPerMinute);
}

TEST(PdfPool, OneDocumentAtATimeAndAFullQueueRefuses) {
  PdfConfig config = fake_config(1'500);
  config.queue = 1;
  PdfPool pool(config);
  auto held = pool.open({1});
  ASSERT_TRUE(held.ok());
  std::vector<std::string> codes(6);
  std::vector<std::thread> callers;
  for (std::string& code : codes) {
    callers.emplace_back([&] { code = pool.open({1}).error().code(); });
  }
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(std::count(codes.begin(), codes.end(), "vision.busy"), 6);
  EXPECT_EQ(pool.started(), 1);
  held->reset();
  std::string code = "none";
  for (int i = 0; i < 20 && code != "ok"; ++i) {
    const auto next = pool.open({1});
    code = next.ok() ? "ok" : next.error().code();
  }
  EXPECT_EQ(code, "ok");
}

TEST(PdfPool, ADocumentThatOutlivesItsPoolEndsInAnError) {
  auto pool = std::make_unique<PdfPool>(fake_config());
  const auto document = pool->open({1}).value();
  pool.reset();
  EXPECT_EQ(code_of(*document, 1), "vision.worker_lost");
  EXPECT_EQ(code_of(*document, 1), "vision.worker_lost");
}

TEST(PdfPool, AMissingProgramIsReported) {
  PdfConfig config = fake_config();
  config.program = testing::source_path("no/such/program");
  PdfPool pool(config);
  EXPECT_TRUE(pool.open({1}).error().is(VisionErrc::worker_lost));
}

TEST(PdfWorker, TheLockedChildReadsWholeDocuments) {
  PdfPool pool;
  const auto document =
      pool.open(pdf_of({{shown("first", 100, 700)}, {shown("second", 100, 700, "3 Tr")}})).value();
  EXPECT_EQ(document->facts().pages, 2);
  EXPECT_FLOAT_EQ(document->facts().sizes.at(1).height, 842);
  const auto first = document->page_text(1).value(), second = document->page_text(2).value();
  EXPECT_EQ(first.words.at(0).text, "first");
  EXPECT_NEAR(first.words.at(0).left, 100, 0.5);
  EXPECT_FALSE(first.words.at(0).unseen);
  EXPECT_EQ(second.words.at(0).text, "second");
  EXPECT_TRUE(second.words.at(0).invisible && second.words.at(0).unseen);
  const cv::Mat picture = testing::pixels(document->render(1, 100).value());
  EXPECT_NEAR(picture.cols, 827, 1);
  EXPECT_NEAR(picture.rows, 1170, 1);
  EXPECT_EQ(pool.started(), 1);
  EXPECT_EQ(pool.lost(), 0);
}

TEST(PdfWorker, FontsThatAreNotInTheFileAreFoundBehindTheLock) {
  PdfPool pool;
  const auto document = pool.open(foreign_font_pdf("76968D2794F6884C")).value();
  const auto page = document->page_text(1).value();
  const auto word = std::find_if(page.words.begin(), page.words.end(),
                                 [](const PdfWord& one) { return one.text == "皖货银行"; });
  ASSERT_NE(word, page.words.end());
  EXPECT_FALSE(word->unseen);
}

TEST(PdfWorker, ErrorsComeThrough) {
  PdfPool pool;
  EXPECT_TRUE(pool.inspect(to_bytes("PK\x03\x04")).error().is(VisionErrc::pdf_damaged));
  const std::vector<testing::PageParts> pages(limits::kPdfPages + 1);
  EXPECT_TRUE(pool.inspect(pdf_of(pages)).error().is(VisionErrc::pdf_too_many_pages));
  EXPECT_TRUE(pool.inspect(pdf_of({{""}}, "", "/Encrypt << /Filter /Unheard >>"))
                  .error()
                  .is(VisionErrc::pdf_encrypted));
  const Bytes huge = pdf_of({{"", "", "[0 0 14400 14400]"}});
  EXPECT_TRUE(pool.page_text(huge, 1).error().is(VisionErrc::pdf_page_too_large));
  EXPECT_TRUE(pool.render(huge, 1, 200).error().is(VisionErrc::pdf_page_too_large));
  EXPECT_TRUE(pool.render(huge, 2, 200).error().is(VisionErrc::pdf_no_such_page));
  EXPECT_EQ(pool.lost(), 0);
}

TEST(PdfWorker, AChildThatDrawsTooLongIsStopped) {
  // A pattern of many small tiles, which poppler does not leave before it is done: minutes.
  testing::PageParts slow;
  slow.content = "/Pattern cs /P scn 0 0 595 842 re f 0 0 595 842 re f 0 0 595 842 re f";
  slow.resources = "/Pattern << /P 8 0 R >>";
  const Bytes pdf = pdf_of(
      {slow, {shown("quick", 100, 700)}}, "", "",
      {stream_object("0 0 1 rg 0 0 1 1 re f 0.5 0.5 1 1 re f",
                     "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 0.2 0.2] "
                     "/XStep 0.21 /YStep 0.23 /Matrix [1 0.1 0.1 1 0 0] /Resources << >>")});
  PdfConfig config;
  config.timeout_ms = 2'000;
  PdfPool pool(config);
  const auto document = pool.open(pdf).value();
  EXPECT_TRUE(document->render(1, 200).error().is(VisionErrc::timeout));
  EXPECT_EQ(document->page_text(2).value().words.at(0).text, "quick");
}

TEST(PdfWorker, TheLockRefusesFilesSocketsAndProcesses) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  const std::string command =
      "'" + self + "' " + testing::kPdfWord + " " + testing::kSelfTestWord;
  EXPECT_EQ(std::system(command.c_str()), 0);
}

PdfPageText some_text() {
  PdfPageText page;
  page.size = {595, 842};
  page.words.resize(3);
  page.words[1].text = "余额";
  page.words[1].font = "SimSun";
  page.words[1].white = true;
  return page;
}

TEST(PdfProtocol, WhatIsSentArrives) {
  const Bytes text = encode(some_text());
  const auto read = decode_pdf_page_text(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->words[1].text, "余额");
  EXPECT_TRUE(read->words[1].white);
  EXPECT_EQ(encode(*read), text);
  PdfFacts facts;
  facts.pages = 2;
  facts.sizes.resize(2);
  facts.signatures = true;
  facts.creator = "Word";
  const Bytes body = encode(facts);
  EXPECT_EQ(encode(decode_pdf_facts(body).value()), body);
}

TEST(PdfProtocol, EveryShortenedOrLengthenedBodyIsRefused) {
  Bytes body = encode(some_text());
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_FALSE(decode_pdf_page_text(ByteView(body).first(size)));
  }
  body.push_back(0);
  EXPECT_FALSE(decode_pdf_page_text(body));
  EXPECT_FALSE(decode_pdf_question(Bytes(7)));
}

TEST(PdfProtocol, WhatCannotBeIsRefused) {
  const auto refused = [](auto change) {
    PdfPageText page = some_text();
    change(page);
    return !decode_pdf_page_text(encode(page));
  };
  EXPECT_FALSE(refused([](PdfPageText&) {}));
  EXPECT_TRUE(refused([](PdfPageText& page) { page.words[0].text = "\xFF"; }));
  EXPECT_TRUE(refused([](PdfPageText& page) { page.words[0].text = "a\x1b[0m"; }));
  EXPECT_TRUE(refused(
      [](PdfPageText& page) { page.words[0].text.assign(limits::kPdfWordBytes + 1, 'a'); }));
  EXPECT_TRUE(refused(
      [](PdfPageText& page) { page.words[0].left = std::numeric_limits<float>::infinity(); }));
  EXPECT_TRUE(refused([](PdfPageText& page) { page.words[0].top = 1e9F; }));
  EXPECT_TRUE(refused([](PdfPageText& page) { page.size.width = -1; }));
  EXPECT_TRUE(refused([](PdfPageText& page) { page.characters_outside = -1; }));
  EXPECT_TRUE(refused([](PdfPageText& page) { page.words.resize(limits::kPdfPageWords + 1); }));
  PdfFacts facts;
  EXPECT_FALSE(decode_pdf_facts(encode(facts))) << "no pages";
}

}  // namespace
}  // namespace mq::vision
