#include <algorithm>
#include <array>
#include <atomic>
#include <boost/json.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "app/eval_commands.h"
#include "app/eval_statement_measure.h"
#include "app/face_support.h"
#include "app/statement_commands.h"
#include "base/limits.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using documents::StatementReading;

const std::vector<std::string> kForms = {"text", "raster", "scan", "phone"};
const std::vector<std::string> kFaults = {"forged-layer.pdf", "forged-both.pdf", "encrypted.pdf",
                                          "long.pdf"};

struct Options {
  bool json = false;
  bool rows = false;
  bool faults = false;
  std::string dir;
  std::vector<std::string> forms = kForms;
  std::string models;
  int threads = 1;
};

struct Job {
  fs::path folder;   // its name ends with the key of its layout
  std::string what;  // a form, or the file of a fault
};

struct Outcome {
  std::string problem;  // code, of a statement that could not be read at all
  std::vector<RowFinding> findings;
  std::vector<std::string> not_right;  // with --rows: what was expected and read
  std::size_t salaries = 0, salaries_found = 0, salaries_invented = 0;
  std::vector<double> page_cpu_ms;
  bool good = false;  // of a fault: what should happen did
};

struct Sum {
  std::size_t statements = 0, problems = 0, rows = 0, salaries = 0, salaries_found = 0,
              salaries_invented = 0;
  std::array<std::size_t, kRowVerdicts> verdicts{};
  std::vector<double> page_cpu_ms;
};

struct Tools {
  vision::PdfPool& pdfs;
  const vision::PageReader& pages;
};

Result<Bytes> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::error_code failed;
  if (!in || !fs::is_regular_file(path, failed)) return Error(FileErrc::unreadable, path.string());
  Bytes out(std::min<std::uintmax_t>(fs::file_size(path, failed), limits::kPdfBytes + 1));
  in.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
  return out;
}

std::vector<fs::path> files_of(const Job& job) {
  if (job.what == "text") return {job.folder / "statement.pdf"};
  if (job.what == "raster") return {job.folder / "raster.pdf"};
  if (job.what.ends_with(".pdf")) return {job.folder / job.what};
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(job.folder)) {
    if (entry.path().filename().string().starts_with(job.what + "-")) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

Result<StatementReading> read(const Job& job, const Tools& tools,
                              std::vector<double>& page_cpu_ms) {
  std::vector<Bytes> files;
  for (const fs::path& path : files_of(job)) {
    MQ_TRY(files.emplace_back(), read_file(path));
  }
  const std::vector<ByteView> views(files.begin(), files.end());
  // Pictures are read here, where processor time can be told; PDFs are opened in their child all
  // the same.
  documents::StatementPorts ports;
  ports.open_pdf = documents::pdf_opener(tools.pdfs);
  ports.read_picture = [&](ByteView picture) {
    const double before = thread_cpu_ms();
    auto out = tools.pages.read(picture);
    page_cpu_ms.push_back(thread_cpu_ms() - before);
    return out;
  };
  return documents::read_statement_files(views, ports);
}

std::string described(const RowFinding& finding, const std::vector<TrueRow>& truth,
                      const StatementReading& reading) {
  std::string out = boost::describe::enum_to_string(finding.verdict, "?");
  const auto currency = reading.statement.currency;
  if (finding.verdict < RowVerdict::extra_told) {
    const TrueRow& row = truth[finding.truth];
    out += ": true " + std::to_string(finding.truth) + " " + row.date.iso() + " " +
           Money(row.amount, currency).str() + " " + Money(row.balance, currency).str();
  }
  if (finding.verdict != RowVerdict::missing_told &&
      finding.verdict != RowVerdict::missing_silent) {
    const auto& row = reading.statement.rows[finding.read];
    out += ": read " + std::to_string(finding.read) + " page " + std::to_string(row.page) + " at " +
           std::to_string(std::lround(row.box.y)) + " " + (row.date ? row.date->iso() : "-") + " " +
           row.amount.str() + " " + (row.balance ? row.balance->str() : "-") + " " +
           json::serialize(flags_json(row.flags));
  }
  return out;
}

void count_salaries(const std::vector<TrueRow>& truth, const StatementReading& reading,
                    Outcome& out) {
  for (const TrueRow& row : truth) out.salaries += row.salary ? 1 : 0;
  for (const RowFinding& finding : out.findings) {
    const bool paired = finding.verdict == RowVerdict::right ||
                        finding.verdict == RowVerdict::wrong_told ||
                        finding.verdict == RowVerdict::wrong_silent;
    const bool missing = finding.verdict == RowVerdict::missing_told ||
                         finding.verdict == RowVerdict::missing_silent;
    if (missing || reading.income.use[finding.read] != documents::RowUse::salary) continue;
    const bool right = paired && truth[finding.truth].salary;
    (right ? out.salaries_found : out.salaries_invented) += 1;
  }
}

bool any_break(const StatementReading& reading) {
  const auto& rows = reading.statement.rows;
  return std::any_of(rows.begin(), rows.end(), [](const auto& row) {
    return row.flags.has(documents::RowFlag::balance_breaks);
  });
}

// Whether a changed file was dealt with as it should be.
bool dealt_with(const std::string& fault, const Result<StatementReading>& reading) {
  if (fault == "encrypted.pdf") {
    return !reading.ok() && reading.error().is(vision::VisionErrc::pdf_encrypted);
  }
  if (fault == "long.pdf") {
    return !reading.ok() && reading.error().is(documents::DocumentsErrc::statement_too_large);
  }
  if (!reading.ok()) return false;
  if (fault == "forged-both.pdf") return any_break(*reading) && reading->mismatches.empty();
  return reading->mismatches.size() == 1 && reading->mismatches.front().row.has_value();
}

Outcome examine(const Job& job, const Tools& tools) {
  Outcome out;
  const auto truth_text = read_file(job.folder / "truth.json");
  const auto truth = truth_text.ok() ? true_rows(as_text(*truth_text)) : truth_text.error();
  if (!truth.ok()) {
    out.problem = truth.error().code();
    return out;
  }
  const auto reading = read(job, tools, out.page_cpu_ms);
  if (!reading.ok()) out.problem = reading.error().code();
  if (job.what.ends_with(".pdf")) {
    out.good = dealt_with(job.what, reading);
    return out;
  }
  if (reading.ok()) {
    out.findings = compare_rows(*truth, reading->statement);
    count_salaries(*truth, *reading, out);
    for (const RowFinding& finding : out.findings) {
      if (finding.verdict != RowVerdict::right)
        out.not_right.push_back(described(finding, *truth, *reading));
    }
  } else {
    // Nothing was read, and that was said.
    for (std::size_t i = 0; i < truth->size(); ++i)
      out.findings.push_back({RowVerdict::missing_told, i, 0});
  }
  return out;
}

void add(const Outcome& one, Sum& sum) {
  ++sum.statements;
  sum.problems += one.problem.empty() ? 0 : 1;
  for (const RowFinding& finding : one.findings) {
    ++sum.verdicts[static_cast<std::size_t>(finding.verdict)];
    sum.rows += finding.verdict < RowVerdict::extra_told ? 1 : 0;
  }
  sum.salaries += one.salaries;
  sum.salaries_found += one.salaries_found;
  sum.salaries_invented += one.salaries_invented;
  sum.page_cpu_ms.insert(sum.page_cpu_ms.end(), one.page_cpu_ms.begin(), one.page_cpu_ms.end());
}

json::object to_json(Sum sum) {
  std::sort(sum.page_cpu_ms.begin(), sum.page_cpu_ms.end());
  const auto of = [&](RowVerdict verdict) {
    return sum.verdicts[static_cast<std::size_t>(verdict)];
  };
  const double right = static_cast<double>(of(RowVerdict::right)) /
                       static_cast<double>(std::max<std::size_t>(sum.rows, 1));
  json::object out = {{"statements", sum.statements},
                      {"not_read", sum.problems},
                      {"rows", sum.rows},
                      {"right", rounded(right, 4)}};
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<RowVerdict>>([&](auto verdict) {
    if (verdict.value != RowVerdict::right) out[verdict.name] = of(verdict.value);
  });
  out["silent"] =
      of(RowVerdict::wrong_silent) + of(RowVerdict::missing_silent) + of(RowVerdict::extra_silent);
  out["salaries"] = sum.salaries;
  out["salaries_found"] = sum.salaries_found;
  out["salaries_invented"] = sum.salaries_invented;
  out["pages_recognised"] = sum.page_cpu_ms.size();
  out["page_cpu_p50_ms"] =
      sum.page_cpu_ms.empty()
          ? json::value(nullptr)
          : json::value(rounded(sum.page_cpu_ms[sum.page_cpu_ms.size() / 2], 0));
  return out;
}

// For finding out what goes wrong. The statements are invented.
void print_rows(const Job& job, const Outcome& outcome) {
  for (const std::string& row : outcome.not_right) {
    std::cerr << job.folder.filename().string() << ' ' << job.what << ": " << row << '\n';
  }
  if (!outcome.problem.empty()) {
    std::cerr << job.folder.filename().string() << ' ' << job.what << ": " << outcome.problem
              << '\n';
  }
}

Result<std::vector<Job>> jobs_of(const Options& options) {
  std::vector<fs::path> folders;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(options.dir, failed)) {
    if (fs::exists(entry.path() / "truth.json", failed)) folders.push_back(entry.path());
  }
  if (folders.empty()) return Error(FileErrc::unreadable, options.dir);
  std::sort(folders.begin(), folders.end());
  std::vector<Job> out;
  for (const fs::path& folder : folders) {
    for (const std::string& form : options.forms) out.push_back({folder, form});
    for (const std::string& fault : kFaults) {
      if (options.faults) out.push_back({folder, fault});
    }
  }
  return out;
}

std::vector<Outcome> examine_all(const std::vector<Job>& jobs, const Tools& tools,
                                 const Options& options) {
  std::vector<Outcome> out(jobs.size());
  std::atomic<std::size_t> next = 0;
  std::mutex printing;
  const auto work = [&] {
    for (std::size_t i = next++; i < jobs.size(); i = next++) {
      out[i] = examine(jobs[i], tools);
      const std::lock_guard lock(printing);
      if (options.rows) print_rows(jobs[i], out[i]);
    }
  };
  std::vector<std::jthread> crew;
  for (int i = 0; i < options.threads; ++i) crew.emplace_back(work);
  crew.clear();
  return out;
}

Status evaluate(const Options& options) {
  MQ_TRY(const auto jobs, jobs_of(options));
  MQ_TRY(const auto pages, vision::PageReader::load(find_models_dir(options.models)));
  vision::PdfConfig config;
  config.documents = options.threads;
  vision::PdfPool pdfs(config);
  const auto outcomes = examine_all(jobs, {pdfs, pages}, options);
  std::map<std::string, std::map<std::string, Sum>> sums;
  std::map<std::string, std::pair<std::size_t, std::size_t>> faults;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto name = jobs[i].folder.filename().string();
    if (jobs[i].what.ends_with(".pdf")) {
      auto& [good, all] = faults[jobs[i].what];
      good += outcomes[i].good ? 1 : 0;
      ++all;
    } else {
      add(outcomes[i], sums[name.substr(name.rfind('-') + 1)][jobs[i].what]);
    }
  }
  json::object layouts, changed;
  for (const auto& [layout, forms] : sums) {
    json::object one;
    for (const auto& [form, sum] : forms) one[form] = to_json(sum);
    layouts[layout] = std::move(one);
  }
  for (const auto& [fault, count] : faults) {
    changed[fault] = json::object{{"files", count.second}, {"as_it_should", count.first}};
  }
  if (options.json) {
    std::cout << json::serialize(json::object{{"layouts", layouts}, {"faults", changed}}) << '\n';
    return ok();
  }
  for (const auto& [layout, forms] : layouts) {
    for (const auto& [form, sum] : forms.as_object()) {
      std::cout << std::string_view(layout) << ' ' << std::string_view(form) << ": " << sum << '\n';
    }
  }
  for (const auto& [fault, count] : changed)
    std::cout << std::string_view(fault) << ": " << count << '\n';
  return ok();
}

}  // namespace

void add_eval_statement_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* eval = subcommand(app, "eval", "Measure on the operator's own data");
  auto* command = eval->add_subcommand(
      "statement", "What is read of bank statements, and what is silently wrong");
  command->add_option("--dir", options->dir, "Folder made by tools/make-statements")->required();
  command->add_option("--forms", options->forms, "Of text, raster, scan, phone; all unless named")
      ->delimiter(',')
      ->check(CLI::IsMember(kForms));
  command->add_flag("--faults", options->faults, "The changed, locked and long files as well");
  command->add_option("--threads", options->threads, "Statements read at once")
      ->check(CLI::Range(1, 64));
  command->add_flag("--rows", options->rows,
                    "Print a line on standard error for every row not read right");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->add_option("--models", options->models, "Folder with the model files");
  command->callback([options, &exit_code] {
    const Status status = evaluate(*options);
    exit_code = status.ok() ? 0 : report_problem(status.error(), options->json);
  });
}

}  // namespace mq::app
