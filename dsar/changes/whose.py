"""Tells which values of a record are the data subject's own, and whether others stand in the record too.

What is then done with the record is for the plans.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from dsar.case.identifiers import Holder, Identifier, folded_name, normal
from dsar.case.records import DataRole, Field, Finding, RecordSet
from dsar.changes.cutting import REMOVED, Cutter
from dsar.sources.matching import Matcher, comparable, emails_in, family
from dsar.sources.periods import day_of
from dsar.sources.phones import Phones, single_numbers

# What is longer is not taken apart: it leaves whole.
LONGEST_PROSE = 200_000


class Record:
    """One finding beside the identifiers that were the person's on the record's day."""

    def __init__(self, finding: Finding, record_set: RecordSet, own: Sequence[Identifier]) -> None:
        self.finding = finding
        self.values = finding.record.values
        self.record_set = record_set
        self.day: date | None = day_of(self.values.get(record_set.time_field, ""))
        mine = [one for one in own if one.holder is Holder.PERSON and one.covers(self.day)]
        self._held: dict[str, set[str]] = {}
        for kind, value in (*((one.kind, one.value) for one in mine), *self._matched()):
            self._held.setdefault(_family(kind), set()).add(value)
        self._names = {_words_of(name) for name in self._held.get("name", ())}
        self._phones = Phones(self._held.get("phone", ()), record_set.country)
        self._matcher = Matcher(record_set, mine)
        self._cutter = Cutter(self._held, record_set.country)

    def _matched(self) -> list[tuple[str, str]]:
        """What the search compared, periods and all."""
        return [(match.kind, match.value) for match in self.finding.record.matched]

    @property
    def customer(self) -> str | None:
        """For whom the record is held as a processor ("" if no column says so); None where it is our own."""
        role = self.record_set.role_on(self.day)
        if role.role is not DataRole.PROCESSOR:
            return None
        return self.values.get(role.customer_field, "").strip()

    @property
    def shared(self) -> bool:
        """Whether a search for somebody else would find this record too, or it only mentions the person."""
        return self.shared_but_for(())

    def shared_but_for(self, names: Collection[str]) -> bool:
        """The same without looking at some fields, such as one that is said to hold a wrong value.

        A record that a colleague picked out carries no match and counts as the person's.
        """
        if self.record_set.holder is not Holder.PERSON:
            return True
        matched = self.finding.record.matched
        if matched and all(match.how == "text" for match in matched):
            return True
        return any(
            self.is_others(field)
            for field in self.record_set.fields
            if field.name not in names and _names_a_party(self.record_set, field)
        )

    def is_others(self, field: Field) -> bool:
        """Whether a field's value is somebody else's, and not an address that the settings say is nobody's."""
        value = self.values.get(field.name, "")
        return bool(value.strip()) and not self.is_own(field) and not self._is_nobodys(field)

    def _is_nobodys(self, field: Field) -> bool:
        return any(
            field.name in condition and all(self.values.get(key, "").strip() == held for key, held in condition.items())
            for condition in field.show_when
        )

    def is_own(self, field: Field) -> bool:
        """Whether a field's value is the person's identifiers or name, and nothing beside them."""
        raw = self.values.get(field.name, "").strip()
        kind = _family(field.identifies)
        if not raw or field.text:
            return False
        if emails := emails_in(raw):
            return all(email in self._held.get("email", ()) for email in emails)
        if kind in ("", "phone") and (numbers := single_numbers(raw)) and all(map(self._phones.same, numbers)):
            return True
        if kind in ("", "name") and _words_of(raw) in self._names:
            return True
        return bool(kind) and normal(kind, raw, country=self.record_set.country) in self._held.get(kind, ())

    def cut(self, name: str) -> str:
        """A field's text without the person; the block alone where the search would still find them in it."""
        text = self.values.get(name, "")
        if len(text) > LONGEST_PROSE:
            return REMOVED
        rest = self._cutter.cut(text)
        found = self._matcher.match({name: rest}) if rest != text or self._is_matched(name) else ()
        return REMOVED if any(match.field == name for match in found) else rest

    def _is_matched(self, name: str) -> bool:
        return any(match.field == name for match in self.finding.record.matched)

    @property
    def key(self) -> dict[str, str]:
        """The record's key by column."""
        return {name: self.values.get(name, "") for name in self.record_set.key}


def _names_a_party(record_set: RecordSet, field: Field) -> bool:
    """Whether the field makes a record somebody's: it is searched by, and what it holds may be another person's.

    A field that leads on from a person's own record holds more of the same person's identifiers.
    """
    return comparable(record_set, field) and not field.emits


def _family(kind: str) -> str:
    return "name" if kind == "child" else family(kind)


def _words_of(name: str) -> tuple[str, ...]:
    return tuple(sorted(folded_name(name.replace(",", " ")).split()))
