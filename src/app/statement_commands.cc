#include "app/statement_commands.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "app/face_support.h"
#include "base/limits.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using documents::RowFlag;
using documents::StatementReading;
using documents::StatementRow;

struct Options {
  bool json = false;
  bool progress = false;
  std::string models;
  std::vector<std::string> files;
};

template <class Enum>
const char* name_of(Enum value) {
  return boost::describe::enum_to_string(value, "?");
}

template <class T, class Text>
json::value or_null(const std::optional<T>& value, Text text) {
  return value ? json::value(text(*value)) : json::value(nullptr);
}
json::value money_or_null(const std::optional<Money>& money) {
  return or_null(money, [](const Money& m) { return m.str(); });
}
json::value date_or_null(const std::optional<BusinessDate>& date) {
  return or_null(date, [](const BusinessDate& d) { return d.iso(); });
}

json::array box_json(const vision::Box& box) {
  return {rounded(box.x, 1), rounded(box.y, 1), rounded(box.width, 1), rounded(box.height, 1)};
}

json::object row_json(const StatementRow& row, documents::RowUse use) {
  json::array repairs;
  for (const auto& repair : row.repairs) {
    const bool amount = repair.field == documents::Repair::Field::amount;
    repairs.push_back(
        json::object{{"field", amount ? "amount" : "balance"}, {"as_read", repair.as_read}});
  }
  return {{"date", date_or_null(row.date)},
          {"time", row.time},
          {"description", row.description.expose()},
          {"counterparty", row.counterparty.expose()},
          {"amount", row.amount.str()},
          {"balance", money_or_null(row.balance)},
          {"page", row.page},
          {"box", box_json(row.box)},
          {"confidence", rounded(row.confidence, 3)},
          {"flags", flags_json(row.flags)},
          {"repairs", std::move(repairs)},
          {"use", name_of(use)}};
}

json::array numbers(const std::vector<std::size_t>& rows) {
  return json::array(rows.begin(), rows.end());
}

json::object checks_json(const StatementReading& reading) {
  std::size_t proved = 0, breaks = 0, unchecked = 0, repaired = 0, unsure = 0, repeated = 0;
  for (const auto& row : reading.statement.rows) {
    const auto& flags = row.flags;
    const bool broken = flags.has(RowFlag::balance_breaks), unknown = flags.has(RowFlag::unchecked);
    breaks += broken ? 1 : 0;
    unchecked += unknown ? 1 : 0;
    proved += !broken && !unknown ? 1 : 0;
    repaired += flags.has(RowFlag::repaired) ? 1 : 0;
    unsure += flags.has(RowFlag::amount_unsure) || flags.has(RowFlag::date_unsure) ? 1 : 0;
    repeated += flags.has(RowFlag::repeated_row) ? 1 : 0;
  }
  return {{"rows", reading.statement.rows.size()},
          {"proved_by_balance", proved},
          {"balance_breaks", breaks},
          {"unchecked", unchecked},
          {"unsure", unsure},
          {"repaired", repaired},
          {"repeated", repeated},
          {"mismatches", reading.mismatches.size()}};
}

json::object income_json(const documents::IncomeSummary& income) {
  json::array months, salaries;
  for (const auto& month : income.months) {
    months.push_back(json::object{{"month", month.month.iso().substr(0, 7)},
                                  {"whole", month.whole},
                                  {"inflow", month.inflow.str()},
                                  {"outflow", month.outflow.str()},
                                  {"salary", month.salary.str()},
                                  {"other_income", month.other_income.str()},
                                  {"salary_rows", numbers(month.salary_rows)},
                                  {"other_income_rows", numbers(month.other_income_rows)}});
  }
  for (const auto& source : income.salaries) {
    salaries.push_back(json::object{{"payer", source.payer.expose()},
                                    {"wage_words", source.wage_words},
                                    {"months", source.months},
                                    {"typical_month", source.typical_month.str()},
                                    {"rows", numbers(source.rows)}});
  }
  return {{"too_short", income.too_short},
          {"months_covered", income.months_covered},
          {"monthly_salary", money_or_null(income.monthly_salary)},
          {"monthly_income", money_or_null(income.monthly_income)},
          {"months", std::move(months)},
          {"salaries", std::move(salaries)},
          {"own_transfers", numbers(income.own_transfers)},
          {"loan_payouts", numbers(income.loan_payouts)},
          {"refunds", numbers(income.refunds)},
          {"left_out", numbers(income.left_out)}};
}

json::array pages_json(const StatementReading& reading) {
  json::array out;
  for (const auto& page : reading.pages) {
    out.push_back(json::object{{"source", name_of(page.source)},
                               {"compared", page.compared},
                               {"hidden_words", page.hidden_words}});
  }
  return out;
}

json::array mismatches_json(const StatementReading& reading) {
  json::array out;
  for (const auto& mismatch : reading.mismatches) {
    json::object one = {{"page", mismatch.page},
                        {"row", nullptr},
                        {"kind", name_of(mismatch.what.kind)},
                        {"box", box_json(mismatch.what.box)},
                        {"text_layer", mismatch.what.text_layer},
                        {"picture", mismatch.what.picture}};
    if (mismatch.row) one["row"] = *mismatch.row;
    out.push_back(std::move(one));
  }
  return out;
}

// At most one byte over the larger limit, which is enough to be refused.
Result<Bytes> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::error_code failed;
  if (!in || !fs::is_regular_file(path, failed)) return Error(FileErrc::unreadable, path);
  Bytes out(std::min<std::uintmax_t>(fs::file_size(path, failed), limits::kPdfBytes + 1));
  in.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
  if (in.gcount() != static_cast<std::streamsize>(out.size()))
    return Error(FileErrc::unreadable, path);
  return out;
}

void print(const StatementReading& reading) {
  const auto& statement = reading.statement;
  for (std::size_t i = 0; i < statement.rows.size(); ++i) {
    const auto& row = statement.rows[i];
    std::cout << i << "  " << (row.date ? row.date->iso() : "----------") << "  "
              << row.amount.str() << "  " << (row.balance ? row.balance->str() : "-") << "  "
              << row.description.expose() << "  " << row.counterparty.expose();
    for (const auto& flag : flags_json(row.flags))
      std::cout << "  [" << flag.as_string().c_str() << ']';
    std::cout << '\n';
  }
  for (const auto& [name, value] : checks_json(reading)) std::cout << name << ": " << value << '\n';
  for (const auto& mismatch : mismatches_json(reading))
    std::cout << "mismatch: " << mismatch << '\n';
}

Status read(const Options& options) {
  if (options.files.size() > limits::kStatementPages)
    return documents::DocumentsErrc::statement_too_large;
  std::vector<Bytes> files;
  for (const std::string& path : options.files) {
    MQ_TRY(files.emplace_back(), read_file(path));
  }
  vision::WorkerConfig config;
  config.models_dir = find_models_dir(options.models);
  MQ_TRY(const auto pictures, vision::WorkerPool::start(std::move(config)));
  vision::PdfPool pdfs;
  documents::StatementPorts ports;
  ports.open_pdf = documents::pdf_opener(pdfs);
  ports.read_picture = [&](ByteView picture) { return pictures->read_page(picture); };
  if (options.progress) {
    ports.progress = [](std::size_t done, std::size_t all) {
      std::cerr << done << " of " << all << " pages\n";
    };
  }
  const std::vector<ByteView> views(files.begin(), files.end());
  MQ_TRY(const auto reading, documents::read_statement_files(views, ports));
  if (options.json) {
    std::cout << json::serialize(statement_json(reading)) << '\n';
  } else {
    print(reading);
  }
  return ok();
}

}  // namespace

json::array flags_json(const documents::RowFlags& flags) {
  json::array out;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<RowFlag>>([&](auto flag) {
    if (flags.has(flag.value)) out.emplace_back(flag.name);
  });
  return out;
}

json::object statement_json(const StatementReading& reading) {
  const auto& statement = reading.statement;
  json::array rows;
  for (std::size_t i = 0; i < statement.rows.size(); ++i) {
    rows.push_back(row_json(statement.rows[i], reading.income.use[i]));
  }
  return {{"bank", statement.bank.expose()},
          {"holder", statement.holder.expose()},
          {"account_tail", statement.account_tail},
          {"currency", to_string(statement.currency)},
          {"currency_printed", statement.currency_printed},
          {"from", date_or_null(statement.from)},
          {"to", date_or_null(statement.to)},
          {"opening", money_or_null(statement.opening)},
          {"closing", money_or_null(statement.closing)},
          {"order", name_of(statement.order)},
          {"checks", checks_json(reading)},
          {"rows", std::move(rows)},
          {"income", income_json(reading.income)},
          {"pages", pages_json(reading)},
          {"mismatches", mismatches_json(reading)}};
}

void add_statement_commands(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* command =
      subcommand(app, "statement", "Bank statements")
          ->add_subcommand("read",
                           "Rows, checks and income of a bank statement; it is personal data");
  command
      ->add_option("files", options->files, "One PDF, or the pictures of its pages in their order")
      ->required();
  command->add_flag("--json", options->json, "Print one JSON object");
  command->add_flag("--progress", options->progress,
                    "Say on standard error how many pages are read");
  command->add_option("--models", options->models, "Folder with the model files");
  command->callback([options, &exit_code] {
    const Status status = read(*options);
    exit_code = status.ok() ? 0 : report_problem(status.error(), options->json);
  });
}

}  // namespace mq::app
