"""source list, test, scan, add, import-fides."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dsar.cli.emit import Answer, Cell, Column, Table, emit
from dsar.cli.options import SETTINGS, group
from dsar.cli.session import current
from dsar.errors import InputWrong
from dsar.workflow import upkeep

if TYPE_CHECKING:
    from dsar.workflow.source_scan import Described, Wish

app_source = group("Where data lives: list, test, scan, add, import-fides.")

Kind = Annotated[str, typer.Option("--kind", help="The kind of source: sqlite, sql, csv, jsonl, person ...")]
Title = Annotated[str, typer.Option("--title", help="What people call the system.")]
Owner = Annotated[str, typer.Option("--owner", help="Who keeps it: a staff id.")]
Country = Annotated[str, typer.Option("--country", help="How phone numbers without a code are read: US ...")]
Password = Annotated[str, typer.Option("--password", help="Where its password is: env:NAME, keyring:NAME, file:PATH.")]
Options = Annotated[
    list[str] | None, typer.Option("--option", metavar="NAME=VALUE", help="A setting of the kind: rows=data.people ...")
]
Place = Annotated[str, typer.Option("--path", help="A file, a pattern, or the address of a database.")]


@app_source.command("list", context_settings=SETTINGS)
def list_() -> int:
    """Every source and its record sets, with what we are for each: controller or processor.

    Example: dsar source list
    """
    sources = current().workspace.sources
    rows = [
        (
            source.settings.name,
            record_set.name,
            source.settings.kind,
            "/".join(dict.fromkeys(str(period.role) for period in record_set.roles)),
            record_set.title + (" (secret)" if record_set.secret else ""),
        )
        for source in sources
        for record_set in source.settings.record_sets
    ]
    return emit(
        Answer(
            schema="source-list",
            data={
                "sources": [
                    {
                        "source": source.settings.name,
                        "kind": source.settings.kind,
                        "owner": source.settings.owner,
                        "record_sets": [
                            {"name": one.name, "title": one.title, "fields": len(one.fields), "secret": one.secret}
                            for one in source.settings.record_sets
                        ],
                    }
                    for source in sources
                ]
            },
            table=Table(
                (
                    Column(title="SOURCE"),
                    Column(title="RECORD SET"),
                    Column(title="KIND", drop=2),
                    Column(title="WE ARE", drop=1),
                    Column(title="WHAT IT IS", shrink=True),
                ),
                rows,
            ),
            before=() if rows else ("No source is described yet: sources/NAME.toml, see sources/README.txt.",),
        )
    )


@app_source.command("test", context_settings=SETTINGS)
def try_out(name: Annotated[str, typer.Argument(metavar="[SOURCE]", help="Only this one.")] = "") -> int:
    """Open every source and count its records; shows no value.

    Example: dsar source test crm
    """
    sources = [one for one in current().workspace.sources if name in ("", one.settings.name)]
    if name and not sources:
        raise InputWrong(f'There is no source "{name}".', hint="dsar source list")
    open_ = {source.settings.name: list(source.settings.unfinished) for source in sources}
    first = next((name for name, left in open_.items() if left), "")
    checks = [upkeep.source_check(source) for source in sources]
    bad = [one for one in checks if one.state == upkeep.FAIL]
    return emit(
        Answer(
            schema="source-test",
            data={
                "sources": [{"source": one.name, "state": one.state, "says": one.says} for one in checks],
                "undecided": open_,
            },
            table=Table(
                (Column(title="SOURCE"), Column(title="STATE"), Column(title="RECORDS", shrink=True)),
                [(one.name, Cell(one.state, "red" if one in bad else "green"), one.says) for one in checks],
            ),
            after=tuple(f"{name}: still to be decided: {', '.join(left)}" for name, left in open_.items() if left),
            hint=f"Next: finish sources/{first}.toml. Until then it is not searched." if first else "",
            exit_code=6 if bad else 0,
        )
    )


@app_source.command("scan", context_settings=SETTINGS)
def scan(
    target: Annotated[str, typer.Argument(metavar="NAME|PATH|URL", help="A source, a file, files, or a database.")],
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Write it there: sources/NAME.toml.")] = "",
    kind: Kind = "",
    title: Title = "",
    owner: Owner = "",
    country: Country = "",
    password: Password = "",
    option: Options = None,
    schema: Annotated[
        list[str] | None, typer.Option("--schema", metavar="NAME", help='A schema of the server, or "*" for all.')
    ] = None,
) -> int:
    """Look at a live source, read-only, and propose its description; shows values only masked, keeps none.

    Without --out the file is shown, not written. Lines with "# ?" are questions to you.

    Example: dsar source scan data/crm.sqlite --out sources/crm2.toml
    """
    from dsar.workflow import source_scan

    wish = _wish(kind=kind, title=title, owner=owner, country=country, password=password, option=option, schema=schema)
    found = source_scan.scan(current().workspace, target, wish, out=out)
    return emit(_proposed("source-scan", [found]))


@app_source.command("add", context_settings=SETTINGS)
def add(
    name: Annotated[str, typer.Argument(help="What it is called here: small letters and digits.")] = "",
    kind: Kind = "",
    path: Place = "",
    title: Title = "",
    owner: Owner = "",
    country: Country = "",
    password: Password = "",
    option: Options = None,
) -> int:
    """Write the first lines of a source file, to be finished by hand. Asks five questions, each also a flag.

    Example: dsar source add helpdesk --kind http --path https://desk.example.com/api --owner sam
    """
    from dsar.workflow import source_scan

    if current().interactive:
        name = name or typer.prompt("What is it called (crm, helpdesk ...)")
        kind = kind or typer.prompt("What kind is it (sqlite, sql, csv, jsonl, http, command, mailbox, person ...)")
        title = title or typer.prompt("What do people call it", default="")
        owner = owner or typer.prompt("Who keeps it (a staff id)", default="")
        if kind != "person":
            path = path or typer.prompt("Where is it (file, pattern, address)", default="")
    if not (name and kind):
        raise InputWrong(
            "Not done: a source needs a name and a kind. Nothing was written.",
            hint="dsar source add crm --kind sqlite --path data/crm.sqlite",
        )
    wish = _wish(
        name=name, kind=kind, path=path, title=title, owner=owner, country=country, password=password, option=option
    )
    return emit(_proposed("source-add", [source_scan.add(current().workspace, wish)]))


@app_source.command("import-fides", context_settings=SETTINGS)
def import_fides(
    file: Annotated[Path, typer.Argument(help="A dataset file of Fides (YAML).")],
    kind: Kind = "",
    path: Place = "",
    owner: Owner = "",
    country: Country = "",
    password: Password = "",
    option: Options = None,
) -> int:
    """Read the datasets of a Fides file into source files, one each, and tell what has no place in them.

    Example: dsar source import-fides shop.yml --kind sqlite --path data/shop.sqlite
    """
    from dsar.workflow import source_scan

    wish = _wish(kind=kind, path=path, owner=owner, country=country, password=password, option=option)
    found = source_scan.import_fides(current().workspace, file, wish)
    return emit(_proposed("source-import-fides", found))


def _wish(*, password: str = "", option: list[str] | None = None, schema: list[str] | None = None, **told: str) -> Wish:
    from dsar.workflow.source_scan import Wish

    options = dict(one.partition("=")[::2] for one in option or ())
    if not all(name and value for name, value in options.items()):
        raise InputWrong(
            "Not done: an option is a name and a value. Nothing was written.", hint="--option rows=data.people"
        )
    if password and not password.startswith(("env:", "keyring:", "file:")):
        raise InputWrong(
            "Not done: a password is never typed here; say where it is kept. Nothing was written.",
            hint="--password env:NAME, keyring:NAME or file:PATH",
        )
    return Wish(
        **told, options={**options, **({"password": password} if password else {})}, schemas=tuple(schema or ())
    )


def _proposed(schema: str, found: list[Described]) -> Answer:
    """What was proposed: a line per field, or the file itself where it was not written."""
    from dsar.workflow.source_scan import rows_of

    rows = [(one.name, *row) for one in found for row in rows_of(one)]
    before: list[str] = []
    after: list[str] = []
    for one in found:
        sets = len(one.proposal.sets)
        if one.written:
            fields = sum(len(described.fields) for described in one.proposal.sets)
            before.append(f"Wrote {one.written}: {sets} record set{'s' * (sets != 1)}, {fields} fields.")
            after.append(f"{one.written} asks {one.questions} questions: the lines with # ?")
        else:
            before += one.text.splitlines()
        after += [f"  {said}" for said in (*one.told, *_left_out(one))] if one.written else []
    written = [one.written for one in found if one.written]
    columns = ("RECORD SET", "FIELD", "IDENTIFIES", "DOES", "?")
    table = Table(
        (Column(title="SOURCE", drop=4), *(_column(title) for title in columns)),
        rows,
    )
    return Answer(
        schema=schema,
        data={"sources": [_data(one) for one in found]},
        before=tuple(before),
        table=table if written else None,
        after=tuple(after),
        hint=f"Next: finish {written[0]} by hand, then: dsar source test {found[0].name}" if written else "",
        rows=table,
    )


def _column(title: str) -> Column:
    return Column(title=title, shrink=title == "?", drop={"?": 3, "IDENTIFIES": 2}.get(title, 0))


def _left_out(one: Described) -> list[str]:
    return [f"left out: {place}: {why}" for place, why in one.proposal.left_out]


def _data(one: Described) -> dict[str, object]:
    return {
        "source": one.name,
        "written": one.written,
        "questions": one.questions,
        "told": list(one.told),
        "left_out": [{"place": place, "why": why} for place, why in one.proposal.left_out],
        "record_sets": [
            {
                "name": proposed.name,
                "place": proposed.place,
                "key": list(proposed.key),
                "shared": proposed.shared,
                "asks": list(proposed.asks),
                "fields": [
                    {
                        "name": described.name,
                        "identifies": described.identifies,
                        "match": described.match,
                        "emits": described.emits,
                        "text": described.text,
                        "never": described.never,
                        "says": described.says,
                        "asks": list(described.asks),
                    }
                    for described in proposed.fields
                ],
            }
            for proposed in one.proposal.sets
        ],
    }
