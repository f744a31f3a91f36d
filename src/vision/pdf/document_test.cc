// The reader in this process, on documents made here.
#include "vision/pdf/document.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/imgcodecs.hpp>

#include "vision/pdf/test_pdfs.h"

namespace mq::vision {
namespace {

using testing::pdf_of;
using testing::pdf_with;
using testing::shown;

std::string code_of(const Bytes& pdf) {
  const auto document = Document::open(pdf);
  return document.ok() ? "ok" : document.error().code();
}

PdfFacts facts_of(const Bytes& pdf) { return Document::open(pdf).value()->facts(); }

PdfPageText text_of(const Bytes& pdf, int page = 1) {
  return Document::open(pdf).value()->page_text(page).value();
}

// The only word with this text; an empty one when there is none or several.
PdfWord word(const PdfPageText& page, const std::string& text) {
  PdfWord out;
  int found = 0;
  for (const PdfWord& one : page.words) {
    if (one.text != text) continue;
    out = one;
    ++found;
  }
  EXPECT_EQ(found, 1) << text;
  return found == 1 ? out : PdfWord();
}

cv::Mat picture_of(const Bytes& pdf, int page, int dpi) {
  const Bytes jpeg = Document::open(pdf).value()->jpeg(page, dpi).value();
  return cv::imdecode(jpeg, cv::IMREAD_COLOR);
}

TEST(PdfText, BoxesAreRightToAPoint) {
  const auto page = text_of(pdf_with(shown("Balance 1234.50", 100, 700)));
  EXPECT_FLOAT_EQ(page.size.width, 595);
  EXPECT_FLOAT_EQ(page.size.height, 842);
  ASSERT_EQ(page.words.size(), 2U);
  const PdfWord name = word(page, "Balance"), amount = word(page, "1234.50");
  EXPECT_NEAR(name.left, 100, 0.5);
  EXPECT_NEAR(name.right, 100 + 7 * 6, 0.5);
  EXPECT_NEAR(amount.left, 100 + 8 * 6, 0.5);
  EXPECT_NEAR(amount.right, 100 + 15 * 6, 0.5);
  // The baseline is 142 points below the upper edge.
  EXPECT_NEAR(amount.bottom, 142 + 2, 1.5);
  EXPECT_NEAR(amount.top, 142 - 8, 2.5);
  EXPECT_NEAR(amount.font_size, 10, 0.1);
  EXPECT_EQ(amount.font, "Courier");
  EXPECT_FALSE(amount.invisible || amount.white || amount.outside || amount.unseen);
}

TEST(PdfText, BoxesFollowRotationAndCropping) {
  testing::PageParts turned{shown("word", 100, 700), "/Rotate 90"};
  const auto page = text_of(pdf_of({turned}));
  EXPECT_FLOAT_EQ(page.size.width, 842);
  EXPECT_FLOAT_EQ(page.size.height, 595);
  const PdfWord down = word(page, "word");
  EXPECT_NEAR(down.top, 100, 0.5);
  EXPECT_NEAR(down.bottom, 124, 0.5);
  EXPECT_NEAR((down.left + down.right) / 2, 700, 5);
  EXPECT_FALSE(down.unseen);

  testing::PageParts cropped{shown("word", 100, 700), "/CropBox [50 600 350 800]"};
  const auto cut = text_of(pdf_of({cropped}));
  EXPECT_FLOAT_EQ(cut.size.width, 300);
  EXPECT_FLOAT_EQ(cut.size.height, 200);
  EXPECT_NEAR(word(cut, "word").left, 50, 0.5);
  EXPECT_NEAR(word(cut, "word").bottom, 102, 2);
}

TEST(PdfText, ChineseFontsThatAreNotInTheFile) {
  const auto page = text_of(foreign_font_pdf("4F59989D4EBA6C115E01"));
  const PdfWord money = word(page, "\u4f59\u989d\u4eba\u6c11\u5e01");
  EXPECT_NEAR(money.left, 20, 0.5);
  EXPECT_NEAR(money.right, 20 + 5 * 20, 0.5);
  EXPECT_FALSE(money.unseen);
  EXPECT_EQ(money.font, "STSong-Light");
  // What the boxes say is where the ink is: a font with these characters was found.
  const cv::Mat seen = picture_of(foreign_font_pdf("4F59989D4EBA6C115E01"), 1, 144);
  ASSERT_EQ(seen.cols, 600);
  double darkest = 255;
  for (int i = 0; i < 5; ++i) {
    cv::minMaxLoc(seen(cv::Rect(44 + 40 * i, 130, 32, 28)).reshape(1), &darkest, nullptr);
    EXPECT_LT(darkest, 100) << "character " << i;
  }
  cv::minMaxLoc(seen(cv::Rect(300, 120, 280, 60)).reshape(1), &darkest, nullptr);
  EXPECT_GT(darkest, 240);
}

TEST(PdfText, HiddenWordsAreFlagged) {
  const auto page = text_of(pdf_with(
      // Over ink of somebody else, where looking alone would not find it.
      shown("98.00", 51, 660, "3 Tr") + shown("plain", 50, 800) + shown("mode3", 50, 780, "3 Tr") +
      shown("white", 50, 760, "1 g") + shown("clear", 50, 740, "/Clear gs") +
      shown("clipped", 50, 720, "300 300 5 5 re W n") + shown("covered", 50, 700) +
      "1 g 40 695 100 20 re f\n" + "0 g 40 675 100 20 re f\n" + shown("inverse", 50, 680, "1 g") +
      shown("12.00", 50, 660)));
  const auto flags = [&](const char* text) {
    const PdfWord one = word(page, text);
    return std::string(one.invisible ? "i" : "") + (one.white ? "w" : "") +
           (one.outside ? "o" : "") + (one.unseen ? "u" : "");
  };
  EXPECT_EQ(flags("plain"), "");
  EXPECT_EQ(flags("mode3"), "iu");
  EXPECT_EQ(flags("white"), "wu");
  EXPECT_EQ(flags("clear"), "iu");
  EXPECT_EQ(flags("clipped"), "iu");
  EXPECT_EQ(flags("covered"), "u");
  EXPECT_EQ(flags("inverse"), "w");
  EXPECT_EQ(flags("12.00"), "");
  EXPECT_EQ(flags("98.00"), "i");
}

TEST(PdfText, CharactersOutsideOfThePageAreCounted) {
  const auto page = text_of(pdf_with(shown("beyond", 700, 500) + shown("edge", 581, 500) +
                                     shown("in", 100, 500) + shown("below", 100, -100)));
  EXPECT_EQ(page.characters_outside, 6 + 2 + 5);
  EXPECT_FALSE(word(page, "in").outside);
  for (const PdfWord& one : page.words) EXPECT_NE(one.text, "beyond");
}

TEST(PdfText, WhatTheFileClaimsItsCharactersMeanIsNotBelieved) {
  const auto page =
      text_of(pdf_with("/Span << /ActualText (9999.00) >> BDC " + shown("1.00", 50, 700) + " EMC"));
  EXPECT_FALSE(word(page, "1.00").unseen);
}

TEST(PdfText, LayersThatAreSwitchedOffAreNotRead) {
  const Bytes pdf = pdf_of(
      {{"/OC /Off BDC " + shown("hidden", 50, 700) + " EMC " + shown("shown", 50, 650, "3 Tr"), "",
        "[0 0 595 842]", "/Properties << /Off 6 0 R >>"}},
      "/OCProperties << /OCGs [6 0 R] /D << /OFF [6 0 R] >> >>", "",
      {"<< /Type /OCG /Name (off) >>"});
  const auto page = text_of(pdf);
  ASSERT_EQ(page.words.size(), 1U);
  // The flags stay with their word although characters before it were left out.
  EXPECT_TRUE(word(page, "shown").invisible);
}

TEST(PdfText, TooMuchTextIsRefused) {
  std::string content;
  for (int i = 0; i < 5; ++i) {
    content +=
        shown(std::string(static_cast<std::size_t>(limits::kPdfPageTextBytes / 4), 'x'), 0, 20 * i);
  }
  EXPECT_TRUE(Document::open(pdf_with(content))
                  .value()
                  ->page_text(1)
                  .error()
                  .is(VisionErrc::pdf_page_too_large));
  std::string words;
  for (int i = 0; i <= limits::kPdfPageWords; ++i) {
    words +=
        "1 0 0 1 " + std::to_string(i % 97 * 6) + " " + std::to_string(i / 97 * 4) + " Tm (x) Tj ";
  }
  EXPECT_TRUE(Document::open(pdf_with("BT /F1 3 Tf " + words + "ET"))
                  .value()
                  ->page_text(1)
                  .error()
                  .is(VisionErrc::pdf_page_too_large));
}

TEST(PdfFacts, APlainDocument) {
  const auto facts = facts_of(
      pdf_of({{"", "", "[0 0 200 100]"}, {"", "/Rotate 270", "[0 0 200 100]"}}, "",
             "/Info << /Producer (\xFE\xFF\x94\xF6\x88\x4C) /Creator (a\001b) /CreationDate "
             "(D:20260102) >>"));
  EXPECT_EQ(facts.pages, 2);
  EXPECT_FALSE(facts.encrypted || facts.javascript || facts.attachments || facts.forms ||
               facts.signatures || facts.repaired);
  EXPECT_EQ(facts.producer, "银行");
  EXPECT_EQ(facts.creator, "a\uFFFDb");
  EXPECT_EQ(facts.created, "D:20260102");
  EXPECT_EQ(facts.modified, "");
  ASSERT_EQ(facts.sizes.size(), 2U);
  EXPECT_FLOAT_EQ(facts.sizes[1].width, 100);
  EXPECT_FLOAT_EQ(facts.sizes[1].height, 200);
}

TEST(PdfFacts, ScriptsAreFoundWhereverTheyAre) {
  const std::string script = "<< /S /JavaScript /JS (app.alert\\(1\\)) >>";
  EXPECT_TRUE(facts_of(pdf_of({{""}}, "/OpenAction " + script)).javascript);
  EXPECT_TRUE(facts_of(pdf_of({{""}}, "/Names << /JavaScript << /Names [(a) " + script + "] >> >>"))
                  .javascript);
  EXPECT_TRUE(facts_of(pdf_of({{"", "/AA << /O " + script + " >>"}})).javascript);
  EXPECT_TRUE(facts_of(pdf_of({{"", "/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A " +
                                        script + " >>]"}}))
                  .javascript);
  EXPECT_FALSE(facts_of(pdf_of({{""}}, "/OpenAction [4 0 R /Fit]")).javascript);
}

TEST(PdfFacts, AttachmentsFormsAndSignatures) {
  const std::string file = "<< /Type /Filespec /F (a.exe) /EF << /F 6 0 R >> >>";
  const std::vector<std::string> content = {stream_object("MZ")};
  EXPECT_TRUE(facts_of(pdf_of({{""}}, "/Names << /EmbeddedFiles << /Names [(a) " + file + "] >> >>",
                              "", content))
                  .attachments);
  EXPECT_TRUE(facts_of(pdf_of({{"",
                                "/Annots [<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] "
                                "/FS " +
                                    file + " >>]"}},
                              "", "", content))
                  .attachments);
  const auto signed_facts = facts_of(pdf_of(
      {{"", "/Annots [6 0 R]"}}, "/AcroForm << /SigFlags 3 /Fields [6 0 R] >>", "",
      {"<< /Type /Annot /Subtype /Widget /FT /Sig /T (s) /Rect [0 0 9 9] /P 4 0 R /V 7 0 R >>",
       "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached "
       "/ByteRange [0 10 20 10] /Contents <3003020101> >>"}));
  EXPECT_TRUE(signed_facts.forms);
  EXPECT_TRUE(signed_facts.signatures);
  const auto unsigned_facts = facts_of(
      pdf_of({{"", "/Annots [6 0 R]"}}, "/AcroForm << /Fields [6 0 R] >>", "",
             {"<< /Type /Annot /Subtype /Widget /FT /Sig /T (s) /Rect [0 0 9 9] /P 4 0 R >>"}));
  EXPECT_TRUE(unsigned_facts.forms);
  EXPECT_FALSE(unsigned_facts.signatures);
}

TEST(PdfFacts, EncryptedDocuments) {
  // RC4, 40 bits, revision 2 (PDF 32000-1, 7.6.3): /O is arbitrary, so no password opens it.
  const std::string lock =
      "/ID [<00112233445566778899AABBCCDDEEFF> <00>] /Encrypt << /Filter /Standard "
      "/V 1 /R 2 /P -4 /O <" +
      std::string(64, '1') + "> /U <" + std::string(64, '2') + "> >>";
  EXPECT_EQ(code_of(pdf_of({{""}}, "", lock)), "vision.pdf_encrypted");
  EXPECT_EQ(code_of(pdf_of({{""}}, "", "/Encrypt << /Filter /Unheard >>")), "vision.pdf_encrypted");
  // As above with the /U that the empty password has under this /O: anybody may open it.
  const std::string open =
      "/ID [<00112233445566778899AABBCCDDEEFF> <00>] /Encrypt << /Filter /Standard "
      "/V 1 /R 2 /P -4 /O <" +
      std::string(64, '1') +
      "> /U "
      "<9C75DC0DD8487DEEC7F453315500F201AA2906DCC267C6F025939BE369093638> >>";
  EXPECT_TRUE(facts_of(pdf_of({{""}}, "", open)).encrypted);
}

TEST(PdfErrors, WhatIsNoPdfIsDamaged) {
  EXPECT_EQ(code_of({}), "vision.pdf_damaged");
  EXPECT_EQ(code_of(to_bytes("PK\x03\x04 a zip archive named .pdf")), "vision.pdf_damaged");
  EXPECT_EQ(code_of(to_bytes("%PDF-1.7")), "vision.pdf_damaged");
  EXPECT_EQ(code_of(to_bytes(std::string(2000, ' ') + "%PDF-1.7")), "vision.pdf_damaged");
  EXPECT_EQ(code_of(Bytes(limits::kPdfBytes + 1)), "vision.too_many_bytes");
}

TEST(PdfErrors, TruncatedDocumentsAreRepairedOrRefused) {
  const Bytes whole = pdf_with(shown("word", 100, 700));
  // A file that only lost its last line is as good as before.
  for (std::size_t size = 0; size + 40 < whole.size(); size += 37) {
    const auto document =
        Document::open(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    if (!document.ok()) {
      EXPECT_EQ(document.error().code(), "vision.pdf_damaged") << size;
      continue;
    }
    EXPECT_TRUE((*document)->facts().repaired) << size;
    (void)(*document)->page_text(1).ok();
  }
  const std::size_t end = as_text(whole).find("startxref");
  const auto cut =
      Document::open(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(end)))
          .value();
  EXPECT_TRUE(cut->facts().repaired);
  EXPECT_FALSE(word(cut->page_text(1).value(), "word").unseen);
}

TEST(PdfErrors, TablesThatPointAtThemselvesEnd) {
  const std::string body = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n";
  const std::string offset = std::to_string(body.size());
  const std::string loop =
      body + "xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 9 /Root 1 0 R /Prev " + offset +
      " /XRefStm " + offset + " >>\nstartxref\n" + offset + "\n%%EOF";
  EXPECT_EQ(code_of(to_bytes(loop)), "vision.pdf_damaged");
  for (const std::string kids : {"/Count 1 /Kids [2 0 R]", "/Count 3 /Kids [2 0 R 2 0 R 2 0 R]"}) {
    const auto looped = Document::open(
        assemble_pdf({"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages " + kids + " >>"}));
    if (!looped.ok()) {
      EXPECT_EQ(looped.error().code(), "vision.pdf_damaged");
      continue;
    }
    EXPECT_FLOAT_EQ((*looped)->facts().sizes.at(0).width, 0);
    EXPECT_TRUE((*looped)->page_text(1).error().is(VisionErrc::pdf_damaged));
  }
}

TEST(PdfErrors, APageTreeTenThousandDeep) {
  std::vector<std::string> objects = {"<< /Type /Catalog /Pages 2 0 R >>"};
  constexpr int kDepth = 10'000;
  for (int i = 0; i < kDepth; ++i) {
    objects.push_back("<< /Type /Pages /Count 1 /Kids [" + std::to_string(i + 3) + " 0 R] >>");
  }
  objects.push_back("<< /Type /Page /MediaBox [0 0 200 100] /Parent " + std::to_string(kDepth + 1) +
                    " 0 R >>");
  const auto document = Document::open(assemble_pdf(objects));
  if (!document.ok()) {
    EXPECT_TRUE(document.error().is(VisionErrc::pdf_damaged));
    return;
  }
  const float width = (*document)->facts().sizes.at(0).width;
  EXPECT_TRUE(width == 200 || width == 0) << width;
}

TEST(PdfErrors, ContentThatDrawsItselfEnds) {
  const Bytes pdf = pdf_of(
      {{"/X Do " + shown("after", 100, 700), "", "[0 0 595 842]", "/XObject << /X 6 0 R >>"}}, "",
      "",
      {stream_object("/X Do /X Do",
                     "/Type /XObject /Subtype /Form /BBox [0 0 9 9] "
                     "/Resources << /XObject << /X 6 0 R >> >>")});
  EXPECT_FALSE(word(text_of(pdf), "after").unseen);
}

TEST(PdfErrors, APageIsGivenUpInTimeAndTheDocumentGoesOn) {
  std::string slow;
  for (int i = 0; i < 20'000; ++i) slow += "0 0 595 842 re f\n";
  const Bytes pdf =
      pdf_of({{"/Half gs " + slow + shown("slow", 100, 700)}, {shown("quick", 100, 700)}});
  const auto document = Document::open(pdf, 50).value();
  EXPECT_TRUE(document->page_text(1).error().is(VisionErrc::timeout));
  EXPECT_TRUE(document->jpeg(1, 200).error().is(VisionErrc::timeout));
  EXPECT_FALSE(document->jpeg(2, limits::kPdfMinDpi).value().empty());
}

TEST(PdfErrors, PagesThatAreTooLargeOrNotThere) {
  // 200 inches, the most that the format allows.
  const auto huge = Document::open(pdf_of({{"", "", "[0 0 14400 14400]"}})).value();
  EXPECT_FLOAT_EQ(huge->facts().sizes.at(0).width, 14400);
  EXPECT_TRUE(huge->page_text(1).error().is(VisionErrc::pdf_page_too_large));
  EXPECT_TRUE(huge->jpeg(1, 72).error().is(VisionErrc::pdf_page_too_large));
  // A0 fits as a picture, but not at every resolution.
  const auto large = Document::open(pdf_of({{"", "", "[0 0 2384 3370]"}})).value();
  EXPECT_TRUE(large->jpeg(1, 200).error().is(VisionErrc::pdf_page_too_large));
  EXPECT_TRUE(large->jpeg(1, 50).ok());
  EXPECT_TRUE(large->page_text(1).ok());
  for (const int page : {-1, 0, 2}) {
    EXPECT_TRUE(large->page_text(page).error().is(VisionErrc::pdf_no_such_page)) << page;
    EXPECT_TRUE(large->jpeg(page, 72).error().is(VisionErrc::pdf_no_such_page)) << page;
  }
}

TEST(PdfErrors, TooManyPages) {
  const std::vector<testing::PageParts> pages(limits::kPdfPages + 1);
  EXPECT_EQ(code_of(pdf_of(pages)), "vision.pdf_too_many_pages");
  EXPECT_EQ(facts_of(pdf_of({pages.begin(), pages.end() - 1})).pages, limits::kPdfPages);
  EXPECT_EQ(code_of(assemble_pdf({"<< /Type /Catalog /Pages 2 0 R >>",
                                  "<< /Type /Pages /Count 2000000000 /Kids [] >>"})),
            "vision.pdf_damaged");
}

TEST(PdfPicture, HasTheSizeAndTheInkOfThePage) {
  const Bytes pdf = pdf_of({{"1 0 0 rg 100 0 100 100 re f", "", "[0 0 200 100]"}});
  const cv::Mat seen = picture_of(pdf, 1, 144);
  EXPECT_EQ(seen.cols, 400);
  EXPECT_EQ(seen.rows, 200);
  const auto left = seen.at<cv::Vec3b>(100, 100), right = seen.at<cv::Vec3b>(100, 300);
  EXPECT_GT(left[0], 250);
  EXPECT_GT(left[2], 250);
  EXPECT_LT(right[0], 10);
  EXPECT_GT(right[2], 245);
  EXPECT_EQ(picture_of(pdf, 1, 10'000).cols, 200 * limits::kPdfMaxDpi / 72 + 1);
}

}  // namespace
}  // namespace mq::vision
