"""The register of recipients: what is read, what is refused row by row, and who counts for a calendar year."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.disclosure.register import Register, disclosed, read_register, register_text
from dsar.disclosure.register_rows import COLUMNS
from dsar.errors import InputWrong

HEADER = ",".join(COLUMNS)
MAPLE = '"Maple Lists, Inc.","1 Elm Street, Reno, NV 89599, USA"'
SAMPLE = Path(__file__).parents[2] / "sample_data" / "workspace" / "recipients.csv"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A register of these rows below the usual headings (or others)."""

    def make(*rows: str, header: str = HEADER, name: str = "list.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes("\n".join([header, *rows, ""]).encode(encoding))
        return path

    return make


def row(category: str = "2", who: str = MAPLE, since: str = "2025-01-01", until: str = "", yes: str = "yes") -> str:
    return f"{category},what,why,{who},{since},{until},{yes},crm.seats,tents"


def faults(register: Register) -> list[tuple[int, str]]:
    return [(one.line, one.says) for one in register.problems]


def names(register: Register, year: int) -> list[str]:
    return [one.name for one in disclosed(register, year)]


class TestRows:
    def test_a_sound_row_is_read_whole(self, write: Write) -> None:
        (entry,) = read_register(write(row("1; 2", until="2025-12-31"))).entries
        assert [one.number for one in entry.categories] == [1, 2]
        assert (entry.recipient, entry.address) == ("Maple Lists, Inc.", "1 Elm Street, Reno, NV 89599, USA")
        assert (entry.since, entry.until) == (date(2025, 1, 1), date(2025, 12, 31))
        assert entry.direct_marketing
        assert (entry.record_sets, entry.products) == (("crm.seats",), "tents")

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            (row("28"), "none of the 27"),
            (row("shoe size"), "none of the 27"),
            (row("2; shoe size"), "Category 2 of this row"),
            (row(""), "no category"),
            (row(who=',"1 Elm Street"'), "no name"),
            (row(who='"Maple Lists, Inc.",'), "no address"),
            (row(since="2025-06-01", until="2025-05-31"), "ends before it begins"),
            (row(since="03/04/2025"), 'under "since" is no date, or can be two days'),
            (row(until="soon"), 'under "until"'),
            (row(since="2025-02-30"), 'under "since"'),
            (row(since=""), 'no day under "since"'),
            (row(yes="perhaps"), "yes or no"),
            (row(yes=""), "yes or no"),
            (row(who=f'"{"x" * 201}","1 Elm Street"'), "longer than 200"),
        ],
    )
    def test_a_fault_is_told_by_line_and_the_other_rows_stay(self, write: Write, text: str, says: str) -> None:
        register = read_register(write(row("1"), text, row("13")))
        ((line, told),) = faults(register)
        assert line == 3
        assert says in told
        assert [entry.categories[0].number for entry in register.entries] == [1, 13]

    def test_all_faults_of_a_row_are_told_at_once(self, write: Write) -> None:
        register = read_register(write(row("99", who=",", since="x", until="y")))
        assert len(faults(register)) == 5
        assert {line for line, _ in faults(register)} == {2}

    def test_no_value_stands_in_a_fault(self, write: Write) -> None:
        register = read_register(write(row("Zweibrücken", who='"Secretive Sam","hidden lane"', since="Quux")))
        told = " ".join(says for _, says in faults(register))
        assert told
        for value in ("Zweibr", "Secretive", "hidden", "Quux"):
            assert value not in told

    def test_who_does_not_use_it_for_marketing_may_lack_address_category_and_days(self, write: Write) -> None:
        register = read_register(write(row("", who='"Host Cooperative",', since="", yes="no")))
        assert faults(register) == []
        assert not register.entries[0].direct_marketing

    def test_a_short_row_is_told(self, write: Write) -> None:
        register = read_register(write("2,what,why"))
        assert {line for line, _ in faults(register)} == {2}
        assert register.entries == ()

    def test_an_open_quotation_mark_is_told_and_swallows_nothing(self, write: Write) -> None:
        register = read_register(write('2,"what,why', row("13")))
        assert [entry.categories[0].number for entry in register.entries] == [13]
        assert any("quotation mark" in says for _, says in faults(register))

    def test_an_address_of_several_lines_becomes_one(self, write: Write) -> None:
        (entry,) = read_register(write(row(who='"Maple Lists, Inc.","1 Elm Street,\nReno, NV 89599\n\nUSA"'))).entries
        assert entry.address == "1 Elm Street, Reno, NV 89599, USA"

    def test_empty_rows_are_passed_over(self, write: Write) -> None:
        register = read_register(write("," * (len(COLUMNS) - 1), "", row()))
        assert faults(register) == []
        assert len(register.entries) == 1

    def test_two_addresses_of_one_recipient_are_remarked_on(self, write: Write) -> None:
        register = read_register(write(row(), row(who='"MAPLE Lists Inc","9 Oak Road, Reno"')))
        assert [one.line for one in register.remarks] == [3]
        assert "row 2" in register.remarks[0].says


class TestFiles:
    def test_headings_in_any_order_and_spelling(self, write: Write) -> None:
        path = write(
            "yes,2025-01-01,Maple,1 Elm Street,2,tents", header="Direct Marketing,Since,NAME,Address,Category,Examples"
        )
        ((party),) = disclosed(read_register(path), 2025)
        assert (party.name, party.examples) == ("Maple", "tents")

    def test_missing_headings_are_named_all_at_once(self, write: Write) -> None:
        with pytest.raises(InputWrong) as caught:
            read_register(write("1,2", header="what,why"))
        for name in ("category", "recipient", "address", "direct_marketing"):
            assert name in caught.value.message
        assert "since" in caught.value.hint

    def test_an_unknown_heading_is_remarked_on(self, write: Write) -> None:
        register = read_register(write(row() + ",secret", header=HEADER + ",memo"))
        assert faults(register) == []
        assert "other headings" in register.remarks[0].says

    def test_what_excel_saves_on_windows_is_read_and_said(self, write: Write) -> None:
        register = read_register(write(row(who='"Café Müller, Inc.","1 Elm Street"'), encoding="windows-1252"))
        assert names(register, 2025) == ["Café Müller, Inc."]
        assert "Windows-1252" in register.remarks[0].says
        assert faults(register) == []

    def test_semicolons_and_a_mark_before_the_text(self, write: Write) -> None:
        path = write(
            "2;Maple;1 Elm Street;2025-01-01;ja", header="\ufeffcategory;recipient;address;since;direct_marketing"
        )
        assert names(read_register(path), 2025) == ["Maple"]

    def test_a_workbook_with_real_dates_numbers_and_a_second_sheet(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(list(COLUMNS))
        sheet.append(
            [2, "e-mail", "ads", "Maple Lists, Inc.", "1 Elm Street\nReno", date(2025, 3, 1), None, True, "", ""]
        )
        sheet.append(
            ["Occupation", "", "", "Birch Co.", "2 Oak Road", date(2024, 1, 1), date(2025, 1, 1), "yes", "", "hats"]
        )
        sheet.append([99, "", "", "Ash", "3 Fir Way", "03/04/2025", None, "yes", "", ""])
        book.create_sheet("Notes")
        book.save(tmp_path / "list.xlsx")
        register = read_register(tmp_path / "list.xlsx")
        assert names(register, 2025) == ["Birch Co.", "Maple Lists, Inc."]
        assert register.entries[0].address == "1 Elm Street, Reno"
        assert [line for line, _ in faults(register)] == [4, 4]
        assert any("2 sheets" in one.says for one in register.remarks)

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("list.xlsx", b"PK\x03\x04 not a workbook"),
            ("list.csv", b""),
            ("list.pdf", b"%PDF-1.7"),
            ("x.csv", b"\0" * 99),
        ],
    )
    def test_what_is_no_table_is_refused(self, tmp_path: Path, name: str, content: bytes) -> None:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputWrong):
            read_register(tmp_path / name)

    def test_a_folder_or_nothing_is_refused(self, tmp_path: Path) -> None:
        for path in (tmp_path, tmp_path / "none.csv"):
            with pytest.raises(InputWrong):
                read_register(path)

    def test_too_large_a_file_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "list.csv"
        with path.open("wb") as file:
            file.truncate(20_000_001)
        with pytest.raises(InputWrong, match="larger than"):
            read_register(path)

    def test_the_date_reader_of_the_office_is_used(self, write: Write) -> None:
        path = write(row(since="03/04/2025"))
        register = read_register(path, read_day=lambda text: datetime.strptime(text, "%d/%m/%Y").date())  # noqa: DTZ007
        assert register.entries[0].since == date(2025, 4, 3)


class TestHostile:
    def test_control_characters_and_escapes_are_gone(self, write: Write) -> None:
        path = write(row(who='"Ma\x1b[31mple\u202e\x07","1 Elm\u200b Street"'))
        (entry,) = read_register(path).entries
        assert (entry.recipient, entry.address) == ("Maple", "1 Elm Street")

    def test_what_a_spreadsheet_would_run_is_written_harmless_and_read_back_as_it_was(self, write: Write) -> None:
        evil = '=HYPERLINK("http://evil.example","x")'
        first = read_register(write(row(who=f'"{evil.replace(chr(34), chr(34) * 2)}","@Home Street 1"')))
        text = register_text(first.entries)
        cells = [cell for line in csv.reader(text.splitlines()) for cell in line]
        assert not any(cell.startswith(("=", "@", "+")) for cell in cells)
        again = write(name="again.csv", header=text.rstrip("\n"))
        assert read_register(again).entries[0].recipient == evil
        assert read_register(again).entries[0].address == "@Home Street 1"

    def test_rows_beyond_the_limit_are_told(self, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("dsar.disclosure.register.MAX_ENTRIES", 3)
        register = read_register(write(*[row()] * 5))
        assert len(register.entries) == 3
        assert register.problems[0].says == "2 rows beyond 3 were not read."

    def test_thousands_of_faults_are_counted_not_listed(self, write: Write) -> None:
        register = read_register(write(*[row("99")] * 500))
        assert len(register.problems) == 201
        assert "300 more" in register.problems[-1].says

    @settings(max_examples=40)
    @given(
        cells=st.lists(
            st.tuples(st.text(max_size=30), st.text(max_size=30), st.sampled_from(["", "a;b", "x"])),
            min_size=1,
            max_size=4,
        )
    )
    def test_whatever_was_read_reads_the_same_again(
        self, tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str, str]]
    ) -> None:
        folder = tmp_path_factory.mktemp("round")
        with (folder / "one.csv").open("w", newline="", encoding="utf-8", errors="replace") as file:
            out = csv.writer(file)
            out.writerow(COLUMNS)
            for name, address, sets in cells:
                out.writerow(["derived from 7", "", "", name, address, "2025-01-01", "", "yes", sets, ""])
        first = read_register(folder / "one.csv").entries
        (folder / "two.csv").write_text(register_text(first), encoding="utf-8")
        again = read_register(folder / "two.csv")
        assert again.problems == ()
        assert [entry.cells() for entry in again.entries] == [entry.cells() for entry in first]


class TestDisclosed:
    @pytest.mark.parametrize(
        ("since", "until", "years"),
        [
            ("2025-01-01", "2025-12-31", {2025}),
            ("2024-12-31", "2025-01-01", {2024, 2025}),
            ("2025-12-31", "2026-01-01", {2025, 2026}),
            ("2025-12-31", "", {2025, 2026, 2027}),
            ("2026-01-01", "", {2026, 2027}),
            ("2023-05-01", "2024-12-31", {2024}),
            ("2023-01-01", "2027-01-01", {2024, 2025, 2026, 2027}),
            ("2025-06-15", "2025-06-15", {2025}),
        ],
    )
    def test_a_period_counts_in_every_year_it_has_a_day_in(
        self, write: Write, since: str, until: str, years: set[int]
    ) -> None:
        register = read_register(write(row(since=since, until=until)))
        assert {year for year in range(2024, 2028) if disclosed(register, year)} == years

    def test_only_who_uses_it_for_their_own_marketing(self, write: Write) -> None:
        assert disclosed(read_register(write(row(yes="no"))), 2025) == ()

    def test_rows_of_one_third_party_are_one_entry_in_the_statutes_order(self, write: Write) -> None:
        register = read_register(write(row("13"), row("2"), row("1"), row("2"), row("5", since="2026-01-01")))
        ((party),) = disclosed(register, 2025)
        assert [one.number for one in party.categories] == [1, 2, 13]
        assert party.examples == "tents"

    def test_a_derived_list_is_noted_unless_the_thing_itself_went_too(self, write: Write) -> None:
        register = read_register(write(row("derived from 18"), row("20 (derived)"), row("20")))
        ((party),) = disclosed(register, 2025)
        assert [(one.number, one.derived) for one in party.categories] == [(18, True), (20, False)]

    def test_the_order_of_the_rows_makes_no_difference(self, write: Write) -> None:
        rows = [row("1"), row("2", who='"Ash","3 Fir Way"'), row("13"), row("3", who='"birch","2 Oak Road"')]
        forward = disclosed(read_register(write(*rows)), 2025)
        backward = disclosed(read_register(write(*rows[::-1])), 2025)
        assert [one.name for one in forward] == ["Ash", "birch", "Maple Lists, Inc."]
        assert forward == backward

    def test_the_sample_register(self) -> None:
        register = read_register(SAMPLE)
        assert (register.problems, register.remarks) == ((), ())
        found = {one.name: [category.number for category in one.categories] for one in disclosed(register, 2025)}
        assert found == {
            "Copperline Headsets Company": [18],
            "Marigold Audience, LLC": [1, 2],
            "Petal & Stem Expo, Inc.": [2],
        }
        # an affiliate counts like anybody else
        assert "Larkspur Cloud Numbers, Inc. (affiliate)" in names(register, 2024)


class TestOneYear:
    def test_rows_without_days_count_for_that_year(self, write: Write) -> None:
        (entry,) = read_register(write(row(since="")), one_year=2025).entries
        assert (entry.since, entry.until) == (date(2025, 1, 1), date(2025, 12, 31))

    def test_a_row_about_another_year_is_a_fault(self, write: Write) -> None:
        register = read_register(write(row(since="2026-01-01")), one_year=2025)
        assert "no day in 2025" in faults(register)[0][1]
