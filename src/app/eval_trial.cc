#include "app/eval_trial.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>

#include "app/face_support.h"
#include "base/limits.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;

// Numbers names in the order of their first use.
class Numbering {
 public:
  explicit Numbering(std::vector<std::string>& names) : names_(names) {
    for (std::uint32_t i = 0; i < names.size(); ++i) known_[names[i]] = i;
  }
  std::uint32_t number(const std::string& name) {
    const auto [at, fresh] = known_.try_emplace(name, static_cast<std::uint32_t>(names_.size()));
    if (fresh) names_.push_back(name);
    return at->second;
  }
  std::optional<std::uint32_t> find(const std::string& name) const {
    const auto at = known_.find(name);
    return at == known_.end() ? std::nullopt : std::optional(at->second);
  }

 private:
  std::vector<std::string>& names_;
  std::map<std::string, std::uint32_t> known_;
};

std::vector<std::string> split(std::string line) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
  std::vector<std::string> out;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, ',');) out.push_back(cell);
  return out;
}

struct Table {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>>
      rows;  // with as many cells as the header; blank lines are empty
  std::size_t column(std::string_view name) const {
    return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
  }
};

Error bad_line(const std::string& path, std::size_t row) {
  return Error(FileErrc::invalid, path + ": line " + std::to_string(row + 2));
}

Result<Table> read_table(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::error_code failed;
  if (!in || !fs::is_regular_file(path, failed) || !std::getline(in, line)) {
    return Error(FileErrc::unreadable, path);
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // spreadsheets write one
  if (line.starts_with(kByteOrderMark)) line.erase(0, kByteOrderMark.size());
  Table out{split(line), {}};
  while (std::getline(in, line)) {
    auto cells = split(line);
    if (cells.size() > out.header.size()) return bad_line(path, out.rows.size());
    // An empty last cell leaves no trace behind its comma.
    if (!cells.empty()) cells.resize(out.header.size());
    out.rows.push_back(std::move(cells));
    if (out.rows.size() > limits::kEvalLines)
      return Error(FileErrc::invalid, path + ": too many lines");
  }
  return out;
}

std::string group_name(const std::string& column, const std::string& value) {
  return column == "group" ? value : column + "=" + value;
}

Result<std::vector<std::string>> pictures_below(const std::string& root) {
  std::error_code failed;
  fs::recursive_directory_iterator entries(root, failed);
  if (failed) return Error(FileErrc::unreadable, root);
  std::vector<std::string> out;
  for (const fs::recursive_directory_iterator end; entries != end; entries.increment(failed)) {
    if (failed) return Error(FileErrc::unreadable, root);
    const fs::path& path = entries->path();
    if (is_picture_name(path.string())) out.push_back(path.lexically_relative(root).string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

Status add_attributes(Trial& trial, std::vector<std::string>& people, const std::string& path) {
  MQ_TRY(const Table table, read_table(path));
  const bool by_person = !table.header.empty() && table.header[0] == "person";
  if (table.header.size() < 2 || (!by_person && table.header[0] != "photo")) {
    return Error(FileErrc::invalid, path + ": the first column must be photo or person");
  }
  const Numbering known(by_person ? people : trial.photos);
  Numbering groups(trial.groups);
  std::vector<std::vector<std::uint32_t>> told(by_person ? people.size() : trial.photos.size());
  for (const auto& cells : table.rows) {
    const auto whom = cells.empty() ? std::nullopt : known.find(cells[0]);
    if (!whom) continue;  // the list may cover more people than are here
    for (std::size_t i = 1; i < cells.size(); ++i) {
      if (cells[i].empty()) continue;
      told[*whom].push_back(groups.number(group_name(table.header[i], cells[i])));
    }
    std::sort(told[*whom].begin(), told[*whom].end());
  }
  for (std::size_t i = 0; i < trial.photos.size(); ++i) {
    trial.groups_of[i] = told[by_person ? trial.person_of[i] : i];
  }
  return ok();
}

// What the threads of an enrolment share.
struct Shared {
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> stopped = false;
  std::mutex mutex;  // of everything below
  Enrolled out;
  std::optional<Error> problem;
  std::size_t done = 0;
};

void enroll_some(const Trial& trial, const std::string& root, const vision::Engine& engine,
                 Shared& shared) {
  const std::size_t count = trial.photos.size();
  for (std::size_t i = shared.next++; i < count && !shared.stopped; i = shared.next++) {
    const std::string& photo = trial.photos[i];
    auto picture = read_picture((fs::path(root) / photo).string());
    if (!picture.ok()) {
      const std::lock_guard lock(shared.mutex);
      shared.problem = picture.error();
      shared.stopped = true;
      return;
    }
    const double before = thread_cpu_ms();
    auto found = engine.enroll(*picture);
    const double cpu_ms = thread_cpu_ms() - before;
    const std::lock_guard lock(shared.mutex);
    shared.out.cpu_ms += cpu_ms;
    if (found.ok()) {
      shared.out.templates[i] = *found;
    } else {
      std::cerr << photo << ": " << found.error().code() << '\n';
    }
    if (++shared.done % 500 == 0) std::cerr << shared.done << " of " << count << " photos\n";
  }
}

}  // namespace

Result<Trial> read_pairs(const std::string& path) {
  MQ_TRY(const Table table, read_table(path));
  const auto a = table.column("a"), b = table.column("b"), same = table.column("same");
  if (std::max({a, b, same}) >= table.header.size()) {
    return Error(FileErrc::invalid,
                 path + ": the first line must name the columns a,b,same[,group]");
  }
  Trial out;
  Numbering photos(out.photos), groups(out.groups);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const auto& cells = table.rows[row];
    if (cells.empty()) continue;
    const bool sound =
        !cells[a].empty() && !cells[b].empty() && (cells[same] == "0" || cells[same] == "1");
    if (!sound) return bad_line(path, row);
    TrialPair pair{photos.number(cells[a]), photos.number(cells[b]), cells[same] == "1", {}};
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i == a || i == b || i == same || cells[i].empty()) continue;
      pair.groups.push_back(groups.number(group_name(table.header[i], cells[i])));
    }
    out.pairs.push_back(std::move(pair));
  }
  if (out.pairs.empty()) return Error(FileErrc::invalid, path + ": no pairs");
  return out;
}

Result<Trial> every_pair(const std::string& root, const std::string& pairs,
                         const std::string& attributes) {
  Trial out;
  if (pairs.empty()) {
    MQ_TRY(out.photos, pictures_below(root));
  } else {
    MQ_TRY(Trial listed, read_pairs(pairs));
    out.photos = std::move(listed.photos);
  }
  if (out.photos.empty()) return Error(FileErrc::invalid, root + ": no pictures");
  if (out.photos.size() > limits::kEvalPhotos)
    return Error(FileErrc::invalid, root + ": too many pictures");
  std::vector<std::string> names;
  Numbering people(names);
  for (const auto& photo : out.photos) {
    out.person_of.push_back(people.number(fs::path(photo).parent_path().string()));
  }
  out.people = static_cast<std::uint32_t>(names.size());
  out.groups_of.resize(out.photos.size());
  std::vector<std::uint64_t> photos_of(names.size());
  std::uint64_t genuine = 0;
  for (const std::uint32_t person : out.person_of) genuine += photos_of[person]++;
  if (genuine > limits::kEvalGenuinePairs) {
    return Error(FileErrc::invalid, root + ": a folder is one person; these hold too many photos");
  }
  if (!attributes.empty()) MQ_REQUIRE(add_attributes(out, names, attributes));
  return out;
}

Result<Enrolled> enroll(const Trial& trial, const std::string& root, const std::string& models,
                        int threads) {
  // Missing photos are told before the long work.
  for (const std::string& photo : trial.photos) {
    std::error_code failed;
    const auto path = fs::path(root) / photo;
    if (!fs::is_regular_file(path, failed)) return Error(FileErrc::unreadable, path.string());
  }
  MQ_TRY(const auto engine, vision::Engine::load(models));
  Shared shared;
  shared.out.templates.resize(trial.photos.size());
  {
    std::vector<std::jthread> crew;
    for (int i = 0; i < threads; ++i) {
      crew.emplace_back([&] { enroll_some(trial, root, *engine, shared); });
    }
  }
  if (shared.problem) return *shared.problem;
  return std::move(shared.out);
}

}  // namespace mq::app
