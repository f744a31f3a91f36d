// Passkeys: signing in with one, adding, listing and removing one's own.
#include "api/borrower/step_ups.h"

namespace mq::api {
namespace {

struct SignInBody {
  std::string challenge, domain;
  Instant expires_at;
};
BOOST_DESCRIBE_STRUCT(SignInBody, (), (challenge, domain, expires_at))
struct SignInRequest {
  std::string challenge;
  PasskeyAnswerBody passkey;
};
BOOST_DESCRIBE_STRUCT(SignInRequest, (), (challenge, passkey))
struct CreationBody {
  StepUpBody step_up;
  std::string domain, name, user_id, user_name;
};
BOOST_DESCRIBE_STRUCT(CreationBody, (), (step_up, domain, name, user_id, user_name))
struct AddRequest {
  auth::ChallengeId challenge_id;
  std::string client_data_json, attestation_object;
};
BOOST_DESCRIBE_STRUCT(AddRequest, (), (challenge_id, client_data_json, attestation_object))
struct AddedBody {
  auth::PasskeyId passkey_id;
};
BOOST_DESCRIBE_STRUCT(AddedBody, (), (passkey_id))
struct ListBody {
  struct Row {
    auth::PasskeyId passkey_id;
    std::string client;
    Instant created_at;
    std::optional<Instant> used_at;
    bool backed_up = false;
  };
  std::vector<Row> items;
};
BOOST_DESCRIBE_STRUCT(ListBody::Row, (), (passkey_id, client, created_at, used_at, backed_up))
BOOST_DESCRIBE_STRUCT(ListBody, (), (items))

Answer sign_in(Services& services, HttpRequest& request) {
  MQ_TRY(const auto asked, runtime::from_json<SignInRequest>(request.body));
  MQ_TRY(const auto answer, decoded(asked.passkey));
  MQ_TRY(const auto in, services.auth.passkey_sign_in(asked.challenge, answer, origin_of(request)));
  services.wake();
  return signed_in(in);
}

Answer add(Services& services, HttpRequest& request, const auth::Borrower& borrower) {
  MQ_TRY(const auto asked, runtime::from_json<AddRequest>(request.body));
  MQ_TRY(const auto client_data, crypto::unbase64url(asked.client_data_json));
  MQ_TRY(const auto attestation, crypto::unbase64url(asked.attestation_object));
  MQ_TRY(const auto id,
         services.auth.add_passkey(borrower, asked.challenge_id, origin_of(request).client,
                                   {to_string(client_data), attestation}));
  services.wake();
  return json_response(201, AddedBody{id});
}

Answer list(Services& services, const auth::Borrower& borrower) {
  MQ_TRY(const auto all, services.auth.passkeys(borrower));
  ListBody body;
  for (const auto& one : all)
    body.items.push_back({one.id, one.client, one.created_at, one.used_at, one.backed_up});
  return json_response(200, body);
}

}  // namespace

void add_passkey_routes(Routes& routes) {
  auto& services = routes.services();
  routes.open("POST", "/v1/auth/passkey-sign-ins", [&](HttpRequest&) -> Answer {
    const auto begun = services.auth.begin_passkey_sign_in();
    return json_response(200, SignInBody{begun.challenge, begun.domain, begun.expires_at});
  });
  routes.open("POST", "/v1/auth/passkey-sessions",
              [&](HttpRequest& request) { return sign_in(services, request); });
  routes.borrower("POST", "/v1/auth/passkeys/creation", Repeat::any,
                  [&](HttpRequest&, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto begun, services.auth.begin_passkey(borrower));
                    return json_response(201,
                                         CreationBody{view(begun.step_up), begun.domain, begun.name,
                                                      begun.user_id, begun.user_name});
                  });
  routes.borrower("POST", "/v1/auth/passkeys", Repeat::any,
                  [&](HttpRequest& request, const auth::Borrower& borrower) {
                    return add(services, request, borrower);
                  });
  routes.borrower(
      "GET", "/v1/auth/passkeys", Repeat::any,
      [&](HttpRequest&, const auth::Borrower& borrower) { return list(services, borrower); });
  const std::string one = "/v1/auth/passkeys/{passkey_id}";
  routes.borrower("POST", one + "/removal-challenge", Repeat::any,
                  [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto id, path_id<auth::PasskeyId>(request, "passkey_id"));
                    MQ_TRY(const auto step_up, services.auth.begin_passkey_removal(borrower, id));
                    return json_response(201, view(step_up));
                  });
  routes.borrower("POST", one + "/removal", Repeat::any,
                  [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto id, path_id<auth::PasskeyId>(request, "passkey_id"));
                    MQ_TRY(const auto asked, runtime::from_json<ApprovedRequest>(request.body));
                    MQ_REQUIRE(services.auth.remove_passkey(borrower, id, asked.challenge_id));
                    services.wake();
                    return HttpResponse{204, {}, {}};
                  });
}

}  // namespace mq::api
