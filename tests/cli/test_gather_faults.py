"""Whatever a source does, gather says so in a sentence, does the others, ends with 4, and a retry finishes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from dsar.case.facts import RecordSetSearched
from dsar.workspace import Workspace
from tests.cli.gather_faults import FAULTS, Shop
from tests.cli.typing import Terminal
from tests.limits import no_file_beyond
from tests.workflow.office import EMAIL, RIVERA


@pytest.fixture
def desk(typed: Callable[..., Terminal]) -> Terminal:
    """Maria is proven, and the colleague has answered, so that nothing but the fault keeps the search open."""
    terminal = typed("proven")
    terminal("gather", "1", "--from", "facilities", "--file", "none")
    return terminal


@pytest.fixture
def shop(desk: Terminal) -> Iterator[Shop]:
    made = Shop(home=desk.home)
    yield made
    made.close()


def states(desk: Terminal, *words: str) -> tuple[int, dict[str, dict[str, object]]]:
    """The exit code of a gather, and what it says of each record set."""
    ran = desk("gather", "1", *words, "--json")
    return ran.code, {f"{one['source']}/{one['record_set']}": one for one in ran.json["coverage"]}


def searched_since(desk: Terminal, entry: int) -> list[str]:
    """The sources that were searched after this entry of the ledger."""
    ws = Workspace(desk.home)
    later = [one.fact for one in ws.ledger.history(RIVERA) if one.seq > entry]
    ws.ledger.close()
    return [fact.source for fact in later if isinstance(fact, RecordSetSearched)]


@pytest.mark.parametrize("name", FAULTS)
def test_it_is_told_the_others_are_done_and_a_retry_finishes(desk: Terminal, shop: Shop, name: str) -> None:
    fault = FAULTS[name]
    if name == "no_permission" and os.geteuid() == 0:
        pytest.skip("root may read everything")
    mend = fault.breaks(shop)
    code, told = states(desk)
    assert code == 4
    failed = told.pop("shop/people")
    assert (failed["state"], failed["why"], failed["says"], failed["found"]) == ("failed", fault.why, fault.says, 0)
    assert {one["state"] for one in told.values()} == {"searched", "excluded"}
    assert "excluded" not in {one["state"] for name, one in told.items() if name.startswith("calls")}
    again, _ = states(desk, "--retry")
    assert again == 4, "as long as nothing is mended"
    mend()
    before, _, _ = desk.facts()
    done, told = states(desk, "--retry")
    assert done == 0
    assert (told["shop/people"]["state"], told["shop/people"]["found"]) == ("searched", 1)
    assert searched_since(desk, before) == ["shop"], "only what failed was asked again"


def test_a_plug_in_that_does_not_load_stops_no_other_source(
    desk: Terminal, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = desk.home / "others-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: others\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[dsar.sources]\nold_shop = no_such_module:Shop\n")
    monkeypatch.syspath_prepend(str(desk.home))
    shop.describe("old_shop", "data/shop")
    code, told = states(desk)
    failed = told.pop("shop/people")
    assert (code, failed["state"], failed["why"]) == (4, "failed", "plugin")
    assert "does not load (ModuleNotFoundError)" in str(failed["says"])
    assert {one["state"] for one in told.values()} == {"searched", "excluded"}
    assert "FAIL" in desk("source", "test", "shop").out
    mend = FAULTS["table_dropped"].breaks(shop)
    mend()
    assert states(desk, "--retry")[0] == 0


def test_on_the_screen_the_sentence_stands_below_and_the_next_step_is_the_retry(desk: Terminal, shop: Shop) -> None:
    FAULTS["column_dropped"].breaks(shop)
    ran = desk("gather", "1", width=80)
    assert ran.code == 4
    assert max(map(len, ran.out.splitlines())) <= 80
    (row,) = [line for line in ran.out.splitlines() if line.startswith("shop ")]
    assert row.split() == ["shop", "people", "failed", "0", "broken"]
    assert '\nshop: the table "people" has no column "email". Did you mean "mail"?\n' in ran.out
    assert ran.out.endswith("\nOnce that is mended: dsar gather 1 --retry\n")


def test_a_pipe_gets_the_sentence_in_the_line_itself(desk: Terminal, shop: Shop) -> None:
    FAULTS["table_dropped"].breaks(shop)
    ran = desk("gather", "1")
    (row,) = [line for line in ran.out.splitlines() if line.startswith("shop")]
    assert row == 'shop\tpeople\tfailed\t0\tshop: there is no table "people".'


def test_all_open_says_it_once_and_is_finished_by_a_retry(desk: Terminal, shop: Shop) -> None:
    mend = FAULTS["hangs"].breaks(shop)
    ran = desk("gather", "--all-open", width=80)
    assert ran.code == 4
    assert ran.says.count("it was stopped, since it did not end within 1 s") == 1
    assert "Next: dsar gather --all-open --retry" in ran.says
    mend()
    assert desk("gather", "--all-open", "--retry", width=80).code == 0


def test_what_depends_on_a_failed_source_is_asked_again_with_what_the_retry_finds(desk: Terminal, shop: Shop) -> None:
    mend = FAULTS["column_dropped"].breaks(shop)
    leads = 'identifies = "username"\nmatch = true\nemits = true\n'
    path = desk.home / "sources/shop.toml"
    path.write_text(path.read_text().replace('meaning = "Number"\n', 'meaning = "Number"\n' + leads))
    (desk.home / "data/club.csv").write_text("id,email\nC-9,1\n")
    text = path.read_text().replace("sqlite", "csv").replace("shop.csv", "club.csv")
    text = text.replace('identifies = "email"', 'identifies = "username"').replace(leads, "")
    (desk.home / "sources/club.toml").write_text(text)
    code, told = states(desk)
    assert (code, told["club/people"]["found"]) == (4, 0)
    mend()
    code, told = states(desk, "--retry")
    assert (code, told["club/people"]["found"]) == (0, 1)


def test_no_room_for_what_was_found_leaves_nothing_half_and_a_retry_finishes(desk: Terminal, shop: Shop) -> None:
    shop.describe("csv", "data/shop.csv")
    lines = "".join(f"{number},{EMAIL},{'x' * 900}\n" for number in range(3_000))
    (desk.home / "data/shop.csv").write_text("id,email,note\n" + lines)
    store = desk.home / "dsar.db"
    with no_file_beyond(store.stat().st_size + 300_000):
        ran = desk("gather", "1", width=80)
        assert ran.code == 4
        assert "disk" in ran.says
        assert "damaged" not in ran.says
    ws = Workspace(desk.home)
    assert not [one for one in ws.ledger.findings(RIVERA) if one.source == "shop"]
    assert ws.ledger.audit() == []
    ws.ledger.close()
    code, told = states(desk, "--retry")
    assert (code, told["shop/people"]["found"]) == (0, 3_000)
