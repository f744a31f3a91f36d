// Whether a name was read for sure. A name is the one field that nothing else on the card vouches for, and
// rare characters are those that readers take for others or leave out.
#pragma once

#include <functional>

#include "vision/document/card_lines.h"
#include "vision/text/recognise.h"

namespace mq::vision {

enum class NameDoubt {
  unlikely,        // see idcard::NameIssue
  unsure,          // a character with a low confidence
  readers_differ,  // the second reader read something else
  room_left,       // the characters do not fill the place they were read from: one may be lost
};
BOOST_DESCRIBE_ENUM(NameDoubt, unlikely, unsure, readers_differ, room_left)

// `again` is what the second reader makes of the same place; `knows` says which characters it can read. Pure.
std::vector<NameDoubt> doubts_of_name(const Passage& name, const ReadLine& again,
                                      const std::function<bool(const std::string&)>& knows);

}  // namespace mq::vision
