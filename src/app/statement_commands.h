// The command line's `statement read`: a bank statement to rows, checks and income.
#pragma once

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "documents/documents.h"

namespace mq::app {

// As add_face_commands().
void add_statement_commands(CLI::App& app, int& exit_code);

boost::json::array flags_json(const documents::RowFlags& flags);

// All that was read: rows with their flags, checks, months, salary sources with their rows,
// mismatches. Money as decimal text. Row and page numbers count from 0.
boost::json::object statement_json(const documents::StatementReading& reading);

}  // namespace mq::app
