// Rows of the 1:N index: blocks of memory that only grow, and snapshots of them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/ids.h"
#include "vision/index/quantise.h"
#include "vision/index/transform.h"

namespace mq::vision {

// Two planes of this many rows are one huge page; a copy for one removal takes milliseconds.
inline constexpr std::uint32_t kSegmentRows = 4096;

// One writer appends; readers look only at rows that were published to them after they were
// written. A row that was published is never written again. Wiped when it dies.
class Segment {
 public:
  static std::shared_ptr<Segment> make();  // null without memory
  ~Segment();
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;

  const std::uint8_t* coarse(std::uint32_t row) const { return coarse_ + row * kPlaneBytes; }
  const std::uint8_t* fine(std::uint32_t row) const { return fine_ + row * kPlaneBytes; }
  const Embedding& values(std::uint32_t row) const { return values_[row]; }
  const RowScale& scale(std::uint32_t row) const { return scales_[row]; }
  const Uuid& id(std::uint32_t row) const { return ids_[row]; }

  std::uint32_t size() const { return size_; }  // for the writer: readers have Part::count
  bool full() const { return size_ == kSegmentRows; }
  void append(const Uuid& id, const Embedding& values);       // not full (CHECK), is_unit (CHECK)
  void append_from(const Segment& other, std::uint32_t row);  // not full (CHECK)

 private:
  explicit Segment(std::uint8_t* memory);

  std::uint8_t* memory_;
  std::uint8_t* coarse_;
  std::uint8_t* fine_;
  Embedding* values_;
  RowScale* scales_;
  Uuid* ids_;
  std::uint32_t size_ = 0;
};

// The first `count` rows of a segment; no segment when there are none.
struct Part {
  std::shared_ptr<const Segment> rows;
  std::uint32_t count = 0;
};

struct Snapshot {
  TemplateSpace space;
  std::vector<Part> parts;
  std::size_t size = 0;
};

}  // namespace mq::vision
