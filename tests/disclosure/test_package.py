"""The package: the same content gives the same bytes, everything is listed, and nothing hostile does anything."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import stat
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsar.case.records import Field
from dsar.disclosure.content import CoverageLine
from dsar.disclosure.package import build_package
from dsar.disclosure.page import PAGE_ROWS
from dsar.errors import InputWrong, Refused
from tests.disclosure import scene
from tests.disclosure.scene import FOLDERS, content, files, table_with, text

PAGE_TAGS = set(
    re.findall(r"<([a-z]+[1-6]?)", "".join(one.read_text() for one in (FOLDERS[0] / "package").glob("*.j2")))
)
VOID = {"meta", "br", "link", "img", "hr", "input"}


class Outline(HTMLParser):
    """Fails on an element that is not closed in order, and keeps what there is."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def outline(html: str) -> Outline:
    made = Outline()
    made.feed(html)
    made.close()
    assert made.open == []
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "package.zip"


def test_the_same_content_gives_the_same_bytes(path: Path) -> None:
    one = build_package(path, content(), folders=FOLDERS)
    first = path.read_bytes()
    two = build_package(path, content(), folders=FOLDERS)
    assert (first, one) == (path.read_bytes(), two)
    assert one.sha256 == hashlib.sha256(first).hexdigest()
    assert (one.size, one.records, one.withheld) == (len(first), 3, 0)
    assert one.files == len(files(path))


def test_another_content_gives_other_bytes(path: Path) -> None:
    one = build_package(path, content(), folders=FOLDERS)
    assert build_package(path, content(person="Maria R."), folders=FOLDERS).sha256 != one.sha256


def test_the_file_is_private_dated_and_alone(path: Path) -> None:
    build_package(path, content(), folders=FOLDERS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    with zipfile.ZipFile(path) as archive:
        assert {info.date_time for info in archive.infolist()} == {(2026, 11, 21, 0, 0, 0)}
        assert archive.testzip() is None


def test_it_holds_the_files_it_promises(path: Path) -> None:
    build_package(path, content(), folders=FOLDERS)
    held = files(path)
    assert list(held)[-2:] == ["manifest.json", "SHA256SUMS"]
    assert set(held) == {
        "README.txt", "index.html", "letter.html", "letter.txt", "about.json", "coverage.csv", "dictionary.csv",
        "withheld.csv", "data/calls/calls.csv", "data/calls/calls.json", "data/crm/seats.csv", "data/crm/seats.json",
        "portable/calls/calls.json", "portable/crm/seats.json", "manifest.json", "SHA256SUMS",
    }  # fmt: skip


def test_the_manifest_and_the_sums_fit_every_file(path: Path, tmp_path: Path) -> None:
    build_package(path, content(), folders=FOLDERS)
    held = files(path)
    manifest = json.loads(held["manifest.json"])
    assert {one["path"] for one in manifest["files"]} == set(held) - {"manifest.json", "SHA256SUMS"}
    for one in manifest["files"]:
        assert (one["bytes"], one["sha256"]) == (len(held[one["path"]]), hashlib.sha256(held[one["path"]]).hexdigest())
    rows = {one["path"]: one["rows"] for one in manifest["files"] if "rows" in one}
    assert rows["data/calls/calls.csv"] == rows["data/calls/calls.json"] == 2
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=folder, check=True)


def test_the_rows_are_the_same_in_both_forms(path: Path) -> None:
    build_package(path, content(), folders=FOLDERS)
    from_json = json.loads(text(path, "data/calls/calls.json"))
    from_csv = list(csv.DictReader(io.StringIO(text(path, "data/calls/calls.csv"))))
    assert [{k: v.removeprefix("'") for k, v in row.items()} for row in from_csv] == from_json["rows"]
    assert [row["id"] for row in from_json["rows"]] == ["c2", "c3"]
    assert from_json["columns"][1] == {"name": "at", "meaning": "When", "origin": "observed", "disclosed": "yes"}


def test_what_was_never_to_be_there_is_nowhere(path: Path) -> None:
    build_package(path, content(), folders=FOLDERS)
    everything = b"".join(files(path).values()).decode()
    for word in (scene.HASH, "14155550177", "18005550199", "8005550199", scene.OTHER_MAIL, "Ben", "F-0001", "helpline"):
        assert word not in everything
    assert scene.DIALLED in everything


def test_a_silent_withholding_leaves_no_number_that_tells(path: Path) -> None:
    build_package(path, content(), folders=FOLDERS)
    calls = next(
        row for row in csv.DictReader(io.StringIO(text(path, "coverage.csv"))) if row["record_set"] == "Your calls"
    )
    assert calls["found"] == "2"
    withheld = list(csv.DictReader(io.StringIO(text(path, "withheld.csv"))))
    assert {(row["record_set"], row["records_withheld"]) for row in withheld} == {
        ("Your calls", "0"),
        ("Your user account", "0"),
    }


def test_what_we_hold_for_customers_is_not_counted_outside(path: Path) -> None:
    build_package(path, content(), folders=FOLDERS)
    found = {row["record_set"]: row["found"] for row in csv.DictReader(io.StringIO(text(path, "coverage.csv")))}
    assert found["Traffic of our customers"] == ""
    assert found["Support mails"] == "0"


def test_a_told_withholding_is_counted_with_its_ground(path: Path) -> None:
    calls = replace(content().tables[0], withheld={"privileged": 2})
    built = build_package(path, content(tables=(calls,), coverage=()), folders=FOLDERS)
    assert built.withheld == 2
    row = next(row for row in csv.DictReader(io.StringIO(text(path, "withheld.csv"))) if row["records_withheld"] == "2")
    assert "lawyers" in row["why"]
    assert row["article"] == "Art. 15(4) GDPR"
    assert "2 whole records" in text(path, "index.html")


def test_portable_holds_what_was_provided_or_observed_and_nothing_else(path: Path) -> None:
    build_package(path, content(), folders=FOLDERS)
    seat = json.loads(text(path, "portable/crm/seats.json"))["rows"][0]
    assert "score" not in seat
    assert "password_hash" not in seat
    assert seat["email"] == "Maria.Rivera@example.com"
    calls = json.loads(text(path, "portable/calls/calls.json"))["rows"]
    assert ["from_number" in row for row in calls] == [True, False]


def test_the_page_needs_nothing_and_can_be_read_by_everybody(path: Path) -> None:
    build_package(path, content(), folders=FOLDERS)
    page = outline(text(path, "index.html"))
    tags = [tag for tag, _ in page.tags]
    attributes = [attrs for _, attrs in page.tags]
    assert ("html", {"lang": "en"}) in page.tags
    assert tags.count("h1") == tags.count("main") == tags.count("nav") == 1
    assert not {"script", "link", "img", "iframe"} & set(tags)
    assert not [name for attrs in attributes for name in attrs if name.startswith("on") or name == "src"]
    assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")
    ids = [attrs["id"] for attrs in attributes if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = [attrs["href"] or "" for tag, attrs in page.tags if tag == "a"]
    assert links[0] == "#contents"
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert {link for link in links if not link.startswith("#")} <= set(files(path))
    assert "url(" not in text(path, "index.html")


def test_the_page_tells_codes_states_and_reasons_in_words(path: Path) -> None:
    build_package(path, content(), folders=FOLDERS)
    page = text(path, "index.html")
    for words in (
        "<td>active</td>",
        "A = active",
        "Searched; nothing there for this package",
        "We hold it for another organisation.",
        "Harbor Hosting (hosting)",
        "as long as the account exists",
        "5 December 2026",
        "2026-03-01 10:00:00 UTC",
    ):
        assert words in page


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "</td></table><h1>x",
        '"><img src=x onerror=alert(1)>',
        "{{ 7*7 }}{% raw %}",
        '=HYPERLINK("http://x")',
        "@SUM(1)",
        "\u202egnp.exe",
        "a\x00b\x1b[2J",
        "]]><!-- -->",
        "x" * 100_000,
    ],
)
def test_hostile_values_are_only_text(path: Path, hostile: str) -> None:
    build_package(
        path,
        content(tables=(table_with({"a": hostile, "id": "1"}),), coverage=(), person=hostile[:50]),
        folders=FOLDERS,
    )
    page = outline(text(path, "index.html"))
    assert not {"script", "img"} & {tag for tag, _ in page.tags}
    assert [tag for tag, _ in page.tags].count("h1") == 1
    cell = next(csv.DictReader(io.StringIO(text(path, "data/crm/things.csv"))))["a"]
    held = json.loads(text(path, "data/crm/things.json"))["rows"][0]["a"]
    assert cell.removeprefix("'") == held
    assert not cell.startswith(("=", "+", "-", "@"))
    assert not set("\u202e\x00\x1b") & set("".join(one.decode() for one in files(path).values()))


def test_a_long_table_is_cut_on_the_page_only_and_the_page_says_so(path: Path) -> None:
    table = table_with(*({"id": str(number)} for number in range(PAGE_ROWS + 30)))
    build_package(path, content(tables=(table,), coverage=()), folders=FOLDERS)
    page = outline(text(path, "index.html"))
    assert sum(tag == "td" for tag, _ in page.tags) == PAGE_ROWS
    assert f"This page shows the first {PAGE_ROWS} of {PAGE_ROWS + 30} records." in text(path, "index.html")
    assert len(json.loads(text(path, "data/crm/things.json"))["rows"]) == PAGE_ROWS + 30


def test_wide_tables_of_long_cells_do_not_burst_the_page(path: Path) -> None:
    row = {f"column {number}": "&" * 300 for number in range(200)}
    built = build_package(path, content(tables=(table_with(*[row] * 100),), coverage=()), folders=FOLDERS)
    assert built.records == 100
    assert "records. All of them are in the file." in text(path, "index.html")


def test_a_long_cell_is_cut_between_words_and_never_inside_a_number(path: Path) -> None:
    value = "word " * 57 + "call +1 415 555 0142 now"
    build_package(path, content(tables=(table_with({"id": value}),), coverage=()), folders=FOLDERS)
    assert "word call \u2026</td>" in text(path, "index.html")


def test_names_of_files_are_plain_and_never_the_same(path: Path) -> None:
    tables = []
    for name in ("Größe/../x", "GRÖSSE\\x", "x"):
        made = table_with({"id": name})
        tables.append(replace(made, record_set=replace(made.record_set, source="../Käse", name=name)))
    build_package(path, content(tables=tuple(tables), coverage=()), folders=FOLDERS)
    names = [name for name in files(path) if name.startswith("data/")]
    assert len({name.casefold() for name in names}) == 6
    assert all(name.isascii() and ".." not in name and name.count("/") == 2 for name in names)


def test_a_secret_record_set_is_refused_and_nothing_is_written(path: Path) -> None:
    table = table_with({"id": "1"})
    with pytest.raises(Refused, match="secret"):
        build_package(
            path, content(tables=(replace(table, record_set=replace(table.record_set, secret=True)),)), folders=FOLDERS
        )
    assert not list(path.parent.iterdir())


def test_records_that_were_found_but_are_nowhere_are_refused(path: Path) -> None:
    lost = CoverageLine(source="mail", record_set="mail", title="Support mails", state="searched", found=3)
    with pytest.raises(Refused, match="Support mails"):
        build_package(path, content(coverage=(lost,)), folders=FOLDERS)


def test_a_package_of_nothing_says_where_we_looked(path: Path) -> None:
    line = CoverageLine(source="mail", record_set="mail", title="Support mails", state="searched")
    built = build_package(path, content(tables=(), coverage=(line,)), folders=FOLDERS)
    assert built.records == 0
    page = text(path, "index.html")
    outline(page)
    assert "We hold no records that could be put into this package." in page
    assert "Support mails" in page


def test_what_was_there_stays_when_building_fails(path: Path) -> None:
    path.write_text("before")
    with pytest.raises(Refused):
        build_package(
            path,
            content(coverage=(CoverageLine(source="a", record_set="b", title="t", state="searched", found=1),)),
            folders=FOLDERS,
        )
    with pytest.raises(InputWrong):
        build_package(path, content(), folders=(path.parent,))
    assert path.read_text() == "before"
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputWrong, match="could not be written"):
        build_package(tmp_path / "nowhere" / "p.zip", content(), folders=FOLDERS)


def test_days_before_zip_files_existed_are_no_trouble(path: Path) -> None:
    assert build_package(path, content(created_on=date(1970, 1, 1)), folders=FOLDERS).files == 16


NAMES = st.text(alphabet=st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
VALUES = st.text(max_size=40)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    columns=st.lists(NAMES, min_size=1, max_size=8, unique=True), rows=st.integers(0, 4), data=st.data(), title=VALUES
)
def test_random_values_break_neither_page_nor_manifest(
    path: Path, columns: list[str], rows: int, data: st.DataObject, title: str
) -> None:
    held = [{name: data.draw(VALUES) for name in columns} for _ in range(rows)]
    fields = tuple(Field(name=name, meaning=title, codes=((title, name),)) for name in columns)
    table = table_with(*held, fields=fields)
    table = replace(table, record_set=replace(table.record_set, title=title, source=columns[0], recipients=(title,)))
    build_package(path, content(tables=(table,), coverage=(), person=title, organisation=title), folders=FOLDERS)
    page = outline(text(path, "index.html"))
    assert {tag for tag, _ in page.tags} <= PAGE_TAGS
    contents = files(path)
    manifest = json.loads(contents["manifest.json"])
    assert all(hashlib.sha256(contents[one["path"]]).hexdigest() == one["sha256"] for one in manifest["files"])
    parsed = [json.loads(raw) for name, raw in contents.items() if name.endswith(".json")]
    assert len(parsed) >= 3
