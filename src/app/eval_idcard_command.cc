#include <algorithm>
#include <boost/json.hpp>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <utility>

#include "app/csv.h"
#include "app/eval_commands.h"
#include "app/eval_pictures.h"
#include "app/face_support.h"
#include "vision/vision.h"

namespace mq::app {
namespace {

namespace json = boost::json;
using vision::CardReading;
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

struct FieldOf {
  const char* name;
  vision::CardField CardReading::*field;
};
constexpr FieldOf kFields[] = {{"name", &CardReading::name},           {"sex", &CardReading::sex},
                               {"nation", &CardReading::nation},       {"birth", &CardReading::birth},
                               {"address", &CardReading::address},     {"number", &CardReading::number},
                               {"authority", &CardReading::authority}, {"valid_from", &CardReading::valid_from},
                               {"valid_to", &CardReading::valid_to}};

using Row = PictureRow<CardReading>;

// Of one field: over the cards whose row says what it is.
struct Tally {
  std::size_t cards = 0;
  std::size_t exact = 0;
  std::size_t confirmed_right = 0;  // shown to the person although they were right
  std::size_t silent = 0;           // wrong, and neither field nor card said so
  std::size_t edits = 0;
  std::size_t characters = 0;
};

using Tallies = std::map<std::string, Tally>;

struct Sum {
  Tallies fields;
  std::map<std::string, std::size_t> states;
  std::size_t cards = 0;
  std::size_t all_exact = 0;
};

std::vector<std::string_view> characters_of(std::string_view utf8) {
  std::vector<std::string_view> out;
  for (std::size_t begin = 0; begin < utf8.size();) {
    std::size_t end = begin + 1;
    while (end < utf8.size() && (utf8[end] & 0xC0) == 0x80) ++end;
    out.push_back(utf8.substr(begin, end - begin));
    begin = end;
  }
  return out;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  const auto from = characters_of(a), to = characters_of(b);
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = std::exchange(row[j + 1], std::min({replaced, row[j] + 1, row[j + 1] + 1}));
    }
  }
  return row.back();
}

void add(const Csv& csv, std::size_t row, const Row& read, Sum& out) {
  ++out.cards;
  const CardState state = read.reading ? read.reading->state : CardState::retake;
  ++out.states[boost::describe::enum_to_string(state, "?")];
  bool all = true;
  for (const FieldOf& one : kFields) {
    const std::string& truth = csv.cell(row, one.name);
    if (truth.empty()) continue;
    const vision::CardField field = read.reading ? (*read.reading).*one.field : vision::CardField{};
    Tally& tally = out.fields[one.name];
    ++tally.cards;
    const bool right = field.text == truth;
    all = all && right;
    tally.exact += right ? 1 : 0;
    tally.confirmed_right += right && field.state != FieldState::read ? 1 : 0;
    tally.silent += !right && field.state == FieldState::read && state != CardState::retake ? 1 : 0;
    tally.edits += edit_distance(field.text, truth);
    tally.characters += characters_of(truth).size();
  }
  out.all_exact += all ? 1 : 0;
}

json::object to_json(const Sum& sum) {
  const auto share = [](std::size_t count, std::size_t of) {
    return of == 0 ? json::value(nullptr) : json::value(static_cast<double>(count) / static_cast<double>(of));
  };
  json::object fields, silent;
  for (const FieldOf& one : kFields) {
    const auto found = sum.fields.find(one.name);
    if (found == sum.fields.end()) continue;
    const Tally& tally = found->second;
    fields[one.name] = {{"cards", tally.cards},
                        {"exact", share(tally.exact, tally.cards)},
                        {"cer", share(tally.edits, tally.characters)},
                        {"confirmed_although_right", share(tally.confirmed_right, tally.cards)}};
    silent[one.name] = tally.silent;
  }
  json::object states;
  for (const auto& [state, count] : sum.states) states[state] = count;
  return {{"cards", sum.cards},
          {"fields", std::move(fields)},
          {"cards_all_exact", share(sum.all_exact, sum.cards)},
          {"silent_errors", std::move(silent)},
          {"states", std::move(states)}};
}

// What was expected and read, for finding out what goes wrong. The list is the operator's own.
json::object row_json(const Csv& csv, std::size_t i, const Row& row) {
  json::object out = {{"file", csv.cell(i, "file")}};
  if (!row.reading) {
    out["problem"] = row.problem;
    return out;
  }
  out["state"] = boost::describe::enum_to_string(row.reading->state, "?");
  json::array problems;
  for (const auto p : row.reading->problems) problems.push_back(boost::describe::enum_to_string(p, "?"));
  out["problems"] = std::move(problems);
  json::object fields;
  for (const FieldOf& one : kFields) {
    const std::string& truth = csv.cell(i, one.name);
    const vision::CardField& field = (*row.reading).*one.field;
    if (truth.empty() || (field.text == truth && field.state == FieldState::read)) continue;
    fields[one.name] = {{"expected", truth},
                        {"read", field.text},
                        {"confidence", rounded(field.confidence, 3)},
                        {"state", boost::describe::enum_to_string(field.state, "?")}};
  }
  out["not_read_right_and_sure"] = std::move(fields);
  return out;
}

Status evaluate(const Options& options) {
  MQ_TRY(const Csv csv, read_csv(options.list, {"file", "side"}));
  MQ_TRY(const auto reader, vision::CardReader::load(find_models_dir(options.models)));
  const auto rows = read_pictures<CardReading>(reader, csv, options.root, options.threads);
  Sum sum;
  std::map<std::string, Sum> sets;
  std::vector<double> cpu;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    add(csv, i, rows[i], sum);
    const std::string& set = csv.cell(i, "set");
    if (!set.empty()) add(csv, i, rows[i], sets[set]);
    cpu.push_back(rows[i].cpu_ms);
    if (options.rows) std::cerr << row_json(csv, i, rows[i]) << '\n';
  }
  std::sort(cpu.begin(), cpu.end());
  json::object out = to_json(sum);
  out["cpu_p50_ms"] = cpu.empty() ? json::value(nullptr) : json::value(rounded(cpu[cpu.size() / 2], 1));
  json::object by_set;
  for (const auto& [set, one] : sets) by_set[set] = to_json(one);
  if (!by_set.empty()) out["sets"] = std::move(by_set);
  if (options.json) {
    std::cout << json::serialize(out) << '\n';
    return ok();
  }
  for (const auto& [name, value] : out) std::cout << std::string_view(name) << ": " << value << '\n';
  return ok();
}

}  // namespace

void add_eval_idcard_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* eval = subcommand(app, "eval", "Measure on the operator's own data");
  auto* command = eval->add_subcommand("idcard", "What is read of identity cards, and what is silently wrong");
  command->add_option("--list", options->list,
                      "CSV file,side,name,sex,nation,birth,address,number,authority,valid_from,valid_to")->required();
  command->add_option("--root", options->root, "Folder the paths of the list start from")->required();
  command->add_option("--threads", options->threads, "Cards read at once")->check(CLI::Range(1, 64));
  command->add_flag("--rows", options->rows, "Print a line a card on standard error: what was not read right and sure");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->add_option("--models", options->models, "Folder with the model files");
  command->callback([options, &exit_code] {
    const Status status = evaluate(*options);
    exit_code = status.ok() ? 0 : report_problem(status.error(), options->json);
  });
}

}  // namespace mq::app
