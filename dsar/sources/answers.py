"""What a search says of each record set: found, nothing held, failed, waiting and excluded are never mixed.

How the search comes to it is ``search``; what the case makes of it is the workflow's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from dsar.case.identifiers import Identifier
from dsar.case.records import Record, RecordSet
from dsar.case.written import Written
from dsar.sources.interface import Problem


class State(StrEnum):
    """What became of one record set."""

    SEARCHED = "searched"
    FAILED = "failed"
    WAITING = "waiting"
    EXCLUDED = "excluded"


# Why a record set is excluded or waits; a failed one has a word of ``interface.Why``.
PROCESSOR = "processor"
NO_IDENTIFIER = "no_identifier"
PERSON = "person"
FAN_OUT = "fan_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One record set's answer.

    ``found`` counts records we answer for, ``excluded`` those held for a customer, whose ``customers`` are named
    and whose content is nowhere here. ``why`` is one word for the case, ``says`` sentences for a person.
    ``asked`` is with how many identifiers. ``written`` gives the records found one after the other, while the answer is
    being settled; ``records`` holds them where they are kept. In a count-only search there are none.
    """

    source: str
    record_set: RecordSet
    state: State
    records: tuple[Record, ...] = ()
    written: Callable[[], Iterator[Written]] = field(default=lambda: iter(()), repr=False, compare=False)
    found: int = 0
    excluded: int = 0
    asked: int = 0
    why: str = ""
    says: str = ""
    seconds: float = 0.0
    problems: tuple[Problem, ...] = ()
    customers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """Every record set's answer, the identifiers found on the way, and those not followed, with the reason.

    ``incomplete`` names the record sets ("crm seats") that failed although others depend on what they hold:
    until they answer, the other answers may be short. ``unclear`` are identifiers that several people held in
    turn while no period is known for this person: what they found may be somebody else's.
    """

    answers: tuple[Answer, ...]
    followed: tuple[Identifier, ...] = ()
    not_followed: tuple[tuple[Identifier, str], ...] = ()
    incomplete: tuple[str, ...] = ()
    unclear: tuple[Identifier, ...] = ()
