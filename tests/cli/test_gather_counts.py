"""A count tells what failed from what holds nothing, and says why in a sentence."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from tests.cli.typing import Terminal


def test_a_source_that_is_gone_is_failed_in_a_count_too(typed: Callable[..., Terminal]) -> None:
    terminal = typed("opened")
    shutil.rmtree(terminal.home / "data" / "calls")
    ran = terminal("gather", "1", "--count", "--json")
    assert ran.code == 4
    states = {f"{line['source']}.{line['record_set']}": line["state"] for line in ran.json["coverage"]}
    assert states["calls.calls"] == "failed"
    assert states["crm.seats"] == "counted"
    assert states["crm.messages"] == "excluded"
    assert any(said.startswith("calls: ") and "there is no file" in said for said in ran.json["problems"])
    shown = terminal("gather", "1", "--count", width=80).out
    assert "there is no file" in shown


def test_all_is_well_without_a_fault(typed: Callable[..., Terminal]) -> None:
    ran = typed("opened")("gather", "1", "--count", "--json")
    assert ran.code == 0
    assert {line["state"] for line in ran.json["coverage"]} >= {"counted", "excluded"}
