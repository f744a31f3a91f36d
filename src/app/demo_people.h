// The invented people of the demo, and the pictures they use. Private to app/.
#pragma once

#include <string>
#include <vector>

#include "app/settings.h"

namespace mq::app {

// Everything about them is invented; the ID numbers carry a valid check character and the region
// code of a district that no longer exists (110103).
struct DemoPerson {
  std::string name, id_number, phone, card_number;
};
const std::vector<DemoPerson>& demo_people();

// The demo's staff, two of them since some things take two; production refuses a folder that has
// them.
inline constexpr const char* kDemoUser = "admin";
inline constexpr const char* kDemoSecondUser = "deputy";
inline constexpr const char* kDemoPassword = "demo-admin-2026";

// Where the person's own two pictures lie, and the authority's third.
struct DemoPictures {
  std::string card, selfie, authority;
};

// Puts <folder>/people (people.json and the authority's photos, read by the sandbox) and
// <folder>/borrowers/<n> (card.jpg, selfie.jpg, never shown to the sandbox) in place, once.
// Pictures come from `settings.sandbox_faces`, or are altered crops of the packaged demo photos.
// Returns the people folder. Errors: app.sandbox_failed, vision.*.
Result<std::string> prepare_people(const Settings& settings, const std::string& folder);
DemoPictures pictures_of(const std::string& folder, std::size_t person);
// "altered crops of one photo each, …" or "three pictures a person from …": for screens and output.
std::string describe_photos(const Settings& settings);

}  // namespace mq::app
