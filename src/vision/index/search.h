// The scan of one snapshot.
#pragma once

#include <vector>

#include "vision/index/index.h"
#include "vision/index/kernels.h"
#include "vision/index/segment.h"

namespace mq::vision {

// Best first, equal scores by id. `query` is_unit and `options` in range (CHECK).
std::vector<Candidate> search_snapshot(const Snapshot& snapshot, const Embedding& query,
                                       const SearchOptions& options, const DotKernel& kernel);

}  // namespace mq::vision
