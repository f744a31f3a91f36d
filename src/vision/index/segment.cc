#include "vision/index/segment.h"

#include <sys/mman.h>

#include <cstring>
#include <new>

#include "base/check.h"

namespace mq::vision {
namespace {

constexpr std::size_t kHugePage = 2 * 1024 * 1024;
constexpr std::size_t kPlane = kSegmentRows * kPlaneBytes;
constexpr std::size_t kFineAt = kPlane;
constexpr std::size_t kValuesAt = kFineAt + kPlane;
constexpr std::size_t kScalesAt = kValuesAt + kSegmentRows * sizeof(Embedding);
constexpr std::size_t kIdsAt = kScalesAt + kSegmentRows * sizeof(RowScale);
constexpr std::size_t kSegmentBytes = kIdsAt + kSegmentRows * sizeof(Uuid);
static_assert(kValuesAt == kHugePage && kSegmentBytes % 4096 == 0);

// Straight from the system: it begins at a huge page (a scan is a fifth faster on them), is zero
// without being touched, and goes back at once.
std::uint8_t* map_segment() {
  constexpr std::size_t kMapped = kSegmentBytes + kHugePage;
  void* const mapped =
      ::mmap(nullptr, kMapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  auto* const begin = static_cast<std::uint8_t*>(mapped);
  const std::size_t skipped =
      (kHugePage - reinterpret_cast<std::uintptr_t>(begin) % kHugePage) % kHugePage;
  if (skipped > 0) ::munmap(begin, skipped);
  if (skipped < kHugePage) ::munmap(begin + skipped + kSegmentBytes, kHugePage - skipped);
  // Both are wishes: without them it is slower, and a core dump is prevented by the server as well.
  ::madvise(begin + skipped, kSegmentBytes, MADV_HUGEPAGE);
  ::madvise(begin + skipped, kSegmentBytes, MADV_DONTDUMP);
  return begin + skipped;
}

}  // namespace

std::shared_ptr<Segment> Segment::make() {
  auto* const memory = map_segment();
  if (memory == nullptr) return nullptr;
  return std::shared_ptr<Segment>(new Segment(memory));
}

Segment::Segment(std::uint8_t* memory)
    : memory_(memory),
      coarse_(memory),
      fine_(memory + kFineAt),
      values_(reinterpret_cast<Embedding*>(memory + kValuesAt)),
      scales_(reinterpret_cast<RowScale*>(memory + kScalesAt)),
      ids_(reinterpret_cast<Uuid*>(memory + kIdsAt)) {}

Segment::~Segment() {
  explicit_bzero(coarse_, size_ * kPlaneBytes);
  explicit_bzero(fine_, size_ * kPlaneBytes);
  explicit_bzero(values_, size_ * sizeof(Embedding));
  explicit_bzero(scales_, size_ * sizeof(RowScale));
  explicit_bzero(ids_, size_ * sizeof(Uuid));
  ::munmap(memory_, kSegmentBytes);
}

void Segment::append(const Uuid& id, const Embedding& values) {
  MQ_CHECK(!full());
  scales_[size_] = code_row(values, coarse_ + size_ * kPlaneBytes, fine_ + size_ * kPlaneBytes);
  values_[size_] = values;
  ids_[size_] = id;
  ++size_;
}

void Segment::append_from(const Segment& other, std::uint32_t row) {
  MQ_CHECK(!full());
  std::memcpy(coarse_ + size_ * kPlaneBytes, other.coarse(row), kPlaneBytes);
  std::memcpy(fine_ + size_ * kPlaneBytes, other.fine(row), kPlaneBytes);
  values_[size_] = other.values(row);
  scales_[size_] = other.scale(row);
  ids_[size_] = other.id(row);
  ++size_;
}

}  // namespace mq::vision
