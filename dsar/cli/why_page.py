"""The page that accounts for every date of a case: the sum, the rule behind it, and what became of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from dsar.case.case import Case
from dsar.case.next import short
from dsar.case.stages import Outcome
from dsar.case.standing import Stand, Standing
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Line
from dsar.cli.pages import clock_json
from dsar.law.clocks import Obligation

if TYPE_CHECKING:
    from dsar.law.clocks import Clock
    from dsar.workflow.overview import Why

_DID = {
    Obligation.ACKNOWLEDGE: "acknowledged",
    Obligation.RESPOND: "answered",
    Obligation.EXTENDED: "answered",
    Obligation.EXTENSION_NOTICE: "the notice left",
}
_STYLES = {Standing.LATE: "bold red", Standing.MISSED: "red", Standing.MET: "green", Standing.VOID: "red"}
_UNSURE = {"partly": "  (rule partly confirmed)", "no": "  (rule unconfirmed)"}


def why_page(case: Case, sums: tuple[Why, ...], corrected: tuple[str, ...], today: date) -> Answer:
    """The whole page: the clock that leads first, then every right with its sums."""
    lines: list[Line] = [(Cell(case.number, "bold"), Cell(f"  received {words.day(case.received_on)}"))]
    lines += [_leading(sums, today)]
    lines += [(Cell(says, "yellow"),) for says in corrected]
    for one in sums:
        lines += ["", *_right(one, today)]
    first = next((stand for one in sums for stand in one.stands if stand.binds), None)
    return Answer(
        schema="why",
        data={
            "case": case.number,
            "received_on": case.received_on.isoformat(),
            "leads": sums[0].claim if first and first.standing in (Standing.OPEN, Standing.LATE) else None,
            "corrections": list(corrected),
            "claims": [_json(one) for one in sums],
        },
        before=tuple(lines),
        hint=f"Next: dsar next {short(case.number)}",
    )


def _leading(sums: tuple[Why, ...], today: date) -> Line:
    """The clock that leads: the earliest that still runs."""
    open_ = [
        (stand.clock.due_on or date.max, one, stand)
        for one in sums
        for stand in one.stands
        if stand.standing in (Standing.OPEN, Standing.LATE)
    ]
    if not open_:
        return "No clock runs any more."
    _, one, stand = min(open_, key=lambda row: row[0])
    what = f"{one.claim}, {_named(stand.clock)}"
    if stand.clock.due_on is None:
        return f'Leading: {what}, no date by law: "{stand.clock.standard}"'
    left = words.left((stand.clock.due_on - today).days)
    return (Cell(f"Leading: {what} by "), Cell(words.day(stand.clock.due_on), "bold"), Cell("  "), left)


def _right(one: Why, today: date) -> list[Line]:
    cite = one.cite if one.cite.startswith(one.law) else f"{one.law}: {one.cite}"
    lines: list[Line] = [(Cell(one.claim, "bold"), Cell(f"  {cite}"))]
    if one.outcome:
        lines.append(f"  ended: {one.outcome.replace('_', ' ')}")
    if one.chosen:
        lines.append((Cell(f"  {one.chosen[0].upper()}{one.chosen[1:]}.", "yellow"),))
    if one.promise:
        lines.append(f"  {one.promise}")
    if one.newer_rule:
        lines.append((Cell("  The rule reads differently today; this case keeps its own.", "yellow"),))
    lines += [(Cell(f"  {flag.says}", "yellow"),) for flag in one.flags]
    notice_by = next((s.clock.due_on for s in one.stands if s.clock.obligation is Obligation.EXTENSION_NOTICE), None)
    told: list[str] = []
    sums: list[tuple[object, ...]] = []
    for stand in one.stands:
        lines.append(_head(stand, notice_by, today))
        # a right that was never asked needs no account of its dates, only that they were there
        lines += _sum(stand.clock, told, sums) if one.outcome != Outcome.OPENED_IN_ERROR else []
    return lines


def _named(clock: Clock) -> str:
    return clock.obligation.replace("_", " ")


def _head(stand: Stand, notice_by: date | None, today: date) -> Line:
    """One clock: what is due, when, and where it stands."""
    clock = stand.clock
    when = words.day(clock.due_on) if clock.due_on else f'no date by law: "{clock.standard}"'
    if not clock.in_force:
        when = "not in force"
    cells = [Cell(f"  {_named(clock)}: "), Cell(when, "bold")]
    if clock.suspended_on and stand.standing in (Standing.OPEN, Standing.LATE):
        cells.append(Cell(f" ({words.day(clock.suspended_on)} with the pause of the guidance)"))
    if clock.provisional and stand.standing in (Standing.OPEN, Standing.LATE):
        cells.append(Cell(", provisional", "yellow"))
    says = _stands(stand, notice_by, today)
    shown = [Cell("; "), Cell(says, _STYLES.get(stand.standing, ""))] if says else []
    return (*cells, *shown, Cell(_UNSURE.get(clock.confirmed, ""), "yellow"))


def _stands(stand: Stand, notice_by: date | None, today: date) -> str:
    clock, due = stand.clock, stand.clock.due_on
    match stand.standing:
        case Standing.MET | Standing.MISSED:
            return f"{_DID[clock.obligation]} {words.day(stand.on)}{_compared(stand.on, due)}"
        case Standing.LATE if due:
            return f"{words.counted((today - due).days, 'day')} LATE"
        case Standing.OPEN if due and today != date.max:
            return f"{words.counted((due - today).days, 'day')} left"
        case Standing.ENDED:
            return "no longer owed"
        case Standing.REPLACED:
            return "replaced: extended in time"
        case Standing.VOID:
            return "does not hold: the notice left too late"
        case Standing.PASSED:
            return "no longer possible" if clock.obligation is Obligation.EXTENDED else "no notice left"
        case Standing.POSSIBLE if clock.obligation is Obligation.EXTENDED:
            return f"if the notice leaves by {words.day(notice_by)}"
        case Standing.POSSIBLE:
            return "not sent"
    return ""


def _compared(on: date | None, due: date | None) -> str:
    if on is None or due is None:
        return ""
    days = (due - on).days
    if days == 0:
        return ", on the last day"
    return f", {words.counted(days, 'day')} early" if days > 0 else f", MISSED by {words.counted(-days, 'day')}"


def _sum(clock: Clock, told: list[str], sums: list[tuple[object, ...]]) -> list[Line]:
    """The steps of one clock; what another clock of the same right said already is not said again."""
    dated = tuple((step.on, step.says) for step in clock.steps if step.on)
    lines: list[Line] = []
    if dated in sums and len(dated) > 1:
        lines.append(f"    {' ' * 12}The same sum as above.")
    else:
        lines += [f"    {on.isoformat()}  {says}" for on, says in dated if on]
    sums.append(dated)
    for step in clock.steps:
        if step.on is None and step.says not in told:
            told.append(step.says)
            lines.append(f"    {' ' * 12}{step.says}")
    return lines


def _json(one: Why) -> dict[str, Any]:
    by_clock = {id(stand.clock): stand for stand in one.stands}
    return {
        "claim": one.claim,
        "rule": one.rule,
        "law": one.law,
        "cite": one.cite,
        "outcome": one.outcome or None,
        "chosen": one.chosen,
        "promise": one.promise,
        "newer_rule": one.newer_rule,
        "flags": [{"nth": flag.nth, "per": flag.per, "earlier": flag.earlier, "says": flag.says} for flag in one.flags],
        "clocks": [
            clock_json(clock)
            | {
                "standing": by_clock[id(clock)].standing,
                "binds": by_clock[id(clock)].binds,
                "met_on": day.isoformat() if (day := by_clock[id(clock)].on) else None,
            }
            for clock in one.clocks
        ],
    }
