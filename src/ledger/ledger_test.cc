#include "ledger/ledger.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <thread>

#include "database.h"
#include "fakes.h"

namespace mq::ledger {
namespace {

using enum Account;

Money cny(std::int64_t minor) { return {minor, Currency::CNY}; }
const BusinessDate kDay = BusinessDate::from_ymd(2026, 1, 5);

class LedgerTest : public test::DatabaseTest {
 protected:
  void SetUp() override { migrate({kLedgerMigration}); }

  Result<JournalId> try_post(const Journal& journal) {
    clock_.advance_ms(1);
    return db().write(
        [&](storage::Transaction& tx) { return post(tx, clock_.now(), random_, journal); });
  }
  JournalId book(const Journal& journal) {
    const auto id = try_post(journal);
    EXPECT_TRUE(id.ok()) << id.error().code();
    return id.ok() ? *id : JournalId{};
  }
  Result<JournalId> undo(const JournalId& id, const std::string& key) {
    clock_.advance_ms(1);
    return db().write([&](storage::Transaction& tx) {
      return reverse(tx, clock_.now(), random_, id, kDay.plus_days(1), key);
    });
  }
  template <class Read>
  auto read(Read&& what) {
    using T = decltype(what(std::declval<storage::Transaction&>()));
    auto result = db().read([&](storage::Transaction& tx) -> Result<T> { return what(tx); });
    EXPECT_TRUE(result.ok());
    return *result;
  }
  Money of(Account account, const std::optional<std::string>& object = std::nullopt,
           Currency currency = Currency::CNY) {
    return read([&](storage::Transaction& tx) { return balance(tx, account, object, currency); });
  }
  TrialBalance trial(const std::optional<BusinessDate>& as_of = std::nullopt) {
    return read([&](storage::Transaction& tx) { return trial_balance(tx, as_of); });
  }
  Status force(const std::string& sql) {
    return db().write([&](storage::Transaction& tx) -> Status {
      tx.execute(sql);
      return ok();
    });
  }

  static Journal disbursement(const std::string& loan, std::int64_t minor) {
    return {"disbursement",
            loan,
            kDay,
            "disbursement:" + loan,
            {{{loans_receivable, loan}, {clearing_channel, "demo"}, cny(minor)}}};
  }

  test::ManualClock clock_;
  test::TestRandom random_;
};
MQ_INSTANTIATE_DATABASES(LedgerTest);

// The first month of vector A of the lending arithmetic: 10 000.00 at 7.2 %, instalment 866.19.
TEST_P(LedgerTest, ALoanFromDisbursementToItsFirstInstalment) {
  book(disbursement("loan-1", 1'000'000));
  book({"accrual",
        "loan-1",
        kDay.plus_days(30),
        "accrual:1",
        {{{interest_receivable, "loan-1"}, {interest_income, ""}, cny(6'000)}}});
  book({"repayment",
        "loan-1",
        kDay.plus_days(31),
        "repayment:1",
        {{{clearing_channel, "demo"}, {interest_receivable, "loan-1"}, cny(6'000)},
         {{clearing_channel, "demo"}, {loans_receivable, "loan-1"}, cny(80'619)}}});
  book({"settlement",
        "demo",
        kDay.plus_days(32),
        "settlement:1",
        {{{bank, ""}, {clearing_channel, "demo"}, cny(86'619)}}});
  EXPECT_EQ(of(loans_receivable, "loan-1"), cny(919'381));
  EXPECT_EQ(of(interest_receivable, "loan-1"), cny(0));
  EXPECT_EQ(of(interest_income), cny(6'000));
  EXPECT_EQ(of(bank), cny(86'619));
  EXPECT_EQ(of(clearing_channel, "demo"), cny(-1'000'000));
  const auto all = trial();
  EXPECT_TRUE(all.difference().is_zero());
  EXPECT_EQ(all.debit, cny(1'000'000 + 6'000 + 86'619 + 86'619));
}

TEST_P(LedgerTest, BalancesAreKeptApartByObjectAndCurrency) {
  book(disbursement("loan-1", 100));
  book(disbursement("loan-2", 250));
  auto dollars = disbursement("loan-3", 1);
  dollars.transfers[0].amount = Money(70, Currency::USD);
  book(dollars);
  EXPECT_EQ(of(loans_receivable), cny(350));
  EXPECT_EQ(of(loans_receivable, "loan-2"), cny(250));
  EXPECT_EQ(of(loans_receivable, "loan-3"), cny(0));
  EXPECT_EQ(of(loans_receivable, "loan-3", Currency::USD), Money(70, Currency::USD));
  EXPECT_EQ(of(loans_receivable, ""), cny(0));
}

TEST_P(LedgerTest, CreditSideAccountsArePositiveOnTheirSide) {
  book({"provision",
        "loan-1",
        kDay,
        "p:1",
        {{{impairment_loss, ""}, {allowance, "loan-1"}, cny(500)}}});
  book({"overpayment",
        "loan-1",
        kDay,
        "o:1",
        {{{clearing_channel, "demo"}, {borrower_credit, "loan-1"}, cny(30)}}});
  EXPECT_EQ(of(impairment_loss), cny(500));
  EXPECT_EQ(of(allowance), cny(500));
  EXPECT_EQ(of(borrower_credit, "loan-1"), cny(30));
  book({"write-off",
        "loan-1",
        kDay,
        "w:1",
        {{{allowance, "loan-1"}, {loans_receivable, "loan-1"}, cny(500)}}});
  EXPECT_EQ(of(allowance), cny(0));
}

TEST_P(LedgerTest, ARepeatReturnsTheFirstAndWritesNothing) {
  const auto first = book(disbursement("loan-1", 100));
  EXPECT_EQ(book(disbursement("loan-1", 100)), first);
  EXPECT_EQ(of(loans_receivable), cny(100));
  EXPECT_TRUE(try_post(disbursement("loan-1", 101)).error().is(LedgerErrc::conflicting_repeat));
  auto later = disbursement("loan-1", 100);
  later.business_date = kDay.plus_days(1);
  EXPECT_TRUE(try_post(later).error().is(LedgerErrc::conflicting_repeat));
  EXPECT_EQ(of(loans_receivable), cny(100));
}

TEST_P(LedgerTest, OneOfManyAtOnceWins) {
  std::vector<std::thread> threads;
  std::vector<std::optional<JournalId>> ids(8);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto id = db().write([&](storage::Transaction& tx) {
        return post(tx, clock_.now(), random_, disbursement("loan-1", 100));
      });
      if (id.ok()) ids[i] = *id;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ((std::set<std::optional<JournalId>>(ids.begin(), ids.end()).size()), 1U);
  EXPECT_TRUE(ids[0].has_value());
  EXPECT_EQ(of(loans_receivable), cny(100));
}

TEST_P(LedgerTest, AReversalUndoesAndPointsAtTheOriginal) {
  const auto id = book({"repayment",
                        "loan-1",
                        kDay,
                        "repayment:1",
                        {{{clearing_channel, "demo"}, {penalty_income, ""}, cny(5)},
                         {{clearing_channel, "demo"}, {loans_receivable, "loan-1"}, cny(95)}}});
  const auto undone = undo(id, "reversal:1");
  ASSERT_TRUE(undone.ok());
  for (const auto account : {clearing_channel, penalty_income, loans_receivable}) {
    EXPECT_TRUE(of(account).is_zero());
  }
  const auto original = read([&](storage::Transaction& tx) { return *find(tx, id); });
  const auto reversal = read([&](storage::Transaction& tx) { return *find(tx, *undone); });
  EXPECT_EQ(original.reversed_by, *undone);
  EXPECT_EQ(reversal.reverses, id);
  EXPECT_EQ(reversal.journal.event, "reversal");
  EXPECT_EQ(reversal.journal.object, "loan-1");
  EXPECT_EQ(reversal.journal.business_date, kDay.plus_days(1));
  EXPECT_TRUE(trial().difference().is_zero());
  EXPECT_EQ(trial().debit, cny(200));
}

TEST_P(LedgerTest, AJournalIsReversedOnce) {
  const auto id = book(disbursement("loan-1", 100));
  const auto undone = undo(id, "reversal:1");
  ASSERT_TRUE(undone.ok());
  EXPECT_EQ(*undo(id, "reversal:1"), *undone);
  EXPECT_TRUE(undo(id, "reversal:2").error().is(LedgerErrc::already_reversed));
  EXPECT_TRUE(undo(*undone, "reversal:3").error().is(LedgerErrc::reversal_of_reversal));
  EXPECT_TRUE(undo(JournalId::make(clock_.now(), random_), "reversal:4")
                  .error()
                  .is(LedgerErrc::unknown_journal));
  const auto second = book(disbursement("loan-2", 100));
  EXPECT_TRUE(undo(second, "reversal:1").error().is(LedgerErrc::conflicting_repeat));
  EXPECT_TRUE(undo(second, "disbursement:loan-2").error().is(LedgerErrc::conflicting_repeat));
  EXPECT_EQ(of(loans_receivable), cny(100));
}

TEST_P(LedgerTest, ARefusedJournalLeavesNothing) {
  auto journal = disbursement("loan-1", 100);
  journal.transfers.push_back({{bank, ""}, {bank, ""}, cny(1)});
  EXPECT_TRUE(try_post(journal).error().is(LedgerErrc::same_account));
  EXPECT_TRUE(trial().rows.empty());
  EXPECT_TRUE(read([](storage::Transaction& tx) { return journals(tx, {}); }).empty());
}

TEST_P(LedgerTest, TheStoreItselfRefusesWhatIsUnsound) {
  const auto id = book(disbursement("loan-1", 100)).str();
  const std::string line = "INSERT INTO ledger_transfer VALUES ('" + id + "', ";
  for (const std::string& sql :
       {std::string("UPDATE ledger_transfer SET minor = 1"),
        std::string("DELETE FROM ledger_transfer"),
        std::string("UPDATE ledger_journal SET object = 'x'"),
        std::string("DELETE FROM ledger_journal"),
        std::string("UPDATE ledger_account SET normal_side = 'credit'"),
        std::string("DELETE FROM ledger_account"),
        // A line more for a complete journal, and a line in the place of another.
        line + "2, 1002, '', 1012, '', 5, 'CNY')", line + "1, 1002, '', 1012, '', 5, 'CNY')"}) {
    const auto status = force(sql);
    ASSERT_FALSE(status.ok()) << sql;
    EXPECT_TRUE(status.error().is(storage::StorageErrc::constraint)) << sql;
  }
  EXPECT_EQ(of(loans_receivable), cny(100));
}

TEST_P(LedgerTest, TheStoreItselfRefusesUnsoundLinesOfANewJournal) {
  const std::string journal =
      "INSERT INTO ledger_journal VALUES ('j', 'event', '', 1, 1, 1, NULL, 'key')";
  for (const std::string line :
       {"1, 1002, '', 1012, '', 0, 'CNY'", "1, 1002, '', 1012, '', -5, 'CNY'",
        "1, 1002, 'a', 1002, 'a', 5, 'CNY'", "1, 9999, '', 1012, '', 5, 'CNY'",
        "1, 1002, '', 9999, '', 5, 'CNY'", "0, 1002, '', 1012, '', 5, 'CNY'",
        "2, 1002, '', 1012, '', 5, 'CNY'", "1, 1002, '', 1012, '', 5, 'yuan'"}) {
    const auto status = db().write([&](storage::Transaction& tx) -> Status {
      tx.execute(journal);
      tx.execute("INSERT INTO ledger_transfer VALUES ('j', " + line + ")");
      return ok();
    });
    ASSERT_FALSE(status.ok()) << line;
    EXPECT_TRUE(status.error().is(storage::StorageErrc::constraint)) << line;
  }
}

TEST_P(LedgerTest, NoWayAroundByTheDatabasesOwnDialect) {
  const auto id = book(disbursement("loan-1", 100)).str();
  if (db().kind() == "sqlite") {
    EXPECT_FALSE(force("REPLACE INTO ledger_transfer SELECT journal_id, no, debit, debit_object,"
                       " credit, credit_object, 1, currency FROM ledger_transfer")
                     .ok());
    EXPECT_FALSE(
        force("REPLACE INTO ledger_account VALUES (1002, 'bank', 'asset', 'credit')").ok());
    EXPECT_TRUE(force("REPLACE INTO ledger_journal SELECT id, 'forged', object, business_date, at,"
                      " 9, reverses, idempotency_key FROM ledger_journal")
                    .ok());
  } else {
    EXPECT_FALSE(force("TRUNCATE ledger_transfer").ok());
    EXPECT_FALSE(force("TRUNCATE ledger_journal CASCADE").ok());
    EXPECT_FALSE(force("TRUNCATE ledger_account").ok());
  }
  const auto kept = read([&](storage::Transaction& tx) { return journals(tx, {}); });
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].journal.event, "disbursement");
  EXPECT_EQ(of(loans_receivable), cny(100));
}

TEST_P(LedgerTest, TheChartInTheStoreIsTheChartInTheProgram) {
  const auto rows = read([](storage::Transaction& tx) {
    return tx.query("SELECT code, name, type, normal_side FROM ledger_account ORDER BY code");
  });
  ASSERT_EQ(rows.size(), chart_of_accounts().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& entry = chart_of_accounts()[i];
    EXPECT_EQ(rows[i].i64(0), entry.code());
    EXPECT_EQ(rows[i].text(1), to_string(entry.account));
    EXPECT_EQ(rows[i].text(2), boost::describe::enum_to_string(entry.type, "?"));
    EXPECT_EQ(rows[i].text(3), boost::describe::enum_to_string(entry.normal_side, "?"));
  }
}

// Any journals at all: the books agree with a plain sum and are balanced on every day.
TEST_P(LedgerTest, RandomJournalsAlwaysBalance) {
  std::mt19937 dice(7);
  const auto pick = [&](int below) {
    return static_cast<int>(dice() % static_cast<unsigned>(below));
  };
  const auto chart = chart_of_accounts();
  const int accounts = static_cast<int>(chart.size());
  std::map<Account, std::int64_t> debit_minus_credit;
  std::vector<JournalId> ids;
  for (int i = 0; i < 60; ++i) {
    Journal journal{"event", "loan", kDay.plus_days(pick(5)), "key:" + std::to_string(i), {}};
    for (int line = 0, lines = 1 + pick(6); line < lines; ++line) {
      const auto from = chart[static_cast<std::size_t>(pick(accounts))].account;
      const auto to = chart[static_cast<std::size_t>(pick(accounts))].account;
      const std::int64_t minor = 1 + pick(100'000);
      journal.transfers.push_back({{to, "a"}, {from, "b"}, cny(minor)});
      debit_minus_credit[to] += minor;
      debit_minus_credit[from] -= minor;
    }
    ids.push_back(book(journal));
  }
  for (int days = -1; days <= 5; ++days) {
    EXPECT_TRUE(trial(kDay.plus_days(days)).difference().is_zero());
  }
  EXPECT_TRUE(trial(kDay.plus_days(-1)).rows.empty());
  for (const auto& row : trial().rows) {
    EXPECT_EQ((row.debit - row.credit).minor(), debit_minus_credit[row.account]);
    EXPECT_EQ(row.balance, of(row.account));
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ASSERT_TRUE(undo(ids[i], "undo:" + std::to_string(i)).ok());
  }
  for (const auto& row : trial().rows) EXPECT_TRUE(row.balance.is_zero());
}

TEST_P(LedgerTest, JournalsAreFilteredAndPagedNewestFirst) {
  for (int i = 0; i < 5; ++i) {
    auto journal = disbursement("loan-" + std::to_string(i), 100 + i);
    journal.business_date = kDay.plus_days(i);
    journal.transfers.push_back({{bank, ""}, {fee_income, ""}, cny(1)});
    book(journal);
  }
  const auto list = [&](const JournalFilter& filter) {
    return read([&](storage::Transaction& tx) { return journals(tx, filter); });
  };
  const auto first = list({.limit = 2});
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].journal.object, "loan-4");
  ASSERT_EQ(first[0].journal.transfers.size(), 2U);
  EXPECT_EQ(first[0].journal.transfers[0].amount, cny(104));
  EXPECT_EQ(first[0].journal.transfers[1].credit.account, fee_income);
  EXPECT_EQ(first[0].at, clock_.now());
  const auto second = list({.before = first[1].id, .limit = 200});
  ASSERT_EQ(second.size(), 3U);
  EXPECT_EQ(second[0].journal.object, "loan-2");
  EXPECT_EQ(list({.object = "loan-3"}).size(), 1U);
  EXPECT_EQ(list({.event = "repayment"}).size(), 0U);
  EXPECT_EQ(list({.from = kDay.plus_days(1), .to = kDay.plus_days(3)}).size(), 3U);
}

}  // namespace
}  // namespace mq::ledger
