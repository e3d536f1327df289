BEGIN TRANSACTION;
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
INSERT INTO "workflow_attempt" VALUES('b1',1,'learning',1,'2005-01-20T10:00:00.000000Z','2005-01-21T01:00:00.000000Z','redo');
INSERT INTO "workflow_attempt" VALUES('b1',2,'learning',2,'2005-01-21T01:00:00.000000Z',NULL,NULL);
INSERT INTO "workflow_attempt" VALUES('b2',1,'learning',1,'2005-01-20T11:00:00.000000Z',NULL,NULL);
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
INSERT INTO "workflow_branch" VALUES('b1','劳动局支部','1','g1',NULL,'{}','learning.working',2,2,'2005-01-21T01:00:00.000000Z','2005-01-21T01:00:00.000000Z',0,'[]','{"redo":["li"]}');
INSERT INTO "workflow_branch" VALUES('b2','劳动局支部','1','g1',NULL,'{"sector":"organ"}','learning.applied',1,1,'2005-01-20T11:00:00.000000Z','2005-01-21T00:00:00.000000Z',0,'[]','{"apply":["li"]}');
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
INSERT INTO "workflow_case" VALUES('b1','r1','r','','planned',1,'2005-01-20T22:00:00.000000Z','2005-01-20T23:00:00.000000Z','{}','{"open":["li"],"plan":["li"]}');
CREATE TABLE workflow_definition (hash TEXT NOT NULL PRIMARY KEY, document TEXT NOT NULL, event INTEGER NOT NULL);
INSERT INTO "workflow_definition" VALUES('dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','{"definition":"sample","title":"样例"}',1);
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
INSERT INTO "workflow_document" VALUES('',3,'notice','2005-01-19','2005-01-20T17:00:00.000000Z','li',0,1);
INSERT INTO "workflow_document" VALUES('',4,'notice','2005-01-20','2005-01-20T18:00:00.000000Z','li',0,0);
INSERT INTO "workflow_document" VALUES('b1',2,'session','2005-01-19','2005-01-20T12:00:00.000000Z','li',1,1);
INSERT INTO "workflow_document" VALUES('b1',3,'session','2005-01-19','2005-01-20T13:00:00.000000Z','li',1,0);
INSERT INTO "workflow_document" VALUES('b2',2,'session','2005-01-19','2005-01-20T14:00:00.000000Z','li',1,1);
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
INSERT INTO "workflow_event" VALUES(1,'campaign',1,'2005-01-20T08:00:00.000000Z','li','clerk','created','','{"document":"{\"definition\":\"sample\",\"title\":\"样例\"}","name":"试点","rehearsal":false}','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','0000000000000000000000000000000000000000000000000000000000000000','03fbedd0aa71648e4c40c8a7e751e1cbd8835e660e27557e98c82b1fe030feef',NULL);
INSERT INTO "workflow_event" VALUES(2,'campaign',2,'2005-01-20T09:00:00.000000Z','li','clerk','people','','{"grants":[{"person":"li","role":"clerk","target":"*"}],"people":[{"id":"li","name":"李"}]}','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','03fbedd0aa71648e4c40c8a7e751e1cbd8835e660e27557e98c82b1fe030feef','02644bca8ea04ac178335432ccdd24f24c050da72e1337ab0837374385f5dd25',NULL);
INSERT INTO "workflow_event" VALUES(3,'branch:b1',1,'2005-01-20T10:00:00.000000Z','li','clerk','roster','','{"batch":"1","fields":{"sector":"organ"},"group":"g1","members":[{"fields":{"rank":"a"},"flags":["mobile","infirm"],"id":"b1-m1","name":"党员1","status":"in_post"},{"fields":{"rank":"a"},"flags":["mobile","infirm"],"id":"b1-m2","name":"党员2","status":"in_post"}],"parent":null,"state":"learning.working","title":"劳动局支部"}','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','0000000000000000000000000000000000000000000000000000000000000000','0a5c65fc09a2ce3a697122b0bbc50e568c0bde096f1bb06a0658d367ac64bac8',NULL);
INSERT INTO "workflow_event" VALUES(4,'branch:b2',1,'2005-01-20T11:00:00.000000Z','li','clerk','roster','','{"batch":"1","fields":{"sector":"organ"},"group":"g1","members":[{"fields":{"rank":"a"},"flags":["mobile","infirm"],"id":"b2-m1","name":"党员1","status":"in_post"},{"fields":{"rank":"a"},"flags":["mobile","infirm"],"id":"b2-m2","name":"党员2","status":"in_post"}],"parent":null,"state":"learning.working","title":"劳动局支部"}','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','0000000000000000000000000000000000000000000000000000000000000000','ec84967b3e2017163a537d2ee827c0b1f0b38b6c9d855e530a316690e14e63aa',NULL);
INSERT INTO "workflow_event" VALUES(5,'branch:b1',2,'2005-01-20T12:00:00.000000Z','li','clerk','record','','{"fields":{"hours":2,"mode":"collective","topic":"党章","topics":["b","a"]},"happened":"2005-01-19","lines":[{"member":"b1-m1"},{"hours":1.5,"member":"b1-m2","mode":"home"}],"record":"session"}','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','0a5c65fc09a2ce3a697122b0bbc50e568c0bde096f1bb06a0658d367ac64bac8','330138963fa85371a982056f9e633e5f33219a8fd7b94e14b4610e1baf7a5b96',NULL);
INSERT INTO "workflow_event" VALUES(6,'branch:b1',3,'2005-01-20T13:00:00.000000Z','li','clerk','record','','{"fields":{"hours":3,"mode":"collective","topic":"党章","topics":["b","a"]},"happened":"2005-01-19","lines":[{"member":"b1-m1"},{"hours":1.5,"member":"b1-m2","mode":"home"}],"record":"session"}','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','330138963fa85371a982056f9e633e5f33219a8fd7b94e14b4610e1baf7a5b96','892467443892f1c74cbec56147fc46168536e91079f295b291825abbee1a8dda',NULL);
INSERT INTO "workflow_event" VALUES(7,'branch:b2',2,'2005-01-20T14:00:00.000000Z','li','clerk','record','','{"fields":{"hours":2,"mode":"collective","topic":"党章","topics":["b","a"]},"happened":"2005-01-19","lines":[{"member":"b2-m1"},{"hours":1.5,"member":"b2-m2","mode":"home"}],"record":"session"}','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','ec84967b3e2017163a537d2ee827c0b1f0b38b6c9d855e530a316690e14e63aa','3a8ac8e6920c5cb82e65ede624a754b5bb4722bd029fcbad69ce99562af03d94',NULL);
INSERT INTO "workflow_event" VALUES(8,'branch:b1',4,'2005-01-20T15:00:00.000000Z','li','clerk','roster','','{"batch":"1","fields":{},"group":"g1","members":[{"fields":{},"flags":[],"id":"b1-m2","name":"党员b1-m2","status":"retired"},{"fields":{},"flags":[],"id":"b1-m3","name":"党员b1-m3","status":"in_post"}],"parent":null,"title":"劳动局支部"}','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','892467443892f1c74cbec56147fc46168536e91079f295b291825abbee1a8dda','df0f23decca97dc36c8d37fd1b0564bf8cc6bec417f8613a9ea6cd0320bab456',NULL);
INSERT INTO "workflow_event" VALUES(9,'branch:b1',5,'2005-01-20T16:00:00.000000Z','li','clerk','withdrawn','','{"of":3,"reason":"日期有误"}','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','df0f23decca97dc36c8d37fd1b0564bf8cc6bec417f8613a9ea6cd0320bab456','2bf8a0fdf6cafad71a866641ca140cb940fa2bda3a740766108058819607a595',NULL);
INSERT INTO "workflow_event" VALUES(10,'campaign',3,'2005-01-20T17:00:00.000000Z','li','clerk','record','','{"fields":{"number":"中发〔2005〕6号"},"happened":"2005-01-19","record":"notice"}','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','02644bca8ea04ac178335432ccdd24f24c050da72e1337ab0837374385f5dd25','9731b415a06c47d349839a2edc7374cfb7fa319abd3f6a97e7a60167ebc2c0db',NULL);
INSERT INTO "workflow_event" VALUES(11,'campaign',4,'2005-01-20T18:00:00.000000Z','li','clerk','record','','{"fields":{"number":"另一份"},"happened":"2005-01-20","record":"notice"}','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','9731b415a06c47d349839a2edc7374cfb7fa319abd3f6a97e7a60167ebc2c0db','cabf0e5721ec6a176d81dbc3528e8cd0b4788be231c783a1971bfa424a350b4a',NULL);
INSERT INTO "workflow_event" VALUES(12,'campaign',5,'2005-01-20T19:00:00.000000Z','li','clerk','withdrawn','','{"of":4,"reason":"发错"}','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','cabf0e5721ec6a176d81dbc3528e8cd0b4788be231c783a1971bfa424a350b4a','6fb367b1c9486f6a8bfc7f0d398b51149e0b6a624da173fa5909c3c97aee2307',NULL);
INSERT INTO "workflow_event" VALUES(13,'branch:b2',3,'2005-01-20T20:00:00.000000Z','li','clerk','waived','','{"members":[],"reason":"r","requirement":"q"}','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','3a8ac8e6920c5cb82e65ede624a754b5bb4722bd029fcbad69ce99562af03d94','e8761979bafce7f51c27f84fac0d21c45459ec42d5ca89cf2c534fc316090ebc',NULL);
INSERT INTO "workflow_event" VALUES(14,'branch:b2',4,'2005-01-20T21:00:00.000000Z','li','clerk','withdrawn','','{"of":3,"reason":"病愈"}','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','e8761979bafce7f51c27f84fac0d21c45459ec42d5ca89cf2c534fc316090ebc','932f5d23a66e86a350d43ba2f48815e07d2b84e604d90c13ff7d3c8d332f9038',NULL);
INSERT INTO "workflow_event" VALUES(15,'branch:b1',6,'2005-01-20T22:00:00.000000Z','li','clerk','case_opened','','{"case":"r1","fields":{},"kind":"r","member":null,"open":true,"state":"raised"}','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','2bf8a0fdf6cafad71a866641ca140cb940fa2bda3a740766108058819607a595','bb9b0d15bd23af8d22eba939622fac1d20978e57d485123acc8ee8885d4387c4',NULL);
INSERT INTO "workflow_event" VALUES(16,'branch:b1',7,'2005-01-20T23:00:00.000000Z','li','clerk','case_moved','','{"case":"r1","from":"raised","move":"plan","open":true,"to":"planned"}','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','bb9b0d15bd23af8d22eba939622fac1d20978e57d485123acc8ee8885d4387c4','ae98ac82e1d80f3e9cb83d38c1716a852e28acfe8f85cc4a46e46e6186974dd5',NULL);
INSERT INTO "workflow_event" VALUES(17,'branch:b2',5,'2005-01-21T00:00:00.000000Z','li','clerk','moved','','{"from":"learning.working","move":"apply","takes":{},"to":"learning.applied"}','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','932f5d23a66e86a350d43ba2f48815e07d2b84e604d90c13ff7d3c8d332f9038','4dc99b8b9e0949c6e468a64fa92f6993bd6f2a858c5ea14cadc7577897bc11d7',NULL);
INSERT INTO "workflow_event" VALUES(18,'branch:b1',8,'2005-01-21T01:00:00.000000Z','li','clerk','moved','','{"attempt":{"number":2,"stage":"learning"},"from":"learning.working","move":"redo","takes":{},"to":"learning.working"}','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','ae98ac82e1d80f3e9cb83d38c1716a852e28acfe8f85cc4a46e46e6186974dd5','5ae870562d520b13bf1b380adb752809900a683fd7a63f2aeebe6e9fdf44a806',NULL);
CREATE TABLE workflow_grant (
  person TEXT NOT NULL,
  role TEXT NOT NULL,
  target TEXT NOT NULL,
  PRIMARY KEY (target, role, person)
) WITHOUT ROWID;
INSERT INTO "workflow_grant" VALUES('li','clerk','*');
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
INSERT INTO "workflow_line" VALUES('attendance','b1','b1-m1',2,1,'2005-01-19','2005-01-20T12:00:00.000000Z','li',0,2,'collective',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "workflow_line" VALUES('attendance','b1','b1-m1',3,1,'2005-01-19','2005-01-20T13:00:00.000000Z','li',0,3,'collective',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "workflow_line" VALUES('attendance','b1','b1-m2',2,2,'2005-01-19','2005-01-20T12:00:00.000000Z','li',0,1.5,'home',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "workflow_line" VALUES('attendance','b1','b1-m2',3,2,'2005-01-19','2005-01-20T13:00:00.000000Z','li',0,1.5,'home',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "workflow_line" VALUES('attendance','b2','b2-m1',2,1,'2005-01-19','2005-01-20T14:00:00.000000Z','li',1,2,'collective',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "workflow_line" VALUES('attendance','b2','b2-m2',2,2,'2005-01-19','2005-01-20T14:00:00.000000Z','li',1,1.5,'home',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "workflow_line" VALUES('notice','','',3,0,'2005-01-19','2005-01-20T17:00:00.000000Z','li',1,'中发〔2005〕6号',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "workflow_line" VALUES('notice','','',4,0,'2005-01-20','2005-01-20T18:00:00.000000Z','li',0,'另一份',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "workflow_line" VALUES('session','b1','',2,0,'2005-01-19','2005-01-20T12:00:00.000000Z','li',1,'党章',2,'collective','["a","b"]',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "workflow_line" VALUES('session','b1','',3,0,'2005-01-19','2005-01-20T13:00:00.000000Z','li',0,'党章',3,'collective','["a","b"]',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "workflow_line" VALUES('session','b2','',2,0,'2005-01-19','2005-01-20T14:00:00.000000Z','li',1,'党章',2,'collective','["a","b"]',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE workflow_member (
  id TEXT NOT NULL,
  branch TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  flags TEXT NOT NULL,
  fields TEXT NOT NULL,
  PRIMARY KEY (branch, id)
) WITHOUT ROWID;
INSERT INTO "workflow_member" VALUES('b1-m1','b1','党员1','in_post','["infirm","mobile"]','{"rank":"a"}');
INSERT INTO "workflow_member" VALUES('b1-m2','b1','党员b1-m2','retired','[]','{}');
INSERT INTO "workflow_member" VALUES('b1-m3','b1','党员b1-m3','in_post','[]','{}');
INSERT INTO "workflow_member" VALUES('b2-m1','b2','党员1','in_post','["infirm","mobile"]','{"rank":"a"}');
INSERT INTO "workflow_member" VALUES('b2-m2','b2','党员2','in_post','["infirm","mobile"]','{"rank":"a"}');
CREATE TABLE workflow_meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO "workflow_meta" VALUES('schema','1');
INSERT INTO "workflow_meta" VALUES('campaign','试点');
INSERT INTO "workflow_meta" VALUES('rehearsal','0');
INSERT INTO "workflow_meta" VALUES('definition','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd');
CREATE TABLE workflow_person (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO "workflow_person" VALUES('li','李');
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
INSERT INTO "workflow_waiver" VALUES('b2',3,'q','','r','li','clerk',NULL,'2005-01-20T20:00:00.000000Z',0);
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
CREATE INDEX workflow_grant_person ON workflow_grant (person, role);
CREATE INDEX workflow_branch_parent ON workflow_branch (parent);
CREATE UNIQUE INDEX workflow_member_id ON workflow_member (id);
CREATE INDEX workflow_case_kind ON workflow_case (kind, branch);
COMMIT;
