"""Judges a 1798.83 request and fills its notice: which year, who received what, which kind of answer, what to look at.

Exemptions are told, never applied: refusing is a person's act. The register is kept in ``notice_register``; the words
of the letter stand in the templates, those of this file's own sentences in ``notice_words``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from dsar.case.case import Case, Claim
from dsar.case.clocks import claim_clocks, rule_of
from dsar.case.next import short
from dsar.case.rights import Right
from dsar.disclosure.register import Recipient, disclosed
from dsar.errors import InputWrong
from dsar.law.clocks import Obligation
from dsar.letters import letter as le
from dsar.workflow.notice_register import load_register, whole_register
from dsar.workflow.notice_remarks import (
    Earlier,
    Remark,
    about_address,
    about_register,
    about_repeats,
    about_the_law,
    same_request,
)
from dsar.workflow.notice_words import sentence
from dsar.workflow.policies import policy_on
from dsar.workspace import Workspace

PROMISE = "marketing_notice"


class Variant(StrEnum):
    """Which answer a request gets."""

    DISCLOSED = "disclosed"
    NONE = "none"
    ALTERNATIVE = "alternative"
    ALREADY_ANSWERED = "already_answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a 1798.83 request is to be answered. ``answer`` is the variant by the register alone.

    ``standard`` is the law's own time limit in words; ``promise`` what the published policy says about such requests.
    """

    case: str
    year: int
    variant: Variant
    answer: Variant
    designated: bool
    due_on: date | None
    standard: str
    recipients: tuple[Recipient, ...]
    earlier: tuple[Earlier, ...]
    remarks: tuple[Remark, ...]
    promise: str = ""
    choice: str = ""

    @property
    def needs_person(self) -> bool:
        """Whether anything here is for somebody to decide."""
        return any(remark.person for remark in self.remarks)


def verdict(ws: Workspace, number: str) -> Verdict:
    """How this request stands; changes nothing. InputWrong if the case asks for no notice."""
    case = ws.ledger.case(number)
    claim = _claim(case)
    year = case.received_on.year - 1
    register = load_register(ws)
    promise = _promise(ws, case.received_on)
    recipients = disclosed(register, year)
    answer = _by_register(ws, recipients, promise)
    earlier = same_request(ws, case)
    answered = any(one.sent_on for one in earlier)
    due = next(clock for clock in claim_clocks(case, claim, ws.ledger.pinned) if clock.obligation is Obligation.RESPOND)
    remarks = (
        *about_register(register),
        *about_repeats(ws, case, earlier, promise),
        *about_address(ws, case),
        *about_the_law(ws, case, promise),
        *_about_choice(ws, answer, promise),
    )
    return Verdict(
        case=number,
        year=year,
        variant=Variant.ALREADY_ANSWERED if answered else answer,
        answer=answer,
        designated=case.designated,
        due_on=due.due_on,
        standard=rule_of(claim, ws.ledger.pinned).respond.standard,
        recipients=recipients,
        earlier=earlier,
        remarks=remarks,
        promise=promise,
        choice=_choice(ws),
    )


def notice_values(ws: Workspace, case: Case, letter: le.Letter) -> le.Letter:
    """The notice letter with its year, recipients and choice filled in; called for letters of kind "notice" only.

    A person who was answered before gets the whole answer again: it is a standard text, and refusing instead is
    somebody's decision (``repeat_reason`` has the words). CheckFailed where a row of the register cannot be used.
    """
    year = case.received_on.year - 1
    recipients = disclosed(whole_register(ws), year)
    answer = _by_register(ws, recipients, _promise(ws, case.received_on))
    choice = _choice(ws)
    if answer is Variant.ALTERNATIVE:
        reason = sentence(f"alternative_{ws.config.organisation.marketing_alternative}", letter.language)
        return replace(letter, disclosure_year=year, third_parties=(), marketing_choice=choice, reasons=(reason,))
    return replace(
        letter,
        disclosure_year=year,
        third_parties=tuple(_third_party(one, letter.language) for one in recipients),
        marketing_choice=choice,
    )


def repeat_reason(ws: Workspace, case: Case, language: str) -> tuple[str, ...]:
    """Why a second request in one calendar year was refused, as a sentence of the letter; empty if it is no second.

    Whether to refuse at all is somebody's decision: the published policy may promise more than the statute.
    """
    answered = [one for one in same_request(ws, case) if one.sent_on]
    if not answered:
        return ()
    return (
        sentence("already_answered", language).format(
            case=answered[-1].case, year=case.received_on.year - 1, next=case.received_on.year + 1
        ),
    )


def _claim(case: Case) -> Claim:
    for claim in case.claims.values():
        if claim.right is Right.NOTICE_1798_83:
            return claim
    raise InputWrong(
        f"Not done: {case.number} does not ask for the 1798.83 notice. Nothing was changed.",
        hint=f"What it asks for: dsar show {short(case.number)}",
    )


def _by_register(ws: Workspace, recipients: tuple[Recipient, ...], promise: str) -> Variant:
    """The policy's promise of a list outweighs the statute's leave to give only the choice ((c)(2))."""
    if not recipients:
        return Variant.NONE
    return Variant.ALTERNATIVE if _choice(ws) and _alternative(ws) and not promise else Variant.DISCLOSED


def _alternative(ws: Workspace) -> str:
    return ws.config.organisation.marketing_alternative


def _choice(ws: Workspace) -> str:
    return ws.config.organisation.marketing_means.strip()


def _third_party(one: Recipient, language: str) -> le.ThirdParty:
    words = tuple(
        sentence("derived", language).format(category=category.words) if category.derived else category.words
        for category in one.categories
    )
    return le.ThirdParty(name=one.name, address=one.address, categories=words, examples=one.examples)


def _promise(ws: Workspace, day: date) -> str:
    """What the policy in force on the day of the request promises those who ask; "" if nothing."""
    folder = ws.home / "policies"
    governing = policy_on(folder, day)
    for path in sorted(folder.glob("*.toml")) if governing else ():
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        if data.get("policy", data).get("in_force_from") == governing.in_force_from:  # type: ignore[union-attr]
            promise = data.get("promise")
            return str(promise.get(PROMISE, "")) if isinstance(promise, dict) else ""
    return ""


def _about_choice(ws: Workspace, answer: Variant, promise: str) -> Iterator[Remark]:
    if not _alternative(ws):
        return
    if not _choice(ws):
        says = "marketing_alternative is set and marketing_means is empty: the list is given; a choice needs a way."
        yield Remark(code="no_means", says=says, person=True)
    elif answer is Variant.DISCLOSED and promise:
        says = (
            "The statute would allow the choice instead of the list; the published policy promises the list: both go."
        )
        yield Remark(code="promise_kept", says=says)
    elif answer is Variant.ALTERNATIVE:
        says = (
            "The choice goes out instead of the list: that holds only while the published policy says so and is kept."
        )
        yield Remark(code="alternative", says=says, person=True)
