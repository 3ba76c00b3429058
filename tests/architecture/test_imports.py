"""Imports go one way through the house, and each library stays in the rooms that may know it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import house

DSAR = house.read(Path(__file__).parents[2] / "dsar")

Tree = Callable[[dict[str, str]], dict[str, house.Module]]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Write a small dsar/ of the given files, each room a package, and read it."""

    def write(files: dict[str, str]) -> dict[str, house.Module]:
        for name, text in files.items():
            path = tmp_path / "dsar" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for folder in [path for path in tmp_path.rglob("*") if path.is_dir()]:
            (folder / "__init__.py").touch()
        return house.read(tmp_path / "dsar")

    return write


def test_the_checkout_was_read() -> None:
    assert {"dsar", "dsar.errors"} <= DSAR.keys()


def test_imports_go_one_way() -> None:
    assert house.wrong_imports(DSAR) == []


def test_no_modules_import_each_other() -> None:
    assert house.cycles(DSAR) == []


def test_libraries_stay_in_their_rooms() -> None:
    assert house.banned_libraries(DSAR) == []


def test_the_table_of_rooms_has_no_cycle_and_no_unknown_room() -> None:
    for room, known in house.MAY_IMPORT.items():
        assert known <= house.MAY_IMPORT.keys(), room
        for other in known:
            assert room not in house.MAY_IMPORT[other], f"{room} and {other} may import each other"


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        ("law/clocks.py", "from dsar.case import facts", "law may not import case"),
        ("law/clocks.py", "import dsar.case.facts", "law may not import case"),
        ("law/clocks.py", "from dsar import case", "law may not import case"),
        ("law/clocks.py", "from ..case import facts", "law may not import case"),
        ("law/clocks.py", "from .. import case", "law may not import case"),
        ("law/__init__.py", "from ..case import facts", "law may not import case"),
        ("law/clocks.py", "def late():\n    from dsar.case import facts", "law may not import case"),
        ("law/clocks.py", "if TYPE_CHECKING:\n    from dsar.case import facts", "law may not import case"),
        ("law/clocks.py", "import importlib\nimportlib.import_module('dsar.case.facts')", "law may not import case"),
        ("errors.py", "from dsar.case import facts", "errors may not import case"),
        ("config.py", "from dsar.case import facts", "config may not import case"),
        ("letters/compose.py", "from dsar.ledger import store", "letters may not import ledger"),
        ("sources/sql.py", "from dsar.changes import plan", "sources may not import changes"),
        ("workflow/intake.py", "from dsar.cli import emit", "workflow may not import cli"),
        ("law/clocks.py", "from .... import case", "a relative import leaves the package"),
        ("cupboard/things.py", "", "cupboard is no room of the house"),
    ],
)
def test_a_wrong_import_is_found(tree: Tree, file: str, text: str, fault: str) -> None:
    rooms = {f"{room}/one.py": "" for room in ("case", "ledger", "changes", "cli")}
    assert any(fault in said for said in house.wrong_imports(tree({**rooms, file: text})))


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("case/facts.py", "from dsar.law.clocks import ClockFact\nfrom dsar.errors import Refused"),
        ("changes/plan.py", "from dsar.sources import interface"),
        ("law/clocks.py", "from . import rules\nfrom .rules import Rule\nfrom dsar import __version__"),
        ("cli/due.py", "from ..workflow import due\nfrom dsar.workspace import Workspace"),
        ("__main__.py", "from dsar.cli.main import main"),
    ],
)
def test_a_right_import_is_left_alone(tree: Tree, file: str, text: str) -> None:
    rooms = {f"{room}/one.py": "" for room in ("law", "sources", "workflow", "cli")}
    assert house.wrong_imports(tree({**rooms, "errors.py": "", "workspace.py": "", file: text})) == []


def test_cycles_are_found_directly_and_round_a_corner(tree: Tree) -> None:
    found = house.cycles(
        tree(
            {
                "law/a.py": "from dsar.law import b",
                "law/b.py": "def late():\n    from .a import x",
                "case/a.py": "import dsar.case.b",
                "case/b.py": "from dsar.case.c import x",
                "case/c.py": "from . import a",
                "formats/a.py": "from . import b",
                "formats/b.py": "",
            }
        )
    )
    assert found == ["dsar.case.a <-> dsar.case.b <-> dsar.case.c", "dsar.law.a <-> dsar.law.b"]


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        ("cli/due.py", "import click", "cli may not import click"),
        ("workflow/intake.py", "def ask():\n    from rich.console import Console", "workflow may not import rich"),
        ("workflow/intake.py", "import typer", "workflow may not import typer"),
        ("case/facts.py", "from pathlib import Path", "case may not import pathlib"),
        ("case/facts.py", "import os.path", "case may not import os"),
        ("case/facts.py", "import sqlite3", "case may not import sqlite3"),
        ("reports/metrics.py", "import sqlite3 as sql", "reports may not import sqlite3"),
        ("sources/sql.py", "import sqlite_utils", "sources may not import sqlite_utils"),
        ("law/rules.py", "import logging", "law may not import logging"),
    ],
)
def test_a_library_in_the_wrong_room_is_found(tree: Tree, file: str, text: str, fault: str) -> None:
    assert any(fault in said for said in house.banned_libraries(tree({file: text})))


def test_a_library_in_its_own_room_is_left_alone(tree: Tree) -> None:
    files = {
        "ledger/store.py": "import sqlite3, sqlite_utils",
        "sources/sqlite.py": "import sqlite3",
        "cli/emit.py": "import typer\nfrom rich.table import Table",
        "formats/files.py": "import os\nfrom pathlib import Path",
    }
    assert house.banned_libraries(tree(files)) == []
