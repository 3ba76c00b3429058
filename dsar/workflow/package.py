"""Builds the answer's package from the approved review, and checks it before it may leave.

What the package looks like is the disclosure room's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dsar.case.case import Case
from dsar.case.facts import Decision, PackageBuilt
from dsar.case.rights import GIVES_A_COPY
from dsar.case.stamp import Stamp
from dsar.disclosure.check import PackageFault, check_package
from dsar.disclosure.content import PackageContent
from dsar.disclosure.package import build_package
from dsar.disclosure.watch import Watch, join, watch
from dsar.errors import InputWrong, Refused
from dsar.formats.files import sha256_of
from dsar.workflow.answer import coverage, kept_text, package_path, tables
from dsar.workflow.hints import about
from dsar.workflow.letters import answer_for_package, law_facts, rights_words
from dsar.workflow.review import Review, digest_of, load
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
    letter = answer_for_package(ws, case, review, by)
    with about(number):
        built = build_package(
            package_path(ws, number), content(ws, review, letter.text, letter.html, by), folders=ws.templates
        )
    fact = PackageBuilt(digest=case.reviewed, package=built.sha256, records=built.records, withheld=built.withheld)
    if case.package != built.sha256 or case.package_of != case.reviewed:
        ws.ledger.record(number, fact, by=by)
    return check(ws, number)


def content(ws: Workspace, review: Review, letter_text: str, letter_html: str, by: Stamp) -> PackageContent:
    """What goes into the package of a reviewed case."""
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


def check(ws: Workspace, number: str) -> Package:
    """Check the case's package: its own manifest, other people's identifiers, what was cut, hidden text."""
    path = package_path(ws, number)
    if not path.is_file():
        raise InputWrong(f"{number} has no package yet.", hint=f"dsar package build {number}")
    review = load(ws, number)
    case = review.case
    sha256 = sha256_of(path)
    looked = _watched(review)
    with about(number):
        faults = check_package(
            path,
            own=review.own,
            allowed=(*looked.allowed, *_contacts(ws, case)),
            redacted=tuple(looked.removed),
            countries=tuple({item.record_set.country for item in review.items if item.record_set.country}),
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


def _contacts(ws: Workspace, case: Case) -> tuple[str, ...]:
    """Addresses that may stand in the package because the letter gives them: ours, and the authorities'."""
    org = ws.config.organisation
    ours = [text for text in (org.email, org.phone, org.address, *org.designated) if text]
    laws = {claim.law for claim in case.claims.values()}
    theirs = [authority.site for law in laws for authority in ws.rules.law(law).authorities if authority.site]
    return (*ours, *theirs)


def _watched(review: Review) -> Watch:
    """Whose identifiers a rule or a person chose to show, and what was removed and must be nowhere."""
    settled = review.settled()
    return join(
        watch(item.finding, item.record_set, settled[item.finding.id], review.own)
        for item in review.items
        if item.finding.id in settled
    )


def clean(ws: Workspace, case: Case) -> bool:
    """Whether the package that was built from the current review passes its check."""
    if not any(claim.right in GIVES_A_COPY and claim.outcome is None for claim in case.claims.values()):
        return True
    if not case.package or case.package_of != case.reviewed:
        return False
    return not check(ws, case.number).faults
