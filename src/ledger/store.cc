#include "ledger/store.h"

#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/limits.h"

namespace mq::ledger {
namespace {

Account account_at(const storage::Row& row, std::size_t column) {
  const auto account = static_cast<Account>(row.i64(column));
  return info(account).account;  // CHECKs that the chart has it
}

Currency currency_at(const storage::Row& row, std::size_t column) {
  const auto currency = parse_currency(row.text(column));
  MQ_CHECK(currency.ok());
  return *currency;
}

// Journals with their lines by one statement; `chosen` is a SELECT of rows of ledger_journal.
std::vector<PostedJournal> load(storage::Transaction& tx, const std::string& chosen,
                                storage::Params params) {
  const auto rows = tx.query(
      "SELECT j.id, j.event, j.object, j.business_date, j.at, j.reverses, j.idempotency_key, r.id,"
      " t.debit, t.debit_object, t.credit, t.credit_object, t.minor, t.currency"
      " FROM (" +
          chosen +
          ") j"
          " JOIN ledger_transfer t ON t.journal_id = j.id"
          " LEFT JOIN ledger_journal r ON r.reverses = j.id"
          " ORDER BY j.id DESC, t.no",
      std::move(params));
  const auto optional_id = [](const storage::Row& row, std::size_t column) {
    return row.is_null(column) ? std::nullopt : std::optional(row.id<JournalId>(column));
  };
  std::vector<PostedJournal> found;
  for (const auto& row : rows) {
    const auto id = row.id<JournalId>(0);
    if (found.empty() || found.back().id != id) {
      found.push_back({id,
                       {row.text(1), row.text(2), row.date(3), row.text(6), {}},
                       row.instant(4),
                       optional_id(row, 5),
                       optional_id(row, 7)});
    }
    found.back().journal.transfers.push_back({{account_at(row, 8), row.text(9)},
                                              {account_at(row, 10), row.text(11)},
                                              row.money(12, currency_at(row, 13))});
  }
  return found;
}

std::optional<PostedJournal> load_one(storage::Transaction& tx, const std::string& chosen,
                                      storage::Params params) {
  auto found = load(tx, chosen, std::move(params));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

// On the account's normal side.
Money on_normal_side(Account account, Money debit, Money credit) {
  return info(account).normal_side == Side::debit ? debit - credit : credit - debit;
}

}  // namespace

bool insert_journal(storage::Transaction& tx, const JournalId& id, Instant at,
                    const Journal& journal, const std::optional<JournalId>& reverses) {
  const auto inserted = tx.change(
      "INSERT INTO ledger_journal (id, event, object, business_date, at, lines, reverses,"
      " idempotency_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
      {id, journal.event, journal.object, journal.business_date, at, journal.transfers.size(),
       reverses, journal.idempotency_key});
  if (inserted == 0) return false;
  for (std::size_t i = 0; i < journal.transfers.size(); ++i) {
    const auto& transfer = journal.transfers[i];
    tx.execute(
        "INSERT INTO ledger_transfer (journal_id, no, debit, debit_object, credit, credit_object,"
        " minor, currency) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        {id, i + 1, static_cast<std::int64_t>(transfer.debit.account), transfer.debit.object,
         static_cast<std::int64_t>(transfer.credit.account), transfer.credit.object,
         transfer.amount.minor(), to_string(transfer.amount.currency())});
  }
  return true;
}

std::optional<PostedJournal> find(storage::Transaction& tx, const JournalId& id) {
  return load_one(tx, "SELECT * FROM ledger_journal WHERE id = $1", {id});
}

std::optional<PostedJournal> find_by_key(storage::Transaction& tx, std::string_view key) {
  return load_one(tx, "SELECT * FROM ledger_journal WHERE idempotency_key = $1", {key});
}

std::vector<PostedJournal> journals(storage::Transaction& tx, const JournalFilter& filter) {
  std::string sql = "SELECT * FROM ledger_journal WHERE 1 = 1";
  storage::Params params;
  const auto also = [&](std::string_view condition, storage::Value value) {
    params.push_back(std::move(value));
    sql.append(" AND ").append(condition).append("$").append(std::to_string(params.size()));
  };
  if (filter.object) also("object = ", *filter.object);
  if (filter.event) also("event = ", *filter.event);
  if (filter.from) also("business_date >= ", *filter.from);
  if (filter.to) also("business_date <= ", *filter.to);
  if (filter.before) also("id < ", *filter.before);
  params.emplace_back(std::clamp(filter.limit, 1, limits::kPageRows));
  sql += " ORDER BY id DESC LIMIT $" + std::to_string(params.size());
  return load(tx, sql, std::move(params));
}

Money balance(storage::Transaction& tx, Account account, const std::optional<std::string>& object,
              Currency currency) {
  const auto sum = [&](const std::string& side) {
    return "(SELECT CAST(COALESCE(SUM(minor), 0) AS BIGINT) FROM ledger_transfer WHERE " + side +
           " = $1 AND currency = $2" + (object ? " AND " + side + "_object = $3)" : ")");
  };
  storage::Params params{static_cast<std::int64_t>(account), to_string(currency)};
  if (object) params.emplace_back(*object);
  const auto rows = tx.query("SELECT " + sum("debit") + ", " + sum("credit"), std::move(params));
  return on_normal_side(account, rows.at(0).money(0, currency), rows.at(0).money(1, currency));
}

TrialBalance trial_balance(storage::Transaction& tx, const std::optional<BusinessDate>& as_of,
                           Currency currency) {
  struct Turnover {
    std::int64_t debit = 0, credit = 0;
  };
  const auto side = [&](int number, const std::string& column) {
    return "SELECT " + std::to_string(number) + ", t." + column +
           ", CAST(SUM(t.minor) AS BIGINT) FROM ledger_transfer t" +
           (as_of ? " JOIN ledger_journal j ON j.id = t.journal_id AND j.business_date <= $2"
                  : "") +
           " WHERE t.currency = $1 GROUP BY t." + column;
  };
  storage::Params params{to_string(currency)};
  if (as_of) params.emplace_back(*as_of);
  std::map<Account, Turnover> turnovers;
  // One statement, so that both sides see the same lines in every kind of transaction.
  for (const auto& row :
       tx.query(side(0, "debit") + " UNION ALL " + side(1, "credit"), std::move(params))) {
    auto& turnover = turnovers[account_at(row, 1)];
    (row.i64(0) == 0 ? turnover.debit : turnover.credit) = row.i64(2);
  }

  TrialBalance result{{}, Money::zero(currency), Money::zero(currency)};
  for (const auto& [account, turnover] : turnovers) {
    const Money debit(turnover.debit, currency), credit(turnover.credit, currency);
    result.rows.push_back({account, debit, credit, on_normal_side(account, debit, credit)});
    result.debit += debit;
    result.credit += credit;
  }
  return result;
}

}  // namespace mq::ledger
