"""Two hundred kills over apply, send, remind and purge: nothing done twice, nothing half-done left unsaid."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes
from pathlib import Path

import pytest

from dsar.case.case import LetterState, PlanLine
from dsar.case.changes import Result
from dsar.ledger import Ledger
from dsar.ledger.notices import NoticeState
from dsar.workflow.plans import saved_plan
from dsar.workflow.purge import LOG, current_plan, read_log
from dsar.workspace import Workspace
from tests.slow.desk import CASE, Desk, journey
from tests.slow.killing_desk import Command, Scene, Servers, copied_away, facts_of, sends_through, type_all
from tests.slow.test_kill_smtp import settle

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

# of all kills, so many must have hit the command while it ran
MOST_LAND = 0.6


def enough_landed(scene: Scene, times: int, tell: pytest.FixtureRequest) -> None:
    """A test whose kills came too late would show nothing."""
    tell.node.user_properties += [("kills", scene.landed), ("calls", scene.calls)]
    assert scene.landed >= MOST_LAND * times


# -- apply ------------------------------------------------------------------------------------------------------


@pytest.fixture
def erasing(tmp_path: Path) -> Scene:
    """An erasure in all four kinds of source, planned and approved."""
    desk = Desk.sample(tmp_path / "desk")
    type_all(
        desk,
        Command(("new", "--file", str(desk.home / "inbox" / "05-delete-tan.eml"))),
        Command(("verify", "1", "--method", "email-control")),
        Command(("gather", "1"), done=(4,)),
        Command(("gather", "1", "--waive", "facilities", "--reason", "The door log holds no accounts.")),
        Command(("plan", "1", "--erase")),
    )
    fingerprint = str(desk.json("plan", "1", "--erase")["fingerprint"])
    type_all(desk, Command(("approve", "1", "--fingerprint", fingerprint), who="sam"))
    return Scene(desk.home, Command(("apply", "1", "--confirm", CASE)), tmp_path)


Place = tuple[str, str]
# every other file is one of the calls
FILES = {"crm": "crm", "newsletter.csv": "newsletter", "tickets.jsonl": "tickets", "feedback.mbox": "feedback"}


def held(home: Path) -> dict[Place, object]:
    """What stands in every source file, table by table, read as any program would read it."""
    found: dict[Place, object] = {
        (path.name, ""): path.read_bytes()
        for pattern in ("*.csv", "calls/*.csv", "*.jsonl", "*.mbox")
        for path in (home / "data").glob(pattern)
    }
    copy = copied_away(home / "data" / "crm.sqlite")
    with closing(sqlite3.connect(copy)) as crm:
        assert crm.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        tables = [name for (name,) in crm.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            found["crm", table] = sorted(map(repr, crm.execute(f'SELECT * FROM "{table}"')))  # noqa: S608
    shutil.rmtree(copy.parent)
    return found


def plan_of(home: Path) -> tuple[PlanLine, dict[str, str]]:
    """The plan as the facts tell it, and the source of each of its steps."""
    ws = Workspace(home)
    (line,) = ws.ledger.case(CASE).plans.values()
    sources = {step.id: step.source for step in saved_plan(ws, CASE, line.id).steps}
    ws.ledger.close()
    return line, sources


def test_an_erasure_killed_anywhere_ends_as_if_left_alone(erasing: Scene, request: pytest.FixtureRequest) -> None:
    before, whole = held(erasing.home), held(erasing.reference.home)
    facts = facts_of(erasing.reference)
    results = plan_of(erasing.reference.home)[0].results
    assert {name for name in whole if before[name] != whole[name]} >= {("tickets.jsonl", ""), ("feedback.mbox", "")}

    def look(desk: Desk) -> None:
        now = held(desk.home)
        assert now.keys() == before.keys()
        assert [name for name in now if now[name] not in (before[name], whole[name])] == []
        line, sources = plan_of(desk.home)
        assert line.started or now == before
        told = set(sources.values()) - {sources[step] for step in sources if step not in line.results}
        assert [name for name in now if FILES.get(name[0], "calls") in told and now[name] != whole[name]] == []
        assert not line.finished or now == whole

    def finish(desk: Desk) -> None:
        erasing.until_done(desk)
        assert held(desk.home) == whole
        assert facts_of(desk) == facts
        line, _ = plan_of(desk.home)
        assert line.finished
        # what was done and not yet told when the kill came is found done
        same = {Result.DONE: Result.ALREADY}
        for step, result in line.results.items():
            assert result in (results[step], same.get(results[step]))

    erasing.kill(50, seed=1, look=look, finish=finish)
    enough_landed(erasing, 50, request)


# -- send -------------------------------------------------------------------------------------------------------


@pytest.fixture
def answering(tmp_path: Path) -> Scene:
    """An answer with its package, ready to leave into the folder."""
    desk = Desk.sample(tmp_path / "desk")
    for step in journey(desk.home)[:-2]:
        type_all(desk, Command(desk.filled(step), step.who, step.done))
    return Scene(desk.home, Command(("letter", "send", "1", "answer", "--confirm", CASE)), tmp_path)


def test_an_answer_killed_anywhere_leaves_once(answering: Scene, request: pytest.FixtureRequest) -> None:
    facts, ids = facts_of(answering.reference), answering.reference.message_ids()
    old = Desk(answering.home).mail().keys()

    def look(desk: Desk) -> None:
        new = desk.mail().keys() - old
        assert len(new) <= 1
        with Ledger.open(desk.home / "dsar.db", readonly=True) as ledger:
            states = {row.kind: row.state for row in ledger.outbox()}
        # what lies in the folder was told beforehand; what is told as sent lies there
        assert not new or states["answer"] in (LetterState.SENDING, LetterState.SENT)
        assert new or states.get("answer") is not LetterState.SENT

    def finish(desk: Desk) -> None:
        answering.until_done(desk)
        assert desk.message_ids() == ids
        assert facts_of(desk) == facts
        with Ledger.open(desk.home / "dsar.db", readonly=True) as ledger:
            (item,) = [row.item for row in ledger.outbox() if row.kind == "answer"]
            eml = ledger.item(item).value
        assert [content for name, (_, _, content) in desk.mail().items() if name not in old] == [eml]

    answering.kill(25, seed=2, look=look, finish=finish)
    enough_landed(answering, 25, request)


@pytest.fixture
def servers() -> Iterator[Servers]:
    """Mail servers for desks, stopped at the end."""
    servers = Servers()
    yield servers
    servers.stop()


@pytest.fixture
def acknowledging(tmp_path: Path, servers: Servers) -> Scene:
    """A first letter, ready to leave through a mail server."""
    desk = Desk.sample(tmp_path / "desk")
    type_all(desk, Command(("new", "--file", str(desk.home / "inbox" / "01-access-rivera.eml"))))
    servers.serve(desk)
    return Scene(desk.home, Command(("letter", "send", "1", "acknowledgement")), tmp_path)


def test_a_letter_over_smtp_killed_anywhere_leaves_once(
    acknowledging: Scene, servers: Servers, request: pytest.FixtureRequest
) -> None:
    facts = Counter(facts_of(acknowledging.reference))
    unsure: list[int] = []

    def look(desk: Desk) -> None:
        with Ledger.open(desk.home / "dsar.db", readonly=True) as ledger:
            states = [row.state for row in ledger.outbox()]
        assert not servers.boxes[desk.home.name].accepted or states[0] in (LetterState.SENDING, LetterState.SENT)

    def finish(desk: Desk) -> None:
        box = servers.boxes[desk.home.name]
        unsure.append(settle(desk, box, "1"))
        assert len(box.accepted) == 1
        # the person's word that it did not leave is one fact more
        assert Counter(facts_of(desk)) - facts in (Counter(), Counter({"LetterFailed": 1, "LetterHandedOver": 1}))
        assert facts - Counter(facts_of(desk)) == Counter()
        assert desk.json("outbox", "list")["letters"] == []

    acknowledging.kill(25, seed=3, look=look, finish=finish, prepare=servers.serve)
    assert 4 in unsure
    enough_landed(acknowledging, 25, request)


# -- remind -----------------------------------------------------------------------------------------------------

MONDAY = "2026-11-23"
NOBODY_LISTENS = 1


@pytest.fixture
def reminding(tmp_path: Path) -> Scene:
    """A Monday with a full inbox, three letters that wait since the mail server was down, and mail to three people."""
    desk = Desk.sample(tmp_path / "desk")
    inbox = sorted(str(path) for path in (desk.home / "inbox").iterdir())
    type_all(desk, Command(("new", "--file", *inbox), done=(0, 4)))
    sends_through(desk, NOBODY_LISTENS)
    for case in ("1", "2", "3"):
        type_all(desk, Command(("letter", "send", case, "acknowledgement"), done=(5,)))
    sends_through(desk, 0)
    return Scene(desk.home, Command(("remind", "--today", MONDAY)), tmp_path)


def told_staff(desk: Desk) -> tuple[dict[str, NoticeState], dict[str, NoticeState]]:
    """What became of each notice and of each mail to staff, by key."""
    with Ledger.open(desk.home / "dsar.db", readonly=True) as ledger:
        notices = {one.key: one.state for one in ledger.notices.all()}
        return notices, {mail.key: mail.state for mail in ledger.notices.mails()}


def told_as(desk: Desk, told: tuple[dict[str, NoticeState], dict[str, NoticeState]]) -> None:
    """Staff were told the same; more only of a case whose letter is under way, and that it is under way is told."""
    with Ledger.open(desk.home / "dsar.db", readonly=True) as ledger:
        under_way = {row.key: row.case for row in ledger.outbox() if row.state is LetterState.SENDING}
    assert len(under_way) <= 1
    assert {row["key"] for row in desk.json("outbox", "list")["letters"]} == under_way.keys()
    notices, mails = told_staff(desk)
    assert mails == told[1]
    assert {key: notices.get(key) for key in told[0]} == told[0]
    more = notices.keys() - told[0].keys()
    assert [key for key in more if not any(case in key for case in under_way.values())] == []


def test_reminders_killed_anywhere_reach_everybody_once(reminding: Scene, request: pytest.FixtureRequest) -> None:
    told, ids, facts = told_staff(reminding.reference), reminding.reference.message_ids(), facts_of(reminding.reference)
    assert len(ids) == len(set(ids)) == 6
    assert set(told[1].values()) == {NoticeState.SENT}

    def look(desk: Desk) -> None:
        assert set(desk.message_ids()) <= set(ids)

    def finish(desk: Desk) -> None:
        reminding.until_done(desk)
        told_as(desk, told)
        assert desk.type("outbox", "retry").code == 0
        assert desk.message_ids() == ids
        assert facts_of(desk) == facts

    reminding.kill(38, seed=4, look=look, finish=finish)
    enough_landed(reminding, 38, request)


def test_reminders_over_smtp_killed_anywhere_send_no_letter_twice_and_staff_mail_under_one_key(
    reminding: Scene, servers: Servers, request: pytest.FixtureRequest
) -> None:
    told, ids = told_staff(reminding.reference), set(reminding.reference.message_ids())
    letters = {key for key in ids if _is_letter(reminding.reference, key)}

    def look(desk: Desk) -> None:
        assert set(servers.boxes[desk.home.name].accepted) <= ids

    def finish(desk: Desk) -> None:
        reminding.until_done(desk)
        told_as(desk, told)
        counts = Counter(servers.boxes[desk.home.name].accepted)
        with Ledger.open(desk.home / "dsar.db", readonly=True) as ledger:
            open_ = [row for row in ledger.outbox() if row.state is not LetterState.SENT]
        assert counts.keys() | ({"unsure"} if open_ else set()) >= ids - letters
        assert all(counts[key] <= 1 for key in letters)
        # a mail to staff whose receipt was lost comes once more under the same Message-ID, as one message
        assert sum(counts.values()) - len(counts) <= 1
        assert len(letters - counts.keys()) <= len(open_)

    reminding.kill(12, seed=5, look=look, finish=finish, prepare=servers.serve)
    enough_landed(reminding, 12, request)


def _is_letter(desk: Desk, key: str) -> bool:
    contents = [message_from_bytes(content) for _, _, content in desk.mail().values()]
    (found,) = [one for one in contents if one["Message-ID"] == key]
    return not str(found["Subject"]).startswith("[dsar]")


# -- purge ------------------------------------------------------------------------------------------------------

LATER = "2029-11-21"


@pytest.fixture
def purging(tmp_path: Path) -> Scene:
    """A purge of two closed cases, planned and approved, among others that stay."""
    home = tmp_path / "desk"
    made = Desk(tmp_path).type("demo", "--keep", str(home))
    assert made.code == 0, made.says
    desk = Desk(home)
    fingerprint = str(desk.json("purge", "--plan", "--today", LATER)["plan"]["plan"])
    type_all(desk, Command(("purge", "--approve", fingerprint, "--today", LATER), who="sam"))
    return Scene(home, Command(("purge", "--confirm", "2", "--today", LATER)), tmp_path)


def personal(home: Path, purged: tuple[str, ...]) -> set[bytes]:
    """Texts that stand in the vault and the findings of these cases and of no other case: names, addresses, lines."""
    mine: set[bytes] = set()
    others: list[bytes] = []
    with Ledger.open(home / "dsar.db", readonly=True) as ledger:
        for row in ledger.rows(open_only=False):
            texts = [kept.value for kept in ledger.kept(row.case)]
            texts += [
                value.encode() for one in ledger.findings(row.case) for value in one.record.values.values() if value
            ]
            if row.case in purged:
                mine |= {line.strip()[:60] for text in texts for line in text.splitlines()}
            else:
                others += texts
        others += [draft.raw for draft in ledger.drafts()]
    whole = b"\n".join(others)
    return {text for text in mine if len(text) >= 10 and text not in whole}


def room_left(home: Path) -> int:
    """Pages of the store that deleted rows left empty."""
    with closing(sqlite3.connect(home / "dsar.db")) as store:
        return int(store.execute("PRAGMA freelist_count").fetchone()[0])


def test_a_purge_killed_anywhere_leaves_nothing_personal(purging: Scene, request: pytest.FixtureRequest) -> None:
    ws = Workspace(purging.home)
    plan = current_plan(ws)
    ws.ledger.close()
    assert plan is not None
    store = (purging.home / "dsar.db").read_bytes()
    texts = {text for text in personal(purging.home, plan.cases) if text in store}
    assert len(texts) > 100
    assert not any(text in (purging.reference.home / "dsar.db").read_bytes() for text in texts)
    facts, ids = facts_of(purging.reference), purging.reference.message_ids()
    folders = sorted(path.name for path in (purging.reference.home / "cases").iterdir())

    def look(desk: Desk) -> None:
        ws = Workspace(desk.home)
        now = current_plan(ws)
        assert now is not None
        gone = [number for number in plan.cases if ws.ledger.is_purged(number)]
        files = len(desk.mail()) < len(Desk(purging.home).mail()) or not (desk.home / "cases" / CASE).is_dir()
        ws.ledger.close()
        # whatever is gone was told before it went, to this store and to a restored one
        if gone or files:
            assert now.begun
            assert [number for number, _, _ in read_log(desk.home / "backups" / LOG)] == list(plan.cases)
        assert gone in ([], list(plan.cases))
        assert now.used == bool(gone)

    def finish(desk: Desk) -> None:
        purging.until_done(desk)
        for path in desk.home.glob("dsar.db*"):
            left = path.read_bytes()
            assert [text for text in texts if text in left] == []
        assert room_left(desk.home) == room_left(purging.reference.home) == 0
        assert [number for number, _, _ in read_log(desk.home / "backups" / LOG)] == list(plan.cases)
        assert facts_of(desk) == facts
        assert desk.message_ids() == ids
        assert sorted(path.name for path in (desk.home / "cases").iterdir()) == folders

    purging.kill(50, seed=6, look=look, finish=finish)
    enough_landed(purging, 50, request)
