#include "app/bankcard_commands.h"

#include <boost/json.hpp>
#include <iostream>
#include <memory>

#include "app/face_support.h"
#include "vision/vision.h"

namespace mq::app {
namespace {

namespace json = boost::json;

struct Options {
  bool json = false;
  std::string models;
  std::string image;
};

template <class E>
std::string_view name_of(E value) {
  return boost::describe::enum_to_string(value, "?");
}

json::object field_json(const vision::CardField& field) {
  json::array places;
  for (const auto& place : field.places) {
    json::array corners;
    for (const auto& p : place) corners.push_back(json::array{rounded(p.x, 1), rounded(p.y, 1)});
    places.push_back(std::move(corners));
  }
  return {{"text", field.text},
          {"confidence", rounded(field.confidence, 3)},
          {"state", name_of(field.state)},
          {"places", std::move(places)}};
}

json::array problems_json(const vision::BankCardReading& reading) {
  json::array out;
  for (const auto problem : reading.problems) out.emplace_back(name_of(problem));
  return out;
}

void print(const vision::BankCardReading& reading, bool as_json) {
  const auto kind = reading.kind ? json::value(name_of(*reading.kind)) : json::value(nullptr);
  if (as_json) {
    const json::object out = {{"state", name_of(reading.state)},
                              {"problems", problems_json(reading)},
                              {"number", field_json(reading.number)},
                              {"issuer", field_json(reading.issuer)},
                              {"kind", kind},
                              {"expiry", field_json(reading.expiry)}};
    std::cout << json::serialize(out) << '\n';
    return;
  }
  const auto line = [](const char* name, const vision::CardField& field) {
    std::cout << name << ": " << (field.text.empty() ? "-" : field.text) << "  ("
              << name_of(field.state) << ")\n";
  };
  std::cout << "card: " << name_of(reading.state);
  for (const auto problem : reading.problems) std::cout << "  " << name_of(problem);
  std::cout << '\n';
  line("number", reading.number);
  line("issuer", reading.issuer);
  line("expiry", reading.expiry);
}

Status read(const Options& options) {
  MQ_TRY(const Bytes picture, read_picture(options.image));
  vision::WorkerConfig config;
  config.models_dir = find_models_dir(options.models);
  MQ_TRY(const auto pool, vision::WorkerPool::start(std::move(config)));
  MQ_TRY(const auto reading, pool->read_bank_card(picture));
  print(reading, options.json);
  return ok();
}

}  // namespace

void add_bankcard_commands(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* command =
      subcommand(app, "bankcard", "Bank cards in pictures")
          ->add_subcommand("read", "Number, issuer and expiry of the bank card in a picture");
  command->add_option("image", options->image, "JPEG, PNG or WebP")->required();
  command->add_flag("--json", options->json, "Print JSON");
  command->add_option("--models", options->models, "Folder with the model files");
  command->callback([options, &exit_code] {
    const Status status = read(*options);
    exit_code = status.ok() ? 0 : report_problem(status.error(), options->json);
  });
}

}  // namespace mq::app
