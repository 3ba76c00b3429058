"""One rule of a law, as a page a lawyer can check."""

from __future__ import annotations

from collections.abc import Iterable

from dsar.cli import words
from dsar.cli.emit import Cell, Line
from dsar.law.model import Rule
from dsar.law.vocabulary import in_words


def rule_lines(rule: Rule) -> list[Line]:
    """The rule in labelled lines; what it does not say is left out."""
    lines: list[Line] = [(Cell(rule.name, "bold"), Cell(f"  {rule.id}"))]
    lines += [f"{label:<14}{text}" for label, text in _facts(rule) if text]
    if rule.confirmed != "yes":
        lines.append(
            (
                Cell(
                    f"{'Careful':<14}this rule is {'partly ' if rule.confirmed == 'partly' else 'un'}confirmed",
                    "yellow",
                ),
            )
        )
    return lines


def _facts(rule: Rule) -> Iterable[tuple[str, str]]:
    yield "Law's word", f"{rule.term} (ours: {rule.right})"
    yield "Citation", rule.cite
    until = f" until {words.day(rule.in_force.until)}" if rule.in_force.until else ""
    yield "In force", f"since {words.day(rule.in_force.since)}{until}"
    yield "Acknowledge", f"within {rule.acknowledge.within}" if rule.acknowledge else ""
    yield (
        "Answer",
        f"within {rule.respond.within} ({rule.respond.standard})" if rule.respond.within else rule.respond.standard,
    )
    yield "Counted from", rule.clock_start.replace("_", " ")
    yield "Calendar", rule.calendar or ""
    yield "Roll-over", f"{rule.rollover.rule.replace('_', ' ')}. {rule.rollover.basis}"
    for pause in rule.pauses:
        law = "" if pause.statutory else " (guidance only: the binding date ignores it)"
        yield "Pause", f"{pause.trigger.replace('_', ' ')}: {pause.effect.replace('_', ' ')}{law}. {pause.basis}"
    if rule.extension:
        more = rule.extension
        yield "Extension", f"{more.total or 'no number'} in all, notice within {more.notice_within}"
        yield "", f"must state: {_list(more.notice_must_state)}" if more.notice_must_state else ""
    yield "Proof", f"{_list(rule.proof.accepted) or 'none'} ({rule.proof.cite})"
    yield "Never ask", ", ".join(rule.proof.never)
    yield "Agents", rule.agents
    if rule.refusal:
        within = f"within {rule.refusal.within}; " if rule.refusal.within else ""
        yield "Refusal", f"{within}must state: {_list(rule.refusal.must_state)}"
    yield "Fee", rule.fee.default if rule.fee else ""
    yield "Look-back", rule.lookback.default if rule.lookback else ""
    yield "How often", rule.frequency.says if rule.frequency else ""
    yield "Answer holds", _list(rule.response_contents)
    yield "Tell others", rule.downstream
    yield "Our file", rule.records.says if rule.records else ""
    yield "Notes", rule.notes
    yield "Seen in", rule.source


def _list(codes: Iterable[str]) -> str:
    return ", ".join(_word(code) for code in codes)


def _word(code: str) -> str:
    try:
        return in_words(code)
    except KeyError:
        return code.replace("_", " ")
