"""source list, source test."""

from __future__ import annotations

from typing import Annotated

import typer

from dsar.cli.emit import Answer, Cell, Column, Table, emit
from dsar.cli.options import SETTINGS, group
from dsar.cli.session import current
from dsar.errors import InputWrong
from dsar.workflow import upkeep

app_source = group("Where data lives: list, test.")


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
    checks = [upkeep.source_check(source) for source in sources]
    bad = [one for one in checks if one.state == upkeep.FAIL]
    return emit(
        Answer(
            schema="source-test",
            data={"sources": [{"source": one.name, "state": one.state, "says": one.says} for one in checks]},
            table=Table(
                (Column(title="SOURCE"), Column(title="STATE"), Column(title="RECORDS", shrink=True)),
                [(one.name, Cell(one.state, "red" if one in bad else "green"), one.says) for one in checks],
            ),
            exit_code=6 if bad else 0,
        )
    )
