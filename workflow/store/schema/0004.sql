-- What is due, kept at hand so that whoever rings looks at what rings and not at what exists. Worked out from the ledger when somebody
-- looks: `workflow_due_seen` says up to which event. Days are local days.
CREATE TABLE workflow_due (
  branch TEXT NOT NULL,
  deadline TEXT NOT NULL,
  subject TEXT NOT NULL,
  period TEXT NOT NULL,
  ends TEXT NOT NULL,
  definition TEXT NOT NULL,
  name TEXT NOT NULL,
  day TEXT,
  confirmed INTEGER NOT NULL,
  known TEXT NOT NULL,
  told TEXT NOT NULL,
  agreed TEXT,
  ring TEXT,
  PRIMARY KEY (branch, deadline, subject, period)
) WITHOUT ROWID;

CREATE INDEX workflow_due_ring ON workflow_due (ring) WHERE ring IS NOT NULL;

-- The day on which time alone may change what is due in a branch.
CREATE TABLE workflow_due_look (branch TEXT NOT NULL PRIMARY KEY, day TEXT NOT NULL) WITHOUT ROWID;

CREATE INDEX workflow_due_look_day ON workflow_due_look (day);

CREATE TABLE workflow_due_seen (event INTEGER NOT NULL);

INSERT INTO workflow_due_seen VALUES (0);

-- What has rung for a role and was not heard yet by everybody who holds it.
CREATE TABLE workflow_announcement (
  branch TEXT NOT NULL,
  deadline TEXT NOT NULL,
  subject TEXT NOT NULL,
  period TEXT NOT NULL,
  role TEXT NOT NULL,
  reached INTEGER NOT NULL,
  meant TEXT NOT NULL,
  moved TEXT,
  heard TEXT NOT NULL,
  retry TEXT NOT NULL,
  PRIMARY KEY (branch, deadline, subject, period, role)
) WITHOUT ROWID;
