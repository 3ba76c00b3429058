"""Says what somebody should know before a 1798.83 request is answered: repeats, time limit, exemptions, the register.

Nothing here decides; the kind of answer is chosen in ``notice``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dsar.case.case import Case, LetterState
from dsar.case.identifiers import SEARCHABLE, Holder
from dsar.case.rights import Right
from dsar.disclosure.register import Register
from dsar.disclosure.register_rows import same_words
from dsar.ledger.rows import CaseRow
from dsar.letters.kinds import Kind
from dsar.workflow.answer import kept_text
from dsar.workflow.notice_register import FILE
from dsar.workflow.openings import identifiers_of
from dsar.workflow.residence import addressed_to, lives_in_california
from dsar.workspace import Workspace

# Civil Code 1798.83(c)(1): fewer than this many employees.
EXEMPT_BELOW = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Another case of the same person that was answered, or is still open, about the same year."""

    case: str
    sent_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing about the request. ``person``: somebody must look before the letter leaves."""

    code: str
    says: str
    person: bool = False


def same_request(ws: Workspace, case: Case) -> tuple[Earlier, ...]:
    """Other cases in which the same person asked in the same calendar year, the oldest first."""
    mine = _marks(ws, case.number)
    return tuple(
        Earlier(case=row.case, sent_on=_sent_on(ws.ledger.case(row.case)))
        for row in _others(ws, case)
        if mine & _marks(ws, row.case)
    )


def _others(ws: Workspace, case: Case) -> list[CaseRow]:
    """Every other case of that calendar year, closed ones too, that asks for a notice."""
    rows = (row for row in ws.ledger.rows(open_only=False) if row.received_on.year == case.received_on.year)
    found = [row for row in rows if Right.NOTICE_1798_83 in row.rights and row.case != case.number]
    return sorted(found, key=lambda row: row.case)


def _sent_on(case: Case) -> date | None:
    """When a notice of this case left and did not come back."""
    days = [
        line.sent_on
        for line in case.letters.values()
        if line.kind == Kind.NOTICE and line.state is LetterState.SENT and line.sent_on
    ]
    return max(days, default=None)


def _marks(ws: Workspace, number: str) -> frozenset[str]:
    """What two cases of one person share: an identifier that is searched by."""
    return frozenset(f"{one.kind}:{one.value}" for one in identifiers_of(ws, number) if one.kind in SEARCHABLE)


def _names(ws: Workspace, number: str) -> frozenset[str]:
    """The names in a case: all there is to compare with where a letter came by post."""
    return frozenset(same_words(one.raw) for one in identifiers_of(ws, number) if one.kind == "name")


def about_register(register: Register) -> Iterator[Remark]:
    """Whether the register can be answered from."""
    if register.problems:
        count = len(register.problems)
        says = f"{FILE} has {count} faulty row{'s' if count > 1 else ''}: the list would have holes (dsar notice list)."
        yield Remark(code="register_faults", says=says, person=True)
    elif not register.entries:
        says = f"{FILE} is empty: nobody has said yet that nothing was disclosed. Take in the list, or a row with no."
        yield Remark(code="register_empty", says=says, person=True)
    for remark in register.remarks:
        where = f"{FILE} line {remark.line}" if remark.line else FILE
        yield Remark(code="register_remark", says=f"{where}: {remark.says}", person=True)


def about_repeats(ws: Workspace, case: Case, earlier: tuple[Earlier, ...], promise: str) -> Iterator[Remark]:
    """Whether this is the person's second request of the calendar year."""
    promised = f' The published policy says: "{promise}"' if promise else ""
    for one in earlier:
        if one.sent_on:
            says = (
                f"{one.case} answered the same person on {one.sent_on} about the same year. Once in a calendar year is "
                f"owed: send the same answer again, or refuse it (already_answered).{promised}"
            )
            yield Remark(code="already_answered", says=says, person=True)
        else:
            says = f"{one.case} of the same person asks for the same and is not answered: settle the two together."
            yield Remark(code="also_open", says=says, person=True)
    sure = {one.case for one in earlier}
    names = _names(ws, case.number)
    for row in _others(ws, case):
        if row.case in sure:
            continue
        if ws.ledger.is_purged(row.case):
            says = f"{row.case} asked for the same this year and is purged: it cannot be compared."
            yield Remark(code="purged", says=says)
        elif names & _names(ws, row.case):
            says = f"{row.case} is of somebody with the same name: look whether it is the same person."
            yield Remark(code="same_name", says=says, person=True)


def about_address(ws: Workspace, case: Case) -> Iterator[Remark]:
    """Whether the longer time limit is the right one."""
    if case.designated:
        return
    ours = addressed_to(kept_text(ws, case.number, "text"), ws.config.organisation.designated)
    if ours:
        says = (
            "The letter is written to a designated address, yet the case is held to the long time limit: "
            "answer within 30 days of receipt."
        )
        yield Remark(code="designated_after_all", says=says, person=True)
    else:
        says = "It came to no designated address: a reasonable time, and this is the last day. Plan for 30 days."
        yield Remark(code="not_designated", says=says)


def about_the_law(ws: Workspace, case: Case, promise: str) -> Iterator[Remark]:
    """Exemptions that may apply: told with what the policy promises beyond the statute, never acted upon."""
    org = ws.config.organisation
    but = " The published policy promises the notice all the same: answer." if promise else ""
    if 0 < org.employees < EXEMPT_BELOW:
        says = f"Fewer than {EXEMPT_BELOW} employees: the section does not bind us ((c)(1)).{but}"
        yield Remark(code="few_employees", says=says, person=not promise)
    if not lives_in_california(
        (kept_text(ws, case.number, "text"), *(one.raw for one in identifiers_of(ws, case.number))),
        ours=(org.address, *org.designated),
    ):
        says = "The letter does not say that its writer lives in California. The answer is a standard text: ask only if"
        yield Remark(code="residence_not_said", says=f"{says} you would otherwise not answer.", person=True)
    if _with_an_organisation(ws, case.number):
        says = f"Found only in an organisation's account: such a person is often no customer under (e)(1).{but}"
        yield Remark(code="business_account", says=f"{says} Never refuse for that alone.", person=not promise)


def _with_an_organisation(ws: Workspace, number: str) -> bool:
    """Whether everything found so far lies in record sets of an organisation; False where nothing was searched."""
    found = {(one.source, one.record_set) for one in ws.ledger.findings(number)}
    if not found:
        return False
    holders = {
        (source.settings.name, record_set.name): record_set.holder
        for source in ws.sources
        for record_set in source.settings.record_sets
    }
    return all(holders.get(key) is Holder.ORGANISATION for key in found)
