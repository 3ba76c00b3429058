"""Gathering: nothing before proof, every record set accounted for, three kinds of "nothing" told apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dsar.case.case import Look
from dsar.case.facts import RecordSetSearched
from dsar.errors import InputWrong, Refused
from dsar.workflow import gather, openings
from dsar.workspace import Workspace
from tests.workflow.office import EMAIL, RIVERA, by, expected, facts_count, opening


def states(ws: Workspace) -> dict[str, tuple[str, int]]:
    case = ws.ledger.case(RIVERA)
    return {f"{line.source}.{line.record_set}": (str(line.state), line.found) for line in case.coverage.values()}


class TestBeforeProof:
    def test_records_are_not_searched(self, rivera: Workspace) -> None:
        facts = facts_count(rivera)
        with pytest.raises(Refused, match="identity is not proven yet") as refused:
            gather.gather(rivera, RIVERA, by())
        assert "--count" in refused.value.hint
        assert facts_count(rivera) == facts
        assert list(rivera.ledger.findings(RIVERA)) == []

    def test_they_may_be_counted_and_nothing_is_kept(self, rivera: Workspace) -> None:
        items = len(rivera.ledger.kept(RIVERA))
        done = gather.gather(rivera, RIVERA, by(), count_only=True)
        counted = {f"{one.source}.{one.record_set.name}": one.found for one in done.answers if one.state == "searched"}
        assert counted["calls.calls"] == 50
        assert list(rivera.ledger.findings(RIVERA)) == []
        assert len(rivera.ledger.kept(RIVERA)) == items
        assert not done.case.recipients

    def test_a_count_does_not_account_for_anything(self, rivera: Workspace) -> None:
        done = gather.gather(rivera, RIVERA, by(), count_only=True)
        assert done.case.coverage
        assert {line.state for line in done.case.coverage.values()} == {Look.OPEN}

    def test_a_count_keeps_no_value_in_its_facts(self, rivera: Workspace) -> None:
        gather.gather(rivera, RIVERA, by(), count_only=True)
        facts = [entry.fact for entry in rivera.ledger.history(RIVERA)]
        assert all(fact.count_only for fact in facts if isinstance(fact, RecordSetSearched))


class TestSearched:
    def test_every_record_set_ends_as_a_careful_person_expects(self, at: Callable[[str], Workspace]) -> None:
        ws = at("proven")
        gather.gather(ws, RIVERA, by())
        wanted = {f"{one['source']}.{one['name']}": (one["state"], one["found"]) for one in expected()["record_set"]}
        got = {name: ("waiting" if state == "open" else state, found) for name, (state, found) in states(ws).items()}
        assert got == wanted

    def test_what_is_held_for_customers_is_not_in_the_findings(self, at: Callable[[str], Workspace]) -> None:
        ws = at("gathered")
        found = {(one.source, one.record_set) for one in ws.ledger.findings(RIVERA)}
        assert ("crm", "messages") not in found
        assert ("crm", "lookups") in found
        line = ws.ledger.case(RIVERA).coverage[("crm", "messages")]
        assert (line.state, line.ground) == (Look.EXCLUDED, "processor")

    def test_every_finding_is_one_that_was_counted(self, at: Callable[[str], Workspace]) -> None:
        ws = at("gathered")
        findings = list(ws.ledger.findings(RIVERA))
        case = ws.ledger.case(RIVERA)
        searched = [line for line in case.coverage.values() if line.state is Look.SEARCHED]
        assert len(findings) == sum(line.found for line in searched)

    def test_the_address_of_the_answer_is_compared_with_her_records(self, at: Callable[[str], Workspace]) -> None:
        ws = at("gathered")
        case = ws.ledger.case(RIVERA)
        assert case.recipients[ws.ledger.digest(RIVERA, EMAIL)].on_file

    def test_an_address_nobody_knows_is_told_so(self, desk: Workspace) -> None:
        from dsar.workflow import verify

        openings.typed(desk, opening(reply_to="maria.new@elsewhere.example"), by())
        verify.confirm(desk, RIVERA, verify.Shown(method=verify.method_named("account-login")), by())
        case = gather.gather(desk, RIVERA, by()).case
        (checked,) = case.recipients.values()
        assert not checked.on_file

    def test_again_it_adds_nothing(self, at: Callable[[str], Workspace]) -> None:
        ws = at("gathered")
        ids = [one.id for one in ws.ledger.findings(RIVERA)]
        before = states(ws)
        gather.gather(ws, RIVERA, by(), only=("calls", "crm", "tickets"))
        assert states(ws) == before
        assert [one.id for one in ws.ledger.findings(RIVERA)] == ids

    def test_again_everything_keeps_the_colleagues_answer(self, at: Callable[[str], Workspace]) -> None:
        ws = at("gathered")
        gather.gather(ws, RIVERA, by())
        assert states(ws)["facilities.door_log"] == ("searched", 0)

    def test_only_one_source(self, at: Callable[[str], Workspace]) -> None:
        ws = at("proven")
        done = gather.gather(ws, RIVERA, by(), only=("tickets",))
        assert {one.source for one in done.answers} == {"tickets"}
        assert set(states(ws)) == {"tickets.tickets"}

    def test_a_reported_line_per_record_set(self, at: Callable[[str], Workspace]) -> None:
        seen: list[str] = []
        gather.gather(at("proven"), RIVERA, by(), report=lambda answer: seen.append(answer.record_set.name))
        assert sorted(set(seen)) == sorted(one["name"] for one in expected()["record_set"])


class TestFailing:
    @pytest.fixture
    def broken(self, at: Callable[[str], Workspace]) -> Workspace:
        """A desk whose ticket export is gone; the others answer."""
        ws = at("proven")
        (ws.home / "data" / "tickets.jsonl").rename(ws.home / "data" / "elsewhere")
        gather.gather(ws, RIVERA, by())
        return ws

    def test_it_failed_and_the_others_are_done(self, broken: Workspace) -> None:
        got = states(broken)
        assert got["tickets.tickets"][0] == "failed"
        assert got["calls.calls"] == ("searched", 50)

    def test_failed_is_not_nothing_held(self, broken: Workspace) -> None:
        case = broken.ledger.case(RIVERA)
        assert not case.nothing_found
        assert "tickets" in {line.source for line in case.unexplained}

    def test_the_word_for_it_says_nothing_of_the_disk(self, broken: Workspace) -> None:
        why = broken.ledger.case(RIVERA).coverage[("tickets", "tickets")].ground
        assert why
        assert str(broken.home) not in why
        assert " " not in why

    def test_retry_asks_only_what_failed(self, broken: Workspace) -> None:
        (broken.home / "data" / "elsewhere").rename(broken.home / "data" / "tickets.jsonl")
        before = broken.ledger.entries_count()
        done = gather.gather(broken, RIVERA, by(), retry=True)
        recorded = [entry.fact for entry in broken.ledger.history(RIVERA) if entry.seq > before]
        again = {fact.source for fact in recorded if isinstance(fact, RecordSetSearched)}
        assert again == {"tickets"}
        assert states(broken)["tickets.tickets"] == ("searched", 4)
        assert done.case.coverage[("calls", "calls")].found == 50

    def test_it_may_be_left_out_with_a_reason(self, broken: Workspace) -> None:
        case = gather.waive(broken, RIVERA, "tickets", "", "the system was switched off in 2025", by())
        line = case.coverage[("tickets", "tickets")]
        assert line.state is Look.WAIVED
        assert broken.ledger.item(line.ground).value.decode() == "the system was switched off in 2025"

    def test_not_without_one(self, broken: Workspace) -> None:
        facts = facts_count(broken)
        with pytest.raises(InputWrong, match="only left out with a reason"):
            gather.waive(broken, RIVERA, "tickets", "", " ", by())
        assert facts_count(broken) == facts

    def test_what_is_left_out_stays_so_at_the_next_search(self, broken: Workspace) -> None:
        gather.waive(broken, RIVERA, "tickets", "tickets", "switched off", by())
        (broken.home / "data" / "elsewhere").rename(broken.home / "data" / "tickets.jsonl")
        gather.gather(broken, RIVERA, by())
        assert states(broken)["tickets.tickets"][0] == "waived"

    def test_a_source_out_of_scope_cannot_be_left_out(self, broken: Workspace) -> None:
        with pytest.raises(InputWrong, match='no record set "payroll"'):
            gather.waive(broken, RIVERA, "payroll", "", "because", by())


class TestColleague:
    def test_nothing_held_is_an_answer(self, at: Callable[[str], Workspace]) -> None:
        ws = at("proven")
        case = gather.file_answer(ws, RIVERA, "facilities", None, "kept 30 days", by())
        line = case.coverage[("facilities", "door_log")]
        assert (line.state, line.found) == (Look.SEARCHED, 0)
        assert [one.value for one in ws.ledger.kept(RIVERA, "note")] == [b"kept 30 days"]

    def test_a_table_is_filed_as_findings(self, at: Callable[[str], Workspace]) -> None:
        ws = at("proven")
        (record_set,) = next(one for one in ws.sources if one.settings.name == "facilities").settings.record_sets
        names = [field.name for field in record_set.fields]
        answer = ws.home / "answer.csv"
        rows = [",".join(names), *(",".join(f"{name}-{n}" for name in names) for n in (1, 2))]
        answer.write_text("\n".join(rows), encoding="utf-8")
        case = gather.file_answer(ws, RIVERA, "facilities", answer, "", by())
        assert case.coverage[("facilities", "door_log")].found == 2
        assert len(list(ws.ledger.findings(RIVERA))) == 2

    def test_before_proof_no_answer_is_filed(self, rivera: Workspace) -> None:
        with pytest.raises(Refused, match="not proven"):
            gather.file_answer(rivera, RIVERA, "facilities", None, "", by())


class TestRefused:
    def test_an_unknown_source(self, at: Callable[[str], Workspace]) -> None:
        with pytest.raises(InputWrong, match='no source "payroll"'):
            gather.gather(at("proven"), RIVERA, by(), only=("payroll",))

    def test_no_source_at_all(self, at: Callable[[str], Workspace]) -> None:
        ws = at("proven")
        for path in (ws.home / "sources").glob("*.toml"):
            path.unlink()
        with pytest.raises(Refused, match="no source is configured"):
            gather.gather(ws, RIVERA, by())

    def test_a_name_alone_is_nothing_to_search_by(self, desk: Workspace) -> None:
        openings.typed(desk, opening(identifiers=(), reply_to="", channel="post"), by())
        with pytest.raises(Refused, match="no e-mail, phone or account number"):
            gather.gather(desk, RIVERA, by(), count_only=True)

    def test_a_reader_may_not(self, at: Callable[[str], Workspace]) -> None:
        with pytest.raises(Refused, match="needs the role editor"):
            gather.gather(at("proven"), RIVERA, by("luis"))
