// What the commands about pictures share: reading files, saying what is wrong, finding the models.
#pragma once

#include <CLI/CLI.hpp>
#include <boost/describe.hpp>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace mq::app {

enum class FileErrc { unreadable, unwritable, invalid };
BOOST_DESCRIBE_ENUM(FileErrc, unreadable, unwritable, invalid)
constexpr std::string_view error_domain(FileErrc) { return "file"; }

// Prints the problem, as one JSON object on standard output or as a line on standard error; returns the
// exit status 1.
int report_problem(const Error& error, bool as_json);

// At most one byte over the limit of a picture, which is enough for the decoder to refuse it.
// Errors: file.unreadable.
Result<Bytes> read_picture(const std::string& path);

// JPEG, PNG or WebP by the end of its name.
bool is_picture_name(const std::string& path);

double rounded(double value, int digits);

// Processor time of the calling thread so far.
double thread_cpu_ms();

// The command of this name below `app`, made when it is not there yet.
CLI::App* subcommand(CLI::App& app, const std::string& name, const std::string& text);

// The folder with the model files: the option, else MIANQIAN_MODELS, else beside the program.
std::string find_models_dir(const std::string& option);

}  // namespace mq::app
