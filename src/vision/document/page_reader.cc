#include "vision/document/page_reader.h"

#include <algorithm>
#include <cmath>

#include "base/limits.h"
#include "vision/document/page_cells.h"
#include "vision/document/page_light.h"
#include "vision/document/page_shape.h"
#include "vision/network/model.h"
#include "vision/picture/decode.h"
#include "vision/text/reader.h"

namespace mq::vision {
namespace {

// A4 at 200 dots per inch stays as it is.
constexpr int kPageSide = 2200;

TextSettings page_settings() {
  TextSettings out;
  out.long_side = 1600;
  out.most = limits::kPageLines;
  // Cells of a few digits are read as well with less padding, and there are hundreds of them.
  out.least_width = 96;
  out.join_squares = false;
  return out;
}

float distance_of(Point a, Point b) { return std::hypot(a.x - b.x, a.y - b.y); }

PlacedLine placed(const TextLine& cell, const cv::Matx33d& to_page) {
  std::array<Point, 4> c{};
  std::transform(cell.corners.begin(), cell.corners.end(), c.begin(),
                 [&](const Point& p) { return mapped(to_page, p); });
  PlacedLine out;
  out.box.width = (distance_of(c[0], c[1]) + distance_of(c[3], c[2])) / 2;
  out.box.height = (distance_of(c[0], c[3]) + distance_of(c[1], c[2])) / 2;
  out.box.x = (c[0].x + c[1].x + c[2].x + c[3].x) / 4 - out.box.width / 2;
  out.box.y = (c[0].y + c[1].y + c[2].y + c[3].y) / 4 - out.box.height / 2;
  out.text = cell.text;
  out.confidence = std::clamp(cell.confidence, 0.0F, 1.0F);
  return out;
}

}  // namespace

Result<PageReader> PageReader::load(const std::string& models_dir) {
  MQ_TRY(TextReader text, TextReader::load(models_dir));
  return PageReader(std::make_shared<const TextReader>(std::move(text)));
}

Result<PageReading> PageReader::read(ByteView image) const {
  const FlushSubnormals guard;
  MQ_TRY(const Picture picture, decode(image, kPageSide));
  const cv::Mat evened = evened_page(picture.bgr);
  const PageText page = text_->read(evened, page_settings());
  std::vector<TextLine> cells;
  for (const TextLine& line : page.lines) {
    for (TextLine& cell : cells_of(line)) cells.push_back(std::move(cell));
  }
  const PageShape shape = page_shape(cells, page.direction, evened.size());
  PageReading out;
  out.width = shape.width;
  out.height = shape.height;
  for (const TextLine& cell : cells) {
    if (out.lines.size() == limits::kPageCells) break;
    PlacedLine line = placed(cell, shape.to_page);
    const bool sized = line.box.width >= 1 && line.box.height >= 1;
    if (sized && line.text.size() <= limits::kPageCellBytes) out.lines.push_back(std::move(line));
  }
  return out;
}

}  // namespace mq::vision
