// The lending arithmetic on the command line: `loan schedule`, so that anybody can recompute a cost
// sheet.
#pragma once

#include <CLI/CLI.hpp>

namespace mq::app {

// Registers the commands. When one of them ran, `exit_code` is 0 (done) or 1 (refused; with --json
// a problem object {"code","title","detail"} is printed). Exceptions of CLI11 for wrong usage are
// left to the caller.
void add_loan_commands(CLI::App& app, int& exit_code);

}  // namespace mq::app
