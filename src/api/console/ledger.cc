#include "api/console/journal_view.h"
#include "api/views.h"

namespace mq::api {
namespace {

constexpr int kPage = 50;

struct AccountBody {
  std::string account, name;
  ledger::AccountType type{};
  Money debit, credit, balance;
};
BOOST_DESCRIBE_STRUCT(AccountBody, (), (account, name, type, debit, credit, balance))
struct TrialBalanceBody {
  BusinessDate as_of;
  std::vector<AccountBody> accounts;
  Money total_debit, total_credit, difference;
};
BOOST_DESCRIBE_STRUCT(TrialBalanceBody, (),
                      (as_of, accounts, total_debit, total_credit, difference))
struct JournalsBody {
  std::vector<JournalBody> items;
  std::optional<JournalId> next;
};
BOOST_DESCRIBE_STRUCT(JournalsBody, (), (items, next))

Answer show_trial_balance(Services& services, HttpRequest& request) {
  const bool en = language_of(request) == "en";
  TrialBalanceBody body;
  MQ_REQUIRE(services.database.read([&](storage::Transaction& tx) -> Status {
    body.as_of = servicing::Servicing::business_date(tx);
    const auto balance = ledger::trial_balance(tx);
    for (const auto& row : balance.rows) {
      const auto& info = ledger::info(row.account);
      body.accounts.push_back({std::string(ledger::to_string(row.account)),
                               std::string(en ? info.name_en : info.name_zh), info.type, row.debit,
                               row.credit, row.balance});
    }
    body.total_debit = balance.debit;
    body.total_credit = balance.credit;
    body.difference = balance.difference();
    return ok();
  }));
  return json_response(200, body);
}

Answer list_journals(Services& services, HttpRequest& request) {
  ledger::JournalFilter filter;
  filter.limit = kPage;
  if (const auto object = request.query.find("object"); object != request.query.end()) {
    filter.object = object->second;
  }
  if (const auto after = request.query.find("after"); after != request.query.end()) {
    MQ_TRY(filter.before, JournalId::parse(after->second));
  }
  JournalsBody body;
  MQ_REQUIRE(services.database.read([&](storage::Transaction& tx) -> Status {
    for (const auto& journal : ledger::journals(tx, filter)) body.items.push_back(view(journal));
    return ok();
  }));
  if (body.items.size() == kPage) body.next = body.items.back().journal_id;
  return json_response(200, body);
}

}  // namespace

void add_console_ledger_routes(Routes& routes) {
  auto& services = routes.services();
  routes.staff("GET", "/v1/console/ledger/trial-balance", auth::Permission::ledger_read, Repeat::any,
               [&](HttpRequest& request, const auth::Staff&) {
                 return show_trial_balance(services, request);
               });
  routes.staff("GET", "/v1/console/ledger/journals", auth::Permission::ledger_read, Repeat::any,
               [&](HttpRequest& request, const auth::Staff&) {
                 return list_journals(services, request);
               });
}

}  // namespace mq::api
