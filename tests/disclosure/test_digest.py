"""The digest of a review changes with everything that leaves, and with nothing else."""

from __future__ import annotations

from dataclasses import replace

from dsar.case.facts import Decision
from dsar.case.records import Finding, Proposal
from dsar.disclosure.digest import review_digest
from tests.disclosure import scene

FINDINGS: list[Finding] = [one for _, one in scene.FINDINGS]
PROPOSALS: dict[str, Proposal] = {one.finding: one for _, _, one in scene.proposals()}
DECISIONS = {name: (one.decision, one.ground) for name, one in PROPOSALS.items()}


def test_the_order_of_findings_does_not_matter() -> None:
    first = review_digest(FINDINGS, DECISIONS, PROPOSALS)
    assert len(first) == 64
    assert first == review_digest(reversed(FINDINGS), dict(reversed(DECISIONS.items())), PROPOSALS)


def test_every_value_decision_and_ground_counts() -> None:
    changed = replace(PROPOSALS["F-0001"], shown=dict(PROPOSALS["F-0001"].shown) | {"note": "x"})
    other_record = [scene.seat(1, score="0.3"), *FINDINGS[1:]]
    digests = {
        review_digest(FINDINGS, DECISIONS, PROPOSALS),
        review_digest(FINDINGS, DECISIONS, PROPOSALS | {"F-0001": changed}),
        review_digest(FINDINGS, DECISIONS | {"F-0001": (Decision.WITHHOLD, "third_party")}, PROPOSALS),
        review_digest(FINDINGS, DECISIONS | {"F-0001": (Decision.REDACT, "security")}, PROPOSALS),
        review_digest(FINDINGS[1:], DECISIONS, PROPOSALS),
        review_digest(other_record, DECISIONS, PROPOSALS),
        review_digest([], {}, {}),
    }
    assert len(digests) == 7
