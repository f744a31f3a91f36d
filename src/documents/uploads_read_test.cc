// Documents of several pages: collected, read in the background, concluded.
#include <gtest/gtest.h>

#include "consent/consent.h"
#include "documents/statement_json.h"
#include "people.h"
#include "support/documents.h"

namespace mq::documents {
namespace {

const std::string kHeads = "10 100 交易日期\n150 100 摘要\n300 100 交易金额\n450 100 账户余额\n";
const std::string kFirst =
    kHeads + "10 120 2026-01-05\n150 120 工资\n300 120 8000.00\n450 120 9000.00\n";
const std::string kSecond =
    kHeads + "10 120 2026-01-09\n150 120 消费\n300 120 -250.00\n450 120 8750.00\n";

class UploadsReadTest : public test::PeopleTest {
 protected:
  void SetUp() override {
    prepare({storage::kOutboxMigration, audit::kAuditMigration, vault::kVaultMigration,
             consent::kConsentMigration, kDocumentsMigration, kUploadsMigration});
    person_ = new_person();
    const auto& shown = consent::notice(consent::Purpose::terms, consent::Language::zh);
    ASSERT_TRUE(db().write([&](storage::Transaction& tx) {
                      return consent::record(tx, clock_.now(), random_, person_,
                                             consent::Purpose::terms, shown.version, shown.sha256,
                                             true, "session");
                    })
                    .ok());
    ports_.open_pdf = [this](Bytes file) -> Result<OpenPdf> {
      ++opened_;
      MQ_TRY(auto out, test::open_pdf(file));
      out.page_text = [this, inner = out.page_text](int page) -> Result<vision::PdfPageText> {
        clock_.advance_seconds(page_seconds_);
        if (page_error_) return *page_error_;
        return inner(page);
      };
      return out;
    };
    open_for_business();
  }
  void open_for_business() {
    worker_.emplace(db(), clock_, random_);
    uploads_.emplace(db(), vault_, clock_, random_, ports_);
    worker_->subscribe("documents.to_read", [this](const storage::Event& event) {
      return uploads_->read_on(*DocumentId::parse(event.object),
                               event.attempt >= limits::kOutboxAttempts);
    });
  }
  Opened take(Kind kind, const std::string& file) {
    clock_.advance_ms(1);
    auto taken = uploads_->take(person_, kind, as_bytes(file));
    EXPECT_TRUE(taken.ok()) << taken.error().code();
    return *taken;
  }
  Opened add(const DocumentId& id, const std::string& file) {
    clock_.advance_ms(1);
    auto added = uploads_->add_page(person_, id, as_bytes(file));
    EXPECT_TRUE(added.ok()) << added.error().code();
    return *added;
  }
  int run() {
    const auto handled = worker_->run_once();
    EXPECT_TRUE(handled.ok());
    return *handled;
  }
  static std::vector<std::string> codes_of(const std::vector<Check>& checks) {
    std::vector<std::string> out;
    for (const auto& check : checks) out.push_back(check.code);
    return out;
  }
  Opened now(const DocumentId& id) { return *uploads_->get_of(person_, id); }
  Result<vision::PageReading> page_of(const std::string& text) {
    auto pdf = test::open_pdf(to_bytes(test::pdf({text})));
    vision::PageReading out{600, 800, {}};
    const auto read = pdf->page_text(1);
    for (const auto& word : read->words) {
      const vision::Box box = {word.left, word.top, word.right - word.left, word.bottom - word.top};
      out.lines.push_back({box, word.text, 0.98F});
    }
    return out;
  }

  int opened_ = 0, page_seconds_ = 0;
  std::optional<Error> page_error_;
  Ports ports_ = test::test_document_ports();
  std::optional<Uploads> uploads_;
  std::optional<storage::OutboxWorker> worker_;
  PersonId person_;
  StaffId staff_ = StaffId::make(clock_.now(), random_);
};
MQ_INSTANTIATE_DATABASES(UploadsReadTest);

TEST_P(UploadsReadTest, APdfStatementIsReadBehindTheRequest) {
  const auto taken = take(Kind::statement, test::pdf({kFirst, kSecond}));
  EXPECT_EQ(taken.upload.state, UploadState::reading);
  EXPECT_EQ(taken.upload.pages, 2);
  EXPECT_EQ(taken.upload.pages_done, 0);
  EXPECT_EQ(run(), 1);
  const auto read = now(taken.upload.id);
  EXPECT_EQ(read.upload.state, UploadState::read);
  EXPECT_EQ(read.upload.pages_done, 2);
  const auto shown = uploads_->show(taken.upload.id, staff_);
  ASSERT_TRUE(shown.ok() && shown->statement.has_value());
  const auto& rows = shown->statement->at("rows").as_array();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].at("amount").as_string(), "8000.00");
  EXPECT_EQ(rows[0].at("page").as_int64(), 1);
  EXPECT_EQ(rows[1].at("amount").as_string(), "-250.00");
  EXPECT_EQ(rows[1].at("balance").as_string(), "8750.00");
  EXPECT_EQ(rows[1].at("use").as_string(), "outflow");
  EXPECT_EQ(rows[1].at("place").at("corners").as_array().size(), 4U);
  EXPECT_TRUE(shown->statement->at("too_short").as_bool());
  EXPECT_EQ(number("SELECT COUNT(*) FROM document_page"), 0) << "the pages' texts are gone";
  EXPECT_FALSE(lies_in_the_store("8750.00"));
  EXPECT_EQ(run(), 0);
}

TEST_P(UploadsReadTest, ALongOneIsReadInSeveralDeliveries) {
  page_seconds_ = 9;  // over limits::kDocumentReadMs: one page a delivery
  const auto id = take(Kind::statement, test::pdf({kFirst, kSecond, kSecond})).upload.id;
  ASSERT_TRUE(uploads_->read_on(id, false).ok());
  EXPECT_EQ(now(id).upload.pages_done, 1);
  EXPECT_EQ(now(id).upload.state, UploadState::reading);
  EXPECT_FALSE(lies_in_the_store("8000.00")) << "also between two deliveries";
  run();
  EXPECT_EQ(now(id).upload.state, UploadState::read);
  EXPECT_GE(opened_, 4);
  EXPECT_TRUE(uploads_->read_on(id, false).ok()) << "a repeat after the end does nothing";
}

TEST_P(UploadsReadTest, APassingFaultIsTriedAgainAndGivenUpAtLast) {
  page_error_ = Error(vision::VisionErrc::worker_lost);
  const auto id = take(Kind::statement, test::pdf({kFirst})).upload.id;
  run();
  EXPECT_EQ(now(id).upload.state, UploadState::reading);
  page_error_.reset();
  clock_.advance_seconds(60);
  run();
  EXPECT_EQ(now(id).upload.state, UploadState::read);

  page_error_ = Error(vision::VisionErrc::timeout);
  const auto stuck = take(Kind::statement, test::pdf({kSecond})).upload.id;
  for (int i = 0; i < limits::kOutboxAttempts; ++i) {
    run();
    clock_.advance_seconds(120);
  }
  EXPECT_EQ(now(stuck).upload.state, UploadState::failed);
  EXPECT_EQ(now(stuck).upload.problems, std::vector<std::string>{"vision.timeout"});
  EXPECT_EQ(worker_->counts()->dead, 0);
}

TEST_P(UploadsReadTest, WhatIsNoStatementFailsWithItsReason) {
  const auto id = take(Kind::statement, test::pdf({"10 10 nothing\n"})).upload.id;
  run();
  EXPECT_EQ(now(id).upload.state, UploadState::failed);
  EXPECT_EQ(now(id).upload.problems, std::vector<std::string>{"documents.statement_no_header"});
  EXPECT_FALSE(uploads_->show(id, staff_)->statement.has_value());
}

TEST_P(UploadsReadTest, TextThatNobodySeesTakesNoPartAndIsNoted) {
  const auto id =
      take(Kind::statement,
           test::pdf({kFirst + "!10 140 2026-01-06\n!300 140 90000.00\n!450 140 99000.00\n"}))
          .upload.id;
  run();
  const auto shown = uploads_->show(id, staff_);
  EXPECT_EQ(shown->statement->at("rows").as_array().size(), 1U);
  ASSERT_EQ(codes_of(shown->document.reading.checks),
            (std::vector<std::string>{"statement.hidden_text", "statement.not_compared"}));
}

TEST_P(UploadsReadTest, ATextThatItsPictureShowsOtherwiseIsNotBelieved) {
  const std::string body = "10 140 2026-01-06\n150 140 消费\n300 140 -50.00\n450 140 8950.00\n";
  const std::string honest = kFirst + body;
  std::string forged = honest;
  forged.replace(forged.find("8000.00"), 7, "9000.00");
  ports_.readers.read_page = [&, this](ByteView) { return page_of(honest); };
  page_seconds_ = 9;  // the finding of the first page outlives its delivery
  open_for_business();
  const auto id = take(Kind::statement, test::pdf({forged, honest})).upload.id;
  run();
  run();
  const auto shown = uploads_->show(id, staff_);
  ASSERT_TRUE(shown.ok() && shown->statement.has_value());
  EXPECT_EQ(codes_of(shown->document.reading.checks),
            std::vector<std::string>{"statement.picture_differs"});
  const auto& mismatches = shown->statement->at("mismatches").as_array();
  ASSERT_EQ(mismatches.size(), 1U);
  EXPECT_EQ(mismatches[0].at("text_layer").as_string(), "9000.00");
  EXPECT_EQ(mismatches[0].at("picture").as_string(), "8000.00");
  EXPECT_EQ(mismatches[0].at("row").as_int64(), 0);
  EXPECT_EQ(mismatches[0].at("page").as_int64(), 1);
  const auto& row = shown->statement->at("rows").as_array()[0];
  EXPECT_EQ(row.at("use").as_string(), "left_out");
  const auto& pages = shown->statement->at("pages").as_array();
  ASSERT_EQ(pages.size(), 2U);
  EXPECT_TRUE(pages[0].at("compared").as_bool() && pages[1].at("compared").as_bool());
  EXPECT_FALSE(lies_in_the_store("9000.00"));
}

TEST_P(UploadsReadTest, StaffAreToldWhenTheHolderIsNotThePerson) {
  const auto codes_with = [&](const std::string& holder) {
    const std::string head = holder.empty() ? "" : "10 40 户名：" + holder + "\n";
    const auto id = take(Kind::statement, test::pdf({head + kFirst})).upload.id;
    run();
    auto codes = codes_of(uploads_->show(id, staff_)->document.reading.checks);
    std::erase(codes, "statement.not_compared");
    return codes;
  };
  using Codes = std::vector<std::string>;
  EXPECT_EQ(codes_with("李四"), Codes{}) << "nobody knows the person's name yet";
  const auto keys = vault_.unlock(person_, {vault::RetentionClass::identity});
  ASSERT_TRUE(db().write([&](storage::Transaction& tx) -> Status {
                    vault_.put(tx, *keys, vault::Field::name, Pii<std::string>("张小明"));
                    return ok();
                  })
                  .ok());
  EXPECT_EQ(codes_with("张*明"), Codes{});
  EXPECT_EQ(codes_with("王五"), Codes{"statement.holder_differs"});
  EXPECT_EQ(codes_with("WANG WU"), Codes{"statement.holder_unclear"});
  EXPECT_EQ(codes_with(""), Codes{"statement.holder_unclear"});
}

TEST_P(UploadsReadTest, AValueThatThePictureDoesNotShowIsADoubt) {
  std::string text = kHeads, seen = kHeads;
  for (int i = 0; i < 12; ++i) {
    const auto y = std::to_string(120 + 20 * i), balance = std::to_string(1010 + 10 * i) + ".00";
    const auto row = "10 " + y + " 2026-01-" + std::to_string(10 + i) + "\n150 " + y +
                     " 工资\n300 " + y + " 10.00\n450 " + y + " " + balance + "\n";
    text += row;
    seen += i == 5 ? row.substr(0, row.find("450 ")) : row;
  }
  ports_.readers.read_page = [&, this](ByteView) { return page_of(seen); };
  open_for_business();
  const auto id = take(Kind::statement, test::pdf({text})).upload.id;
  run();
  const auto shown = uploads_->show(id, staff_);
  ASSERT_TRUE(shown.ok() && shown->statement.has_value());
  EXPECT_EQ(shown->statement->at("mismatches").as_array().size(), 1U);
  EXPECT_EQ(codes_of(shown->document.reading.checks),
            std::vector<std::string>{"statement.value_not_seen"});
  EXPECT_EQ(shown->statement->at("rows").as_array()[5].at("use").as_string(), "left_out");
}

TEST_P(UploadsReadTest, PagesThatCannotBeOpenedAreReadAnew) {
  page_seconds_ = 9;
  const auto id = take(Kind::statement, test::pdf({kFirst, kSecond})).upload.id;
  ASSERT_TRUE(uploads_->read_on(id, false).ok());
  ASSERT_EQ(now(id).upload.pages_done, 1);
  force("UPDATE document_page SET sealed = $1", {to_bytes("from another version")});
  EXPECT_TRUE(uploads_->read_on(id, false).error().is(vault::VaultErrc::damaged));
  EXPECT_EQ(now(id).upload.pages_done, 0);
  ASSERT_TRUE(uploads_->read_on(id, false).ok());
  ASSERT_TRUE(uploads_->read_on(id, false).ok());
  EXPECT_EQ(now(id).upload.state, UploadState::read);
  EXPECT_EQ(uploads_->show(id, staff_)->statement->at("rows").as_array().size(), 2U);
}

TEST(StatementJson, WhatIsOlderThanPagesIsStillShown) {
  const auto old = parse_statement(R"({"bank":"","holder":"张小明","rows":[]})");
  ASSERT_TRUE(old.ok());
  EXPECT_TRUE(old->at("pages").as_array().empty());
  EXPECT_TRUE(old->at("mismatches").as_array().empty());
  EXPECT_EQ(compare_holder(*old, Pii<std::string>("张小明")), HolderMatch::same);
  EXPECT_TRUE(parse_statement("[]").error().is(vault::VaultErrc::damaged));
  EXPECT_TRUE(parse_statement("{").error().is(vault::VaultErrc::damaged));
}

TEST_P(UploadsReadTest, WithoutAReaderPicturesAreKeptAsTheyAre) {
  const auto scan = take(Kind::statement, test::pdf({"", ""})).upload.id;
  run();
  EXPECT_EQ(now(scan).upload.state, UploadState::stored) << "nothing is wrong with a scan";
  const auto photos = take(Kind::statement, test::photo("one")).upload.id;
  EXPECT_EQ(now(photos).upload.state, UploadState::received);
  EXPECT_EQ(uploads_->complete(person_, photos)->upload.state, UploadState::stored);
  const auto proof = take(Kind::income_proof, test::pdf({"a page"})).upload.id;
  EXPECT_EQ(now(proof).upload.state, UploadState::stored);
  EXPECT_EQ(run(), 0);
}

TEST_P(UploadsReadTest, PhotographedPagesAreCollectedAndRead) {
  ports_.readers.read_page = [this](ByteView picture) {
    return page_of(as_text(picture).ends_with("one") ? kFirst : kSecond);
  };
  open_for_business();
  const auto id = take(Kind::statement, test::photo("one")).upload.id;
  EXPECT_EQ(add(id, test::photo("two")).upload.pages, 2);
  EXPECT_EQ(add(id, test::photo("two")).upload.pages, 2) << "the same page again";
  EXPECT_EQ(uploads_->add_page(person_, id, as_bytes(test::pdf({"x"}))).error().code(),
            "documents.not_this_kind");
  EXPECT_EQ(uploads_->complete(person_, id)->upload.state, UploadState::reading);
  EXPECT_EQ(uploads_->complete(person_, id)->upload.state, UploadState::reading) << "a repeat";
  EXPECT_EQ(uploads_->add_page(person_, id, as_bytes(test::photo("three"))).error().code(),
            "documents.wrong_state");
  run();
  EXPECT_EQ(now(id).upload.state, UploadState::read);
  EXPECT_EQ(uploads_->show(id, staff_)->statement->at("rows").as_array().size(), 2U);
  EXPECT_EQ(mq::to_string(uploads_->picture(id, 2, staff_)->bytes), test::photo("two"));
}

TEST_P(UploadsReadTest, PagesAreCounted) {
  const auto id = take(Kind::statement, test::photo("0")).upload.id;
  force("UPDATE document_upload SET pages = $1", {limits::kDocumentPages});
  EXPECT_EQ(uploads_->add_page(person_, id, as_bytes(test::photo("more"))).error().code(),
            "documents.too_many_pages");
}

TEST_P(UploadsReadTest, APdfsPageIsShownAsAPicture) {
  const auto id = take(Kind::work_proof, test::pdf({"a", "b"})).upload.id;
  const auto picture = uploads_->picture(id, 2, staff_);
  ASSERT_TRUE(picture.ok());
  EXPECT_EQ(picture->media, Media::jpeg);
  EXPECT_EQ(mq::to_string(picture->bytes), test::photo("page 2"));
}

}  // namespace
}  // namespace mq::documents
