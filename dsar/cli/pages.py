"""The longer pages: a case's handover page and the sum behind a date."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from dsar.case.case import Look
from dsar.case.next import short
from dsar.case.rights import TITLES
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Line
from dsar.law.clocks import Clock
from dsar.workflow.overview import Page

_LOOKS = {
    Look.OPEN: "not searched yet",
    Look.ASKED: "asked",
    Look.SEARCHED: "searched",
    Look.FAILED: "FAILED",
    Look.WAIVED: "left out, with a reason",
    Look.EXCLUDED: "excluded",
}


def clock_lines(clock: Clock) -> list[Line]:
    """One clock with its steps, indented."""
    when = words.day(clock.due_on) if clock.due_on else f'no date: "{clock.standard}"'
    sure = "" if clock.confirmed == "yes" else f"  (rule {'partly ' if clock.confirmed == 'partly' else 'un'}confirmed)"
    lines: list[Line] = [(Cell(f"  {clock.obligation.replace('_', ' ')}: "), Cell(when, "bold"), Cell(sure, "yellow"))]
    for step in clock.steps:
        on = f"{step.on.isoformat()}  " if step.on else " " * 12
        lines.append(f"    {on}{step.says}")
    if clock.suspended_on:
        lines.append(f"    {clock.suspended_on.isoformat()}  with the pause that only guidance gives")
    if clock.target_on:
        lines.append(f"    {clock.target_on.isoformat()}  our own target, not the law's")
    return lines


def clock_json(clock: Clock) -> dict[str, Any]:
    """One clock as JSON; steps are sentences with their dates."""
    return {
        "obligation": clock.obligation,
        "due_on": clock.due_on.isoformat() if clock.due_on else None,
        "suspended_on": clock.suspended_on.isoformat() if clock.suspended_on else None,
        "target_on": clock.target_on.isoformat() if clock.target_on else None,
        "standard": clock.standard,
        "steps": [
            {"on": step.on.isoformat() if step.on else None, "days": step.days, "says": step.says}
            for step in clock.steps
        ],
        "cite": clock.cite,
        "confirmed": clock.confirmed,
        "rule": clock.rule,
        "in_force": clock.in_force,
        "in_force_since": clock.in_force_since.isoformat() if clock.in_force_since else None,
        "provisional": clock.provisional,
    }


def show_page(page: Page, today: date, *, timeline: bool) -> Answer:
    """The handover page as an answer."""
    case = page.case
    lines: list[Line] = [_title(page)]
    lines.append(f"Received  {words.day(case.received_on)}, by {case.channel}; written by: {case.role}")
    if page.subject:
        lines.append(f"Subject   {page.subject}")
    lines.append(f"Owner     {case.owner or 'nobody yet'}")
    for claim in page.claims:
        lines += _claim_lines(claim, today)
    lines += [(Cell(f"Repeated  {flag.says}", "yellow"),) for flag in page.flags]
    lines.append(_proof_line(page))
    if case.linked:
        lines.append(f"See also  {', '.join(case.linked)}")
    lines += _coverage_lines(page)
    lines += _letter_lines(page, today)
    lines += [f"Note      {at:%Y-%m-%d}  {text}" for at, text in page.notes]
    if page.child and not page.identifiers:
        lines.append("The child's name is hidden (--names to see it).")
    for kind, value in page.identifiers:
        lines.append(f"Known by  {kind.replace('_', ' ')}: {value}")
    if timeline:
        lines += ["", *_timeline(page)]
    first = next((claim.next for claim in page.claims if claim.stage != "closed"), None)
    return Answer(
        schema="show",
        data=_data(page),
        before=tuple(lines),
        hint=f"Next: {first.command}" if first else f"Next: dsar reopen {short(case.number)} --why ...",
    )


def _title(page: Page) -> Line:
    titles = ", ".join(dict.fromkeys(TITLES[claim.right] for claim in page.claims)) or "no right yet"
    mark = (Cell("CHILD UNDER 13  ", "magenta"),) if page.child else ()
    return (Cell(page.case.number, "bold"), Cell("  "), *mark, Cell(f"{titles}  {page.who}"))


def _claim_lines(claim: Any, today: date) -> list[Line]:
    lines: list[Line] = []
    for clock in claim.due:
        left = words.left((clock.due_on - today).days if clock.due_on else None)
        when = words.day(clock.due_on, today) if clock.due_on else f'no date: "{clock.standard}"'
        lines.append(
            (
                Cell(f"Clock     {claim.name}: {clock.obligation.replace('_', ' ')} by "),
                Cell(when, "bold"),
                Cell("  "),
                left,
                Cell(_waiting(clock, today)),
            )
        )
    if claim.chosen and not claim.outcome:
        lines.append((Cell(f"Law       {claim.name}: {claim.chosen}", "yellow"),))
    ended = f"  {claim.outcome.replace('_', ' ')}" if claim.outcome else ""
    lines.append(f"Stage     {claim.name}: {claim.stage}{ended}  ({claim.next.says})")
    return lines


def _waiting(clock: Clock, today: date) -> str:
    """What may still move the date, or would if guidance were law."""
    says = "  (provisional: it moves when what we asked for comes)" if clock.provisional else ""
    if clock.suspended_on:
        says += f"  ({words.day(clock.suspended_on, today)} with the pause of the guidance)"
    return says


def _proof_line(page: Page) -> Line:
    case = page.case
    if not any(claim.proof_level for claim in case.claims.values()):
        return "Identity  no proof needed"
    if case.proof_level:
        authority = f"; authority of the {case.authority} shown" if case.authority else ""
        return (Cell("Identity  "), Cell("proven", "green"), Cell(f" ({', '.join(case.proof_methods)}){authority}"))
    return (Cell("Identity  "), Cell("not proven yet", "yellow"))


def _coverage_lines(page: Page) -> list[Line]:
    lines: list[Line] = []
    for line in page.coverage:
        found = f", {words.counted(line.found, 'record')}" if line.state == "searched" else ""
        nothing = "searched, nothing held" if line.state == "searched" and not line.found else ""
        who = f" {line.asked}, due {line.asked_due_on}" if line.state is Look.ASKED else ""
        style = "red" if line.state is Look.FAILED else ""
        secret = " (secret: not told outside)" if line.secret else ""
        lines.append(
            (
                Cell(f"Source    {line.source}/{line.record_set}: "),
                Cell(nothing or f"{_LOOKS[line.state]}{who}{found}", style),
                Cell(secret),
            )
        )
    return lines


def _letter_lines(page: Page, today: date) -> list[Line]:
    lines: list[Line] = []
    for line in page.letters:
        on = f" {words.day(line.sent_on, today)}" if line.sent_on else ""
        lines.append(f"Letter    {line.kind.replace('_', ' ')}: {line.state}{on}")
    return lines


def _timeline(page: Page) -> list[Line]:
    return [f"{entry.seq:>5}  {entry.on}  {entry.actor:<10}  {entry.kind}" for entry in page.history]


def _data(page: Page) -> dict[str, Any]:
    case = page.case
    return {
        "case": case.number,
        "stage": page.stage,
        "received_on": case.received_on.isoformat(),
        "channel": case.channel,
        "requester_role": case.role,
        "language": case.language,
        "owner": case.owner,
        "child": page.child,
        "closed": case.closed,
        "purge_on": case.purge_on.isoformat() if case.purge_on else None,
        "claims": [
            {
                "claim": claim.name,
                "right": claim.right,
                "law": claim.law,
                "stage": claim.stage,
                "outcome": claim.outcome or None,
                "due": [clock_json(clock) for clock in claim.due],
                "chosen": claim.chosen,
                "next": claim.next.command,
            }
            for claim in page.claims
        ],
        "identity": {"level": case.proof_level, "methods": list(case.proof_methods), "authority": case.authority},
        "coverage": [
            {
                "source": line.source,
                "record_set": line.record_set,
                "state": line.state,
                "found": line.found,
                "ground": line.ground,
                "secret": line.secret,
                "asked": line.asked or None,
            }
            for line in page.coverage
        ],
        "findings": page.findings,
        "letters": [
            {
                "key": line.key,
                "kind": line.kind,
                "state": line.state,
                "sent_on": line.sent_on.isoformat() if line.sent_on else None,
            }
            for line in page.letters
        ],
        "linked": list(case.linked),
        "flags": [
            {"claim": flag.claim, "nth": flag.nth, "per": flag.per, "earlier": flag.earlier, "says": flag.says}
            for flag in page.flags
        ],
        "timeline": [
            {
                "seq": entry.seq,
                "on": str(entry.on),
                "actor": entry.actor,
                "fact": entry.kind,
                "body": asdict(entry.fact),
            }
            for entry in page.history
        ],
    }
