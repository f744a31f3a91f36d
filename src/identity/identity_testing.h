// Fixture of identity's tests, over the test helpers that only tests include:
//   using ServiceTest = IdentityFixture<test::PeopleTest>;
// A picture is its own name; what the vision child would say of it stands in `pictures_`.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "consent/consent.h"
#include "controls/controls.h"
#include "identity/identity.h"

namespace mq::identity {

constexpr auto kName = "欧阳测试";
constexpr auto kNumber = "110101199003070652";

// A template whose similarity to that of likeness 1 is `likeness`.
inline vision::FaceTemplate face_template(double likeness) {
  vision::FaceTemplate out;
  out.first[0] = out.second[0] = static_cast<float>(likeness);
  out.first[1] = out.second[1] = static_cast<float>(std::sqrt(1 - likeness * likeness));
  return out;
}
inline vision::Face face(double likeness) {
  vision::Face out;
  out.box.width = 120;
  out.usable = true;
  out.liveness = {0.9F, true};
  out.embedding = face_template(likeness).first;
  out.second = face_template(likeness).second;
  return out;
}
inline vision::Analysis picture(std::vector<vision::Face> faces) {
  const int count = static_cast<int>(faces.size());
  return {640, 480, count, std::move(faces)};
}

template <class People>
class IdentityFixture : public People {
 protected:
  void SetUp() override {
    this->prepare({storage::kOutboxMigration, audit::kAuditMigration, controls::kControlsMigration,
                   vault::kVaultMigration, consent::kConsentMigration,
                   documents::kDocumentsMigration, kIdentityMigration,
                   documents::kUploadsMigration});
    pictures_.emplace("card", picture({face(1)}));
    pictures_.emplace("selfie", picture({face(0.8)}));
    pictures_.emplace("stranger", picture({face(-0.5)}));
    pictures_.emplace("official", picture({face(0.9)}));
    pictures_.emplace("nobody", picture({}));
    pictures_.emplace("two", picture({face(0.8), face(0.2)}));
    auto dark = face(0.8);
    dark.usable = false;
    dark.advice = {vision::Advice::more_light, vision::Advice::hold_still};
    pictures_.emplace("dark", picture({dark}));
    auto print = face(0.8);
    print.liveness = {0.2F, false};
    pictures_.emplace("print", picture({print}));
    become_another_person();
  }

  // Everything after is about a person who has consented to everything and done nothing else.
  void become_another_person() {
    person_ = this->new_person();
    for (const auto purpose :
         {consent::Purpose::terms, consent::Purpose::face, consent::Purpose::authority}) {
      answer(purpose, true);
    }
  }

  Result<vision::Analysis> look(ByteView bytes) {
    ++looks_;
    if (before_look_) before_look_();
    const auto found = pictures_.find(to_string(bytes));
    if (found == pictures_.end()) return vision::VisionErrc::not_an_image;
    return found->second;
  }
  Result<vision::HandHeldReading> look_at_hand_held(ByteView bytes) {
    ++looks_;
    const auto found = hand_held_.find(to_string(bytes));
    if (found == hand_held_.end()) return vision::VisionErrc::not_an_image;
    return found->second;
  }
  struct Question {
    std::string request_id, name, id_number;
  };
  Result<AuthorityAnswer> ask(const std::string& request_id, const Pii<std::string>& name,
                              const Pii<std::string>& id_number) {
    const std::lock_guard lock(mutex_);
    questions_.push_back({request_id, name.expose(), id_number.expose()});
    if (before_answer_) before_answer_();
    return authority_;
  }
  void authority(AuthorityResult result, const std::string& photo) {
    authority_ = AuthorityAnswer{result, to_bytes(photo)};
  }

  void answer(consent::Purpose purpose, bool granted) {
    const auto& shown = consent::notice(purpose, consent::Language::zh);
    const auto taken = this->db().write([&](storage::Transaction& tx) {
      return consent::record(tx, this->clock_.now(), this->random_, person_, purpose, shown.version,
                             shown.sha256, granted, "session-1");
    });
    ASSERT_TRUE(taken.ok());
  }
  void stop_face(bool stopped) {
    const auto set = this->db().write([&](storage::Transaction& tx) {
      return controls::set(tx, this->clock_.now(), this->random_, controls::Switch::face, stopped,
                           "drill", staff_);
    });
    ASSERT_TRUE(set.ok());
  }

  Result<Verification> begin(const std::string& name = kName, const std::string& number = kNumber) {
    this->clock_.advance_ms(1);
    return identity_.begin(person_, Pii<std::string>(name), Pii<std::string>(number));
  }
  Result<Verification> submit(const VerificationId& id, Photo which, std::string_view bytes) {
    return identity_.submit(person_, id, which, as_bytes(bytes));
  }
  // A verification with these photos, waiting for process().
  VerificationId submitted(std::string_view card = "card", std::string_view selfie = "selfie") {
    const auto begun = begin();
    EXPECT_TRUE(begun.ok()) << begun.error().code();
    EXPECT_TRUE(submit(begun->id, Photo::card, card).ok());
    const auto complete = submit(begun->id, Photo::selfie, selfie);
    EXPECT_TRUE(complete.ok()) << complete.error().code();
    EXPECT_EQ(complete->state, State::processing);
    return begun->id;
  }
  Verification processed(const VerificationId& id) {
    const auto status = identity_.process(id);
    EXPECT_TRUE(status.ok()) << status.error().code() << " " << status.error().detail();
    return current(id);
  }
  Verification current(const VerificationId& id) { return *identity_.get(id); }
  bool verified() {
    return *this->db().read([&](storage::Transaction& tx) -> Result<bool> {
      return Identity::is_verified(tx, person_);
    });
  }
  template <class T>
  static std::string code_of(const Result<T>& result) {
    return result.ok() ? "ok" : result.error().code();
  }
  std::int64_t stored(std::string_view kind) {
    return this->number("SELECT COUNT(*) FROM document WHERE kind = $1", {kind});
  }

  std::map<std::string, Result<vision::Analysis>> pictures_;
  std::map<std::string, Result<vision::HandHeldReading>> hand_held_;
  std::function<void()> before_look_, before_answer_;
  std::atomic<int> looks_ = 0;
  std::mutex mutex_;
  std::vector<Question> questions_;
  Result<AuthorityAnswer> authority_ =
      AuthorityAnswer{AuthorityResult::match, to_bytes("official")};
  PersonId person_;
  StaffId staff_ = StaffId::make(this->clock_.now(), this->random_);
  Settings settings_{.attempts = 3};
  Identity identity_{this->db(),
                     this->vault_,
                     this->clock_,
                     this->random_,
                     [this](ByteView bytes) { return look(bytes); },
                     [this](ByteView bytes) { return look_at_hand_held(bytes); },
                     [this](const std::string& id, const Pii<std::string>& name,
                            const Pii<std::string>& id_number) { return ask(id, name, id_number); },
                     settings_};
};

}  // namespace mq::identity
