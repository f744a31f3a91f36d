#include "audit/leaf.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "runtime/json.h"

namespace mq::audit {
namespace {

namespace json = boost::json;

constexpr std::size_t kSaltBytes = 16;

void write_canonical(const json::value& value, std::string& out) {
  // Two writers of the same decimal may print it differently: amounts and shares are strings.
  MQ_CHECK(!value.is_double());
  if (const auto* array = value.if_array()) {
    out.push_back('[');
    for (std::size_t i = 0; i < array->size(); ++i) {
      if (i > 0) out.push_back(',');
      write_canonical((*array)[i], out);
    }
    out.push_back(']');
  } else if (const auto* object = value.if_object()) {
    std::vector<const json::key_value_pair*> members;
    for (const auto& member : *object) members.push_back(&member);
    std::sort(members.begin(), members.end(),
              [](const auto* a, const auto* b) { return a->key() < b->key(); });
    out.push_back('{');
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i > 0) out.push_back(',');
      out += json::serialize(members[i]->key());
      out.push_back(':');
      write_canonical(members[i]->value(), out);
    }
    out.push_back('}');
  } else {
    out += json::serialize(value);
  }
}

std::string random_salt(Random& random) {
  std::array<std::uint8_t, kSaltBytes> salt;
  random.fill(salt);
  return crypto::hex(salt);
}

std::string commitment_digest(ByteView salt, ByteView value) {
  Bytes salted(salt.size() + value.size());
  std::copy(value.begin(), value.end(), std::copy(salt.begin(), salt.end(), salted.begin()));
  return crypto::hex(crypto::sha256(salted));
}

}  // namespace

std::string canonical_json(const json::value& value) {
  std::string out;
  write_canonical(value, out);
  return out;
}

std::string leaf_body(const LeafId& id, Instant at, std::string_view salt_hex,
                      std::string_view kind, std::string_view object, const json::object& facts) {
  return canonical_json(json::object{{"at", at.iso()},
                                     {"facts", facts},
                                     {"id", id.str()},
                                     {"kind", kind},
                                     {"object", object},
                                     {"salt", salt_hex}});
}

Result<LeafFields> read_leaf_body(std::string_view body) {
  auto parsed = runtime::parse_json(body);
  if (!parsed.ok() || !parsed->is_object()) return AuditErrc::malformed;
  const auto& object = parsed->get_object();
  LeafFields fields;
  for (const auto& [name, field] : {std::pair{"id", &fields.id},
                                    {"kind", &fields.kind},
                                    {"object", &fields.object},
                                    {"at", &fields.at}}) {
    const auto* value = object.if_contains(name);
    if (value == nullptr || !value->is_string()) return AuditErrc::malformed;
    *field = std::string(value->get_string());
  }
  return fields;
}

Commitment commit(ByteView value, Random& random) {
  const auto salt = random_salt(random);
  const auto raw = crypto::unhex(salt);
  return {commitment_digest(*raw, value), salt};
}

bool opens(const Commitment& commitment, ByteView value) {
  const auto salt = crypto::unhex(commitment.salt);
  if (!salt.ok() || salt->size() != kSaltBytes) return false;
  return crypto::constant_time_equal(as_bytes(commitment_digest(*salt, value)),
                                     as_bytes(commitment.digest));
}

LeafId append(storage::Transaction& tx, Instant at, Random& random, std::string_view kind,
              std::string_view object, const json::object& facts) {
  const auto id = LeafId::make(at, random);
  const auto body = leaf_body(id, at, random_salt(random), kind, object, facts);
  MQ_CHECK(body.size() <= limits::kAuditBodyBytes);
  const auto hash = crypto::merkle_leaf_hash(as_bytes(body));
  tx.execute(
      "INSERT INTO audit_leaf (id, kind, object, body, leaf_hash, at)"
      " VALUES ($1, $2, $3, $4, $5, $6)",
      {id, kind, object, body, Bytes(hash.begin(), hash.end()), at});
  return id;
}

}  // namespace mq::audit
