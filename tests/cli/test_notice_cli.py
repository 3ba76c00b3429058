"""dsar notice: import, list, categories, check, build, with the exit codes and JSON that scripts rely on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dsar.cli.main import run
from dsar.workflow.setup import make_sample

HEADER = "category,recipient,address,since,until,direct_marketing,products"
MAPLE = '2,"Maple Lists, Inc.","1 Elm Street, Reno, NV 89599, USA",2025-01-01,,yes,tents'

Dsar = Callable[..., int]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample desk with Lucille's request (designated address) and Harold's (post) open."""
    home = tmp_path_factory.mktemp("sample") / "desk"
    make_sample(home)
    for file in ("06-notice-ferrante.eml", "07-notice-ikeda-post.txt"):
        assert run([*_everywhere(home), "new", "--file", str(home / "inbox" / file), "--quiet"]) == 0
    return home


def _everywhere(home: Path) -> list[str]:
    return ["--home", str(home), "--as", "priya", "--today", "2026-11-21", "--no-input"]


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "desk")


@pytest.fixture
def dsar(home: Path) -> Dsar:
    return lambda *words: run([*_everywhere(home), "notice", *words])


@pytest.fixture
def answer(home: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, Any]]]:
    """The exit code and JSON document of a command."""

    def ask(*words: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = run([*_everywhere(home), "notice", *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return ask


Ask = Callable[..., tuple[int, dict[str, Any]]]


def write(home: Path, *rows: str) -> str:
    path = home / "list.csv"
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return str(path)


class TestImport:
    def test_it_is_taken_in_once(self, home: Path, answer: Ask) -> None:
        code, told = answer("import", write(home, MAPLE))
        assert (code, told["schema"], told["written"], told["direct_marketing"]) == (0, "dsar.notice-import/1", True, 1)
        assert Path(told["copy"]).is_file()
        code, told = answer("import", write(home, MAPLE))
        assert (code, told["written"], told["already"]) == (0, False, True)

    def test_faults_are_exit_6_with_their_lines(
        self, home: Path, dsar: Dsar, answer: Ask, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = write(home, MAPLE, MAPLE.replace("2,", "77,", 1), MAPLE.replace("yes", "who knows"))
        before = (home / "recipients.csv").read_bytes()
        code, told = answer("import", file)
        assert code == 6
        assert [one["line"] for one in told["problems"]] == [3, 4]
        assert dsar("import", file) == 6
        assert capsys.readouterr().out.splitlines()[0].startswith("3\t")
        assert (home / "recipients.csv").read_bytes() == before

    def test_one_year(self, home: Path, answer: Ask) -> None:
        code, told = answer("import", write(home, MAPLE.replace("2025-01-01", "")), "--year", "2025")
        assert (code, told["kept"]) == (0, 10)

    @pytest.mark.parametrize("words", [("none.csv",), (".",), ("x", "--year", "two")])
    def test_what_cannot_be_read_is_exit_2(self, dsar: Dsar, words: tuple[str, ...]) -> None:
        assert dsar("import", *words) == 2

    def test_a_reader_may_not(self, home: Path) -> None:
        assert run(["--home", str(home), "--as", "luis", "notice", "import", write(home, MAPLE)]) == 3


class TestList:
    def test_last_year_by_default(self, answer: Ask) -> None:
        code, told = answer("list")
        assert (code, told["year"]) == (0, 2025)
        assert [one["name"] for one in told["third_parties"]] == [
            "Copperline Headsets Company", "Marigold Audience, LLC", "Petal & Stem Expo, Inc.",
        ]  # fmt: skip
        assert [one["number"] for one in told["third_parties"][1]["categories"]] == [1, 2]

    def test_any_year(self, answer: Ask) -> None:
        assert len(answer("list", "--year", "2024")[1]["third_parties"]) == 2
        assert answer("list", "--year", "2010")[1]["third_parties"] == []

    def test_a_pipe_gets_rows(self, dsar: Dsar, capsys: pytest.CaptureFixture[str]) -> None:
        assert dsar("list") == 0
        lines = capsys.readouterr().out.splitlines()
        assert [line.split("\t")[1] for line in lines] == ["18", "1, 2", "2"]

    def test_a_list_with_holes_is_exit_6_and_says_so_in_a_pipe(
        self, home: Path, dsar: Dsar, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with (home / "recipients.csv").open("a", encoding="utf-8") as file:
            file.write("99,,,Elm,,,,yes,,\n")
        assert dsar("list") == 6
        assert "holes" in capsys.readouterr().err

    @pytest.mark.parametrize("year", ["0", "1900", "9999"])
    def test_no_such_year(self, dsar: Dsar, year: str) -> None:
        assert dsar("list", "--year", year) == 2


def test_the_categories_by_number(answer: Ask) -> None:
    code, told = answer("categories")
    assert code == 0
    assert [one["number"] for one in told["categories"]] == list(range(1, 28))
    assert told["categories"][12]["words"] == "Telephone number"


class TestCheck:
    def test_a_plain_case_is_exit_0(self, answer: Ask) -> None:
        code, told = answer("check", "1")
        assert (code, told["variant"], told["year"], told["designated"]) == (0, "disclosed", 2025, True)
        assert told["due_on"] == "2026-12-06"
        assert not told["needs_person"]

    def test_what_needs_a_person_is_exit_6(self, home: Path, answer: Ask, dsar: Dsar) -> None:
        (home / "recipients.csv").write_text(HEADER + "\n", encoding="utf-8")
        code, told = answer("check", "1")
        assert code == 6
        assert [(one["code"], one["person"]) for one in told["remarks"]] == [("register_empty", True)]
        assert dsar("check", "1") == 6

    def test_people_see_year_date_answer_and_promise(self, dsar: Dsar, capsys: pytest.CaptureFixture[str]) -> None:
        dsar("check", "1")
        out = capsys.readouterr().out
        for words in ("calendar year 2025", "Sun 6 Dec", "30 days", "Marigold", "Any Californian"):
            assert words in out
        assert "Ferrante" not in out

    def test_an_unknown_case_is_exit_2(self, dsar: Dsar) -> None:
        assert dsar("check", "99") == 2


class TestBuild:
    def test_the_letter_as_it_would_leave(self, answer: Ask) -> None:
        code, told = answer("build", "1")
        assert (code, told["problems"], told["may_leave"]) == (0, [], True)
        for words in ("Marigold Audience, LLC", "77 Placeholder Avenue", "calendar year 2025"):
            assert words in " ".join(told["text"].split())

    def test_the_html_into_a_file(self, home: Path, dsar: Dsar) -> None:
        assert dsar("build", "1", "--html", str(home / "notice.html")) == 0
        assert "Petal &amp; Stem Expo" in (home / "notice.html").read_text(encoding="utf-8")

    def test_nothing_is_built_from_a_register_with_holes(self, home: Path, dsar: Dsar) -> None:
        (home / "recipients.csv").write_text(HEADER + "\n" + MAPLE.replace("2,", "77,", 1) + "\n", encoding="utf-8")
        assert dsar("build", "1") == 6

    def test_build_then_send(self, home: Path, dsar: Dsar) -> None:
        assert dsar("build", "1") == 0
        assert run([*_everywhere(home), "letter", "send", "1", "notice"]) == 0
        assert len(list((home / "outbox").glob("*.eml"))) == 1
