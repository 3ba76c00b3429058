"""The generated documentation is what the program says today."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.generate import HERE, PAGES, README, readme
from dsar.cli.commands import COMMANDS


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_page_is_in_step(name: str) -> None:
    assert (HERE / name).read_text(encoding="utf-8") == PAGES[name](), "run: make docs"


def test_the_readme_is_in_step() -> None:
    text = README.read_text(encoding="utf-8")
    assert text == readme(text), "run: make docs"


def test_every_command_is_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    assert [command.name for command in COMMANDS if f"`dsar {command.name}`" not in text] == []


def test_every_link_of_the_readme_leads_somewhere() -> None:
    import re

    links = re.findall(r"\]\(([^)#]+)\)", README.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (Path(README).parent / link).exists()] == []
