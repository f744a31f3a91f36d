// The form in which curves lie in a file.
#include <boost/json.hpp>
#include <cmath>

#include "vision/match/curve.h"

namespace mq::vision {
namespace {

namespace json = boost::json;

constexpr int kFormat = 1;
constexpr std::size_t kMaxPoints = 1000;  // of a curve; ten a decade make about fifty

Error malformed(std::string detail) { return Error(CurveErrc::malformed, std::move(detail)); }

Result<json::object> read_file(std::string_view text) {
  json::error_code failed;
  json::value root = json::parse(text, failed);
  if (failed || !root.is_object()) return malformed("not a JSON object");
  const json::value* format = root.as_object().if_contains("format");
  const json::value* models = root.as_object().if_contains("models");
  if (format == nullptr || *format != kFormat || models == nullptr || !models->is_object()) {
    return malformed("format must be 1 and models an object");
  }
  return std::move(root.as_object());
}

const json::value& member(const json::object& object, std::string_view name) {
  static const json::value kAbsent;
  const json::value* found = object.if_contains(name);
  return found == nullptr ? kAbsent : *found;
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value& found = member(object, name);
  return found.is_string() ? std::string(found.get_string()) : std::string();
}

std::uint64_t count_of(const json::object& object, std::string_view name) {
  json::error_code failed;
  const auto number = member(object, name).to_number<std::uint64_t>(failed);
  return failed ? 0 : number;
}

Result<double> number_of(const json::object& object, std::string_view name) {
  json::error_code failed;
  const auto number = member(object, name).to_number<double>(failed);
  if (failed || !std::isfinite(number)) return malformed("a point lacks " + std::string(name));
  return number;
}

Result<MeasuredCurve> read_curve(const json::value& value) {
  if (!value.is_object()) return malformed("a curve is an object");
  const json::object& from = value.get_object();
  MeasuredCurve out;
  out.measured_on = text_of(from, "measured_on");
  out.group = text_of(from, "group");
  out.date = text_of(from, "date");
  out.people = count_of(from, "people");
  out.photos = count_of(from, "photos");
  out.genuine_pairs = count_of(from, "genuine_pairs");
  out.impostor_pairs = count_of(from, "impostor_pairs");
  const json::value& points = member(from, "points");
  if (!points.is_array() || points.get_array().size() > kMaxPoints) return malformed("no points");
  for (const json::value& one : points.get_array()) {
    if (!one.is_object()) return malformed("a point is an object");
    CurvePoint point;
    MQ_TRY(point.score, number_of(one.get_object(), "score"));
    MQ_TRY(point.fmr, number_of(one.get_object(), "fmr"));
    MQ_TRY(point.upper, number_of(one.get_object(), "upper"));
    out.points.push_back(point);
  }
  return out;
}

std::string quoted(std::string_view text) { return json::serialize(json::value(text)); }

// Numbers as short as they can be without losing what was measured: a score has about seven digits.
std::string number(double value, const char* form) {
  char out[32];
  std::snprintf(out, sizeof out, form, value);
  return out;
}

std::string written(const MeasuredCurve& curve) {
  std::string out = "      {\n";
  const auto field = [&](const char* name, const std::string& value) {
    out += "        \"" + std::string(name) + "\": " + value + ",\n";
  };
  field("measured_on", quoted(curve.measured_on));
  if (!curve.group.empty()) field("group", quoted(curve.group));
  field("date", quoted(curve.date));
  field("people", std::to_string(curve.people));
  field("photos", std::to_string(curve.photos));
  field("genuine_pairs", std::to_string(curve.genuine_pairs));
  field("impostor_pairs", std::to_string(curve.impostor_pairs));
  out += "        \"points\": [\n";
  for (std::size_t i = 0; i < curve.points.size(); ++i) {
    const CurvePoint& p = curve.points[i];
    out += "          {\"score\": " + number(p.score, "%.6f") +
           ", \"fmr\": " + number(p.fmr, "%.4g") + ", \"upper\": " + number(p.upper, "%.4g") +
           (i + 1 < curve.points.size() ? "},\n" : "}\n");
  }
  return out + "        ]\n      }";
}

}  // namespace

Result<std::vector<MeasuredCurve>> parse_curves(std::string_view text, std::string_view model) {
  MQ_TRY(const json::object root, read_file(text));
  const json::value* curves = root.at("models").get_object().if_contains(model);
  if (curves == nullptr) return Error(CurveErrc::no_such_model, std::string(model));
  if (!curves->is_array()) return malformed("a model has a list of curves");
  std::vector<MeasuredCurve> out;
  for (const json::value& one : curves->get_array()) {
    MQ_TRY(auto curve, read_curve(one));
    out.push_back(std::move(curve));
  }
  return out;
}

Result<std::string> with_curves(std::string_view text, std::string_view model,
                                std::span<const MeasuredCurve> curves) {
  json::object root{{"format", kFormat}, {"models", json::object()}};
  if (!text.empty()) {
    MQ_TRY(root, read_file(text));
  }
  json::object& models = root.at("models").get_object();
  models[model] = json::array();
  std::string out = "{\n  \"format\": 1,\n  \"models\": {";
  const char* before_model = "\n";
  for (const auto& entry : models) {
    const std::string name(entry.key());
    std::vector<MeasuredCurve> kept;
    if (name == model) {
      kept.assign(curves.begin(), curves.end());
    } else {
      MQ_TRY(kept, parse_curves(text, name));
    }
    out += before_model + ("    " + quoted(name)) + ": [\n";
    for (std::size_t i = 0; i < kept.size(); ++i)
      out += written(kept[i]) + (i + 1 < kept.size() ? ",\n" : "\n");
    out += "    ]";
    before_model = ",\n";
  }
  return out + "\n  }\n}\n";
}

}  // namespace mq::vision
