// A read statement with what it is counted as, in the form in which it is kept sealed and shown to
// staff (StatementReading of sdk/openapi.yaml). Private to documents/.
#pragma once

#include <boost/json.hpp>

#include "documents/reading.h"
#include "documents/statement_reading.h"

namespace mq::documents {

boost::json::object json_of(const StatementReading& reading);

// What json_of() wrote; members that it learned later are empty in what is older. Error:
// vault.damaged.
Result<boost::json::value> parse_statement(std::string_view text);

// What its owner sees of it: bank, holder, account, period.
std::vector<FieldValue> fields_of(const Statement& statement);

}  // namespace mq::documents
