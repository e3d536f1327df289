-- Events to other systems. The ledger is the outbox: a subscription keeps how far it has come in it. Where its events go, and what they
-- are signed with, may be secret and stands in no table.
CREATE TABLE workflow_subscription (
  name TEXT NOT NULL PRIMARY KEY,
  kinds TEXT NOT NULL,
  whole INTEGER NOT NULL,
  created TEXT NOT NULL,
  position INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  next_at TEXT NOT NULL,
  error TEXT,
  claimed_by TEXT,
  lease TEXT NOT NULL
) WITHOUT ROWID;

-- Streams one of whose events was not taken, and where each of them stands.
CREATE TABLE workflow_stuck (
  subscription TEXT NOT NULL,
  stream TEXT NOT NULL,
  seq INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  next_at TEXT NOT NULL,
  error TEXT,
  PRIMARY KEY (subscription, stream)
) WITHOUT ROWID;

CREATE TABLE workflow_dead_letter (
  subscription TEXT NOT NULL,
  stream TEXT NOT NULL,
  seq INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  died TEXT NOT NULL,
  again INTEGER NOT NULL,
  error TEXT NOT NULL,
  PRIMARY KEY (subscription, stream, seq)
) WITHOUT ROWID;
