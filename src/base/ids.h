// Strong identifiers: UUIDv7 (RFC 9562), so that rows of one table lie in the order they were made.
// A LoanId is not a PersonId: the tag makes them different types.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace mq {

enum class IdErrc { malformed };
BOOST_DESCRIBE_ENUM(IdErrc, malformed)
constexpr std::string_view error_domain(IdErrc) { return "id"; }

// Where randomness comes from; crypto/ has the system's, tests a seeded one.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const Uuid&) const = default;

  static Uuid v7(Instant at, Random& random);
  static Result<Uuid> parse(std::string_view text);  // 8-4-4-4-12, lower or upper case
  std::string str() const;
  bool is_nil() const { return bytes == std::array<std::uint8_t, 16>{}; }
};

template <class Tag>
struct Id {
  Uuid uuid;
  auto operator<=>(const Id&) const = default;

  static Id make(Instant at, Random& random) { return {Uuid::v7(at, random)}; }
  static Result<Id> parse(std::string_view text) {
    auto uuid = Uuid::parse(text);
    if (!uuid.ok()) return std::move(uuid).error();
    return Id{*uuid};
  }
  std::string str() const { return uuid.str(); }
};

using PersonId = Id<struct PersonTag>;
using AccountId = Id<struct AccountTag>;
using SessionId = Id<struct SessionTag>;
using StaffId = Id<struct StaffTag>;
using ConsentId = Id<struct ConsentTag>;
using DocumentId = Id<struct DocumentTag>;
using VerificationId = Id<struct VerificationTag>;
using ApplicationId = Id<struct ApplicationTag>;
using ContractId = Id<struct ContractTag>;
using LoanId = Id<struct LoanTag>;
using InstructionId = Id<struct InstructionTag>;
using JournalId = Id<struct JournalTag>;
using LeafId = Id<struct LeafTag>;

}  // namespace mq
