// What anybody may ask: health, notices, products, quotes.
#include "api/handlers.h"
#include "consent/consent.h"

namespace mq::api {
namespace {

struct HealthBody {
  std::string status, version, database;
  bool demo = false;  // the page's demo banner stands there before anybody has signed in
  std::optional<std::string> sandbox_url;  // of a demo: where the simulated SMS can be read
  std::string document_scan;               // "on", "off"
};
BOOST_DESCRIBE_STRUCT(HealthBody, (),
                      (status, version, database, demo, sandbox_url, document_scan))

struct RecipientBody {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(RecipientBody, (), (name))
struct NoticeBody {
  consent::Purpose purpose{};
  int version = 0;
  consent::Language language{};
  std::string title, body_markdown, sha256;
  std::optional<RecipientBody> recipient;
  bool required = false;
  std::optional<std::string> alternatives;
};
BOOST_DESCRIBE_STRUCT(NoticeBody, (),
                      (purpose, version, language, title, body_markdown, sha256, recipient,
                       required, alternatives))

struct ProductBody {
  std::string product_id;
  int version = 0;
  std::string name, description;
  terms::RepaymentMethod method{};
  Rate annual_rate;
  Money min_amount, max_amount, amount_step;
  std::vector<int> terms_months;
  Rate penalty_rate;
  int grace_days = 0;
  Currency currency{};
};
BOOST_DESCRIBE_STRUCT(ProductBody, (),
                      (product_id, version, name, description, method, annual_rate, min_amount,
                       max_amount, amount_step, terms_months, penalty_rate, grace_days, currency))
struct ProductsBody {
  std::vector<ProductBody> items;
};
BOOST_DESCRIBE_STRUCT(ProductsBody, (), (items))

struct QuoteRequest {
  std::string product_id;
  Money amount;
  int term_months = 0;
};
BOOST_DESCRIBE_STRUCT(QuoteRequest, (), (product_id, amount, term_months))
struct QuoteBody {
  std::string product_id;
  Money amount;
  int term_months = 0;
  terms::RepaymentMethod method{};
  std::vector<origination::SheetRow> schedule;
  Money total_interest, total_payment;
  std::string irr_simple, irr_compound;
  std::vector<origination::CostItem> cost_items;
  std::vector<origination::ContingentItem> contingent_items;
};
BOOST_DESCRIBE_STRUCT(QuoteBody, (),
                      (product_id, amount, term_months, method, schedule, total_interest,
                       total_payment, irr_simple, irr_compound, cost_items, contingent_items))

Answer show_notice(HttpRequest& request) {
  MQ_TRY(const auto purpose, consent::parse_purpose(request.parameters.at("purpose")));
  const auto& notice = consent::notice(
      purpose, language_of(request) == "en" ? consent::Language::en : consent::Language::zh);
  NoticeBody body{notice.purpose, notice.version, notice.language,  notice.title,
                  notice.body_markdown, notice.sha256, {}, notice.required, {}};
  if (!notice.recipient.empty()) body.recipient = RecipientBody{notice.recipient};
  if (!notice.alternative.empty()) body.alternatives = notice.alternative;
  return json_response(200, body);
}

Answer list_products(HttpRequest& request) {
  const bool en = language_of(request) == "en";
  ProductsBody body;
  for (const auto& product : origination::products()) {
    body.items.push_back({product.product_id, product.version,
                          en ? product.name_en : product.name_zh,
                          en ? product.description_en : product.description_zh, product.method,
                          product.annual_rate, product.min_amount, product.max_amount,
                          product.amount_step, product.terms_months, product.penalty_rate,
                          product.grace_days, product.min_amount.currency()});
  }
  return json_response(200, body);
}

Answer make_quote(Services& services, HttpRequest& request) {
  MQ_TRY(const auto asked, runtime::from_json<QuoteRequest>(request.body));
  MQ_TRY(const auto today, services.database.read([](storage::Transaction& tx) {
    return Result<BusinessDate>(servicing::Servicing::business_date(tx));
  }));
  MQ_TRY(const auto sheet, origination::quote(asked.product_id, asked.amount, asked.term_months,
                                              today, language_of(request)));
  return json_response(
      200, QuoteBody{sheet.product_id, asked.amount, asked.term_months, sheet.method,
                     sheet.schedule, sheet.total_interest, sheet.total_payment, sheet.irr_simple,
                     sheet.irr_compound, sheet.items, sheet.contingent});
}

HealthBody health(const Services& services) {
  HealthBody body{"ok", MQ_VERSION, std::string(services.database.kind()), services.demo, {},
                  services.documents.scans() ? "on" : "off"};
  if (!services.sandbox_url.empty()) body.sandbox_url = services.sandbox_url;
  return body;
}

}  // namespace

void add_open_routes(Routes& routes) {
  auto& services = routes.services();
  routes.open("GET", "/healthz", [&](HttpRequest&) -> Answer {
    return json_response(200, health(services));
  });
  routes.open("GET", "/readyz", [&](HttpRequest&) -> Answer {
    const auto reachable = services.database.read([](storage::Transaction& tx) -> Status {
      tx.query("SELECT 1");
      return ok();
    });
    if (!reachable.ok()) return ApiErrc::not_ready;
    return json_response(200, health(services));
  });
  routes.open("GET", "/metrics", [&](HttpRequest&) -> Answer {
    if (const auto counts = services.outbox_counts(); counts.ok()) {
      services.metrics.gauge("outbox_waiting", static_cast<double>(counts->waiting));
      services.metrics.gauge("outbox_dead", static_cast<double>(counts->dead));
    }
    return HttpResponse{200, {{"Content-Type", "text/plain; version=0.0.4"}},
                        services.metrics.render()};
  });
  routes.open("GET", "/v1/notices/{purpose}", show_notice);
  routes.open("GET", "/v1/products", list_products);
  routes.open("POST", "/v1/quotes",
              [&](HttpRequest& request) { return make_quote(services, request); });
}

}  // namespace mq::api
