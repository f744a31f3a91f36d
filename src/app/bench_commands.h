// `mianqian bench …`: what this machine does, beside a plain yardstick measured in the same run.
#pragma once

#include <CLI/CLI.hpp>

namespace mq::app {

void add_bench_face_command(CLI::App& app, int& exit_code);
void add_bench_search_command(CLI::App& app, int& exit_code);

}  // namespace mq::app
