// The ledger: double entry in whole minor units, balanced by the shape of its rows.
//
// Every line is a transfer: one amount above zero, one account debited and one credited. A journal
// of such lines cannot be out of balance, in the store itself, without a sum to check at commit
// time; an event with several legs is several lines. Nothing is ever changed or deleted (triggers):
// a mistake is corrected by a reversal that points at the original.
//
// A balance is a sum over an indexed, append-only table. There is no balance row, hence no row that
// all repayments wait for; the price is that reading a balance costs time in proportion to the
// lines of that account and object.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/storage.h"

namespace mq::ledger {

enum class LedgerErrc {
  malformed_journal,  // no line, too many, no event or key, a too long text
  amount_not_positive,
  same_account,        // a line debits and credits the same account and object
  conflicting_repeat,  // the idempotency key was used for a journal with other content
  unknown_account,     // no account has this name
  unknown_journal,
  already_reversed,
  reversal_of_reversal,  // post the event anew instead
};
BOOST_DESCRIBE_ENUM(LedgerErrc, malformed_journal, amount_not_positive, same_account,
                    conflicting_repeat, unknown_account, unknown_journal, already_reversed,
                    reversal_of_reversal)
constexpr std::string_view error_domain(LedgerErrc) { return "ledger"; }

// --- Chart of accounts
// ------------------------------------------------------------------------------

enum class AccountType { asset, liability, income, expense };
BOOST_DESCRIBE_ENUM(AccountType, asset, liability, income, expense)
enum class Side { debit, credit };
BOOST_DESCRIBE_ENUM(Side, debit, credit)

// Closed: a new account is a new enumerator and a migration. The numbers are the codes in the
// store; they follow the order of China's Accounting Standards for Enterprises (1 assets, 2
// liabilities, 6 income and expense).
enum class Account : std::int32_t {
  bank = 1002,
  clearing_channel = 1012,     // money under way at a payment channel; object: the channel
  interest_receivable = 1132,  // object: the loan
  fee_receivable = 1133,       // object: the loan
  penalty_receivable = 1134,   // object: the loan
  loans_receivable = 1303,     // object: the loan
  allowance = 1304,            // reduces loans_receivable; credit side
  partner_payable = 2202,      // object: the partner
  borrower_credit = 2241,      // overpayments; object: the loan
  interest_income = 6011,
  fee_income = 6021,
  penalty_income = 6022,
  recovery_income = 6301,  // recoveries after write-off
  impairment_loss = 6702,
};
BOOST_DESCRIBE_ENUM(Account, bank, clearing_channel, interest_receivable, fee_receivable,
                    penalty_receivable, loans_receivable, allowance, partner_payable,
                    borrower_credit, interest_income, fee_income, penalty_income, recovery_income,
                    impairment_loss)

struct AccountInfo {
  Account account;
  std::string_view name_zh, name_en;
  AccountType type;
  Side normal_side;  // the side on which its balance is positive
  int code() const { return static_cast<int>(account); }
};
std::span<const AccountInfo> chart_of_accounts();  // by code
const AccountInfo& info(Account account);
std::string_view to_string(Account account);  // the enumerator's name
Result<Account> parse_account(std::string_view name);

// --- Posting
// ----------------------------------------------------------------------------------------

// One side of a line. `object` divides the account: a loan id, a channel; "" = the account itself.
struct Place {
  Account account;
  std::string object;
  bool operator==(const Place&) const = default;
};
struct Transfer {
  Place debit;
  Place credit;
  Money amount;  // > 0
  bool operator==(const Transfer&) const = default;
};
struct Journal {
  std::string event;   // "disbursement", "accrual", "repayment": the event's kind
  std::string object;  // what it is about, usually the loan id; may be empty
  BusinessDate business_date;
  std::string idempotency_key;      // unique over the whole ledger: "<event>:<id of its cause>"
  std::vector<Transfer> transfers;  // 1 to limits::kLedgerLines
};

// Writes a journal. The same key with the same content (the instant apart) returns the first id and
// writes nothing. Errors: ledger.malformed_journal, ledger.amount_not_positive,
// ledger.same_account, ledger.conflicting_repeat.
Result<JournalId> post(storage::Transaction& tx, Instant at, Random& random,
                       const Journal& journal);

// Posts the lines of `original` with sides exchanged, event "reversal", same object. A repeat with
// the same key returns the first id. Errors: ledger.unknown_journal, ledger.already_reversed,
// ledger.reversal_of_reversal, ledger.conflicting_repeat, ledger.malformed_journal (bad key).
Result<JournalId> reverse(storage::Transaction& tx, Instant at, Random& random,
                          const JournalId& original, BusinessDate business_date,
                          std::string_view idempotency_key);

// --- Reading
// ----------------------------------------------------------------------------------------

// On the account's normal side: positive is usual (a loan still owed, an income earned). Without
// `object` the account with all its objects.
Money balance(storage::Transaction& tx, Account account,
              const std::optional<std::string>& object = std::nullopt,
              Currency currency = Currency::CNY);

struct TrialBalanceRow {
  Account account;
  Money debit;  // turnover
  Money credit;
  Money balance;  // on the normal side
};
struct TrialBalance {
  std::vector<TrialBalanceRow> rows;  // by code; accounts without lines are left out
  Money debit, credit;                // totals; equal, since every line has both sides
  Money difference() const { return debit - credit; }
};
// With `as_of` only journals up to and with that business date.
TrialBalance trial_balance(storage::Transaction& tx,
                           const std::optional<BusinessDate>& as_of = std::nullopt,
                           Currency currency = Currency::CNY);

struct PostedJournal {
  JournalId id;
  Journal journal;
  Instant at;
  std::optional<JournalId> reverses;
  std::optional<JournalId> reversed_by;
};
// Nothing: no such journal.
std::optional<PostedJournal> find(storage::Transaction& tx, const JournalId& id);

struct JournalFilter {
  std::optional<std::string> object = {};
  std::optional<std::string> event = {};
  std::optional<BusinessDate> from = {}, to = {};  // both inclusive
  std::optional<JournalId> before = {};  // the page after the one that ended with this journal
  int limit = 50;                        // at most limits::kPageRows
};
// Newest first.
std::vector<PostedJournal> journals(storage::Transaction& tx, const JournalFilter& filter);

extern const storage::Migration kLedgerMigration;  // number 3

}  // namespace mq::ledger
