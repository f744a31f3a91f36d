// `mianqian demo`: one whole life of a loan through the public HTTP API, with real pictures. Private to
// app/.
#pragma once

#include <CLI/CLI.hpp>

namespace mq::app {

// Registers the command; sets `exit_code` when it ran.
void add_demo_command(CLI::App& app, int& exit_code);

}  // namespace mq::app
