// A read statement with what it is counted as, in the form in which it is kept sealed and shown to
// staff (StatementReading of sdk/openapi.yaml). Private to documents/.
#pragma once

#include <boost/json.hpp>

#include "documents/reading.h"
#include "documents/statement_reading.h"

namespace mq::documents {

boost::json::object json_of(const StatementReading& reading);

// What its owner sees of it: bank, holder, account, period.
std::vector<FieldValue> fields_of(const Statement& statement);

}  // namespace mq::documents
