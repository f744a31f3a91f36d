#include "runtime/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/json.hpp>

#include "base/time.h"
#include "runtime/text.h"

namespace mq::log {
namespace {

struct Output {
  std::shared_ptr<spdlog::sinks::dist_sink_mt> sinks =
      std::make_shared<spdlog::sinks::dist_sink_mt>();
  spdlog::logger logger{"mianqian", sinks};

  Output() {
    sinks->add_sink(std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger.set_pattern("%v");
    logger.set_level(spdlog::level::info);
    logger.flush_on(spdlog::level::trace);
  }
};

// Never destroyed: threads may still log while static objects go away.
Output& output() {
  static auto* const instance = new Output;
  return *instance;
}

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warn: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  check_failed("unknown log level");
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warn: return "warn";
    case Level::error: return "error";
  }
  check_failed("unknown log level");
}

}  // namespace

bool set_level(std::string_view level) {
  for (const auto known : {Level::debug, Level::info, Level::warn, Level::error}) {
    if (level != name_of(known)) continue;
    output().logger.set_level(to_spdlog(known));
    return true;
  }
  return false;
}

Status also_to_file(const std::string& path) {
  try {
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path);
    sink->set_pattern("%v");
    output().sinks->add_sink(std::move(sink));
    return ok();
  } catch (const spdlog::spdlog_ex&) {
    return Error(LogErrc::cannot_open, path);
  }
}

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  auto& logger = output().logger;
  if (!logger.should_log(to_spdlog(level))) return;
  boost::json::object line;
  line["ts"] = SystemClock().now().iso();
  line["level"] = name_of(level);
  line["event"] = runtime::printable_utf8(event);
  for (const auto& field : fields) {
    auto& slot = line[runtime::printable_utf8(field.name)];
    std::visit(
        [&](const auto& value) {
          if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>) {
            slot = runtime::printable_utf8(value);
          } else {
            slot = value;
          }
        },
        field.value);
  }
  logger.log(to_spdlog(level), boost::json::serialize(line));
}

}  // namespace mq::log
