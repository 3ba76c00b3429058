"""The shop in eleven tables on real servers: loaded from the same file, scanned and imported, found the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsar.sources.interface import SourceFailed
from dsar.sources.registry import open_source
from dsar.sources.settings import load_sources
from dsar.workflow import source_scan
from dsar.workflow.setup import Wishes, make
from dsar.workflow.source_scan import Wish
from dsar.workspace import Workspace
from tests.slow.servers import PASSWORD, Server
from tests.sources import eleven

pytestmark = pytest.mark.slow
SECRET = {"password": "env:DSAR_TEST_PASSWORD"}


@pytest.fixture
def shop(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("DSAR_TEST_PASSWORD", PASSWORD)
    server.run(*eleven.statements())
    make(tmp_path / "desk", Wishes(country="US"))
    return Workspace(tmp_path / "desk")


def test_both_descriptions_find_the_same_rows(shop: Workspace, server: Server) -> None:
    made = source_scan.scan(shop, server.address(), Wish(options=SECRET), out="sources/shop.toml")
    wish = Wish(kind="sql", path=server.address(), country="US", options=SECRET)
    for one in (made, *source_scan.import_fides(shop, eleven.YAML, wish)):
        (shop.home / one.written).write_text(eleven.edited(one.text), encoding="utf-8")
    for settings in load_sources(shop.home / "sources"):
        source = open_source(settings, shop.home)
        for asked, rows in eleven.WHOSE:
            assert eleven.found(source, asked) == rows


def test_the_keys_and_links_are_the_servers_own(shop: Workspace, server: Server) -> None:
    made = source_scan.scan(shop, server.address(), Wish(options=SECRET))
    keys = {one.name: one.key for one in made.proposal.sets}
    assert keys["order_items"] == ("order_id", "product_id")
    assert [one for one, key in keys.items() if key == ("id",)] == [one for one in keys if one != "order_items"]
    assert [place for place, _ in made.proposal.left_out] == ["products"]
    assert PASSWORD not in made.text


def test_a_scan_can_only_read(shop: Workspace, server: Server) -> None:
    source_scan.scan(shop, server.address(), Wish(options=SECRET))
    assert "READ ONLY" in server.log.upper()


def test_a_wrong_password_is_a_failure_that_names_nobody(
    shop: Workspace, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DSAR_TEST_PASSWORD", "wrong horse")
    with pytest.raises(SourceFailed) as failed:
        source_scan.scan(shop, server.address(), Wish(options=SECRET))
    assert "wrong horse" not in str(failed.value)
    assert "reader" not in str(failed.value)
