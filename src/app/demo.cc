#include "app/demo.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "app/demo_client.h"
#include "app/demo_people.h"
#include "app/server.h"
#include "audit/audit.h"
#include "crypto/crypto.h"
#include "runtime/json.h"
#include "runtime/log.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

struct Options {
  std::string data, database, faces;
  bool json = false;
};

constexpr const char* kProduct = "easy-12";
constexpr const char* kAmount = "10000.00";
constexpr int kTerm = 12;

// One whole life: every step asks the server where the borrower stands, so that a demo that was
// killed anywhere goes on from there.
class Life {
 public:
  Life(const Options& options, const Settings& settings, const Server& server)
      : options_(options),
        settings_(settings),
        folder_(sandbox_folder(settings)),
        person_(demo_people().front()),
        client_(server.url(), server.sandbox_url(), folder_ + "/demo-phone.json") {}

  Status play();

 private:
  Status sign_in();
  Status consent(const std::string& purpose);
  Status verify();
  static bool only_liveness(const json::value& verification);
  Status pass_by_clerk(const std::string& verification);
  Status apply();
  Status confirm_costs(const json::value& me);
  Status sign(const json::value& me);
  Status await_next(const char* leaving);
  Status let_a_month_pass();
  Status repay(const json::value& me);
  Status check_proof();
  Status finish();
  Status step(const std::string& next, const json::value& me);
  Status clerk_sign_in();
  Result<std::string> await_code(const json::value& challenge);

  void say(const std::string& name, json::object more = {}) {
    more["step"] = name;
    if (options_.json) {
      std::cout << json::serialize(more) << std::endl;
      return;
    }
    std::cout << "• " << name;
    for (const auto& [key, value] : more) {
      if (key != "step") std::cout << "  " << key << "=" << json::serialize(value);
    }
    std::cout << std::endl;
  }
  // The newest id of what /v1/me shows under `part`.
  static std::string id_in(const json::value& me, const char* part, const char* name) {
    const auto* object = me.as_object().if_contains(part);
    return object == nullptr ? "" : field(*object, name);
  }

  const Options& options_;
  const Settings& settings_;
  const std::string folder_;
  const DemoPerson& person_;
  DemoClient client_;
  std::string loan_;
  bool audit_verified_ = false;
};

// The inbox may also hold the code of an earlier challenge. An id begins with the millisecond it
// was made in (UUIDv7), and its SMS is not older.
Result<std::string> Life::await_code(const json::value& challenge) {
  MQ_TRY(const auto id, Uuid::parse(field(challenge, "challenge_id")));
  std::int64_t made_ms = 0;
  for (int i = 0; i < 6; ++i) made_ms = made_ms << 8 | id.bytes[static_cast<std::size_t>(i)];
  return client_.await_code(person_.phone, made_ms * 1000);
}

Status Life::sign_in() {
  if (!client_.recall("borrower").empty() && client_.get("borrower", "/v1/me").ok()) return ok();
  MQ_TRY(const auto challenge,
         client_.post("", "code", "/v1/auth/sms-codes", {{"phone", person_.phone}}));
  MQ_TRY(const auto code, await_code(challenge));
  MQ_TRY(const auto session,
         client_.post("", "session", "/v1/auth/sessions",
                      {{"challenge_id", field(challenge, "challenge_id")}, {"code", code}}));
  client_.remember("device", field(session, "device_token"));
  client_.remember("borrower", field(session, "token"));
  say("signed_in");
  return ok();
}

Status Life::consent(const std::string& purpose) {
  MQ_TRY(const auto notice, client_.get("", "/v1/notices/" + purpose));
  MQ_REQUIRE([&]() -> Status {
    MQ_TRY([[maybe_unused]] const auto given,
           client_.post("borrower", "consent_" + purpose, "/v1/consents",
                        {{"purpose", purpose},
                         {"version", notice.as_object().at("version")},
                         {"sha256", field(notice, "sha256")},
                         {"granted", true}}));
    return ok();
  }());
  say("consent_given", {{"purpose", purpose}});
  return ok();
}

// Faces and authority agree, and nothing but the hint stands against it.
bool Life::only_liveness(const json::value& verification) {
  for (const auto& reason : verification.as_object().at("reasons").as_array()) {
    const auto code = field(reason, "code");
    if (code != "identity.liveness_suspicion" && code != "identity.attempts_used_up") return false;
  }
  return true;
}

Status Life::pass_by_clerk(const std::string& verification) {
  MQ_REQUIRE(clerk_sign_in());
  MQ_TRY([[maybe_unused]] const auto decided,
         client_.post("clerk", "review", "/v1/console/verifications/" + verification + "/decision",
                      {{"outcome", "pass"},
                       {"reason", "demo clerk: the three pictures agree; passive hint only"}}));
  say("reviewed", {{"by", "clerk"}, {"reason", "liveness_suspicion"}});
  return ok();
}

Status Life::verify() {
  const auto begun = client_.post("borrower", "verification", "/v1/verifications",
                                  {{"name", person_.name}, {"id_number", person_.id_number}});
  std::string id;
  if (begun.ok()) {
    id = field(*begun, "verification_id");
    const auto pictures = pictures_of(folder_, 0);
    const auto path = "/v1/verifications/" + id;
    MQ_TRY(const auto state, client_.get("borrower", path));
    for (const auto& need : state.as_object().at("needs").as_array()) {
      const std::string name(need.as_string());
      MQ_TRY(
          [[maybe_unused]] const auto taken,
          client_.put_photo(path + "/" + name, name == "card" ? pictures.card : pictures.selfie));
      say("photo_sent", {{"kind", name}});
    }
  } else if (begun.error().code() != "identity.in_progress") {
    return begun.error();
  } else {
    MQ_TRY(const auto me, client_.get("borrower", "/v1/me"));
    id = id_in(me, "verification", "verification_id");
  }
  MQ_REQUIRE(wait_until("the verification", [&]() -> Result<bool> {
    MQ_TRY(const auto verification, client_.get("borrower", "/v1/verifications/" + id));
    const auto state = field(verification, "state");
    if (state == "processing" || state == "collecting") return false;
    if (state == "passed") return true;
    // Small or pale pictures raise the passive liveness hint, which is for a person to weigh.
    if (only_liveness(verification)) {
      if (state == "retry") {
        MQ_TRY([[maybe_unused]] const auto again,
               client_.put_photo("/v1/verifications/" + id + "/selfie",
                                 pictures_of(folder_, 0).selfie));
        return false;
      }
      if (state == "review") {
        MQ_REQUIRE(pass_by_clerk(id));
        return false;
      }
    }
    return Error(AppErrc::demo_failed, "verification ended as " + state + ": " +
                                           json::serialize(verification.as_object().at("reasons")));
  }));
  say("verified", {{"verification", id}, {"photos", describe_photos(settings_)}});
  return ok();
}

Status Life::apply() {
  MQ_TRY(const auto quote,
         client_.post("", "quote", "/v1/quotes",
                      {{"product_id", kProduct}, {"amount", kAmount}, {"term_months", kTerm}}));
  say("quoted", {{"irr_simple", field(quote, "irr_simple")},
                 {"irr_compound", field(quote, "irr_compound")},
                 {"total_interest", field(quote, "total_interest")}});
  MQ_TRY(const auto made, client_.post("borrower", "application", "/v1/applications",
                                       {{"product_id", kProduct},
                                        {"amount", kAmount},
                                        {"term_months", kTerm},
                                        {"monthly_income", "12000.00"},
                                        {"other_monthly_debt", "1500.00"},
                                        {"use_of_funds", "education"},
                                        {"payout_card", person_.card_number}}));
  say("decided", {{"state", field(made, "state")}});
  if (field(made, "state") == "declined") return Error(AppErrc::demo_failed, "declined");
  return ok();
}

Status Life::confirm_costs(const json::value& me) {
  const auto path = "/v1/applications/" + id_in(me, "application", "application_id");
  MQ_TRY(const auto application, client_.get("borrower", path));
  // The server insists on the minimum reading time; the client tries again when it says so.
  MQ_TRY([[maybe_unused]] const auto confirmed,
         client_.post("borrower", "costs", path + "/cost-confirmation",
                      {{"sha256", field(application.as_object().at("cost_sheet"), "sha256")}}));
  say("costs_confirmed");
  return ok();
}

Status Life::sign(const json::value& me) {
  const auto path = "/v1/applications/" + id_in(me, "application", "application_id");
  MQ_TRY(const auto contract, client_.get("borrower", path + "/contract"));
  const auto text = field(contract, "text_markdown");
  if (crypto::hex(crypto::sha256(as_bytes(text))) != field(contract, "sha256")) {
    return Error(AppErrc::demo_failed, "the contract text does not have its stated hash");
  }
  MQ_TRY(const auto step_up,
         client_.post("borrower", "signing", path + "/signature-challenge", {}));
  const auto id = field(step_up, "challenge_id");
  MQ_REQUIRE(client_.post("borrower", "signing_code", "/v1/auth/step-ups/" + id + "/sms-code", {}));
  MQ_TRY(const auto code, await_code(step_up));
  MQ_REQUIRE(client_.post("borrower", "signing_factor", "/v1/auth/step-ups/" + id + "/factors",
                          {{"code", code}}));
  MQ_TRY([[maybe_unused]] const auto signed_application,
         client_.post("borrower", "signature", path + "/signature",
                      {{"challenge_id", id}, {"contract_sha256", field(contract, "sha256")}}));
  say("signed", {{"contract_sha256", field(contract, "sha256")}});
  return ok();
}

Status Life::await_next(const char* leaving) {
  return wait_until(std::string("the end of ") + leaving, [&]() -> Result<bool> {
    MQ_TRY(const auto me, client_.get("borrower", "/v1/me"));
    return field(me, "next") != leaving;
  });
}

Status Life::clerk_sign_in() {
  if (!client_.recall("clerk").empty() && client_.get("clerk", "/v1/console/me").ok()) return ok();
  // A code is good once: a demo that was killed just after its sign-in waits for the next.
  std::string code;
  for (int tries = 0;; ++tries) {
    MQ_TRY(const auto begun, client_.post("", "clerk_password", "/v1/console/sign-ins",
                                          {{"username", kDemoUser}, {"password", kDemoPassword}}));
    MQ_TRY(code, client_.await_app_code(kDemoUser, code));
    const auto session = client_.post("", "clerk", "/v1/console/sessions",
                                      {{"sign_in", field(begun, "sign_in")}, {"code", code}});
    if (session.ok()) {
      client_.remember("clerk", field(*session, "token"));
      return ok();
    }
    if (tries > 0 || session.error().code() != "auth.wrong_code") return session.error();
  }
}

Status Life::let_a_month_pass() {
  MQ_REQUIRE(clerk_sign_in());
  MQ_TRY(const auto loan, client_.get("borrower", "/v1/loans/" + loan_));
  const auto due = field(loan.as_object().at("schedule").as_array().front(), "due");
  MQ_TRY(const auto today, client_.get("clerk", "/v1/console/business-date"));
  MQ_TRY(const auto due_date, BusinessDate::parse(due));
  MQ_TRY(const auto date, BusinessDate::parse(field(today, "business_date")));
  if (date < due_date) {
    MQ_TRY([[maybe_unused]] const auto moved,
           client_.post("clerk", "advance_from_" + date.iso(), "/v1/console/business-date/advance",
                        {{"days", due_date.days - date.days}}));
  }
  MQ_REQUIRE(wait_until("end of day up to the due date", [&]() -> Result<bool> {
    MQ_TRY(const auto now, client_.get("clerk", "/v1/console/business-date"));
    return field(now, "business_date") >= due;
  }));
  say("month_passed", {{"business_date", due}});
  return ok();
}

Status Life::repay(const json::value& me) {
  loan_ = field(me.as_object().at("loans").as_array().front(), "loan_id");
  const auto path = "/v1/loans/" + loan_;
  MQ_TRY(auto loan, client_.get("borrower", path));
  const auto first = [&] { return loan.as_object().at("schedule").as_array().front(); };
  if (field(first(), "state") == "paid") return finish();
  say("paid_out", {{"loan", loan_}, {"principal", field(loan, "principal")}});
  MQ_REQUIRE(let_a_month_pass());
  const auto repaid = client_.post("borrower", "repayment", path + "/repayments",
                                   {{"amount", field(first(), "payment")}});
  // Pending: the demo that asked for it was killed before it could remember the answer.
  if (!repaid.ok() && repaid.error().code() != "servicing.repayment_pending") return repaid.error();
  MQ_REQUIRE(wait_until("the repayment", [&]() -> Result<bool> {
    MQ_TRY(loan, client_.get("borrower", path));
    return field(first(), "state") == "paid";
  }));
  say("instalment_paid", {{"amount", field(first(), "payment")},
                          {"outstanding_principal", field(loan, "outstanding_principal")}});
  return finish();
}

Status Life::check_proof() {
  std::string proof, checkpoint;
  MQ_TRY(proof, client_.text("borrower", "/v1/proofs"));
  const auto document = runtime::parse_json(proof);
  if (!document.ok()) return Error(AppErrc::demo_failed, "the proof file is not JSON");
  checkpoint = field(*document, "checkpoint");
  std::ofstream(settings_.data + "/proof.json") << proof;
  std::ofstream(settings_.data + "/checkpoint") << checkpoint;
  MQ_TRY(const auto report, audit::verify(checkpoint, proof, std::nullopt));
  int consents = 0, contracts = 0;
  for (const auto& leaf : report.leaves) {
    consents += leaf.kind == "consent.granted" ? 1 : 0;
    contracts += leaf.kind == "origination.contract_signed" ? 1 : 0;
  }
  audit_verified_ = consents == 3 && contracts == 1;
  say("proof_verified", {{"leaves", report.leaves.size()},
                         {"log_size", report.size},
                         {"consents", consents},
                         {"contracts", contracts},
                         {"files", "proof.json, checkpoint"}});
  return ok();
}

Status Life::finish() {
  MQ_REQUIRE(check_proof());
  MQ_REQUIRE(clerk_sign_in());
  MQ_TRY(const auto balance, client_.get("clerk", "/v1/console/ledger/trial-balance"));
  MQ_TRY(const auto statement, client_.sandbox_statement());
  int payouts = 0, debits = 0;
  for (const auto& item : statement.as_object().at("items").as_array()) {
    if (field(item, "state") != "succeeded") continue;
    (field(item, "kind") == "payout" ? payouts : debits) += 1;
  }
  const auto difference = field(balance, "difference");
  const bool paid = payouts == 1 && debits == 1;
  say("done",
      {{"trial_balance", difference},
       {"total_debit", field(balance, "total_debit")},
       {"total_credit", field(balance, "total_credit")},
       {"paid", paid},
       {"payouts", payouts},
       {"debits", debits},
       {"audit_verified", audit_verified_},
       {"photos", describe_photos(settings_)},
       {"data", settings_.data},
       {"personal_values", {person_.name, person_.id_number, person_.phone, person_.card_number}}});
  if (difference != "0.00" || !paid || !audit_verified_) {
    return Error(AppErrc::demo_failed, "the end is not what it must be");
  }
  return ok();
}

Status Life::step(const std::string& next, const json::value& me) {
  if (next == "terms") return consent("terms");
  if (next == "face_consent") return consent("face");
  if (next == "authority_consent") return consent("authority");
  if (next == "verify") return verify();
  if (next == "apply") return apply();
  if (next == "confirm_costs") return confirm_costs(me);
  if (next == "sign") return sign(me);
  if (next == "payout_pending" || next == "decide_pending") return await_next(next.c_str());
  return Error(AppErrc::demo_failed, "no step for " + next);
}

Status Life::play() {
  MQ_REQUIRE(sign_in());
  std::string last;
  while (true) {
    MQ_TRY(const auto me, client_.get("borrower", "/v1/me"));
    const auto next = field(me, "next");
    if (next == "repay") return repay(me);
    if (next == last) return Error(AppErrc::demo_failed, "no way on from " + next);
    last = next;
    MQ_REQUIRE(step(next, me));
  }
}

// A PostgreSQL of its own demo: a schema by the folder's own name for it, so that keys and data of
// two demos in one database never meet.
std::string schema_of(const std::string& data) {
  const auto path = data + "/schema";
  std::ifstream in(path);
  std::string name;
  if (std::getline(in, name) && !name.empty()) return name;
  crypto::SystemRandom random;
  Bytes raw(6);
  random.fill(raw);
  name = "mianqian_demo_" + crypto::hex(raw);
  std::ofstream(path) << name << "\n";
  return name;
}

Status run(const Options& options) {
  std::string data = options.data;
  if (data.empty()) {
    std::string pattern = (fs::temp_directory_path() / "mianqian-demo-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) return Error(AppErrc::data_folder, pattern);
    data = pattern + "/data";
  }
  std::error_code failed;
  fs::create_directories(data, failed);
  std::map<std::string, std::string> flags = {
      {"server.demo", "true"}, {"server.data", data}, {"http.port", "0"},
      {"http.tls_port", "-1"}, {"sandbox.port", "0"}, {"log.level", "info"},
  };
  if (!options.database.empty()) flags["database.url"] = options.database;
  if (options.database.starts_with("postgres")) flags["database.schema"] = schema_of(data);
  if (!options.faces.empty()) flags["sandbox.faces"] = options.faces;
  MQ_TRY(const auto settings, load_settings(std::nullopt, flags));
  log::set_level("error");
  MQ_REQUIRE(log::also_to_file(data + "/demo.log"));
  MQ_TRY(const auto server, Server::start(settings));
  if (!options.json) std::cout << "server " << server->url() << "  data " << data << std::endl;
  return Life(options, settings, *server).play();
}

}  // namespace

void add_demo_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("demo", "play one whole life of a loan and check the books");
  command->add_option("--data", options->data, "folder; an unfinished demo there is resumed");
  command->add_option("--database", options->database, "postgresql://… instead of SQLite");
  command
      ->add_option("--faces", options->faces,
                   "folder with card, selfie and authority pictures of each person")
      ->check(CLI::ExistingDirectory);
  command->add_flag("--json", options->json, "one JSON object a line");
  command->callback([options, &exit_code] {
    const auto done = run(*options);
    if (done.ok()) return;
    exit_code = 1;
    json::object problem{{"code", done.error().code()}, {"detail", done.error().detail()}};
    (options->json ? std::cout : std::cerr) << json::serialize(problem) << std::endl;
  });
}

}  // namespace mq::app
