"""Reads the source files of a workspace, telling every fault of every file at once.

The shape of a file is ``schema``; opening what the settings describe is ``registry``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath

from pydantic import ValidationError

from dsar.case.identifiers import Holder
from dsar.case.records import DataRole, Field, RecordSet, RolePeriod
from dsar.errors import InputWrong
from dsar.formats.files import read_limited
from dsar.formats.plain import printable, shorten
from dsar.sources import imap
from dsar.sources.connecting import unsound, untested
from dsar.sources.faults import Fault, said, told
from dsar.sources.interface import SourceSettings
from dsar.sources.schema import FieldTable, RecordSetTable, RoleTable, SourceFile, SourceTable
from dsar.sources.unfinished import questions

MAX_FILE = 2_000_000
PERSON = "person"
SQL = "sql"
MAILBOX = "mailbox"
# Kinds whose record sets are tables.
_TABLES = ("sqlite", SQL)
# Kinds whose places are no files, but what is asked at an address or of a program.
_NOT_FILES = ("http", "command")
# Kinds whose records come with a key of their own.
_OWN_KEY = {MAILBOX: ("message_id",), "lines": (), PERSON: ()}
_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_SECRET = re.compile(r"(?i)passw|secret|token|api_?key|credential|private")
_INLINE = re.compile(r"://[^/@\s]*:[^/@\s]+@")
_REFERENCES = ("env:", "keyring:", "file:")


def load_sources(folder: Path) -> list[SourceSettings]:
    """The settings of every ``*.toml`` file in the folder, in the order of their names.

    Raises InputWrong with one line per fault: the file, where in it, and a sentence. A folder that does not
    exist holds no sources.
    """
    faults: list[Fault] = []
    found = []
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
        if settings := _load(path, faults):
            found.append(settings)
    if faults:
        raise InputWrong(told(faults), hint="Check again: dsar source list")
    return found


def _load(path: Path, faults: list[Fault]) -> SourceSettings | None:
    file = f"sources/{shorten(printable(path.name), 80)}"
    if not _FILE_NAME.fullmatch(path.stem):
        says = "a source is called by small letters, digits, - and _ (for example crm.toml)."
        faults.append(Fault(file=file, where="", says=says))
        return None
    try:
        raw = tomllib.loads(read_limited(path, MAX_FILE).decode("utf-8-sig"))
        parsed = SourceFile.model_validate(raw)
    except InputWrong as error:
        faults.append(Fault(file=file, where="", says=error.message))
    except UnicodeDecodeError:
        faults.append(Fault(file=file, where="", says="the file is not written in UTF-8."))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        says = "the tables lie too deep." if isinstance(error, RecursionError) else f"this is not TOML: {error}."
        faults.append(Fault(file=file, where="", says=printable(says)))
    except ValidationError as error:
        faults.extend(said(file, error, raw, SourceFile))
    else:
        before = len(faults)
        faults.extend(Fault(file=file, where=where, says=says) for where, says in _unsound(parsed))
        return _settings(path.stem, parsed) if len(faults) == before else None
    return None


def _unsound(parsed: SourceFile) -> Iterator[tuple[str, str]]:
    """What no single setting shows to be wrong: settings that do not go together."""
    source = parsed.source
    if source.kind == SQL:
        yield from unsound(source.path, source.options)
    elif source.kind == MAILBOX and imap.on_server(source.path, source.options):
        yield from imap.unsound(source.path, source.options)
    elif source.kind != PERSON and not source.path and not all(one.place for one in parsed.record_set):
        yield "source", '"path" is missing: where is it?'
    if source.kind == PERSON and not source.ask:
        yield "source", 'the kind is person, so "ask" must say who is asked (a staff id).'
    if "\0" in source.path:
        yield "source", '"path" is not a file name.'
    yield from _open_secrets("source", source.path, source.options)
    seen: set[str] = set()
    for one in parsed.record_set:
        where = f'record_set "{one.name}"'
        if one.name in seen:
            yield where, "two record sets have this name."
        seen.add(one.name)
        yield from _open_secrets(where, one.place, one.options)
        if not one.key and source.kind not in _OWN_KEY:
            yield where, '"key" is missing: which columns tell one record from another?'
        if source.kind != PERSON and not any(field.match or field.text for field in one.field):
            yield where, 'no field has "match" or "text", so nothing could ever be found here.'
        if source.kind == MAILBOX:
            yield from _other_parties(where, one)


def _open_secrets(where: str, path: str, options: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in options.items():
        if _SECRET.search(name) and not value.startswith(_REFERENCES):
            yield (
                f"{where}.options" if where == "source" else f"{where}, options",
                f'"{printable(name)}" is a secret and stands here for all to read. '
                "Write env:NAME, keyring:NAME or file:PATH, and change the secret.",
            )
    for name, value in (("path" if where == "source" else "place", path), *options.items()):
        if _INLINE.search(value):
            yield where, f'"{printable(name)}" holds a password. Write env:NAME, keyring:NAME or file:PATH instead.'


def _other_parties(where: str, one: RecordSetTable) -> Iterator[tuple[str, str]]:
    """A letter has two parties: following whoever else is on it would search for a stranger."""
    for field in one.field:
        if field.emits and not field.name.startswith("signature"):
            yield f'{where}, field "{field.name}"', '"emits" would take the other party of a letter for the person.'


def _settings(name: str, parsed: SourceFile) -> SourceSettings:
    source = parsed.source
    extra = {
        "ask": source.ask,
        "answer_days": source.answer_days or "",
        "encoding": source.encoding,
        "delimiter": source.delimiter,
        "timeout_seconds": source.timeout_seconds or "",
        "read_only": "true" if source.read_only else "",
    }
    options = {**source.options, **{key: str(value) for key, value in extra.items() if value}}
    return SourceSettings(
        name=name,
        kind=source.kind,
        title=source.title,
        owner=source.owner,
        path=source.path,
        country=source.country,
        options=options,
        record_sets=tuple(_record_set(name, source, one) for one in parsed.record_set),
        notes=tuple(_notes(parsed)),
        unfinished=tuple(questions(parsed)),
    )


def _notes(parsed: SourceFile) -> Iterator[str]:
    if parsed.source.kind == SQL:
        yield from untested(parsed.source.path, parsed.source.options)
    for path in dict.fromkeys([parsed.source.path, *(_file_place(parsed.source, one) for one in parsed.record_set)]):
        if PurePath(path).is_absolute() or path.startswith("~") or ".." in PurePath(path).parts:
            yield f"{printable(path)} lies outside the workspace."
    for one in parsed.record_set:
        for role in one.role:
            if role.role is DataRole.PROCESSOR and not role.customer:
                yield f'Record set {one.name}: no column says which customer it is held for ("customer").'


def _file_place(source: SourceTable, one: RecordSetTable) -> str:
    return source.path if source.kind in (*_TABLES, *_NOT_FILES) else one.place or source.path


def _record_set(source: str, table: SourceTable, one: RecordSetTable) -> RecordSet:
    return RecordSet(
        source=source,
        name=one.name,
        title=one.title,
        place=one.place or (one.name if table.kind in _TABLES else table.path),
        key=one.key or _OWN_KEY.get(table.kind, ()),
        fields=tuple(_field(field, one.holder) for field in one.field),
        roles=tuple(_role(role) for role in one.role),
        holder=one.holder,
        time_field=one.time,
        category=one.category,
        basis=one.basis,
        retention=one.retention,
        recipients=one.recipients,
        obtained_from=one.obtained_from,
        automated_decisions=one.automated_decisions,
        transfers=one.transfers,
        secret=one.secret,
        omit_when=_conditions(one.omit_when),
        on_delete=one.on_delete,
        keep_ground=one.keep_ground,
        keep_until=one.keep_until,
        country=table.country,
        suppress=dict(one.suppress.set) if one.suppress else {},
        restrict=dict(one.restrict.set) if one.restrict else {},
        stops=tuple((stop.purpose, dict(stop.set)) for stop in one.stop),
        options=dict(one.options),
    )


def _field(field: FieldTable, holder: Holder) -> Field:
    return Field(
        name=field.name,
        meaning=field.meaning,
        category=field.category,
        origin=field.origin,
        codes=tuple(field.codes.items()),
        identifies=field.identifies,
        match=field.match,
        emits=bool(field.emits),
        asks=field.emits == "ask",
        fan_out=field.fan_out or 0,
        # what stands on an organisation's record is the organisation's unless the file says otherwise
        holder=field.holder or holder,
        since_field=field.since,
        until_field=field.until,
        text=field.text,
        ignores=field.ignores,
        normal=field.normal,
        disclose=field.disclose,
        show_when=_conditions(field.show_when),
        hide_when=_conditions(field.hide_when),
        correctable=field.correctable,
        on_delete=field.on_delete,
    )


def _role(role: RoleTable) -> RolePeriod:
    return RolePeriod(
        role=role.role, purpose=role.purpose, since=role.since, until=role.until, customer_field=role.customer
    )


def _conditions(conditions: tuple[Mapping[str, str], ...]) -> tuple[Mapping[str, str], ...]:
    return tuple(dict(condition) for condition in conditions)
