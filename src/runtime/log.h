// Structured logs: one JSON object a line on stderr. An event name plus typed fields; there is no
// free-form formatting, so that personal data cannot slip in by a "%s". Pii<T> does not convert to Field.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "base/ids.h"
#include "base/result.h"

namespace mq::log {

enum class LogErrc { cannot_open };
BOOST_DESCRIBE_ENUM(LogErrc, cannot_open)
constexpr std::string_view error_domain(LogErrc) { return "log"; }

enum class Level { debug, info, warn, error };

struct Field {
  std::string_view name;
  std::variant<std::int64_t, double, bool, std::string> value;

  Field(std::string_view n, std::string v) : name(n), value(std::move(v)) {}
  Field(std::string_view n, std::string_view v) : name(n), value(std::string(v)) {}
  Field(std::string_view n, const char* v) : name(n), value(std::string(v)) {}
  Field(std::string_view n, bool v) : name(n), value(v) {}
  Field(std::string_view n, double v) : name(n), value(v) {}
  template <class Int>
    requires std::is_integral_v<Int>
  Field(std::string_view n, Int v) : name(n), value(static_cast<std::int64_t>(v)) {}
  template <class Tag>
  Field(std::string_view n, const Id<Tag>& v) : name(n), value(v.str()) {}
  Field(std::string_view n, const Error& e)
      : name(n), value(e.code() + (e.detail().empty() ? "" : ": " + e.detail())) {}
};

// All functions are thread-safe.
// "debug", "info", "warn", "error"; unknown text leaves the level as it is and returns false.
bool set_level(std::string_view level);
// Every line also goes to this file (appended). For the demo and for the leak search.
// Error: log.cannot_open.
Status also_to_file(const std::string& path);

void write(Level level, std::string_view event, std::initializer_list<Field> fields);
inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::debug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::info, event, fields);
}
inline void warn(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::warn, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::error, event, fields);
}

}  // namespace mq::log
