"""What stands in the exported calendar, and how a calendar that only adds learns of what ended."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from dsar.case.facts import ClockMoved, LetterQueued, LetterSent
from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.errors import InputWrong
from dsar.reports.deadlines import Deadline
from dsar.workflow import ending, keeping, openings
from dsar.workflow.calendar import REMEMBERED, export, save
from dsar.workspace import Workspace
from tests.workflow.office import EMAIL, RIVERA, TODAY, by, somebody

CLAIM = "access/us-ca-ccpa"


def entries(ws: Workspace, today: date = TODAY, **how: str | int) -> dict[str, Deadline]:
    """The calendar by what an entry is about: "answer" for Maria's, "0002 answer" for another case's."""
    found = export(ws, today, **how).deadlines  # type: ignore[arg-type]
    short = {one.uid: one.uid.split("@")[0].removeprefix(f"{RIVERA}.access.us-ca-ccpa.") for one in found}
    return {short[one.uid]: one for one in found}


def acknowledged(ws: Workspace, on: date = TODAY) -> None:
    """The acknowledgement has left."""
    key = f"{RIVERA}:acknowledgement"
    queued = LetterQueued(key=key, kind="acknowledgement", digest="ab", personal=False, claims=(CLAIM,))
    ws.ledger.record(RIVERA, queued, LetterSent(key=key, on=on, transport="folder"), by=by(on=on))


class TestEntries:
    def test_each_open_obligation_is_one(self, at: Callable[[str], Workspace]) -> None:
        found = entries(at("opened"))
        assert {name: (one.on, one.cancelled) for name, one in found.items()} == {
            "acknowledgement": (date(2026, 11, 25), False),
            "answer": (date(2026, 12, 25), False),
        }
        assert found["answer"].summary == f"{RIVERA} access (CCPA): answer due"
        assert found["acknowledgement"].summary == f"{RIVERA} access (CCPA): acknowledgement due"

    def test_the_words_below_an_entry(self, at: Callable[[str], Workspace]) -> None:
        ws = at("opened")
        keeping.assign(ws, RIVERA, "priya", by())
        assert entries(ws)["answer"].description.splitlines() == [
            "Next: acknowledge. Type: dsar letter send 1 acknowledgement",
            "Owner: priya",
            "We are shut that day (Christmas Day): plan for Thu 24 Dec 2026. The date itself does not move.",
            "We aim at Tue 22 Dec 2026: our own target, not the law's.",
            "Rule: Civ. Code 1798.100, 1798.110, 1798.130; 11 CCR 7024",
            "Why this date: dsar why 1",
        ]

    def test_a_rule_without_a_number_has_no_entry_but_is_counted(self, desk: Workspace) -> None:
        child = {"rights": (Right.CHILD_ACCESS,), "laws": ("us-coppa",), "role": Role.PARENT}
        openings.typed(desk, somebody("Renata Duarte", "renata@duarte.example", **child), by())
        assert [row.due_on for row in desk.ledger.clock_rows()] == [None]
        found = export(desk, TODAY)
        assert (found.deadlines, found.undated) == ((), 1)

    def test_only_one_owners(self, at: Callable[[str], Workspace]) -> None:
        ws = at("opened")
        openings.typed(ws, somebody("Petra Ames", "p@gone.example", laws=("gdpr",)), by())
        keeping.assign(ws, RIVERA, "priya", by())
        assert {one.case for one in export(ws, TODAY, owner="priya").deadlines} == {RIVERA}
        assert {one.case for one in export(ws, TODAY).deadlines} == {RIVERA, "DSAR-2026-0002"}

    def test_only_so_many_days_and_what_is_late(self, at: Callable[[str], Workspace]) -> None:
        ws = at("opened")
        assert set(entries(ws, within=4)) == {"acknowledgement"}
        assert set(entries(ws, within=34)) == {"acknowledgement", "answer"}
        assert set(entries(ws, date(2026, 11, 30), within=1)) == {"acknowledgement"}


class TestVersions:
    def test_the_same_state_gives_the_same_bytes(self, at: Callable[[str], Workspace]) -> None:
        ws = at("opened")
        before = export(ws, TODAY).content
        again = Workspace(ws.home)
        assert export(again, TODAY).content == before
        assert export(again, TODAY + timedelta(days=1)).content == before
        again.ledger.close()

    def test_a_change_keeps_the_uid_and_raises_the_version(self, at: Callable[[str], Workspace]) -> None:
        ws = at("opened")
        before = entries(ws)["answer"]
        keeping.assign(ws, RIVERA, "sam", by())
        after = entries(ws)["answer"]
        assert (after.uid, after.on) == (before.uid, before.on)
        assert after.sequence > before.sequence
        assert after.description != before.description

    def test_an_extension_moves_the_one_entry(self, at: Callable[[str], Workspace]) -> None:
        ws = at("opened")
        before = entries(ws)
        ws.ledger.record(RIVERA, ClockMoved(kind="extended", on=TODAY, claim=CLAIM), by=by())
        after = entries(ws)
        assert set(after) == set(before)
        assert after["answer"].uid == before["answer"].uid
        assert after["answer"].on == date(2027, 2, 8)
        assert after["answer"].sequence > before["answer"].sequence
        assert "Extended once: the notice was sent." in after["answer"].description
        # it stays in a calendar of the next weeks, which would else keep the old date
        assert entries(ws, within=40)["answer"].on == date(2027, 2, 8)

    def test_another_store_has_other_uids(self, at: Callable[[str], Workspace], tmp_path: Path) -> None:
        one, other = at("opened"), at("empty")
        openings.typed(other, somebody("Maria Rivera", EMAIL), by(on=TODAY + timedelta(days=1)))
        assert not {e.uid for e in export(one, TODAY).deadlines} & {e.uid for e in export(other, TODAY).deadlines}


class TestEnded:
    def test_what_was_done_is_cancelled_for_a_month_and_then_left_out(self, at: Callable[[str], Workspace]) -> None:
        ws = at("opened")
        before = entries(ws)["acknowledgement"]
        acknowledged(ws)
        after = entries(ws)["acknowledgement"]
        assert after.cancelled
        assert (after.uid, after.on) == (before.uid, before.on)
        assert after.sequence > before.sequence
        assert "dsar letter send" not in after.description
        assert not entries(ws)["answer"].cancelled
        assert set(entries(ws, TODAY + REMEMBERED)) == {"acknowledgement", "answer"}
        assert set(entries(ws, TODAY + REMEMBERED + timedelta(days=1))) == {"answer"}

    def test_a_closed_case_is_cancelled_too(self, at: Callable[[str], Workspace]) -> None:
        ws = at("answered")
        ending.close(ws, RIVERA, by())
        assert ws.ledger.case(RIVERA).closed
        found = entries(ws)
        assert {name: one.cancelled for name, one in found.items()} == {"acknowledgement": True, "answer": True}
        assert entries(ws, TODAY + REMEMBERED + timedelta(days=1)) == {}

    def test_a_case_given_away_is_cancelled_for_the_one_who_had_it(self, at: Callable[[str], Workspace]) -> None:
        ws = at("opened")
        keeping.assign(ws, RIVERA, "priya", by())
        keeping.assign(ws, RIVERA, "sam", by())
        assert {one.cancelled for one in entries(ws, owner="priya").values()} == {True}
        assert {one.cancelled for one in entries(ws, owner="sam").values()} == {False}
        keeping.assign(ws, RIVERA, "priya", by())
        assert {one.cancelled for one in entries(ws, owner="priya").values()} == {False}

    def test_what_never_was_in_this_calendar_is_not_cancelled_in_it(self, at: Callable[[str], Workspace]) -> None:
        ws = at("opened")
        acknowledged(ws)
        assert entries(ws, owner="marta") == {}
        assert entries(ws, within=2) == {}


class TestNoPersonalData:
    def test_nobodys_name_address_or_number_is_in_the_bytes(self, at: Callable[[str], Workspace]) -> None:
        ws = at("gathered")
        child = {"rights": (Right.CHILD_DELETE,), "laws": ("us-coppa",)}
        openings.typed(ws, somebody("Caio Duarte", "renata@duarte.example", **child), by())
        keeping.assign(ws, RIVERA, "priya", by())
        text = export(ws, TODAY).content.decode("utf-8").replace("\r\n ", "").casefold()
        assert "duarte" not in text
        kept = [
            one.value.decode("utf-8", "replace")
            for kind in ("name", "identifier")
            for one in ws.ledger.kept(RIVERA, kind)
        ]
        assert kept
        staff = tomllib.loads((ws.home / "dsar.toml").read_text("utf-8"))["staff"]
        words = [
            *("rivera", "maria", "goldengate", "renata", "caio", "+1415", "555"),
            *(one["name"].casefold() for one in staff),
            *(one["name"].casefold().split()[-1] for one in staff),
            *(one["email"].casefold() for one in staff),
        ]
        assert [word for word in words if word in text] == []
        assert text.count("@") == text.count("uid:"), "the only @ is the one in each uid"


class TestFile:
    def test_it_is_written_whole_once_and_may_be_shared(self, at: Callable[[str], Workspace], tmp_path: Path) -> None:
        ws = at("opened")
        made, path = export(ws, TODAY), tmp_path / "due.ics"
        assert save(made, path)
        assert path.read_bytes() == made.content
        assert path.stat().st_mode & 0o777 == 0o644
        stamp = path.stat().st_mtime_ns
        assert not save(made, path)
        assert path.stat().st_mtime_ns == stamp
        acknowledged(ws)
        assert save(export(ws, TODAY), path)
        assert [one.name for one in tmp_path.iterdir() if one.suffix == ".tmp"] == []

    def test_a_folder_that_is_not_there_is_told(self, at: Callable[[str], Workspace], tmp_path: Path) -> None:
        with pytest.raises(InputWrong, match=r"due\.ics could not be written"):
            save(export(at("opened"), TODAY), tmp_path / "nowhere" / "due.ics")
