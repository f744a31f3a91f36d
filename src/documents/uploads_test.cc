// Handing in: what is kept and how, what is refused and leaves nothing.
#include <gtest/gtest.h>

#include "consent/consent.h"
#include "controls/controls.h"
#include "people.h"
#include "runtime/json.h"
#include "support/documents.h"

namespace mq::documents {
namespace {

constexpr auto kNumber = "110101199003070652";
const std::string kHeld = test::photo(std::string("held 欧阳测试 ") + kNumber + " 1 0.9");
const std::string kCard = test::photo(std::string("card 欧阳测试 ") + kNumber);

class UploadsTest : public test::PeopleTest {
 protected:
  void SetUp() override {
    prepare({storage::kOutboxMigration, audit::kAuditMigration, controls::kControlsMigration,
             vault::kVaultMigration, consent::kConsentMigration, kDocumentsMigration,
             kUploadsMigration});
    person_ = consenting();
    open_for_business();
  }
  void open_for_business() { uploads_.emplace(db(), vault_, clock_, random_, ports_); }

  PersonId consenting() {
    const auto person = new_person();
    answer(person, consent::Purpose::terms, true);
    return person;
  }
  void answer(const PersonId& person, consent::Purpose purpose, bool granted) {
    clock_.advance_ms(1);
    const auto& shown = consent::notice(purpose, consent::Language::zh);
    ASSERT_TRUE(db().write([&](storage::Transaction& tx) {
                      return consent::record(tx, clock_.now(), random_, person, purpose,
                                             shown.version, shown.sha256, granted, "session");
                    })
                    .ok());
  }
  void stop_face(bool stopped) {
    ASSERT_TRUE(db().write([&](storage::Transaction& tx) {
                      return controls::set(tx, clock_.now(), random_, controls::Switch::face,
                                           stopped, "drill", staff_);
                    })
                    .ok());
  }
  Result<Opened> take(Kind kind, const std::string& file) {
    clock_.advance_ms(1);
    return uploads_->take(person_, kind, as_bytes(file));
  }
  std::string code_of(Kind kind, const std::string& file) {
    const auto taken = take(kind, file);
    return taken.ok() ? "ok" : taken.error().code();
  }
  // Everything that a refused file could have left behind.
  std::int64_t kept() {
    return number("SELECT COUNT(*) FROM document") + number("SELECT COUNT(*) FROM vault_blob") +
           number("SELECT COUNT(*) FROM document_upload");
  }

  Ports ports_ = test::test_document_ports();
  std::optional<Uploads> uploads_;
  PersonId person_;
  StaffId staff_ = StaffId::make(clock_.now(), random_);
};
MQ_INSTANTIATE_DATABASES(UploadsTest);

TEST_P(UploadsTest, ACardIsReadAtOnceAndLiesSealed) {
  const auto taken = take(Kind::id_card_front, kCard);
  ASSERT_TRUE(taken.ok()) << taken.error().code();
  EXPECT_EQ(taken->upload.state, UploadState::read);
  EXPECT_EQ(taken->upload.media, Media::jpeg);
  EXPECT_EQ(taken->upload.scan, ScanState::not_scanned);
  EXPECT_EQ(taken->upload.pages_done, 1);
  EXPECT_EQ(taken->reading.field("number")->text().expose(), kNumber);
  EXPECT_EQ(uploads_->get_of(person_, taken->upload.id)->reading.field("name")->text().expose(),
            "欧阳测试");
  EXPECT_TRUE(lies_in_the_store(person_.str()));
  EXPECT_FALSE(lies_in_the_store(kNumber));
  EXPECT_FALSE(lies_in_the_store("欧阳测试"));
  ASSERT_EQ(leaves("documents.received").size(), 1U);
  ASSERT_EQ(leaves("documents.handed_in").size(), 1U);
  EXPECT_EQ(leaves("documents.handed_in")[0].body.find(kNumber), std::string::npos);
}

TEST_P(UploadsTest, NobodyElseSeesIt) {
  const auto id = take(Kind::id_card_front, kCard)->upload.id;
  const auto other = consenting();
  EXPECT_EQ(uploads_->get_of(other, id).error().code(), "documents.not_found");
  EXPECT_EQ(uploads_->complete(other, id).error().code(), "documents.not_found");
  EXPECT_EQ(uploads_->add_page(other, id, as_bytes(kCard)).error().code(), "documents.not_found");
  EXPECT_EQ(uploads_->confirm(other, id, {{"name", Pii<std::string>("王芳")}}).error().code(),
            "documents.not_found");
  EXPECT_TRUE(uploads_->list_of(other, 10)->empty());
  EXPECT_EQ(uploads_->list_of(person_, 10)->size(), 1U);
}

TEST_P(UploadsTest, RefusedFilesLeaveNothing) {
  const std::string zip = "PK\x03\x04 named photo.jpg";
  EXPECT_EQ(code_of(Kind::id_card_front, ""), "documents.empty");
  EXPECT_EQ(code_of(Kind::id_card_front, zip), "documents.not_accepted");
  EXPECT_EQ(code_of(Kind::id_card_front, "GIF89a"), "documents.not_accepted");
  EXPECT_EQ(code_of(Kind::id_card_front, test::photo("broken")), "vision.not_an_image");
  EXPECT_EQ(code_of(Kind::id_card_front, test::pdf({"a"})), "documents.not_this_kind");
  EXPECT_EQ(code_of(Kind::statement, test::pdf({"locked"})), "vision.pdf_encrypted");
  EXPECT_EQ(code_of(Kind::statement, test::pdf(std::vector<std::string>(51, "x"))),
            "documents.too_many_pages");
  EXPECT_EQ(code_of(Kind::statement, test::photo(std::string(limits::kHttpPhotoBodyBytes, 'x'))),
            "vision.too_many_bytes");
  EXPECT_EQ(kept(), 0);
  answer(person_, consent::Purpose::terms, false);
  EXPECT_EQ(code_of(Kind::id_card_front, kCard), "consent.missing");
  EXPECT_EQ(kept(), 0);
}

TEST_P(UploadsTest, AFaceNeedsItsOwnConsent) {
  int looks = 0;
  ports_.readers.read_hand_held = [&](ByteView picture) -> Result<vision::HandHeldReading> {
    ++looks;
    return test::held_in(as_text(picture));
  };
  open_for_business();
  EXPECT_EQ(code_of(Kind::hand_held, kHeld), "consent.missing");
  answer(person_, consent::Purpose::face, true);
  stop_face(true);
  EXPECT_EQ(code_of(Kind::hand_held, kHeld), "controls.stopped");
  EXPECT_EQ(looks, 0) << "no face was looked at";
  EXPECT_EQ(kept(), 0);
  stop_face(false);
  const auto taken = take(Kind::hand_held, kHeld);
  ASSERT_TRUE(taken.ok()) << taken.error().code();
  EXPECT_EQ(looks, 1);
  EXPECT_EQ(taken->upload.state, UploadState::read);
  EXPECT_EQ(taken->reading.field("number")->text().expose(), kNumber);
  EXPECT_EQ(taken->reading.checks.at(0).code, "held.person_matches");
  EXPECT_EQ(rows("SELECT retention FROM document_upload")[0].text(0), "frames");
  EXPECT_FALSE(lies_in_the_store(kNumber));
  const auto said =
      uploads_->confirm(person_, taken->upload.id, {{"name", Pii<std::string>("欧阳测试")}});
  ASSERT_TRUE(said.ok()) << said.error().code();
  EXPECT_EQ(said->reading.field("name")->state, ValueState::confirmed);
}

TEST_P(UploadsTest, AConsentWithdrawnDuringTheLookKeepsAHandHeldPhotoOut) {
  answer(person_, consent::Purpose::face, true);
  ports_.readers.read_hand_held = [&](ByteView picture) -> Result<vision::HandHeldReading> {
    answer(person_, consent::Purpose::face, false);
    return test::held_in(as_text(picture));
  };
  open_for_business();
  EXPECT_EQ(code_of(Kind::hand_held, kHeld), "consent.missing");
  EXPECT_EQ(kept(), 0);
}

TEST_P(UploadsTest, AKindWithoutAReaderIsKept) {
  answer(person_, consent::Purpose::face, true);
  ports_.readers.read_hand_held = nullptr;
  open_for_business();
  const auto taken = take(Kind::hand_held, kHeld);
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->upload.state, UploadState::stored) << "nobody reads it, and nobody says so";
  ports_.readers.read_hand_held = [](ByteView) -> Result<vision::HandHeldReading> {
    return vision::VisionErrc::busy;
  };
  open_for_business();
  EXPECT_EQ(code_of(Kind::hand_held, test::photo("another")), "vision.busy");
}

TEST_P(UploadsTest, TheNewestThatWasNotRefusedIsUsable) {
  answer(person_, consent::Purpose::face, true);
  const auto newest = [&] {
    return db()
        .read([&](storage::Transaction& tx) -> Result<std::optional<DocumentId>> {
          const auto found = newest_usable(tx, person_, Kind::hand_held);
          return found ? std::optional(found->id) : std::nullopt;
        })
        .value();
  };
  EXPECT_FALSE(newest().has_value());
  EXPECT_TRUE(take(Kind::id_card_front, kCard).ok());
  EXPECT_FALSE(newest().has_value()) << "another kind";
  const auto first = take(Kind::hand_held, kHeld)->upload.id;
  EXPECT_EQ(newest(), first);
  const auto second = take(Kind::hand_held, kHeld + " unsure")->upload.id;
  EXPECT_EQ(newest(), second);
  EXPECT_EQ(take(Kind::hand_held, test::photo("a cat"))->upload.state, UploadState::retake);
  EXPECT_EQ(newest(), second);
  person_ = consenting();
  EXPECT_FALSE(newest().has_value()) << "somebody else's";
}

TEST_P(UploadsTest, WhatIsInfectedIsRefusedAndNoted) {
  Result<Verdict> verdict = Verdict::infected;
  ports_.scan = [&](ByteView) { return verdict; };
  open_for_business();
  EXPECT_EQ(code_of(Kind::id_card_front, kCard), "documents.infected");
  EXPECT_EQ(kept(), 0);
  const auto noted = leaves("documents.infected_refused");
  ASSERT_EQ(noted.size(), 1U);
  EXPECT_EQ(runtime::parse_json(noted[0].body)->at("facts").as_object().size(), 2U);
  verdict = Error(storage::StorageErrc::unavailable);
  EXPECT_EQ(code_of(Kind::id_card_front, kCard), "documents.scan_unavailable");
  EXPECT_EQ(kept(), 0);
  verdict = Verdict::clean;
  const auto clean = take(Kind::id_card_front, kCard);
  ASSERT_TRUE(clean.ok());
  EXPECT_EQ(clean->upload.scan, ScanState::clean);
  EXPECT_TRUE(uploads_->scans());
}

TEST_P(UploadsTest, TheSameFileIsTheSameDocument) {
  const auto first = take(Kind::id_card_front, kCard);
  const auto again = take(Kind::id_card_front, kCard);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->upload.id, first->upload.id);
  EXPECT_EQ(again->reading.field("number")->text().expose(), kNumber);
  EXPECT_EQ(number("SELECT COUNT(*) FROM document"), 1);
  EXPECT_NE(take(Kind::bank_card, kCard)->upload.id, first->upload.id) << "another kind";
  clock_.advance_seconds(25 * 60 * 60);
  EXPECT_NE(take(Kind::id_card_front, kCard)->upload.id, first->upload.id) << "another day";
}

TEST_P(UploadsTest, OthersWithTheSameFileAreNoticed) {
  const auto mine = take(Kind::id_card_front, kCard)->upload.id;
  EXPECT_EQ(uploads_->show(mine, staff_)->same_file_of_others, 0);
  const auto other = consenting();
  clock_.advance_ms(1);
  ASSERT_TRUE(uploads_->take(other, Kind::id_card_back, as_bytes(kCard)).ok());
  EXPECT_EQ(uploads_->show(mine, staff_)->same_file_of_others, 1);
  const auto hash = rows("SELECT content FROM document LIMIT 1")[0].bytes(0);
  const auto plain = crypto::sha256(as_bytes(kCard));
  EXPECT_NE(hash, Bytes(plain.begin(), plain.end())) << "nobody without the key can try a file";
  EXPECT_EQ(leaves("documents.viewed").size(), 2U);
}

TEST_P(UploadsTest, ADayHasItsLimits) {
  force("INSERT INTO document_quota (person, day, files, bytes) VALUES ($1, $2, $3, 0)",
        {person_, BusinessDate::in_china(clock_.now()), limits::kDocumentFilesPerDay - 1});
  EXPECT_EQ(code_of(Kind::id_card_front, "PK no photo"), "documents.not_accepted");
  EXPECT_EQ(code_of(Kind::id_card_front, test::photo("broken")), "vision.not_an_image");
  EXPECT_EQ(code_of(Kind::id_card_front, kCard), "documents.day_limit") << "refused ones count";
  force("UPDATE document_quota SET files = 0, bytes = $1", {limits::kDocumentBytesPerDay - 5});
  EXPECT_EQ(code_of(Kind::id_card_front, kCard), "documents.day_limit");
  clock_.advance_seconds(24 * 60 * 60);
  EXPECT_EQ(code_of(Kind::id_card_front, kCard), "ok");
}

TEST_P(UploadsTest, AnErasedPersonsDocumentIsAShell) {
  const auto id = take(Kind::id_card_front, kCard)->upload.id;
  force(key_store(), "UPDATE data_key SET wrapped = NULL");
  const auto shell = uploads_->get_of(person_, id);
  ASSERT_TRUE(shell.ok());
  EXPECT_TRUE(shell->reading.fields.empty());
  EXPECT_EQ(uploads_->picture(id, 1, staff_).error().code(), "vault.erased");
}

TEST_P(UploadsTest, APhotoThatShowsNoCardAsksForAnother) {
  const auto taken = take(Kind::id_card_front, test::photo("a cat"));
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->upload.state, UploadState::retake);
  EXPECT_EQ(taken->upload.problems, std::vector<std::string>{"card.no_card"});
  EXPECT_EQ(uploads_->confirm(person_, taken->upload.id, {{"name", Pii<std::string>("王芳")}})
                .error()
                .code(),
            "documents.wrong_state");
}

TEST_P(UploadsTest, ItsOwnerConfirmsAndCorrects) {
  const auto id =
      take(Kind::id_card_front, test::photo(std::string("card 欧阳侧试 ") + kNumber + " unsure"))
          ->upload.id;
  EXPECT_EQ(uploads_->get_of(person_, id)->upload.state, UploadState::confirm);
  const auto said = uploads_->confirm(
      person_, id, {{"name", Pii<std::string>("欧阳测试")}, {"number", Pii<std::string>(kNumber)}});
  ASSERT_TRUE(said.ok()) << said.error().code();
  EXPECT_EQ(said->upload.state, UploadState::read);
  EXPECT_TRUE(said->upload.confirmed_at.has_value());
  EXPECT_EQ(said->reading.field("name")->read.expose(), "欧阳侧试");
  EXPECT_EQ(said->reading.field("name")->text().expose(), "欧阳测试");
  EXPECT_EQ(said->reading.field("number")->state, ValueState::confirmed);
  EXPECT_EQ(uploads_->confirm(person_, id, {}).error().code(), "documents.bad_field");
  EXPECT_EQ(uploads_->confirm(person_, id, {{"bank", Pii<std::string>("x")}}).error().code(),
            "documents.bad_field");
  EXPECT_FALSE(lies_in_the_store("欧阳测试"));
  EXPECT_EQ(leaves("documents.fields_confirmed").size(), 1U);
}

TEST_P(UploadsTest, StaffSeeThePictureAndLeaveATrace) {
  const auto id = take(Kind::id_card_front, kCard)->upload.id;
  const auto picture = uploads_->picture(id, 1, staff_);
  ASSERT_TRUE(picture.ok());
  EXPECT_EQ(mq::to_string(picture->bytes), kCard);
  EXPECT_EQ(uploads_->picture(id, 2, staff_).error().code(), "documents.not_found");
  EXPECT_EQ(uploads_->picture(id, 0, staff_).error().code(), "documents.not_found");
  const auto seen = leaves("documents.viewed");
  ASSERT_EQ(seen.size(), 1U) << "a view that was refused is none";
  EXPECT_EQ(seen[0].object, id.str());
  EXPECT_NE(seen[0].body.find(staff_.str()), std::string::npos);
}

}  // namespace
}  // namespace mq::documents
