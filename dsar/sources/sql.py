"""Builds the conditions that find candidates in a table, however many identifiers there are, in any dialect.

They find too much rather than too little; ``matching`` decides. How each database writes them is ``dialects``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from dsar.case.records import Field, Normal, RecordSet
from dsar.formats.plain import printable, shorten
from dsar.sources.interface import Problem
from dsar.sources.matching import Matcher, family
from dsar.sources.phones import SEPARATORS

# Beyond so many, comparing each with each prose would cost more than reading every prose that could hold one.
MOST_NEEDLES = 60
# So many last digits are hardly ever another number's.
_ENOUGH = 11
# The signs between digits that every database takes out; a number with others in it is looked at by itself.
PLAIN_SEPARATORS = " ().+/-"
# What a plain address is written with. Whatever holds another sign, or ends in none of the second, is looked at.
EMAIL_SIGNS = "!#$&*+.0-9=?@A-Z_a-z{}~-"
EMAIL_ENDS = "0-9A-Za-z-"


class Dialect(Protocol):
    """How one database writes conditions; each takes and gives SQL text, and names lists by their number."""

    def text(self, name: str) -> str:
        """The column as text."""
        ...

    def whole(self, name: str) -> str:
        """The column as text that equals text, also where it holds numbers."""
        ...

    def trimmed(self, text: str) -> str:
        """Without blanks around."""
        ...

    def any_of(self, text: str, number: int) -> str:
        """Equal to one of a list."""
        ...

    def holds_any(self, text: str, number: int) -> str:
        """With one of a list somewhere inside."""
        ...

    def holds(self, text: str, sign: str) -> str:
        """With these signs somewhere inside."""
        ...

    def beyond(self, text: str, signs: str) -> str:
        """With any sign but these; ``signs`` is the inside of a bracket expression."""
        ...

    def punctuated(self, text: str) -> str:
        """With any sign but digits, save a plus at its beginning."""
        ...

    def ends_beyond(self, text: str, signs: str) -> str:
        """With a last sign that is none of these."""
        ...

    def digits(self, text: str, least: int) -> str:
        """With at least so many digits, and other signs between them or not."""
        ...

    def foreign_digits(self, text: str) -> str:
        """With digits of another script inside."""
        ...

    def without(self, text: str, signs: str) -> str:
        """The text without these signs."""
        ...

    def last(self, text: str, length: int) -> str:
        """Its last signs."""
        ...


@dataclass
class Conditions:
    """Conditions joined by OR, and the lists they speak of.

    ``plain`` has, where every field is kept in its normal form, the fields with the number of their list: then an
    index may be used, one field at a time.
    """

    arms: list[str] = field(default_factory=list)
    lists: list[list[str]] = field(default_factory=list)
    plain: list[tuple[Field, str, int]] = field(default_factory=list)
    _named: dict[str, int] = field(default_factory=dict)

    def once(self, name: str, values: Callable[[], Iterable[str]]) -> int:
        """The number of a list that is made when it is first asked for by this name: lists may be long."""
        if name not in self._named:
            self._named[name] = self.number(values())
        return self._named[name]

    def number(self, values: Iterable[str]) -> int:
        """The number of a list with these values; the same list is kept once."""
        wanted = sorted(values)
        if wanted not in self.lists:
            self.lists.append(wanted)
        return self.lists.index(wanted)

    @property
    def where(self) -> str:
        """The condition as a whole."""
        return " OR ".join(self.arms)


def quoted(name: str) -> str:
    """A table or column name as standard SQL writes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def conditions(matcher: Matcher, dialect: Dialect) -> Conditions:
    """The conditions that every record of the person meets, and few others."""
    found = Conditions()
    for described, kind in matcher.fields:
        if described.ignores:
            text = dialect.text(described.name)
            found.arms += [dialect.holds(text, "@"), dialect.beyond(text, " -~")]
            continue
        if described.normal:
            number = found.once(f"{kind} {described.normal}", partial(matcher.as_kept, kind, described.normal))
            found.plain.append((described, kind, number))
            found.arms.append(_kept(found, described, kind, number, dialect))
            continue
        text = dialect.text(described.name)
        if kind == "email":
            _email(found, text, matcher.wanted[kind], dialect)
        elif kind == "phone":
            _phone(found, text, matcher, dialect)
        else:
            found.arms.append(dialect.any_of(dialect.trimmed(text), found.number(matcher.wanted[kind])))
            found.arms.append(dialect.beyond(text, " -~"))
    for name in matcher.prose:
        _prose(found, dialect.text(name), matcher, dialect)
    if matcher.prose or len(found.plain) < len(matcher.fields):
        found.plain.clear()
    return found


def irregular(record_set: RecordSet, dialect: Dialect) -> dict[str, str]:
    """By field, the condition of values that break the promise to be in normal form, and so would not be found."""
    found = {}
    for described in record_set.fields:
        text = dialect.text(described.name)
        if not described.normal:
            continue
        if family(described.identifies) == "email":
            found[described.name] = (
                f"({text} <> lower({text}) OR {dialect.beyond(text, EMAIL_SIGNS)} OR "
                f"{dialect.ends_beyond(text, EMAIL_ENDS)})"
            )
        elif described.normal is Normal.E164:
            starts = f"{dialect.last(text, 1)} <> '' AND NOT ({dialect.holds(text, '+')})"
            found[described.name] = f"({dialect.punctuated(text)} OR ({starts}))"
        elif described.identifies == "phone":
            # ten digits or fewer without a plus lack their country
            short = f"NOT ({dialect.holds(text, '+')}) AND {text} = {dialect.last(text, 10)} AND {text} <> ''"
            found[described.name] = f"({dialect.beyond(text, '0-9+')} OR ({short}))"
        else:
            found[described.name] = f"({dialect.trimmed(text)} <> {dialect.whole(described.name)})"
    return found


def _kept(found: Conditions, described: Field, kind: str, number: int, dialect: Dialect) -> str:
    name = described.name
    if kind == "email":
        return dialect.any_of(f"lower({dialect.text(name)})", number)
    if kind == "phone" and described.normal is not Normal.E164:
        # of a number with its plus, with 00 or with neither, all but short ones end alike: a third as many to compare
        ends = found.once("phone ends", lambda: {value[-_ENOUGH:] for value in found.lists[number]})
        return dialect.any_of(dialect.last(dialect.whole(name), _ENOUGH), ends)
    return dialect.any_of(dialect.whole(name), number)


def _email(found: Conditions, text: str, emails: Iterable[str], dialect: Dialect) -> None:
    trimmed = dialect.trimmed(text)
    found.arms.append(dialect.any_of(f"lower({trimmed})", found.number(emails)))
    # a name beside it, several in one field, blanks inside, another script: rare enough to look at each; a sign of
    # another script is odd in any case, so that of a plain address no more is asked
    odd = f"{dialect.beyond(trimmed, EMAIL_SIGNS)} OR {dialect.ends_beyond(trimmed, EMAIL_ENDS)}"
    found.arms.append(f"(({odd}) AND ({dialect.holds(text, '@')} OR {dialect.beyond(text, ' -~')}))")


def _phone(found: Conditions, text: str, matcher: Matcher, dialect: Dialect) -> None:
    keys = [(length, found.number(values)) for length, values in matcher.phones.keys.items()]
    # most numbers are digits: their end is cheap to see, and taking signs out is what costs
    found.arms += [dialect.any_of(dialect.last(text, length), number) for length, number in keys]
    bare = dialect.without(text, PLAIN_SEPARATORS)
    # an extension, several numbers, another script
    odd = dialect.beyond(text, "0-9 ().+/-")
    several = dialect.holds(text, " / ")
    ends = [dialect.any_of(dialect.last(bare, length), number) for length, number in keys]
    found.arms.append(f"({dialect.punctuated(text)} AND ({' OR '.join([odd, several, *ends])}))")


def _prose(found: Conditions, text: str, matcher: Matcher, dialect: Dialect) -> None:
    # an address with foreign letters is written in many ways: then any @ will do
    emails = {(local if local.isascii() else "") + "@" for local in _locals(matcher)}
    phones = {key for keys in matcher.phones.keys.values() for key in keys}
    names = {name.lower() for name in matcher.wanted.get("username", {}) if name.isascii()}
    foreign = len(names) < len(matcher.wanted.get("username", {}))
    if len(emails | names) > MOST_NEEDLES or foreign:
        found.arms.append(f"{text} IS NOT NULL" if names or foreign else dialect.holds(text, "@"))
    elif emails | names:
        found.arms.append(dialect.holds_any(f"lower({text})", found.number(emails | names)))
    if emails:
        found.arms.append(dialect.holds(text, "\uff20"))
    if len(phones) > MOST_NEEDLES:
        found.arms.append(dialect.digits(text, 6))
    elif phones:
        found.arms.append(dialect.holds_any(dialect.without(text, SEPARATORS), found.number(phones)))
    if phones:
        found.arms.append(dialect.foreign_digits(text))


def _locals(matcher: Matcher) -> list[str]:
    return [email.rpartition("@")[0] for email in matcher.wanted.get("email", {})]


def counting(conditions: Iterable[str]) -> str:
    """What a SELECT counts: all rows, and those that meet each condition."""
    return ", ".join(["count(*)", *(f"sum(CASE WHEN {one} THEN 1 ELSE 0 END)" for one in conditions)])


def broken_promises(place: str, fields: Iterable[str], counts: Iterable[int | None]) -> list[Problem]:
    """The problem of each field with values that are not in the normal form the settings promise."""
    says = (
        '{0} values of the field "{1}" are not in their normal form, and would not be found: '
        'correct them, or take "normal" out of the settings.'
    )
    return [
        Problem(file=shorten(printable(place), 60), line=0, says=says.format(count, printable(name)))
        for name, count in zip(fields, counts, strict=True)
        if count
    ]
