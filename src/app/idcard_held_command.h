// `idcard held`: a person with an identity card in one photo.
#pragma once

#include <CLI/CLI.hpp>

namespace mq::app {

void add_idcard_held_command(CLI::App& app, int& exit_code);

}  // namespace mq::app
