// Typed JSON. A request or response is a struct described with BOOST_DESCRIBE_STRUCT; reading is strict:
// unknown fields, missing fields, wrong types, too deep documents are refused with the path in the detail.
//
// Field types: std::string, std::int64_t, int, bool, Money ("10000.00"), Rate ("0.072"), Id<…>, Instant
// (ISO 8601 on output), BusinessDate ("2026-11-22"), described enums (by name), std::optional (absent or
// null), std::vector, nested described structs, boost::json::value (anything), Pii<std::string>.
#pragma once

#include <boost/describe.hpp>
#include <boost/json.hpp>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/ids.h"
#include "base/limits.h"
#include "base/money.h"
#include "base/pii.h"
#include "base/result.h"
#include "base/time.h"

namespace mq::runtime {

enum class JsonErrc { malformed, invalid };
BOOST_DESCRIBE_ENUM(JsonErrc, malformed, invalid)
constexpr std::string_view error_domain(JsonErrc) { return "json"; }

Result<boost::json::value> parse_json(std::string_view text);

namespace detail {

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};
template <class T>
struct is_id : std::false_type {};
template <class Tag>
struct is_id<Id<Tag>> : std::true_type {};
template <class T>
struct is_pii : std::false_type {};
template <class T>
struct is_pii<Pii<T>> : std::true_type {};
template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;
template <class T>
concept DescribedStruct = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;

Error json_error(const std::string& path, std::string_view what);

template <class T>
Status read_value(const boost::json::value& in, T& out, const std::string& path);

template <DescribedStruct T>
Status read_struct(const boost::json::value& in, T& out, const std::string& path) {
  const auto* object = in.if_object();
  if (object == nullptr) return json_error(path, "an object is expected");
  using Members = boost::describe::describe_members<T, boost::describe::mod_any_access |
                                                         boost::describe::mod_inherited>;
  std::size_t known = 0;
  std::optional<Error> failure;
  boost::mp11::mp_for_each<Members>([&](auto member) {
    if (failure) return;
    using Field = std::remove_reference_t<decltype(out.*member.pointer)>;
    const std::string at = path.empty() ? member.name : path + "." + member.name;
    const auto* value = object->if_contains(member.name);
    if (value == nullptr) {
      if constexpr (!is_optional<Field>::value) failure = json_error(at, "is missing");
      return;
    }
    ++known;
    auto status = read_value(*value, out.*member.pointer, at);
    if (!status.ok()) failure = status.error();
  });
  if (failure) return *failure;
  if (known != object->size()) return json_error(path, "holds an unknown field");
  return ok();
}

template <class Parsed, class T>
Status read_text(const boost::json::value& in, T& out, const std::string& path, Parsed parse,
                 std::string_view expected) {
  const auto* text = in.if_string();
  if (text == nullptr) return json_error(path, expected);
  auto parsed = parse(std::string_view(*text));
  if (!parsed.ok()) return json_error(path, expected);
  out = *parsed;
  return ok();
}

template <class T>
Status read_value(const boost::json::value& in, T& out, const std::string& path) {
  if constexpr (std::is_same_v<T, boost::json::value>) {
    out = in;
    return ok();
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!in.is_string()) return json_error(path, "a string is expected");
    out = std::string(in.get_string());
    return ok();
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!in.is_bool()) return json_error(path, "true or false is expected");
    out = in.get_bool();
    return ok();
  } else if constexpr (std::is_integral_v<T>) {
    boost::system::error_code failed;
    out = in.to_number<T>(failed);
    if (failed || in.is_double()) return json_error(path, "a whole number is expected");
    return ok();
  } else if constexpr (std::is_same_v<T, Money>) {
    return read_text(in, out, path, [](auto s) { return Money::parse(s); },
                     "an amount as a string like \"100.00\" is expected");
  } else if constexpr (std::is_same_v<T, Rate>) {
    return read_text(in, out, path, [](auto s) { return Rate::parse(s); },
                     "a rate as a string like \"0.072\" is expected");
  } else if constexpr (std::is_same_v<T, BusinessDate>) {
    return read_text(in, out, path, [](auto s) { return BusinessDate::parse(s); },
                     "a date like \"2026-11-22\" is expected");
  } else if constexpr (is_id<T>::value) {
    return read_text(in, out, path, [](auto s) { return T::parse(s); }, "an identifier is expected");
  } else if constexpr (is_pii<T>::value) {
    std::remove_cvref_t<decltype(out.expose())> inner;
    MQ_REQUIRE(read_value(in, inner, path));
    out = T(std::move(inner));
    return ok();
  } else if constexpr (is_optional<T>::value) {
    if (in.is_null()) {
      out.reset();
      return ok();
    }
    typename T::value_type inner{};
    MQ_REQUIRE(read_value(in, inner, path));
    out = std::move(inner);
    return ok();
  } else if constexpr (is_vector<T>::value) {
    const auto* array = in.if_array();
    if (array == nullptr) return json_error(path, "a list is expected");
    out.clear();
    for (std::size_t i = 0; i < array->size(); ++i) {
      typename T::value_type inner{};
      MQ_REQUIRE(read_value((*array)[i], inner, path + "[" + std::to_string(i) + "]"));
      out.push_back(std::move(inner));
    }
    return ok();
  } else if constexpr (DescribedEnum<T>) {
    const auto* text = in.if_string();
    // A NUL inside would end the C string early and let "active\0…" pass as "active".
    if (text == nullptr || text->find('\0') != boost::json::string::npos ||
        !boost::describe::enum_from_string(text->c_str(), out)) {
      return json_error(path, "is none of the allowed values");
    }
    return ok();
  } else {
    static_assert(DescribedStruct<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
    return read_struct(in, out, path);
  }
}

template <class T>
boost::json::value write_value(const T& in) {
  if constexpr (std::is_same_v<T, boost::json::value> || std::is_same_v<T, std::string> ||
                std::is_same_v<T, bool>) {
    return boost::json::value(in);
  } else if constexpr (std::is_arithmetic_v<T>) {
    return boost::json::value(in);
  } else if constexpr (std::is_same_v<T, Money> || std::is_same_v<T, Rate> || is_id<T>::value) {
    return boost::json::value(in.str());
  } else if constexpr (std::is_same_v<T, Instant> || std::is_same_v<T, BusinessDate>) {
    return boost::json::value(in.iso());
  } else if constexpr (is_pii<T>::value) {
    return write_value(in.expose());  // a response to its owner; logs never see JSON bodies
  } else if constexpr (is_optional<T>::value) {
    return in ? write_value(*in) : boost::json::value(nullptr);
  } else if constexpr (is_vector<T>::value) {
    boost::json::array array;
    for (const auto& item : in) array.push_back(write_value(item));
    return array;
  } else if constexpr (DescribedEnum<T>) {
    return boost::json::value(boost::describe::enum_to_string(in, "?"));
  } else {
    static_assert(DescribedStruct<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
    boost::json::object object;
    using Members = boost::describe::describe_members<T, boost::describe::mod_any_access |
                                                         boost::describe::mod_inherited>;
    boost::mp11::mp_for_each<Members>([&](auto member) {
      object[member.name] = write_value(in.*member.pointer);
    });
    return object;
  }
}

}  // namespace detail

// Reads a described struct from text. Errors: json.malformed (not JSON), json.invalid (not this type).
template <class T>
Result<T> from_json(std::string_view text) {
  MQ_TRY(auto value, parse_json(text));
  T out{};
  MQ_REQUIRE(detail::read_value(value, out, ""));
  return out;
}

template <class T>
boost::json::value to_json_value(const T& value) {
  return detail::write_value(value);
}

template <class T>
std::string to_json(const T& value) {
  return boost::json::serialize(detail::write_value(value));
}

}  // namespace mq::runtime
