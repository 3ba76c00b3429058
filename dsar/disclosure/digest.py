"""One hash over everything a review lets out, so that an approval binds exactly what the approver saw.

Keying it to the case, so that the ledger holds no guessable hash, is the ledger's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from dsar.case.facts import Decision
from dsar.case.records import Finding, Proposal


def review_digest(
    findings: Iterable[Finding],
    decisions: Mapping[str, tuple[Decision, str]],
    proposals: Mapping[str, Proposal],
) -> str:
    """SHA-256 in hex over each finding, its record as held, its decision and ground, and its values as they leave.

    ``decisions`` and the settled ``proposals`` are by finding id; the order of the findings does not matter.
    A record that changed since, even a withheld one, gives another digest: it was not what was decided on.
    """
    total = hashlib.sha256()
    # one digest per finding, so that a million of them need no more memory than their hashes
    for line in sorted(_line(finding, decisions, proposals) for finding in findings):
        total.update(line)
    return total.hexdigest()


def _line(finding: Finding, decisions: Mapping[str, tuple[Decision, str]], proposals: Mapping[str, Proposal]) -> bytes:
    decision, ground = decisions.get(finding.id, ("", ""))
    settled = proposals.get(finding.id)
    told = [
        finding.id,
        finding.source,
        finding.record_set,
        finding.record.key,
        sorted(finding.record.values.items()),
        str(decision),
        ground,
        [str(settled.decision), settled.ground, sorted(settled.shown.items())] if settled else None,
    ]
    text = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
    return f"{hashlib.sha256(text.encode()).hexdigest()}  {finding.id}\n".encode()
