"""Proposes, field by field, what of a finding may be shown, and settles it once a person has decided.

The rules are the record set's own (its source file); how prose is cut is in cutting.py, and whether the
answer may leave is for the gates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dsar.case.facts import Decision
from dsar.case.identifiers import Holder, Identifier, normal
from dsar.case.records import Condition, DataRole, Disclose, Field, Finding, Mark, Proposal, RecordSet
from dsar.disclosure import grounds
from dsar.disclosure.cutting import NEVER, REMOVED, Knife
from dsar.disclosure.signs import names_a_secret, privileged, secrets_in
from dsar.disclosure.traces import emails, own_of
from dsar.errors import InputWrong
from dsar.formats.plain import printable


def propose(
    finding: Finding, record_set: RecordSet, own: Sequence[Identifier], *, instructed: bool = False
) -> Proposal:
    """What the record set's rules propose for one finding; ``own`` are the person's identifiers in normal form.

    ``instructed`` says that the controller we hold the record for has told us to hand it out. Identifiers that
    were the person's only for a period count only for records of that period. Columns nobody described stay out.
    """
    return _Desk(finding, record_set, own).proposal(instructed=instructed)


def settle(
    proposal: Proposal,
    decision: Decision,
    ground: str = "",
    *,
    finding: Finding,
    record_set: RecordSet,
    own: Sequence[Identifier],
) -> Proposal:
    """The proposal as a person decided it: whole, as proposed, or nothing at all.

    Whole shows other people's fields and prose uncut, because somebody chose to; what is never disclosed, what a
    ``hide_when`` removes and columns nobody described stay out even then. Where the rules leave out the whole
    record for a ground nobody may overrule (a helpline, a secret, a processor's data), it stays out.
    Raises InputWrong for a ground that does not exist, or for none where one is needed.
    """
    if proposal.decision is Decision.WITHHOLD:
        return proposal
    if decision is Decision.DISCLOSE:
        whole = _Desk(finding, record_set, own).fields(whole=True)
        return Proposal(
            finding=proposal.finding, decision=decision, ground="", shown=whole.shown, marks=whole.marks, flagged=""
        )
    code = grounds.ground(ground or proposal.ground).code if ground or proposal.ground else ""
    if not code:
        raise InputWrong(
            "A ground is needed to redact or withhold a finding. Nothing was decided.",
            hint=f"Add --ground with one of: {', '.join(grounds.grounds())}",
        )
    shown: Mapping[str, str] = proposal.shown if decision is Decision.REDACT else {}
    marks: Mapping[str, Mark] = proposal.marks if decision is Decision.REDACT else {}
    return Proposal(finding=proposal.finding, decision=decision, ground=code, shown=shown, marks=marks, flagged="")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fields:
    shown: dict[str, str]
    marks: dict[str, Mark]
    flags: tuple[str, ...]


class _Desk:
    """One finding beside its rules, while it is looked at."""

    def __init__(self, finding: Finding, record_set: RecordSet, own: Sequence[Identifier]) -> None:
        self._finding = finding
        self._values = finding.record.values
        self._set = record_set
        self._day = _day_of(self._values.get(record_set.time_field, ""))
        self._own = own_of(tuple(one for one in own if one.covers(self._day)))
        # only what is a person's own opens a field about other people: an account's number is everybody's in it
        self._mine = own_of(tuple(one for one in own if one.covers(self._day) and one.holder is Holder.PERSON))

    def proposal(self, *, instructed: bool) -> Proposal:
        if code := self._left_out(instructed=instructed):
            return self._proposal(Decision.WITHHOLD, code, _Fields(shown={}, marks={}, flags=()))
        fields = self.fields(whole=False)
        marks = {mark for name, mark in fields.marks.items() if name in fields.shown}
        code = ""
        if marks & {Mark.OTHER_PERSON, Mark.CUT}:
            code = grounds.THIRD_PARTY
        elif Mark.NEVER in marks:
            code = grounds.NEVER_DISCLOSED
        elif self._undescribed():
            code = grounds.UNDESCRIBED
        return self._proposal(Decision.REDACT if code else Decision.DISCLOSE, code, fields)

    def _proposal(self, decision: Decision, code: str, fields: _Fields) -> Proposal:
        return Proposal(
            finding=self._finding.id,
            decision=decision,
            ground=code,
            shown=fields.shown,
            marks=fields.marks,
            flagged=" ".join(f"{flag[0].upper()}{flag[1:]}." for flag in dict.fromkeys(fields.flags)),
        )

    def _left_out(self, *, instructed: bool) -> str:
        if self._set.secret:
            return grounds.LEGAL_PROCESS
        if any(self._holds(condition) for condition in self._set.omit_when):
            return grounds.HELPLINE
        if not instructed and self._set.role_on(self._day).role is DataRole.PROCESSOR:
            return grounds.PROCESSOR
        return ""

    def fields(self, *, whole: bool) -> _Fields:
        """Every described column as it would be shown; ``whole`` also what is about other people."""
        shown: dict[str, str] = {}
        marks: dict[str, Mark] = {}
        hidden = {field.name for field in self._set.fields if self._must_hide(field)}
        about_others = {
            field.name for field in self._set.fields if field.name not in hidden and self._is_about_another(field)
        }
        knife = self._knife(hidden, about_others)
        flags = list(self._flags())
        for field in self._set.fields:
            if field.name not in self._values:
                continue
            raw = printable(self._values[field.name], keep_newlines=True)
            if field.disclose is Disclose.NEVER or names_a_secret(field.name):
                shown[field.name], marks[field.name] = (NEVER, Mark.NEVER) if raw.strip() else ("", Mark.SHOW)
            elif field.name in hidden or (field.name in about_others and not whole):
                shown[field.name], marks[field.name] = REMOVED, Mark.OTHER_PERSON
            else:
                shown[field.name], marks[field.name] = knife.cut(
                    raw, prose=field.text, whole=whole, chosen=field.disclose is Disclose.OTHER_PERSON
                )
        if Mark.CUT in marks.values():
            flags.append("something was cut out of a text")
        # marked but not shown, not even as a block: nobody knows yet what such a column holds
        marks.update(dict.fromkeys(self._undescribed(), Mark.CUT))
        return _Fields(shown=shown, marks=marks, flags=tuple(flags))

    def _knife(self, hidden: set[str], about_others: set[str]) -> Knife:
        return Knife(
            own=self._own,
            countries=(self._set.country,) if self._set.country else self._own.countries,
            values=tuple(self._values.get(name, "") for name in sorted(hidden)),
            others=tuple(
                (field.identifies, self._values.get(field.name, ""))
                for field in self._set.fields
                if field.name in about_others
            ),
            prose=tuple(self._values.get(field.name, "") for field in self._set.fields if field.text),
        )

    def _flags(self) -> Iterable[str]:
        if missing := self._undescribed():
            yield f"a column nobody described: {', '.join(printable(name)[:60] for name in missing[:10])}"
        if self._set.holder is not Holder.PERSON:
            yield "a record of several people"
        for field in self._set.fields:
            value = self._values.get(field.name, "")
            if field.disclose is not Disclose.NEVER and (names_a_secret(field.name) or secrets_in(value)):
                yield f"looks like a password or key: {field.name}"
            if field.disclose is Disclose.YES and not field.text and self._names_another(field, value):
                yield f"somebody else's address or number in a field not described so: {field.name}"
            if field.text and privileged(value):
                yield "words of legal privilege"
            if any(key not in self._values for condition in field.hide_when for key in condition):
                yield f"a column that decides what is hidden is missing: {field.name} was hidden"
        if any(key not in self._values for condition in self._set.omit_when for key in condition):
            yield "a column that decides what is left out is missing"

    def _names_another(self, field: Field, value: str) -> bool:
        if any(not self._own.has("email", trace.value) for trace in emails(value)):
            return True
        return (
            field.identifies == "phone"
            and bool(value.strip())
            and not self._own.is_whole(value, "phone", self._set.country)
        )

    def _undescribed(self) -> list[str]:
        described = {field.name for field in self._set.fields}
        return sorted(name for name in self._values if name not in described)

    def _must_hide(self, field: Field) -> bool:
        # a column that is not there cannot say "show": then it is hidden, and a person is asked
        return any(
            self._holds(condition) or any(key not in self._values for key in condition) for condition in field.hide_when
        )

    def _is_about_another(self, field: Field) -> bool:
        value = self._values.get(field.name, "")
        if field.disclose is not Disclose.OTHER_PERSON or not value.strip():
            return False
        if any(self._holds_exactly(condition) for condition in field.show_when):
            return False
        return not self._mine.is_whole(value, field.identifies, self._set.country)

    def _holds_exactly(self, condition: Condition) -> bool:
        return bool(condition) and all(self._values.get(key, "").strip() == value for key, value in condition.items())

    def _holds(self, condition: Condition) -> bool:
        # lenient, because it removes: capitals and the way a number is written do not save a value
        return bool(condition) and all(self._alike(key, value) for key, value in condition.items())

    def _alike(self, key: str, wanted: str) -> bool:
        held = self._values.get(key, "")
        if held.strip().casefold() == wanted.strip().casefold():
            return True
        field = self._set.field(key)
        kind = field.identifies if field and field.identifies else "phone" if wanted.startswith("+") else ""
        if not kind or (kind == "phone" and _figures(wanted)[-4:] not in _figures(held)):
            return False
        form = normal(kind, held, country=self._set.country)
        return bool(form) and form == normal(kind, wanted, country=self._set.country)


def _figures(number: str) -> str:
    # reading a number is slow; comparing its last figures first is not
    return re.sub(r"\D", "", number)


def _day_of(moment: str) -> date | None:
    try:
        return date.fromisoformat(moment.strip()[:10])
    except ValueError:
        return None
