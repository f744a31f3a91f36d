// Where a borrower stands: one answer that tells the page which screen comes next.
#include "api/views.h"
#include "consent/consent.h"

namespace mq::api {
namespace {

struct ConsentBody {
  consent::Purpose purpose{};
  bool given = false;
  std::optional<int> version;
  std::optional<Instant> at;
  bool current = false;
};
BOOST_DESCRIBE_STRUCT(ConsentBody, (), (purpose, given, version, at, current))

struct LoanSummary {
  LoanId loan_id;
  servicing::LoanState state{};
  Money principal, outstanding_principal;
  std::optional<Instant> release_until;  // a large pay-out that staff look at first
};
BOOST_DESCRIBE_STRUCT(LoanSummary, (),
                      (loan_id, state, principal, outstanding_principal, release_until))

struct MeBody {
  PersonId person_id;
  std::optional<std::string> phone_masked, name_masked;
  std::vector<ConsentBody> consents;
  std::optional<VerificationBody> verification;
  std::optional<ApplicationBody> application;
  std::vector<LoanSummary> loans;
  std::string next;
  bool demo = false;
  BusinessDate business_date;
};
BOOST_DESCRIBE_STRUCT(MeBody, (),
                      (person_id, phone_masked, name_masked, consents, verification, application,
                       loans, next, demo, business_date))

// The order of the journey. Pure.
std::string next_step(const MeBody& me) {
  const auto given = [&](consent::Purpose purpose) {
    for (const auto& consent : me.consents) {
      if (consent.purpose == purpose) return consent.given && consent.current;
    }
    return false;
  };
  if (!given(consent::Purpose::terms)) return "terms";
  const bool verified = me.verification && me.verification->state == identity::State::passed;
  if (!verified) {
    if (!given(consent::Purpose::face)) return "face_consent";
    if (!given(consent::Purpose::authority)) return "authority_consent";
    return "verify";
  }
  for (const auto& loan : me.loans) {
    if (loan.state == servicing::LoanState::active) return "repay";
    if (loan.state == servicing::LoanState::paying_out) return "payout_pending";
  }
  if (!me.application) return "apply";
  const auto& state = me.application->state;
  if (state == "referred") return "decide_pending";
  if (state == "approved") return "confirm_costs";
  if (state == "costs_confirmed") return "sign";
  if (state == "signed") return "payout_pending";
  if (state == "paid_out") return "done";
  return "apply";
}

Answer show_me(Services& services, HttpRequest& request, const auth::Borrower& borrower) {
  const auto language = language_of(request);
  const auto& person = borrower.person;
  MeBody me;
  me.person_id = person;
  me.demo = services.demo;
  MQ_TRY(me.phone_masked, masked_field(services, person, vault::Field::phone));
  MQ_TRY(me.name_masked, masked_field(services, person, vault::Field::name));
  MQ_TRY(const auto card, masked_field(services, person, vault::Field::payout_card));
  MQ_REQUIRE(services.database.read([&](storage::Transaction& tx) -> Status {
    me.business_date = servicing::Servicing::business_date(tx);
    for (const auto& answer : consent::answers(tx, person)) {
      me.consents.push_back(
          {answer.purpose, answer.granted, answer.version, answer.at, answer.current});
    }
    if (const auto found = services.identity.latest(tx, person)) {
      me.verification = view(*found, language);
    }
    if (const auto found = services.origination.latest(tx, person)) {
      me.application = view(*found, language, card);
    }
    for (const auto& loan : services.servicing.loans_of(tx, person)) {
      me.loans.push_back({loan.id, loan.state, loan.principal, loan.outstanding_principal(),
                          loan.state == servicing::LoanState::paying_out
                              ? servicing::payout_waits_until(tx, loan.id)
                              : std::nullopt});
    }
    return ok();
  }));
  me.next = next_step(me);
  return json_response(200, me);
}

}  // namespace

void add_me_routes(Routes& routes) {
  auto& services = routes.services();
  routes.borrower("GET", "/v1/me", Repeat::any,
                  [&](HttpRequest& request, const auth::Borrower& borrower) {
                    return show_me(services, request, borrower);
                  });
}

}  // namespace mq::api
