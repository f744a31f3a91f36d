#include "app/idcard_held_command.h"

#include <boost/json.hpp>
#include <iostream>
#include <memory>

#include "app/face_support.h"
#include "vision/vision.h"

namespace mq::app {
namespace {

namespace json = boost::json;
using boost::describe::enum_to_string;

struct Options {
  std::string models;
  std::string image;
  std::string selfie;
};

json::object field_json(const vision::CardField& field) {
  return {{"text", field.text},
          {"confidence", rounded(field.confidence, 3)},
          {"state", enum_to_string(field.state, "?")}};
}

template <class E>
json::array names_of(const std::vector<E>& codes) {
  json::array out;
  for (const E code : codes) out.push_back(enum_to_string(code, "?"));
  return out;
}

json::object card_json(const vision::CardReading& card) {
  json::object fields;
  if (card.side == vision::CardSide::front) {
    fields = {{"name", field_json(card.name)},       {"sex", field_json(card.sex)},
              {"nation", field_json(card.nation)},   {"birth", field_json(card.birth)},
              {"address", field_json(card.address)}, {"number", field_json(card.number)}};
  } else {
    fields = {{"authority", field_json(card.authority)},
              {"valid_from", field_json(card.valid_from)},
              {"valid_to", field_json(card.valid_to)}};
  }
  return {{"side", enum_to_string(card.side, "?")},
          {"state", enum_to_string(card.state, "?")},
          {"problems", names_of(card.problems)},
          {"width", rounded(card.width, 0)},
          {"fields", std::move(fields)}};
}

json::value face_json(const std::optional<vision::Face>& face) {
  if (!face) return nullptr;
  const auto& box = face->box;
  return {{"box",
           {rounded(box.x, 1), rounded(box.y, 1), rounded(box.width, 1), rounded(box.height, 1)}},
          {"usable", face->usable}};
}

json::value match_json(const std::optional<vision::FaceMatch>& match) {
  if (!match) return nullptr;
  return {{"similarity", rounded(match->similarity, 4)},
          {"false_match_rate", match->false_match_rate},
          {"match", match->match}};
}

Status read(const Options& options) {
  MQ_TRY(const Bytes picture, read_picture(options.image));
  vision::WorkerConfig config;
  config.models_dir = find_models_dir(options.models);
  MQ_TRY(const auto pool, vision::WorkerPool::start(std::move(config)));
  std::optional<vision::Face> live;
  if (!options.selfie.empty()) {
    MQ_TRY(const Bytes selfie, read_picture(options.selfie));
    MQ_TRY(const auto analysis, pool->analyze(selfie));
    MQ_TRY(live, vision::principal_face(analysis));
  }
  MQ_TRY(const auto held, pool->read_hand_held(picture));
  const auto matches = vision::match_held(held, live ? &*live : nullptr);
  json::object portrait = {{"face", face_json(held.portrait)},
                           {"eye_distance", rounded(held.portrait_eyes, 1)}};
  const json::object out = {{"problems", names_of(held.problems)},
                            {"card", card_json(held.card)},
                            {"person", face_json(held.person)},
                            {"people", held.people},
                            {"portrait", std::move(portrait)},
                            {"person_portrait", match_json(matches.person_portrait)},
                            {"live_person", match_json(matches.live_person)},
                            {"live_portrait", match_json(matches.live_portrait)},
                            {"threshold", vision::threshold_for(vision::kDefaultFalseMatchRate)},
                            {"model", vision::kTemplateModel}};
  std::cout << json::serialize(out) << '\n';
  return ok();
}

}  // namespace

void add_idcard_held_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* idcard = subcommand(app, "idcard", "Identity cards in pictures");
  auto* command = idcard->add_subcommand(
      "held",
      "A person who holds a card: the card, both faces and how alike they are, as one JSON object");
  command->add_option("image", options->image, "JPEG, PNG or WebP")->required();
  command->add_option("--selfie", options->selfie,
                      "A picture of the living person, compared with both faces");
  command->add_option("--models", options->models, "Folder with the model files");
  command->callback([options, &exit_code] {
    const Status status = read(*options);
    exit_code = status.ok() ? 0 : report_problem(status.error(), true);
  });
}

}  // namespace mq::app
