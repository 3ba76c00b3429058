"""Those who had received the data: drafts for a person to send, and a record of who was told."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.case.changes import PlanKind
from dsar.errors import InputWrong, Refused
from dsar.workflow import gather, outbox, tell
from dsar.workflow.look_again import look_again
from dsar.workspace import Workspace
from tests.workflow.changing import (
    NEW,
    NUMBER,
    OLD,
    TAN,
    corrected,
    erased,
    facts_of,
    marked,
    okafor,
    opt_out,
    reporter,
    tan,
)
from tests.workflow.office import by, facts_count

MARIGOLD = "Marigold Audience, LLC (advertising)"
HOSTING = "Harbor Hosting Cooperative (hosting)"


def drafts(ws: Workspace) -> dict[str, str]:
    """What is drafted for each recipient, on one line."""
    _, found = tell.instructions(ws, NUMBER, by())
    return {one.recipient: " ".join(one.draft.read_text(encoding="utf-8").split()) for one in found}


class TestDrafts:
    def test_nobody_before_anything_was_done(self, desk: Workspace) -> None:
        tan(desk)
        with pytest.raises(Refused, match="no plan of DSAR-2026-0001 was carried out"):
            tell.instructions(desk, NUMBER, by())
        assert not (desk.home / "cases" / NUMBER / "instructions").exists()

    def test_for_every_recipient_of_what_was_erased(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        _, found = tell.instructions(desk, NUMBER, by())
        sets = {one.recipient: one.record_sets for one in found}
        assert sets["Brightdesk Support Partners (support)"] == ("Your questions to support",)
        assert sets[MARIGOLD] == ("Your choices, and what we concluded about you", "Your newsletter subscription")
        # the payments were kept, so who processes them is told nothing
        assert not [name for name in sets if name.startswith("Tidewater")]

    def test_the_files_are_the_cases_own_and_private(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        _, found = tell.instructions(desk, NUMBER, by())
        for one in found:
            assert one.draft.parent == desk.home / "cases" / NUMBER / "instructions"
            assert stat.S_IMODE(one.draft.stat().st_mode) == 0o600
        assert len({one.draft for one in found}) == len(found)

    def test_they_name_the_least_identifier_and_no_other(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        for text in drafts(desk).values():
            assert TAN in text
            for more in ("555-0133", "16195550133", "Wesley", "wtan", "S-2008", "oldpier"):
                assert more not in text

    def test_of_a_correction_neither_value(self, desk: Workspace) -> None:
        corrected(desk, okafor(desk))
        text = drafts(desk)[HOSTING]
        assert "Correct the data" in text
        assert "Erase the data" not in text
        assert NEW not in text
        assert OLD not in text

    def test_of_an_opt_out_to_stop(self, desk: Workspace) -> None:
        marked(desk, opt_out(desk), PlanKind.SUPPRESS)
        text = drafts(desk)[MARIGOLD]
        assert "Stop selling the data" in text
        assert "Erase the data" not in text

    def test_what_was_not_done_yet_is_asked_of_nobody(self, desk: Workspace) -> None:
        # a child's data rests before it is erased
        marked(desk, reporter(desk), PlanKind.SUPPRESS)
        found = drafts(desk)
        assert found
        assert not [name for name, text in found.items() if "Erase the data" in text]
        gather.gather(desk, NUMBER, by())
        assert erased(desk, NUMBER).left == 0
        assert "Erase the data" in drafts(desk)[HOSTING]

    def test_of_a_reported_child_never_the_reporter(self, desk: Workspace) -> None:
        erased(desk, reporter(desk))
        found = drafts(desk)
        assert found
        for text in found.values():
            assert "whitfield" not in text.casefold()
            assert "skatefox11" in text

    def test_two_names_that_look_the_same_as_files(self, desk: Workspace) -> None:
        path = desk.home / "sources" / "newsletter.toml"
        text = path.read_text(encoding="utf-8").replace("Posthorn Mailing, Inc. (sending)", "Harbor Hosting: (hosting)")
        path.write_text(text.replace(MARIGOLD, "Harbor-Hosting? (hosting)"), encoding="utf-8")
        erased(desk, tan(desk))
        _, found = tell.instructions(desk, NUMBER, by())
        assert len({one.draft for one in found}) == len(found)
        for one in found:
            assert one.recipient in " ".join(one.draft.read_text(encoding="utf-8").split())

    def test_again_it_is_the_same_and_no_fact(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        first, facts = drafts(desk), facts_count(desk)
        assert drafts(desk) == first
        assert facts_count(desk) == facts


class TestTold:
    def test_one_of_them(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        tell.record_told(desk, NUMBER, [MARIGOLD], by())
        _, found = tell.instructions(desk, NUMBER, by())
        assert [one.recipient for one in found if one.told] == [MARIGOLD]

    def test_twice_is_one_fact(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        for names in ([MARIGOLD], [MARIGOLD], ["all"], ["all"]):
            tell.record_told(desk, NUMBER, names, by())
        assert facts_of(desk, NUMBER, "RecipientsTold") == ["RecipientsTold"] * 2
        _, found = tell.instructions(desk, NUMBER, by())
        assert all(one.told for one in found)

    def test_the_fact_names_nobody(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        tell.record_told(desk, NUMBER, ["all"], by())
        facts = [entry.fact for entry in desk.ledger.history(NUMBER) if entry.kind == "RecipientsTold"]
        assert "Marigold" not in repr(facts)

    def test_somebody_unknown(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        facts = facts_count(desk)
        with pytest.raises(InputWrong, match='"Tidewater" is not a recipient'):
            tell.record_told(desk, NUMBER, [MARIGOLD, "Tidewater"], by())
        assert facts_count(desk) == facts
        assert tell.told(desk, NUMBER) == set()

    def test_the_letter_names_who_was_told_and_not_who_has_a_draft(self, desk: Workspace) -> None:
        erased(desk, tan(desk))
        tell.record_told(desk, NUMBER, [MARIGOLD], by())
        look_again(desk, NUMBER, by())
        outbox.send(desk, NUMBER, "done", by())
        text = desk.ledger.kept(NUMBER, "letter")[-1].value.decode("utf-8")
        assert "Marigold" in text
        assert "Posthorn" not in text


@given(st.lists(st.text(max_size=12), unique=True, max_size=12))
def test_every_name_has_a_file_of_its_own(names: list[str]) -> None:
    paths = tell._paths(Path("drafts"), names)
    assert len(paths) == len(names)
    # on a disk that does not tell A from a, too
    assert len({str(path).casefold() for path in paths}) == len(names)
    assert all(path.parent == Path("drafts") for path in paths)
