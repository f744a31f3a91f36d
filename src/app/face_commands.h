// The face part of the command line: `face analyze`, `face compare`, and the hidden
// `vision-worker` that the server's children run.
#pragma once

#include <CLI/CLI.hpp>

namespace mq::app {

// Registers the commands. When one of them ran, `exit_code` is 0 (done) or 1 (refused; a problem object
// {"code","title","detail"} is printed). Exceptions of CLI11 for wrong usage are left to the caller.
void add_face_commands(CLI::App& app, int& exit_code);

// `face train-occlusion`: makes models/occlusion.json.
void add_train_occlusion_command(CLI::App& app, int& exit_code);

}  // namespace mq::app
