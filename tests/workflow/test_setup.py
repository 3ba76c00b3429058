"""Making a workspace: private, repeatable, never over something that is there."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from dsar.errors import InputWrong
from dsar.workflow import setup, upkeep
from dsar.workspace import Workspace
from tests.workflow.office import by, opening


def test_a_new_workspace_works_with_its_defaults(tmp_path: Path) -> None:
    home = tmp_path / "desk"
    made = setup.make(home, setup.Wishes(login="kim"))
    assert not made.already
    assert {"dsar.toml", "dsar.db", "recipients.csv"} <= set(made.parts)
    ws = Workspace(home)
    assert upkeep.config_faults(home) == []
    assert ws.config.organisation.zone == "UTC"
    assert ws.config.mail.transport == "folder"
    assert len(ws.laws) == len(ws.rules.laws())
    from dsar.workflow.openings import typed

    assert typed(ws, opening(), by("kim")) == "DSAR-2026-0001"
    ws.ledger.close()


def test_nobody_else_may_look_inside(tmp_path: Path) -> None:
    home = tmp_path / "desk"
    setup.make(home, setup.Wishes())
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [home, *home.rglob("*")]}
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}


def test_again_it_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "desk"
    setup.make(home, setup.Wishes(name="First"))
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert setup.make(home, setup.Wishes(name="Second")).already
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


def test_what_is_missing_is_made_and_what_is_there_is_kept(tmp_path: Path) -> None:
    home = tmp_path / "desk"
    setup.make(home, setup.Wishes(name="First"))
    (home / "dsar.db").unlink()
    text = (home / "dsar.toml").read_text(encoding="utf-8")
    made = setup.make(home, setup.Wishes(name="Second"))
    assert made.parts == ("dsar.db",)
    assert (home / "dsar.toml").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", ['Bob "Quote" & Sons', "back\\slash", "two\nlines", "Łukasz ☃ [red]"])
def test_an_awkward_name_still_makes_readable_settings(tmp_path: Path, name: str) -> None:
    home = tmp_path / "desk"
    setup.make(home, setup.Wishes(name=name, email="privacy@example.com", region="GB-ENG", zone="Europe/London"))
    assert upkeep.config_faults(home) == []
    assert Workspace(home).config.organisation.name == name.replace("\n", " ")


def test_the_chosen_laws_are_kept(tmp_path: Path) -> None:
    home = tmp_path / "desk"
    setup.make(home, setup.Wishes(laws=("eu-gdpr", "uk-gdpr")))
    assert Workspace(home).laws == ("eu-gdpr", "uk-gdpr")


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "desk").write_text("mine", encoding="utf-8")
    with pytest.raises(InputWrong, match="is a file"):
        setup.make(tmp_path / "desk", setup.Wishes())
    assert (tmp_path / "desk").read_text(encoding="utf-8") == "mine"


def test_a_group_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputWrong, match="no group"):
        setup.make(tmp_path / "desk", setup.Wishes(group="no-such-group-here"))


class TestSample:
    def test_it_is_a_rehearsal_and_complete(self, desk: Workspace) -> None:
        assert desk.config.desk.rehearsal
        assert [one.settings.name for one in desk.sources] == [
            "calls", "crm", "facilities", "feedback", "newsletter", "tickets"
        ]  # fmt: skip
        assert len(setup.sample_messages(desk.home)) == 20

    def test_it_is_private(self, desk: Workspace) -> None:
        loose = [path for path in desk.home.rglob("*") if stat.S_IMODE(path.stat().st_mode) & 0o077]
        assert loose == []

    def test_it_does_not_move_into_a_folder_with_something_in_it(self, tmp_path: Path) -> None:
        (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
        with pytest.raises(InputWrong, match="is not empty"):
            setup.make_sample(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
