"""Decides whether a record carries one of a person's identifiers, and tells by which field and how.

It is exact: sources may hand it too many records (a cheap filter first), never too few. It reads no source.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from dsar.case.identifiers import SEARCHABLE, Holder, Identifier, identifier, normal_email
from dsar.case.records import Field, Match, Normal, RecordSet
from dsar.formats.rows import SURPLUS
from dsar.sources.columns import day_columns
from dsar.sources.periods import Span, day_of
from dsar.sources.phones import Phones, single_numbers

# What is longer is no single identifier.
LONGEST_VALUE = 400
_LOCAL = re.compile(r"[^\s<>()\[\]\"',;:@|/\\=]{1,128}$")
_DOMAIN = re.compile(r"[^\s<>()\[\]\"',;:@|/\\?!*=&]{1,255}")
_PLAIN_EMAIL = re.compile(r"[!-~]+@[!-~]*[0-9A-Za-z-]")
_E164 = re.compile(r"\+[1-9][0-9]{1,14}")
# ten digits or fewer without a plus lack their country
_KEPT_PHONE = re.compile(r"\+[0-9]+|[0-9]{11,}")
_WRAPPED = re.compile(r"[<>()\[\]\"',;:|/\\]")
_OPEN = Span()
_MEMORY = 50_000
_Found = dict[tuple[str, str, str], Match]
ORGANISATION = "it belongs to an organisation, not to this person"
SHARED = "several people share it"
WHY_NOT_OWN = {Holder.ORGANISATION: ORGANISATION, Holder.SHARED: SHARED}
_NOT_ENOUGH = "a {0} alone is never enough to search by"
_IN_PROSE = ("email", "phone", "username")


def family(kind: str) -> str:
    """Kinds compared with each other: a child's e-mail address is an e-mail address."""
    return "email" if kind == "child_email" else kind


def emails_in(text: str) -> list[str]:
    """The e-mail addresses written anywhere in a text, in normal form and without repeats."""
    text = unicodedata.normalize("NFKC", text)
    found: dict[str, None] = {}
    for at in re.finditer("@", text):
        local = _LOCAL.search(text[max(0, at.start() - 128) : at.start()])
        domain = _DOMAIN.match(text, at.end())
        if local and domain:
            found[normal_email(f"{local.group().lstrip('*_~`.')}@{domain.group().rstrip('.*_~`')}")] = None
    return [email for email in found if email]


def only_value(kind: str, raw: str, *, country: str) -> Identifier | None:
    """The one identifier a stored value holds; None where it holds none, or several people's."""
    if len(raw) > LONGEST_VALUE:
        return None
    if family(kind) == "email":
        emails = emails_in(raw)
        return identifier(kind, emails[0]) if len(emails) == 1 else None
    if kind == "phone" and len(single_numbers(raw)) > 1:
        return None
    return identifier(kind, raw, country=country)


def in_normal_form(kind: str, raw: str, normal: Normal = Normal.YES) -> bool:
    """Whether a stored value keeps what is promised of its column."""
    if not raw:
        return True
    if kind == "phone":
        return bool((_E164 if normal is Normal.E164 else _KEPT_PHONE).fullmatch(raw))
    if kind == "email":
        return raw == raw.lower() and bool(_PLAIN_EMAIL.fullmatch(raw)) and not _WRAPPED.search(raw)
    return raw == raw.strip()


def comparable(record_set: RecordSet, field: Field) -> bool:
    """Whether a field may be searched by at all.

    A value that belongs to an organisation or to several people stands on everybody's record, so it picks
    nobody out; only on the organisation's own record may it equal the person's own e-mail or number.
    """
    if not field.match or field.identifies not in SEARCHABLE:
        return False
    if field.holder is Holder.PERSON:
        return True
    return field.holder is record_set.holder and family(field.identifies) in ("email", "phone")


def counter_of(record_set: RecordSet) -> Callable[[Iterable[Identifier]], int]:
    """What counts by how many identifiers a record set can be searched."""
    kinds = {family(field.identifies) for field in record_set.fields if comparable(record_set, field)}
    if any(field.text for field in record_set.fields):
        kinds.update(_IN_PROSE)

    def counted(identifiers: Iterable[Identifier]) -> int:
        return sum(family(one.kind) in kinds and usable(one) for one in identifiers)

    return counted


def usable(one: Identifier) -> bool:
    """Whether a search may go by this identifier."""
    return bool(one.value) and not why_unusable(one)


def why_unusable(one: Identifier) -> str:
    """Why a search may not go by this identifier: it is not enough, or not the person's own; "" where it may."""
    if one.kind not in SEARCHABLE:
        return _NOT_ENOUGH.format(one.kind.replace("_", " "))
    return "" if one.holder is Holder.PERSON else WHY_NOT_OWN[one.holder]


class Matcher:
    """One record set against the identifiers of one round."""

    def __init__(self, record_set: RecordSet, identifiers: Sequence[Identifier]) -> None:
        self._record_set = record_set
        self.wanted: dict[str, dict[str, list[Identifier]]] = {}
        for one in identifiers:
            if usable(one):
                self.wanted.setdefault(family(one.kind), {}).setdefault(one.value, []).append(one)
        self.fields = tuple(
            (field, family(field.identifies))
            for field in record_set.fields
            if comparable(record_set, field) and family(field.identifies) in self.wanted
        )
        # per field: the wanted addresses by what of them makes a difference there
        self.loose: dict[str, dict[str, list[str]]] = {}
        for field, kind in self.fields:
            for email in self.wanted["email"] if kind == "email" and field.ignores else ():
                self.loose.setdefault(field.name, {}).setdefault(_without(email, field.ignores), []).append(email)
        in_prose = any(kind in self.wanted for kind in _IN_PROSE)
        self.prose = tuple(field.name for field in record_set.fields if field.text) if in_prose else ()
        self._known: dict[tuple[str, str], _Found] = {}
        self._names = {name: _name_pattern(name) for name in self.wanted.get("username", {})}

    @cached_property
    def phones(self) -> Phones:
        """The numbers looked for, read only where one is compared."""
        return Phones(self.wanted.get("phone", {}), self._record_set.country)

    @property
    def looked_into(self) -> frozenset[str]:
        """The columns whose values every row is asked for: those compared, and its days."""
        compared = (field.name for field, _ in self.fields)
        return frozenset((*compared, *day_columns(self._record_set)))

    @property
    def looked_at(self) -> frozenset[str]:
        """These, and its key, which only has to be there."""
        return self.looked_into.union(self._record_set.key)

    @property
    def usable(self) -> bool:
        """Whether any field of the record set can be compared with any of the identifiers."""
        return bool(self.fields or self.prose)

    def match(self, values: Mapping[str, str]) -> tuple[Match, ...]:
        """Every reason this record is the person's; empty if there is none in its period."""
        found: _Found = {}
        for field, kind in self.fields:
            if raw := values.get(field.name, ""):
                if self._record_set.time_field or field.since_field or field.until_field:
                    self._compare(found, field, kind, raw, self._span(field, values))
                else:
                    found.update(self._remembered(field, kind, raw))
        if self.prose:
            for name in (*self.prose, SURPLUS):
                text = values.get(name, "")
                for kind, value in self._mentioned(text) if text else ():
                    self._note(found, name, kind, value, None, self._span(None, values))
        return tuple(found.values())

    def as_kept(self, kind: str, normal: Normal) -> set[str]:
        """How what is looked for may stand in a field with this promise."""
        values = set(self.wanted[kind])
        if kind == "phone" and normal is not Normal.E164:
            bare = {value.removeprefix("+") for value in values}
            values |= bare | {f"00{value}" for value in bare}
        return values

    @cached_property
    def kept_forms(self) -> Mapping[str, set[str]] | None:
        """By column how what is looked for stands there; None where a column is not kept in its normal form."""
        if self.prose or self.loose or not all(field.normal for field, _ in self.fields):
            return None
        return {field.name: self.as_kept(kind, field.normal) for field, kind in self.fields}

    def exact(self, field: Field, kind: str) -> Iterable[str] | None:
        """The only texts of a field that are looked for; None where others may stand for the same."""
        return self.wanted[kind] if field.normal is Normal.E164 else None

    def likely(self, field: Field, kind: str, column: Sequence[str]) -> Iterable[bool] | None:
        """Which values of a column may be somebody's that is looked for; None where that is not seen at once."""
        if kind == "phone":
            return self.phones.likely(column)
        if kind == "email" or field.name in self.loose:
            return None
        return map(self.wanted[kind].__contains__, map(str.strip, column))

    def again(self, match: Match, own: Sequence[Identifier], values: Mapping[str, str]) -> Match | None:
        """The match as a search by these identifiers alone would tell it; None where it is outside their days."""
        if match.field not in values:
            return match if match.kind == own[0].kind else replace(match, kind=own[0].kind)
        raw = None if match.how == "text" else values[match.field]
        field = None if raw is None else self._record_set.field(match.field)
        return _told(own, match.field, match.value, raw, self._span(field, values))

    @property
    def dated(self) -> bool:
        """Whether the day a record speaks of decides: some identifier was the person's for a time only."""
        return any(
            one.since is not None or one.until is not None
            for values in self.wanted.values()
            for several in values.values()
            for one in several
        )

    def _compare(self, found: _Found, field: Field, kind: str, raw: str, span: Span) -> None:
        for value in self._alike(field, raw) if field.name in self.loose else self._equal(field, kind, raw):
            self._note(found, field.name, kind, value, raw, span)

    def compared(self, field: Field, kind: str, raw: str) -> _Found:
        """What a value of a field without days always gives."""
        found: _Found = {}
        self._compare(found, field, kind, raw, _OPEN)
        return found

    def _remembered(self, field: Field, kind: str, raw: str) -> _Found:
        """The same; one person's values come again and again."""
        known = self._known.get((field.name, raw))
        if known is None:
            if len(self._known) >= _MEMORY:
                self._known.clear()
            known = self.compared(field, kind, raw)
            if len(raw) <= LONGEST_VALUE:
                self._known[field.name, raw] = known
        return known

    def _note(self, found: _Found, field: str, kind: str, value: str, raw: str | None, span: Span) -> None:
        if (field, kind, value) not in found and (told := _told(self.wanted[kind][value], field, value, raw, span)):
            found[field, kind, value] = told

    def _span(self, field: Field | None, values: Mapping[str, str]) -> Span:
        """The days a record speaks of: those of the field if it has its own, else the record's day; open if untold."""
        if field and (field.since_field or field.until_field):
            return field_span(field, values)
        if not self._record_set.time_field:
            return _OPEN
        day = day_of(values.get(self._record_set.time_field, ""))
        return Span(since=day, until=day)

    def _alike(self, field: Field, raw: str) -> list[str]:
        """The addresses of which a field holds one that reaches the same mailbox."""
        alike = self.loose[field.name]
        stored = emails_in(raw) or [normal_email(raw[:LONGEST_VALUE])]
        loose = [email for one in stored for email in alike.get(_without(one, field.ignores), ())]
        return list(dict.fromkeys((*self._equal(field, "email", raw), *loose)))

    def _equal(self, field: Field, kind: str, raw: str) -> list[str]:
        wanted = self.wanted[kind]
        if kind == "phone":
            # as most systems that keep one form do: then it is that number, without further reading
            if raw[0] == "+" and raw in wanted:
                return [raw]
            return [] if field.normal is Normal.E164 else self.phones.all_in(raw)
        if kind != "email":
            return [raw.strip()] if raw.strip() in wanted else []
        plain = raw.strip().lower()
        if _PLAIN_EMAIL.fullmatch(plain) and not _WRAPPED.search(plain):
            return [plain] if plain in wanted else []
        several = [plain, *(emails_in(raw) or [normal_email(raw[:LONGEST_VALUE])])]
        return [email for email in dict.fromkeys(several) if email in wanted]

    def _mentioned(self, text: str) -> Iterator[tuple[str, str]]:
        """What of the person's stands inside prose. A name alone is never looked for."""
        emails = self.wanted.get("email")
        if emails and ("@" in text or "\uff20" in text):
            yield from (("email", email) for email in emails_in(text) if email in emails)
        yield from (("phone", value) for value in dict.fromkeys(self.phones.in_prose(text)))
        if self._names:
            folded = text.lower() if text.isascii() else ""
            for name, pattern in self._names.items():
                # in plain letters a name that is nowhere inside is seen to be so at once
                if not (folded and name.isascii() and name.lower() not in folded) and pattern.search(text):
                    yield "username", name


def _without(email: str, ignored: Sequence[str]) -> str:
    """An address without what makes no difference; nothing of it is left out whole."""
    local, at, domain = email.rpartition("@")
    if "plus" in ignored:
        local = local.partition("+")[0] or local
    if "dots" in ignored:
        local = local.replace(".", "") or local
    return f"{local}{at}{domain}"


def _told(own: Sequence[Identifier], field: str, value: str, raw: str | None, span: Span) -> Match | None:
    """The reason that these identifiers of one value make, by those of them whose days the record speaks of."""
    own = [
        one
        for one in own
        if (one.since is None and one.until is None) or Span(since=one.since, until=one.until).overlaps(span)
    ]
    if not own:
        return None
    typed = raw is not None and any(raw in (one.value, one.raw) for one in own)
    how = "text" if raw is None else "exact" if typed else "normal"
    return Match(field=field, kind=own[0].kind, value=value, how=how)


def field_span(field: Field, values: Mapping[str, str]) -> Span:
    """The days the identifier in a field was its holder's, by the columns that say so."""
    return Span(since=day_of(values.get(field.since_field, "")), until=day_of(values.get(field.until_field, "")))


def _name_pattern(name: str) -> re.Pattern[str]:
    """A user name as a whole word in any case; one that could be a word or a first name only as ``@name``."""
    at = "@?" if re.search(r"[\d_.\-]", name) and len(name) >= 4 else "@"
    return re.compile(rf"(?<![\w@.\-]){at}{re.escape(name)}(?![\w\-@])", re.IGNORECASE)
