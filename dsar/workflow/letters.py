"""Fills a letter from a case: which values each kind gets, and what the law data says about them.

The words stand in the templates; whether a letter may leave is the gate's question, and sending it ``outbox``'s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dsar.case.case import Case, Claim, LetterState, carried_out, needs_authority, told
from dsar.case.clocks import answer_clock, claim_clocks, rule_of
from dsar.case.records import Disclose
from dsar.case.rights import GIVES_A_COPY, PATHS, Right
from dsar.case.stages import Outcome, Role, Stage
from dsar.case.stamp import Stamp
from dsar.case.waiting import Does, Why, stop_of
from dsar.disclosure.content import Table, withheld_lines
from dsar.law.clocks import Obligation
from dsar.law.model import Rule
from dsar.law.words import Effect, Method, Trigger
from dsar.letters import letter as le
from dsar.letters.compose import Composed, compose
from dsar.letters.kinds import FINAL, KINDS, Kind, is_late
from dsar.workflow.answer import coverage, kept_text, package_path, tables
from dsar.workflow.appeal import appealed_on, decision_values
from dsar.workflow.done import done_values
from dsar.workflow.notice import notice_values, repeat_reason
from dsar.workflow.phrases import phrase
from dsar.workflow.policies import policy_on
from dsar.workflow.recipients import recipient_values
from dsar.workflow.review import Review, load
from dsar.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What a person adds to a letter beyond what the case holds; ``claims`` are the only rights it is about."""

    reasons: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    reason: str = ""
    until: date | None = None
    customer: str = ""
    claims: tuple[str, ...] = ()


def claims_for(case: Case, kind: Kind) -> list[Claim]:
    """The rights a letter of this kind is about: an ending letter only those that ended that way."""
    if kind is Kind.OLD_CHANNEL:
        return [claim for claim in case.claims.values() if claim.right in KINDS[kind].only_rights]
    waiting = [claim for claim in case.claims.values() if not told(case, claim)]
    if kind in (Kind.NOTICE, Kind.RECIPIENTS):
        waiting = [claim for claim in waiting if claim.outcome in (None, Outcome.GRANTED)]
    if kind is Kind.DECISION:
        # each decision has its own reasons, so its own letter
        made = [claim for claim in waiting if claim.decided]
        return [claim for claim in made if claim.ground == made[0].ground]
    chosen = _ABOUT.get(kind)
    return [claim for claim in waiting if chosen(case, claim)] if chosen else waiting


def _copies(case: Case, claim: Claim) -> bool:
    return claim.right in GIVES_A_COPY and claim.outcome in (None, Outcome.GRANTED, Outcome.GRANTED_IN_PART)


def _searched(case: Case, claim: Claim) -> bool:
    return Stage.GATHER in PATHS[claim.right] and claim.outcome in (None, Outcome.NOTHING_HELD)


def _carried_out(case: Case, claim: Claim) -> bool:
    return claim.outcome in (None, Outcome.GRANTED, Outcome.GRANTED_IN_PART) and carried_out(case, claim)


# Which rights a letter that ends them answers. One that came back is written again: its outcome does not shut it out.
_ABOUT: dict[Kind, Callable[[Case, Claim], bool]] = {
    Kind.REFUSAL: lambda case, claim: claim.outcome is Outcome.REFUSED and not claim.decided,
    Kind.CLOSING: lambda case, claim: claim.outcome is Outcome.NOT_VERIFIED,
    Kind.REDIRECT: lambda case, claim: claim.outcome in (None, Outcome.REDIRECTED),
    Kind.NOTICE: lambda case, claim: claim.right is Right.NOTICE_1798_83,
    Kind.RECIPIENTS: lambda case, claim: claim.right is Right.THIRD_PARTIES,
    Kind.DONE: _carried_out,
    Kind.ANSWER: _copies,
    Kind.NOTHING: _searched,
    # a right that needs no proof is not held up by the letter that asks for some
    Kind.IDENTITY: lambda case, claim: bool(claim.proof_level) or needs_authority(case),
}


def fill(ws: Workspace, case: Case, kind: Kind, claims: Sequence[Claim], by: Stamp, details: Details) -> le.Letter:
    """The letter value of this kind for these rights."""
    base = _frame(ws, case, claims, by)
    if kind in (Kind.IDENTITY, Kind.REMINDER, Kind.CLOSING):
        base = _about_proof(ws, case, claims, base, details)
        # a reminder asks again and never repeats why
        base = replace(base, reasons=()) if kind is Kind.REMINDER else base
    elif kind is Kind.CLARIFICATION:
        effect = _clarified(ws, case, claims)
        base = replace(base, reasons=details.reasons, questions=details.questions, clock_effect=effect)
    elif kind is Kind.EXTENSION:
        base = _extended(ws, case, claims, base, details)
    elif kind is Kind.REFUSAL:
        repeated = repeat_reason(ws, case, case.language) if _repeats_notice(claims) else ()
        grounds = repeated or _grounds(claims, case.language)
        # where the letter is late, what is written says why it is late, and the ground stands on its own
        base = replace(base, reasons=grounds if grounds and is_late(kind, base) else details.reasons or grounds)
    elif kind is Kind.NOTICE:
        base = notice_values(ws, case, base)
    elif kind is Kind.RECIPIENTS:
        base = replace(base, **recipient_values(ws, by.on))
    elif kind is Kind.DECISION:
        base = replace(base, **decision_values(ws, case, claims))
    elif kind is Kind.REDIRECT:
        base = replace(base, customer=details.customer, forwarded_on=None)
    elif kind is Kind.OLD_CHANNEL:
        # neither a name nor a law: whoever reads that box learns that something was asked, and no more
        reply_by = by.on + timedelta(days=ws.config.desk.answer_days)
        base = replace(base, requester="", laws=(), reply_by=reply_by)
    elif kind is Kind.DONE:
        base = replace(base, **done_values(ws, case, claims, by))
    elif kind in (Kind.ANSWER, Kind.NOTHING):
        base = _answered(ws, load(ws, case.number), base)
    return replace(base, late_reason=details.reason) if kind in FINAL else base


def _frame(ws: Workspace, case: Case, claims: Sequence[Claim], by: Stamp) -> le.Letter:
    org = ws.config.organisation
    name = kept_text(ws, case.number, "name")
    policy = policy_on(ws.home / "policies", by.on)
    # A child's own name is not repeated, and a reporter is not told whose account it is.
    hidden = case.role is Role.REPORTER
    return le.Letter(
        case_number=case.number,
        organisation=le.Organisation(name=org.name, email=org.email, post_address=org.address, phone=org.phone),
        received_on=min((appealed_on(case, claim) for claim in claims), default=case.received_on),
        today=by.on,
        rights=rights_asked(ws, case, claims),
        laws=law_facts(ws, case, claims),
        language=case.language or "en",
        role=case.role,
        requester="" if hidden else name,
        signatory=le.Signatory(name=org.signatory, title=org.signatory_title) if org.signatory else None,
        sells_or_shares=org.sells_data,
        policy=le.Policy(title=policy.title, in_force_from=policy.in_force_from) if policy else None,
        earlier_letters=tuple(
            le.EarlierLetter(kind=line.kind, sent_on=line.sent_on)
            for line in case.letters.values()
            if line.state is LetterState.SENT and line.sent_on and line.kind != Kind.ASK_COLLEAGUE
        ),
    )


def rights_asked(ws: Workspace, case: Case, claims: Sequence[Claim]) -> tuple[le.RightAsked, ...]:
    """Each right once, with the earliest date among its laws."""
    asked: dict[Right, le.RightAsked] = {}
    for claim in claims:
        clock = answer_clock(case, claim, ws.ledger.pinned)
        known = asked.get(claim.right)
        if known is None or (clock.due_on and (known.due_on is None or clock.due_on < known.due_on)):
            asked[claim.right] = le.RightAsked(right=claim.right, due_on=clock.due_on, standard=clock.standard)
    return tuple(asked.values())


def law_facts(ws: Workspace, case: Case, claims: Sequence[Claim] = ()) -> tuple[le.LawCited, ...]:
    """The laws of these rights (default: all), each with its citations and whom to complain to."""
    cited: dict[str, le.LawCited] = {}
    for claim in claims or tuple(case.claims.values()):
        rule = rule_of(claim, ws.ledger.pinned)
        law = ws.rules.law(rule.law)
        known = cited.get(law.id)
        citations = (*known.citations, rule.cite) if known else (rule.cite,)
        first = law.authorities[0] if law.authorities else None
        cited[law.id] = le.LawCited(
            id=law.id,
            name=law.name,
            citations=tuple(dict.fromkeys(citations)),
            authority=le.Authority(name=first.name, contact=first.site) if first else None,
            appeal=rule.appeal.window if rule.appeal and rule.appeal.available else "",
            appeal_answer=str(rule.appeal.respond) if rule.appeal and rule.appeal.respond else "",
            must_state=tuple(dict.fromkeys((*(known.must_state if known else ()), *_must_state(rule)))),
        )
    return tuple(cited.values())


def _must_state(rule: Rule) -> tuple[str, ...]:
    return rule.refusal.must_state if rule.refusal else ()


def _about_proof(ws: Workspace, case: Case, claims: Sequence[Claim], base: le.Letter, details: Details) -> le.Letter:
    """What is enough under the strictest of the rules, and why we ask at all."""
    proofs = [rule_of(claim, ws.ledger.pinned).proof for claim in claims if claim.proof_level]
    if not proofs:
        return base
    hardest = max(proofs, key=lambda proof: proof.level)
    doubt = phrase("doubt_failed" if case.proof_failed else "doubt", case.language)
    # the office writes its facts in its own language; in another, the letter asks for "a few facts" in words of its own
    readable = case.language == ws.config.organisation.language and len(ws.config.desk.points) >= hardest.points > 0
    by_points = Method.MATCHING_POINTS in hardest.accepted and readable
    return replace(
        base,
        reasons=details.reasons or (doubt,),
        methods=tuple(method for method in hardest.accepted if method is not Method.MATCHING_POINTS or not by_points),
        points=ws.config.desk.points if by_points else (),
        points_needed=hardest.points if by_points else 0,
        clock_effect=_effect(ws, claims),
    )


def _effect(ws: Workspace, claims: Sequence[Claim]) -> le.ClockEffect:
    """What waiting for proof does to the date, under the strictest of the laws."""
    pauses = [
        pause
        for claim in claims
        for pause in rule_of(claim, ws.ledger.pinned).pauses
        if pause.trigger is Trigger.IDENTITY
    ]
    if any(pause.effect in (Effect.NONE, Effect.MAY_DECLINE) for pause in pauses) or not pauses:
        return le.ClockEffect.NONE
    if all(pause.statutory and pause.effect is Effect.RESTART for pause in pauses):
        return le.ClockEffect.RESTARTS
    return le.ClockEffect.MAY_PAUSE


def _clarified(ws: Workspace, case: Case, claims: Sequence[Claim]) -> le.ClockEffect:
    """What waiting for an answer does to the date: the date is said to stand still only where it does for every law."""
    rules = [rule_of(claim, ws.ledger.pinned) for claim in claims]
    does = {stop_of(rule, Why.CLARIFICATION, case.received_on).does for rule in rules}
    if does == {Does.STOPS}:
        return le.ClockEffect.PAUSES
    return le.ClockEffect.MAY_PAUSE if does and does <= {Does.STOPS, Does.GUIDANCE} else le.ClockEffect.NONE


def _extended(ws: Workspace, case: Case, claims: Sequence[Claim], base: le.Letter, details: Details) -> le.Letter:
    limits, notices = [], []
    for claim in claims:
        for clock in claim_clocks(case, claim, ws.ledger.pinned):
            if clock.obligation is Obligation.EXTENDED and clock.due_on:
                limits.append(clock.due_on)
            if clock.obligation is Obligation.EXTENSION_NOTICE and clock.due_on:
                notices.append(clock.due_on)
    # where the law leaves the date to us, the one we name is the limit
    limit = min(limits, default=details.until if notices else None)
    return replace(
        base,
        extended_to=details.until or limit,
        extension_reason=details.reason,
        extension_limit_on=limit,
        extension_notice_by=min(notices, default=None),
    )


def _repeats_notice(claims: Sequence[Claim]) -> bool:
    return any(claim.right is Right.NOTICE_1798_83 and claim.ground == "already_answered" for claim in claims)


def _grounds(claims: Sequence[Claim], language: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(phrase(claim.ground, language) for claim in claims if claim.ground))


def _answered(ws: Workspace, review: Review, base: le.Letter) -> le.Letter:
    case = review.case
    shown = tables(ws, review)
    laws = [law.id for law in base.laws]
    path = package_path(ws, case.number)
    fresh = bool(case.package) and case.package_of == case.reviewed
    sent = le.PackageSent(file_name=path.name, sha256=case.package)
    return replace(
        base,
        tables=tuple(_found(table) for table in shown if table.rows),
        coverage=_coverage(ws, case, shown),
        withheld=tuple(
            le.Withheld(what=line.record_set, count=line.records + line.parts, ground=line.words)
            for line in withheld_lines(shown, language=base.language, laws=laws)
        ),
        never_disclosed=_never(shown),
        searched_by=tuple(dict.fromkeys(one.kind for one in review.own)),
        package=sent if fresh else None,
    )


def _found(table: Table) -> le.TableFound:
    record_set = table.record_set
    categories = [field.category for field in record_set.fields if field.category]
    return le.TableFound(
        title=record_set.title,
        count=len(table.rows),
        purposes=record_set.purposes,
        categories=tuple(dict.fromkeys(categories or [record_set.category])),
        recipients=record_set.recipients,
        retention=record_set.retention,
        obtained_from=record_set.obtained_from,
        automated_decisions=record_set.automated_decisions,
        transfers=record_set.transfers,
    )


_STATES = {
    "searched": le.CoverageState.NOTHING,
    "failed": le.CoverageState.FAILED,
    "waiting": le.CoverageState.WAITING,
    "waived": le.CoverageState.WAIVED,
    "excluded": le.CoverageState.EXCLUDED,
}


def _coverage(ws: Workspace, case: Case, tables: Sequence[Table]) -> tuple[le.CoverageLine, ...]:
    shown = {(table.record_set.source, table.record_set.name): len(table.rows) for table in tables}
    lines = []
    for line in coverage(ws, case):
        count = shown.get((line.source, line.record_set), 0)
        state = le.CoverageState.FOUND if count else _STATES[line.state]
        lines.append(le.CoverageLine(title=line.title, state=state, found=count, why=line.reason))
    return tuple(lines)


def _never(tables: Sequence[Table]) -> tuple[str, ...]:
    """The meanings of the fields we hold and never send, in the tables that are sent."""
    return tuple(
        dict.fromkeys(
            field.meaning
            for table in tables
            if table.rows
            for field in table.record_set.fields
            if field.disclose is Disclose.NEVER
        )
    )


def rights_words(ws: Workspace, case: Case) -> tuple[str, ...]:
    """What the person may do next, for the package's page: complaint and court, per law."""
    words = []
    for law in law_facts(ws, case):
        if law.authority:
            words.append(f"You may complain to: {law.authority.name} ({law.authority.contact}). Under: {law.name}.")
    return tuple(words)


def answer_for_package(ws: Workspace, case: Case, review: Review, by: Stamp) -> Composed:
    """The answer as it lies in the package: without the package's own checksum, which it cannot hold."""
    claims = claims_for(case, Kind.ANSWER)
    base = _answered(ws, review, _frame(ws, case, claims, by))
    return compose(Kind.ANSWER, replace(base, package=None), folders=ws.templates)
