#include "app/eval_report.h"

#include <sys/utsname.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "app/eval_plot.h"
#include "app/face_support.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWorstPairs = 20;

constexpr const char* kStyle =
    "body{font:15px/1.5 sans-serif;max-width:75em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;margin:1em 0;font-size:90%}th{vertical-align:bottom}"
    "td,th{border:1px solid #ccc;padding:.25em .6em;text-align:right}td{white-space:nowrap}"
    "td:first-child,th:first-child{text-align:left}svg{max-width:60em}";

std::string number(double value, const char* form) {
  char out[64];
  std::snprintf(out, sizeof out, form, value);
  return out;
}

std::string percent(double share) { return number(share * 100, "%.3g") + " %"; }

std::string limits(const vision::Interval& interval) {
  return percent(interval.low) + " … " + percent(interval.high);
}

std::string row(const std::vector<std::string>& cells, const char* kind = "td") {
  std::string out = "<tr>";
  for (const auto& cell : cells) {
    out += "<" + std::string(kind) + ">" + escaped(cell) + "</" + kind + ">";
  }
  return out + "</tr>\n";
}

std::string name_of(const Measured& one) { return one.group.empty() ? "everybody" : one.group; }

std::string shown(const vision::Share& share) {
  return share.of == 0 ? "–"
                       : percent(share.value()) + " (" + std::to_string(share.count) + " of " +
                             std::to_string(share.of) + ")";
}

std::string overview(const std::vector<Measured>& measured) {
  std::string out =
      "<h2>Groups</h2><table>\n" +
      row({"group", "pairs", "same person", "strangers", "photos", "without a template",
           "area under the curve", "equal error rate", "two-fold accuracy"},
          "th");
  for (const Measured& one : measured) {
    out += row({name_of(one), std::to_string(one.pairs), std::to_string(one.tally.genuine().size()),
                std::to_string(one.tally.impostor_pairs()), std::to_string(one.photos),
                shown(one.failed), one.auc ? number(*one.auc, "%.5f") : "–",
                one.eer ? percent(*one.eer) : "–",
                one.two_fold ? percent(one.two_fold->accuracy) : "–"});
  }
  return out + "</table>\n";
}

std::string points_table(const std::vector<Measured>& measured,
                         std::vector<vision::OperatingPoint> Measured::*which) {
  std::string out =
      "<table>\n" + row({"group", "false match rate", "threshold", "strangers passed",
                         "95 % over pairs", "95 % over people", "same person refused",
                         "95 % over pairs (Wilson)", "(Clopper-Pearson)", "95 % over people"},
                        "th");
  const auto people = [](const vision::Share& s) { return s.people ? limits(*s.people) : "–"; };
  for (const Measured& one : measured) {
    for (const auto& p : one.*which) {
      out += row({name_of(one), number(p.asked_fmr, "%g"), number(p.threshold, "%.4f"),
                  shown(p.fmr), limits(p.fmr.clopper_pearson), people(p.fmr), shown(p.fnmr),
                  limits(p.fnmr.wilson), limits(p.fnmr.clopper_pearson), people(p.fnmr)});
    }
  }
  return out + "</table>\n";
}

std::string worst_pairs(const Trial& trial, const Measured& all) {
  const auto table = [&](const std::vector<vision::Comparison>& sorted, bool same) {
    std::string out = "<table>\n" + row({"photo", "photo", "similarity"}, "th");
    const float threshold = all.stated.back().threshold;
    std::size_t listed = 0;
    for (const auto& one : sorted) {
      if ((one.score >= threshold) == same || listed++ == kWorstPairs) break;
      out += row({trial.photos[one.a], trial.photos[one.b],
                  one.score == -1 ? "no face found" : number(one.score, "%.4f")});
    }
    return out + "</table>\n";
  };
  return "<h2>Worst pairs</h2>\n<p>The highest strangers that pass and the lowest pairs of one "
         "person that "
         "are refused at the stricter threshold, at most " +
         std::to_string(kWorstPairs) +
         " each. Look whether they are labelled right.</p>\n<h3>Strangers</h3>\n" +
         table(all.tally.impostors(), false) + "<h3>One person</h3>\n" +
         table(all.tally.genuine(), true);
}

std::string processor() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown processor";
}

std::string models_table(const std::vector<vision::ModelFile>& models) {
  std::string out = "<table>\n" + row({"model", "package", "SHA-256"}, "th");
  for (const auto& one : models)
    out += row({one.file, one.package + "@" + one.version, one.sha256});
  return out + "</table>\n";
}

std::string environment(const ReportAbout& about, std::string_view model) {
  utsname system{};
  ::uname(&system);
  std::string out = "<h2>Environment</h2>\n<p>" + escaped(about.date) +
                    " · Mianqian " MQ_VERSION " · " + escaped(processor()) + ", " +
                    std::to_string(std::thread::hardware_concurrency()) + " cores · " +
                    escaped(system.sysname) + " " + escaped(system.release) + " · embedding " +
                    escaped(model) + "</p>\n<p>Thresholds by:";
  for (const auto& curve : vision::curves_in_use(model)) {
    out += " " + escaped(curve.measured_on) +
           (curve.group.empty() ? "" : ", " + escaped(curve.group)) + " (" + escaped(curve.date) +
           ", " + std::to_string(curve.people) + " people, " +
           std::to_string(curve.impostor_pairs) + " pairs of strangers);";
  }
  return out + "</p>\n" + models_table(about.models);
}

std::string page(const ReportAbout& about, const Trial& trial,
                 const std::vector<Measured>& measured, const std::string& det,
                 const std::string& scores) {
  const std::string title = "Verification errors" + (about.name.empty() ? "" : ": " + about.name);
  return "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>" + escaped(title) +
         "</title>\n<style>" + kStyle + "</style>\n<h1>" + escaped(title) + "</h1>\n" +
         overview(measured) +
         "<h2>At the thresholds in use</h2>\n<p>Thresholds as the curve in use states them. Where "
         "strangers "
         "pass more often than stated, the curve does not hold for this group: make one of its "
         "own.</p>\n" +
         points_table(measured, &Measured::stated) +
         "<h2>At thresholds found on these photos</h2>\n<p>The lowest threshold that lets at most "
         "this share "
         "of these strangers pass.</p>\n" +
         points_table(measured, &Measured::at_rates) +
         "<p>A photo without a template counts as refused in every pair of one person and is left "
         "out of "
         "the pairs of strangers. Limits over pairs take every pair for independent; limits over "
         "people "
         "draw whole people, so they are the ones to go by. Thresholds found here are optimistic: "
         "they "
         "saw the pairs they are judged on, which a two-fold accuracy "
         "avoids.</p>\n<h2>Trade-off</h2>\n" +
         det + "<h2>Scores</h2>\n" + scores + worst_pairs(trial, measured.front()) +
         environment(about, measured.front().model) + "</html>\n";
}

Status write_text(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (!(out << text) || !out.flush()) return Error(FileErrc::unreadable, path.string());
  return ok();
}

}  // namespace

Status write_report(const std::string& folder, const ReportAbout& about, const Trial& trial,
                    const std::vector<Measured>& measured) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  std::vector<DetLine> lines;
  for (const Measured& one : measured) {
    auto points = trade_off(one, trial);
    std::erase_if(points, [](const auto& p) { return p.fmr.count == 0; });  // no place on its axis
    if (!points.empty()) lines.push_back({name_of(one), std::move(points)});
  }
  const std::string det = det_svg(lines), scores = scores_svg(measured.front());
  MQ_REQUIRE(write_text(fs::path(folder) / "det.svg", det));
  MQ_REQUIRE(write_text(fs::path(folder) / "scores.svg", scores));
  return write_text(fs::path(folder) / "report.html", page(about, trial, measured, det, scores));
}

}  // namespace mq::app
