#include "runtime/json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <set>

namespace mq::runtime {
namespace {

namespace json = boost::json;
using boost::system::error_code;

// Builds a value and refuses an object that names a key twice: two readers of such a document may see
// different values, which is how a checked amount and a booked amount come apart.
class StrictHandler {
 public:
  static constexpr std::size_t max_array_size = -1;
  static constexpr std::size_t max_object_size = -1;
  static constexpr std::size_t max_string_size = -1;
  static constexpr std::size_t max_key_size = -1;

  StrictHandler() { stack_.reset(); }
  bool duplicate() const { return duplicate_; }
  json::value release() { return stack_.release(); }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) {
    keys_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t n, error_code&) {
    keys_.pop_back();
    stack_.push_object(n);
    return true;
  }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t n, error_code&) {
    stack_.push_array(n);
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, error_code&) {
    key_.append(part.data(), part.size());
    stack_.push_chars(part);
    return true;
  }
  bool on_key(json::string_view part, std::size_t, error_code& failed) {
    key_.append(part.data(), part.size());
    stack_.push_key(part);
    if (!keys_.back().insert(std::exchange(key_, {})).second) {
      duplicate_ = true;
      failed = make_error_code(boost::system::errc::invalid_argument);
      return false;
    }
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(json::string_view part, std::size_t, error_code&) {
    stack_.push_string(part);
    return true;
  }
  bool on_number_part(json::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t value, json::string_view, error_code&) {
    stack_.push_int64(value);
    return true;
  }
  bool on_uint64(std::uint64_t value, json::string_view, error_code&) {
    stack_.push_uint64(value);
    return true;
  }
  bool on_double(double value, json::string_view, error_code&) {
    stack_.push_double(value);
    return true;
  }
  bool on_bool(bool value, error_code&) {
    stack_.push_bool(value);
    return true;
  }
  bool on_null(error_code&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, error_code&) { return true; }
  bool on_comment(json::string_view, error_code&) { return true; }

 private:
  json::value_stack stack_;
  std::vector<std::set<std::string>> keys_;  // of the open objects
  std::string key_;
  bool duplicate_ = false;
};

}  // namespace

namespace detail {

Error json_error(const std::string& path, std::string_view what) {
  return Error(JsonErrc::invalid, (path.empty() ? "the document" : path) + " " + std::string(what));
}

}  // namespace detail

Result<json::value> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = limits::kJsonDepth;
  json::basic_parser<StrictHandler> parser(options);
  error_code failed;
  const auto used = parser.write_some(false, text.data(), text.size(), failed);
  if (parser.handler().duplicate()) return Error(JsonErrc::malformed, "a key appears twice");
  if (failed) return Error(JsonErrc::malformed, failed.message());
  if (used != text.size()) return Error(JsonErrc::malformed, "extra data after the document");
  return parser.handler().release();
}

}  // namespace mq::runtime
