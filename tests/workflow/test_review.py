"""The review: what the rules propose, what a person must look at, and that an approval binds exactly one version."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from dsar.case.facts import Decision
from dsar.case.records import Record
from dsar.errors import InputWrong, Refused
from dsar.workflow import review, review_sheet, upkeep
from dsar.workspace import Workspace
from tests.workflow.office import EMAIL, RIVERA, by, facts_count


class TestDecide:
    def test_the_rules_propose_and_nothing_is_decided_by_itself(self, at: Callable[[str], Workspace]) -> None:
        found = review.load(at("gathered"), RIVERA)
        assert len(found.open) == len(found.items) > 60
        assert {item.proposal.decision for item in found.items} >= {Decision.DISCLOSE, Decision.REDACT}
        assert found.counts()["undecided"] == len(found.items)

    def test_accepting_leaves_the_flagged_ones_to_a_person(self, at: Callable[[str], Workspace]) -> None:
        ws = at("gathered")
        flagged = {item.finding.id for item in review.load(ws, RIVERA).flagged}
        assert flagged
        found = review.accept(ws, review.load(ws, RIVERA), by())
        assert {item.finding.id for item in found.open} == flagged

    def test_what_is_flagged_says_why(self, at: Callable[[str], Workspace]) -> None:
        flagged = review.load(at("gathered"), RIVERA).flagged
        assert all(item.proposal.flagged.strip() for item in flagged)
        assert {item.finding.source for item in flagged} & {"tickets", "feedback"}

    def test_one_decision_is_saved_at_once(self, at: Callable[[str], Workspace]) -> None:
        ws = at("gathered")
        found = review.load(ws, RIVERA)
        review.decide(ws, found, [(found.items[0].finding.id, Decision.WITHHOLD, "security")], by())
        assert ws.ledger.case(RIVERA).decisions[found.items[0].finding.id] == (Decision.WITHHOLD, "security")

    def test_the_same_decision_again_is_no_new_fact(self, at: Callable[[str], Workspace]) -> None:
        ws = at("gathered")
        one = [(review.load(ws, RIVERA).items[0].finding.id, Decision.WITHHOLD, "security")]
        review.decide(ws, review.load(ws, RIVERA), one, by())
        facts = facts_count(ws)
        review.decide(ws, review.load(ws, RIVERA), one, by())
        assert facts_count(ws) == facts

    def test_withholding_needs_a_ground(self, at: Callable[[str], Workspace]) -> None:
        ws = at("gathered")
        found = review.load(ws, RIVERA)
        plain = next(item for item in found.items if not item.proposal.ground)
        facts = facts_count(ws)
        with pytest.raises((Refused, InputWrong)):
            review.decide(ws, found, [(plain.finding.id, Decision.WITHHOLD, "")], by())
        assert facts_count(ws) == facts

    def test_a_finding_of_another_case_is_refused(self, at: Callable[[str], Workspace]) -> None:
        ws = at("gathered")
        facts = facts_count(ws)
        with pytest.raises(InputWrong, match='no finding "F-9999"'):
            review.decide(ws, review.load(ws, RIVERA), [("F-9999", Decision.DISCLOSE, "")], by())
        assert facts_count(ws) == facts

    def test_a_record_set_whose_description_is_gone_stops_everything(self, at: Callable[[str], Workspace]) -> None:
        ws = at("gathered")
        (ws.home / "sources" / "tickets.toml").unlink()
        with pytest.raises(Refused, match="its description is gone"):
            review.load(ws, RIVERA)


class TestFinish:
    def test_not_with_open_findings(self, at: Callable[[str], Workspace]) -> None:
        ws = at("gathered")
        found = review.accept(ws, review.load(ws, RIVERA), by())
        with pytest.raises(Refused, match=f"{len(found.open)} findings have no decision"):
            review.finish(ws, found, by())

    def test_again_it_is_no_new_fact(self, at: Callable[[str], Workspace]) -> None:
        ws = at("reviewed")
        facts = facts_count(ws)
        review.finish(ws, review.load(ws, RIVERA), by("sam"))
        assert facts_count(ws) == facts
        assert ws.ledger.case(RIVERA).makers[ws.ledger.case(RIVERA).reviewed] == "priya"

    def test_the_digest_moves_with_a_record(self, at: Callable[[str], Workspace]) -> None:
        ws = at("reviewed")
        before = review.digest_of(ws, review.load(ws, RIVERA))
        held = [one for one in ws.ledger.findings(RIVERA) if one.source == "tickets"]
        first = held[0].record
        values = {**first.values, next(iter(first.values)): "changed"}
        changed = Record(key=first.key, values=values, matched=first.matched, place=first.place)
        ws.ledger.put_findings(RIVERA, "tickets", "tickets", [changed, *(one.record for one in held[1:])])
        assert review.digest_of(ws, review.load(ws, RIVERA)) != before

    def test_the_digest_moves_with_a_decision(self, at: Callable[[str], Workspace]) -> None:
        ws = at("reviewed")
        found = review.load(ws, RIVERA)
        item = next(item for item in found.items if item.decided and item.decided[0] is Decision.DISCLOSE)
        after = review.decide(ws, found, [(item.finding.id, Decision.WITHHOLD, "third_party")], by())
        assert review.digest_of(ws, after) != review.digest_of(ws, found)

    def test_the_fingerprint_is_short_enough_to_type(self) -> None:
        assert review.fingerprint("7c1e09ab" + "0" * 56) == "7c1e-09ab"


class TestApprove:
    def test_the_maker_may_not(self, at: Callable[[str], Workspace]) -> None:
        ws = at("gathered")
        found = review.accept(ws, review.load(ws, RIVERA), by("sam"), flagged_too=True)
        review.finish(ws, found, by("sam"))
        facts = facts_count(ws)
        with pytest.raises(Refused, match="you finished this review, so somebody else must approve it") as refused:
            review.approve(ws, RIVERA, by("sam"))
        assert "Marta Kowalczyk can" in refused.value.hint
        assert facts_count(ws) == facts

    def test_somebody_without_the_role_may_not(self, at: Callable[[str], Workspace]) -> None:
        ws = at("reviewed")
        with pytest.raises(Refused, match="needs the role approver") as refused:
            review.approve(ws, RIVERA, by("luis"))
        assert "Sam Whitaker" in refused.value.hint

    def test_another_version_than_the_one_typed(self, at: Callable[[str], Workspace]) -> None:
        ws = at("reviewed")
        facts = facts_count(ws)
        with pytest.raises(InputWrong, match="not the fingerprint of this review"):
            review.approve(ws, RIVERA, by("sam"), typed="0000-0000")
        assert facts_count(ws) == facts

    def test_the_one_typed_in_capitals_is_the_one(self, at: Callable[[str], Workspace]) -> None:
        ws = at("reviewed")
        typed = review.fingerprint(ws.ledger.case(RIVERA).reviewed).upper()
        case = review.approve(ws, RIVERA, by("sam"), typed=f" {typed} ")
        assert list(case.approvals.values()) == ["sam"]

    def test_again_it_is_no_new_fact(self, at: Callable[[str], Workspace]) -> None:
        ws = at("approved")
        facts = facts_count(ws)
        review.approve(ws, RIVERA, by("marta"))
        assert facts_count(ws) == facts

    def test_the_data_subject_may_not(self, at: Callable[[str], Workspace]) -> None:
        ws = at("reviewed")
        upkeep.add_staff(ws, "sam", {"email": EMAIL.upper()}, new=False)
        again = Workspace(ws.home)
        with pytest.raises(Refused, match="this case is about you"):
            review.approve(again, RIVERA, by("sam"))
        assert not again.ledger.case(RIVERA).approvals
        again.ledger.close()

    def test_not_when_a_record_changed_since(self, at: Callable[[str], Workspace]) -> None:
        ws = at("reviewed")
        ws.ledger.drop_findings(RIVERA, "tickets", "tickets")
        with pytest.raises(Refused, match="changed since the review was finished"):
            review.approve(ws, RIVERA, by("sam"))

    def test_not_before_the_review_is_finished(self, at: Callable[[str], Workspace]) -> None:
        with pytest.raises(Refused, match="is not finished"):
            review.approve(at("gathered"), RIVERA, by("sam"))

    def test_a_no_opens_the_review_again_and_keeps_its_reason(self, at: Callable[[str], Workspace]) -> None:
        ws = at("reviewed")
        case = review.reject(ws, RIVERA, "the ticket of 3 March names a neighbour", by("sam"))
        assert not case.reviewed
        assert ws.ledger.kept(RIVERA, "reason")[-1].value.startswith(b"the ticket")
        with pytest.raises(Refused):
            review.approve(ws, RIVERA, by("marta"))

    def test_a_no_needs_a_reason(self, at: Callable[[str], Workspace]) -> None:
        ws = at("reviewed")
        with pytest.raises(InputWrong, match="a no needs a reason"):
            review.reject(ws, RIVERA, "  ", by("sam"))
        assert ws.ledger.case(RIVERA).reviewed


class TestSheet:
    def read(self, path: Path) -> list[dict[str, str]]:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def write(self, path: Path, rows: list[dict[str, str]]) -> None:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    def test_out_decided_and_back(self, at: Callable[[str], Workspace], tmp_path: Path) -> None:
        ws = at("gathered")
        found = review.load(ws, RIVERA)
        path = tmp_path / "work.csv"
        assert review_sheet.write_sheet(found, path) == len(found.items)
        assert path.stat().st_mode & 0o777 == 0o600
        rows = self.read(path)
        for row in rows:
            row["decision"] = "withhold" if row["flagged"] else "keep"
            row["ground"] = "third_party" if row["flagged"] else ""
        self.write(path, rows)
        after = review.decide(ws, found, review_sheet.read_sheet(found, path), by())
        assert after.open == ()
        withheld = {item.finding.id for item in after.items if item.decided == (Decision.WITHHOLD, "third_party")}
        assert withheld == {item.finding.id for item in found.flagged}

    def test_no_cell_is_a_formula(self, at: Callable[[str], Workspace], tmp_path: Path) -> None:
        ws = at("gathered")
        values = {"ticket": "T-1", "text": '=cmd|"/c calc"!A1'}
        ws.ledger.put_findings(
            RIVERA, "tickets", "tickets", [Record(key="T-1", values=values, matched=(), place="line 1")]
        )
        path = tmp_path / "work.csv"
        review_sheet.write_sheet(review.load(ws, RIVERA), path)
        cells = [cell for row in self.read(path) for cell in row.values()]
        assert [cell for cell in cells if cell[:1] in "=+-@" and cell[:1]] == []

    def test_a_record_that_moved_since_is_refused(self, at: Callable[[str], Workspace], tmp_path: Path) -> None:
        ws = at("gathered")
        found = review.load(ws, RIVERA)
        path = tmp_path / "work.csv"
        review_sheet.write_sheet(found, path)
        rows = self.read(path)
        rows[0] |= {"decision": "keep", "version": "0" * 12}
        self.write(path, rows)
        facts = facts_count(ws)
        with pytest.raises(InputWrong, match="changed since the sheet was written"):
            review.decide(ws, found, review_sheet.read_sheet(found, path), by())
        assert facts_count(ws) == facts

    def test_a_word_that_is_no_decision_is_told_with_its_line(
        self, at: Callable[[str], Workspace], tmp_path: Path
    ) -> None:
        ws = at("gathered")
        found = review.load(ws, RIVERA)
        path = tmp_path / "work.csv"
        review_sheet.write_sheet(found, path)
        rows = self.read(path)
        rows[1]["decision"] = "perhaps"
        self.write(path, rows)
        with pytest.raises(InputWrong, match='line 3: "perhaps" is not a decision'):
            list(review_sheet.read_sheet(found, path))

    def test_only_csv_is_written(self, at: Callable[[str], Workspace], tmp_path: Path) -> None:
        with pytest.raises(InputWrong, match=r"written as \.csv"):
            review_sheet.write_sheet(review.load(at("gathered"), RIVERA), tmp_path / "work.pdf")
