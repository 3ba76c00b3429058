"""Every command there is: one JSON document with its schema, CSV a spreadsheet opens safely, rows for a pipe, help."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
import typer

from dsar.cli.commands import COMMANDS
from tests.cli.typing import Terminal
from tests.workflow.office import RIVERA


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How a command is tried: the words after its name, at which step of Maria's case, by whom, how it ends."""

    words: str = ""
    step: str = "opened"
    who: str = "priya"
    code: int = 0
    schema: str = ""


# One row per command; a new command without one fails test_every_command_has_a_row.
ROWS: dict[str, Row] = {
    "next": Row(),
    "due": Row(words="--within 90d"),
    "list": Row(words="--type access"),
    "show": Row(words="1"),
    "ahead": Row(),
    "calendar": Row(words="--out {home}/due.ics"),
    "why": Row(words="1"),
    "new": Row(words="--file {home}/inbox/02-access-vogt-de.eml"),
    "intake": Row(words="--mbox {home}/inbox/02-access-vogt-de.eml"),
    "triage": Row(),
    "verify": Row(words="1 --method account-login"),
    "clarify": Row(words="1 --ask 'From which year are the calls you mean?'"),
    "pause": Row(words="1 --why identity", code=3),
    "resume": Row(words="1", code=3),
    "fee": Row(words="1 --charge 'USD 20'"),
    "set": Row(words="1 received=2026-11-09 --reason 'the letter lay in the post room'"),
    "classify": Row(words="1 --add delete"),
    "gather": Row(words="1", step="proven", code=4),
    "ask": Row(words="1 facilities", step="proven"),
    "review": Row(words="1 --accept --accept-flagged", step="gathered"),
    "approve": Row(words="1 --fingerprint {fingerprint}", step="reviewed", who="sam"),
    "plan": Row(words="1 --erase", step="proven", code=3),
    "apply": Row(words="1", step="proven", code=3),
    "erase check": Row(words="1", step="proven", code=3),
    "erase tell": Row(words="1", step="proven", code=3),
    "hold add": Row(words="1 --why litigation", who="marta"),
    "hold lift": Row(words="1 H-1", who="marta", code=3),
    "hold list": Row(words="1"),
    "child": Row(words="1"),
    "note": Row(words='1 "called back"'),
    "attach": Row(words="1 {home}/inbox/17-out-of-office.eml"),
    "link": Row(words="1 1", code=2),
    "assign": Row(words="1 sam"),
    "notice import": Row(words="{home}/recipients.csv", who="marta"),
    "notice list": Row(),
    "notice categories": Row(),
    "notice check": Row(words="1", code=2),
    "notice build": Row(words="1", code=2),
    "package build": Row(words="1", step="approved"),
    "package check": Row(words="1", step="packaged"),
    "letter preview": Row(words="1 acknowledgement"),
    "letter send": Row(words="1 acknowledgement"),
    "letter list": Row(words="1"),
    "outbox list": Row(),
    "outbox retry": Row(),
    "outbox resolve": Row(words="DSAR-2026-0001:answer --sent", code=2),
    "outbox cancel": Row(words="DSAR-2026-0001:answer", code=2),
    "extend": Row(words='1 --why "your records are in six systems"'),
    "refuse": Row(words="1 --ground excessive"),
    "appeal": Row(words="1", code=3),
    "decide": Row(words="1", code=2),
    "close": Row(words="1", step="answered"),
    "reopen": Row(words="1 --why mistake", code=3),
    "init": Row(words="{home}/new --no-input"),
    "doctor": Row(),
    "config check": Row(),
    "config show": Row(),
    "config edit": Row(code=2),
    "staff list": Row(),
    "staff add": Row(words="kim --name Kim", who="marta", schema="staff-set"),
    "staff set": Row(words="sam --role editor", who="marta", schema="staff-set"),
    "staff off": Row(words="luis", who="marta", schema="staff-set"),
    "source list": Row(),
    "source test": Row(words="crm"),
    "source scan": Row(words="crm"),
    "source add": Row(words="helpdesk --kind person --owner luis"),
    "source import-fides": Row(words="{home}/recipients.csv", code=2),
    "remind": Row(),
    "purge": Row(),
    "backup": Row(),
    "restore": Row(words="{home}/dsar.db"),
    "demo": Row(words="--keep {home}/practice --only-inbox"),
    "law list": Row(words="ccpa"),
    "law show": Row(words="ccpa access"),
    "law due": Row(words="--law uk-gdpr --right access --received 2026-11-25"),
    "law check": Row(),
    "law changes": Row(),
    "law adopt": Row(words="1 --why 'the section was amended'", code=3),
    "audit log": Row(words="1"),
    "audit check": Row(),
    "audit head": Row(),
    "help": Row(words="dates"),
    "version": Row(),
    "completion": Row(words="bash"),
}


def leaves() -> Iterator[tuple[str, Any]]:
    """Every command that can be typed, with its Typer command: "show", "letter send" ..."""
    for command in COMMANDS:
        module = import_module(f"dsar.cli.{command.module}")
        built = typer.main.get_command(getattr(module, command.attribute))
        below = getattr(built, "commands", None)
        if below:
            yield from ((f"{command.name} {name}", one) for name, one in below.items())
        else:
            yield command.name, built


LEAVES = dict(leaves())
KNOWN = [name for name in LEAVES if name in ROWS]


def words_of(name: str, row: Row, terminal: Terminal) -> list[str]:
    values = {"home": str(terminal.home), "fingerprint": ""}
    if "{fingerprint}" in row.words:
        values["fingerprint"] = terminal("review", "1", "--json").json["fingerprint"]
    return [*name.split(), *shlex.split(row.words.format(**values))]


def test_every_command_has_a_row() -> None:
    assert [name for name in LEAVES if name not in ROWS] == []


@pytest.mark.parametrize("name", KNOWN)
def test_json_is_one_document_with_its_schema(name: str, typed: Callable[..., Terminal]) -> None:
    row = ROWS[name]
    terminal = typed(row.step)
    ran = terminal(*words_of(name, row, terminal), "--json", who=row.who)
    assert ran.code == row.code, ran.says
    if row.code in (0, 4, 6):
        assert ran.json["schema"] == f"dsar.{row.schema or name.replace(' ', '-')}/1"
        assert ran.out.count("\n") == 1
        assert ran.err == ""
    else:
        assert ran.out == ""
        fault = json.loads(ran.err)
        assert fault["schema"] == "dsar.error/1"
        assert fault["exit_code"] == row.code
        assert fault["message"]


@pytest.mark.parametrize("name", [name for name in KNOWN if ROWS[name].code in (0, 4)])
def test_csv_opens_in_a_spreadsheet(name: str, typed: Callable[..., Terminal]) -> None:
    row = ROWS[name]
    terminal = typed(row.step)
    ran = terminal(*words_of(name, row, terminal), "--csv", who=row.who)
    assert ran.code == row.code, ran.says
    assert ran.out.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(ran.out.removeprefix("\ufeff"))))
    assert len({len(cells) for cells in rows}) == 1, "every row has every column"
    assert all(cell[:1] not in ("=", "+", "-", "@", "\t") for cells in rows for cell in cells)


@pytest.mark.parametrize("name", ["next", "due", "list", "outbox list", "staff list", "source list", "audit log"])
def test_a_pipe_gets_rows_with_tabs_whole_ids_and_iso_dates(name: str, busy: Terminal) -> None:
    out = busy(*name.split()).out
    lines = out.splitlines()
    assert lines
    assert len({line.count("\t") for line in lines}) == 1
    assert "\t" in lines[0]
    assert "\x1b" not in out
    assert not re.search(r"\b\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b", out)


@pytest.mark.parametrize("name", LEAVES)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_works_at_the_end_of_anything(name: str, flag: str, typed: Callable[..., Terminal]) -> None:
    ran = typed("opened")(*name.split(), flag)
    assert ran.code == 0, ran.err
    assert "Usage" in ran.out


@pytest.mark.parametrize("name", LEAVES)
def test_every_option_and_example_is_true(name: str) -> None:
    """The example in a command's help parses with that command's own options."""
    from dsar.cli.session import hoist

    command = LEAVES[name]
    text = command.callback.__doc__ or ""
    examples = re.findall(r"^\s*Example: (dsar .+)$", text, re.MULTILINE)
    if not examples:
        assert name == "version", "a command shows one example"
    for example in examples:
        words = shlex.split(example.partition(" >")[0])[1:]
        assert words[: len(name.split())] == name.split(), example
        _, rest = hoist(words)
        command.make_context(name, rest[len(name.split()) :])
    for option in command.params:
        if getattr(option, "opts", [""])[0].startswith("--") and option.name != "help":
            assert getattr(option, "help", None), f"{name} {option.opts}: no help"


class TestTopHelp:
    def test_it_fits_one_screen_with_examples_first(self, typed: Callable[..., Terminal]) -> None:
        for words in (("help",), ("--help",), ("-h",)):
            out = typed("opened")(*words).out
            lines = out.splitlines()
            assert len(lines) <= 65
            assert max(map(len, lines)) <= 110
            assert out.index("dsar new --file") < out.index("Work on a case")
            daily = [command.name for command in COMMANDS if command.daily]
            assert all(re.search(rf"^  {name}\b", out, re.MULTILINE) for name in daily)
            assert all(
                re.search(rf"^Also: .*\b{command.name}\b", out, re.M) for command in COMMANDS if not command.daily
            )

    def test_every_command_has_its_line_in_the_whole_of_it(self, typed: Callable[..., Terminal]) -> None:
        out = typed("opened")("help", "commands").out
        assert all(re.search(rf"^  {command.name}\b", out, re.MULTILINE) for command in COMMANDS)

    @pytest.mark.parametrize("topic", ["exit-codes", "dates", "cron", "json", "shared"])
    def test_topics(self, typed: Callable[..., Terminal], topic: str) -> None:
        ran = typed("opened")("help", topic)
        assert ran.code == 0
        assert len(ran.out) > 100

    def test_help_of_a_command(self, typed: Callable[..., Terminal]) -> None:
        ran = typed("opened")("help", "letter", "send")
        assert ran.code == 0
        assert "Example: dsar letter send 36 answer" in ran.out

    def test_a_topic_that_is_none(self, typed: Callable[..., Terminal]) -> None:
        ran = typed("opened")("help", "weather")
        assert ran.code == 2
        assert "no help on" in ran.err


class TestQuiet:
    @pytest.mark.parametrize("words", [("due",), ("backup",), ("audit", "check"), ("close", "1")])
    def test_when_all_is_well_nothing_is_said(self, typed: Callable[..., Terminal], words: tuple[str, ...]) -> None:
        ran = typed("answered")(*words, "--quiet")
        assert (ran.code, ran.out, ran.err) == (0, "", "")

    def test_a_failure_is_still_said(self, typed: Callable[..., Terminal]) -> None:
        ran = typed("opened")("close", "1", "--quiet")
        assert ran.code == 3
        assert RIVERA in ran.err
