"""Proposes record sets from the tables of a scan: what to search by, which links to follow, what never leaves.

A link is followed from a person's record to what hangs on it, never from a shared record back to people. What
cannot be told from outside is left as a question. How it is written down is ``scan_writing``.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dsar.sources.matching import emails_in
from dsar.sources.periods import day_of
from dsar.sources.scan_links import called_like_keys, with_guessed_links
from dsar.sources.scan_looks import look_of, masked, party_of, words_of
from dsar.sources.scan_tables import Column, Link, Look, ScannedTable, guessed_key

_OWN = ("email", "phone", "username", "customer_no")
_PERSONAL = (*_OWN, "name", "address", "place", "birth_date")
_IDENTIFIES = (*_OWN, "account_id", "ip", "device_id", "cookie", "name", "address", "birth_date")
_SEARCHED = (*_OWN, "device_id", "cookie")
_STAFF = frozenset(
    {"employee", "employees", "staff", "agent", "agents", "manager", "seller", "clerk", "handler", "assignee"}
    | {"assigned", "operator", "creator", "editor", "moderator", "reviewer", "author", "by", "rep", "supervisor"}
)
_FIRMS = frozenset(
    {"company", "firm", "office", "offices", "branch", "store", "stores", "shop", "supplier", "suppliers", "vendor"}
)
_SLUG = re.compile(r"[^a-z0-9_-]+")
_LONGEST_NAME = 60
_LONGEST_COLUMN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedField:
    """One column as the source file will describe it; ``asks`` are questions to a person."""

    name: str
    meaning: str
    category: str = ""
    origin: str = "provided"
    identifies: str = ""
    match: bool = False
    emits: bool = False
    text: bool = False
    never: bool = False
    on_delete: str = ""
    says: str = ""
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedSet:
    """One table, view, file, sheet or list as the source file will describe it; ``called`` as the source calls it."""

    name: str
    place: str
    called: str = ""
    key: tuple[str, ...]
    fields: tuple[ProposedField, ...]
    time: str = ""
    shared: bool = False
    note: str = ""
    asks: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is proposed, and which tables are left out, with the reason."""

    sets: tuple[ProposedSet, ...]
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass
class _Ends:
    """What the followed links make of columns, by table and column: the kind of identifier, match, emits."""

    kinds: dict[tuple[str, str], str] = field(default_factory=dict)
    match: set[tuple[str, str]] = field(default_factory=set)
    emits: set[tuple[str, str]] = field(default_factory=set)
    asks: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    reached_to: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))


def propose(source: str, tables: Sequence[ScannedTable], *, country: str = "") -> Proposal:
    """The record sets for these tables of one source; ``source`` is the name its file will have."""
    tables = with_guessed_links([_nameable(one) for one in tables])
    looks = {one.place: _looks(one, country) for one in tables}
    ends = _followed(source, tables, looks)
    sets, left = [], []
    names: set[str] = set()
    for one in tables:
        _suspect(source, one, tables, ends)
        fields = tuple(_fields(one, looks[one.place], ends, country))
        if any(described.match for described in fields) or _speaks_of_people(one, looks[one.place]):
            sets.append(_set(one, fields, looks[one.place], ends, names))
        else:
            left.append((one.place, _why_left(one, looks[one.place])))
    return Proposal(sets=tuple(sets), left_out=tuple(left))


def _nameable(table: ScannedTable) -> ScannedTable:
    """The table without columns whose names no setting can hold, which is told."""
    kept = tuple(one for one in table.columns if 0 < len(one.name) <= _LONGEST_COLUMN)
    if len(kept) == len(table.columns):
        return table
    left = f"{len(table.columns) - len(kept)} columns with no name or one of more than {_LONGEST_COLUMN} signs left out"
    key = tuple(name for name in table.key if any(one.name == name for one in kept))
    return replace(table, columns=kept, key=key or guessed_key(kept), note=" ".join([table.note, left]).strip())


def slug(text: str) -> str:
    """A name as settings allow it, made from any words."""
    plain = _SLUG.sub("-", text.casefold()).strip("-_") or "table"
    if len(plain) > _LONGEST_NAME:
        plain = f"{plain[:50]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    return plain


def kind_of_link(source: str, table: str, column: str, *, alone: bool = True) -> str:
    """The kind of identifier that one column of one table is, the same in every file that speaks of it."""
    return f"record_id.{slug('-'.join([source, table] if alone else [source, table, column]))}"


def _looks(table: ScannedTable, country: str) -> dict[str, Look]:
    first = {one.name: look_of(one, country=country, people=False) for one in table.columns}
    people = any(look.kind in _OWN for look in first.values())
    if not people:
        return first
    return {one.name: look_of(one, country=country, people=True) for one in table.columns}


def _followed(source: str, tables: Sequence[ScannedTable], looks: Mapping[str, Mapping[str, Look]]) -> _Ends:
    ends = _Ends()
    by_place = {one.place: one for one in tables}
    owned = _owned(tables, looks)
    for table in tables:
        for link in table.links:
            here, there = (table.place, link.column), (link.table, link.to)
            target = by_place.get(link.table) if link.source in ("", source) else None
            lost = link.source in ("", source) and (target is None or target.column(link.to) is None)
            said = "" if lost else link.direction
            direction = said or _direction(table, link, target, owned, looks, ends)
            if not direction:
                continue
            if link.guessed:
                does = "match" if direction == "from" else "emits"
                ends.asks[here].append(
                    f"by its name the number of {link.table}: is it? If not, delete identifies and {does}"
                )
            kind = _kind(source, link, target, looks)
            _know(ends, here, kind)
            (ends.match if direction == "from" else ends.emits).add(here)
            if target:
                _know(ends, there, kind)
                (ends.emits if direction == "from" else ends.match).add(there)
                if direction == "to":
                    ends.reached_to[link.table].add(here)
                    if not said and any(look.kind in _OWN for look in looks[link.table].values()):
                        ends.asks[there].append(
                            f"people are not found through its telephone number, which several may share: if they "
                            f"should be, say emits = true here, and match = true in {table.place}, field {link.column}"
                        )
            else:
                verb = "emits = true" if direction == "from" else "match = true"
                where = f"{link.source or source} {link.table}, field {link.to}"
                ends.asks[here].append(f'it leads over {where}: there, say identifies = "{kind}" and {verb}')
    return ends


def _know(ends: _Ends, column: tuple[str, str], kind: str) -> None:
    known = ends.kinds.setdefault(column, kind)
    if known != kind:
        ends.asks[column].append(f'it also holds numbers of another table ("{kind}"), which are not followed')


def _owned(tables: Sequence[ScannedTable], looks: Mapping[str, Mapping[str, Look]]) -> set[str]:
    """Tables with a person's e-mail, number or name for logging in, and those that hang on them."""
    owned = {one.place for one in tables if _persons(one, looks[one.place])}
    while more := {
        one.place
        for one in tables
        if one.place not in owned and any(link.table in owned and not _of_staff(link) for link in one.links)
    }:
        owned |= more
    return owned


def _persons(table: ScannedTable, looks: Mapping[str, Look]) -> bool:
    """Whether its records are people's, and not offices or firms of which nothing but a telephone number is held."""
    kinds = {look.kind for look in looks.values()}
    own = kinds & {*_OWN}
    words = {word for name in (table.place, *looks) for word in words_of(name)}
    place = bool(kinds & {"address", "place"} or words & _FIRMS)
    return bool(own) and (own != {"phone"} or bool(kinds & {"name", "birth_date"}) or not place)


def _direction(
    table: ScannedTable,
    link: Link,
    target: ScannedTable | None,
    owned: set[str],
    looks: Mapping[str, Mapping[str, Look]],
    ends: _Ends,
) -> str:
    asks = ends.asks[table.place, link.column]
    if target is None or target.column(link.to) is None:
        asks.append(f"it points to {link.table} {link.to}, which was not found: not followed")
    elif link.table == table.place:
        asks.append("it points to another record of this table, perhaps another person's: not followed")
    elif _of_staff(link) and (link.table in owned or _personal(looks[link.table])):
        asks.append(
            f"a colleague of {link.table} who worked on the record? Not followed, or all they handled is theirs"
        )
    elif link.table in owned:
        return "from"
    elif _personal(looks[link.table]) and table.place in owned:
        return "to"
    return ""


def _personal(looks: Mapping[str, Look]) -> bool:
    return any(look.kind in _PERSONAL for look in looks.values())


def _suspect(source: str, table: ScannedTable, tables: Sequence[ScannedTable], ends: _Ends) -> None:
    """Ask about columns named like the key of another table, where their values do not tell whether they hold it."""
    for column, other in called_like_keys(table, tables):
        kind = kind_of_link(source, other.place, other.key[0])
        ends.asks[table.place, column.name].append(
            f'the number of {other.place}? To follow it, say identifies = "{kind}" here and in {other.place}, '
            f"field {other.key[0]}, match = true here and emits = true there"
        )


def _of_staff(link: Link) -> bool:
    return bool(_STAFF & {*words_of(link.column), *words_of(link.table)})


def _kind(source: str, link: Link, target: ScannedTable | None, looks: Mapping[str, Mapping[str, Look]]) -> str:
    if target and (known := looks[link.table].get(link.to)) and known.kind in _SEARCHED:
        return known.kind
    alone = target.key == (link.to,) if target else link.to.casefold() == "id"
    return kind_of_link(link.source or source, link.table, link.to, alone=alone)


def _fields(table: ScannedTable, looks: Mapping[str, Look], ends: _Ends, country: str) -> Iterator[ProposedField]:
    hangs = any((table.place, link.column) in ends.match for link in table.links)
    staffed = any(_of_staff(link) for link in table.links)
    # two of a kind may be two people, who called and who was called; a telephone and a fax are one person's
    own_columns = [(looks[one.name].kind, party_of(one.name)) for one in table.columns if looks[one.name].kind in _OWN]
    parties = len({kind for kind, _ in own_columns}) < len(set(own_columns))
    for column in table.columns:
        look, here = looks[column.name], (table.place, column.name)
        linked = ends.kinds.get(here, "")
        identifies = linked or (look.kind if look.kind in _IDENTIFIES else "")
        own = look.kind in _OWN and not linked.startswith("record_id")
        emits = here in ends.emits or (own and not hangs and not staffed and not parties)
        asks = [*ends.asks.get(here, ()), *_questions(column, look, own and not emits)]
        yield ProposedField(
            name=column.name,
            meaning=column.meaning or " ".join(words_of(column.name)).capitalize() or column.name.strip() or "?",
            category=look.category or ("identifier" if linked else ""),
            origin="observed" if linked or column.name in table.key or look.kind == "time" else "provided",
            identifies=identifies,
            match=here in ends.match or (look.kind in _SEARCHED and not look.never),
            emits=emits,
            text=look.kind == "text",
            never=look.never,
            on_delete=column.on_delete,
            says=_seen(column, look, masked(look, column.samples, country=country)),
            asks=tuple(asks),
        )


def _seen(column: Column, look: Look, sample: str) -> str:
    like = f"looks like {_SPOKEN.get(look.kind, look.kind)} by {look.why}" if look.why else ""
    return ", ".join(part for part in (column.declared, like, f"for example {sample}" if sample else "") if part)


def _questions(column: Column, look: Look, not_emitted: bool) -> Iterator[str]:
    if not look.sure and look.kind:
        yield f"is this {_SPOKEN.get(look.kind, look.kind)}?"
    if look.kind == "ip":
        yield "an address that several people may use: not searched by, unless you say match = true"
    elif look.kind == "account_id":
        yield "a person's account or an organisation's? Not searched by, unless you say match = true"
    elif not_emitted:
        yield "always the person's own, never somebody else's on the same record? Then say emits = true"
    elif look.kind == "secret":
        yield "never disclosed: the answer says only that it is held"
    if look.kind == "name":
        yield "the person's own name, or another's (then: disclose = \"other_person\")?"


_SPOKEN = {
    "email": "an e-mail address", "phone": "a telephone number", "ip": "an IP address", "secret": "a secret",
    "name": "a name", "username": "a user name", "customer_no": "a customer number", "account_id": "an account number",
    "device_id": "a device", "cookie": "a cookie", "address": "a postal address", "place": "a place", "text": "prose",
    "birth_date": "a date of birth", "time": "a time",
}  # fmt: skip


def _speaks_of_people(table: ScannedTable, looks: Mapping[str, Look]) -> bool:
    """Whether prose in it holds e-mail addresses, or somebody said that it has prose."""
    return any(
        looks[one.name].kind == "text" and any(emails_in(value) for value in one.samples) for one in table.columns
    )


def _why_left(table: ScannedTable, looks: Mapping[str, Look]) -> str:
    if _personal(looks):
        return "it speaks of people, but nothing in it can be searched by and no link leads there"
    return "nothing in it looks like a person's, and no link leads there"


def _set(
    table: ScannedTable,
    fields: tuple[ProposedField, ...],
    looks: Mapping[str, Look],
    ends: _Ends,
    names: set[str],
) -> ProposedSet:
    name = slug(table.place)
    while name in names:
        name = slug(f"{name[:50]}-{len(names)}")
    names.add(name)
    by_link = {place for place, column in ends.match if place == table.place}
    shared = len(ends.reached_to[table.place]) > 1 and not any(look.kind in _OWN for look in looks.values())
    asks = []
    if table.view:
        asks.append("a view, which shows what lies in tables: where those are searched themselves, delete this one")
    if table.key_guessed:
        asks.append(f"the source names no key: is one record told from another by {', '.join(table.key)}?")
    if shared:
        asks.append("several tables lead here, so several people may share one record: it is flagged in the review")
    elif by_link and not any(one.match and not one.identifies.startswith("record_id") for one in fields):
        asks.append("found only by a link from another record set")
    if any(link.direction == "from" for link in table.links) and any(look.kind in _OWN for look in looks.values()):
        asks.append("two people may stand on one record: the one it hangs on, and the one it names itself")
    days = (one.name for one in table.columns if looks[one.name].kind == "time" and _days(one))
    return ProposedSet(
        name=name, place=table.place if table.where is None else table.where, called=table.place, key=table.key,
        fields=fields, time=next(days, ""), shared=shared, note=table.note, asks=tuple(asks), options=table.options,
    )  # fmt: skip


def _days(column: Column) -> bool:
    told = [value for value in column.samples if value.strip()]
    return bool(told) and all(day_of(value) for value in told)
