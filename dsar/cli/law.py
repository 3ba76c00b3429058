"""``dsar law``: the rules, and the sum for one date."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dsar.cli import law_office, words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit
from dsar.cli.law_office import Laws, book_of
from dsar.cli.options import SETTINGS, group
from dsar.cli.pages import clock_json, clock_lines
from dsar.errors import InputWrong
from dsar.law.clocks import ClockFact, clocks, zoned

app_law = group("The rules: list, show, due, check need no workspace; changes and adopt look at open cases.")
for verb in (law_office.check, law_office.changes, law_office.adopt):
    app_law.command(context_settings=SETTINGS)(verb)


@app_law.command("list", context_settings=SETTINGS)
def list_(
    law: Annotated[str, typer.Argument(metavar="[LAW]", help="Only this law: gdpr, ccpa ...")] = "", folder: Laws = None
) -> int:
    """Every law, or with a law every right in it.

    Example: dsar law list ccpa
    """
    book = book_of(folder)
    if law:
        rules = book.rules(law)
        rows = [(r.id, r.right, r.term, str(r.respond.within or r.respond.standard), r.confirmed) for r in rules]
        table = Table(
            (
                Column(title="RULE"),
                Column(title="OUR WORD"),
                Column(title="THE LAW'S WORD", shrink=True, drop=1),
                Column(title="ANSWER WITHIN", shrink=True),
                Column(title="CONFIRMED", drop=2),
            ),
            rows,
        )
        data = [
            {"rule": r.id, "right": r.right, "term": r.term, "name": r.name, "cite": r.cite, "confirmed": r.confirmed}
            for r in rules
        ]
        return emit(Answer(schema="law-list", data={"law": book.law(law).id, "rules": data}, table=table))
    laws = book.laws()
    table = Table(
        (
            Column(title="LAW"),
            Column(title="SHORT"),
            Column(title="RIGHTS", right=True, drop=1),
            Column(title="NAME", shrink=True),
        ),
        [
            (one.id, one.short_name, str(len(book.rules(one.id))), one.name + (" (own)" if book.is_own(one.id) else ""))
            for one in laws
        ],
    )
    listed: list[dict[str, object]] = [
        {
            "law": one.id,
            "short_name": one.short_name,
            "name": one.name,
            "aliases": ", ".join(one.aliases),
            "own": book.is_own(one.id),
        }
        for one in laws
    ]
    return emit(Answer(schema="law-list", data={"laws": listed}, table=table, hint="Next: dsar law list LAW"))


@app_law.command(context_settings=SETTINGS)
def show(
    law: Annotated[str, typer.Argument(help="A law: gdpr, ccpa, 1798.83 ...")],
    right: Annotated[str, typer.Argument(help="A right: access, or the law's own word.")],
    not_designated: Annotated[bool, typer.Option("--not-designated", help="Sent to no designated address.")] = False,
    on: Annotated[str, typer.Option("--on", help="As of this day.")] = "",
    folder: Laws = None,
) -> int:
    """One rule, whole: periods, pauses, proof, refusal, sources, and how sure it is.

    Example: dsar law show ccpa access
    """
    from dsar.cli.rules import rule_lines
    from dsar.cli.session import current

    day = zoned(on, "UTC") if on else current().moment_in("UTC").on
    rule = book_of(folder).find(law, right, on=day, designated=not not_designated)
    from dataclasses import asdict

    return emit(Answer(schema="law-show", data={"rule": asdict(rule)}, before=tuple(rule_lines(rule))))


@app_law.command(context_settings=SETTINGS)
def due(
    law: Annotated[str, typer.Option("--law", help="A law: eu-gdpr, ccpa ...")],
    right: Annotated[str, typer.Option("--right", help="A right: access, or the law's own word.")],
    received: Annotated[str, typer.Option("--received", help="DATE, or a time with its offset.")],
    zone: Annotated[str, typer.Option("--zone", help="The office's time zone.")] = "UTC",
    region: Annotated[str, typer.Option("--region", help="Whose holidays: GB-ENG, DE, IE, CH-ZH ...")] = "",
    fact: Annotated[
        list[str] | None, typer.Option("--fact", metavar="KIND=DATE", help="id_requested=2026-02-12 ...")
    ] = None,
    not_designated: Annotated[
        bool, typer.Option("--not-designated", help="1798.83: sent to no designated address.")
    ] = False,
    target_days: Annotated[int | None, typer.Option("--target-days", min=0, help="Our own target, in days.")] = None,
    folder: Laws = None,
) -> int:
    """The sum for one date: when an answer is due, and each step that led to it.

    Example: dsar law due --law uk-gdpr --right access --received 2026-11-25 --region GB-ENG
    """
    from datetime import timedelta

    from dsar.law.calendars import calendar_for

    day = zoned(received, zone)
    book = book_of(folder)
    rule = book.find(law, right, on=day, designated=not not_designated)
    calendar = None
    if rule.needs_calendar and rule.calendar is not None:
        calendar = calendar_for(
            rule.calendar, (day, day + timedelta(days=3 * 366)), region or None, data=book.calendars
        )
    found = clocks(rule, day, [_fact(text, zone) for text in fact or []], calendar=calendar, target_days=target_days)
    lines: list[Line] = [(Cell(rule.name, "bold"), Cell(f"  ({rule.id}), received {words.day(day)}"))]
    for clock in found:
        lines += clock_lines(clock)
    return emit(
        Answer(
            schema="law-due",
            data={
                "law": rule.law,
                "right": rule.right,
                "term": rule.term,
                "received_on": day.isoformat(),
                "clocks": [clock_json(clock) for clock in found],
            },
            before=tuple(lines),
            rows=_rows([clock_json(clock) for clock in found]),
        )
    )


def _rows(found: list[dict[str, Any]]) -> Table:
    names = ("obligation", "due_on", "suspended_on", "target_on", "standard", "confirmed", "cite")
    return Table(
        tuple(Column(title=name) for name in names), [[str(row[name] or "") for name in names] for row in found]
    )


def _fact(text: str, zone: str) -> ClockFact:
    kind, eq, on = text.partition("=")
    if not eq:
        raise InputWrong(f'Not done: "{text}" is not a fact with a date.', hint="Write: --fact id_received=2026-02-20")
    return ClockFact(kind=kind.strip(), on=zoned(on, zone))
