#include "ledger/ledger.h"

namespace mq::ledger {

// Accounts are checked by a trigger and not by a foreign key: on PostgreSQL every insert would lock
// the same few account rows, which all transactions share. `lines` closes a journal: no line can be
// added to it later. The insert triggers of SQLite also stop INSERT OR REPLACE, which would delete
// without firing a delete trigger; a journal that is there already is ignored, so that ON CONFLICT
// DO NOTHING keeps its meaning.
const storage::Migration kLedgerMigration{.number = 3,
                                          .name = "ledger",
                                          .sql = R"sql(
CREATE TABLE ledger_account (
  code BIGINT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL CHECK (type IN ('asset', 'liability', 'income', 'expense')),
  normal_side TEXT NOT NULL CHECK (normal_side IN ('debit', 'credit'))
);
INSERT INTO ledger_account (code, name, type, normal_side) VALUES
  (1002, 'bank', 'asset', 'debit'),
  (1012, 'clearing_channel', 'asset', 'debit'),
  (1132, 'interest_receivable', 'asset', 'debit'),
  (1133, 'fee_receivable', 'asset', 'debit'),
  (1134, 'penalty_receivable', 'asset', 'debit'),
  (1303, 'loans_receivable', 'asset', 'debit'),
  (1304, 'allowance', 'asset', 'credit'),
  (2202, 'partner_payable', 'liability', 'credit'),
  (2241, 'borrower_credit', 'liability', 'credit'),
  (6011, 'interest_income', 'income', 'credit'),
  (6021, 'fee_income', 'income', 'credit'),
  (6022, 'penalty_income', 'income', 'credit'),
  (6301, 'recovery_income', 'income', 'credit'),
  (6702, 'impairment_loss', 'expense', 'debit');
CREATE TABLE ledger_journal (
  id TEXT PRIMARY KEY,
  event TEXT NOT NULL,
  object TEXT NOT NULL,
  business_date BIGINT NOT NULL,
  at BIGINT NOT NULL,
  lines BIGINT NOT NULL CHECK (lines >= 1),
  reverses TEXT UNIQUE REFERENCES ledger_journal (id),
  idempotency_key TEXT NOT NULL UNIQUE
);
CREATE INDEX ledger_journal_object ON ledger_journal (object, id);
CREATE INDEX ledger_journal_date ON ledger_journal (business_date, id);
CREATE TABLE ledger_transfer (
  journal_id TEXT NOT NULL REFERENCES ledger_journal (id),
  no BIGINT NOT NULL CHECK (no >= 1),
  debit BIGINT NOT NULL,
  debit_object TEXT NOT NULL,
  credit BIGINT NOT NULL,
  credit_object TEXT NOT NULL,
  minor BIGINT NOT NULL CHECK (minor > 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  PRIMARY KEY (journal_id, no),
  CHECK (debit <> credit OR debit_object <> credit_object)
);
CREATE INDEX ledger_transfer_debit ON ledger_transfer (debit, debit_object, currency, minor);
CREATE INDEX ledger_transfer_credit ON ledger_transfer (credit, credit_object, currency, minor);
)sql",
                                          .sqlite_only = R"sql(
CREATE TRIGGER ledger_transfer_insert BEFORE INSERT ON ledger_transfer
WHEN NOT EXISTS (SELECT 1 FROM ledger_account WHERE code = NEW.debit)
  OR NOT EXISTS (SELECT 1 FROM ledger_account WHERE code = NEW.credit)
  OR NOT EXISTS (SELECT 1 FROM ledger_journal WHERE id = NEW.journal_id AND lines >= NEW.no)
  OR EXISTS (SELECT 1 FROM ledger_transfer WHERE journal_id = NEW.journal_id AND no = NEW.no)
BEGIN SELECT RAISE(ABORT, 'unknown account, or the journal is complete'); END;
CREATE TRIGGER ledger_transfer_update BEFORE UPDATE ON ledger_transfer
BEGIN SELECT RAISE(ABORT, 'ledger_transfer is append-only'); END;
CREATE TRIGGER ledger_transfer_delete BEFORE DELETE ON ledger_transfer
BEGIN SELECT RAISE(ABORT, 'ledger_transfer is append-only'); END;
CREATE TRIGGER ledger_journal_insert BEFORE INSERT ON ledger_journal
WHEN EXISTS (SELECT 1 FROM ledger_journal WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM ledger_journal WHERE idempotency_key = NEW.idempotency_key)
  OR EXISTS (SELECT 1 FROM ledger_journal WHERE reverses = NEW.reverses)
BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER ledger_journal_update BEFORE UPDATE ON ledger_journal
BEGIN SELECT RAISE(ABORT, 'ledger_journal is append-only'); END;
CREATE TRIGGER ledger_journal_delete BEFORE DELETE ON ledger_journal
BEGIN SELECT RAISE(ABORT, 'ledger_journal is append-only'); END;
CREATE TRIGGER ledger_account_insert BEFORE INSERT ON ledger_account
WHEN EXISTS (SELECT 1 FROM ledger_account WHERE code = NEW.code OR name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'the account is there already'); END;
CREATE TRIGGER ledger_account_update BEFORE UPDATE ON ledger_account
BEGIN SELECT RAISE(ABORT, 'ledger_account is append-only'); END;
CREATE TRIGGER ledger_account_delete BEFORE DELETE ON ledger_account
BEGIN SELECT RAISE(ABORT, 'ledger_account is append-only'); END;
)sql",
                                          .postgresql_only = R"sql(
CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23001';
END $$;
CREATE FUNCTION ledger_check_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM ledger_account WHERE code = NEW.debit)
    OR NOT EXISTS (SELECT 1 FROM ledger_account WHERE code = NEW.credit)
    OR NOT EXISTS (SELECT 1 FROM ledger_journal WHERE id = NEW.journal_id AND lines >= NEW.no)
  THEN
    RAISE EXCEPTION 'unknown account, or the journal is complete' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_transfer_insert BEFORE INSERT ON ledger_transfer
  FOR EACH ROW EXECUTE FUNCTION ledger_check_transfer();
CREATE TRIGGER ledger_transfer_change BEFORE UPDATE OR DELETE ON ledger_transfer
  FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_transfer_truncate BEFORE TRUNCATE ON ledger_transfer
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_journal_change BEFORE UPDATE OR DELETE ON ledger_journal
  FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_journal_truncate BEFORE TRUNCATE ON ledger_journal
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_account_change BEFORE UPDATE OR DELETE ON ledger_account
  FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_account_truncate BEFORE TRUNCATE ON ledger_account
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
)sql"};

}  // namespace mq::ledger
