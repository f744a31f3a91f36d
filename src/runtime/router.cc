#include <algorithm>

#include "base/check.h"
#include "runtime/http_parts.h"

namespace mq::runtime {
namespace {

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string_view>& path) {
  return std::equal(pattern.begin(), pattern.end(), path.begin(), path.end(),
                    [](const std::string& wanted, std::string_view got) {
                      return is_parameter(wanted) ? !got.empty() : wanted == got;
                    });
}

// The pattern whose first difference is a literal is the closer one.
bool closer(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::lexicographical_compare(
      a.begin(), a.end(), b.begin(), b.end(),
      [](const auto& x, const auto& y) { return !is_parameter(x) && is_parameter(y); });
}

}  // namespace

void Router::add(Route route) {
  MQ_CHECK(route.pattern.starts_with('/') && route.handler != nullptr);
  for (const auto& known : routes_) {
    MQ_CHECK(known.method != route.method || known.pattern != route.pattern);
  }
  std::vector<std::string> segments;
  for (const auto segment : path_segments(route.pattern)) segments.emplace_back(segment);
  segments_.push_back(std::move(segments));
  routes_.push_back(std::move(route));
}

Router::Match Router::match(std::string_view method, std::string_view path) const {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  const auto segments = path_segments(path);
  Match match;
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (!fits(segments_[i], segments)) continue;
    match.path_known = true;
    const auto& known = routes_[i].method;
    const auto label = known == "GET" ? std::string("GET, HEAD") : known;
    if (match.allowed.find(label) == std::string::npos) {
      match.allowed += (match.allowed.empty() ? "" : ", ") + label;
    }
    if (known == wanted && (!best || closer(segments_[i], segments_[*best]))) best = i;
  }
  if (!best) return match;
  match.route = &routes_[*best];
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto& name = segments_[*best][i];
    if (is_parameter(name)) match.parameters[name.substr(1, name.size() - 2)] = segments[i];
  }
  return match;
}

}  // namespace mq::runtime
