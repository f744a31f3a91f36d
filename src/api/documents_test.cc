// Documents through the API: the borrower's way with the photo first, and what staff see of it.
#include <gtest/gtest.h>

#include "api/document_texts.h"
#include "support/api.h"

namespace mq::api {
namespace {

using test::photo;
using test::Said;

class DocumentsTest : public test::ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    const auto in = lending().people.sign_in();
    lending().people.consent_to_all(in.person);
    token_ = in.session.token;
    person_ = in.person;
  }
  Said hand_in(const std::string& kind, const std::string& file) {
    lending().people.clock.advance_ms(1);
    return as(token_, "POST", "/v1/documents/" + kind, file);
  }
  std::string card(const std::string& more = "") {
    return photo("card 张小明 " + test::id_number(21) + " " + more);
  }
  std::string token_;
  PersonId person_;
};
MQ_INSTANTIATE_DATABASES(DocumentsTest);

TEST_P(DocumentsTest, ThePhotoComesFirst) {
  const auto read = hand_in("id_card_front", card());
  ASSERT_EQ(read.status, 201) << read.text;
  EXPECT_EQ(read.string("state"), "read");
  EXPECT_EQ(read.string("fields.name.text"), "张小明");
  EXPECT_EQ(read.string("fields.number.confidence"), "0.9900");
  EXPECT_EQ(read.at("fields.number.places").as_array().size(), 1U);
  EXPECT_EQ(read.string("scan"), "not_scanned");
  const auto id = read.string("document_id");

  const auto confirmed = as(token_, "PUT", "/v1/documents/" + id + "/fields",
                            R"({"fields":[{"name":"name","text":"张小明"}]})");
  ASSERT_EQ(confirmed.status, 200) << confirmed.text;
  EXPECT_EQ(confirmed.string("fields.name.state"), "confirmed");
  EXPECT_EQ(as(token_, "GET", "/v1/documents/" + id).string("fields.name.state"), "confirmed");

  const auto begun = as(token_, "POST", "/v1/verifications",
                        R"({"name":"张小明","id_number":")" + test::id_number(21) +
                            R"(","card_document":")" + id + R"("})");
  ASSERT_EQ(begun.status, 201) << begun.text;
  ASSERT_EQ(begun.at("needs").as_array().size(), 1U);
  EXPECT_EQ(begun.at("needs").as_array()[0].as_string(), "selfie");
  const auto verification = begun.string("verification_id");
  ASSERT_EQ(as(token_, "PUT", "/v1/verifications/" + verification + "/selfie", "selfie").status,
            200);
  ASSERT_TRUE(lending().people.identity().process(*VerificationId::parse(verification)).ok());
  EXPECT_EQ(as(token_, "GET", "/v1/verifications/" + verification).string("state"), "passed");

  const auto desk = staff({auth::Role::reviewer});
  const auto seen = as(desk, "GET", "/v1/console/verifications/" + verification);
  EXPECT_EQ(seen.string("card_document"), id);
  EXPECT_TRUE(seen.at("typed").as_array().empty());
}

TEST_P(DocumentsTest, CorrectionsAreShownToStaffBesideWhatWasRead) {
  const auto id = hand_in("id_card_front", card("unsure")).string("document_id");
  const auto said = as(token_, "PUT", "/v1/documents/" + id + "/fields",
                       R"({"fields":[{"name":"name","text":"张小朋"}]})");
  EXPECT_EQ(said.string("fields.name.state"), "corrected");
  const auto desk = staff({auth::Role::reviewer});
  const auto seen = as(desk, "GET", "/v1/console/documents/" + id);
  ASSERT_EQ(seen.status, 200) << seen.text;
  EXPECT_EQ(seen.string("fields.name.read"), "张小明");
  EXPECT_EQ(seen.string("fields.name.text"), "张小朋");
  EXPECT_EQ(seen.string("person_id"), person_.str());
  EXPECT_EQ(seen.at("same_file_of_others").as_int64(), 0);
  EXPECT_TRUE(seen.at("statement").is_null());
  const auto picture = as(desk, "GET", "/v1/console/documents/" + id + "/picture?page=1");
  EXPECT_EQ(picture.status, 200);
  EXPECT_EQ(picture.content_type, "image/jpeg");
  EXPECT_EQ(picture.text, card("unsure"));
  EXPECT_EQ(as(desk, "GET", "/v1/console/documents/" + id + "/picture?page=2").status, 404);
  EXPECT_EQ(as(desk, "GET", "/v1/console/documents/" + id + "/picture?page=x").status, 400);
  const auto finance = staff({auth::Role::finance});
  for (const auto* end : {"", "/picture"}) {
    EXPECT_EQ(as(finance, "GET", "/v1/console/documents/" + id + end).code(), "auth.forbidden");
  }
  EXPECT_EQ(lending().count("audit_leaf WHERE kind = 'documents.viewed'"), 2);
}

TEST_P(DocumentsTest, StaffFindThemByPersonAndByVerification) {
  const auto id = hand_in("id_card_front", card()).string("document_id");
  hand_in("work_proof", photo("a contract"));
  const auto begun = as(token_, "POST", "/v1/verifications",
                        R"({"name":"张小明","id_number":")" + test::id_number(21) +
                            R"(","card_document":")" + id + R"("})");
  const auto desk = staff({auth::Role::reviewer});
  const std::string list = "/v1/console/documents";
  for (const auto& query :
       {"?person_id=" + person_.str(), "?verification_id=" + begun.string("verification_id")}) {
    const auto found = as(desk, "GET", list + query);
    ASSERT_EQ(found.status, 200) << found.text;
    ASSERT_EQ(found.at("items").as_array().size(), 2U);
    EXPECT_EQ(found.text.find("张小明"), std::string::npos) << "a list shows no field";
  }
  EXPECT_EQ(as(desk, "GET", list).status, 400);
  EXPECT_EQ(as(desk, "GET", list + "?person_id=1").status, 404);
}

TEST_P(DocumentsTest, RefusalsAreClear) {
  const std::tuple<const char*, std::string, int, const char*> tries[] = {
      {"id_card_front", "", 422, "documents.empty"},
      {"id_card_front", "PK\x03\x04", 415, "documents.not_accepted"},
      {"id_card_front", test::pdf({"x"}), 422, "documents.not_this_kind"},
      {"statement", test::pdf({"locked"}), 422, "vision.pdf_encrypted"},
      {"statement", photo("broken"), 422, "vision.not_an_image"},
      {"selfie", card(), 404, "http.not_found"},
      {"nothing", card(), 404, "http.not_found"}};
  for (const auto& [kind, file, status, code] : tries) {
    const auto said = hand_in(kind, file);
    EXPECT_EQ(said.status, status) << kind << " " << said.text;
    EXPECT_EQ(said.code(), code);
  }
  EXPECT_TRUE(as(token_, "GET", "/v1/documents").at("items").as_array().empty());
  const auto id = hand_in("id_card_front", card()).string("document_id");
  const auto wrong = as(token_, "PUT", "/v1/documents/" + id + "/fields",
                        R"({"fields":[{"name":"number","text":"110101199003070000"}]})");
  EXPECT_EQ(wrong.code(), "documents.bad_field");
  EXPECT_EQ(wrong.string("detail"), "number");
  EXPECT_EQ(wrong.text.find("110101199003070000"), std::string::npos);
}

TEST_P(DocumentsTest, AnotherPhotoIsAskedForInWords) {
  const auto said = hand_in("id_card_front", photo("a cat"));
  ASSERT_EQ(said.status, 201);
  EXPECT_EQ(said.string("state"), "retake");
  const auto& problem = said.at("problems").as_array().at(0);
  EXPECT_EQ(problem.at("code").as_string(), "card.no_card");
  EXPECT_EQ(problem.at("text").as_string(), "没有找到身份证");
  EXPECT_FALSE(problem.at("next").as_string().empty());
}

// Person and portrait by their likeness to the one face that every other picture here shows.
TEST_P(DocumentsTest, AHandHeldPhotoIsReadAndTakesPartInTheVerification) {
  const std::string who = "held 张小明 " + test::id_number(21);
  const auto wrong = hand_in("hand_held", photo("a cat"));
  EXPECT_EQ(wrong.string("state"), "retake");
  EXPECT_EQ(wrong.at("problems").as_array().at(0).at("code").as_string(), "held.no_card");
  const auto held = hand_in("hand_held", photo(who + " 1 -0.25"));
  ASSERT_EQ(held.status, 201) << held.text;
  EXPECT_EQ(held.string("state"), "read");
  EXPECT_EQ(held.string("fields.number.text"), test::id_number(21));
  const auto& check = held.at("checks").as_array().at(0);
  EXPECT_EQ(check.at("code").as_string(), "held.person_differs");
  EXPECT_EQ(check.at("severity").as_string(), "doubt");
  EXPECT_EQ(held.text.find("0.25"), std::string::npos) << "no score for the borrower";
  const auto id = held.string("document_id");

  const auto begun = as(token_, "POST", "/v1/verifications",
                        R"({"name":"张小明","id_number":")" + test::id_number(21) + R"("})");
  const auto verification = begun.string("verification_id");
  for (const auto* kind : {"card", "selfie"}) {
    ASSERT_EQ(as(token_, "PUT", "/v1/verifications/" + verification + "/" + kind, kind).status,
              200);
  }
  ASSERT_TRUE(lending().people.identity().process(*VerificationId::parse(verification)).ok());
  const auto done = as(token_, "GET", "/v1/verifications/" + verification);
  EXPECT_EQ(done.string("state"), "review");
  const auto& reason = done.at("reasons").as_array().at(0);
  EXPECT_EQ(reason.at("code").as_string(), "identity.held_portrait_differs");
  EXPECT_EQ(done.text.find("0.25"), std::string::npos);

  const auto desk = staff({auth::Role::reviewer});
  const auto seen = as(desk, "GET", "/v1/console/verifications/" + verification);
  EXPECT_EQ(seen.string("facts.held.document_id"), id);
  EXPECT_EQ(seen.string("facts.held.live_portrait.similarity"), "-0.2500");
  EXPECT_FALSE(seen.at("facts.held.live_portrait.alike").as_bool());
  EXPECT_TRUE(seen.at("facts.held.live_person.alike").as_bool());
  EXPECT_TRUE(seen.at("facts.held.number_agrees").as_bool());
  EXPECT_TRUE(seen.at("facts.card_selfie.alike").as_bool());
  EXPECT_EQ(as(desk, "GET", "/v1/console/documents/" + id).string("kind"), "hand_held");
}

TEST_P(DocumentsTest, TheListIsNewestFirst) {
  hand_in("id_card_front", card());
  hand_in("id_card_back", photo("back"));
  const auto items = as(token_, "GET", "/v1/documents").at("items").as_array();
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].at("kind").as_string(), "id_card_back");
  EXPECT_EQ(items[0].at("fields").at("valid_to").at("text").as_string(), "2035-01-01");
}

TEST(DocumentTexts, ABankCardIsNoIdentityCard) {
  constexpr auto kBankCard = documents::Kind::bank_card;
  for (const char* code :
       {"card.no_card", "card.foreign", "card.two_cards", "card.covered", "card.too_small"}) {
    for (const char* language : {"zh", "en"}) {
      const auto said = document_reason(code, language, kBankCard);
      EXPECT_EQ(said.code, code);
      for (const auto& words : {said.text, said.next.value_or("")}) {
        EXPECT_EQ(words.find("身份证"), std::string::npos) << code;
        EXPECT_EQ(words.find("ID card"), std::string::npos) << code;
      }
    }
  }
  EXPECT_EQ(document_reason("card.foreign", "zh", kBankCard).text, "这不是银行卡");
  EXPECT_EQ(document_reason("card.foreign", "zh").text, "不是居民身份证");
  EXPECT_EQ(document_reason("card.blurred", "zh", kBankCard).text, "照片模糊");
  EXPECT_EQ(check_text("card.issuer_differs", "zh"), "发卡行与卡号不符");
}

TEST(DocumentTexts, EveryProblemAndCheckHasWords) {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<vision::CardProblem>>(
      [](auto one) {
        const auto code = std::string("card.") + one.name;
        const auto zh = document_reason(code, "zh"), en = document_reason(code, "en");
        EXPECT_NE(zh.text, document_reason("http.internal", "zh").text) << code;
        EXPECT_NE(zh.text, en.text) << code;
        EXPECT_TRUE(zh.next && !zh.next->empty()) << code;
      });
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<vision::HeldProblem>>(
      [](auto one) {
        const auto code = std::string("held.") + one.name;
        const auto zh = document_reason(code, "zh"), en = document_reason(code, "en");
        EXPECT_NE(zh.text, document_reason("http.internal", "zh").text) << code;
        EXPECT_NE(zh.text, en.text) << code;
        EXPECT_TRUE(zh.next && !zh.next->empty() && en.next != zh.next) << code;
      });
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<idcard::CardFinding>>(
      [](auto one) {
        const auto code = std::string("card.") + one.name;
        EXPECT_NE(check_text(code, "zh"), code);
        EXPECT_NE(check_text(code, "en"), check_text(code, "zh")) << code;
      });
  for (const auto* code :
       {"held.person_matches", "held.person_differs", "held.person_not_comparable",
        "pdf.javascript", "pdf.attachments", "pdf.forms", "pdf.repaired", "pdf.signatures",
        "statement.hidden_text", "statement.holder_differs", "statement.holder_unclear",
        "statement.value_not_seen", "statement.not_compared", "statement.picture_differs"}) {
    EXPECT_NE(check_text(code, "zh"), code);
  }
  EXPECT_EQ(document_reason("documents.statement_no_header", "zh").text, "没有找到流水的表头");
}

}  // namespace
}  // namespace mq::api
