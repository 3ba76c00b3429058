"""Searches the sources for one person's records, and accounts for every record set in scope.

How a source is read and where the search stops is the sources' business; what is found goes into the vault. Many
cases in one pass are ``gather_all``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dsar.case.case import Case, Claim, Look, proven
from dsar.case.facts import (
    Fact,
    RecordSetExcluded,
    RecordSetFailed,
    RecordSetScoped,
    RecordSetSearched,
    RecordSetWaived,
)
from dsar.case.identifiers import SEARCHABLE, Holder, Identifier, normal_email
from dsar.case.records import DataRole, Field, RecordSet
from dsar.case.rights import PATHS
from dsar.case.stages import Stage
from dsar.case.stamp import Stamp
from dsar.errors import InputWrong, Refused
from dsar.sources.answers import Answer, SearchResult
from dsar.sources.interface import Source
from dsar.sources.search import Subject, search_many
from dsar.workflow.hops import NotFollowed, await_yes
from dsar.workflow.openings import identifier_text, identifiers_of
from dsar.workflow.subject import reply_address, subject_of
from dsar.workflow.verify import check_recipient
from dsar.workspace import Workspace

# The kind of source that only a colleague can search.
PERSON = "person"

Report = Callable[[Answer], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What one run of gather did: an answer per record set asked, and where the case stands now."""

    case: Case
    answers: tuple[Answer, ...]
    followed: int
    not_followed: tuple[NotFollowed, ...]
    unclear: tuple[str, ...]
    count_only: bool


def gather(
    ws: Workspace,
    number: str,
    by: Stamp,
    *,
    only: Sequence[str] = (),
    retry: bool = False,
    count_only: bool = False,
    report: Report | None = None,
) -> Gathered:
    """Search every source in scope, or with ``retry`` only what failed or is new.

    Before identity is proven only counts are taken (``count_only``), so that proof does not eat the deadline.
    """
    ws.require(by, "editor")
    case = ws.ledger.case(number)
    _refuse_unproven(case, count_only)
    sources = chosen(ws, only)
    case = scope(ws, case, sources, by)
    wanted = to_ask(case, sources, retry=retry)
    identifiers = searchable(ws, case)
    if not identifiers:
        raise Refused(
            f"Not done: {number} holds no e-mail, phone or account number to search by. Nothing was searched.",
            hint=f"Add one: dsar attach {number} --identifier email=ADDRESS",
        )
    known = {one.key for one in identifiers_of(ws, number)}
    run = _Run(ws=ws, number=number, by=by, count_only=count_only, report=report)
    result = run.search(sources, wanted, identifiers)
    followed = result.followed
    if retry and any(one.key not in known for one in followed):
        # what answered now names new identifiers: the record sets that answered before are asked again with them
        result = run.search(sources, to_ask(case, sources, retry=False), [*identifiers, *followed])
        followed = (*followed, *result.followed)
    case = ws.ledger.case(number) if count_only else compare_recipient(ws, number, by)
    not_followed = tuple(NotFollowed(one, why) for one, why in result.not_followed)
    return Gathered(
        case=case,
        answers=result.answers,
        followed=len(followed),
        not_followed=not_followed if count_only else await_yes(ws, number, not_followed, by),
        unclear=tuple(one.kind for one in result.unclear),
        count_only=count_only,
    )


def searchable(ws: Workspace, case: Case) -> list[Identifier]:
    """What the person can be searched by."""
    return [one for one in subject_of(ws, case) if one.kind in SEARCHABLE]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One run for one case: each record set's answer is filed before the next is read, so that it stays filed."""

    ws: Workspace
    number: str
    by: Stamp
    count_only: bool
    report: Report | None

    def search(
        self, sources: Sequence[Source], wanted: set[tuple[str, str]], identifiers: Sequence[Identifier]
    ) -> SearchResult:
        """Search the sources of the record sets that are wanted, and file what these answer."""

        def followed(found: Mapping[str, Sequence[Identifier]]) -> None:
            if not self.count_only:
                remember(self.ws, self.number, found[self.number], self.by)

        def settled(answers: Mapping[str, Answer]) -> None:
            answer = answers[self.number]
            if (answer.source, answer.record_set.name) in wanted:
                record_answer(self.ws, self.number, answer, len(identifiers), self.count_only, self.by)
            if self.report:
                self.report(answer)

        asked = [source for source in sources if any(key[0] == source.settings.name for key in wanted)]
        return search_many(
            asked,
            {self.number: Subject(identifiers=identifiers)},
            count_only=self.count_only,
            followed=followed,
            settled=settled,
            keep_records=False,
            folder=self.ws.home,
        )[self.number]


def claims_to_search(case: Case) -> list[Claim]:
    """The rights not yet answered that need a search."""
    return [one for one in case.claims.values() if one.outcome is None and Stage.GATHER in PATHS[one.right]]


def _refuse_unproven(case: Case, count_only: bool) -> None:
    if count_only or any(proven(case, claim) for claim in claims_to_search(case)):
        return
    raise Refused(
        "Not done: identity is not proven yet, so records may only be counted. Nothing was searched.",
        hint=f"Least proof: dsar verify {case.number}. To count: dsar gather {case.number} --count",
    )


def chosen(ws: Workspace, only: Sequence[str]) -> list[Source]:
    known = {source.settings.name: source for source in ws.sources}
    for name in only:
        if name not in known:
            listed = ", ".join(known) or "none yet"
            raise InputWrong(f'There is no source "{name}" (there are: {listed}).', hint="dsar source list")
    if not known:
        raise Refused(
            "Not done: no source is configured, so nothing would be searched.",
            hint="Describe one in sources/NAME.toml; examples: dsar demo --keep DIR",
        )
    return [source for name, source in known.items() if not only or name in only]


def scope(ws: Workspace, case: Case, sources: Iterable[Source], by: Stamp) -> Case:
    """Put every record set of these sources into the coverage ledger."""
    facts: list[Fact] = []
    for source in sources:
        for record_set in source.settings.record_sets:
            if (record_set.source, record_set.name) not in case.coverage:
                facts.append(
                    RecordSetScoped(
                        source=record_set.source,
                        record_set=record_set.name,
                        role=_role(record_set),
                        secret=record_set.secret,
                        asks=source.settings.kind == PERSON,
                    )
                )
    return ws.ledger.record(case.number, *facts, by=by) if facts else case


def _role(record_set: RecordSet) -> str:
    roles = {period.role for period in record_set.roles}
    return "both" if len(roles) > 1 else str(next(iter(roles), DataRole.CONTROLLER))


def to_ask(case: Case, sources: Iterable[Source], *, retry: bool) -> set[tuple[str, str]]:
    """The record sets to ask: with retry only those not yet answered; what was waived stays waived."""
    done = {Look.WAIVED} | ({Look.SEARCHED, Look.EXCLUDED, Look.ASKED} if retry else set())
    keys = {(rs.source, rs.name) for source in sources for rs in source.settings.record_sets}
    return {key for key in keys if case.coverage[key].state not in done}


def record_answer(ws: Workspace, number: str, answer: Answer, identifiers: int, count_only: bool, by: Stamp) -> Case:
    """One record set's answer, its findings and its fact, in one transaction."""
    source, name = answer.source, answer.record_set.name
    ledger = ws.ledger
    with ledger.writing():
        case = ledger.case(number)
        line = case.coverage[(source, name)]
        if count_only:
            if answer.state != "searched":
                return case
            fact: Fact = RecordSetSearched(
                source=source, record_set=name, found=answer.found, identifiers=identifiers, count_only=True
            )
        elif answer.state == "failed":
            fact = RecordSetFailed(source=source, record_set=name, why=answer.why)
        elif answer.state == "excluded":
            fact = RecordSetExcluded(source=source, record_set=name, ground=answer.why, seen=answer.found)
        elif answer.state == "waiting":
            return case
        else:
            found = ledger.file_findings(number, source, name, answer.written())
            fact = RecordSetSearched(
                source=source, record_set=name, found=found, identifiers=identifiers, excluded=answer.excluded
            )
            if line.state is Look.SEARCHED and (line.found, line.excluded) == (found, answer.excluded):
                return case
        # of a line still open no search was told yet, so there is nothing to compare with
        if (count_only or line.state is not Look.OPEN) and _told_last(ws, number, fact):
            return case
        if answer.customers and not count_only:
            ledger.keep(number, "customer", json.dumps(answer.customers), at=by.recorded_at)
        return ledger.record(number, fact, by=by)


def _told_last(ws: Workspace, number: str, fact: Fact) -> bool:
    """Whether the file's last word on this record set is the same: what is typed twice is not written twice."""
    mine = (fact.source, fact.record_set)  # type: ignore[attr-defined]
    told = [
        entry.fact
        for entry in ws.ledger.history(number)
        if (getattr(entry.fact, "source", ""), getattr(entry.fact, "record_set", "")) == mine
    ]
    return bool(told) and told[-1] == fact


def remember(ws: Workspace, number: str, followed: Iterable[Identifier], by: Stamp) -> None:
    """Keep the identifiers the search followed: the review knows by them what is the person's own."""
    known = {one.key for one in identifiers_of(ws, number)}
    with ws.ledger.writing():
        for one in followed:
            if one.key not in known:
                ws.ledger.keep(number, "identifier", identifier_text(one), at=by.recorded_at)
                known.add(one.key)


def compare_recipient(ws: Workspace, number: str, by: Stamp) -> Case:
    """Compare the address an answer would go to with the person's own records."""
    address = reply_address(ws, number)
    if not address:
        return ws.ledger.case(number)
    on_file, changed_on = False, None
    for record_set, fields in _own_addresses(ws.sources):
        for finding in ws.ledger.findings_of(number, record_set.source, record_set.name):
            values = finding.record.values
            for field in fields:
                if normal_email(values.get(field.name, "")) == address:
                    on_file = True
                    changed_on = _later(changed_on, values.get(field.since_field, ""))
    return check_recipient(ws, number, address, on_file=on_file, changed_on=changed_on, by=by)


def _own_addresses(sources: Iterable[Source]) -> Iterator[tuple[RecordSet, list[Field]]]:
    """The record sets of persons, with the columns that hold a person's own e-mail address."""
    for source in sources:
        for record_set in source.settings.record_sets:
            fields = [
                field
                for field in record_set.fields
                if field.identifies == "email" and field.holder is Holder.PERSON and field.emits
            ]
            if fields and record_set.holder is Holder.PERSON:
                yield record_set, fields


def _later(first: date | None, text: str) -> date | None:
    try:
        second = date.fromisoformat(text[:10])
    except ValueError:
        return first
    return second if first is None or second > first else first


def waive(ws: Workspace, number: str, source: str, record_set: str, reason: str, by: Stamp) -> Case:
    """Answer without a record set, for a reason that is kept and told to the person."""
    ws.require(by, "editor")
    if not reason.strip():
        raise InputWrong(
            "Not done: a record set is only left out with a reason.", hint='Add it: --reason "why it was not searched"'
        )
    with ws.ledger.writing():
        case = ws.ledger.case(number)
        keys = [key for key in case.coverage if key[0] == source and record_set in ("", key[1])]
        if not keys:
            raise InputWrong(f'{number} has no record set "{source}" in scope.', hint=f"dsar show {number}")
        item = ws.ledger.keep(number, "reason", reason, at=by.recorded_at)
        facts = [RecordSetWaived(source=name, record_set=part, reason=item) for name, part in keys]
        return ws.ledger.record(number, *facts, by=by)


def file_answer(ws: Workspace, number: str, source_name: str, answer: Path | None, reason: str, by: Stamp) -> Case:
    """File a colleague's answer for a source that people look after; ``answer`` None means nothing is held there."""
    ws.require(by, "editor")
    from dsar.sources.person import answered

    source = chosen(ws, (source_name,))[0]
    case = scope(ws, ws.ledger.case(number), (source,), by)
    with ws.ledger.writing():
        for record_set in source.settings.record_sets:
            records = list(answered(source.settings, record_set, answer)) if answer else []
            found = ws.ledger.put_findings(number, source_name, record_set.name, records)
            fact = RecordSetSearched(source=source_name, record_set=record_set.name, found=found, identifiers=1)
            if _told_last(ws, number, fact):
                continue
            if reason:
                ws.ledger.keep(number, "note", reason, at=by.recorded_at)
            case = ws.ledger.record(number, fact, by=by)
    return case
