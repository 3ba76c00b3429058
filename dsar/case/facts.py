"""The facts a case is made of: frozen, dated, and free of personal data.

A fact holds dates, grounds, ids, counts and keyed hashes. Names, addresses, free text and found data
are vault rows, named here only by their id. How facts are kept and chained is the ledger's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dsar.case.appeal_facts import AppealMade as AppealMade
from dsar.case.appeal_facts import RightRevived as RightRevived
from dsar.case.change_facts import ChecksSet as ChecksSet
from dsar.case.change_facts import HoldLifted as HoldLifted
from dsar.case.change_facts import HoldPlaced as HoldPlaced
from dsar.case.change_facts import PlanFinished as PlanFinished
from dsar.case.change_facts import PlanMade as PlanMade
from dsar.case.change_facts import PlanStarted as PlanStarted
from dsar.case.change_facts import Rechecked as Rechecked
from dsar.case.change_facts import RecipientsTold as RecipientsTold
from dsar.case.change_facts import RequesterIs as RequesterIs
from dsar.case.change_facts import StepsDone as StepsDone
from dsar.case.change_facts import Suppressed as Suppressed
from dsar.case.clock_facts import DesignationCorrected as DesignationCorrected
from dsar.case.clock_facts import MoveTakenBack as MoveTakenBack
from dsar.case.clock_facts import ReceivedCorrected as ReceivedCorrected
from dsar.case.clock_facts import ResidenceNoted as ResidenceNoted
from dsar.case.clock_facts import RuleCorrected as RuleCorrected
from dsar.case.fact import Fact as Fact
from dsar.case.rights import Right
from dsar.case.stages import Chosen, Outcome, Role

# -- intake ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened(Fact):
    """A request reached the organisation; ``message`` is the keyed hash of the original."""

    received_on: date
    zone: str
    channel: str
    role: Role
    language: str
    message: str
    designated: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RightClaimed(Fact):
    """One right under one law, with the rule and calendar versions it is computed with.

    ``proof_level`` is what the rule asks before personal data moves: 0 none, 1 reasonable, 2 reasonably high.
    ``target_days`` is what the office's own published policy promises, in days from receipt; None = nothing.
    ``chosen`` says how the law was found where nobody named it: a word of ``Chosen``.
    """

    right: Right
    law: str
    rule: str
    rule_version: str
    calendar_version: str
    proof_level: int
    must_acknowledge: bool
    target_days: int | None = None
    chosen: Chosen = Chosen.NAMED


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAdopted(Fact):
    """Somebody decided, with a reason in the vault, that a right is reckoned by today's rule and calendar."""

    claim: str
    rule_version: str
    calendar_version: str
    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockMoved(Fact):
    """An event that a law's clock may count: ``kind`` is a clock fact of the law room; no claim = all."""

    kind: str
    on: date
    claim: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFiled(Fact):
    """A further message or paper was put into the file (keyed hash and vault id)."""

    message: str
    kind: str
    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAssigned(Fact):
    """A member of staff took the case."""

    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded(Fact):
    """Somebody wrote a note; its text is a vault row."""

    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLinked(Fact):
    """Another case is about the same person or wish; both keep their own gates."""

    other: str
    kind: str


# -- verify ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProven(Fact):
    """The person was shown to be the data subject, to a level, by a method; ``evidence`` is a keyed hash."""

    level: int
    method: str
    points: int = 0
    declaration: bool = False
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityFailed(Fact):
    """The proof offered did not hold."""

    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityProven(Fact):
    """An agent, parent or executor was shown to act for the data subject."""

    role: Role
    method: str
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientChecked(Fact):
    """The address an answer would go to was compared with the channels on file."""

    recipient: str
    on_file: bool
    changed_on: date | None = None


# -- gather ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSetScoped(Fact):
    """A record set is in the scope of the search and must be accounted for; ``asks``: only a colleague can look."""

    source: str
    record_set: str
    role: str
    secret: bool = False
    asks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSetSearched(Fact):
    """A record set was searched with so many identifiers; ``found`` may be nought.

    ``excluded`` counts records beside them that we hold for a customer.
    """

    source: str
    record_set: str
    found: int
    identifiers: int
    count_only: bool = False
    excluded: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSetFailed(Fact):
    """A record set could not be searched; ``why`` is a word, never a server's message."""

    source: str
    record_set: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSetWaived(Fact):
    """Somebody decided, with a reason, to answer without this record set."""

    source: str
    record_set: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSetExcluded(Fact):
    """A record set is outside this answer for a stated ground (processor data, for one)."""

    source: str
    record_set: str
    ground: str
    seen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ColleagueAsked(Fact):
    """A colleague was asked to look, by a date."""

    source: str
    record_set: str
    who: str
    due_on: date


# -- review and act -------------------------------------------------------------------------------


class Decision(StrEnum):
    """What happens to one finding."""

    DISCLOSE = "disclose"
    REDACT = "redact"
    WITHHOLD = "withhold"


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsDecided(Fact):
    """Decisions on findings: (finding id, decision, ground); a ground is needed to redact or withhold."""

    decisions: tuple[tuple[str, Decision, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFinished(Fact):
    """Every finding has a decision; ``digest`` covers findings and decisions."""

    digest: str
    findings: int


class Approves(StrEnum):
    """What a second person can approve."""

    REVIEW = "review"
    LETTER = "letter"
    PLAN = "plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved(Fact):
    """A second person agreed to exactly this version."""

    what: Approves
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected(Fact):
    """A second person said no; the reason is a vault row."""

    what: Approves
    digest: str
    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageBuilt(Fact):
    """The package was made from the approved review; ``package`` is the file's SHA-256."""

    digest: str
    package: str
    records: int
    withheld: int


# -- respond and close ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterQueued(Fact):
    """A letter is to leave: the intent. ``key`` makes the sending idempotent; ``claims`` are what it answers."""

    key: str
    kind: str
    digest: str
    personal: bool
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterHandedOver(Fact):
    """The letter is being handed to the mail server: from here on it may have left."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSent(Fact):
    """The receipt: the letter left on this day by this transport."""

    key: str
    on: date
    transport: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFailed(Fact):
    """The letter did not leave: ``final`` = refused for good, else it may be tried again."""

    key: str
    why: str
    final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterBounced(Fact):
    """A letter that was sent came back; an undelivered answer is no answer."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeReached(Fact):
    """One right ended this way; ``ground`` is a code, for refusals and the like."""

    claim: str
    outcome: Outcome
    ground: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClosed(Fact):
    """The work is over; personal data of the file is kept until ``purge_on``."""

    purge_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceDestroyed(Fact):
    """Proof of identity or authority was destroyed; the fact that it was seen stays."""

    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReopened(Fact):
    """The case goes back to work; the reason is a vault row."""

    item: str


FACTS: dict[str, type[Fact]] = {cls.__name__: cls for cls in Fact.__subclasses__()}
