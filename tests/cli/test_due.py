"""The queue on a screen, in a pipe and for a program: our own dates stand beside the law's, never in their place."""

from __future__ import annotations

from datetime import date

import pytest

from dsar.case.rights import Right
from dsar.cli.overview import _left
from dsar.workflow.queue import PLAIN, Due
from tests.cli.typing import Terminal

TODAY = date(2026, 11, 21)


def line(due_on: date | None, aim_on: date | None = None, target_on: date | None = None) -> Due:
    left = (due_on - TODAY).days if due_on else None
    return Due(
        "DSAR-2026-0001",
        Right.ACCESS,
        "eu-gdpr",
        "respond",
        due_on,
        left,
        "",
        "verify",
        "",
        "",
        "",
        target_on,
        aim_on,
        "",
    )


@pytest.mark.parametrize(
    ("due", "aim", "target", "says"),
    [
        (27, 24, None, "6 d"),
        (24, 21, None, "3 d"),
        (23, 20, None, "2 d, past aim"),
        (21, 18, None, "today"),
        (20, 17, None, "1 d LATE"),
        (27, 24, 20, "6 d, past target"),
        (23, 20, 20, "2 d, past target"),
        (27, 24, 21, "6 d"),
        (None, None, None, ""),
        (None, None, 20, "past target"),
        (None, None, 25, "target 25 Nov"),
    ],
)
def test_a_date_of_ours_that_is_past_is_told_while_the_laws_is_not(
    due: int | None, aim: int | None, target: int | None, says: str
) -> None:
    days = [date(2026, 11, day) if day else None for day in (due, aim, target)]
    assert _left(line(*days), TODAY).text == says


@pytest.mark.parametrize(
    ("said", "same"), [("2w", "14d"), ("2 w", "14"), ("1W", "7 d"), ("today", "0d"), (" Today ", "0")]
)
def test_weeks_and_today_are_understood(busy: Terminal, said: str, same: str) -> None:
    assert busy("due", "--within", said).out == busy("due", "--within", same).out


@pytest.mark.parametrize("said", ["soon", "2m", "-3", "1.5w", "12345d"])
def test_what_is_no_time_is_refused_with_an_example(busy: Terminal, said: str) -> None:
    ran = busy("due", "--within", said)
    assert ran.code == 2
    assert "--within 14d, 2w or today" in ran.err


def test_a_program_is_told_our_dates_beside_the_laws(busy: Terminal) -> None:
    cases = busy("due", "--json").json["cases"]
    assert cases
    for case in cases:
        assert {"due_on", "days_left", "aim_on", "target_on"} <= set(case)
        assert (case["aim_on"] is None) == (case["due_on"] is None)
        assert case["due_on"] is None or case["aim_on"] <= case["due_on"]


@pytest.mark.parametrize("command", [("due",), ("due", "--within", "2w"), ("next",), ()])
def test_pipe_and_sheet_hold_the_same_lines_as_the_document(busy: Terminal, command: tuple[str, ...]) -> None:
    piped = [row.split("\t") for row in busy(*command).out.splitlines()]
    cases = busy(*command, "--json").json["cases"]
    assert [(row[0], row[2], row[3], row[8]) for row in piped] == [
        (case["due_on"] or "", case["case"], case["right"], case["next"]) for case in cases
    ]
    sheet = busy(*command, "--csv").out.lstrip("\ufeff").splitlines()
    assert sheet[0] == ",".join(PLAIN)
    assert len(sheet) == len(piped) + 1


def test_a_monitor_gets_the_rows_and_a_code(busy: Terminal) -> None:
    late = busy("due", "--check")
    assert late.out == busy("due").out
    assert late.code == (6 if any(row.split("\t")[1].startswith("-") for row in late.out.splitlines()) else 0)
    assert busy("due", "--check", today="2020-01-01").code == 0
    assert busy("due", "--check", today="2030-01-01").code == 6
    assert busy("due", "--check", "--json", today="2030-01-01").code == 6
