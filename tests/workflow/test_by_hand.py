"""What no program can do a person does and says so; until then the right is not carried out, and no letter says so."""

from __future__ import annotations

import csv
import re
import stat
from pathlib import Path

import pytest

from dsar.case.case import current_plan
from dsar.case.changes import Action, PlanKind, Result
from dsar.case.next import next_step
from dsar.case.rights import Right
from dsar.errors import DsarError, InputWrong, Refused
from dsar.letters.letter import Done
from dsar.workflow import apply as work
from dsar.workflow import by_hand, change, gather, openings, outbox
from dsar.workflow.done import done_values
from dsar.workflow.look_again import done_rights, look_again
from dsar.workflow.work_lists import COLUMNS, work_lists
from dsar.workspace import Workspace
from tests.workflow import changing
from tests.workflow.changing import NUMBER, TAN, agreed, crm, facts_of, marked, of_tan, opt_out, subscribers, tan
from tests.workflow.office import by, facts_count

PLACES = ("crm/number_assignments", "crm/posts", "crm/preferences", "crm/seats")


def restricted(ws: Workspace) -> work.Applied:
    """Wesley's records are to be restricted, and what a program can do of it is done."""
    openings.typed(ws, of_tan(rights=(Right.RESTRICTION,), laws=("eu-gdpr",)), by())
    changing.shown(ws, NUMBER, "account-login")
    return marked(ws, NUMBER, PlanKind.RESTRICT)


def refused(ws: Workspace, places: tuple[str, ...], says: str, actor: str = "priya") -> DsarError:
    facts = facts_count(ws)
    with pytest.raises(DsarError, match=says) as error:
        by_hand.done_by_hand(ws, NUMBER, places, by(actor), note="Luis, ticket 4711")
    assert facts_count(ws) == facts
    assert ws.ledger.kept(NUMBER, "note") == []
    return error.value


def locked(ws: Workspace, name: str) -> None:
    """No program may write this source any more."""
    path = ws.home / "sources" / f"{name}.toml"
    path.write_text(path.read_text().replace('title = "', 'read_only = true\ntitle = "', 1))


def read(path: Path) -> list[tuple[str, ...]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        heading, *rows = csv.reader(file)
    assert tuple(heading) == COLUMNS
    return [tuple(row) for row in rows]


class TestMarks:
    def test_what_is_left_to_people_holds_the_letter(self, desk: Workspace) -> None:
        done = restricted(desk)
        left = done.line.by_hand
        assert set(PLACES) < set(left)
        assert done.left == len(left)
        assert {step.action for step in done.plan.steps if f"{step.source}/{step.record_set}" in left} == {Action.HAND}
        (claim,) = done.case.claims.values()
        assert next_step(done.case, claim).command == f"dsar apply 1 --by-hand {left[0]}"
        assert done_rights(done.case) == ()
        with pytest.raises(Refused, match=f"not done yet: nobody has said that it was done by hand in {left[0]}"):
            outbox.send(desk, NUMBER, "done", by())

    def test_a_persons_word_is_the_receipt(self, desk: Workspace) -> None:
        sources = {place.partition("/")[0] for place in restricted(desk).line.by_hand}
        done = by_hand.done_by_hand(desk, NUMBER, sorted(sources), by("sam"), note=" Luis, ticket 4711 ")
        assert (done.left, done.line.by_hand, done.line.finished) == (0, (), True)
        assert set(done.line.results.values()) == {Result.DONE, Result.BY_HAND}
        assert done_rights(done.case) == ("restriction/eu-gdpr",)
        values = done_values(desk, done.case, list(done.case.claims.values()), by())
        assert {"Your user account", "Your posts in the public forum"} <= {one.title for one in values["actions"]}
        assert {one.done for one in values["actions"]} == {Done.RESTRICTED}
        assert [note.text for note in desk.ledger.kept(NUMBER, "note")] == ["Luis, ticket 4711"]
        (told,) = [one for one in desk.ledger.history(NUMBER) if one.actor == "sam" and one.kind == "StepsDone"]
        assert sources == {place.partition("/")[0] for place in told.fact.by_hand}  # type: ignore[attr-defined]
        assert current_plan(done.case) is None

    def test_place_by_place_and_twice_is_once(self, desk: Workspace) -> None:
        left = restricted(desk).line.by_hand
        for place in left:
            for _ in range(2):
                done = by_hand.done_by_hand(desk, NUMBER, [place], by())
        assert done.line.finished
        assert facts_of(desk, NUMBER, "StepsDone") == ["StepsDone"] * (1 + len(left))

    def test_carried_out_again_it_still_waits_for_people(self, desk: Workspace) -> None:
        left = restricted(desk).line.by_hand
        again = work.apply(desk, NUMBER, by())
        assert (again.left, again.line.by_hand) == (len(left), left)

    def test_an_opt_out_that_is_marked_waits_for_nobody(self, desk: Workspace) -> None:
        planned = change.plan_marking(desk, opt_out(desk), PlanKind.SUPPRESS, by())
        assert (planned.line.by_hand, "crm/seats" in planned.unmarked) == ((), True)

    def test_an_opt_out_that_nothing_marks_waits_for_people(self, desk: Workspace) -> None:
        for name in ("crm", "newsletter"):
            path = desk.home / "sources" / f"{name}.toml"
            path.write_text(re.sub(r"\[record_set\.suppress\]\nset = .*\n", "", path.read_text()))
        without = Workspace(desk.home)
        planned = change.plan_marking(without, opt_out(without), PlanKind.SUPPRESS, by())
        assert {step.action for step in planned.plan.steps} == {Action.HAND}
        assert {"crm/preferences", "newsletter/subscribers"} <= set(planned.line.by_hand)
        without.ledger.close()


class TestColleagues:
    def test_what_a_colleague_struck_out_is_told_and_nobody_looks_again_there(self, desk: Workspace) -> None:
        number = changing.arrived(desk, "05-delete-tan")
        changing.shown(desk, number, "email-control")
        gather.gather(desk, number, by())
        answer = desk.home / "door.csv"
        answer.write_text(f"entry,day,visitor_email,host,door\n77,2026-11-01,{TAN},Sam,front\n", encoding="utf-8")
        gather.file_answer(desk, number, "facilities", answer, "", by())
        planned = agreed(desk, change.plan_erasure(desk, number, by()))
        assert planned.line.by_hand == ("facilities/door_log",)
        assert work.apply(desk, number, by()).left == 1
        done = by_hand.done_by_hand(desk, number, ["facilities"], by())
        assert done.line.finished
        looked = look_again(desk, number, by())
        assert (looked.unexplained, looked.failed, looked.unasked) == ((), (), ("facilities/door_log",))
        actions = done_values(desk, looked.case, list(looked.case.claims.values()), by())["actions"]
        (told,) = [one for one in actions if one.title == "Your visits to our office"]
        assert (told.done, told.count) == (Done.DELETED, 1)


class TestErasure:
    @pytest.fixture
    def in_part(self, desk: Workspace) -> Workspace:
        """The newsletter list may not be written by programs; Wesley's erasure is carried out everywhere else."""
        locked(desk, "newsletter")
        ws = Workspace(desk.home)
        planned = agreed(ws, change.plan_erasure(ws, tan(ws), by()))
        assert planned.line.by_hand == ("newsletter/subscribers",)
        done = work.apply(ws, NUMBER, by())
        assert [name for name, _ in done.failed] == ["newsletter"]
        assert (done.left, done.line.by_hand) == (1, ("newsletter/subscribers",))
        return ws

    def test_who_says_it_is_looked_after(self, in_part: Workspace) -> None:
        done = by_hand.done_by_hand(in_part, NUMBER, ["newsletter"], by())
        assert done.line.finished
        looked = look_again(in_part, NUMBER, by())
        assert looked.unexplained == (("newsletter", "subscribers", TAN),)
        assert done_rights(looked.case) == ()
        path = in_part.home / "data" / "newsletter.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if TAN not in line), encoding="utf-8")
        assert TAN not in subscribers(in_part)
        assert done_rights(look_again(in_part, NUMBER, by()).case) == ("delete/us-ca-ccpa",)

    def test_only_what_is_left_can_be_told(self, in_part: Workspace) -> None:
        error = refused(in_part, ("crm",), 'nothing left in "crm"')
        assert isinstance(error, InputWrong)
        assert error.hint == "Left: newsletter/subscribers"
        refused(in_part, ("newsletter", "newsletters"), 'nothing left in "newsletters"')

    def test_a_record_that_moved_needs_a_new_plan(self, desk: Workspace) -> None:
        agreed(desk, change.plan_erasure(desk, tan(desk), by()))
        crm(desk, "UPDATE posts SET title = 'Changed' WHERE post_id = 'F-303'")
        done = work.apply(desk, NUMBER, by())
        assert Result.MOVED in done.results["crm"]
        refused(desk, ("crm/posts",), "changed since the plan was made")

    def test_before_it_was_begun(self, desk: Workspace) -> None:
        agreed(desk, change.plan_erasure(desk, tan(desk), by()))
        assert isinstance(refused(desk, ("newsletter",), "was not begun"), Refused)

    def test_by_whoever_may_edit(self, in_part: Workspace) -> None:
        refused(in_part, ("newsletter",), "may", actor="viola")


class TestLists:
    def test_what_is_to_be_done_is_written_down_until_it_is_done(self, desk: Workspace) -> None:
        done = restricted(desk)
        paths = {path.name: path for path in work_lists(desk, NUMBER, done.plan, done.line)}
        assert sorted(paths) == sorted(f"{name}.csv" for name in {place.split("/")[0] for place in done.line.by_hand})
        assert {stat.S_IMODE(path.stat().st_mode) for path in paths.values()} == {0o600}
        rows = read(paths["crm.csv"])
        assert ("seats", "seats", "restrict", f"every record of {TAN}", "", "no column is set for this") in rows
        done = by_hand.done_by_hand(desk, NUMBER, ["crm"], by())
        assert work_lists(desk, NUMBER, done.plan, done.line) == tuple(
            path for path in paths.values() if path.name != "crm.csv"
        )
        assert not paths["crm.csv"].exists()
        folder = paths["crm.csv"].parent
        done = by_hand.done_by_hand(desk, NUMBER, sorted({path.stem for path in paths.values()} - {"crm"}), by())
        assert work_lists(desk, NUMBER, done.plan, done.line) == ()
        assert not folder.exists()

    def test_each_record_is_named_by_its_key_and_no_cell_runs(self, desk: Workspace) -> None:
        locked(desk, "crm")
        ws = Workspace(desk.home)
        number = changing.okafor(ws)
        agreed(ws, change.plan_correction(ws, number, "phone", changing.NEW, by(), old=changing.OLD))
        done = work.apply(ws, number, by())
        assert not done.line.finished
        (path,) = work_lists(ws, number, done.plan, done.line)
        told = {(row[2], row[3], row[4]) for row in read(path)}
        assert all(do == "change" and changing.NEW in values for do, _, values in told)
        assert all(" = " in key for _, key, _ in told)
        assert not any(cell.startswith(("=", "+", "-", "@")) for row in read(path) for cell in row)
        ws.ledger.close()

    def test_a_source_that_may_be_written_by_now_needs_nobody(self, desk: Workspace) -> None:
        text = (desk.home / "sources" / "newsletter.toml").read_text()
        locked(desk, "newsletter")
        locked(desk, "tickets")
        ws = Workspace(desk.home)
        agreed(ws, change.plan_erasure(ws, tan(ws), by()))
        places = work.apply(ws, NUMBER, by()).line.by_hand
        assert "newsletter/subscribers" in places
        assert len(places) > 1
        ws.ledger.close()
        (desk.home / "sources" / "newsletter.toml").write_text(text)
        later = Workspace(desk.home)
        done = work.apply(later, NUMBER, by())
        assert done.line.by_hand == tuple(place for place in places if place != "newsletter/subscribers")
        later.ledger.close()
