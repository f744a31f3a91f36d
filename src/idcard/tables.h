// The tables the program carries. Private to this folder.
#pragma once

#include <string_view>
#include <vector>

namespace mq::idcard {

std::string_view shipped_regions();            // src/idcard/regions.txt
std::string_view shipped_surnames();           // src/idcard/surnames.txt
std::string_view shipped_common_characters();  // src/idcard/common_characters.txt

// The lines of a table without its comments.
std::vector<std::string_view> table_lines(std::string_view table);

}  // namespace mq::idcard
