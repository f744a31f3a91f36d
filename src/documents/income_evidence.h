// What the statements that a person has handed in say for a credit decision. The figures are the
// statements' own; whether somebody may rely on them is said beside them.
#pragma once

#include <boost/describe.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string_view>

#include "base/money.h"
#include "base/pii.h"
#include "base/result.h"
#include "base/time.h"
#include "documents/reading.h"
#include "storage/storage.h"
#include "vault/vault.h"

namespace mq::documents {

// From the best to the worst; the worst of several counts.
enum class StatementStanding {
  none,   // no statement was read, or none that reaches up to these months
  sound,  // the person's own, and nothing speaks against it
  // A finding of the worst kind, a text layer whose balances break, days that have not come yet,
  // or a holder that cannot be compared.
  doubtful,
  other_holder,  // it names somebody else
};
BOOST_DESCRIBE_ENUM(StatementStanding, none, sound, doubtful, other_holder)

struct IncomeEvidence {
  StatementStanding standing = StatementStanding::none;
  // Of the newest sound statement; absent when it is shorter than three months.
  std::optional<Money> monthly_income;
};

enum class HolderMatch { same, other, not_comparable };

// Whether the printed name can be the person's: without blanks and forms of address, and a star
// stands for one character or more that the bank keeps to itself. Not comparable are nothing but
// stars, letters with characters, and of a recognised text (not `exact`) a name that is in part the
// same. Pure.
HolderMatch compare_holder(std::string_view printed, std::string_view name, bool exact);
// The same of a whole statement; not_comparable where it names nobody.
HolderMatch compare_holder(const boost::json::value& statement, const Pii<std::string>& name);

// One statement as statement_json.h writes it. Pure.
IncomeEvidence evidence_of(const boost::json::value& statement, const Reading& reading,
                           const Pii<std::string>& name, BusinessDate today);

// Of all statements handed in within limits::kStatementEvidenceDays. `keys` need the class
// finances; once that is erased there is nothing to rely on. Errors: vault's.
Result<IncomeEvidence> income_evidence(storage::Transaction& tx, const vault::Vault& vault,
                                       const vault::PersonKeys& keys, const Pii<std::string>& name,
                                       Instant now);

}  // namespace mq::documents
