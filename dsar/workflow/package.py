"""Builds the answer's package from the approved review, and checks it before it may leave.

What the package looks like is the disclosure room's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dsar.case.case import Case
from dsar.case.facts import Decision, PackageBuilt
from dsar.case.identifiers import normal_email
from dsar.case.rights import GIVES_A_COPY
from dsar.case.stamp import Stamp
from dsar.disclosure.check import PackageFault, check_package
from dsar.disclosure.content import CoverageLine, PackageContent, Table, table_of
from dsar.disclosure.package import build_package
from dsar.errors import InputWrong, Refused
from dsar.formats.files import sha256_of
from dsar.workflow.review import Review, digest_of, load, record_sets
from dsar.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A built package and what its check found."""

    path: Path
    sha256: str
    bytes: int
    records: int
    withheld: int
    faults: tuple[PackageFault, ...]


def package_path(ws: Workspace, number: str) -> Path:
    """Where the case's package is."""
    return ws.case_folder(number) / f"{number}.zip"


def build(ws: Workspace, number: str, by: Stamp) -> Package:
    """Build the package from the approved review; building again from the same review gives the same bytes."""
    ws.require(by, "editor", "approver")
    review = load(ws, number)
    case = review.case
    if not case.reviewed or digest_of(ws, review) != case.reviewed:
        raise Refused(
            "Not done: the review is not finished, or the records changed since. Nothing was built.",
            hint=f"dsar review {number}",
        )
    from dsar.workflow.letters import answer_for_package

    letter = answer_for_package(ws, case, review, by)
    built = build_package(
        package_path(ws, number), content(ws, review, letter.text, letter.html, by), folders=ws.templates
    )
    fact = PackageBuilt(digest=case.reviewed, package=built.sha256, records=built.records, withheld=built.withheld)
    if case.package != built.sha256 or case.package_of != case.reviewed:
        ws.ledger.record(number, fact, by=by)
    return check(ws, number)


def content(ws: Workspace, review: Review, letter_text: str, letter_html: str, by: Stamp) -> PackageContent:
    """What goes into the package of a reviewed case."""
    from dsar.workflow.letters import law_facts, rights_words

    case, org = review.case, ws.config.organisation
    laws = law_facts(ws, case)
    return PackageContent(
        case=case.number,
        organisation=org.name,
        contact=tuple(line for line in (org.name, org.address, org.email, org.phone) if line),
        created_on=by.on,
        person=kept_text(ws, case.number, "name"),
        laws=tuple(law.id for law in laws),
        law_titles=tuple(law.name for law in laws),
        language=case.language,
        letter_text=letter_text,
        letter_html=letter_html,
        tables=tables(ws, review),
        coverage=coverage(ws, case),
        rights=rights_words(ws, case),
    )


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
                reason=reason_words(ws, line.ground) if line.state in ("waived", "excluded") else "",
            )
        )
    return tuple(lines)


def reason_words(ws: Workspace, ground: str) -> str:
    """The words behind a ground: a vault item's text, or the ground's own sentence."""
    if ground.startswith("V-"):
        return ws.ledger.item(ground).value.decode("utf-8")
    from dsar.disclosure.grounds import grounds

    known = grounds()
    return known[ground].words() if ground in known else ground


def kept_text(ws: Workspace, number: str, kind: str) -> str:
    """The newest vault row of a kind, as text; "" if there is none."""
    kept = ws.ledger.kept(number, kind)
    return kept[-1].value.decode("utf-8") if kept else ""


def check(ws: Workspace, number: str) -> Package:
    """Check the case's package: its own manifest, other people's identifiers, what was cut, hidden text."""
    path = package_path(ws, number)
    if not path.is_file():
        raise InputWrong(f"{number} has no package yet.", hint=f"dsar package build {number}")
    review = load(ws, number)
    case = review.case
    sha256 = sha256_of(path)
    faults = list(
        check_package(
            path,
            own=review.own,
            allowed=_allowed(ws, review),
            redacted=_cut(review),
        )
    )
    if case.package and sha256 != case.package:
        faults.insert(
            0, PackageFault(code="changed", says="The package is not the one that was built.", file=path.name)
        )
    settled = review.settled().values()
    return Package(
        path=path,
        sha256=sha256,
        bytes=path.stat().st_size,
        records=sum(1 for one in settled if one.decision is not Decision.WITHHOLD),
        withheld=sum(1 for one in settled if one.decision is Decision.WITHHOLD),
        faults=tuple(faults),
    )


def _allowed(ws: Workspace, review: Review) -> tuple[str, ...]:
    """Values of others that may stand in the package: our own contacts, and what a decision chose to show."""
    org = ws.config.organisation
    shown: list[str] = [text for text in (org.email, org.phone, org.address, *org.designated) if text]
    for law in (claim.law for claim in review.case.claims.values()):
        shown += [authority.site for authority in ws.rules.law(law).authorities if authority.site]
    for proposal in review.settled().values():
        shown += [value for value in proposal.shown.values() if value]
    return tuple(dict.fromkeys(shown))


def _cut(review: Review) -> tuple[str, ...]:
    """What must be found nowhere in the package: values that were hidden and appear in no shown field."""
    settled = review.settled()
    shown = {value for one in settled.values() for value in one.shown.values()}
    own = {one.value for one in review.own} | {one.raw for one in review.own}
    hidden: list[str] = []
    for item in review.items:
        proposal = settled.get(item.finding.id)
        for name, value in item.finding.record.values.items():
            field = item.record_set.field(name)
            if proposal is None or field is None or field.text or len(value) < 6:
                continue
            if proposal.shown.get(name) != value and value not in shown and value not in own:
                hidden.append(value)
    return tuple(dict.fromkeys(hidden))


def clean(ws: Workspace, case: Case) -> bool:
    """Whether the package that was built from the current review passes its check."""
    if not any(claim.right in GIVES_A_COPY and claim.outcome is None for claim in case.claims.values()):
        return True
    if not case.package or case.package_of != case.reviewed:
        return False
    return not check(ws, case.number).faults


def same_address(first: str, second: str) -> bool:
    """Whether two addresses are the same e-mail."""
    return bool(first) and normal_email(first) == normal_email(second)
