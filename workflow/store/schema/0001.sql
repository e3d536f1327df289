-- The ledger: the truth. Append-only by code and, below, by triggers.
CREATE TABLE workflow_event (
  id INTEGER NOT NULL PRIMARY KEY,
  stream TEXT NOT NULL,
  seq INTEGER NOT NULL,
  recorded_at TEXT NOT NULL,
  actor TEXT NOT NULL,
  role TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  payload TEXT NOT NULL,
  definition TEXT NOT NULL,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL,
  "key" TEXT
);

CREATE UNIQUE INDEX workflow_event_place ON workflow_event (stream, seq);

CREATE INDEX workflow_event_recorded_at ON workflow_event (recorded_at);

CREATE UNIQUE INDEX workflow_event_key ON workflow_event ("key") WHERE "key" IS NOT NULL;

CREATE TRIGGER workflow_event_no_update BEFORE UPDATE ON workflow_event
BEGIN
  SELECT RAISE(ABORT, 'workflow_event is append-only: an event is never changed');
END;

CREATE TRIGGER workflow_event_no_delete BEFORE DELETE ON workflow_event
BEGIN
  SELECT RAISE(ABORT, 'workflow_event is append-only: an event is never deleted');
END;

-- From here on: projections. Each can be rebuilt from the ledger.
CREATE TABLE workflow_meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE workflow_definition (hash TEXT NOT NULL PRIMARY KEY, document TEXT NOT NULL, event INTEGER NOT NULL);

CREATE TABLE workflow_person (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL);

CREATE TABLE workflow_grant (
  person TEXT NOT NULL,
  role TEXT NOT NULL,
  target TEXT NOT NULL,
  PRIMARY KEY (target, role, person)
) WITHOUT ROWID;

CREATE INDEX workflow_grant_person ON workflow_grant (person, role);

CREATE TABLE workflow_branch (
  id TEXT NOT NULL PRIMARY KEY,
  title TEXT NOT NULL,
  batch TEXT,
  grp TEXT,
  parent TEXT,
  fields TEXT NOT NULL,
  state TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  number INTEGER NOT NULL,
  entered TEXT NOT NULL,
  since TEXT NOT NULL,
  extended INTEGER NOT NULL,
  closed TEXT NOT NULL,
  done TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX workflow_branch_parent ON workflow_branch (parent);

CREATE TABLE workflow_attempt (
  branch TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  stage TEXT NOT NULL,
  number INTEGER NOT NULL,
  began TEXT NOT NULL,
  ended TEXT,
  outcome TEXT,
  PRIMARY KEY (branch, ordinal)
) WITHOUT ROWID;

CREATE TABLE workflow_member (
  id TEXT NOT NULL,
  branch TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  flags TEXT NOT NULL,
  fields TEXT NOT NULL,
  PRIMARY KEY (branch, id)
) WITHOUT ROWID;

CREATE UNIQUE INDEX workflow_member_id ON workflow_member (id);

CREATE TABLE workflow_document (
  branch TEXT NOT NULL,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  happened TEXT NOT NULL,
  recorded TEXT NOT NULL,
  "by" TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  live INTEGER NOT NULL,
  PRIMARY KEY (branch, seq)
) WITHOUT ROWID;

-- Clustered so that all live lines of a kind, grouped by branch and member, are one sequential scan.
CREATE TABLE workflow_line (
  kind TEXT NOT NULL,
  branch TEXT NOT NULL,
  member TEXT NOT NULL,
  seq INTEGER NOT NULL,
  line INTEGER NOT NULL,
  happened TEXT NOT NULL,
  recorded TEXT NOT NULL,
  "by" TEXT NOT NULL,
  live INTEGER NOT NULL,
  f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12,
  f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23, f24,
  PRIMARY KEY (kind, branch, member, seq, line)
) WITHOUT ROWID;

CREATE TABLE workflow_case (
  branch TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  member TEXT NOT NULL,
  state TEXT NOT NULL,
  open INTEGER NOT NULL,
  opened TEXT NOT NULL,
  since TEXT NOT NULL,
  fields TEXT NOT NULL,
  done TEXT NOT NULL,
  PRIMARY KEY (branch, id)
) WITHOUT ROWID;

CREATE INDEX workflow_case_kind ON workflow_case (kind, branch);

CREATE TABLE workflow_waiver (
  branch TEXT NOT NULL,
  seq INTEGER NOT NULL,
  requirement TEXT NOT NULL,
  member TEXT NOT NULL,
  reason TEXT NOT NULL,
  "by" TEXT NOT NULL,
  role TEXT NOT NULL,
  until TEXT,
  recorded TEXT NOT NULL,
  live INTEGER NOT NULL,
  PRIMARY KEY (branch, seq, member)
) WITHOUT ROWID;
