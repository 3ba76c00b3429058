"""Describes a new source: by looking at it, by a worksheet, or by a file that another program left.

Nothing is overwritten, nothing that was looked at is kept, and a person finishes what is written.
"""

from __future__ import annotations

import glob
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dsar.errors import InputWrong, Refused
from dsar.formats.files import contained, private_folder, read_limited, write_atomic
from dsar.formats.plain import printable, shorten
from dsar.sources.connecting import unsound
from dsar.sources.interface import SourceSettings
from dsar.sources.registry import kinds
from dsar.sources.scan_databases import scan_database, scan_sqlite
from dsar.sources.scan_fides import read_datasets
from dsar.sources.scan_files import kind_of_file, scan_files
from dsar.sources.scan_proposing import Proposal, ProposedField, ProposedSet, propose, slug
from dsar.sources.scan_tables import SAMPLE, Scanned
from dsar.sources.scan_writing import Head, source_text
from dsar.sources.settings import MAILBOX, load_sources
from dsar.sources.unfinished import NOWHERE, OPEN
from dsar.workspace import Workspace

FOLDER = "sources"
FINISH = 'Every line with "# ?" is a question to you. Then: dsar source test'
MAX_YAML = 2_000_000
_SQLITE = b"SQLite format 3\x00"
_ADDRESS = re.compile(r"[a-z][a-z0-9+]*://", re.IGNORECASE)
_QUESTION = re.compile(r'# \?(?!")')
_INLINE = re.compile(r"(?i)://[^/@\s]*:[^/@\s]*@|[?&;][^=&]*(pass|pwd|secret|token|key)[^=&]*=")
_SCANNED = ("sqlite", "sql", "csv", "jsonl", "json", "sheet", "parquet")


# What a first file describes, for a person to go on: of a table, and of letters, which all have the same fields.
_RECORDS = (
    ProposedField(name="id", meaning="Id", origin="observed", asks=("which column tells one record from another?",)),
    ProposedField(
        name="email", meaning="E-mail address", category="contact", identifies="email", match=True,
        asks=("which columns hold what a person is found by?",),
    ),
)  # fmt: skip
_LETTERS = (
    *(
        ProposedField(name=name, meaning=meaning, category="contact", identifies="email", match=True)
        for name, meaning in (("from", "Who wrote"), ("to", "To whom"), ("cc", "Copies to"))
    ),
    ProposedField(
        name="signature_phone", meaning="Telephone in a signature", category="contact", identifies="phone", match=True,
        asks=("may a number under the person's own letters be followed to other records? Then say emits = true",),
    ),
    *(
        ProposedField(name=name, meaning=meaning, category="content", text=True)
        for name, meaning in (("subject", "Subject"), ("body", "Letter"), ("quoted", "Letters quoted in it"))
    ),
    ProposedField(name="attachments", meaning="Names of the attachments", category="content"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person says of a source; "" where they leave it open. ``schemas`` are those of a server to look at."""

    name: str = ""
    kind: str = ""
    path: str = ""
    title: str = ""
    owner: str = ""
    country: str = ""
    ask: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    schemas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One source file as proposed: its text, and where it was put ("" where it was only shown)."""

    name: str
    text: str
    proposal: Proposal
    told: tuple[str, ...] = ()
    written: str = ""

    @property
    def questions(self) -> int:
        """How many questions the file asks a person."""
        return len(_QUESTION.findall(self.text))


def scan(ws: Workspace, target: str, wish: Wish, *, out: str = "") -> Described:
    """Look at a described source by its name, a file, files by a pattern, or the address of a database.

    Raises InputWrong for what is none of these, SourceFailed where it cannot be read. ``out`` is the file to write.
    """
    settings = _target(ws, target, wish)
    name = slug(Path(out).stem) if out else settings.name
    found = _read(settings, ws.home, wish.schemas)
    country = settings.country or ws.config.organisation.country
    proposal = propose(name, found.tables, country=country)
    if not proposal.sets:
        raise InputWrong(
            f"Not done: none of the {len(found.tables)} tables holds anything a person could be searched by. "
            "Nothing was written.",
            hint="Describe it by hand: dsar source add",
        )
    head = Head(
        kind=settings.kind, path=settings.path, title=wish.title or settings.title, owner=wish.owner or settings.owner,
        country=country, options=settings.options,
    )  # fmt: skip
    about = [
        f"Proposed by looking at the schema and at most {SAMPLE} rows of each table; no value was kept.",
        FINISH,
    ]
    asks = [f"not looked at: {one}" for one in found.not_looked_at]
    made = Described(
        name=name, text=source_text(head, proposal, about=about, asks=asks), proposal=proposal, told=tuple(asks)
    )
    return _checked(ws, made, out)


def add(ws: Workspace, wish: Wish) -> Described:
    """A first file for a source that cannot be looked at, with one record set to be described."""
    known = kinds()
    if wish.kind not in known:
        raise InputWrong(
            f'Not done: there is no kind of source "{shorten(printable(wish.kind), 40)}". Nothing was written.',
            hint=f"--kind is one of {', '.join(known)}",
        )
    _no_secret(wish.path)
    person, tables = wish.kind == "person", wish.kind in ("sqlite", "sql")
    missing = "" if person else NOWHERE if wish.kind == "sql" else OPEN
    fields = _LETTERS if wish.kind == MAILBOX else _RECORDS
    one = ProposedSet(
        name="records", place="records" if tables else "", key=() if fields is _LETTERS else ("id",), fields=fields,
        asks=("one [[record_set]] per table, file, folder or list; copy this one",),
    )  # fmt: skip
    head = Head(
        kind=wish.kind, path=wish.path or missing, title=wish.title, owner=wish.owner or wish.ask,
        country=wish.country, ask=(wish.ask or wish.owner or OPEN) if person else "", options=wish.options,
    )  # fmt: skip
    proposal = Proposal(sets=(one,))
    asks = [] if person or wish.path else ["where is it? Correct path"]
    name = slug(wish.name)
    text = source_text(head, proposal, about=[FINISH], asks=asks)
    return _checked(ws, Described(name=name, text=text, proposal=proposal), f"{FOLDER}/{name}.toml")


def import_fides(ws: Workspace, file: Path, wish: Wish) -> list[Described]:
    """One source file for each dataset of a Fides file; all of them are checked before the first is written."""
    try:
        text = read_limited(file, MAX_YAML).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputWrong(f"{shorten(printable(file.name), 80)} is not written in UTF-8. Nothing was read.") from None
    found: list[Described] = []
    _no_secret(wish.path)
    nobody: list[str] = []
    kind = wish.kind or "sql"
    for dataset in read_datasets(text, columns=kind in ("sql", "sqlite")):
        name = slug(dataset.key)
        proposal = propose(name, dataset.tables, country=wish.country)
        if not proposal.sets:
            nobody.append(name)
            continue
        told = dataset.not_mapped
        asks = [
            *([] if wish.path else ["where is it? Correct kind and path"]),
            *(f"not carried over: {one}" for one in told),
        ]
        head = Head(
            kind=kind, path=wish.path or (NOWHERE if kind == "sql" else OPEN), title=wish.title or dataset.title,
            owner=wish.owner, country=wish.country or ws.config.organisation.country, options=wish.options,
        )  # fmt: skip
        about = ["From a dataset of Fides.", dataset.note, FINISH]
        text = source_text(head, proposal, about=about, asks=asks)
        made = Described(name=name, text=text, proposal=proposal, told=told)
        _free(ws, f"{FOLDER}/{name}.toml")
        if any(one.name == name for one in found):
            raise InputWrong(f"Two datasets would both be called {name}. Nothing was written.")
        found.append(_checked(ws, made, ""))
    if not found:
        raise InputWrong(f"The dataset {', '.join(nobody)} names nobody to search for. Nothing was written.")
    if nobody:
        says = f"left out, as they name nobody to search for: {', '.join(nobody)}"
        found[0] = replace(found[0], told=(*found[0].told, says))
    return [_written(ws, one, f"{FOLDER}/{one.name}.toml") for one in found]


def _target(ws: Workspace, target: str, wish: Wish) -> SourceSettings:
    _no_secret(target)
    described = {one.name: one for one in load_sources(ws.home / FOLDER)}
    if target in described:
        known = described[target]
        if known.kind not in _SCANNED:
            raise InputWrong(
                f"Not done: a source of the kind {known.kind} has no columns to look at. Nothing was written.",
                hint=f"Scanned are {', '.join(_SCANNED)}",
            )
        return known
    kind = wish.kind or _kind_of(ws.home, target)
    if kind not in _SCANNED:
        raise InputWrong(
            f'Not done: "{shorten(printable(target), 80)}" is no source, no file that I know how to look at and no '
            "address of a database. Nothing was written.",
            hint="dsar source list. Or say the kind: --kind sqlite",
        )
    if kind == "sql" and (wrong := next(unsound(target, wish.options), None)):
        raise InputWrong(f"Not done: {wrong[1]} Nothing was written.")
    return SourceSettings(
        name=wish.name or _name_of(target), kind=kind, title=wish.title, owner=wish.owner, path=_relative(ws, target),
        country=wish.country, options=dict(wish.options), record_sets=(),
    )  # fmt: skip


def _relative(ws: Workspace, target: str) -> str:
    """A path as the file will say it: within the workspace as it is, elsewhere in full, as it was typed from here."""
    inside = not Path(target).expanduser().is_absolute() and glob.glob(f"{glob.escape(str(ws.home))}/{target}")
    if _ADDRESS.match(target) or inside:
        return target
    return str(Path(target).expanduser().absolute())


def _kind_of(home: Path, target: str) -> str:
    if _ADDRESS.match(target) and not target.casefold().startswith("s3://"):
        return "sql"
    if kind := kind_of_file(target):
        return kind
    for path in (home / target, Path(target).expanduser()):
        if path.is_file():
            with path.open("rb") as file:
                return "sqlite" if file.read(len(_SQLITE)) == _SQLITE else ""
    return ""


def _name_of(target: str) -> str:
    last = re.split(r"[/\\]", target.rstrip("/"))[-1].partition("?")[0]
    return slug(last.partition(".")[0].strip("*") or "source")


def _no_secret(path: str) -> None:
    if _INLINE.search(path):
        raise InputWrong(
            "Not done: the address holds a password, which would stand in a file for all to read. Nothing was written.",
            hint="Leave it out, and say --password env:NAME, keyring:NAME or file:PATH",
        )


def _read(settings: SourceSettings, home: Path, schemas: Sequence[str]) -> Scanned:
    if settings.kind == "sql":
        return scan_database(settings, home, schemas)
    if schemas:
        raise InputWrong(
            "Not done: only a database server has schemas. Nothing was written.", hint="Leave out --schema"
        )
    return scan_sqlite(settings, home) if settings.kind == "sqlite" else scan_files(settings, home)


def _checked(ws: Workspace, made: Described, out: str) -> Described:
    """The file must load before anybody sees it; with ``out`` it is put there."""
    with tempfile.TemporaryDirectory(prefix="dsar-") as folder:
        Path(folder, f"{made.name}.toml").write_text(made.text, encoding="utf-8")
        try:
            load_sources(Path(folder))
        except InputWrong as error:
            faults = error.message.partition("\n")[2] or error.message
            raise InputWrong(f"Not done: the file would not load. Nothing was written.\n{faults}") from error
    return _written(ws, made, out) if out else made


def _written(ws: Workspace, made: Described, out: str) -> Described:
    path = _free(ws, out)
    private_folder(path.parent)
    write_atomic(path, made.text)
    return replace(made, written=str(path.relative_to(ws.home.resolve())))


def _free(ws: Workspace, out: str) -> Path:
    """Where the file goes: a name of a source file in the workspace that nothing has yet."""
    given = Path(out).expanduser()
    inside = given.is_relative_to(ws.home)
    path = contained(ws.home, str(given.relative_to(ws.home)) if inside else str(given))
    if path.parent != (ws.home / FOLDER).resolve() or path.suffix != ".toml" or slug(path.stem) != path.stem:
        raise InputWrong(
            "Not done: a source file is called by small letters, digits, - and _, and lies in the folder sources. "
            "Nothing was written.",
            hint="--out sources/crm.toml",
        )
    if path.exists():
        raise Refused(
            f"Not done: {FOLDER}/{path.name} is there already, and nothing is overwritten. It is unchanged.",
            hint="Give another name, or move that file away first.",
        )
    return path


def rows_of(found: Described) -> Iterator[tuple[str, str, str, str, str]]:
    """One line per proposed field: record set, field, what it identifies, what is done with it, the questions."""
    for one in found.proposal.sets:
        for described in one.fields:
            does = [
                word for word, on in (
                    ("match", described.match), ("emits", described.emits), ("text", described.text),
                    ("never", described.never),
                ) if on
            ]  # fmt: skip
            yield one.name, described.name, described.identifies, " ".join(does), "; ".join(described.asks)
