// The review desk: what waits for a person, the evidence, the decision.
#include <algorithm>
#include <cstdio>

#include "api/views.h"
#include "audit/audit.h"
#include "documents/documents.h"

namespace mq::api {
namespace {

constexpr int kRows = 100;

struct ReviewBody {
  std::string review_id, kind, state;
  PersonId person_id;
  std::vector<ReasonBody> reasons;
  Instant created_at;
};
BOOST_DESCRIBE_STRUCT(ReviewBody, (), (review_id, kind, state, person_id, reasons, created_at))
struct ReviewsBody {
  std::vector<ReviewBody> items;
};
BOOST_DESCRIBE_STRUCT(ReviewsBody, (), (items))

struct PairBody {
  std::string similarity, false_match_rate;
  bool alike = false;  // at the threshold that counted
};
BOOST_DESCRIBE_STRUCT(PairBody, (), (similarity, false_match_rate, alike))
struct HeldFactsBody {
  DocumentId document_id;
  std::optional<PairBody> person_portrait, live_person, live_portrait;
  std::optional<bool> number_agrees;
};
BOOST_DESCRIBE_STRUCT(HeldFactsBody, (),
                      (document_id, person_portrait, live_person, live_portrait, number_agrees))
struct FactsBody {
  std::optional<PairBody> card_selfie, card_authority, selfie_authority;
  std::string liveness_score;
  bool liveness_passed = false;
  identity::AuthorityResult authority{};
  std::optional<HeldFactsBody> held;
};
BOOST_DESCRIBE_STRUCT(FactsBody, (),
                      (card_selfie, card_authority, selfie_authority, liveness_score,
                       liveness_passed, authority, held))
struct ThresholdsBody {
  std::string similarity, false_match_rate;
};
BOOST_DESCRIBE_STRUCT(ThresholdsBody, (), (similarity, false_match_rate))
struct StaffVerificationBody : VerificationBody {
  PersonId person_id;
  std::optional<std::string> name_masked, id_number_masked;
  std::optional<FactsBody> facts;
  std::optional<std::string> model;
  std::optional<ThresholdsBody> thresholds;
  std::vector<std::string> photos;
  std::optional<DocumentId> card_document;  // that was read; `typed` says what is not as read there
  std::vector<std::string> typed;
};
BOOST_DESCRIBE_STRUCT(StaffVerificationBody, (VerificationBody),
                      (person_id, name_masked, id_number_masked, facts, model, thresholds, photos,
                       card_document, typed))

struct DecisionRequest {
  identity::StaffOutcome outcome{};
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(DecisionRequest, (), (outcome, reason))

std::string four_digits(std::int64_t ten_thousandths) {
  char text[32];
  const auto magnitude = ten_thousandths < 0 ? -ten_thousandths : ten_thousandths;
  std::snprintf(text, sizeof text, "%s%lld.%04lld", ten_thousandths < 0 ? "-" : "",
                static_cast<long long>(magnitude / 10'000),
                static_cast<long long>(magnitude % 10'000));
  return text;
}

std::string rate_text(std::int64_t ten_thousandths) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6f",
                vision::false_match_rate(static_cast<float>(ten_thousandths) / 10'000.0F));
  return text;
}

FactsBody facts_view(const identity::Facts& facts) {
  const auto pair = [&](std::optional<std::int64_t> score) -> std::optional<PairBody> {
    if (!score) return std::nullopt;
    return PairBody{four_digits(*score), rate_text(*score), *score >= facts.threshold};
  };
  FactsBody out{pair(facts.card_selfie),
                pair(facts.card_authority),
                pair(facts.selfie_authority),
                four_digits(facts.liveness_score),
                facts.liveness_passed,
                facts.authority,
                std::nullopt};
  if (facts.held_document) {
    out.held = HeldFactsBody{*facts.held_document, pair(facts.held_person_portrait),
                             pair(facts.held_live_person), pair(facts.held_live_portrait),
                             facts.held_number_agrees};
  }
  return out;
}

Answer list_reviews(Services& services, HttpRequest& request) {
  const auto language = language_of(request);
  const auto wanted = request.query.find("state");
  const bool open_only = wanted == request.query.end() || wanted->second != "all";
  ReviewsBody body;
  MQ_REQUIRE(services.database.read([&](storage::Transaction& tx) -> Status {
    for (const auto& item : services.identity.list(tx, open_only, kRows)) {
      const char* state = item.state == identity::State::review   ? "open"
                          : item.state == identity::State::passed ? "approved"
                                                                  : "refused";
      body.items.push_back({item.id.str(), "verification", state, item.person,
                            reasons_view(item.reasons, language), item.updated_at});
    }
    for (const auto& item : services.origination.list(tx, open_only ? "referred" : "", kRows)) {
      const bool open = item.state == origination::State::referred;
      if (!open && !item.decided_by) continue;
      const char* state = open                                         ? "open"
                          : item.state == origination::State::declined ? "refused"
                                                                       : "approved";
      body.items.push_back({item.id.str(), "application", state, item.person,
                            reasons_view(item.reasons, language), item.updated_at});
    }
    return ok();
  }));
  std::sort(body.items.begin(), body.items.end(),
            [](const auto& a, const auto& b) { return a.created_at > b.created_at; });
  return json_response(200, body);
}

Result<StaffVerificationBody> staff_view(Services& services, HttpRequest& request,
                                         const identity::Verification& verification) {
  StaffVerificationBody body;
  static_cast<VerificationBody&>(body) = view(verification, language_of(request));
  body.person_id = verification.person;
  MQ_TRY(body.name_masked, masked_field(services, verification.person, vault::Field::name));
  MQ_TRY(body.id_number_masked,
         masked_field(services, verification.person, vault::Field::id_number));
  if (verification.facts) {
    const auto& facts = *verification.facts;
    body.facts = facts_view(facts);
    body.model = facts.model;
    body.thresholds = ThresholdsBody{four_digits(facts.threshold), rate_text(facts.threshold)};
  }
  MQ_TRY(auto typed, services.identity.typed(verification));
  if (typed) {
    body.card_document = verification.card;
    body.typed = std::move(*typed);
  }
  if (verification.card) body.photos.push_back("card");
  if (verification.selfie) body.photos.push_back("selfie");
  if (verification.authority) body.photos.push_back("authority");
  return body;
}

std::string picture_type(ByteView picture) {
  const auto text = as_text(picture);
  if (text.starts_with("\x89PNG")) return "image/png";
  if (text.starts_with("RIFF")) return "image/webp";
  return "image/jpeg";
}

// Every look at a photo is a leaf in the audit log, written before the photo is handed out.
Answer show_photo(Services& services, HttpRequest& request, const auth::Staff& staff) {
  MQ_TRY(const auto id, path_id<VerificationId>(request, "verification_id"));
  MQ_TRY(const auto verification, services.identity.get(id));
  const auto& kind = request.parameters.at("kind");
  const auto document = kind == "card"        ? verification.card
                        : kind == "selfie"    ? verification.selfie
                        : kind == "authority" ? verification.authority
                                              : std::nullopt;
  if (!document) return documents::DocumentsErrc::not_found;
  MQ_TRY(const auto keys,
         services.vault.unlock(verification.person,
                               {vault::RetentionClass::identity, vault::RetentionClass::frames}));
  MQ_TRY(const auto picture,
         services.database.write([&](storage::Transaction& tx) -> Result<Bytes> {
           audit::append(tx, services.clock.now(), services.random, "documents.viewed",
                         document->str(), {{"staff", staff.id.str()}, {"verification", id.str()}});
           return documents::load(tx, services.vault, keys, *document);
         }));
  return HttpResponse{200,
                      {{"Content-Type", picture_type(picture)},
                       {"Content-Security-Policy", "sandbox; default-src 'none'"}},
                      mq::to_string(picture)};
}

}  // namespace

void add_console_review_routes(Routes& routes) {
  auto& services = routes.services();
  const std::string one = "/v1/console/verifications/{verification_id}";
  routes.staff(
      "GET", "/v1/console/reviews", auth::Permission::verification_read, Repeat::any,
      [&](HttpRequest& request, const auth::Staff&) { return list_reviews(services, request); });
  routes.staff("GET", one, auth::Permission::verification_read, Repeat::any,
               [&](HttpRequest& request, const auth::Staff&) -> Answer {
                 MQ_TRY(const auto id, path_id<VerificationId>(request, "verification_id"));
                 MQ_TRY(const auto found, services.identity.get(id));
                 MQ_TRY(const auto body, staff_view(services, request, found));
                 return json_response(200, body);
               });
  routes.staff("GET", one + "/photos/{kind}", auth::Permission::verification_read, Repeat::any,
               [&](HttpRequest& request, const auth::Staff& staff) {
                 return show_photo(services, request, staff);
               });
  routes.staff("POST", one + "/decision", auth::Permission::verification_decide, Repeat::keyed,
               [&](HttpRequest& request, const auth::Staff& staff) -> Answer {
                 MQ_TRY(const auto id, path_id<VerificationId>(request, "verification_id"));
                 MQ_TRY(const auto asked, runtime::from_json<DecisionRequest>(request.body));
                 MQ_TRY(const auto decided, services.identity.decide_by_staff(
                                                id, staff.id, asked.outcome, asked.reason));
                 MQ_TRY(const auto body, staff_view(services, request, decided));
                 return json_response(200, body);
               });
}

}  // namespace mq::api
