"""The rule book: finds the rule of a law that answers a right, reading only the law files it needs.

What the tables of a file mean is left to ``parse``; dates are left to ``clocks``.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from dsar.errors import InputWrong, did_you_mean
from dsar.law.calendar_files import DATA
from dsar.law.fields import Fault, Fields, told
from dsar.law.model import Extension, Law, Pause, Period, Proof, Rollover, Rule
from dsar.law.parse import law_of, merged, rule_of
from dsar.law.vocabulary import read_vocabulary, vocabulary_of
from dsar.law.words import Method, Right

__all__ = [
    "Extension",
    "Law",
    "Method",
    "Pause",
    "Period",
    "Proof",
    "Right",
    "Rollover",
    "Rule",
    "RuleBook",
    "load",
    "pinned_rule",
]

_NO_LAWS = {"words.toml", "calendars.toml"}
# A law file is written by hand; a megabyte of it is not one.
_MOST_BYTES = 1_000_000
# Longer than any law's id, and short enough for a file name.
_LONGEST_ID = 60

# Everyday words for our rights, beside the laws' own terms.
_SPOKEN = {
    "notice": Right.NOTICE_1798_83,
    "child": Right.CHILD_DELETE,
    "erasure": Right.DELETE,
    "erase": Right.DELETE,
    "deletion": Right.DELETE,
    "rectification": Right.EDIT,
    "correct": Right.EDIT,
    "correction": Right.EDIT,
    "know": Right.ACCESS,
    "object": Right.OBJECTION,
    "restrict": Right.RESTRICTION,
    "opt_out": Right.OPT_OUT_SALE,
    "unsubscribe": Right.OPT_OUT_MARKETING,
    "revoke_consent": Right.WITHDRAW_CONSENT,
    "opt_out_sale_share": Right.OPT_OUT_SALE,
    "shine_the_light": Right.NOTICE_1798_83,
}


class RuleBook:
    """All laws of a folder, and before them those of an office's own; each file is read once, when first asked for.

    An own file named like one of ours takes its place whole, as an office's own letter does.
    """

    def __init__(self, data: Path, own: Path | None = None) -> None:
        self._data = data
        self._own = own
        self._heads: dict[str, Law] | None = None
        self._rules: dict[str, tuple[Rule, ...]] = {}

    @property
    def calendars(self) -> Path:
        """The folder whose calendars count: the office's own, which adds to ours, or ours."""
        return self._own or self._data

    def laws(self) -> tuple[Law, ...]:
        """Every law, by id, without its rules."""
        return tuple(self._all_heads().values())

    def law(self, id_or_alias: str) -> Law:
        """The law of this id, alias or short name; capitals do not matter."""
        typed = _folded(id_or_alias)
        # The usual case, an id, must not open forty files.
        plain = len(typed) <= _LONGEST_ID and typed.replace("-", "").replace(".", "").isalnum()
        path = self._file(typed) if plain and self._heads is None else None
        if path is not None and path.name not in _NO_LAWS and path.is_file():
            return _head(path)
        for law in self.laws():
            if typed in (_folded(law.id), _folded(law.short_name), *map(_folded, law.aliases)):
                return law
        known = {name: None for law in self.laws() for name in (law.id, *law.aliases)}
        raise InputWrong(
            f"No law goes by that name.{did_you_mean(typed[:60], list(known))}", hint="List them with: dsar law list"
        )

    def rules(self, id_or_alias: str) -> tuple[Rule, ...]:
        """Every rule of one law, in the file's order."""
        law = self.law(id_or_alias)
        if law.id not in self._rules:
            _, rules, faults = _read(self._file(law.id.lower()))
            _refuse(faults)
            self._rules[law.id] = rules
        return self._rules[law.id]

    def find(self, law: str, right_or_term: str, *, on: date, designated: bool = True) -> Rule:
        """The rule that answers a right, by our word or the law's own term, for a request received ``on`` that day.

        Where a law changes, the version in force that day is found, else the one that comes next. ``designated``
        False picks the rule for a letter that reached us elsewhere than at the address we published.
        """
        rules = self.rules(law)
        typed = _folded(right_or_term).replace(" ", "_").replace("-", "_")
        by_id = _folded(right_or_term)
        found = [rule for rule in rules if by_id == rule.id.lower() or typed in (rule.term, *rule.words)]
        if not found:
            found = _by_right(rules, typed)
        fitting = [rule for rule in found if rule.designated in (None, designated)]
        if not fitting:
            raise self._no_such_right(self.law(law), rules, typed)
        in_force = [rule for rule in fitting if rule.in_force.on(on)]
        coming = sorted((rule for rule in fitting if rule.in_force.since > on), key=lambda rule: rule.in_force.since)
        return (in_force or coming or fitting[::-1])[0]

    def _no_such_right(self, law: Law, rules: tuple[Rule, ...], typed: str) -> InputWrong:
        known = list(dict.fromkeys(word for rule in rules for word in (rule.right.value, *rule.also, rule.term)))
        right = _our_word(typed)
        elsewhere = [
            other.id
            for other in self.laws()
            if right and other.id != law.id and set(other.jurisdictions) & set(law.jurisdictions)
            if any(right in (rule.right, *rule.also) for rule in self.rules(other.id))
        ]
        beside = f" Another law of the same place has it: {', '.join(elsewhere[:4])}." if elsewhere else ""
        return InputWrong(
            f"The law {law.id} has no such right.{did_you_mean(typed[:60], known)}{beside}",
            hint=f"It knows: {', '.join(known)}.",
        )

    def is_own(self, law_id: str) -> bool:
        """Whether this law comes from the office's own folder."""
        return self._own is not None and self._file(law_id.lower()).parent == self._own

    def check(self) -> tuple[Fault, ...]:
        """Every fault of every law file: what is misspelt or missing, and names that two laws or rules share."""
        faults: list[Fault] = []
        names: dict[str, str] = {}
        for path in self._files():
            try:
                law, rules, found = _read(path)
            except InputWrong as bad:
                faults.append(Fault(where=path.name, says=bad.message))
                continue
            faults += found
            for name in {_folded(law.id), *map(_folded, law.aliases)}:
                if name in names:
                    faults.append(Fault(where=path.name, says=f'"{name}" already names {names[name]}.'))
                names.setdefault(name, law.id)
            faults += _same_twice(path, rules)
        return tuple(faults)

    def _all_heads(self) -> dict[str, Law]:
        if self._heads is None:
            self._heads = {law.id: law for law in map(_head, self._files())}
        return self._heads

    def _file(self, stem: str) -> Path:
        own = self._own / f"{stem}.toml" if self._own else None
        return own if own is not None and own.is_file() else self._data / f"{stem}.toml"

    def _files(self) -> list[Path]:
        """The law files by name, each id once."""
        found = {path.name: path for folder in (self._data, self._own) if folder for path in law_files(folder)}
        return [found[name] for name in sorted(found)]


@lru_cache(maxsize=8)
def load(data: Path = DATA, *, own: Path | None = None) -> RuleBook:
    """The rule book of the built-in law files, or of another folder laid out like them; cheap until asked.

    ``own`` is a folder with an office's own law files beside them.
    """
    return RuleBook(data, own)


def pinned_rule(content: str) -> Rule:
    """The rule that a case kept as ``Rule.content``, whatever the law files say by now.

    Its words were checked when it was kept: an upgrade that renames one must not take the case its dates.
    """
    try:
        raw = json.loads(content)
    except ValueError as bad:
        raise InputWrong("The rule kept with the case cannot be read, so no date is computed.") from bad
    raw = raw if isinstance(raw, dict) else {}
    faults: list[Fault] = []
    rule = rule_of(raw, "the rule kept with the case", faults, vocabulary_of(raw))
    _refuse(faults)
    return rule


def _folded(typed: str) -> str:
    return typed.strip().lower()


def _our_word(typed: str) -> Right | None:
    return Right(typed) if typed in set(Right) else _SPOKEN.get(typed)


def _by_right(rules: tuple[Rule, ...], typed: str) -> list[Rule]:
    right = _our_word(typed)
    if right is None:
        return []
    main = [rule for rule in rules if rule.right is right and not rule.fallback]
    beside = [rule for rule in rules if right in rule.also]
    return main or beside or [rule for rule in rules if rule.right is right]


def law_files(folder: Path) -> list[Path]:
    """The files of a folder that each hold a law."""
    return sorted(path for path in folder.glob("*.toml") if path.name not in _NO_LAWS)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputWrong(f"{path.name} is larger than a law file can be. Nothing was read from it.")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as bad:
        raise InputWrong(f"{path.name} cannot be read. No date is computed from it.") from bad


def _toml(text: str, name: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as bad:
        raise InputWrong(f"{name} is not valid TOML: {bad}. No date is computed from it.") from bad


def _head(path: Path) -> Law:
    # [law] stands first in every file, so names and aliases cost no reading of rules.
    text = _text(path).split("\n[defaults", 1)[0].split("\n[[rule", 1)[0]
    faults: list[Fault] = []
    law = _law(_toml(text, path.name), path, faults)
    _refuse(faults)
    return law


def _law(raw: Mapping[str, object], path: Path, faults: list[Fault]) -> Law:
    table = raw.get("law")
    fields = Fields(table if isinstance(table, Mapping) else {}, f"{path.name} [law]", faults)
    law = law_of(fields, read_vocabulary(path.parent))
    if law.id and law.id.lower() != path.stem:
        faults.append(Fault(where=f"{path.name} [law]", says=f'The file of "{law.id}" must be {law.id.lower()}.toml.'))
    return law


def _read(path: Path) -> tuple[Law, tuple[Rule, ...], list[Fault]]:
    raw = _toml(_text(path), path.name)
    faults: list[Fault] = []
    law = _law(raw, path, faults)
    top = Fields(raw, path.name, faults)
    top.table("law", required=True)
    top.table("defaults")
    top.tables("rule")
    top.finish()
    defaults, own = raw.get("defaults", {}), raw.get("rule", [])
    if not isinstance(defaults, Mapping) or not isinstance(own, list):
        return law, (), faults
    rules = []
    for number, table in enumerate(own, 1):
        if not isinstance(table, Mapping):
            continue
        where = f"{path.name} [rule {number}: {table.get('term', 'without term')}]"
        content = merged(defaults, {**table, "law": law.id}, where, faults)
        rules.append(rule_of(content, where, faults, read_vocabulary(path.parent)))
    if not rules:
        faults.append(Fault(where=path.name, says="It has no [[rule]]."))
    return law, tuple(rules), faults


def _same_twice(path: Path, rules: tuple[Rule, ...]) -> list[Fault]:
    """Rules that one question would find at once: same term, same route, days in common."""
    faults = []
    for n, rule in enumerate(rules):
        for other in rules[:n]:
            if (rule.term, rule.designated) != (other.term, other.designated):
                continue
            if rule.in_force.since <= (other.in_force.until or date.max) and other.in_force.since <= (
                rule.in_force.until or date.max
            ):
                faults.append(Fault(where=path.name, says=f'"{rule.term}" has two rules in force on the same day.'))
    return faults


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise InputWrong(
            f"{told(faults)} No date is computed.",
            hint="Put them right and run the command again.",
        )
