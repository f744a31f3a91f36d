// A leaf's text: canonical JSON. Private to audit/. Pure.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "audit/audit.h"

namespace mq::audit {

// JSON with sorted keys and no white space. CHECKs that there is no floating-point number in it.
std::string canonical_json(const boost::json::value& value);

struct LeafFields {
  std::string id, kind, object, at;
};
std::string leaf_body(const LeafId& id, Instant at, std::string_view salt_hex,
                      std::string_view kind, std::string_view object,
                      const boost::json::object& facts);
// Error: audit.malformed.
Result<LeafFields> read_leaf_body(std::string_view body);

}  // namespace mq::audit
