#include "app/idcard_commands.h"

#include <algorithm>
#include <boost/json.hpp>
#include <iostream>
#include <memory>

#include "app/face_support.h"
#include "documents/documents.h"
#include "vision/vision.h"

namespace mq::app {
namespace {

namespace json = boost::json;
using vision::CardProblem;

struct Options {
  bool json = false;
  std::string models;
  std::string image;
  std::string side;
};

json::array corners_json(const std::vector<documents::Corner>& corners) {
  json::array out;
  for (const auto& corner : corners) out.push_back(json::array{corner.x, corner.y});
  return out;
}

// The upright box around the portrait.
json::value box_json(const std::optional<documents::Place>& place) {
  if (!place) return nullptr;
  const auto [left, right] = std::minmax_element(place->corners.begin(), place->corners.end(),
                                                 [](auto a, auto b) { return a.x < b.x; });
  const auto [top, bottom] = std::minmax_element(place->corners.begin(), place->corners.end(),
                                                 [](auto a, auto b) { return a.y < b.y; });
  return {
      {"x", left->x}, {"y", top->y}, {"width", right->x - left->x}, {"height", bottom->y - top->y}};
}

json::object field_json(const documents::FieldValue& field) {
  json::array places;
  for (const auto& place : field.places) places.push_back(corners_json(place.corners));
  return {{"text", field.read.expose()},
          {"confidence", rounded(field.confidence / 10'000.0, 4)},
          {"state", boost::describe::enum_to_string(field.state, "?")},
          {"places", std::move(places)}};
}

// What was found, by the field it is about.
json::object checks_json(const documents::Reading& reading) {
  json::object out;
  for (const auto& check : reading.checks) {
    auto& of_field = out[check.field];
    if (!of_field.is_array()) of_field = json::array();
    of_field.as_array().push_back(
        {{"code", check.code}, {"severity", boost::describe::enum_to_string(check.severity, "?")}});
  }
  return out;
}

json::object reading_json(const vision::CardReading& card, const documents::ReadResult& result) {
  json::object out;
  for (const auto& field : result.reading.fields) out[field.name] = field_json(field);
  json::array problems;
  for (const auto& problem : result.problems) problems.emplace_back(problem);
  out["side"] = boost::describe::enum_to_string(card.side, "?");
  out["state"] = boost::describe::enum_to_string(result.state, "?");
  out["problems"] = std::move(problems);
  out["checks"] = checks_json(result.reading);
  out["portrait_box"] = box_json(result.reading.portrait);
  return out;
}

void print(const vision::CardReading& card, const documents::ReadResult& result) {
  std::cout << boost::describe::enum_to_string(result.state, "?") << ", "
            << boost::describe::enum_to_string(card.side, "?") << '\n';
  for (const auto& problem : result.problems) std::cout << "problem: " << problem << '\n';
  for (const auto& field : result.reading.fields) {
    std::cout << field.name << ": " << field.read.expose() << "  ("
              << boost::describe::enum_to_string(field.state, "?") << ", "
              << rounded(field.confidence / 10'000.0, 3) << ")\n";
  }
  for (const auto& check : result.reading.checks) {
    std::cout << "check: " << check.code << " ("
              << boost::describe::enum_to_string(check.severity, "?") << ")\n";
  }
}

Status read(const Options& options) {
  std::optional<vision::CardSide> side;
  if (options.side == "front") side = vision::CardSide::front;
  if (options.side == "back") side = vision::CardSide::back;
  MQ_TRY(const Bytes picture, read_picture(options.image));
  vision::WorkerConfig config;
  config.models_dir = find_models_dir(options.models);
  MQ_TRY(const auto pool, vision::WorkerPool::start(std::move(config)));
  MQ_TRY(const auto card, pool->read_card(picture, side));
  // Nothing of what was asked for is in the picture.
  for (const auto problem : {CardProblem::no_card, CardProblem::foreign, CardProblem::wrong_side}) {
    if (std::find(card.problems.begin(), card.problems.end(), problem) != card.problems.end()) {
      return Error::from_text(std::string("card.") + boost::describe::enum_to_string(problem, "?"),
                              options.image);
    }
  }
  const auto today = BusinessDate::in_china(SystemClock().now());
  const auto result = documents::result_of(card, card.side, today);
  if (options.json) {
    std::cout << json::serialize(reading_json(card, result)) << '\n';
  } else {
    print(card, result);
  }
  return ok();
}

}  // namespace

void add_idcard_commands(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* command = subcommand(app, "idcard", "Resident identity cards")
                      ->add_subcommand("read", "What a photo of an identity card says");
  command->add_option("image", options->image, "JPEG, PNG or WebP")->required();
  command->add_option("--side", options->side, "The side it has to be; without it, either")
      ->check(CLI::IsMember({"front", "back"}));
  command->add_flag("--json", options->json, "Print one JSON object");
  command->add_option("--models", options->models, "Folder with the model files");
  command->callback([options, &exit_code] {
    const Status status = read(*options);
    exit_code = status.ok() ? 0 : report_problem(status.error(), options->json);
  });
}

}  // namespace mq::app
