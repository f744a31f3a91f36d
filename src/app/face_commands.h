// The face part of the command line: `face analyze`, `face compare`, `eval face`, and the hidden
// `vision-worker` that the server's children run.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace mq::app {

// Registers the commands. When one of them ran, `exit_code` is 0 (done) or 1 (refused; a problem object
// {"code","title","detail"} is printed). Exceptions of CLI11 for wrong usage are left to the caller.
void add_face_commands(CLI::App& app, int& exit_code);

// `option` when given, else MIANQIAN_MODELS, else models/files beside or above the program's folder.
std::string find_models_dir(const std::string& option);

}  // namespace mq::app
