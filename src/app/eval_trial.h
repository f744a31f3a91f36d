// What `eval face` compares: the photos, who is on them, and which go together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "vision/vision.h"

namespace mq::app {

struct TrialPair {
  std::uint32_t a = 0;  // places in `photos`
  std::uint32_t b = 0;
  bool same = false;
  std::vector<std::uint32_t> groups;  // places in `groups`
};

struct Trial {
  std::vector<std::string> photos;
  std::vector<std::string>
      groups;  // values of the column `group`, and "name=value" of every other column
  std::vector<TrialPair> pairs;  // of a list; empty when every photo meets every other
  // Only when every photo meets every other, by photo:
  std::vector<std::uint32_t> person_of;
  std::vector<std::vector<std::uint32_t>> groups_of;
  std::uint32_t people = 0;
  bool all_pairs() const { return !person_of.empty(); }
};

// CSV whose first line names the columns a,b,same[,group][,other…]; an empty cell is in no group.
// Errors: file.unreadable, file.invalid.
Result<Trial> read_pairs(const std::string& path);

// Every picture below `root`, or those that `pairs` names; the folder of a picture is its person.
// CSV `attributes` ("" for none) names groups of photos: its first column is `photo` (a path below
// root) or `person` (a folder), every other column makes groups. Errors: file.unreadable,
// file.invalid.
Result<Trial> every_pair(const std::string& root, const std::string& pairs,
                         const std::string& attributes);

struct Enrolled {
  std::vector<std::optional<vision::FaceTemplate>> templates;  // by photo
  double cpu_ms = 0;
};

// Embeds every photo of the trial, with progress and failures on standard error.
// Errors: file.unreadable, vision.models_missing.
Result<Enrolled> enroll(const Trial& trial, const std::string& root, const std::string& models,
                        int threads);

}  // namespace mq::app
