#include "app/demo_people.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "app/face_support.h"
#include "runtime/json.h"
#include "vision/vision.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;

struct PersonEntry {
  std::string name, id_number, phone, photo;
};
BOOST_DESCRIBE_STRUCT(PersonEntry, (), (name, id_number, phone, photo))

struct Triple {
  Bytes card, selfie, authority;
  bool complete() const { return !card.empty() && !selfie.empty() && !authority.empty(); }
};

Bytes read_all(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Status write_all(const fs::path& path, ByteView bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  out.flush();
  if (!out) return Error(AppErrc::sandbox_failed, path.string() + " cannot be written");
  return ok();
}

// Which of the three pictures a file is, by its name; the rest of the path names the person.
std::string role_of(const std::string& name) {
  for (const char* role : {"selfie", "authority", "card"}) {
    if (name.find(role) != std::string::npos) return role;
  }
  return "";
}

// "<person>/card.jpg" and "<person>_card.jpg" are both understood.
Result<std::vector<Triple>> pictures_in(const std::string& folder) {
  std::map<std::string, Triple> found;
  std::error_code failed;
  for (const auto& entry : fs::recursive_directory_iterator(folder, failed)) {
    if (!entry.is_regular_file()) continue;
    const auto role = role_of(entry.path().stem().string());
    if (role.empty()) continue;
    auto person = fs::relative(entry.path(), folder).replace_extension().string();
    person.erase(person.rfind(role), role.size());
    auto& triple = found[person];
    (role == "card" ? triple.card : role == "selfie" ? triple.selfie : triple.authority) =
        read_all(entry.path());
  }
  std::vector<Triple> complete;
  for (auto& [person, triple] : found) {
    if (triple.complete()) complete.push_back(std::move(triple));
  }
  if (failed || complete.empty()) {
    return Error(AppErrc::sandbox_failed,
                 folder + " holds no person with card, selfie and authority pictures");
  }
  return complete;
}

Result<std::vector<Triple>> altered_crops(const Settings& settings) {
  const auto models = find_models_dir(settings.models);
  MQ_TRY(const auto engine, vision::Engine::load(models));
  std::vector<fs::path> paths;
  std::error_code failed;
  for (const auto& entry :
       fs::directory_iterator(fs::path(models).parent_path() / "demo-photos", failed)) {
    if (entry.path().extension() == ".jpg") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Bytes> photos;
  for (const auto& path : paths) photos.push_back(read_all(path));
  std::vector<Triple> out;
  for (auto& made : vision::choose_specimens(*engine, photos, demo_people().size())) {
    out.push_back({std::move(made.card), std::move(made.selfie), std::move(made.authority)});
  }
  if (out.empty()) return Error(AppErrc::sandbox_failed, "no usable demo photo");
  return out;
}

}  // namespace

const std::vector<DemoPerson>& demo_people() {
  static const std::vector<DemoPerson> kPeople = {
      {"林若溪", "11010319920315452X", "13800138001", "6222021234567890128"},
      {"欧阳志远", "110103198808086617", "13800138002", "6217001234567890122"},
      {"古丽·买买提", "110103199512012728", "13800138003", "6228481234567890128"},
  };
  return kPeople;
}

DemoPictures pictures_of(const std::string& folder, std::size_t person) {
  const auto number = std::to_string(person + 1);
  return {folder + "/borrowers/" + number + "/card.jpg",
          folder + "/borrowers/" + number + "/selfie.jpg",
          folder + "/people/" + number + ".jpg"};
}

Result<std::string> prepare_people(const Settings& settings, const std::string& folder) {
  const fs::path people = fs::path(folder) / "people";
  const fs::path done = people / "people.json";
  if (fs::exists(done)) return people.string();
  std::error_code failed;
  fs::create_directories(people, failed);
  MQ_TRY(const auto pictures, settings.sandbox_faces.empty() ? altered_crops(settings)
                                                             : pictures_in(settings.sandbox_faces));
  std::vector<PersonEntry> entries;
  for (std::size_t i = 0; i < std::min(pictures.size(), demo_people().size()); ++i) {
    const auto paths = pictures_of(folder, i);
    fs::create_directories(fs::path(paths.card).parent_path(), failed);
    MQ_REQUIRE(write_all(paths.card, pictures[i].card));
    MQ_REQUIRE(write_all(paths.selfie, pictures[i].selfie));
    MQ_REQUIRE(write_all(paths.authority, pictures[i].authority));
    const auto& person = demo_people()[i];
    entries.push_back({person.name, person.id_number, person.phone,
                       fs::path(paths.authority).filename().string()});
  }
  // Renamed into place last: its presence says that everything else is there.
  const auto part = people / "people.json.part";
  MQ_REQUIRE(write_all(part, as_bytes(runtime::to_json(entries))));
  fs::rename(part, done, failed);
  if (failed) return Error(AppErrc::sandbox_failed, done.string() + " cannot be written");
  return people.string();
}

std::string describe_photos(const Settings& settings) {
  return settings.sandbox_faces.empty()
             ? "altered crops of one packaged demo photo a person; they show the path, not accuracy"
             : "three different pictures a person, as given";
}

}  // namespace mq::app
