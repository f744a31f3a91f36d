// Lines of a table as cells: recognition gives whole lines, and the gaps between columns are lost in their text.
#pragma once

#include <vector>

#include "vision/text/text.h"

namespace mq::vision {

// The line, cut where its characters stand further apart than words of one text do. The parts keep reading order;
// the confidence of a part is that of its least sure character. Nothing for a line without characters.
std::vector<TextLine> cells_of(const TextLine& line);

}  // namespace mq::vision
