CREATE INDEX case_row_open ON case_row (next_on, number) WHERE closed_on IS NULL;

CREATE INDEX case_row_purge ON case_row (purge_on) WHERE purge_on IS NOT NULL;

CREATE INDEX case_row_serial ON case_row (serial);

CREATE INDEX clock_row_open ON clock_row (by_on, case_number, line) WHERE is_open = 1;

CREATE INDEX fact_case ON fact (case_number, seq);

CREATE INDEX fact_rare ON fact (kind, case_number) WHERE kind IN ('ChecksSet', 'ColleagueAsked', 'PlanFinished');

CREATE INDEX letter_item_item ON letter_item (item);

CREATE INDEX message_owner ON message (owner);

CREATE INDEX notice_mail ON notice (mail) WHERE mail <> '';

CREATE INDEX notice_waiting ON notice (day) WHERE state IN ('queued', 'sending');

CREATE INDEX outbox_row_waiting ON outbox_row (state) WHERE state IN ('queued', 'sending');

CREATE INDEX person_case ON person (case_number);

CREATE INDEX staff_mail_day ON staff_mail (person, day);

CREATE INDEX vault_case ON vault (case_number, kind);

CREATE INDEX vault_kind ON vault (kind, case_number);

CREATE TABLE case_row (
  number TEXT PRIMARY KEY,
  year INTEGER NOT NULL,
  serial INTEGER NOT NULL,
  received_on TEXT NOT NULL,
  owner TEXT NOT NULL,
  role TEXT NOT NULL,
  stage TEXT NOT NULL,
  claims TEXT NOT NULL CHECK (claims GLOB '[[]*]'),
  next_on TEXT,
  opened_on TEXT NOT NULL,
  closed_on TEXT,
  purge_on TEXT,
  about_a_child INTEGER NOT NULL CHECK (about_a_child IN (0, 1)),
  facts INTEGER NOT NULL,
  changed_at TEXT NOT NULL,
  changed_by TEXT NOT NULL
) STRICT;

CREATE TABLE clock_row (
  case_number TEXT NOT NULL REFERENCES case_row (number) ON DELETE CASCADE,
  line INTEGER NOT NULL,
  claim TEXT NOT NULL,
  right_word TEXT NOT NULL,
  law TEXT NOT NULL,
  obligation TEXT NOT NULL,
  due_on TEXT,
  suspended_on TEXT,
  target_on TEXT,
  by_on TEXT GENERATED ALWAYS AS (coalesce(due_on, target_on)) STORED,
  standard TEXT NOT NULL,
  stage TEXT NOT NULL,
  confirmed TEXT NOT NULL,
  next_says TEXT NOT NULL,
  next_command TEXT NOT NULL,
  owner TEXT NOT NULL,
  is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
  PRIMARY KEY (case_number, line)
) STRICT;

CREATE TABLE counter (name TEXT PRIMARY KEY, last INTEGER NOT NULL CHECK (last >= 0)) STRICT;

CREATE TABLE draft (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  body TEXT NOT NULL CHECK (body GLOB '{*}'),
  raw BLOB NOT NULL,
  at TEXT NOT NULL
) STRICT;

CREATE TABLE fact (
  seq INTEGER PRIMARY KEY CHECK (seq >= 1),
  case_number TEXT NOT NULL CHECK (case_number GLOB 'DSAR-[0-9][0-9][0-9][0-9]-[0-9]*'),
  kind TEXT NOT NULL CHECK (kind <> ''),
  body TEXT NOT NULL CHECK (body GLOB '{*}'),
  on_day TEXT NOT NULL CHECK (length(on_day) = 10),
  recorded_at TEXT NOT NULL,
  actor TEXT NOT NULL CHECK (actor <> ''),
  place TEXT NOT NULL,
  hash TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;

CREATE TABLE finding (
  case_number TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 1),
  source TEXT NOT NULL,
  record_set TEXT NOT NULL,
  record_key TEXT NOT NULL,
  body TEXT NOT NULL CHECK (body GLOB '{*}'),
  PRIMARY KEY (case_number, number),
  UNIQUE (case_number, source, record_set, record_key)
) STRICT;

CREATE TABLE letter_item (
  case_number TEXT NOT NULL,
  key TEXT NOT NULL,
  item TEXT NOT NULL REFERENCES vault (item) ON DELETE CASCADE,
  PRIMARY KEY (case_number, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE message (digest TEXT PRIMARY KEY, owner TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE notice (
  key TEXT PRIMARY KEY CHECK (key <> ''),
  about TEXT NOT NULL,
  kind TEXT NOT NULL,
  case_number TEXT NOT NULL,
  person TEXT NOT NULL,
  rung TEXT NOT NULL,
  due_on TEXT,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'superseded', 'cancelled')),
  day TEXT NOT NULL CHECK (length(day) = 10),
  mail TEXT NOT NULL,
  changed_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox_row (
  case_number TEXT NOT NULL REFERENCES case_row (number) ON DELETE CASCADE,
  line INTEGER NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  queued_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  PRIMARY KEY (case_number, key)
) STRICT;

CREATE TABLE person (
  digest TEXT NOT NULL,
  case_number TEXT NOT NULL,
  PRIMARY KEY (digest, case_number)
) STRICT, WITHOUT ROWID;

CREATE TABLE pin (
  kind TEXT NOT NULL,
  version TEXT NOT NULL CHECK (length(version) >= 12),
  body TEXT NOT NULL,
  PRIMARY KEY (kind, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE staff_mail (
  key TEXT PRIMARY KEY CHECK (key <> ''),
  person TEXT NOT NULL,
  day TEXT NOT NULL CHECK (length(day) = 10),
  state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'superseded', 'cancelled')),
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  made_at TEXT NOT NULL,
  tries INTEGER NOT NULL CHECK (tries >= 0),
  changed_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE suppression (digest TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TABLE vault (
  item TEXT PRIMARY KEY CHECK (item GLOB 'V-*'),
  case_number TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind <> ''),
  value BLOB NOT NULL,
  at TEXT NOT NULL
) STRICT;

CREATE TABLE vault_key (owner TEXT PRIMARY KEY, key BLOB CHECK (length(key) = 32)) STRICT;

CREATE TRIGGER fact_comes_last BEFORE INSERT ON fact
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM fact)
BEGIN SELECT RAISE(ABORT, 'a fact comes after all others'); END;

CREATE TRIGGER fact_never_changes BEFORE UPDATE ON fact
BEGIN SELECT RAISE(ABORT, 'a fact is never changed'); END;

CREATE TRIGGER fact_never_leaves BEFORE DELETE ON fact
BEGIN SELECT RAISE(ABORT, 'a fact is never deleted'); END;

CREATE TRIGGER pin_comes_once BEFORE INSERT ON pin
WHEN EXISTS (SELECT 1 FROM pin WHERE kind = NEW.kind AND version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'a pinned text is never replaced'); END;

CREATE TRIGGER pin_never_changes BEFORE UPDATE ON pin
BEGIN SELECT RAISE(ABORT, 'a pinned text is never changed'); END;

CREATE TRIGGER pin_never_leaves BEFORE DELETE ON pin
BEGIN SELECT RAISE(ABORT, 'a pinned text is never deleted'); END;
