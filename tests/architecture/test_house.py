"""What no file of the house may do: grow too long, say nothing of itself, or read the clock on its own."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

from tests.architecture import house

ROOT = Path(__file__).parents[2]
DSAR = house.read(ROOT / "dsar")


def bad(folder: Path, text: str, *, file: str = "law/rules.py") -> dict[str, house.Module]:
    path = folder / "dsar" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return house.read(folder / "dsar")


@pytest.mark.parametrize("folder", ["dsar", "tests", "benchmarks", "docs"])
def test_no_file_is_too_long(folder: str) -> None:
    assert house.too_long(house.read(ROOT / folder)) == []


def test_a_long_file_is_found(tmp_path: Path) -> None:
    assert house.too_long(bad(tmp_path, "x = 1\n" * house.LONGEST_FILE)) == []
    assert house.too_long(bad(tmp_path, "x = 1\n" * (house.LONGEST_FILE + 1))) == ["dsar.law.rules:401 is too long"]


def test_every_module_says_what_it_is_for() -> None:
    assert house.untold(DSAR) == []


def test_a_silent_module_is_found(tmp_path: Path) -> None:
    assert house.untold(bad(tmp_path, "# only a comment\nx = 1\n")) == ["dsar.law.rules:1 has no docstring"]


def test_there_are_no_cupboards() -> None:
    assert house.cupboards(DSAR) == []


def test_a_cupboard_is_found(tmp_path: Path) -> None:
    assert house.cupboards(bad(tmp_path, "", file="law/utils.py")) == ["dsar.law.utils:1 is named like a cupboard"]


def test_the_wall_clock_is_read_in_one_place() -> None:
    assert house.wall_clock_reads(DSAR) == []


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import date\ndate.today()",
        "from datetime import datetime as moment\nmoment.now()",
        "import datetime\ndatetime.datetime.now(tz=None)",
        "import datetime as dt\ndef f(today=dt.date.today): ...",
        "import time\ntime.time()",
        "from time import time as seconds\nseconds()",
        "import email.utils\nemail.utils.localtime()",
        "SQL = 'insert into fact (at) values (CURRENT_TIMESTAMP)'",
        "SQL = \"select datetime('now')\"",
        "def f(table): return f\"select * from {table} where due_on < date('now')\"",
    ],
)
def test_a_read_of_the_wall_clock_is_found(tmp_path: Path, text: str) -> None:
    assert len(house.wall_clock_reads(bad(tmp_path, text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "def f(today, now): return today, now.date()",
        "import time\ntime.monotonic()",
        "from datetime import date\ndate(2026, 11, 21)",
        '"""Never current_date here."""',
    ],
)
def test_a_date_that_was_handed_over_is_left_alone(tmp_path: Path, text: str) -> None:
    assert house.wall_clock_reads(bad(tmp_path, text)) == []


def test_the_one_clock_may_read(tmp_path: Path) -> None:
    text = "from datetime import date\ndate.today()"
    assert house.wall_clock_reads(bad(tmp_path, text, file="cli/clock.py")) == []


def test_only_cli_prints_and_case_opens_no_file() -> None:
    assert house.bare_calls(DSAR, "print", rooms=house.MAY_IMPORT.keys() - {"cli"}) == []
    assert house.bare_calls(DSAR, "open", rooms={"case"}) == []


def test_a_print_is_found(tmp_path: Path) -> None:
    found = house.bare_calls(bad(tmp_path, "def f():\n    print('due')"), "print", rooms={"law"})
    assert found == ["dsar.law.rules:2 law may not call print"]


def test_the_tests_cannot_leave_this_machine() -> None:
    with socket.socket() as outward:
        outward.settimeout(0.1)
        # The guard warns before it raises, and warnings are errors here.
        with pytest.raises((SocketConnectBlockedError, UserWarning), match="tried to use socket"):
            outward.connect(("192.0.2.1", 80))  # an address that RFC 5737 keeps free


def test_the_tests_may_talk_to_themselves() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as there:
        assert there.getpeername() == server.getsockname()
