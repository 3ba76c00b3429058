"""Builds the one statement that finds candidates in a SQLite table, however many identifiers there are.

It finds too much rather than too little; ``matching`` decides. Values are always bound, names quoted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from dsar.sources.matching import Matcher
from dsar.sources.phones import SEPARATORS

# Beyond so many, comparing each with each prose would cost more than reading every prose that could hold one.
MOST_NEEDLES = 60
_ANY_OF = "{0} IN (SELECT value FROM json_each(?))"
_HOLDS_ANY = "EXISTS (SELECT 1 FROM json_each(?) AS needle WHERE instr({0}, needle.value))"
# Signs outside plain ASCII; digits of other scripts among them.
_FOREIGN = "{0} GLOB '*[^ -~]*'"
# Any sign but digits and what is taken out as a separator: an extension, several numbers, another script.
_ODD_NUMBER = "{0} GLOB '*[^0-9 ().+/-]*'"
PLAIN_SEPARATORS = " ().+/-"
_TAIL = 4
_SIX_DIGITS = "{0} GLOB '*[0-9]*[0-9]*[0-9]*[0-9]*[0-9]*[0-9]*'"
_OTHER_DIGITS = "{0} GLOB '*[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\uff10-\uff19]*'"


@dataclass
class Statement:
    """Conditions joined by OR, each with its bound values as one JSON list."""

    arms: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)

    def add(self, arm: str, *values: Iterable[str]) -> None:
        """A condition; each ``?`` in it stands for one of the lists."""
        self.arms.append(arm)
        self.values += [json.dumps(sorted(one)) for one in values]

    def text(self, table: str) -> str:
        """The SELECT over a table that is known to exist."""
        return " ".join(["SELECT * FROM", quoted(table), "WHERE", " OR ".join(self.arms)])


def quoted(name: str) -> str:
    """A table or column name as SQL writes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def candidates(matcher: Matcher) -> Statement:
    """The conditions that every record of the person meets, and few others."""
    statement = Statement()
    for described, kind in matcher.fields:
        column = quoted(described.name)
        if kind == "email":
            _email(statement, column, matcher.wanted[kind])
        elif kind == "phone":
            _phone(statement, column, matcher)
        else:
            statement.add(_ANY_OF.format(f"trim({column})"), matcher.wanted[kind])
            statement.add(_FOREIGN.format(column))
    for name in matcher.prose:
        _prose(statement, quoted(name), matcher)
    return statement


def _email(statement: Statement, column: str, emails: Iterable[str]) -> None:
    statement.add(_ANY_OF.format(f"rtrim(lower(trim({column})), '.')"), emails)
    statement.add(_FOREIGN.format(column))
    # a name beside it, several in one field, blanks inside: rare enough to look at each
    odd = "(instr({0}, '@') AND trim({0}) GLOB '*[][ <>(),;:|/\\\"'']*')"
    statement.add(odd.format(column))


def _phone(statement: Statement, column: str, matcher: Matcher) -> None:
    statement.add(_ODD_NUMBER.format(column))
    # A number in plain signs that ends in digits ends in the digits of ours: that is cheap to see, and settles
    # nearly all rows before the costly comparison.
    for length, keys in matcher.phones.keys.items():
        exact = _ANY_OF.format(f"substr({_bare(column, PLAIN_SEPARATORS)}, -{length})")
        if length < _TAIL:
            statement.add(exact, keys)
        else:
            tail = f"substr({column}, -{_TAIL})"
            likely = " OR ".join([_ANY_OF.format(tail), f"{tail} GLOB '*[^0-9]*'"])
            statement.add(f"(({likely}) AND {exact})", {key[-_TAIL:] for key in keys}, keys)


def _bare(column: str, separators: str) -> str:
    """The column without the signs people put between digits."""
    text = column
    for sign in separators:
        text = f"replace({text}, '{sign}', '')"
    return text


def _prose(statement: Statement, column: str, matcher: Matcher) -> None:
    # an address with foreign letters is written in many ways: then any @ will do
    emails = {(local if local.isascii() else "") + "@" for local in _locals(matcher)}
    phones = {key for keys in matcher.phones.keys.values() for key in keys}
    names = {name.lower() for name in matcher.wanted.get("username", {}) if name.isascii()}
    foreign = len(names) < len(matcher.wanted.get("username", {}))
    if len(emails | names) > MOST_NEEDLES or foreign:
        statement.add(f"{column} IS NOT NULL" if names or foreign else f"instr({column}, '@')")
    elif emails | names:
        statement.add(_HOLDS_ANY.format(f"lower({column})"), emails | names)
        if emails:
            statement.add(f"instr({column}, '\uff20')")
    if len(phones) > MOST_NEEDLES:
        statement.add(_SIX_DIGITS.format(column))
    elif phones:
        statement.add(_HOLDS_ANY.format(_bare(column, SEPARATORS)), phones)
    if phones:
        statement.add(_OTHER_DIGITS.format(column))


def _locals(matcher: Matcher) -> list[str]:
    return [email.rpartition("@")[0] for email in matcher.wanted.get("email", {})]
