// The PDF part of the command line: `pdf inspect`, and the hidden `pdf-worker` that reads the
// documents.
#pragma once

#include <CLI/CLI.hpp>

namespace mq::app {

// As add_face_commands().
void add_pdf_commands(CLI::App& app, int& exit_code);

}  // namespace mq::app
