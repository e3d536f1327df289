-- In motion: versions of the plan, suspensions, rolls that change, batches that are closed.
ALTER TABLE workflow_branch ADD COLUMN pauses TEXT NOT NULL DEFAULT '[]';

ALTER TABLE workflow_branch ADD COLUMN ended TEXT;

ALTER TABLE workflow_branch ADD COLUMN successor TEXT;

ALTER TABLE workflow_case ADD COLUMN gone TEXT NOT NULL DEFAULT '';

CREATE TABLE workflow_enactment (
  n INTEGER NOT NULL PRIMARY KEY,
  definition TEXT NOT NULL,
  starts TEXT NOT NULL,
  scope TEXT NOT NULL,
  states TEXT NOT NULL,
  event INTEGER NOT NULL
);

CREATE TABLE workflow_carried (
  branch TEXT NOT NULL,
  seq INTEGER NOT NULL,
  line INTEGER NOT NULL,
  kind TEXT NOT NULL,
  member TEXT NOT NULL,
  stage TEXT NOT NULL,
  passed INTEGER NOT NULL,
  origin TEXT NOT NULL,
  origin_seq INTEGER NOT NULL,
  PRIMARY KEY (branch, seq, line)
) WITHOUT ROWID;

CREATE INDEX workflow_carried_origin ON workflow_carried (origin, origin_seq);

CREATE TABLE workflow_stay (
  branch TEXT NOT NULL,
  member TEXT NOT NULL,
  seq INTEGER NOT NULL,
  joined TEXT NOT NULL,
  came TEXT NOT NULL,
  origin TEXT,
  "left" TEXT,
  gone TEXT,
  successor TEXT,
  departure TEXT,
  PRIMARY KEY (branch, member, seq)
) WITHOUT ROWID;

CREATE INDEX workflow_stay_member ON workflow_stay (member);

CREATE TABLE workflow_batch (
  batch TEXT NOT NULL PRIMARY KEY,
  closed TEXT NOT NULL,
  event INTEGER NOT NULL,
  stragglers TEXT NOT NULL,
  finished INTEGER NOT NULL,
  total INTEGER NOT NULL
) WITHOUT ROWID;

-- What a campaign that is under way would have in them.
INSERT INTO workflow_enactment SELECT 1, definition, '', 'running', '{}', id FROM workflow_event WHERE kind = 'created';

-- MIN takes the other columns from the row it found: the event that first named the member.
INSERT INTO workflow_stay (branch, member, seq, joined, came)
SELECT substr(e.stream, 8), json_extract(m.value, '$.id') AS member, MIN(e.seq), e.recorded_at, 'roster'
FROM workflow_event e, json_each(e.payload, '$.members') m
WHERE e.kind = 'roster'
GROUP BY e.stream, member;

-- From now on what was withdrawn (-1) is told from what an earlier attempt left behind (0).
CREATE TEMP TABLE workflow_withdrawn AS
SELECT CASE stream WHEN 'campaign' THEN '' ELSE substr(stream, 8) END AS branch, json_extract(payload, '$.of') AS seq
FROM workflow_event WHERE kind = 'withdrawn';

UPDATE workflow_document SET live = -1 WHERE (branch, seq) IN (SELECT branch, seq FROM workflow_withdrawn);

UPDATE workflow_line SET live = -1 WHERE (branch, seq) IN (SELECT branch, seq FROM workflow_withdrawn);

DROP TABLE workflow_withdrawn;
