"""new: a case from questions, or from files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dsar.case.identifiers import identifier
from dsar.case.next import next_step, short
from dsar.case.rights import TITLES, right_named
from dsar.case.stages import Role
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit
from dsar.cli.options import SETTINGS, DryRun, Reason, one_command
from dsar.cli.session import current
from dsar.errors import InputWrong
from dsar.inbox.dates import read_date
from dsar.workflow.openings import Opening, typed

if TYPE_CHECKING:
    from dsar.workflow.intake import Taken

app_new = one_command()
_LARGEST_PIPE = 50 * 1024 * 1024

TypeOption = Annotated[
    list[str] | None, typer.Option("--type", help="access, edit, delete, notice, child ...; repeatable.")
]
LawOption = Annotated[list[str] | None, typer.Option("--law", help="gdpr, ccpa ...; empty = the strictest plausible.")]
ReceivedOption = Annotated[str, typer.Option("--received", help="The day it reached the organisation.")]
RoleOption = Annotated[str, typer.Option("--role", help="self, agent, parent, child, reporter, executor")]


@app_new.command(context_settings=SETTINGS)
def new(
    file: Annotated[
        list[str] | None, typer.Option("--file", "-f", help='.eml .mbox .txt .json .csv .xlsx; "-" = standard input.')
    ] = None,
    more: Annotated[list[str] | None, typer.Argument(metavar="[FILE]...", help="Further files after --file.")] = None,
    type_: TypeOption = None,
    law: LawOption = None,
    name: Annotated[str, typer.Option("--name", help="The data subject's name.")] = "",
    email: Annotated[str, typer.Option("--email", help="The requester's e-mail.")] = "",
    phone: Annotated[str, typer.Option("--phone", help="The data subject's phone.")] = "",
    identifier_: Annotated[
        list[str] | None, typer.Option("--identifier", metavar="KIND=VALUE", help="customer_no=, account_id= ...")
    ] = None,
    received: ReceivedOption = "",
    channel: Annotated[str, typer.Option("--channel", help="email, form, post, phone, in-person")] = "",
    role: RoleOption = "",
    language: Annotated[str, typer.Option("--language", help="The language of the request: en, de ...")] = "",
    text: Annotated[str, typer.Option("--text", help="What was said or written.")] = "",
    not_same_as: Annotated[
        str, typer.Option("--not-same-as", metavar="CASE", help="It is a new wish of the same person.")
    ] = "",
    reason: Reason = "",
    not_designated: Annotated[
        bool, typer.Option("--not-designated", help="1798.83: sent to no designated address.")
    ] = False,
    dry_run: DryRun = False,
) -> int:
    """Open a case: by questions (each also a flag), or read files into cases.

    Example: dsar new --file letter.eml
    """
    if file or more:
        return _from_files([*(file or []), *(more or [])], dry_run)
    return _by_questions(
        type_ or [], law or [], name, email, phone, identifier_ or [], received, channel, role, language, text,
        not_same_as, reason, not not_designated,
    )  # fmt: skip


def _from_files(files: list[str], dry_run: bool) -> int:
    from dsar.workflow import intake as work

    session = current()
    paths = [_source(one) for one in files]
    try:
        ws = session.workspace
    except InputWrong:
        if not dry_run:
            raise
        from zoneinfo import ZoneInfo

        from dsar.inbox.arrival import InboxSettings

        settings = InboxSettings(zone=ZoneInfo("UTC"), today=session.moment_in("UTC").on)
        taken = list(work.read_only(paths, settings))
    else:
        stamp = session.reader if dry_run else session.stamp
        taken = list(work.take_in(ws, paths, stamp, dry_run=dry_run))
    return _emit_taken(taken, dry_run)


def _source(name: str) -> Path | bytes:
    if name != "-":
        return Path(name)
    raw = sys.stdin.buffer.read(_LARGEST_PIPE + 1)
    if len(raw) > _LARGEST_PIPE:
        raise InputWrong("Not done: what came through the pipe is larger than 50 MB. Nothing was opened.")
    return raw


_SAID = {
    "would-open": "would open",
    "opened": "opened",
    "known": "already here",
    "attached": "filed to",
    "draft": "unsure",
    "refused": "refused",
}


def _emit_taken(taken: Sequence[Taken], dry_run: bool) -> int:
    results = [_result(one) for one in taken]
    table = Table(
        (
            Column(title="FILE", shrink=True),
            Column(title="STATE"),
            Column(title="CASE"),
            Column(title="READ AS", shrink=True),
            Column(title="LAWS", shrink=True, drop=1),
        ),
        [
            (
                one.arrival.file + (f" #{one.arrival.part}" if one.arrival.part else ""),
                Cell(_SAID[one.state], "yellow" if one.state == "draft" else ""),
                one.case,
                ", ".join(_titles(one)) or one.arrival.reading.primary_type.replace("_", " "),
                ", ".join(one.laws),
            )
            for one in taken
        ],
    )
    after: list[Line] = [(Cell(text, "yellow"),) for text in _remarks(taken)]
    bad = any(one.state == "refused" for one in taken)
    drafts = sum(1 for one in taken if one.state == "draft")
    opened = [one.case for one in taken if one.state == "opened"]
    hint = f"Next: dsar next {short(opened[0])}" if opened else ""
    if drafts and not dry_run:
        hint = f"{hint}     To decide: dsar triage" if hint else "Next: dsar triage"
    return emit(
        Answer(
            schema="new",
            data={"results": results},
            table=table,
            rows=_result_rows(results),
            after=tuple(dict.fromkeys(after)),
            hint=hint,
            exit_code=4 if bad and not dry_run else 0,
        )
    )


def _remarks(taken: Sequence[Taken]) -> list[str]:
    """What is to be said about the messages, each sentence once with the files it is about."""
    about: dict[str, list[str]] = {}
    for one in taken:
        for says in (*one.warnings, *one.arrival.problems):
            about.setdefault(says, []).append(one.arrival.file)
    lines = []
    for says, files in about.items():
        more = f" and {len(files) - 1} more" if len(files) > 1 else ""
        lines.append(f"{files[0]}{more}: {says}")
    return lines


def _titles(one: Taken) -> list[str]:
    return [TITLES[read.right] for read in one.arrival.reading.rights]


def _result(one: Taken) -> dict[str, Any]:
    reading = one.arrival.reading
    return {
        "file": one.arrival.file,
        "part": one.arrival.part,
        "state": one.state,
        "case": one.case or None,
        "language": reading.language,
        "primary_type": reading.primary_type,
        "second_type": reading.second_type or None,
        "rights": [str(read.right) for read in reading.rights],
        "laws": list(one.laws or reading.laws),
        "requester_role": reading.requester_role,
        "received_on": one.arrival.received_on.isoformat() if one.arrival.received_on else None,
        "identifiers": [{"kind": known.kind, "value": known.value, "raw": known.raw} for known in reading.identifiers],
        "confidence": round(reading.confidence, 2),
        "evidence": [{"says": read.words, "why": read.why, "right": str(read.right)} for read in reading.rights]
        + [{"says": each.says, "why": each.why} for each in reading.evidence],
        "warnings": [*one.warnings, *reading.warnings, *one.arrival.problems],
    }


def _result_rows(results: list[dict[str, Any]]) -> Table:
    names = ("file", "state", "case", "primary_type", "language", "received_on")
    return Table(
        tuple(Column(title=name) for name in names), [[str(row[name] or "") for name in names] for row in results]
    )


def _by_questions(
    types: list[str],
    laws: list[str],
    name: str,
    email: str,
    phone: str,
    more: list[str],
    received: str,
    channel: str,
    role: str,
    language: str,
    text: str,
    not_same_as: str,
    reason: str,
    designated: bool,
) -> int:
    session = current()
    ws = session.workspace
    today = session.moment.on
    if session.interactive:
        types = types or [typer.prompt("What do they ask for (access, edit, delete, notice, child)")]
        name = name or typer.prompt("Name of the data subject", default="")
        email = email or typer.prompt("E-mail to answer to (empty = by post)", default="")
        received = received or typer.prompt("Received on", default=today.isoformat())
        channel = channel or typer.prompt("Came by (email, form, post, phone)", default="email")
        laws = laws or [typer.prompt("Law named (empty = not said)", default="")]
    if not types:
        raise InputWrong(
            "Not done: say what is asked for. Nothing was opened.",
            hint='dsar new --type access --name "..." --email ... Or: dsar new --file letter.eml',
        )
    country = ws.config.organisation.country
    pairs = [("email", email), ("phone", phone), *(_pair(one) for one in more)]
    known = []
    for kind, raw in pairs:
        if not raw:
            continue
        found = identifier(kind, raw, country=country)
        if found is None:
            raise InputWrong(f'Not done: "{raw}" is not a {kind} I can read. Nothing was opened.')
        known.append(found)
    number = typed(
        ws,
        Opening(
            received_on=day_typed(received, today, ws.config.desk.date_order),
            channel=channel or ("email" if email else "post"),
            role=role_named(role),
            language=language or ws.config.organisation.language,
            rights=tuple(right_named(one) for one in types),
            laws=tuple(one for one in laws if one),
            name=name,
            identifiers=tuple(known),
            reply_to=email,
            text=text,
            designated=designated,
            evidence=(("typed by staff", ""),),
        ),
        session.stamp,
        not_same_as=not_same_as,
        reason=reason,
    )
    return emit_case(number, "new", "opened")


def _pair(text: str) -> tuple[str, str]:
    kind, eq, value = text.partition("=")
    if not eq:
        raise InputWrong(f'Not done: "{text}" is not an identifier.', hint="Write: --identifier customer_no=KV-1042")
    return kind.strip(), value


def role_named(text: str) -> Role:
    try:
        return Role(text.strip().casefold() or "self")
    except ValueError:
        raise InputWrong(
            f'Not done: "{text}" is not a role I know.', hint=f"The roles are: {', '.join(Role)}."
        ) from None


def day_typed(text: str, today: date, order: str) -> date:
    if not text:
        return today
    day = read_date(text, order=order)
    if day > today:
        raise InputWrong(
            f"Not done: {words.day(day)} lies ahead. Nothing was opened.", hint="Write the day it arrived."
        )
    return day


def emit_case(number: str, schema: str, verb: str) -> int:
    from dsar.workflow.overview import page

    session = current()
    found = page(session.workspace, number, names=session.names)
    case = session.workspace.ledger.case(number)
    steps = [next_step(case, claim) for claim in case.claims.values()]
    lines: list[Line] = [(Cell(number, "bold"), Cell(f"  {verb}  {found.who}"))]
    dues = []
    for claim in found.claims:
        for clock in claim.due:
            when = words.day(clock.due_on) if clock.due_on else f'no date: "{clock.standard}"'
            lines.append(f"  {claim.name}: {clock.obligation.replace('_', ' ')} by {when}")
            dues.append(
                {"claim": claim.name, "obligation": clock.obligation, "due_on": str(clock.due_on or "") or None}
            )
    return emit(
        Answer(
            schema=schema,
            data={
                "results": [
                    {
                        "file": None,
                        "state": "opened",
                        "case": number,
                        "language": case.language,
                        "primary_type": next(iter(case.claims.values())).right if case.claims else None,
                        "rights": list(dict.fromkeys(str(claim.right) for claim in case.claims.values())),
                        "laws": list(dict.fromkeys(claim.law for claim in case.claims.values())),
                        "requester_role": case.role,
                        "received_on": case.received_on.isoformat(),
                        "due": dues,
                    }
                ]
            },
            before=tuple(lines),
            rows=Table((Column(title="case"),), [(number,)]),
            hint=f"Next: {steps[0].command}" if steps else "",
        )
    )
