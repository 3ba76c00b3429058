"""new: a case from questions, or from files."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from dsar.case.identifiers import identifier
from dsar.case.next import next_step
from dsar.case.rights import right_named
from dsar.case.stages import Role
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit
from dsar.cli.options import SETTINGS, DryRun, Reason, one_command
from dsar.cli.session import current
from dsar.cli.taken import Told
from dsar.errors import InputWrong
from dsar.inbox.dates import read_date
from dsar.workflow.keeping import link
from dsar.workflow.openings import Opening, typed

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
        list[str] | None, typer.Option("--file", "-f", help='.eml .mbox .txt .pdf .json .csv .xlsx; "-" = a pipe.')
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
    about: Annotated[
        str, typer.Option("--about", metavar="CASE", help="A complaint or appeal about this case: the two are linked.")
    ] = "",
    not_designated: Annotated[
        bool, typer.Option("--not-designated", help="1798.83: sent to no designated address.")
    ] = False,
    note: Annotated[
        bool, typer.Option("--note", help="A telephone call: who, which number, when, what was said.")
    ] = False,
    dry_run: DryRun = False,
) -> int:
    """Open a case: by questions (each also a flag), or read files into cases.

    Example: dsar new --file letter.eml
    """
    if file or more:
        return _from_files([*(file or []), *(more or [])], dry_run)
    if note and not type_:
        from dsar.cli.phone_note import take

        told = take(name, phone, email, identifier_ or [], received, language, text, dry_run=dry_run)
        return emit_taken(told, dry_run)
    return _by_questions(
        type_ or [], law or [], name, email, phone, identifier_ or [], received, channel or ("phone" if note else ""),
        role, language, text,
        not_same_as, reason, not not_designated, about,
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
        taken = work.read_only(paths, settings)
    else:
        stamp = session.reader if dry_run else session.stamp
        taken = work.take_in(ws, paths, stamp, dry_run=dry_run)
    return emit_taken(Told.of(taken), dry_run)


def emit_taken(told: Told, dry_run: bool) -> int:
    return emit(
        Answer(
            schema="new",
            data={"results": told.results},
            table=told.table,
            rows=told.rows,
            after=told.remarks,
            hint=told.hint(dry_run=dry_run),
            exit_code=4 if told.refused and not dry_run else 0,
        )
    )


def _source(name: str) -> Path | bytes:
    if name != "-":
        return Path(name)
    raw = sys.stdin.buffer.read(_LARGEST_PIPE + 1)
    if len(raw) > _LARGEST_PIPE:
        raise InputWrong("Not done: what came through the pipe is larger than 50 MB. Nothing was opened.")
    return raw


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
    about: str,
) -> int:
    session = current()
    ws = session.workspace
    today = session.moment.on
    if session.interactive:
        types = [_meant(one) for one in types or [typer.prompt("What do they ask for (access, edit, delete, child)")]]
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
    other = ws.ledger.resolve(about) if about else ""
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
    if other:
        link(ws, number, other, session.stamp, duplicate=False)
    return emit_case(number, "new", "opened")


def _meant(word: str) -> str:
    """The word for a right, asked again while it means several or none."""
    while True:
        try:
            return right_named(word)
        except InputWrong as wrong:
            typer.echo(f"{wrong.message} {wrong.hint}", err=True)
            word = typer.prompt("Which one")


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
    warnings = [f"{claim.name}: {claim.chosen}" for claim in found.claims if claim.chosen]
    warnings += [flag.says for flag in found.flags]
    lines += [(Cell(f"  {says}", "yellow"),) for says in warnings]
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
                        "warnings": warnings,
                    }
                ]
            },
            before=tuple(lines),
            rows=Table((Column(title="case"),), [(number,)]),
            hint=f"Next: {steps[0].command}" if steps else "",
        )
    )
