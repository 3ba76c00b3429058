"""Writes a proposal down as a source file with comments, for a person to finish; every question is a ``# ?`` line.

What is proposed is decided in ``scan_proposing``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dsar.formats.plain import printable, shorten
from dsar.sources.scan_looks import words_of
from dsar.sources.scan_proposing import Proposal, ProposedField, ProposedSet
from dsar.sources.unfinished import OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the file says of the source itself; "" for what a person has to fill in."""

    kind: str
    path: str
    title: str = ""
    owner: str = ""
    country: str = ""
    ask: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


def source_text(head: Head, proposal: Proposal, *, about: Sequence[str], asks: Sequence[str] = ()) -> str:
    """The whole file; ``about`` are its first lines, ``asks`` questions about the source as a whole."""
    lines = [*_comments(about), *_asked(asks), *_head(head)]
    for one in proposal.sets:
        lines += ["", *_record_set(one)]
    if proposal.left_out:
        lines += ["", "# --- left out ---"]
        lines += _asked(f"{place}: {why}" for place, why in proposal.left_out)
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """A text as TOML writes it, whatever is in it."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")


def _head(head: Head) -> Iterator[str]:
    yield "[source]"
    yield f"kind = {quoted(head.kind)}"
    yield from _filled("title", head.title, "what do people call this system?")
    yield from _filled("owner", head.owner, "who keeps it: a staff id")
    if head.path:
        yield f"path = {quoted(head.path)}"
    if head.ask:
        yield f"ask = {quoted(head.ask)}"
    if head.country:
        yield f"country = {quoted(head.country)}"
    elif head.kind != "person":
        yield '# country = "US"    # ? how are telephone numbers without a country code read?'
    if head.options:
        yield ""
        yield "[source.options]"
        yield from (f"{quoted(name)} = {quoted(value)}" for name, value in head.options.items())


def _filled(name: str, value: str, question: str) -> Iterator[str]:
    yield f"{name} = {quoted(value)}" if value else f'{name} = "{OPEN}"    # ? {question}'


def _record_set(one: ProposedSet) -> Iterator[str]:
    called = one.called or one.place or one.name
    yield f"# --- {_plain(called)} ---"
    yield from _comments([one.note])
    yield from _asked(one.asks)
    yield "[[record_set]]"
    yield f"name = {quoted(one.name)}"
    title = " ".join(words_of(called)).capitalize() or one.name
    yield f"title = {quoted(title)}    # ? in words the person knows"
    if one.place:
        yield f"place = {quoted(one.place)}"
    yield f"key = [{', '.join(map(quoted, one.key))}]"
    if one.time:
        yield f"time = {quoted(one.time)}"
    if one.shared:
        yield 'holder = "shared"'
        yield 'on_delete = "keep"    # ? may it go once nobody else uses it?'
        yield 'keep_ground = "other people\'s records may use it too"'
    else:
        yield '# holder = "person"    # ? or "organisation", or "shared": whose record is it?'
        yield '# on_delete = "row"    # ? or null, mask, cut, keep'
    yield '# basis = ""    retention = ""    recipients = []    # ?'
    yield ""
    if one.options:
        yield "[record_set.options]"
        yield from (f"{quoted(name)} = {quoted(value)}" for name, value in one.options.items())
        yield ""
    yield "[[record_set.role]]"
    yield 'role = "controller"    # ? or "processor", where it is held for a customer'
    yield f'purpose = "{OPEN}"    # ? why is it kept?'
    for described in one.fields:
        yield ""
        yield from _field(described, shared=one.shared)


def _field(one: ProposedField, *, shared: bool) -> Iterator[str]:
    yield from _comments([one.says])
    yield from _asked(one.asks)
    yield "[[record_set.field]]"
    yield f"name = {quoted(one.name)}"
    yield f"meaning = {quoted(one.meaning)}"
    for name, value in (("category", one.category), ("identifies", one.identifies), ("on_delete", one.on_delete)):
        if value:
            yield f"{name} = {quoted(value)}"
    if one.origin != "provided":
        yield f"origin = {quoted(one.origin)}"
    for name, on in (("match", one.match), ("emits", one.emits), ("text", one.text)):
        if on:
            yield f"{name} = true"
    if shared and (one.match or one.emits):
        # it is found by the person's own link; the record itself stays shared
        yield 'holder = "person"'
    if one.never:
        yield 'disclose = "never"'


def _comments(lines: Sequence[str]) -> Iterator[str]:
    yield from (f"# {_plain(line)}" for line in lines if line)


def _asked(lines: Iterator[str] | Sequence[str]) -> Iterator[str]:
    yield from (f"# ? {_plain(line)}" for line in lines)


def _plain(text: str) -> str:
    """Text that ends no comment: one line, nothing invisible."""
    return shorten(" ".join(printable(text).split()), 300)
