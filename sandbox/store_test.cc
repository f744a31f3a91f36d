#include "store.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "temp_dir_for_test.h"

namespace mq::sandbox {
namespace {

const std::string kJpeg = "\xff\xd8\xff\xe0 not a picture, but it starts like one";

Payment payment(const std::string& request_id, const std::string& digest) {
  Payment made;
  made.request_id = request_id;
  made.digest = digest;
  made.channel_reference = "ref-" + digest;
  made.amount = Money(1000'00, Currency::CNY);
  return made;
}

class StoreTest : public testing::Test {
 protected:
  void reopen() {
    store.reset();
    auto opened = Store::open(dir.path());
    ASSERT_TRUE(opened.ok()) << opened.error().code();
    store = std::move(*opened);
  }
  void SetUp() override { reopen(); }
  TempDir dir;
  std::unique_ptr<Store> store;
};

TEST_F(StoreTest, ARepeatGetsTheFirstRecordAndOtherContentIsRefused) {
  ASSERT_TRUE(store->put(payment("r1", "a")).ok());
  auto repeat = payment("r1", "a");
  repeat.channel_reference = "another";
  const auto kept = store->put(repeat);
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(kept->channel_reference, "ref-a");
  const auto other = store->put(payment("r1", "b"));
  ASSERT_FALSE(other.ok());
  EXPECT_TRUE(other.error().is(StoreErrc::conflict));
  EXPECT_EQ(store->payments().size(), 1u);
}

TEST_F(StoreTest, KeepsEverythingOverARestart) {
  ASSERT_TRUE(store->put(payment("r1", "a")).ok());
  ASSERT_TRUE(store->put(payment("r2", "b")).ok());
  auto settled = *store->payment("r1");
  settled.state = PaymentState::failed;
  settled.reason = "declined_by_bank";
  settled.notification_id = "n1";
  settled.notified = true;
  ASSERT_TRUE(store->update(settled).ok());
  ASSERT_TRUE(store->put(Sms{"m1", "d", "id1", "13800000000", "你好 123456", "t"}).ok());
  ASSERT_TRUE(store->put(Authenticator{"wang", "MZXW6YTB"}).ok());
  ASSERT_TRUE(store->put(Authenticator{"wang", "MZXW6YTBOI"}).ok());
  EXPECT_TRUE(store->put(Authenticator{"wang", "no base32"}).error().is(StoreErrc::bad_secret));
  EXPECT_TRUE(store->put(Authenticator{"wang", ""}).error().is(StoreErrc::bad_secret));
  ASSERT_TRUE(store->put(PhotoQuery{"q1", "d", "no_match", std::nullopt}).ok());
  ASSERT_TRUE(
      store->enrol({"测试", "11010119900101123X", std::nullopt, std::nullopt}, to_bytes(kJpeg))
          .ok());
  reopen();
  ASSERT_EQ(store->authenticators().size(), 1u);
  EXPECT_EQ(store->authenticators()[0].secret, "MZXW6YTBOI");
  const auto payments = store->payments();
  ASSERT_EQ(payments.size(), 2u);
  EXPECT_EQ(payments[0].state, PaymentState::failed);
  EXPECT_EQ(payments[0].reason, "declined_by_bank");
  EXPECT_TRUE(payments[0].notified);
  EXPECT_EQ(payments[1].state, PaymentState::accepted);
  EXPECT_EQ(payments[1].amount.str(), "1000.00");
  ASSERT_EQ(store->messages().size(), 1u);
  EXPECT_EQ(store->messages()[0].text, "你好 123456");
  EXPECT_TRUE(store->put(PhotoQuery{"q1", "d", "match", std::nullopt})->result == "no_match");
  const auto person = store->find_person("11010119900101123X");
  ASSERT_TRUE(person && person->photo);
  EXPECT_EQ(read_photo(*person->photo), to_bytes(kJpeg));
}

TEST_F(StoreTest, RefusesAJournalThatIsDamagedInTheMiddle) {
  ASSERT_TRUE(store->put(payment("r1", "a")).ok());
  store.reset();
  dir.write("sandbox-journal.jsonl", "{\"payment\":{\n" + dir.read("sandbox-journal.jsonl"));
  const auto opened = Store::open(dir.path());
  ASSERT_FALSE(opened.ok());
  EXPECT_TRUE(opened.error().is(JournalErrc::corrupt));
}

TEST_F(StoreTest, ReadsThePeopleFileStrictly) {
  const TempDir people;
  people.write("a.jpg", kJpeg);
  people.write("people.json",
               R"([{"name":"甲","id_number":"1","photo":"a.jpg","phone":"13800000000"},
                   {"name":"乙","id_number":"2"}])");
  ASSERT_TRUE(store->load_people(people.path()).ok());
  EXPECT_TRUE(store->find_person("1")->photo.has_value());
  EXPECT_FALSE(store->find_person("2")->photo.has_value());
  EXPECT_FALSE(store->find_person("3").has_value());

  people.write("people.json", R"([{"name":"丙","id_number":"3","photo":"missing.jpg"}])");
  EXPECT_TRUE(store->load_people(people.path()).error().is(StoreErrc::bad_people_file));
  people.write("people.json", R"([{"name":"丙"}])");
  EXPECT_FALSE(store->load_people(people.path()).ok());
  EXPECT_FALSE(store->load_people(people.file("nowhere")).ok());
}

TEST_F(StoreTest, APhotoPathCannotLeaveThePeopleFolder) {
  const TempDir people;
  people.write("secret.jpg", kJpeg);
  std::filesystem::create_directory(people.file("inner"));
  people.write("inner/people.json", R"([{"name":"丙","id_number":"3","photo":"../secret.jpg"}])");
  EXPECT_FALSE(store->load_people(people.file("inner")).ok());
}

TEST_F(StoreTest, EnrolmentReplacesAndTakesPicturesOnly) {
  ASSERT_TRUE(store->enrol({"甲", "1", std::nullopt, std::nullopt}, std::nullopt).ok());
  ASSERT_TRUE(store->enrol({"甲二", "1", std::nullopt, std::nullopt}, to_bytes(kJpeg)).ok());
  ASSERT_EQ(store->people().size(), 1u);
  EXPECT_EQ(store->people()[0].name, "甲二");
  const Person other{"乙", "2", std::nullopt, std::nullopt};
  EXPECT_TRUE(store->enrol(other, to_bytes("<svg>")).error().is(StoreErrc::bad_photo));
  Bytes large = to_bytes(kJpeg);
  large.resize(limits::kHttpPhotoBodyBytes + 1);
  EXPECT_TRUE(store->enrol(other, large).error().is(StoreErrc::bad_photo));
}

}  // namespace
}  // namespace mq::sandbox
