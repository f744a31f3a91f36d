// The audit part of the command line: `audit export` and `audit verify`.
#pragma once

#include <CLI/CLI.hpp>

namespace mq::app {

// Registers the commands. When one of them ran, `exit_code` is 0 (done) or 1 (refused; a problem
// object
// {"code","title","detail"} is printed). Exceptions of CLI11 for wrong usage are left to the
// caller.
//
//   audit export [--data DIR | --database URL] --out DIR [--since FILE] [--json]
//   audit verify --checkpoint FILE --proof FILE... [--key VKEY|FILE] [--since FILE] [--json]
//
// `verify` needs neither a database nor a network. Several proof files are one export in parts.
void add_audit_commands(CLI::App& app, int& exit_code);

}  // namespace mq::app
