// Pii<T>: personal data in flight. It cannot be printed, formatted, compared for logging or converted by
// accident; the one way out is expose(), which a reader can search for.
#pragma once

#include <utility>

namespace mq {

template <class T>
class Pii {
 public:
  Pii() = default;
  explicit Pii(T value) : value_(std::move(value)) {}

  // Only to seal it, to show it to its owner, or to hand it to a partner its owner consented to.
  const T& expose() const { return value_; }

 private:
  T value_{};
};

}  // namespace mq
