#include "audit/audit.h"

namespace mq::audit {

// `seq` numbers leaves as they arrive, so that leaves of one transaction keep their order; nothing
// is claimed by it. On SQLite an INTEGER PRIMARY KEY numbers itself.
//
// The insert triggers of SQLite stop INSERT OR REPLACE, which would delete without firing a delete
// trigger. A node or checkpoint that is there already is the same row again: the insert is ignored.
const storage::Migration kAuditMigration{.number = 2,
                                         .name = "audit",
                                         .sql = R"sql(
CREATE TABLE audit_leaf (
  seq BIGINT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  object TEXT NOT NULL,
  body TEXT NOT NULL,
  leaf_hash BYTEA NOT NULL,
  position BIGINT UNIQUE CHECK (position >= 0),
  at BIGINT NOT NULL
);
CREATE INDEX audit_leaf_waiting ON audit_leaf (seq) WHERE position IS NULL;
CREATE INDEX audit_leaf_object ON audit_leaf (object, seq);
CREATE INDEX audit_leaf_kind ON audit_leaf (kind, seq);
CREATE TABLE audit_node (
  level BIGINT NOT NULL CHECK (level >= 1),
  idx BIGINT NOT NULL CHECK (idx >= 0),
  hash BYTEA NOT NULL,
  PRIMARY KEY (level, idx)
);
CREATE TABLE audit_checkpoint (
  size BIGINT PRIMARY KEY CHECK (size >= 1),
  root BYTEA NOT NULL,
  note TEXT NOT NULL,
  at BIGINT NOT NULL
);
)sql",
                                         .sqlite_only = R"sql(
CREATE TRIGGER audit_leaf_insert BEFORE INSERT ON audit_leaf
WHEN NEW.position IS NOT NULL
  OR EXISTS (SELECT 1 FROM audit_leaf WHERE id = NEW.id OR seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'audit_leaf is append-only'); END;
CREATE TRIGGER audit_leaf_update BEFORE UPDATE ON audit_leaf
WHEN OLD.position IS NOT NULL OR NEW.position IS NULL
  OR NEW.seq <> OLD.seq OR NEW.id <> OLD.id OR NEW.kind <> OLD.kind OR NEW.object <> OLD.object
  OR NEW.body <> OLD.body OR NEW.leaf_hash <> OLD.leaf_hash OR NEW.at <> OLD.at
  OR EXISTS (SELECT 1 FROM audit_leaf WHERE position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'audit_leaf is append-only'); END;
CREATE TRIGGER audit_leaf_delete BEFORE DELETE ON audit_leaf
BEGIN SELECT RAISE(ABORT, 'audit_leaf is append-only'); END;
CREATE TRIGGER audit_node_insert BEFORE INSERT ON audit_node
WHEN EXISTS (SELECT 1 FROM audit_node WHERE level = NEW.level AND idx = NEW.idx)
BEGIN SELECT RAISE(ABORT, 'audit_node is append-only'); END;
CREATE TRIGGER audit_node_update BEFORE UPDATE ON audit_node
BEGIN SELECT RAISE(ABORT, 'audit_node is append-only'); END;
CREATE TRIGGER audit_node_delete BEFORE DELETE ON audit_node
BEGIN SELECT RAISE(ABORT, 'audit_node is append-only'); END;
CREATE TRIGGER audit_checkpoint_insert BEFORE INSERT ON audit_checkpoint
WHEN EXISTS (SELECT 1 FROM audit_checkpoint WHERE size = NEW.size)
BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER audit_checkpoint_update BEFORE UPDATE ON audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is append-only'); END;
CREATE TRIGGER audit_checkpoint_delete BEFORE DELETE ON audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is append-only'); END;
)sql",
                                         .postgresql_only = R"sql(
ALTER TABLE audit_leaf ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY;
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23001';
END $$;
CREATE TRIGGER audit_leaf_insert BEFORE INSERT ON audit_leaf FOR EACH ROW
  WHEN (NEW.position IS NOT NULL) EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_leaf_update BEFORE UPDATE ON audit_leaf FOR EACH ROW
  WHEN (OLD.position IS NOT NULL OR NEW.position IS NULL
    OR ROW(NEW.seq, NEW.id, NEW.kind, NEW.object, NEW.body, NEW.leaf_hash, NEW.at) IS DISTINCT FROM
       ROW(OLD.seq, OLD.id, OLD.kind, OLD.object, OLD.body, OLD.leaf_hash, OLD.at))
  EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_leaf_delete BEFORE DELETE ON audit_leaf
  FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_leaf_truncate BEFORE TRUNCATE ON audit_leaf
  FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_node_change BEFORE UPDATE OR DELETE ON audit_node
  FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_node_truncate BEFORE TRUNCATE ON audit_node
  FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_checkpoint_change BEFORE UPDATE OR DELETE ON audit_checkpoint
  FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_checkpoint_truncate BEFORE TRUNCATE ON audit_checkpoint
  FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
)sql"};

}  // namespace mq::audit
