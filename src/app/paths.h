// Where the program finds what belongs to it. Private to app/.
#pragma once

#include <string>

namespace mq::app {

// The folder of the running executable, links followed.
std::string executable_folder();
// `option` when given, else web/dist beside or above the program's folder; "" when there is none.
std::string find_web_root(const std::string& option);

}  // namespace mq::app
