// `mianqian serve`. Private to app/.
#pragma once

#include <CLI/CLI.hpp>

namespace mq::app {

void add_serve_command(CLI::App& app, int& exit_code);

}  // namespace mq::app
