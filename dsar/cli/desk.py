"""init, doctor, config, backup, restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit
from dsar.cli.options import SETTINGS, group, one_command
from dsar.cli.session import current, os_login
from dsar.errors import InputWrong
from dsar.workflow import setup, upkeep

app_init, app_doctor, app_backup, app_restore = (one_command() for _ in range(4))
app_config = group("The settings in dsar.toml: check, show.")


@app_init.command(context_settings=SETTINGS)
def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder to make.")] = Path("."),
    org: Annotated[str, typer.Option("--org", help="The organisation's name.")] = "",
    email: Annotated[str, typer.Option("--email", help="The mailbox requests come to.")] = "",
    laws: Annotated[str, typer.Option("--laws", help="ccpa,gdpr,coppa,1798.83; empty = all.")] = "",
    zone: Annotated[str, typer.Option("--zone", help="The office's time zone, as Europe/Dublin.")] = "",
    region: Annotated[str, typer.Option("--region", help="Whose holidays: GB-ENG, DE, US-CA ...")] = "",
    country: Annotated[str, typer.Option("--country", help="How numbers without a code are read: US ...")] = "",
    group: Annotated[str, typer.Option("--group", help="A group of this computer that shares the workspace.")] = "",
) -> int:
    """Make a workspace: settings, store, folders. Asks six questions, each also a flag; repeating it is harmless.

    Example: dsar init privacy --org "Example Ltd" --laws gdpr --no-input
    """
    session = current()
    if session.interactive and not (folder / "dsar.toml").exists():
        org = org or typer.prompt("The organisation's name", default="Your organisation")
        email = email or typer.prompt("The mailbox requests come to", default="")
        laws = laws or typer.prompt("Laws (ccpa,gdpr,coppa,1798.83; empty = all)", default="")
        zone = zone or typer.prompt("The office's time zone", default="UTC")
        region = region or typer.prompt("Whose holidays (GB-ENG, DE, US-CA; empty = the law's default)", default="")
        country = country or typer.prompt("Country of phone numbers without a code (US; empty = none)", default="")
    made = setup.make(
        folder.expanduser().resolve(),
        setup.Wishes(
            name=org or "Your organisation",
            email=email,
            zone=_zone(zone or "UTC"),
            region=region,
            country=country.upper(),
            laws=_laws(laws),
            login=os_login(),
            group=group,
        ),
    )
    says = f"{made.home} is a workspace already; nothing was changed." if made.already else f"Made {made.home}."
    more = () if made.already else (f"  {', '.join(made.parts)}",)
    return emit(
        Answer(
            schema="init",
            data={"home": str(made.home), "already": made.already, "made": list(made.parts)},
            before=(says, *more),
            hint=f"Next: dsar doctor --home {made.home}, then dsar new --home {made.home}",
            rows=Table((Column(title="home"),), [(str(made.home),)]),
        )
    )


def _zone(name: str) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputWrong(
            f'Not done: "{name}" is not a time zone I know. Nothing was made.', hint="--zone Europe/Dublin"
        ) from None
    return name


def _laws(text: str) -> tuple[str, ...]:
    from dsar.law.rules import load

    return tuple(load().law(word.strip()).id for word in text.split(",") if word.strip())


@app_doctor.command(context_settings=SETTINGS)
def doctor(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make the lists anew from the facts.")] = False,
) -> int:
    """Check settings, laws, store, staff, mail, sources, backups: one line each, with the command that helps.

    Example: dsar doctor
    """
    session = current()
    if rebuild:
        session.workspace.ledger.rebuild()
    checks = upkeep.doctor(session.workspace, session.moment.recorded_at)
    style = {upkeep.OK: "green", upkeep.WARN: "yellow", upkeep.FAIL: "bold red"}
    bad = [one for one in checks if one.state == upkeep.FAIL]
    return emit(
        Answer(
            schema="doctor",
            data={
                "rebuilt": rebuild,
                "checks": [
                    {"name": one.name, "state": one.state, "says": one.says, "hint": one.hint} for one in checks
                ],
            },
            table=Table(
                (
                    Column(title="CHECK"),
                    Column(title="STATE"),
                    Column(title="", shrink=True),
                    Column(title="TYPE THIS", shrink=True, drop=1),
                ),
                [(one.name, Cell(one.state, style[one.state]), one.says, one.hint) for one in checks],
            ),
            after=tuple(f"{one.name}: {one.says} {one.hint}" for one in bad),
            exit_code=6 if bad else 0,
        )
    )


@app_config.command(context_settings=SETTINGS)
def check() -> int:
    """All faults of dsar.toml at once, with their lines.

    Example: dsar config check
    """
    from dsar.config import describe

    ws = current().workspace
    faults = upkeep.config_faults(ws.home)
    good: Line = (Cell("config ok", "green"), Cell(f": {words.counted(len(describe()), 'setting')} known."))
    return emit(
        Answer(
            schema="config-check",
            data={"faults": faults},
            before=tuple(faults) or (good,),
            exit_code=6 if faults else 0,
        )
    )


@app_config.command(context_settings=SETTINGS)
def show() -> int:
    """Every setting, its value here and its meaning.

    Example: dsar config show
    """
    from dsar.config import describe

    config = current().workspace.config
    rows = []
    for name, default, says in describe():
        if name.startswith(("staff.", "mailbox.", "form.")):
            continue
        value = _value(config, name)
        rows.append((name, value, "" if value == default else f"default: {default or 'empty'}", says))
    return emit(
        Answer(
            schema="config-show",
            data={"settings": [{"name": row[0], "value": row[1], "meaning": row[3]} for row in rows]},
            table=Table(
                (
                    Column(title="SETTING"),
                    Column(title="VALUE", shrink=True),
                    Column(title="", shrink=True, drop=2),
                    Column(title="MEANING", shrink=True, drop=1),
                ),
                rows,
            ),
        )
    )


@app_config.command(context_settings=SETTINGS)
def edit() -> int:
    """Open dsar.toml in your editor; it is saved only if every setting reads well.

    Example: dsar config edit
    """
    session = current()
    if not session.interactive:
        raise InputWrong("Not done: there is no terminal to edit in.", hint="Edit dsar.toml, then: dsar config check")
    before = upkeep.config_text(session.workspace.home)
    after = _edited(before)
    changed = after != before
    if changed:
        upkeep.save_config(session.workspace.home, after)
    good: Line = (Cell("config ok", "green"), Cell(": saved." if changed else ": nothing was changed."))
    return emit(Answer(schema="config-edit", data={"changed": changed}, before=(good,)))


def _edited(text: str) -> str:
    """The text as the person left it in the editor."""
    import os
    import shlex
    import subprocess
    from tempfile import TemporaryDirectory

    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with TemporaryDirectory() as folder:
        draft = Path(folder) / "dsar.toml"
        draft.write_text(text, encoding="utf-8")
        try:
            subprocess.run([*editor, str(draft)], check=True)
        except (OSError, subprocess.CalledProcessError):
            raise InputWrong(
                f"Not done: the editor {editor[0]} did not open, or stopped with an error. Nothing was changed.",
                hint="Set EDITOR to the one you use, then: dsar config edit",
            ) from None
        return draft.read_text(encoding="utf-8-sig")


def _value(config: object, name: str) -> str:
    value = config
    for part in name.split("."):
        value = getattr(value, part)
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(value) if isinstance(value, tuple) else str(value)


@app_backup.command(context_settings=SETTINGS)
def backup(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="Where to (default: backups/).")] = None,
) -> int:
    """Copy the store while it is in use; the copy is opened and checked before it counts.

    Example: dsar backup /mnt/safe
    """
    session = current()
    done = upkeep.backup(session.workspace, folder, session.stamp)
    return emit(
        Answer(
            schema="backup",
            data={"file": str(done.path), "entries": done.entries, "head": done.head, "faults": len(done.faults)},
            before=(f"{done.path}: {done.entries:,} entries, head {done.head}, checked.",),
            exit_code=6 if done.faults else 0,
        )
    )


@app_restore.command(context_settings=SETTINGS)
def restore(file: Annotated[Path, typer.Argument(help="The backup.")]) -> int:
    """Bring a backup back, checked, beside the store; it never replaces the store by itself.

    Example: dsar restore backups/dsar-20261121-023000.db
    """
    session = current()
    restored = upkeep.restore(session.workspace, file, session.stamp)
    done, target = restored.checked, restored.target
    lines = [
        f"{target.name}: {done.entries:,} entries, head {done.head}, checked. It lies beside the store.",
        "To use it: stop everybody, keep the old dsar.db elsewhere, and rename this file to dsar.db.",
    ]
    if restored.forgotten:
        count = words.counted(len(restored.forgotten), "case")
        lines.insert(1, f"{count} purged since then: forgotten in the copy too.")
    return emit(
        Answer(
            schema="restore",
            data={
                "file": str(target),
                "entries": done.entries,
                "head": done.head,
                "faults": len(done.faults),
                "forgotten": list(restored.forgotten),
            },
            before=tuple(lines),
            hint="Then: dsar doctor",
            exit_code=6 if done.faults else 0,
        )
    )
