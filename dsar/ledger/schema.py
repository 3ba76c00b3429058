"""The tables of the case store as SQL text, and the steps that make and migrate them.

How rows are read and written is the business of the modules beside it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATION_SET = "dsar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One migration: applied once, in order, forward only."""

    name: str
    statements: tuple[str, ...]


# -- what is kept for ever ------------------------------------------------------------------------

_META = "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT"

_FACT = """CREATE TABLE fact (
  seq INTEGER PRIMARY KEY CHECK (seq >= 1),
  case_number TEXT NOT NULL CHECK (case_number GLOB 'DSAR-[0-9][0-9][0-9][0-9]-[0-9]*'),
  kind TEXT NOT NULL CHECK (kind <> ''),
  body TEXT NOT NULL CHECK (body GLOB '{*}'),
  on_day TEXT NOT NULL CHECK (length(on_day) = 10),
  recorded_at TEXT NOT NULL,
  actor TEXT NOT NULL CHECK (actor <> ''),
  place TEXT NOT NULL,
  hash TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT"""
_FACT_CASE = "CREATE INDEX fact_case ON fact (case_number, seq)"

_PIN = """CREATE TABLE pin (
  kind TEXT NOT NULL,
  version TEXT NOT NULL CHECK (length(version) >= 12),
  body TEXT NOT NULL,
  PRIMARY KEY (kind, version)
) STRICT, WITHOUT ROWID"""

_COUNTER = "CREATE TABLE counter (name TEXT PRIMARY KEY, last INTEGER NOT NULL CHECK (last >= 0)) STRICT"

# INSERT OR REPLACE removes rows without asking a DELETE trigger, hence the two guards on INSERT.
TRIGGERS: dict[str, str] = {
    "fact_never_changes": """CREATE TRIGGER fact_never_changes BEFORE UPDATE ON fact
BEGIN SELECT RAISE(ABORT, 'a fact is never changed'); END""",
    "fact_never_leaves": """CREATE TRIGGER fact_never_leaves BEFORE DELETE ON fact
BEGIN SELECT RAISE(ABORT, 'a fact is never deleted'); END""",
    "fact_comes_last": """CREATE TRIGGER fact_comes_last BEFORE INSERT ON fact
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM fact)
BEGIN SELECT RAISE(ABORT, 'a fact comes after all others'); END""",
    "pin_never_changes": """CREATE TRIGGER pin_never_changes BEFORE UPDATE ON pin
BEGIN SELECT RAISE(ABORT, 'a pinned text is never changed'); END""",
    "pin_never_leaves": """CREATE TRIGGER pin_never_leaves BEFORE DELETE ON pin
BEGIN SELECT RAISE(ABORT, 'a pinned text is never deleted'); END""",
    "pin_comes_once": """CREATE TRIGGER pin_comes_once BEFORE INSERT ON pin
WHEN EXISTS (SELECT 1 FROM pin WHERE kind = NEW.kind AND version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'a pinned text is never replaced'); END""",
}

# -- what is forgotten: everything personal -------------------------------------------------------

# A key of NULL was destroyed by a purge and is never made again.
_VAULT_KEY = "CREATE TABLE vault_key (owner TEXT PRIMARY KEY, key BLOB CHECK (length(key) = 32)) STRICT"

_VAULT = """CREATE TABLE vault (
  item TEXT PRIMARY KEY CHECK (item GLOB 'V-*'),
  case_number TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind <> ''),
  value BLOB NOT NULL,
  at TEXT NOT NULL
) STRICT"""
_VAULT_CASE = "CREATE INDEX vault_case ON vault (case_number, kind)"
_VAULT_KIND = "CREATE INDEX vault_kind ON vault (kind, case_number)"

_LETTER_ITEM = """CREATE TABLE letter_item (
  case_number TEXT NOT NULL,
  key TEXT NOT NULL,
  item TEXT NOT NULL REFERENCES vault (item) ON DELETE CASCADE,
  PRIMARY KEY (case_number, key)
) STRICT, WITHOUT ROWID"""
_LETTER_ITEM_ITEM = "CREATE INDEX letter_item_item ON letter_item (item)"

_FINDING = """CREATE TABLE finding (
  case_number TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 1),
  source TEXT NOT NULL,
  record_set TEXT NOT NULL,
  record_key TEXT NOT NULL,
  body TEXT NOT NULL CHECK (body GLOB '{*}'),
  PRIMARY KEY (case_number, number),
  UNIQUE (case_number, source, record_set, record_key)
) STRICT"""

_MESSAGE = "CREATE TABLE message (digest TEXT PRIMARY KEY, owner TEXT NOT NULL) STRICT, WITHOUT ROWID"
_MESSAGE_OWNER = "CREATE INDEX message_owner ON message (owner)"

_PERSON = """CREATE TABLE person (
  digest TEXT NOT NULL,
  case_number TEXT NOT NULL,
  PRIMARY KEY (digest, case_number)
) STRICT, WITHOUT ROWID"""
_PERSON_CASE = "CREATE INDEX person_case ON person (case_number)"

# Kept when a case is purged: whoever was erased must stay erased when an old list is imported again.
_SUPPRESSION = "CREATE TABLE suppression (digest TEXT PRIMARY KEY) STRICT, WITHOUT ROWID"

_DRAFT = """CREATE TABLE draft (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  body TEXT NOT NULL CHECK (body GLOB '{*}'),
  raw BLOB NOT NULL,
  at TEXT NOT NULL
) STRICT"""

# -- what is computed: the projection -------------------------------------------------------------

_CASE_ROW = """CREATE TABLE case_row (
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
) STRICT"""
_CASE_ROW_SERIAL = "CREATE INDEX case_row_serial ON case_row (serial)"
_CASE_ROW_OPEN = "CREATE INDEX case_row_open ON case_row (next_on, number) WHERE closed_on IS NULL"
_CASE_ROW_PURGE = "CREATE INDEX case_row_purge ON case_row (purge_on) WHERE purge_on IS NOT NULL"

_CLOCK_ROW = """CREATE TABLE clock_row (
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
) STRICT"""
_CLOCK_ROW_OPEN = "CREATE INDEX clock_row_open ON clock_row (by_on, case_number, line) WHERE is_open = 1"

_OUTBOX_ROW = """CREATE TABLE outbox_row (
  case_number TEXT NOT NULL REFERENCES case_row (number) ON DELETE CASCADE,
  line INTEGER NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  queued_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  PRIMARY KEY (case_number, key)
) STRICT"""
_OUTBOX_ROW_STATE = "CREATE INDEX outbox_row_waiting ON outbox_row (state) WHERE state IN ('queued', 'sending')"

# -- reminders to staff: keys that are never used twice, without personal data of requesters ------

_STATES = "('queued', 'sending', 'sent', 'failed', 'superseded', 'cancelled')"

_NOTICE = f"""CREATE TABLE notice (
  key TEXT PRIMARY KEY CHECK (key <> ''),
  about TEXT NOT NULL,
  kind TEXT NOT NULL,
  case_number TEXT NOT NULL,
  person TEXT NOT NULL,
  rung TEXT NOT NULL,
  due_on TEXT,
  state TEXT NOT NULL CHECK (state IN {_STATES}),
  day TEXT NOT NULL CHECK (length(day) = 10),
  mail TEXT NOT NULL,
  changed_at TEXT NOT NULL
) STRICT, WITHOUT ROWID"""
_NOTICE_WAITING = "CREATE INDEX notice_waiting ON notice (day) WHERE state IN ('queued', 'sending')"
_NOTICE_MAIL = "CREATE INDEX notice_mail ON notice (mail) WHERE mail <> ''"

_STAFF_MAIL = f"""CREATE TABLE staff_mail (
  key TEXT PRIMARY KEY CHECK (key <> ''),
  person TEXT NOT NULL,
  day TEXT NOT NULL CHECK (length(day) = 10),
  state TEXT NOT NULL CHECK (state IN {_STATES}),
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  made_at TEXT NOT NULL,
  tries INTEGER NOT NULL CHECK (tries >= 0),
  changed_at TEXT NOT NULL
) STRICT, WITHOUT ROWID"""
_STAFF_MAIL_DAY = "CREATE INDEX staff_mail_day ON staff_mail (person, day)"

# -- facts that are asked for over all cases: few among millions, so finding them must not mean reading the others

RARE = ("ChecksSet", "ColleagueAsked", "PlanFinished")
RARE_ONLY = f"kind IN {RARE}"
_FACT_RARE = f"CREATE INDEX fact_rare ON fact (kind, case_number) WHERE {RARE_ONLY}"

STEPS: tuple[Step, ...] = (
    Step(
        name="m001_facts_vault_projection",
        statements=(
            *(_META, _FACT, _FACT_CASE, _PIN, _COUNTER),
            *TRIGGERS.values(),
            *(_VAULT_KEY, _VAULT, _VAULT_CASE, _VAULT_KIND, _LETTER_ITEM, _LETTER_ITEM_ITEM),
            *(_FINDING, _MESSAGE, _MESSAGE_OWNER, _PERSON, _PERSON_CASE, _SUPPRESSION, _DRAFT),
            *(_CASE_ROW, _CASE_ROW_SERIAL, _CASE_ROW_OPEN, _CASE_ROW_PURGE),
            *(_CLOCK_ROW, _CLOCK_ROW_OPEN, _OUTBOX_ROW, _OUTBOX_ROW_STATE),
        ),
    ),
    Step(
        name="m002_notices",
        statements=(_NOTICE, _NOTICE_WAITING, _NOTICE_MAIL, _STAFF_MAIL, _STAFF_MAIL_DAY),
    ),
    Step(name="m003_rare_facts", statements=(_FACT_RARE,)),
)


def apply_steps(connection: sqlite3.Connection, steps: tuple[Step, ...] = STEPS) -> None:
    """Apply the steps that this store does not have yet, all of them or none."""
    from dsar.ledger import sqlite_utils_light

    library = sqlite_utils_light.load()
    migrations = library.Migrations(MIGRATION_SET)
    for step in steps:
        migrations(name=step.name)(_runs(step))
    # One writer at a time: a second one waits here and then finds nothing left to do.
    connection.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(library.Database(connection, execute_plugins=False))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _runs(step: Step) -> Callable[[Database], None]:
    def run(db: Database) -> None:
        for statement in step.statements:
            db.execute(statement)

    return run


def applied_steps(connection: sqlite3.Connection) -> tuple[str, ...]:
    """The names of the steps this store was made with; sqlite3.OperationalError if it is no case store."""
    found = connection.execute(
        "SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY id", (MIGRATION_SET,)
    )
    return tuple(name for (name,) in found.fetchall())
