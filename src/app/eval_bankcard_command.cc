#include <algorithm>
#include <boost/json.hpp>
#include <iostream>
#include <map>
#include <memory>

#include "app/csv.h"
#include "app/eval_commands.h"
#include "app/eval_pictures.h"
#include "app/face_support.h"
#include "bankcard/bankcard.h"
#include "vision/vision.h"

namespace mq::app {
namespace {

namespace json = boost::json;
using vision::BankCardReading;
using vision::CardState;
using vision::FieldState;

struct Options {
  bool json = false;
  bool rows = false;
  std::string models;
  std::string list;
  std::string root;
  int threads = 1;
};

using Row = PictureRow<BankCardReading>;

// Over some of the cards. A number is right whatever its state; silently wrong is one that is
// `read`.
struct Tally {
  std::size_t cards = 0;
  std::size_t right = 0;
  std::size_t wrong = 0;  // another number was shown, to confirm or with the wish for another photo
  std::size_t nothing = 0;  // no number was shown
  std::size_t silent = 0;
  std::size_t number_read = 0;
  std::size_t issuer_same = 0;
  std::size_t expiry_cards = 0, expiry_right = 0, expiry_silent = 0;
  std::map<std::string, std::size_t> states;
};

template <class E>
std::string_view name_of(E value) {
  return boost::describe::enum_to_string(value, "?");
}

// Whether the bank of the list, in whatever form it writes its name, is the one that was read.
bool same_bank(const std::string& listed, const vision::CardField& issuer) {
  const auto banks = bankcard::banks_named(listed);
  return std::any_of(banks.begin(), banks.end(),
                     [&](const auto& bank) { return bank.name_zh == issuer.text; });
}

void add(const Csv& csv, std::size_t row, const Row& read, Tally& out) {
  const BankCardReading reading = read.reading.value_or(BankCardReading{});
  const std::string& number = csv.cell(row, "number");
  ++out.cards;
  ++out.states[std::string(name_of(reading.state))];
  if (reading.number.text.empty()) {
    ++out.nothing;
  } else if (reading.number.text == number) {
    ++out.right;
  } else {
    ++out.wrong;
    out.silent += reading.number.state == FieldState::read ? 1 : 0;
  }
  out.number_read += reading.number.state == FieldState::read ? 1 : 0;
  out.issuer_same += same_bank(csv.cell(row, "bank"), reading.issuer) ? 1 : 0;
  const std::string& expiry = csv.cell(row, "expiry");
  if (expiry.empty()) return;
  ++out.expiry_cards;
  const bool right = reading.expiry.text == expiry;
  out.expiry_right += right ? 1 : 0;
  out.expiry_silent += !right && reading.expiry.state == FieldState::read ? 1 : 0;
}

json::object to_json(const Tally& tally) {
  json::object states;
  for (const auto& [state, count] : tally.states) states[state] = count;
  json::object out = {{"cards", tally.cards},           {"numbers_right", tally.right},
                      {"numbers_wrong", tally.wrong},   {"numbers_not_found", tally.nothing},
                      {"silent_errors", tally.silent},  {"numbers_read", tally.number_read},
                      {"same_bank", tally.issuer_same}, {"states", std::move(states)}};
  if (tally.expiry_cards > 0) {
    out["expiry"] = {{"cards", tally.expiry_cards},
                     {"right", tally.expiry_right},
                     {"silent_errors", tally.expiry_silent}};
  }
  return out;
}

// What was expected and read, for finding out what goes wrong. The list is the operator's own.
json::object row_json(const Csv& csv, std::size_t i, const Row& row) {
  json::object out = {{"file", csv.cell(i, "file")}, {"cpu_ms", rounded(row.cpu_ms, 0)}};
  if (!row.reading) {
    out["problem"] = row.problem;
    return out;
  }
  const BankCardReading& reading = *row.reading;
  out["state"] = name_of(reading.state);
  json::array problems;
  for (const auto p : reading.problems) problems.emplace_back(name_of(p));
  out["problems"] = std::move(problems);
  const auto field = [&](const char* column, const vision::CardField& read) {
    const std::string& truth = csv.cell(i, column);
    out[column] = {{"expected", truth},
                   {"read", read.text},
                   {"confidence", rounded(read.confidence, 3)},
                   {"state", name_of(read.state)}};
  };
  field("number", reading.number);
  field("bank", reading.issuer);
  field("expiry", reading.expiry);
  return out;
}

Status evaluate(const Options& options) {
  MQ_TRY(const Csv csv, read_csv(options.list, {"file", "number"}));
  MQ_TRY(const auto reader, vision::BankCardReader::load(find_models_dir(options.models)));
  const auto rows = read_pictures<BankCardReading>(reader, csv, options.root, options.threads);
  Tally sum;
  std::map<std::string, std::map<std::string, Tally>> groups;  // by column and what stands in it
  std::vector<double> cpu;
  std::size_t unreadable = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    add(csv, i, rows[i], sum);
    for (const std::string column : {"level", "kind"}) {
      const std::string& group = csv.cell(i, column);
      if (!group.empty()) add(csv, i, rows[i], groups[column][group]);
    }
    if (rows[i].reading) cpu.push_back(rows[i].cpu_ms);
    unreadable += rows[i].reading ? 0 : 1;
    if (options.rows) std::cerr << row_json(csv, i, rows[i]) << '\n';
  }
  std::sort(cpu.begin(), cpu.end());
  json::object out = to_json(sum);
  out["unreadable_pictures"] = unreadable;
  out["cpu_p50_ms"] =
      cpu.empty() ? json::value(nullptr) : json::value(rounded(cpu[cpu.size() / 2], 1));
  for (const auto& [column, tallies] : groups) {
    json::object by;
    for (const auto& [group, tally] : tallies) by[group] = to_json(tally);
    out["by_" + column] = std::move(by);
  }
  if (options.json) {
    std::cout << json::serialize(out) << '\n';
    return ok();
  }
  for (const auto& [name, value] : out)
    std::cout << std::string_view(name) << ": " << value << '\n';
  return ok();
}

}  // namespace

void add_eval_bankcard_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* eval = subcommand(app, "eval", "Measure on the operator's own data");
  auto* command = eval->add_subcommand(
      "bankcard", "Which bank card numbers are read right, and which silently wrong");
  command
      ->add_option("--list", options->list,
                   "CSV file,number and, where known, kind,level,bank,expiry")
      ->required();
  command->add_option("--root", options->root, "Folder the paths of the list start from")
      ->required();
  command->add_option("--threads", options->threads, "Cards read at once")
      ->check(CLI::Range(1, 64));
  command->add_flag("--rows", options->rows,
                    "Print a line a card on standard error: what was expected and read");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->add_option("--models", options->models, "Folder with the model files");
  command->callback([options, &exit_code] {
    const Status status = evaluate(*options);
    exit_code = status.ok() ? 0 : report_problem(status.error(), options->json);
  });
}

}  // namespace mq::app
