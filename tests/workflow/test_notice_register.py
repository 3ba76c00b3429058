"""Taking in a list of recipients: whole or not at all, with a dated copy of the old register."""

from __future__ import annotations

from datetime import date

import openpyxl
import pytest

from dsar.disclosure.register_rows import COLUMNS
from dsar.errors import CheckFailed, InputWrong, Refused
from dsar.workflow import notice_register
from dsar.workspace import Workspace
from tests.workflow.notice_desk import (
    HEADER,
    NOBODY,
    ONE,
    ask,
    clean,
    register,
    text_of,
)
from tests.workflow.office import by, facts_count


class TestImport:
    def take(self, ws: Workspace, *rows: str, year: int | None = None) -> notice_register.Imported:
        path = ws.home.parent / "list.csv"
        path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
        return notice_register.import_register(ws, path, by(), year=year)

    def now(self, ws: Workspace) -> str:
        return (ws.home / "recipients.csv").read_text(encoding="utf-8")

    def test_it_replaces_the_register_and_keeps_the_old_one(self, desk: Workspace) -> None:
        before = self.now(desk)
        done = self.take(desk, ONE, NOBODY)
        assert (done.rows, done.marketing, done.problems) == (2, 1, ())
        assert done.copy == desk.home / "backups" / "recipients-2026-11-21.csv"
        assert done.copy.read_text(encoding="utf-8") == before
        assert [one.recipient for one in notice_register.load_register(desk).entries] == [
            "Maple Lists, Inc.",
            "Host Cooperative",
        ]
        for path in (done.copy, desk.home / "recipients.csv"):
            assert path.stat().st_mode & 0o777 == 0o600

    def test_a_second_one_that_day_keeps_both_copies(self, desk: Workspace) -> None:
        self.take(desk, ONE)
        done = self.take(desk, NOBODY)
        assert done.copy is not None
        assert done.copy.name == "recipients-2026-11-21-2.csv"

    def test_the_same_list_again_changes_nothing(self, desk: Workspace) -> None:
        self.take(desk, ONE)
        done = self.take(desk, ONE)
        assert (done.already, done.copy) == (True, None)
        assert len(list((desk.home / "backups").glob("recipients-*"))) == 1

    def test_a_faulty_list_is_not_taken_in(self, desk: Workspace) -> None:
        before = self.now(desk)
        done = self.take(desk, ONE, ONE.replace("2025-12-31", "03/04/2025"))
        assert [one.line for one in done.problems] == [3]
        assert self.now(desk) == before
        assert list((desk.home / "backups").iterdir()) == []

    def test_nor_is_an_empty_one(self, desk: Workspace) -> None:
        with pytest.raises(InputWrong, match="no row"):
            self.take(desk)

    def test_a_list_about_one_year_replaces_that_year_alone(self, desk: Workspace) -> None:
        done = self.take(desk, ONE.replace("2025-12-31", ""), year=2025)
        assert done.kept == 10
        names = [one.recipient for one in notice_register.load_register(desk).entries]
        # these two rows were about 2025 alone
        assert "Petal & Stem Expo, Inc." not in names
        assert "Copperline Headsets Company" not in names
        assert {"Marigold Audience, LLC", "Harbor Hosting Cooperative", "Maple Lists, Inc."} <= set(names)
        assert self.take(desk, ONE.replace("2025-12-31", ""), year=2025).already

    def test_a_row_that_goes_on_is_not_doubled_by_the_next_list(self, desk: Workspace) -> None:
        going_on = ONE.replace("2025-12-31", "2024-05-01")
        self.take(desk, going_on, year=2025)
        assert self.take(desk, going_on, year=2025).already
        assert self.now(desk).count("Maple Lists, Inc.") == 1

    def test_a_year_list_goes_not_over_a_faulty_register(self, desk: Workspace) -> None:
        register(desk, "99,,,Elm,1 Elm Street,2025-01-01,,yes,,")
        with pytest.raises(CheckFailed):
            self.take(desk, ONE, year=2025)

    @pytest.mark.parametrize("year", [0, 1999, 2027])
    def test_a_year_that_cannot_be(self, desk: Workspace, year: int) -> None:
        with pytest.raises(InputWrong, match="no year"):
            self.take(desk, ONE, year=year)

    def test_the_offices_date_order_settles_dates(self, desk: Workspace) -> None:
        path = desk.home / "dsar.toml"
        path.write_text(path.read_text(encoding="utf-8").replace("[desk]\n", '[desk]\ndate_order = "dmy"\n'))
        ws = Workspace(desk.home)
        self.take(ws, ONE.replace("2025-12-31", "03/04/2025"))
        assert notice_register.load_register(ws).entries[0].since == date(2025, 4, 3)
        ws.ledger.close()

    def test_a_workbook_becomes_the_register_and_its_letter(self, desk: Workspace) -> None:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(list(COLUMNS))
        sheet.append([13, "", "", "Birch Co.", "2 Oak Road\nReno", date(2025, 1, 1), None, "yes", "", "hats"])
        book.save(desk.home / "list.xlsx")
        notice_register.import_register(desk, desk.home / "list.xlsx", by())
        text = text_of(clean(desk, ask(desk)))
        for words in ("Birch Co.", "2 Oak Road, Reno", "Telephone number", "hats"):
            assert words in text

    def test_it_needs_a_role_and_an_unmoved_date_on_a_live_desk(self, desk: Workspace) -> None:
        before = self.now(desk)
        with pytest.raises(Refused):
            notice_register.import_register(desk, desk.home / "recipients.csv", by("luis"))
        path = desk.home / "dsar.toml"
        path.write_text(path.read_text(encoding="utf-8").replace("rehearsal = true", "rehearsal = false"))
        with pytest.raises(Refused):
            notice_register.import_register(Workspace(desk.home), desk.home / "recipients.csv", by(moved=True))
        assert self.now(desk) == before

    def test_it_records_nothing_in_any_case(self, desk: Workspace) -> None:
        ask(desk)
        facts = facts_count(desk)
        self.take(desk, ONE)
        assert facts_count(desk) == facts
