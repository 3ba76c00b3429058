"""The one door to the case store: records facts in transactions and answers what happened.

Each of its parts is a module beside it; what to record, and when, is the workflow's decision.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from dsar.case.admit import admit
from dsar.case.case import Case, LetterState
from dsar.case.evolve import evolve
from dsar.case.facts import CaseOpened, Fact
from dsar.case.records import Finding, Record
from dsar.case.stamp import Stamp
from dsar.case.written import Written, written
from dsar.errors import Busy, InputWrong, Refused
from dsar.ledger import audit as checks
from dsar.ledger import drive, numbers, schema
from dsar.ledger.audit import Fault
from dsar.ledger.chain import Chain, Entry, moved_on, short
from dsar.ledger.findings import Findings
from dsar.ledger.folded import Cases, Folded
from dsar.ledger.inflow import Draft, Inflow
from dsar.ledger.notices import Notices
from dsar.ledger.numbers import Numbers
from dsar.ledger.people import People
from dsar.ledger.projection import Projection, project, real_clocks
from dsar.ledger.rows import CaseRow, DueRow, OutboxRow
from dsar.ledger.store import WAIT_SECONDS, Store
from dsar.ledger.texts import Texts
from dsar.ledger.vault import Kept, Vault
from dsar.ledger.views import Views

if TYPE_CHECKING:
    from dsar.ledger.projection import Clocks

_TIDY = "tidy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A store file that was opened and audited: how far it goes, and what is wrong with it."""

    path: Path
    entries: int
    head: str
    faults: tuple[Fault, ...]


class Ledger(Texts):
    """Facts, vault, findings, outbox and lists of one case store."""

    def __init__(self, store: Store, clocks: Clocks | None = None) -> None:
        super().__init__(store)
        self._clocks = clocks
        self._chain = Chain(store)
        self._cases = Cases(store, self._chain)
        self._vault = Vault(store)
        self._numbers = Numbers(store)
        self._findings = Findings(store)
        self._inflow = Inflow(store, self._vault)
        self._people = People(store, self._vault)
        self._views = Views(store)
        self.notices = Notices(store)

    # -- the file -------------------------------------------------------------------------------------

    @classmethod
    def create(cls, path: Path, *, mode: int = 0o600, wait: float = WAIT_SECONDS, clocks: Clocks | None = None) -> Self:
        """Make a new store with this file mode; InputWrong if there is a file already."""
        return cls(Store.create(path, mode=mode, wait=wait), clocks)

    @classmethod
    def open(
        cls, path: Path, *, readonly: bool = False, wait: float = WAIT_SECONDS, clocks: Clocks | None = None
    ) -> Self:
        """Open a store; ``wait`` seconds are given to other writers. StoreDamaged if it is damaged or newer.

        ``clocks`` computes the open obligations of a case; without it, the clocks of the law do.
        """
        return cls(Store.open(path, readonly=readonly, wait=wait), clocks)

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def writing(self, by: Stamp | None = None, what: str = "") -> AbstractContextManager[None]:
        """One transaction for everything inside; nestable. A colleague who waits is told ``by`` and ``what``."""
        return self._store.writing(by, what)

    # -- cases and facts ------------------------------------------------------------------------------

    def new_number(self, year: int) -> str:
        """The next case number of a year. Take it in the writing block that opens the case, or it stays unused."""
        return self._numbers.new(year)

    def resolve(self, text: str) -> str:
        """The whole number for what somebody typed; InputWrong if it fits no case, or several."""
        return self._numbers.resolve(text)

    def case(self, number: str) -> Case:
        """The case as the sum of its facts; InputWrong if it does not exist."""
        case = self._cases.of(number).case
        if not case.exists:
            raise self._numbers.unknown(number, numbers.parts(number)[1])
        return case

    def record(
        self,
        number: str,
        *facts: Fact,
        by: Stamp,
        seen: int | None = None,
        items: Mapping[str, str] | None = None,
    ) -> Case:
        """Add facts to a case, all or none, each admitted against the case as the ones before left it.

        ``seen`` is the ``facts`` count of the case the caller decided on: Busy if somebody was quicker.
        ``items`` says which vault row holds the letter with which key. Raises NotAllowed.
        """
        with self._store.writing(by):
            folded = self._cases.of(number)
            entries, case = list(folded.entries), folded.case
            if seen is not None and case.facts != seen:
                raise moved_on(number, entries[seen:], by)
            for fact in facts:
                admit(case, fact, by.actor)
                if isinstance(fact, CaseOpened):
                    self._numbers.use(number)
                entries.append(self._chain.append(number, fact, by))
                case = evolve(case, fact, by.actor)
            for key, item in (items or {}).items():
                if key not in case.letters:
                    raise InputWrong(f"There is no such letter in {number}. Nothing was changed.")
                self._vault.attach(number, key, item)
            if facts:
                self._views.write(self._project(Folded(entries, case)))
                self._cases.put(number, Folded(entries, case))
        return case

    def history(self, number: str | None = None) -> Iterator[Entry]:
        """The entries of one case or of all, oldest first."""
        return self._chain.entries(number)

    def cases_with(self, kind: type[Fact]) -> list[str]:
        """The cases, open or closed, that have a fact of this kind."""
        return self._chain.cases_with(kind.__name__)

    def _project(self, folded: Folded) -> Projection:
        self._clocks = self._clocks or real_clocks()
        return project(folded.case, folded.entries, self._clocks(folded.case, self.pinned))

    def _fresh(self, number: str) -> Projection:
        return self._project(self._cases.read(number))

    # -- the vault ------------------------------------------------------------------------------------

    def keep(self, number: str, kind: str, value: str | bytes, *, at: datetime) -> str:
        """Put something personal of a case into the vault and return its id, which says nothing."""
        numbers.parts(number)
        return self._vault.keep(number, kind, value, at=at)

    def kept(self, number: str, kind: str | None = None) -> list[Kept]:
        """What the vault holds for a case, oldest first."""
        return self._vault.kept(number, kind)

    def item(self, item: str) -> Kept:
        """One vault row; InputWrong if it is gone."""
        return self._vault.item(item)

    def forget(self, item: str) -> None:
        """Delete one vault row for good."""
        self._vault.forget(item)

    def digest(self, number: str, value: str | bytes) -> str:
        """HMAC-SHA256 in hex with the case's own random key; Refused once that key was destroyed."""
        numbers.parts(number)
        return self._vault.digest(number, value)

    def purge_case(self, number: str, *, again: bool = False) -> None:
        """Delete everything personal of a closed case, key included; its facts stay and still check.

        The file is then written anew, after the outermost writing block: wrap several purges in one.
        ``again`` is for a restored copy of a case that was purged since, which may be open in the copy.
        """
        with self._store.writing():
            if not (self.case(number).closed or again):
                raise Refused(
                    f"Not done: {number} is not closed, so nothing of it may be purged. Nothing was changed.",
                    hint=f"Close it first: dsar close {number}",
                )
            self._vault.purge(number)
            self.set_meta(_TIDY, "owed")
        self.tidy()

    def tidy(self) -> None:
        """Write the file anew if a purge left room in it; while somebody writes, that waits for the next time."""
        if self._store.in_writing or self.meta(_TIDY) != "owed":
            return
        with contextlib.suppress(Busy):
            self._store.vacuum()
            self.set_meta(_TIDY, "done")

    # -- messages and drafts --------------------------------------------------------------------------

    def message_case(self, message_id: str, sha256: str) -> str | None:
        """The case or draft that already holds this message, by its bytes or else by its Message-ID."""
        return self._inflow.owner_of(message_id, sha256)

    def remember_message(self, owner: str, message_id: str, sha256: str) -> None:
        """Say that a message is in a case or draft from now on; only keyed hashes are kept."""
        self._inflow.remember(owner, message_id, sha256)

    def add_draft(self, body: dict[str, Any], raw: bytes, at: datetime) -> str:
        """Keep a reading (JSON values) and its original until somebody settles it; returns "D-0001"."""
        return self._inflow.add(body, raw, at)

    def drafts(self) -> list[Draft]:
        """The drafts that wait, oldest first."""
        return self._inflow.drafts()

    def draft(self, name: str) -> Draft:
        """One draft; InputWrong if it was settled or never was."""
        return self._inflow.draft(name)

    def settle_draft(self, name: str, owner: str = "") -> None:
        """Delete a draft; its message is then known as ``owner``'s, or simply as known."""
        self._inflow.settle(name, owner)

    def know_person(self, number: str, marks: Iterable[str]) -> None:
        """Say that a case names a person by these identifiers ("email:a@example.com"); only keyed hashes are kept."""
        self._people.know(number, marks)

    def cases_of_person(self, marks: Iterable[str], *, closed: bool = False) -> list[str]:
        """The open cases that name a person by one of these identifiers; with ``closed``, those closed too."""
        return self._people.cases(marks, closed=closed)

    def suppress(self, marks: Iterable[str]) -> None:
        """Enter identifiers into the suppression list; it outlives the purge of the case."""
        self._people.suppress(marks)

    def is_suppressed(self, mark: str) -> bool:
        """Whether an identifier ("email:a@example.com") is on the suppression list."""
        return self._people.is_suppressed(mark)

    # -- findings -------------------------------------------------------------------------------------

    def put_findings(self, number: str, source: str, record_set: str, records: Iterable[Record]) -> int:
        """Add what was found and update what changed; ids stay. Returns how many the record set now holds."""
        return self.file_findings(number, source, record_set, map(written, records))

    def file_findings(self, number: str, source: str, record_set: str, records: Iterable[Written]) -> int:
        """The same for records that are text already."""
        numbers.parts(number)
        return self._findings.put(number, source, record_set, records)

    def findings(self, number: str) -> Iterator[Finding]:
        """The findings of a case in the order of their ids."""
        return self._findings.of(number)

    def findings_of(self, number: str, source: str, record_set: str) -> Iterator[Finding]:
        """Those of one record set alone."""
        return self._findings.of_record_set(number, source, record_set)

    def drop_findings(self, number: str, source: str, record_set: str) -> None:
        """Delete the findings of one record set; their ids are not used again."""
        self._findings.drop(number, source, record_set)

    # -- lists ----------------------------------------------------------------------------------------

    def rows(self, *, open_only: bool = True, owner: str | None = None, limit: int | None = None) -> list[CaseRow]:
        """Cases, the most urgent first."""
        return self._views.rows(open_only=open_only, owner=owner, limit=limit)

    def to_purge(self, today: date) -> list[CaseRow]:
        """Closed cases whose purge date has come, purged or not: purging twice is harmless."""
        return self._views.to_purge(today)

    def is_purged(self, number: str) -> bool:
        """Whether the personal data of a case was purged."""
        return bool(self._store.one("SELECT 1 FROM vault_key WHERE owner = ? AND key IS NULL", (number,)))

    def clock_rows(
        self, *, open_only: bool = True, until: date | None = None, limit: int | None = None
    ) -> list[DueRow]:
        """Obligations by date; ``until`` leaves out those due later, or without a date."""
        return self._views.clock_rows(open_only=open_only, until=until, limit=limit)

    def outbox(self, *states: LetterState) -> list[OutboxRow]:
        """Letters in the order they were queued, in one of these states or in any."""
        return self._views.outbox(*states)

    # -- proof ----------------------------------------------------------------------------------------

    def entries_count(self) -> int:
        """How many entries the chain has."""
        return self._chain.count()

    def head(self) -> str:
        """The newest entry's hash as people compare it: "9f3c-c41b" ("0000-0000" in an empty store)."""
        return short(self._chain.last()[1])

    def head_after(self, entries: int) -> str:
        """The head as it was after so many entries, to compare with one written down then; "" if there are fewer."""
        found = self._chain.hash_after(entries)
        return short(found) if found else ""

    def audit(self) -> list[Fault]:
        """What is wrong: chain, guards, pinned texts, and lists that differ from the facts of any case."""
        return checks.audit(self._store, self._chain, self._views, self._fresh)

    def rebuild(self) -> None:
        """Make the projection of every case anew and put the guards back; facts are not touched."""
        with self._store.writing():
            there = self._store.triggers()
            for name, sql in schema.TRIGGERS.items():
                if there.get(name) != sql:
                    self._store.execute(f"DROP TRIGGER IF EXISTS {name}")
                    self._store.execute(sql)
            cases = self._chain.cases()
            for number in self._views.cases() - set(cases):
                self._views.drop(number)
            for number in cases:
                self._views.write(self._fresh(number))
        self.tidy()

    # -- copies ---------------------------------------------------------------------------------------

    def backup(self, target: Path) -> Checked:
        """Copy the store, as of one moment, to a new file of the same mode; opened and audited before it counts."""
        self._store.copy_to(target, mode=self._store.path.stat().st_mode & 0o777)
        return self.check_file(target, clocks=self._clocks)

    @classmethod
    def check_file(cls, path: Path, *, clocks: Clocks | None = None) -> Checked:
        """Open a store without changing it and check file and chain; StoreDamaged if it cannot be opened."""
        with cls.open(path, readonly=True, clocks=clocks) as ledger:
            complaints = [Fault(code="file", says=says) for says in ledger._store.complaints()]
            return Checked(
                path=path,
                entries=ledger.entries_count(),
                head=ledger.head(),
                faults=(*complaints, *ledger.audit()),
            )

    @classmethod
    def restore(cls, backup: Path, path: Path, *, mode: int = 0o600, clocks: Clocks | None = None) -> Checked:
        """Put a backup where no store is, never over one, and check it there; the backup stays as it is."""
        with cls.open(backup, readonly=True) as good:
            drive.refuse_network(path)
            good._store.copy_to(path, mode=mode)
        return cls.check_file(path, clocks=clocks)
