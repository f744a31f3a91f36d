// What the balances prove about the rows. Private to documents/.
#pragma once

#include "documents/statement_rows.h"

namespace mq::documents::statements {

// Makes the statement's rows of the raw ones: which way each amount goes, the order of the
// statement, repairs and flags. The statement's currency, period and opening and closing balances
// are known by then.
void conclude(const RawTable& table, Statement& statement);

// The title, the key words and the values behind them.
void read_head(const RawTable& table, Statement& statement);

}  // namespace mq::documents::statements
