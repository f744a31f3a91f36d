// The part of the command line about identity cards: `idcard read`.
#pragma once

#include <CLI/CLI.hpp>

namespace mq::app {

// As add_face_commands().
void add_idcard_commands(CLI::App& app, int& exit_code);

}  // namespace mq::app
