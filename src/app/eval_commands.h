// `mianqian eval …`: what an operator measures on own data.
#pragma once

#include <CLI/CLI.hpp>

namespace mq::app {

void add_eval_face_command(CLI::App& app, int& exit_code);

// `eval quality`: are pictures judged as their labels say.
void add_eval_quality_command(CLI::App& app, int& exit_code);

// `eval liveness`: the passive score on stills, active challenges on clips, the table of attacks.
void add_eval_liveness_command(CLI::App& app, int& exit_code);

// `eval idcard`: what is read of identity cards, field by field, and what is silently wrong.
void add_eval_idcard_command(CLI::App& app, int& exit_code);

// `eval bankcard`: which numbers are read right, and which silently wrong.
void add_eval_bankcard_command(CLI::App& app, int& exit_code);

// `eval statement`: what is read of generated bank statements, by layout and form, and what is silently wrong.
void add_eval_statement_command(CLI::App& app, int& exit_code);

}  // namespace mq::app
