// The comparison: authority query, three faces, a hand-held photo, the pure decision, one
// transaction that writes it.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "audit/audit.h"
#include "consent/consent.h"
#include "identity/identity.h"
#include "identity/store.h"
#include "runtime/json.h"
#include "runtime/log.h"

namespace mq::identity {
namespace {

std::int64_t ten_thousandths(double value) { return std::llround(value * 10'000); }

Bytes template_bytes(const vision::FaceTemplate& face) {
  static_assert(std::is_trivially_copyable_v<vision::FaceTemplate>);
  Bytes bytes(sizeof face);
  std::memcpy(bytes.data(), &face, bytes.size());
  return bytes;
}

// A fault of the child itself is worth another try; a fault of the picture is not.
bool retryable(const Error& error) {
  return error.is(vision::VisionErrc::busy) || error.is(vision::VisionErrc::worker_lost) ||
         error.is(vision::VisionErrc::timeout) || error.is(vision::VisionErrc::models_missing);
}

// Names the question: the same over repeats, another one once name or number have changed.
// Otherwise the answer about one person would stand for the next name that is typed in.
std::string question_id(const vault::Vault& vault, const VerificationId& id,
                        const Pii<std::string>& name, const Pii<std::string>& id_number) {
  const auto hash = vault.lookup_hash(
      vault::Field::id_number,
      Pii<std::string>(id.str() + "|" + id_number.expose() + "|" + name.expose()));
  Uuid uuid;
  std::copy_n(hash.begin(), uuid.bytes.size(), uuid.bytes.begin());
  uuid.bytes[6] = static_cast<std::uint8_t>(0x80 | (uuid.bytes[6] & 0x0f));  // RFC 9562 version 8
  uuid.bytes[8] = static_cast<std::uint8_t>(0x80 | (uuid.bytes[8] & 0x3f));
  return uuid.str();
}

// The answer that is stored to this very question.
std::optional<AuthorityResult> answer_to(storage::Transaction& tx, const VerificationId& id,
                                         const std::string& question) {
  const auto row = tx.first(
      "SELECT authority_result FROM identity_verification WHERE id = $1 AND authority_request = $2",
      {id, question});
  if (!row) return std::nullopt;
  AuthorityResult result{};
  MQ_CHECK(boost::describe::enum_from_string(row->text(0).c_str(), result));
  return result;
}

}  // namespace

Status Identity::process(const VerificationId& id) {
  MQ_TRY(const auto verification, get(id));
  if (verification.state != State::processing) return ok();  // an earlier delivery has finished it
  const auto allowed =
      database_.read([&](storage::Transaction& tx) { return guard(tx, verification.person); });
  if (!allowed.ok()) {
    return allowed.error().is(consent::ConsentErrc::missing) ? put_back(id) : allowed.error();
  }
  MQ_TRY(const auto authority, ask_authority(verification));
  MQ_TRY(const auto current, get(id));
  const auto comparison = compare(current, authority);
  if (!comparison.ok() && comparison.error().is(consent::ConsentErrc::missing)) return put_back(id);
  if (!comparison.ok()) return comparison.error();
  return conclude(current, *comparison);
}

Status Identity::put_back(const VerificationId& id) {
  return database_.write([&](storage::Transaction& tx) -> Status {
    const auto now = clock_.now();
    const auto current = find_verification(tx, id, settings_.attempts, true);
    if (!current || current->state != State::processing) return ok();
    tx.execute(
        "UPDATE identity_verification SET state = 'collecting', selfie = NULL, updated_at = $1 "
        "WHERE id = $2",
        {now, id});
    audit::append(tx, now, random_, "identity.put_back", id.str(),
                  {{"person", current->person.str()}});
    return ok();
  });
}

// Asks once: the answer is kept in a transaction of its own, so that a crash in the comparison does
// not ask again, and a retry with a new selfie neither.
Result<AuthorityResult> Identity::ask_authority(const Verification& verification) {
  const auto& person = verification.person;
  MQ_TRY(const auto keys,
         vault_.unlock(person, {vault::RetentionClass::identity, vault::RetentionClass::frames}));
  Pii<std::string> name, id_number;
  std::string question;
  std::optional<AuthorityResult> known;
  MQ_REQUIRE(database_.read([&](storage::Transaction& tx) -> Status {
    MQ_TRY(name, vault_.get(tx, keys, vault::Field::name));
    MQ_TRY(id_number, vault_.get(tx, keys, vault::Field::id_number));
    question = question_id(vault_, verification.id, name, id_number);
    known = answer_to(tx, verification.id, question);
    return ok();
  }));
  if (known) return *known;

  MQ_TRY(const auto answer, query_(question, name, id_number));
  // What a partner sends is as hostile as what a borrower sends: the locked child looks at it
  // first.
  int width = 0, height = 0;
  bool usable_photo = false;
  if (answer.result == AuthorityResult::match) {
    auto analysis = analyze_(answer.photo);
    if (!analysis.ok() && retryable(analysis.error())) return analysis.error();
    if (analysis.ok() && vision::principal_face(*analysis).ok()) {
      usable_photo = true;
      width = analysis->width;
      height = analysis->height;
    }
  }
  return database_.write([&](storage::Transaction& tx) -> Result<AuthorityResult> {
    const auto now = clock_.now();
    const auto current = find_verification(tx, verification.id, settings_.attempts, true);
    if (!current || current->state != State::processing) return answer.result;
    // Another delivery may have asked at the same moment: the answer that is kept counts.
    if (const auto kept = answer_to(tx, verification.id, question)) return *kept;
    const std::string result = boost::describe::enum_to_string(answer.result, "?");
    std::optional<DocumentId> photo;
    if (usable_photo) {
      photo = documents::store(tx, now, random_, vault_, keys, documents::Kind::authority_photo,
                               answer.photo, width, height);
    }
    tx.execute(
        "UPDATE identity_verification SET authority = $1, authority_result = $2, "
        "authority_request = $3 WHERE id = $4",
        {photo, result, question, verification.id});
    audit::append(tx, now, random_, "identity.authority_answered", verification.id.str(),
                  {{"person", person.str()}, {"result", result}, {"photo_usable", usable_photo}});
    return answer.result;
  });
}

// The authority may have taken its time: consent and switch are asked again at every face.
Result<Bytes> Identity::picture_to_look_at(const PersonId& person, const vault::PersonKeys& keys,
                                           const DocumentId& document) const {
  return database_.read([&](storage::Transaction& tx) -> Result<Bytes> {
    MQ_REQUIRE(guard(tx, person));
    return documents::load(tx, vault_, keys, document);
  });
}

Result<Identity::Comparison> Identity::compare(const Verification& verification,
                                               AuthorityResult authority) {
  MQ_TRY(const auto keys, vault_.unlock(verification.person, {vault::RetentionClass::identity,
                                                              vault::RetentionClass::frames}));
  const auto face_of = [&](const DocumentId& document) -> Result<vision::Face> {
    MQ_TRY(const auto picture, picture_to_look_at(verification.person, keys, document));
    MQ_TRY(const auto analysis, analyze_(picture));
    return vision::principal_face(analysis);
  };
  MQ_CHECK(verification.card && verification.selfie);
  MQ_TRY(const auto card, face_of(*verification.card));
  MQ_TRY(const auto selfie, face_of(*verification.selfie));

  Comparison out;
  out.selfie = selfie.face_template();
  auto& facts = out.facts;
  facts.card_selfie = ten_thousandths(vision::similarity(card.face_template(), out.selfie));
  facts.liveness_passed = selfie.liveness.passed;
  facts.liveness_score = ten_thousandths(selfie.liveness.score);
  facts.authority = authority;
  facts.threshold = ten_thousandths(vision::threshold_for(settings_.false_match_rate));
  facts.model = std::string(vision::kTemplateModel);
  facts.attempt = verification.attempt;
  facts.attempts_allowed = settings_.attempts;
  MQ_REQUIRE(database_.read([&](storage::Transaction& tx) -> Status {
    MQ_TRY(const auto reading, reading_of_card(tx, keys, verification));
    if (!reading) return ok();
    const auto agrees = [&](const char* name, vault::Field field) -> Result<std::optional<bool>> {
      MQ_TRY(const auto given, vault_.get(tx, keys, field));
      const auto* read = reading->field(name);
      if (read == nullptr || !read->sure) return std::optional<bool>{};
      return std::optional(as_read(*read, given));
    };
    MQ_TRY(facts.card_name_agrees, agrees("name", vault::Field::name));
    MQ_TRY(facts.card_number_agrees, agrees("number", vault::Field::id_number));
    return ok();
  }));
  if (verification.authority) {
    MQ_TRY(const auto official, face_of(*verification.authority));
    facts.card_authority =
        ten_thousandths(vision::similarity(card.face_template(), official.face_template()));
    facts.selfie_authority =
        ten_thousandths(vision::similarity(out.selfie, official.face_template()));
  }
  MQ_REQUIRE(compare_hand_held(verification, keys, selfie, facts));
  return out;
}

// A photo that turns out to be no use says nothing about anybody: the verification goes on without.
Status Identity::compare_hand_held(const Verification& verification, const vault::PersonKeys& keys,
                                   const vision::Face& selfie, Facts& facts) {
  std::optional<documents::Upload> upload;
  Pii<std::string> id_number;
  MQ_REQUIRE(database_.read([&](storage::Transaction& tx) -> Status {
    upload = documents::newest_usable(tx, verification.person, documents::Kind::hand_held);
    MQ_TRY(id_number, vault_.get(tx, keys, vault::Field::id_number));
    return ok();
  }));
  if (!upload) return ok();
  MQ_TRY(const auto picture, picture_to_look_at(verification.person, keys, upload->id));
  const auto held = read_hand_held_(picture);
  if (!held.ok()) return retryable(held.error()) ? Status(held.error()) : ok();
  if (!held->problems.empty() || held->card.state == vision::CardState::retake) return ok();
  const auto matches = vision::fair_matches(*held, &selfie);
  const auto of = [](const std::optional<vision::FaceMatch>& match) {
    return match ? std::optional(ten_thousandths(match->similarity)) : std::nullopt;
  };
  facts.held_document = upload->id;
  facts.held_person_portrait = of(matches.person_portrait);
  facts.held_live_person = of(matches.live_person);
  facts.held_live_portrait = of(matches.live_portrait);
  if (held->card.number.state == vision::FieldState::read) {
    facts.held_number_agrees = held->card.number.text == id_number.expose();
  }
  return ok();
}

Status Identity::conclude(const Verification& verification, const Comparison& comparison) {
  const auto decision = decide(comparison.facts);
  const bool passed = decision.outcome == Outcome::passed;
  const std::string state = boost::describe::enum_to_string(decision.outcome, "?");
  const auto facts = runtime::to_json(comparison.facts);
  MQ_TRY(const auto keys,
         vault_.unlock(verification.person, {vault::RetentionClass::biometric_template}));
  return database_.write([&](storage::Transaction& tx) -> Status {
    const auto now = clock_.now();
    const auto current = find_verification(tx, verification.id, settings_.attempts, true);
    // The state is checked again: staff or another delivery may have been faster.
    if (!current || current->state != State::processing) return ok();
    std::optional<vault::BlobId> face_template;
    if (passed) {
      face_template = vault_.put_blob(tx, keys, vault::RetentionClass::biometric_template,
                                      vision::kTemplateModel, template_bytes(comparison.selfie));
    }
    tx.execute(
        "UPDATE identity_verification SET state = $1, reasons = $2, facts = $3, template_blob = "
        "$4, "
        "updated_at = $5 WHERE id = $6",
        {state, reasons_json(decision.reasons), facts, face_template, now, verification.id});
    // The similarities are biometric by origin: they stay out of the trail.
    boost::json::array reasons;
    for (const auto reason : decision.reasons) {
      reasons.emplace_back(boost::describe::enum_to_string(reason, "?"));
    }
    audit::append(tx, now, random_, "identity.decided", verification.id.str(),
                  {{"person", verification.person.str()},
                   {"state", state},
                   {"attempt", comparison.facts.attempt},
                   {"model", comparison.facts.model},
                   {"threshold", comparison.facts.threshold},
                   {"reasons", reasons}});
    log::info("identity.decided", {{"verification", verification.id}, {"state", state}});
    return ok();
  });
}

}  // namespace mq::identity
