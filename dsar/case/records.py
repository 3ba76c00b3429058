"""What a record set is, what was found in one, and what is proposed for it.

How a source file is read into these values, and how records are fetched, is the sources' business.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from dsar.case.identifiers import Holder

if TYPE_CHECKING:
    from dsar.case.facts import Decision


class Disclose(StrEnum):
    """Whether a field may be shown to the data subject."""

    YES = "yes"
    NEVER = "never"
    OTHER_PERSON = "other_person"


class OnDelete(StrEnum):
    """What an erasure does to a record or to one field of it."""

    ROW = "row"
    NULL = "null"
    MASK = "mask"
    CUT = "cut"
    KEEP = "keep"


class Normal(StrEnum):
    """What a source promises of a field: nothing, its normal form, or of numbers E.164 with the plus, digit for digit.

    A number in its normal form may stand there with its plus, with 00 or with neither.
    """

    NO = ""
    YES = "yes"
    E164 = "e164"


class DataRole(StrEnum):
    """What the organisation is for a record set, per purpose and period."""

    CONTROLLER = "controller"
    PROCESSOR = "processor"


# Every key must equal its value in the record for the condition to hold.
Condition = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column of a record set, in words a stranger understands.

    ``identifies`` is an identifier kind; ``match`` searches by it, ``emits`` feeds what is found back into the
    search (with the holder said here: only a person's own identifiers are followed; where it ``asks``, only with
    somebody's yes; to at most ``fan_out`` different values, where that is not 0). A field about another
    person is shown only where a ``show_when`` holds; no field is shown where a ``hide_when`` does.
    ``text`` is free prose: the search looks for identifiers inside it, the review for other people's.
    ``ignores`` are the parts of an e-mail address that make no other mailbox here: "plus" (what follows a +), "dots".
    ``normal`` promises how the source keeps the value, so that an index can be asked.
    """

    name: str
    meaning: str
    category: str = ""
    origin: str = "provided"
    codes: tuple[tuple[str, str], ...] = ()
    identifies: str = ""
    match: bool = False
    emits: bool = False
    asks: bool = False
    fan_out: int = 0
    holder: Holder = Holder.PERSON
    since_field: str = ""
    until_field: str = ""
    text: bool = False
    ignores: tuple[str, ...] = ()
    normal: Normal = Normal.NO
    disclose: Disclose = Disclose.YES
    show_when: tuple[Condition, ...] = ()
    hide_when: tuple[Condition, ...] = ()
    correctable: bool = False
    on_delete: OnDelete | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RolePeriod:
    """What we are for a record set, why, and from when until when; ``customer_field`` names the controller."""

    role: DataRole
    purpose: str
    since: date | None = None
    until: date | None = None
    customer_field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSet:
    """One kind of record in a source; ``place`` is its table, file or folder in the source's own terms."""

    source: str
    name: str
    title: str
    place: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    roles: tuple[RolePeriod, ...]
    holder: Holder = Holder.PERSON
    time_field: str = ""
    category: str = ""
    basis: str = ""
    retention: str = ""
    recipients: tuple[str, ...] = ()
    obtained_from: str = ""
    automated_decisions: str = ""
    transfers: str = ""
    secret: bool = False
    omit_when: tuple[Condition, ...] = ()
    on_delete: OnDelete = OnDelete.ROW
    keep_ground: str = ""
    keep_until: str = ""
    country: str = ""
    # columns with the values that suppress, restrict, or stop one purpose ("(purpose, columns)")
    suppress: Mapping[str, str] = dataclasses.field(default_factory=dict)
    restrict: Mapping[str, str] = dataclasses.field(default_factory=dict)
    stops: tuple[tuple[str, Mapping[str, str]], ...] = ()
    # the kind's own settings for this record set, as text
    options: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def field(self, name: str) -> Field | None:
        """The field of this name, if the record set describes it."""
        return next((field for field in self.fields if field.name == name), None)

    def role_on(self, day: date | None) -> RolePeriod:
        """Our role for a record of this day; a day unknown or in no period gets the most careful role there is."""
        for period in self.roles:
            if day and not ((period.since and day < period.since) or (period.until and day > period.until)):
                return period
        return next((period for period in self.roles if period.role is DataRole.PROCESSOR), self.roles[0])

    @property
    def purposes(self) -> tuple[str, ...]:
        """Why the organisation keeps it."""
        return tuple(dict.fromkeys(period.purpose for period in self.roles))


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Why a record was found: the field, the identifier it carries, and how the two compared.

    ``how`` is "exact" (as typed), "normal" (after normal forms) or "text" (inside prose).
    """

    field: str
    kind: str
    value: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record as its source holds it, every value as text; ``place`` is the file line or row for a person."""

    key: str
    values: Mapping[str, str]
    matched: tuple[Match, ...]
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One record in the case, with a case-wide id that says nothing about its content."""

    id: str
    source: str
    record_set: str
    record: Record


class Mark(StrEnum):
    """What is proposed for one field of a finding."""

    SHOW = "show"
    NEVER = "never"
    OTHER_PERSON = "other_person"
    CUT = "cut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the rules propose for a finding; ``flagged`` asks a person to look.

    ``shown`` holds the values as they would leave, ``marks`` what was done to each field and why.
    """

    finding: str
    decision: Decision
    ground: str
    shown: Mapping[str, str]
    marks: Mapping[str, Mark]
    flagged: str = ""
