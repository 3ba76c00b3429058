"""Takes in what the office's mailboxes hold: servers, Maildirs and mbox files, each only ever read.

How far a server's folder was read is kept in the store, so that the next run goes on there. What becomes of a
message is decided in ``intake``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from dsar.case.rights import Right
from dsar.case.stamp import Stamp
from dsar.errors import InputWrong, OutsideDown, PartlyDone
from dsar.formats.files import sniff
from dsar.formats.imap import PORTS, Account, Fetched, Folders, connected
from dsar.formats.mailbox import maildir_messages, mbox_messages
from dsar.inbox.arrival import Arrival, InboxSettings, digest
from dsar.inbox.mails import mail_arrival
from dsar.settings import Mailbox
from dsar.workflow.intake import State, Taken, batches, found_in, settle
from dsar.workflow.remind_lock import only_run
from dsar.workspace import Workspace

SYSTEM = "system"
_LOCK = ".intake.lock"
_LOST = "Nothing is lost: what was read is kept, the rest waits in the mailbox."
_SET_UP = "It is set up in dsar.toml: dsar config edit"
_RIGHTS = frozenset(right.value for right in Right)


class Sort(StrEnum):
    """What a mail was, for the one line that cron's reader sees."""

    REQUEST = "request"
    REPLY = "reply"
    OTHER = "other"
    KNOWN = "known"


@dataclass(slots=True, kw_only=True)
class Report:
    """What one run did. ``unreadable`` counts mails that wait as drafts because nobody could read them.

    ``down`` and ``faults`` are sentences for a person, by mailbox.
    """

    counts: dict[Sort, int] = field(default_factory=lambda: dict.fromkeys(Sort, 0))
    unreadable: int = 0
    drafts: int = 0
    down: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def mails(self) -> int:
        """The mails that were new."""
        return sum(count for sort, count in self.counts.items() if sort is not Sort.KNOWN)

    @property
    def exit_code(self) -> int:
        """0 well, 4 something needs a person, 5 a mailbox is down and its mails wait there."""
        if self.down:
            return OutsideDown.exit_code
        return PartlyDone.exit_code if self.faults or self.unreadable else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which mailboxes to read: some of those set up, by name, or files and folders; nothing = all set up."""

    names: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What every step of one run needs."""

    ws: Workspace
    settings: InboxSettings
    by: Stamp
    report: Report
    dry_run: bool

    def settled(self, batch: Sequence[Arrival]) -> Iterator[Taken]:
        return settle(self.ws, batch, self.by, dry_run=self.dry_run)


def intake(ws: Workspace, wanted: Wanted, by: Stamp, report: Report, *, dry_run: bool) -> Iterator[Taken]:
    """Every new mail of these mailboxes; one that is down is told in ``report`` and the others go on.

    The actor "system" (a program's own login) may read the mailboxes set up, never a file somebody names.
    Busy if another run holds the lock; InputWrong where there is nothing to read.
    """
    boxes = _chosen(ws, wanted)
    if not dry_run:
        _allowed(ws, wanted, by)
    run = _Run(ws=ws, settings=ws.inbox(by.on), by=by, report=report, dry_run=dry_run)
    with nullcontext() if dry_run else only_run(ws.home / _LOCK, "dsar intake"):
        for box in boxes:
            try:
                for taken in _read(run, box):
                    _count(report, taken)
                    yield taken
            except OutsideDown as down:
                report.down.append(f"{box.name}: {down.message} {_LOST}")
            except InputWrong as wrong:
                report.faults.append(" ".join(filter(None, (f"{box.name}: {wrong.message}", wrong.hint or _SET_UP))))


def _allowed(ws: Workspace, wanted: Wanted, by: Stamp) -> None:
    if by.actor != SYSTEM or wanted.files:
        ws.require(by, "editor")
    ws.refuse_moved(by)


def _chosen(ws: Workspace, wanted: Wanted) -> list[Mailbox]:
    known = {box.name: box for box in ws.config.mailbox}
    for name in wanted.names:
        if name not in known:
            listed = ", ".join(known) or "none"
            raise InputWrong(
                f'Not done: no mailbox "{name}" is set up (there is: {listed}). Nothing was read.',
                hint="A mailbox is a [[mailbox]] in dsar.toml: dsar config edit",
            )
    for path in wanted.files:
        if not path.exists():
            raise InputWrong(f"Not done: there is no {path.name} here. Nothing was read.", hint="Look: ls")
    named = [known[name] for name in wanted.names]
    files = [Mailbox(name=path.name, path=str(path.absolute())) for path in wanted.files]
    chosen = [*named, *files] or list(known.values())
    if not chosen:
        raise InputWrong(
            "Not done: no mailbox is set up. Nothing was read.",
            hint="Name one: dsar intake --mbox FILE. Or put a [[mailbox]] into dsar.toml: dsar help mailbox",
        )
    return chosen


def _read(run: _Run, box: Mailbox) -> Iterator[Taken]:
    since = date.fromisoformat(box.since) if box.since else None
    if box.path:
        for path in _places(run.ws, box):
            found = (one for one in _on_disk(run, path) if since is None or one.received_on >= since)
            for batch in batches(_present(found, run.report)):
                yield from run.settled(batch)
        return
    with connected(account(run.ws, box)) as folders:
        for folder in box.folders:
            yield from _folder(run, box, folder, folders, since)


def _on_disk(run: _Run, path: Path) -> Iterator[Arrival]:
    """The mails of a Maildir or mbox file that are new; one that is known byte for byte is not read again."""
    if not path.is_dir() and sniff(_head(path)) != "mbox":
        yield from found_in(path, run.settings)
        return
    messages = maildir_messages(path) if path.is_dir() else mbox_messages(path)
    for part, raw in enumerate(messages, 1):
        if not _is_known(run, raw):
            yield mail_arrival(raw, path.name, part, run.settings)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(65_536)
    except OSError:
        # told in words by whoever opens it
        return b""


def _is_known(run: _Run, raw: bytes) -> bool:
    known = run.ws.ledger.message_case("", digest(raw)) is not None
    run.report.counts[Sort.KNOWN] += known
    return known


def _places(ws: Workspace, box: Mailbox) -> list[Path]:
    """The mbox file, or a Maildir with those of its folders that are named (they lie beside it, behind a dot)."""
    path = ws.home / Path(box.path).expanduser()
    return [path if folder.upper() == "INBOX" else path / f".{folder}" for folder in box.folders]


def _folder(run: _Run, box: Mailbox, folder: str, folders: Folders, since: date | None) -> Iterator[Taken]:
    """The new mails of one folder; how far it was read is written in the transaction that keeps them."""
    ledger = run.ws.ledger
    validity = folders.open(folder)
    key = _key(box, folder)
    for mails in folders.mails(folders.newer(_last(run.ws, key, validity), since)):
        new = [mail for mail in mails if not _is_known(run, mail.raw)]
        found = list(_present([_arrival(box, folder, mail, run.settings) for mail in new], run.report))
        if run.dry_run:
            yield from run.settled(found)
            continue
        with ledger.writing(run.by, "intake"):
            taken = list(run.settled(found))
            if mails:
                ledger.set_meta(key, f"{validity} {mails[-1].uid}")
        yield from taken


def _last(ws: Workspace, key: str, validity: int) -> int:
    """The last UID read; 0 where the folder is another one now: it is read again, and what is known stays known."""
    was, _, uid = (ws.ledger.meta(key) or "").partition(" ")
    return int(uid) if validity and was == str(validity) and uid.isdecimal() else 0


def _key(box: Mailbox, folder: str) -> str:
    """Where the place of a folder is kept; its names are hashed, because folders can be named after people."""
    mark = "\n".join((box.host, box.user, folder))
    return f"intake:{hashlib.sha256(mark.encode()).hexdigest()[:32]}"


def _arrival(box: Mailbox, folder: str, mail: Fetched, settings: InboxSettings) -> Arrival:
    found = mail_arrival(mail.raw, f"{box.name}/{folder}/{mail.uid}.eml", 0, settings)
    if mail.whole:
        return found
    says = (
        f"This mail is larger than a letter can be ({mail.size // 1_000_000} MB), so only its header was fetched. "
        "Open it in the mailbox and read it."
    )
    return replace(found, refused=says)


def _present(found: Iterable[Arrival], report: Report) -> Iterator[Arrival]:
    """Every message; one that cannot be read is kept for a person to look at, for a mailbox is seldom looked into."""
    for arrival in found:
        if not arrival.refused:
            yield arrival
        elif not arrival.raw:
            report.faults.append(arrival.refused)
        else:
            yield replace(arrival, refused="", reading=arrival.reading.doubted(arrival.refused), unreadable=True)


def _count(report: Report, taken: Taken) -> None:
    report.counts[sort_of(taken)] += 1
    if taken.state is State.DRAFT:
        report.drafts += 1
        report.unreadable += taken.arrival.unreadable


def sort_of(taken: Taken) -> Sort:
    """Whether a mail was a request (open or waiting), a reply to a case, already here, or something else."""
    match taken.state:
        case State.KNOWN:
            return Sort.KNOWN
        case State.ATTACHED:
            return Sort.REPLY
        case State.OPENED | State.WOULD_OPEN:
            return Sort.REQUEST
    return Sort.REQUEST if taken.arrival.reading.primary_type in _RIGHTS else Sort.OTHER


def account(ws: Workspace, box: Mailbox) -> Account:
    """How to get into a mailbox; its secret is looked up only when it is needed."""
    from dsar.workspace import secret

    return Account(
        host=box.host,
        port=box.port or PORTS[box.security],
        security=box.security,
        user=box.user,
        secret=lambda: secret(box.token or box.password),
        oauth=bool(box.token),
        certificates=ws.home / Path(box.certificates).expanduser() if box.certificates else None,
        timeout=box.timeout,
    )


def look(ws: Workspace, box: Mailbox) -> str:
    """A sentence on what a mailbox holds; raises the fault that keeps it from being read."""
    if box.path:
        missing = [path.name for path in _places(ws, box) if not path.exists()]
        if missing:
            raise InputWrong(f"there is no {', '.join(missing)}.", hint="path in dsar.toml: dsar config edit")
        return f"{Path(box.path).name} is there"
    said = []
    with connected(account(ws, box)) as folders:
        for folder in box.folders:
            validity = folders.open(folder)
            waiting = len(folders.newer(_last(ws, _key(box, folder), validity), None))
            said.append(f"{folder} {waiting} new")
    return ", ".join(said)
