#include <boost/json.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "app/curve_file.h"
#include "app/eval_commands.h"
#include "app/eval_measure.h"
#include "app/eval_report.h"
#include "app/eval_trial.h"
#include "app/face_support.h"
#include "base/time.h"
#include "vision/vision.h"

namespace mq::app {
namespace {

namespace json = boost::json;

struct Options {
  bool json = false;
  std::string models;
  std::string pairs;
  std::string root;
  bool all_pairs = false;
  bool search = false;
  std::string attributes;
  int threads = 1;
  std::string curve;
  std::string write_curve;
  bool per_group = false;
  std::string name;
  std::string report;
};

json::array limits_json(const vision::Interval& limits) { return {limits.low, limits.high}; }

json::object share_json(const vision::Share& share) {
  json::object out = {{"value", share.of == 0 ? json::value(nullptr) : json::value(share.value())},
                      {"count", share.count},
                      {"of", share.of},
                      {"wilson", limits_json(share.wilson)},
                      {"clopper_pearson", limits_json(share.clopper_pearson)}};
  if (share.people) out["people_bootstrap"] = limits_json(*share.people);
  return out;
}

json::array points_json(const std::vector<vision::OperatingPoint>& points) {
  json::array out;
  for (const auto& point : points) {
    out.push_back({{"false_match_rate", point.asked_fmr},
                   {"threshold", point.threshold},
                   {"observed_fmr", share_json(point.fmr)},
                   {"fnmr", share_json(point.fnmr)},
                   {"wrong", point.fmr.count + point.fnmr.count}});
  }
  return out;
}

json::value two_fold_json(const std::optional<vision::TwoFold>& found) {
  if (!found) return nullptr;
  return {{"accuracy", found->accuracy},
          {"wrong", found->right.of - found->right.count},
          {"wilson", limits_json(found->right.wilson)},
          {"clopper_pearson", limits_json(found->right.clopper_pearson)},
          {"thresholds", {found->threshold[0], found->threshold[1]}}};
}

json::value number_or_null(const std::optional<double>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

json::object measured_json(const Measured& of) {
  json::object fnmr = {{"1e-2", nullptr}, {"1e-3", nullptr}, {"1e-4", nullptr}};
  constexpr const char* kNames[] = {"1e-2", "1e-3", "1e-4", "1e-5"};
  for (std::size_t i = 0; i < of.at_rates.size(); ++i)
    fnmr[kNames[i]] = of.at_rates[i].fnmr.value();
  const vision::OperatingPoint& shipped = of.stated.back();
  return {{"pairs", of.pairs},
          {"genuine_pairs", of.tally.genuine().size()},
          {"impostor_pairs", of.tally.impostor_pairs()},
          {"photos", of.photos},
          {"people", of.people == 0 ? json::value(nullptr) : json::value(of.people)},
          {"failed_to_enroll", of.failed.count},
          {"failure_to_enroll_rate", share_json(of.failed)},
          {"auc", number_or_null(of.auc)},
          {"eer", number_or_null(of.eer)},
          {"fnmr_at_fmr", fnmr},
          {"operating_points", points_json(of.at_rates)},
          {"at_stated_thresholds", points_json(of.stated)},
          {"wrong_at_default", shipped.fmr.count + shipped.fnmr.count},
          {"two_fold", two_fold_json(of.two_fold)}};
}

json::array curves_json(std::string_view model) {
  json::array out;
  for (const auto& curve : vision::curves_in_use(model)) {
    out.push_back({{"measured_on", curve.measured_on},
                   {"group", curve.group},
                   {"date", curve.date},
                   {"people", curve.people},
                   {"impostor_pairs", curve.impostor_pairs}});
  }
  return out;
}

Result<std::vector<vision::MeasuredCurve>> curves_of(const Options& options, const Trial& trial,
                                                     const std::vector<Measured>& measured,
                                                     const std::string& date) {
  std::vector<vision::MeasuredCurve> out;
  for (const Measured& one : measured) {
    if (options.per_group == one.group.empty()) continue;
    auto curve = curve_of(one, trial);
    if (!curve.ok()) {
      return Error::from_text(curve.error().code(), one.group.empty() ? "everybody" : one.group);
    }
    curve->measured_on = options.name;
    curve->date = date;
    out.push_back(std::move(curve).value());
  }
  return out;
}

// Of every model that scores come from, so that none is left with a curve of other people.
Status write_curves(const Options& options, const Trial& trial, const Enrolled& enrolled,
                    const std::string& date) {
  MQ_TRY(std::string text, read_curve_file(options.write_curve));
  for (const std::string_view model : {vision::kEmbeddingModel, vision::kTemplateModel}) {
    MQ_TRY(const auto curves, curves_of(options, trial, measure(trial, enrolled, model), date));
    MQ_TRY(text, vision::with_curves(text, model, curves));
  }
  std::ofstream out(options.write_curve, std::ios::binary | std::ios::trunc);
  if (!(out << text) || !out.flush()) return Error(FileErrc::unreadable, options.write_curve);
  return ok();
}

Status evaluate(const Options& options) {
  MQ_REQUIRE(use_curve_file(options.curve));
  Trial trial;
  if (options.all_pairs) {
    MQ_TRY(trial, every_pair(options.root, options.pairs, options.attributes));
  } else {
    MQ_TRY(trial, read_pairs(options.pairs));
  }
  const std::string models = find_models_dir(options.models);
  MQ_TRY(const Enrolled enrolled, enroll(trial, options.root, models, options.threads));
  const std::string date = SystemClock().now().iso().substr(0, 10);
  if (!options.write_curve.empty()) MQ_REQUIRE(write_curves(options, trial, enrolled, date));
  const std::vector<Measured> measured =
      measure(trial, enrolled, options.search ? vision::kEmbeddingModel : vision::kTemplateModel);
  if (!options.report.empty()) {
    MQ_TRY(auto used, vision::model_register(models));
    MQ_REQUIRE(
        write_report(options.report, {options.name, date, std::move(used)}, trial, measured));
  }
  const Measured& all = measured.front();
  json::object out = measured_json(all);
  out["cpu_ms_per_photo"] = enrolled.cpu_ms / static_cast<double>(trial.photos.size());
  out["threshold"] = all.stated.back().threshold;
  out["wrong"] = out["wrong_at_default"];
  out["model"] = all.model;
  out["curves"] = curves_json(all.model);
  json::object groups;
  for (std::size_t i = 1; i < measured.size(); ++i) {
    groups[measured[i].group] = measured_json(measured[i]);
  }
  out["groups"] = std::move(groups);
  if (options.json) {
    std::cout << json::serialize(out) << '\n';
  } else {
    for (const auto& [name, value] : out)
      std::cout << std::string_view(name) << ": " << value << '\n';
  }
  return ok();
}

void check_usage(const Options& options) {
  if (options.pairs.empty() && !options.all_pairs)
    throw CLI::RequiredError("--pairs or --all-pairs");
  if (!options.attributes.empty() && !options.all_pairs) {
    throw CLI::RequiresError("--attributes", "--all-pairs");
  }
  if (!options.write_curve.empty() && options.name.empty()) {
    throw CLI::RequiresError("--write-curve", "--name");
  }
  if (options.per_group && options.write_curve.empty()) {
    throw CLI::RequiresError("--per-group", "--write-curve");
  }
}

}  // namespace

void add_eval_face_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* eval = subcommand(app, "eval", "Measure on the operator's own data");
  auto* face = eval->add_subcommand("face", "Verification errors on labelled pairs of photos");
  face->add_option("--pairs", options->pairs,
                   "CSV a,b,same[,group][,other columns, each value a group]");
  face->add_option("--root", options->root, "Folder the paths start from")->required();
  face->add_flag("--all-pairs", options->all_pairs,
                 "Every photo with every other; those of one folder are one person");
  face->add_option("--attributes", options->attributes,
                   "CSV photo|person,sex,age,…: groups of the photos of --all-pairs");
  face->add_flag("--search", options->search, "Score by the embedding of 1:N search alone");
  face->add_option("--threads", options->threads, "Photos embedded at once")
      ->check(CLI::Range(1, 256));
  face->add_option("--curve", options->curve, "Curve file to take the stated thresholds from");
  face->add_option("--write-curve", options->write_curve,
                   "Curve file in which to replace the curve of this model");
  face->add_flag("--per-group", options->per_group, "With --write-curve: one curve for each group");
  face->add_option("--name", options->name,
                   "Name of the set of photos, for the curve and the report");
  face->add_option("--report", options->report, "Folder for report.html, det.svg, scores.svg");
  face->add_flag("--json", options->json, "Print one JSON object");
  face->add_option("--models", options->models, "Folder with the model files");
  face->callback([options, &exit_code] {
    const Status status = evaluate(*options);
    exit_code = status.ok() ? 0 : report_problem(status.error(), options->json);
  });
  face->parse_complete_callback([options] { check_usage(*options); });
}

}  // namespace mq::app
