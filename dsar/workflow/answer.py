"""What the answer is made of: the settled tables, the coverage ledger as the person sees it, and kept texts.

Letters and package are two views of this.
"""

from __future__ import annotations

from pathlib import Path

from dsar.case.case import Case, Coverage, Look
from dsar.disclosure.content import CoverageLine, Table, table_of
from dsar.disclosure.grounds import PROCESSOR, grounds
from dsar.workflow.phrases import phrase
from dsar.workflow.review import Review, record_sets
from dsar.workspace import Workspace


def tables(ws: Workspace, review: Review) -> tuple[Table, ...]:
    """The tables of the package in the order of the sources; secret record sets have none."""
    settled = review.settled()
    by_set: dict[tuple[str, str], list[str]] = {}
    for item in review.items:
        by_set.setdefault((item.finding.source, item.finding.record_set), []).append(item.finding.id)
    return tuple(
        table_of(record_set, [settled[one] for one in by_set[key] if one in settled])
        for key, record_set in record_sets(ws).items()
        if key in by_set and not record_set.secret
    )


def coverage(ws: Workspace, case: Case) -> tuple[CoverageLine, ...]:
    """The coverage ledger as the person sees it: secret record sets are absent."""
    sets = record_sets(ws)
    lines = []
    for key, line in case.coverage.items():
        if line.secret:
            continue
        described = sets.get(key)
        lines.append(
            CoverageLine(
                source=line.source,
                record_set=line.record_set,
                title=described.title if described else line.record_set,
                state={"open": "waiting", "asked": "waiting"}.get(line.state, str(line.state)),
                found=line.found,
                reason=_why(ws, line, case.language),
            )
        )
    return tuple(lines)


def _why(ws: Workspace, line: Coverage, language: str) -> str:
    if line.state in (Look.WAIVED, Look.EXCLUDED):
        return reason_words(ws, line.ground, language)
    return reason_words(ws, PROCESSOR, language) if line.excluded else ""


def reason_words(ws: Workspace, ground: str, language: str = "en") -> str:
    """The words behind a ground: a vault item's text, or the ground's own sentence."""
    if ground.startswith("V-"):
        return ws.ledger.item(ground).value.decode("utf-8")
    known = grounds()
    return known[ground].words(language) if ground in known else phrase(ground, language)


def kept_text(ws: Workspace, number: str, kind: str) -> str:
    """The newest vault row of a kind, as text; "" if there is none."""
    kept = ws.ledger.kept(number, kind)
    return kept[-1].value.decode("utf-8") if kept else ""


def package_path(ws: Workspace, number: str) -> Path:
    """Where the case's package is."""
    return ws.case_folder(number) / f"{number}.zip"
