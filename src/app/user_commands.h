// `mianqian user`: accounts of staff from the machine itself. Private to app/.
#pragma once

#include <CLI/CLI.hpp>

namespace mq::app {

void add_user_commands(CLI::App& app, int& exit_code);

}  // namespace mq::app
