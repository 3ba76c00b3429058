"""Every command line that a text names can be typed: the verb, the sub-verb and each option exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer

from dsar.cli.commands import BY_NAME
from dsar.cli.session import FLAGS, VALUES

ROOT = Path(__file__).parents[2]
# What stands for a value of the program in a text: "dsar show {number}".
BLANK = "\N{HORIZONTAL ELLIPSIS}"
LINE = re.compile(r"(?<![\w./@-])dsar ((?:[\w.{}<>=:/\"'" + BLANK + r"-]+ ?)+)")
# Words after "dsar" in prose, where the program and not a command is meant.
PROSE = {"is", "was", "does", "did", "that", "on", "keeps", "alone", "takes", "itself", "knows", "can"}
SENTENCE = re.compile(r"[.;,)](?: |$)")
EVERYWHERE = {*FLAGS, *VALUES, "-h", "--help", "--version"}


def texts(path: Path) -> Iterator[str]:
    """Every string of a module, the values in it as blanks; docstrings are among them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else BLANK for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.value


@cache
def command(name: str) -> Any:
    entry = BY_NAME[name]
    return typer.main.get_command(getattr(import_module(f"dsar.cli.{entry.module}"), entry.attribute))


def named() -> list[tuple[str, str]]:
    """Where a command line is named, and the words after the program's name."""
    found = {}
    for path in sorted((ROOT / "dsar").rglob("*.py")):
        for text in texts(path):
            for line in LINE.findall(text):
                found[str(path.relative_to(ROOT)), SENTENCE.split(line)[0].strip("\"' ")] = None
    return list(found)


def fault(line: str) -> str:
    """What is wrong with a command line, "" if nothing."""
    words = line.split()
    verb = words[0].rstrip(":") if words else BLANK
    if verb in PROSE or verb.startswith(("-", BLANK, "{", "<")) or verb.isupper() or not verb[0].islower():
        return ""
    if verb not in BY_NAME:
        return f'there is no command "{verb}"'
    known = command(verb)
    rest = words[1:]
    if hasattr(known, "commands") and rest and re.fullmatch(r"[a-z][a-z-]*:?", rest[0]):
        name = rest[0].rstrip(":")
        if name not in known.commands:
            return f'"{verb}" has no "{name}"'
        known = known.commands[name]
    options = {option for parameter in known.params for option in (*parameter.opts, *parameter.secondary_opts)}
    for word in rest:
        option = word.strip("\"'.,:;)").partition("=")[0]
        if re.fullmatch(r"--[a-z][a-z-]*|-[a-z]", option) and option not in options | EVERYWHERE:
            return f'"{verb}" has no option {option}'
    return ""


def test_there_are_many() -> None:
    assert len(named()) > 200


@pytest.mark.parametrize(("where", "line"), named())
def test_a_command_line_that_is_named_exists(where: str, line: str) -> None:
    assert fault(line) == "", f"{where}: dsar {line}"


@pytest.mark.parametrize(
    ("line", "says"),
    [("shwo 1", "no command"), ("letter sned 1", 'no "sned"'), ("plan 1 --earse", "no option --earse")],
)
def test_a_slip_is_seen(line: str, says: str) -> None:
    assert says in fault(line)
