// Result<T>: expected failures as values.
//
// Every capability has one closed enum of error codes, described with BOOST_DESCRIBE_ENUM and named by a
// constant `kErrorDomain` found through `error_domain(Code)`. An Error carries "<domain>.<code>", which
// is the stable code an API client sees; api/problem.cc gives it its status, texts and next step.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/check.h"

namespace mq {

class Error {
 public:
  // `code` is an enumerator of a capability's error enum. `detail` is for engineers: it goes to logs
  // and to the problem object, so it must not hold personal data.
  template <class Code, class = decltype(error_domain(Code{}))>
  Error(Code code, std::string detail = {})  // NOLINT(google-explicit-constructor)
      : code_(std::string(error_domain(code)) + "." +
              boost::describe::enum_to_string(code, "unnamed")),
        detail_(std::move(detail)) {}

  const std::string& code() const { return code_; }
  const std::string& detail() const { return detail_; }

  template <class Code, class = decltype(error_domain(Code{}))>
  bool is(Code code) const {
    return code_ == std::string(error_domain(code)) + "." +
                        boost::describe::enum_to_string(code, "unnamed");
  }

  // For errors that crossed a process border as text (the vision child, the API client).
  static Error from_text(std::string code, std::string detail) {
    return Error(FromText{}, std::move(code), std::move(detail));
  }

 private:
  struct FromText {};
  Error(FromText, std::string code, std::string detail)
      : code_(std::move(code)), detail_(std::move(detail)) {}

  std::string code_;
  std::string detail_;
};

struct Unit {};

template <class T = Unit>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)
  template <class Code, class = decltype(error_domain(Code{}))>
  Result(Code code) : state_(std::in_place_index<1>, Error(code)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  const T& value() const& {
    MQ_CHECK(ok());
    return std::get<0>(state_);
  }
  T& value() & {
    MQ_CHECK(ok());
    return std::get<0>(state_);
  }
  T&& value() && {
    MQ_CHECK(ok());
    return std::get<0>(std::move(state_));
  }
  const Error& error() const& {
    MQ_CHECK(!ok());
    return std::get<1>(state_);
  }
  Error&& error() && {
    MQ_CHECK(!ok());
    return std::get<1>(std::move(state_));
  }

  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

 private:
  std::variant<T, Error> state_;
};

using Status = Result<Unit>;
inline Status ok() { return Unit{}; }

}  // namespace mq

#define MQ_CONCAT_(a, b) a##b
#define MQ_CONCAT(a, b) MQ_CONCAT_(a, b)

// MQ_TRY(auto x, expression): x = the value, or return the error from the enclosing function.
#define MQ_TRY(target, expression) MQ_TRY_(MQ_CONCAT(mq_try_, __COUNTER__), target, expression)
#define MQ_TRY_(temporary, target, expression)              \
  auto temporary = (expression);                            \
  if (!temporary.ok()) return std::move(temporary).error(); \
  target = std::move(temporary).value()

// MQ_REQUIRE(expression): return the error of a Status, if it is one.
#define MQ_REQUIRE(expression) MQ_REQUIRE_(MQ_CONCAT(mq_status_, __COUNTER__), expression)
#define MQ_REQUIRE_(temporary, expression)                                                    \
  do {                                                                                        \
    if (auto temporary = (expression); !temporary.ok()) return std::move(temporary).error(); \
  } while (false)
