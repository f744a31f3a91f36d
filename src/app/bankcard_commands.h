// `mianqian bankcard …`: bank cards in pictures.
#pragma once

#include <CLI/CLI.hpp>

namespace mq::app {

// `bankcard read`: prints the number, for it is the operator who asks; nothing is kept.
void add_bankcard_commands(CLI::App& app, int& exit_code);

}  // namespace mq::app
