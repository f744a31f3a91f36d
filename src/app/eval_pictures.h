// Labelled pictures, read by one of the readers: what `eval idcard` and `eval bankcard` share.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/csv.h"
#include "app/face_support.h"

namespace mq::app {

template <typename Reading>
struct PictureRow {
  std::optional<Reading> reading;
  std::string problem;  // of a picture that could not be read at all
  double cpu_ms = 0;
};

// The pictures that the column `file` names below `root`, `threads` at once; in the order of the list.
template <typename Reading, typename Reader>
std::vector<PictureRow<Reading>> read_pictures(const Reader& reader, const Csv& csv,
                                               const std::string& root, int threads) {
  std::vector<PictureRow<Reading>> out(csv.rows.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < out.size(); i = next++) {
      const auto picture = read_picture(root + "/" + csv.cell(i, "file"));
      if (!picture.ok()) {
        out[i].problem = "unreadable";
        continue;
      }
      const double before = thread_cpu_ms();
      auto reading = reader.read(*picture);
      out[i].cpu_ms = thread_cpu_ms() - before;
      if (reading.ok()) {
        out[i].reading = std::move(*reading);
      } else {
        out[i].problem = reading.error().code();
      }
    }
  };
  std::vector<std::jthread> crew;
  for (int i = 0; i < threads; ++i) crew.emplace_back(work);
  crew.clear();
  return out;
}

}  // namespace mq::app
