-- Reminders on their way. Not made from the ledger: addresses are personal and can be deleted, and what became of a message is no
-- business of the branch's.
CREATE TABLE workflow_address (
  person TEXT NOT NULL,
  channel TEXT NOT NULL,
  address TEXT NOT NULL,
  lang TEXT NOT NULL,
  PRIMARY KEY (person, channel)
) WITHOUT ROWID;

CREATE TABLE workflow_notice (
  id TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL,
  day TEXT NOT NULL,
  created TEXT NOT NULL,
  body TEXT NOT NULL
);

CREATE INDEX workflow_notice_person ON workflow_notice (person, day);

CREATE TABLE workflow_delivery (
  notice TEXT NOT NULL,
  channel TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_at TEXT NOT NULL,
  claimed_by TEXT,
  receipt TEXT,
  error TEXT,
  PRIMARY KEY (notice, channel)
) WITHOUT ROWID;

-- Looking for what is due touches what is due, however much was sent before.
CREATE INDEX workflow_delivery_waiting ON workflow_delivery (channel, next_at) WHERE state = 'waiting';

CREATE INDEX workflow_delivery_dead ON workflow_delivery (channel) WHERE state = 'dead';
