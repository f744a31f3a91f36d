#include "vision/index/index.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/limits.h"
#include "vision/index/search.h"

namespace mq::vision {
namespace {

struct UuidHash {
  std::size_t operator()(const Uuid& id) const {
    std::uint64_t halves[2];
    static_assert(sizeof halves == sizeof id.bytes);
    std::memcpy(halves, id.bytes.data(), sizeof halves);
    return halves[0] ^ (halves[1] * 0x9e3779b97f4a7c15);
  }
};

struct Place {
  std::uint32_t slot = 0;
  std::uint32_t row = 0;
};

// The writers' side: what is where. Rows that a snapshot may show are never touched: a segment that
// loses or changes one is copied, and dies with the last snapshot of it.
class Rows {
 public:
  std::size_t size() const { return places_.size(); }

  Status put(const Uuid& id, const Embedding& values) {
    const auto known = places_.find(id);
    if (known == places_.end()) return append(id, values);
    const Place place = known->second;
    if (slots_[place.slot]->values(place.row) == values) return ok();
    auto copy = copy_without(place.slot, {place.row});
    if (copy == nullptr) return IndexErrc::no_room;
    copy->append(id, values);
    adopt(place.slot, std::move(copy));
    return ok();
  }

  Result<std::size_t> remove(std::span<const Uuid> ids) {
    std::map<std::uint32_t, std::set<std::uint32_t>> rows_of_slot;
    std::size_t found = 0;
    for (const Uuid& id : ids) {
      const auto known = places_.find(id);
      if (known == places_.end()) continue;
      found += rows_of_slot[known->second.slot].insert(known->second.row).second ? 1 : 0;
    }
    std::vector<std::pair<std::uint32_t, std::shared_ptr<Segment>>> copies;
    for (const auto& [slot, rows] : rows_of_slot) {
      const bool emptied = rows.size() == slots_[slot]->size();
      copies.emplace_back(slot, emptied ? nullptr : copy_without(slot, rows));
      if (!emptied && copies.back().second == nullptr) return IndexErrc::no_room;
    }
    for (const Uuid& id : ids) places_.erase(id);
    for (auto& [slot, copy] : copies) adopt(slot, std::move(copy));
    return found;
  }

  std::shared_ptr<const Snapshot> snapshot(TemplateSpace space) const {
    auto out = std::make_shared<Snapshot>();
    out->space = std::move(space);
    out->size = size();
    out->parts.reserve(slots_.size());
    for (const auto& rows : slots_) {
      if (rows != nullptr) out->parts.push_back({rows, rows->size()});
    }
    return out;
  }

 private:
  Status append(const Uuid& id, const Embedding& values) {
    if (size() >= limits::kFaceIndexEntries) return IndexErrc::no_room;
    if (open_.empty()) {
      open_.insert(static_cast<std::uint32_t>(slots_.size()));
      slots_.emplace_back();
    }
    const std::uint32_t slot = *open_.begin();
    auto& rows = slots_[slot];
    if (rows == nullptr) rows = Segment::make();
    if (rows == nullptr) return IndexErrc::no_room;
    places_[id] = {slot, rows->size()};
    rows->append(id, values);
    if (rows->full()) open_.erase(slot);
    return ok();
  }

  std::shared_ptr<Segment> copy_without(std::uint32_t slot,
                                        const std::set<std::uint32_t>& rows) const {
    auto copy = Segment::make();
    if (copy == nullptr) return nullptr;
    const Segment& old = *slots_[slot];
    for (std::uint32_t row = 0; row < old.size(); ++row) {
      if (!rows.contains(row)) copy->append_from(old, row);
    }
    return copy;
  }

  void adopt(std::uint32_t slot, std::shared_ptr<Segment> rows) {
    slots_[slot] = std::move(rows);
    const Segment* held = slots_[slot].get();
    for (std::uint32_t row = 0; held != nullptr && row < held->size(); ++row) {
      places_[held->id(row)] = {slot, row};
    }
    if (held == nullptr || !held->full()) open_.insert(slot);
  }

  std::vector<std::shared_ptr<Segment>> slots_;  // null: no row
  std::set<std::uint32_t> open_;                 // slots with room
  std::unordered_map<Uuid, Place, UuidHash> places_;
};

bool in_range(const SearchOptions& options) {
  return options.top_k >= 1 && options.top_k <= limits::kFaceSearchTop && options.min_score >= -1 &&
         options.min_score <= 1 && options.threads >= 1 &&
         options.threads <= limits::kFaceSearchThreads;
}

}  // namespace

struct FaceIndex::Impl {
  std::mutex writing;
  Rows rows;  // under `writing`

  // Held only to copy or exchange the pointer, so that no reader waits for a writer's work.
  mutable std::mutex pointing;
  std::shared_ptr<const Snapshot> current;  // under `pointing`

  std::shared_ptr<const Snapshot> look() const {
    const std::lock_guard lock(pointing);
    return current;
  }

  void publish(TemplateSpace space) {
    auto next = rows.snapshot(std::move(space));
    const std::lock_guard lock(pointing);
    current.swap(next);
  }
};

FaceIndex::FaceIndex(TemplateSpace space) : impl_(std::make_unique<Impl>()) {
  impl_->publish(std::move(space));
}

FaceIndex::~FaceIndex() = default;

TemplateSpace FaceIndex::space() const { return impl_->look()->space; }

std::size_t FaceIndex::size() const { return impl_->look()->size; }

Status FaceIndex::add(const Uuid& id, const ProtectedTemplate& entry) {
  if (!is_unit(entry.values)) return IndexErrc::invalid_template;
  const std::lock_guard lock(impl_->writing);
  if (entry.space != space()) return IndexErrc::other_space;
  MQ_REQUIRE(impl_->rows.put(id, entry.values));
  impl_->publish(entry.space);
  return ok();
}

Result<std::size_t> FaceIndex::remove(std::span<const Uuid> ids) {
  const std::lock_guard lock(impl_->writing);
  MQ_TRY(const std::size_t removed, impl_->rows.remove(ids));
  if (removed > 0) impl_->publish(space());
  return removed;
}

Status FaceIndex::rebuild(TemplateSpace space, std::span<const IndexEntry> entries) {
  const std::lock_guard lock(impl_->writing);
  Rows fresh;
  for (const IndexEntry& entry : entries) {
    if (!is_unit(entry.values)) return IndexErrc::invalid_template;
    MQ_REQUIRE(fresh.put(entry.id, entry.values));
  }
  std::swap(impl_->rows, fresh);
  impl_->publish(std::move(space));
  return ok();
}

Result<std::vector<Candidate>> FaceIndex::search(const ProtectedTemplate& query,
                                                 const SearchOptions& options) const {
  if (!in_range(options)) return IndexErrc::invalid_query;
  if (!is_unit(query.values)) return IndexErrc::invalid_template;
  const auto snapshot = impl_->look();
  if (query.space != snapshot->space) return IndexErrc::other_space;
  return search_snapshot(*snapshot, query.values, options, dot_kernels().front());
}

std::string_view FaceIndex::kernel() { return dot_kernels().front().name; }

}  // namespace mq::vision
