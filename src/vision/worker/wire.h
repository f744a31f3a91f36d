// Numbers and texts in the body of a frame. Both ends are the same program on the same machine, so
// numbers travel as they lie in memory.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/bytes.h"

namespace mq::vision {

class Writer {
 public:
  template <class T>
  requires std::is_arithmetic_v<T>
  void put(T value) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
    out_.insert(out_.end(), bytes, bytes + sizeof value);
  }
  // At most 65,535 bytes of it.
  void put_text(std::string_view text) {
    text = text.substr(0, UINT16_MAX);
    put(static_cast<std::uint16_t>(text.size()));
    out_.insert(out_.end(), text.begin(), text.end());
  }
  Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

// What does not fit marks it as failed and reads as zeros from then on.
class Reader {
 public:
  explicit Reader(ByteView in) : in_(in) {}

  template <class T>
  requires std::is_arithmetic_v<T> T get() {
    T value{};
    if (in_.size() < sizeof value) {
      failed_ = true;
      return value;
    }
    std::memcpy(&value, in_.data(), sizeof value);
    in_ = in_.subspan(sizeof value);
    return value;
  }
  float number() {
    const auto value = get<float>();
    if (!std::isfinite(value)) failed_ = true;
    return value;
  }
  bool flag() {
    const auto value = get<std::uint8_t>();
    if (value > 1) failed_ = true;
    return value == 1;
  }
  template <class T>
  T between(T least, T most) {
    const auto value = get<T>();
    if (value < least || value > most) failed_ = true;
    return failed_ ? least : value;
  }
  std::string text(std::size_t most) {
    const std::size_t size = get<std::uint16_t>();
    if (failed_ || size > most || size > in_.size()) {
      failed_ = true;
      return {};
    }
    std::string out(as_text(in_.first(size)));
    in_ = in_.subspan(size);
    return out;
  }
  void fail() { failed_ = true; }
  bool failed() const { return failed_; }
  bool finished() const { return !failed_ && in_.empty(); }

 private:
  ByteView in_;
  bool failed_ = false;
};

}  // namespace mq::vision
