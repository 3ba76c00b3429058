"""Decides what leaves: a proposal per finding from the record set's rules, a person's decision, a second person's yes.

How fields are hidden and prose is cut is the disclosure room's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dsar.case.case import Case, Look
from dsar.case.facts import Approved, Approves, Decision, FindingsDecided, Rejected, ReviewFinished
from dsar.case.identifiers import Identifier, normal_email
from dsar.case.records import Finding, Proposal, RecordSet
from dsar.case.stamp import Stamp
from dsar.disclosure.digest import review_digest
from dsar.disclosure.proposals import propose, settle
from dsar.errors import InputWrong, Refused
from dsar.workflow.subject import subject_of
from dsar.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One finding under review; ``decided`` is None until a person or the rule has spoken."""

    finding: Finding
    record_set: RecordSet
    proposal: Proposal
    decided: tuple[Decision, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The review of one case as it stands."""

    case: Case
    items: tuple[Item, ...]
    own: tuple[Identifier, ...]

    @property
    def open(self) -> tuple[Item, ...]:
        """What still needs a decision."""
        return tuple(item for item in self.items if item.decided is None)

    @property
    def flagged(self) -> tuple[Item, ...]:
        """What needs a decision and a person's eyes."""
        return tuple(item for item in self.open if item.proposal.flagged)

    def counts(self) -> Mapping[str, int]:
        """How many findings leave whole, redacted, or not at all, and how many are undecided."""
        made = [item.decided[0].value if item.decided else "undecided" for item in self.items]
        return {name: made.count(name) for name in ("disclose", "redact", "withhold", "undecided")}

    def settled(self) -> dict[str, Proposal]:
        """Every decided finding as it leaves, by its id."""
        out = {}
        for item in self.items:
            if item.decided is not None:
                decision, ground = item.decided
                out[item.finding.id] = settle(
                    item.proposal,
                    decision,
                    ground,
                    finding=item.finding,
                    record_set=item.record_set,
                    own=self.own,
                )
        return out


def load(ws: Workspace, number: str) -> Review:
    """The review of a case, with a fresh proposal for every finding."""
    case = ws.ledger.case(number)
    own = subject_of(ws, case)
    sets = record_sets(ws)
    items = []
    for finding in ws.ledger.findings(number):
        record_set = sets.get((finding.source, finding.record_set))
        if record_set is None:
            raise Refused(
                f"Not done: {finding.source}/{finding.record_set} was searched, and its description is gone. "
                "Nothing was decided.",
                hint=f"Put it back into sources/{finding.source}.toml",
            )
        proposal = propose(finding, record_set, own)
        items.append(
            Item(
                finding=finding,
                record_set=record_set,
                proposal=proposal,
                decided=case.decisions.get(finding.id),
            )
        )
    return Review(case=case, items=tuple(items), own=own)


def record_sets(ws: Workspace) -> dict[tuple[str, str], RecordSet]:
    """Every record set the sources describe, by (source, name)."""
    return {(rs.source, rs.name): rs for source in ws.sources for rs in source.settings.record_sets}


def decide(ws: Workspace, review: Review, wanted: Iterable[tuple[str, Decision, str]], by: Stamp) -> Review:
    """Record decisions on findings: (id, decision, ground); a redaction without a ground takes the proposed one."""
    ws.require(by, "editor", "approver")
    items = {item.finding.id: item for item in review.items}
    rows: list[tuple[str, Decision, str]] = []
    for finding_id, decision, ground in wanted:
        item = items.get(finding_id)
        if item is None:
            raise InputWrong(
                f'{review.case.number} has no finding "{finding_id}". Nothing was decided.',
                hint=f"dsar review {review.case.number}",
            )
        settled = settle(
            item.proposal, decision, ground, finding=item.finding, record_set=item.record_set, own=review.own
        )
        rows.append((finding_id, settled.decision, settled.ground))
    fresh = [row for row in rows if review.case.decisions.get(row[0]) != (row[1], row[2])]
    if fresh:
        ws.ledger.record(review.case.number, FindingsDecided(decisions=tuple(fresh)), by=by)
    return load(ws, review.case.number)


def accept(ws: Workspace, review: Review, by: Stamp, *, flagged_too: bool = False) -> Review:
    """Take the rules' proposal for every open finding; those flagged for a person only where that is said."""
    wanted = [
        (item.finding.id, item.proposal.decision, item.proposal.ground)
        for item in review.open
        if flagged_too or not item.proposal.flagged
    ]
    return decide(ws, review, wanted, by) if wanted else review


def finish(ws: Workspace, review: Review, by: Stamp) -> Review:
    """Close the review once every finding has a decision: the digest binds what a second person approves."""
    if review.open:
        raise Refused(
            f"Not done: {len(review.open)} findings have no decision yet. Nothing was changed.",
            hint=f"dsar review {review.case.number}",
        )
    digest = digest_of(ws, review)
    if review.case.reviewed == digest:
        return review
    fact = ReviewFinished(digest=digest, findings=len(review.items))
    ws.ledger.record(review.case.number, fact, by=by)
    return load(ws, review.case.number)


def digest_of(ws: Workspace, review: Review) -> str:
    """The keyed hash of everything that would leave."""
    whole = review_digest(
        [item.finding for item in review.items],
        {item.finding.id: item.decided for item in review.items if item.decided},
        review.settled(),
    )
    return ws.ledger.digest(review.case.number, whole)


def fingerprint(digest: str) -> str:
    """The first eight digits of a digest, as people type them: "7c1e-09ab"."""
    return f"{digest[:4]}-{digest[4:8]}"


def approve(ws: Workspace, number: str, by: Stamp, *, typed: str = "") -> Case:
    """A second person's yes to exactly the current review; ``typed`` must be its fingerprint where given.

    Refused to whoever made the review, to who lacks the role, and to the data subject.
    """
    review = load(ws, number)
    case = review.case
    if case.reviewed and not case.approved(Approves.REVIEW, case.reviewed):
        _refuse_maker(ws, case, by)
    ws.require(by, "approver")
    if not case.reviewed:
        raise Refused(
            f"Not done: the review of {number} is not finished. Nothing was approved.", hint=f"dsar review {number}"
        )
    if case.approved(Approves.REVIEW, case.reviewed):
        return case
    if digest_of(ws, review) != case.reviewed:
        raise Refused(
            "Not done: the records or their rules changed since the review was finished. Nothing was approved.",
            hint=f"Look again: dsar review {number}",
        )
    if typed and typed.strip().casefold() != fingerprint(case.reviewed):
        raise InputWrong(
            f"Not done: {typed} is not the fingerprint of this review. Nothing was approved.",
            hint=f"Look: dsar approve {number}",
        )
    _refuse_own_case(ws, review.own, by)
    return ws.ledger.record(number, Approved(what=Approves.REVIEW, digest=case.reviewed), by=by)


def reject(ws: Workspace, number: str, reason: str, by: Stamp) -> Case:
    """A second person's no, with the reason; the review is open again."""
    ws.require(by, "approver")
    if not reason.strip():
        raise InputWrong("Not done: a no needs a reason.", hint='Add it: --why "..."')
    with ws.ledger.writing():
        case = ws.ledger.case(number)
        if not case.reviewed:
            raise Refused(f"Not done: {number} has no finished review to reject.", hint=f"dsar show {number}")
        item = ws.ledger.keep(number, "reason", reason, at=by.recorded_at)
        return ws.ledger.record(number, Rejected(what=Approves.REVIEW, digest=case.reviewed, item=item), by=by)


def _refuse_maker(ws: Workspace, case: Case, by: Stamp) -> None:
    if case.makers.get(case.reviewed) != by.actor:
        return
    others = ", ".join(member.name or member.id for member in ws.able(("approver",), but=by.actor))
    raise Refused(
        "Not done: you finished this review, so somebody else must approve it. Nothing was approved.",
        hint=f"{others or 'Nobody else'} can: dsar approve {case.number}"
        if others
        else "Nobody else may approve yet: dsar staff add NAME --role approver",
    )


def _refuse_own_case(ws: Workspace, own: Sequence[Identifier], by: Stamp) -> None:
    member = ws.member(by)
    if member.email and ("email", normal_email(member.email)) in {one.key for one in own}:
        raise Refused("Not done: this case is about you, so a colleague must decide. Nothing was approved.")


def release_unfinished(case: Case) -> list[str]:
    """The record sets that keep the review from beginning, in words."""
    words = {Look.OPEN: "not searched", Look.ASKED: "asked, no answer yet", Look.FAILED: "failed"}
    return [f"{line.source}/{line.record_set}: {words[line.state]}" for line in case.unexplained]
