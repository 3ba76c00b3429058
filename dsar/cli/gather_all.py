"""gather --all-open: many cases, one pass over the sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsar.case.case import Case, Look
from dsar.case.next import next_step, short
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit, remark
from dsar.cli.not_followed import not_followed_data
from dsar.cli.session import current

if TYPE_CHECKING:
    from dsar.workflow.gather_all import GatheredAll, Read


def all_of(only: tuple[str, ...], *, retry: bool) -> int:
    """Gather for every open case that waits for it, and print one line for each."""
    from dsar.workflow.gather_all import gather_all

    session = current()
    report = _progress if not session.quiet else None
    done = gather_all(session.workspace, session.stamp, only=only, retry=retry, report=report)
    partly = [case for case in done.cases if _open(case)]
    rows = [_row(case, done) for case in done.cases]
    records = sum(line.found for case in done.cases for line in case.coverage.values())
    after: list[Line] = [f"{words.counted(len(done.cases), 'case')} searched together, {records} records in all."]
    if not done.cases:
        after = ["No open case waits for the search: each is accounted for, or its person is not proven yet."]
    after += [(Cell(f"{number}: {why}", "yellow"),) for number, why in done.troubles.items()]
    after += [(Cell(text, "yellow"),) for text in done.problems]
    failed = any(line.state is Look.FAILED for case in done.cases for line in case.coverage.values())
    hint = "Next: dsar gather --all-open --retry" if failed else "Next: dsar due" if done.cases else ""
    return emit(
        Answer(
            schema="gather",
            data={
                "cases": [_data(case, done) for case in done.cases],
                "reads": [
                    {
                        "source": one.source,
                        "record_set": one.record_set,
                        "state": one.state,
                        "cases": one.cases,
                        "found": one.found,
                        "seconds": round(one.seconds, 3),
                    }
                    for one in done.reads
                ],
                "problems": list(done.problems),
            },
            table=Table(
                (
                    Column(title="CASE"),
                    Column(title="RECORD SETS"),
                    Column(title="RECORDS", right=True),
                    Column(title="NOT FOLLOWED", right=True, drop=1),
                    Column(title="NEXT", shrink=True),
                ),
                rows,
            )
            if rows
            else None,
            rows=Table(
                tuple(Column(title=title) for title in ("case", "accounted", "of", "records", "not_followed", "next")),
                [_plain(case, done) for case in done.cases],
            ),
            after=tuple(after),
            hint=hint,
            exit_code=4 if partly or done.troubles else 0,
        )
    )


def _open(case: Case) -> list[str]:
    """The record sets of a case that are not accounted for."""
    return [
        f"{line.source}/{line.record_set}"
        for line in case.coverage.values()
        if line.state in (Look.OPEN, Look.ASKED, Look.FAILED)
    ]


def _row(case: Case, done: GatheredAll) -> tuple[str | Cell, ...]:
    left, total = _open(case), len(case.coverage)
    steps = [next_step(case, claim) for claim in case.claims.values() if claim.outcome is None]
    return (
        short(case.number),
        Cell(f"{total - len(left)} of {total}", "yellow" if left else "green"),
        str(sum(line.found for line in case.coverage.values())),
        str(len(done.not_followed.get(case.number, ()))),
        steps[0].command if steps else "",
    )


def _plain(case: Case, done: GatheredAll) -> tuple[str, ...]:
    """The line of a case for a pipe: its whole number, and figures alone."""
    accounted = str(len(case.coverage) - len(_open(case)))
    _, _, records, hops, command = map(str, _row(case, done))
    return case.number, accounted, str(len(case.coverage)), records, hops, command


def _data(case: Case, done: GatheredAll) -> dict[str, object]:
    return {
        "case": case.number,
        "records": sum(line.found for line in case.coverage.values()),
        "coverage": [
            {
                "source": line.source,
                "record_set": line.record_set,
                "state": str(line.state),
                "found": line.found,
                "why": line.ground,
                "secret": line.secret,
            }
            for line in case.coverage.values()
        ],
        "not_followed": [not_followed_data(one) for one in done.not_followed.get(case.number, ())],
        "trouble": done.troubles.get(case.number, ""),
    }


def _progress(read: Read) -> None:
    held = words.counted(read.found, "record")
    remark(f"  {read.source}/{read.record_set}: {read.state}, {held} for {words.counted(read.cases, 'case')}")
