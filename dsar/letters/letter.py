"""The letter as a value: everything a template may see, and nothing else.

Filling it from a case is the workflow's business; the words around it stand in the templates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dsar.case.rights import PATHS, Right
from dsar.case.stages import Role, Stage
from dsar.errors import InputWrong

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


class ClockEffect(StrEnum):
    """What waiting for the requester's reply does to the due date, as the law room computed it."""

    NONE = "none"  # California: the days run on
    MAY_PAUSE = "may_pause"  # EU: guidance only, no promise
    PAUSES = "pauses"  # UK: a clarification of a request for a copy
    RESTARTS = "restarts"  # UK: proof of identity


class CoverageState(StrEnum):
    """How the search of one place ended."""

    FOUND = "found"
    NOTHING = "nothing"
    WAITING = "waiting"
    FAILED = "failed"
    WAIVED = "waived"
    EXCLUDED = "excluded"


# What a letter must explain, because nobody knows yet what is there.
NOT_SEARCHED = frozenset({CoverageState.WAITING, CoverageState.FAILED, CoverageState.WAIVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Who writes the letter, and the ways to reach it."""

    name: str
    email: str = ""
    post_address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RightAsked:
    """One right the letter is about; without a number in the law there is no date but its ``standard``."""

    right: Right
    due_on: date | None = None
    standard: str = ""

    @property
    def needs_proof(self) -> bool:
        """Whether this right waits for proof of identity at all."""
        return Stage.VERIFY in PATHS[self.right]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A public body that takes complaints, and how to reach it."""

    name: str
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LawCited:
    """A law the letter is written under; ``authority`` is the one for this requester's residence.

    ``court`` names a court where one is meant; ``appeal`` is the time for an appeal to us in words ("a reasonable
    period after the decision"), ``appeal_answer`` the time we have to answer it ("60 days"). ``must_state`` are the
    law's words for what a refusal under it says.
    """

    id: str
    name: str
    citations: tuple[str, ...] = ()
    authority: Authority | None = None
    court: str = ""
    appeal: str = ""
    appeal_answer: str = ""
    must_state: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFound:
    """One record set in the answer: what it is, why we have it, who received it, how long it stays.

    Blank ``obtained_from`` means from the person or the use of the service; blank ``automated_decisions``
    or ``transfers`` mean that our register of processing names none.
    """

    title: str
    count: int
    purposes: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    retention: str = ""
    obtained_from: str = ""
    automated_decisions: str = ""
    transfers: str = ""
    sold_or_shared_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageLine:
    """One place that was to be searched, how that ended and, where it was not searched, why."""

    title: str
    state: CoverageState
    found: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """Records or parts of records that the answer leaves out, and the ground."""

    what: str
    count: int
    ground: str


class Verdict(StrEnum):
    """How an appeal, a complaint or the review of a computer's decision ended for whoever asked."""

    UPHELD = "upheld"
    PARTLY = "partly"
    DENIED = "denied"


class Done(StrEnum):
    """What was done to a record set or, for a correction, to a field."""

    DELETED = "deleted"
    MASKED = "masked"
    CORRECTED = "corrected"
    RESTRICTED = "restricted"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing that was carried out; ``title`` names the record set, field or use, never a value."""

    title: str
    done: Done
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What stays in spite of the request: the ground, and until when if that is known.

    ``count`` is how many records; 0 where a field stays and nobody counted.
    """

    title: str
    count: int
    ground: str
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSent:
    """The file enclosed or offered: name, checksum, how to open it (beyond unpacking), until when it is there."""

    file_name: str
    sha256: str
    how_to_open: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The published privacy policy that governs."""

    title: str
    in_force_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """Who signs."""

    name: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierLetter:
    """A letter of ours in the same case; ``kind`` is a letter kind."""

    kind: str
    sent_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdParty:
    """Who received personal information for its own direct marketing (Civil Code 1798.83 register)."""

    name: str
    address: str
    categories: tuple[str, ...]
    examples: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTerm:
    """The one identifier a colleague or recipient needs in order to find the records."""

    label: str
    value: str


class Act(StrEnum):
    """What a processor or recipient is told to do with data it has from us."""

    ERASE = "erase"
    CORRECT = "correct"
    RESTRICT = "restrict"
    STOP_SALE = "stop_sale"
    STOP_MARKETING = "stop_marketing"
    LIMIT = "limit"  # sensitive data only where it is needed
    STOP_USE = "stop_use"


# What others are told to do when a right is carried out; a first step (a child's data rests) may differ.
ACTS: dict[Right, Act] = {
    Right.DELETE: Act.ERASE,
    Right.CHILD_DELETE: Act.ERASE,
    Right.EDIT: Act.CORRECT,
    Right.RESTRICTION: Act.RESTRICT,
    Right.OPT_OUT_SALE: Act.STOP_SALE,
    Right.OPT_OUT_MARKETING: Act.STOP_MARKETING,
    Right.LIMIT_SPI: Act.LIMIT,
    Right.OBJECTION: Act.STOP_USE,
    Right.WITHDRAW_CONSENT: Act.STOP_USE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValue:
    """A field and its right value, for those who must correct their own copy; never for any other letter."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Everything a template may see. Optional values are left empty; which kinds need which is in kinds.py.

    ``methods`` are ways of proof, as codes of the law room (account_login, ...) or as words; any one of them
    is enough, but for signed_declaration, which goes with the facts. Ways for agents and parents are shown to them
    only. ``points`` are facts to confirm, of which ``points_needed`` are enough. ``searched_by`` holds kinds of
    identifiers or words. ``language`` is the language of the request.
    ``extension_limit_on`` and ``extension_notice_by`` are the law's own latest dates.
    ``colleague`` is whom we ask or instruct, ``places`` the record sets (or uses to stop) concerned. An instruction to
    correct without ``new_values`` says that they follow by another way. ``channel_changed_on`` is when contact data
    was last changed.
    ``appealed`` are the rights an appeal is against, of the request received on ``first_received_on``; ``again`` those
    that it opened again, with their new dates.
    """

    case_number: str
    organisation: Organisation
    received_on: date
    today: date
    rights: tuple[RightAsked, ...]
    laws: tuple[LawCited, ...]
    language: str = "en"
    role: Role = Role.SELF
    requester: str = ""
    salutation: str = ""
    signatory: Signatory | None = None
    reasons: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    points_needed: int = 0
    questions: tuple[str, ...] = ()
    reply_by: date | None = None
    clock_effect: ClockEffect = ClockEffect.NONE
    coverage: tuple[CoverageLine, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    tables: tuple[TableFound, ...] = ()
    searched_by: tuple[str, ...] = ()
    never_disclosed: tuple[str, ...] = ()
    lookback: str = ""
    sells_or_shares: bool = False
    package: PackageSent | None = None
    late_reason: str = ""
    extended_to: date | None = None
    extension_reason: str = ""
    extension_limit_on: date | None = None
    extension_notice_by: date | None = None
    actions: tuple[Action, ...] = ()
    kept: tuple[Kept, ...] = ()
    told: tuple[str, ...] = ()
    before_kept_until: date | None = None
    backups_until: date | None = None
    checks_on: tuple[date, ...] = ()
    customer: str = ""
    forwarded_on: date | None = None
    policy: Policy | None = None
    earlier_letters: tuple[EarlierLetter, ...] = ()
    third_parties: tuple[ThirdParty, ...] = ()
    disclosure_year: int | None = None
    marketing_choice: str = ""
    colleague: str = ""
    places: tuple[str, ...] = ()
    search_term: SearchTerm | None = None
    acts: tuple[Act, ...] = ()
    new_values: tuple[FieldValue, ...] = ()
    channel_changed_on: date | None = None
    verdict: Verdict | None = None
    appealed: tuple[RightAsked, ...] = ()
    again: tuple[RightAsked, ...] = ()
    first_received_on: date | None = None

    def __post_init__(self) -> None:
        """Codes are used in file names and comparisons, so they must be plain."""
        codes = [self.case_number, *(law.id for law in self.laws), *(earlier.kind for earlier in self.earlier_letters)]
        if not all(_CODE.fullmatch(code) for code in codes) or not _LANGUAGE.fullmatch(self.language):
            raise InputWrong(
                "Not written: the case number, a law, a letter kind or the language of this letter is not a plain code."
            )

    @property
    def due_on(self) -> date | None:
        """The earliest due date of the rights in this letter."""
        return min((asked.due_on for asked in self.rights if asked.due_on), default=None)

    @property
    def needs_proof(self) -> bool:
        """Whether any right in this letter waits for proof of identity."""
        return any(asked.needs_proof for asked in self.rights)
