// JSON form of a journal. Private to api/console.
#pragma once

#include <string>
#include <vector>

#include "api/handlers.h"
#include "ledger/ledger.h"

namespace mq::api {

struct TransferBody {
  std::string debit, debit_object, credit, credit_object;
  Money amount;
};
BOOST_DESCRIBE_STRUCT(TransferBody, (), (debit, debit_object, credit, credit_object, amount))
struct JournalBody {
  JournalId journal_id;
  std::string event, object;
  BusinessDate business_date;
  Instant at;
  std::vector<TransferBody> transfers;
};
BOOST_DESCRIBE_STRUCT(JournalBody, (), (journal_id, event, object, business_date, at, transfers))

inline JournalBody view(const ledger::PostedJournal& posted) {
  JournalBody body{posted.id, posted.journal.event, posted.journal.object,
                   posted.journal.business_date, posted.at, {}};
  for (const auto& line : posted.journal.transfers) {
    body.transfers.push_back({std::string(ledger::to_string(line.debit.account)),
                              line.debit.object,
                              std::string(ledger::to_string(line.credit.account)),
                              line.credit.object, line.amount});
  }
  return body;
}

}  // namespace mq::api
