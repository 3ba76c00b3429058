"""Maria Rivera is erased from the invented firm's own sources, and nobody else loses a byte."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dsar.case.changes import Action, Plan, Result, Step
from dsar.case.identifiers import Identifier
from dsar.case.records import Finding, RecordSet
from dsar.changes.plan import erasing, stale
from dsar.formats.mailbox import mbox_messages
from dsar.sources.answers import SearchResult
from dsar.sources.interface import Source
from dsar.sources.registry import open_source
from dsar.sources.scripts import load_script
from dsar.sources.search import search
from dsar.sources.settings import load_sources
from dsar.sources.writing import edits, writer
from tests.sources.office import who

SAMPLE = Path(__file__).parents[2] / "sample_data" / "workspace"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SEEDS = [
    who("email", "maria.rivera@goldengateflorists.example"),
    who("phone", "(415) 555-0142"),
    who("username", "mrivera"),
]
NAME = Identifier(kind="name", value="maria rivera", raw="Maria Rivera")
# every written form of what identifies her, for a search of the raw bytes
TRACES = re.compile(
    r"maria\.rivera@|m\.rivera\.sf@|mrivera|S-2001"
    r"|(?:\+?1|001)?[\s.(-]*415[\s.)-]*555[\s.-]*0142",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Firm:
    """The firm before and after, and what was planned."""

    home: Path
    sources: Sequence[Source]
    plan: Plan
    own: Sequence[Identifier]
    results: dict[str, Result]
    before: dict[str, str]
    after: dict[str, str]


def dump(home: Path) -> dict[str, str]:
    """Every record of every source as one line of text, by where it stands and its key."""
    found: dict[str, str] = {}
    with closing(sqlite3.connect(home / "data" / "crm.sqlite")) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in connection.execute(" ".join(["SELECT * FROM", f'"{table}"'])):
                found[f"{table}:{row[0]}"] = repr(row)
    for path in sorted((home / "data").rglob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.reader(file):
                found[f"{path.name}:{row[0]}"] = repr(row)
    for line in (home / "data" / "tickets.jsonl").read_text(encoding="utf-8").splitlines():
        found[f"tickets:{json.loads(line)['ticket_id']}"] = line
    for raw in mbox_messages(home / "data" / "feedback.mbox"):
        text = raw.decode()
        found["mail:" + re.search(r"(?i)^message-id: (.*)$", text, re.M)[1]] = text  # type: ignore[index]
    return found


def findings_of(result: SearchResult) -> list[Finding]:
    records = [(answer, record) for answer in result.answers for record in answer.records]
    return [
        Finding(id=f"F-{number:04d}", source=answer.source, record_set=answer.record_set.name, record=record)
        for number, (answer, record) in enumerate(records, start=1)
    ]


def record_sets(sources: Sequence[Source]) -> dict[tuple[str, str], RecordSet]:
    return {(one.source, one.name): one for source in sources for one in source.settings.record_sets}


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Firm:
    home = tmp_path_factory.mktemp("firm") / "desk"
    shutil.copytree(SAMPLE, home)
    for script in (home / "data").glob("*.sql"):
        load_script(script, script.with_suffix(".sqlite"))
    sources = [open_source(one, home) for one in load_sources(home / "sources")]
    result = search(sources, SEEDS)
    own = [*SEEDS, *result.followed, NAME]
    whole_only = [one.settings.name for one in sources if not edits(one.settings)]
    plan = erasing(
        findings_of(result),
        record_sets(sources),
        own,
        plan_id="P-1",
        case="DSAR-2026-0001",
        now=NOW,
        whole_only=whole_only,
    )
    before = dump(home)
    results = carry_out(sources, home, plan)
    return Firm(home=home, sources=sources, plan=plan, own=own, results=results, before=before, after=dump(home))


def carry_out(sources: Sequence[Source], home: Path, plan: Plan) -> dict[str, Result]:
    results: dict[str, Result] = {}

    def done(step: Step, result: Result) -> None:
        assert step.id not in results
        results[step.id] = result

    for source in sources:
        steps = [step for step in plan.steps if step.source == source.settings.name]
        writer(source.settings, home).apply(steps, done=done)
    return results


def test_every_step_is_carried_out_or_kept(firm: Firm) -> None:
    kept = {step.id for step in firm.plan.steps if step.action is Action.KEEP}
    assert {name for name, result in firm.results.items() if result is Result.KEPT} == kept
    assert {result for name, result in firm.results.items() if name not in kept} == {Result.DONE}


def test_the_plan_says_what_becomes_of_each_record_set(firm: Firm) -> None:
    told = Counter((step.source, step.record_set, step.action) for step in firm.plan.steps)
    counts = {
        place: tuple(told[*place, action] for action in (Action.DELETE, Action.CHANGE, Action.KEEP))
        for place in dict.fromkeys((step.source, step.record_set) for step in firm.plan.steps)
    }
    assert counts == {
        # every call has another party, so her number goes and the firm's call record stays
        ("calls", "calls"): (0, 50, 0),
        ("crm", "fraud_notes"): (0, 0, 1),
        ("crm", "linked_services"): (1, 0, 0),
        ("crm", "lookups"): (1, 0, 0),
        ("crm", "number_assignments"): (2, 0, 0),
        ("crm", "payments"): (0, 0, 3),
        ("crm", "posts"): (1, 0, 0),
        ("crm", "preferences"): (1, 0, 0),
        ("crm", "seats"): (1, 0, 0),
        ("feedback", "feedback"): (2, 0, 1),
        ("newsletter", "subscribers"): (2, 0, 0),
        ("tickets", "tickets"): (3, 1, 0),
    }


def test_the_other_seats_and_the_contract_are_as_they_were(firm: Firm) -> None:
    seats = {key: row for key, row in firm.before.items() if key.startswith("seats:")}
    assert {key for key in seats if firm.after.get(key) != seats[key]} == {"seats:S-2001"}
    assert firm.after["accounts:A-1001"] == firm.before["accounts:A-1001"]


def test_only_records_with_her_in_them_are_other_than_before(firm: Firm) -> None:
    named = {step.key[next(iter(step.key))] for step in firm.plan.steps if step.action is not Action.KEEP}
    touched = {key for key in firm.before if firm.after.get(key) != firm.before[key]}
    assert {key.partition(":")[2].strip("<>") for key in touched} == {key.strip("<>") for key in named}
    assert firm.after.keys() <= firm.before.keys()


def test_a_search_of_every_byte_finds_only_what_is_explained(firm: Firm) -> None:
    left = {key for key, text in firm.after.items() if TRACES.search(text)}
    kept = {f"{step.place}:{next(iter(step.key.values()))}" for step in firm.plan.steps if step.action is Action.KEEP}
    customers = {key for key in left if key.startswith(("messages:", "lookups:"))}
    assert {key.replace("mail:<", "data/feedback.mbox:").rstrip(">") for key in left - customers} <= kept
    # what we hold for customers is not ours to erase: counted by the search, in no finding and no plan
    assert customers == {
        "lookups:L-601", "lookups:L-602", "messages:M-9001", "messages:M-9002", "messages:M-9004", "messages:M-9005"
    }  # fmt: skip


def test_her_name_alone_stays_only_where_no_search_may_find_it(firm: Firm) -> None:
    named = {key for key, text in firm.after.items() if re.search(r"(?i)maria[\s,]+rivera", text)}
    assert named == {"tickets:T-4018", "mail:<fb03.2026@baybridgecafe.example>"}


def test_the_helper_in_her_shared_ticket_keeps_his_words(firm: Firm) -> None:
    ticket = json.loads(firm.after["tickets:T-4028"])
    was = json.loads(firm.before["tickets:T-4028"])
    assert ticket["body"] == was["body"].replace("1-415-555-0142", "[removed]")
    assert {name for name in was if ticket[name] != was[name]} == {"body"}


def test_the_same_search_again_finds_only_what_the_plan_keeps(firm: Firm) -> None:
    again = findings_of(search(firm.sources, firm.own))
    places = {(one.source, one.record_set, one.record.key) for one in again}
    kept = {
        (step.source, step.record_set, next(iter(step.key.values())))
        for step in firm.plan.steps
        if step.action is Action.KEEP
    }
    assert places == kept
    assert stale(firm.plan, again)


def test_applying_the_plan_again_changes_nothing(firm: Firm) -> None:
    assert set(carry_out(firm.sources, firm.home, firm.plan).values()) == {Result.ALREADY, Result.KEPT}
    assert dump(firm.home) == firm.after


def test_nothing_is_left_beside_the_files(firm: Firm) -> None:
    names = {path.name for path in (firm.home / "data").rglob("*") if path.is_file()}
    assert not [name for name in names if name.startswith(".") or name.endswith(("-journal", "-wal"))]
    raw = (firm.home / "data" / "crm.sqlite").read_bytes()
    assert b"m.rivera.sf@bayletter" not in raw, "a deleted row stays readable in the file"
