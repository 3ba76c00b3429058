"""Keeps the workspace sound: checks it, copies it, brings a copy back."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from dsar.case.stamp import Stamp
from dsar.config import FILE, Config, parse_config
from dsar.errors import DsarError, InputWrong
from dsar.formats.files import private_folder, write_atomic
from dsar.ledger.ledger import Checked, Ledger
from dsar.workflow.law_changes import changed
from dsar.workspace import STORE, Workspace

OK, WARN, FAIL = "ok", "warn", "FAIL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of doctor: what was looked at, how it is, and what to type."""

    name: str
    state: str
    says: str
    hint: str = ""


def doctor(ws: Workspace, now: datetime) -> tuple[Check, ...]:
    """Every check of the workspace; a check that fails does not stop the others."""
    return tuple(_checks(ws, now))


def _checks(ws: Workspace, now: datetime) -> Iterator[Check]:
    said: set[str] = set()
    for name, part in _PARTS.items():
        try:
            yield from part(ws, now)
        except DsarError as fault:
            # one fault (unreadable settings, a damaged store) stops several checks: it is told once
            if fault.message not in said:
                yield Check(name=name, state=FAIL, says=fault.message, hint=fault.hint)
            said.add(fault.message)


def _settings(ws: Workspace, now: datetime) -> Iterator[Check]:
    _, faults = parse_config(config_text(ws.home))
    for fault in faults:
        yield Check(name="settings", state=FAIL, says=str(fault), hint="dsar config check")
    if not faults:
        yield Check(name="settings", state=OK, says=f"{FILE} reads well")


def _laws(ws: Workspace, now: datetime) -> Iterator[Check]:
    try:
        yield Check(name="laws", state=OK, says=f"{len(ws.laws)} laws, {len(ws.rules.check())} faults")
    except DsarError as fault:
        yield Check(name="laws", state=FAIL, says=fault.message, hint="laws = [...] in dsar.toml; known: dsar law list")


def _store(ws: Workspace, now: datetime) -> Iterator[Check]:
    faults = ws.ledger.audit()
    for found in faults[:5]:
        yield Check(name="store", state=FAIL, says=found.says, hint="dsar audit check")
    if len(faults) > 5:
        yield Check(name="store", state=FAIL, says=f"and {len(faults) - 5} more", hint="dsar audit check")
    if not faults:
        says = f"{ws.ledger.entries_count():,} entries, unbroken, head {ws.ledger.head()}"
        yield Check(name="store", state=OK, says=says)
        moved = [one for one in changed(ws) if one.shifts or one.gone]
        if moved:
            cases = len({one.case for one in moved})
            says = f"by today's rules and calendars, dates of {cases} open cases would be others; none was moved"
            yield Check(name="rules", state=WARN, says=says, hint="dsar law changes")


def _rights(ws: Workspace, now: datetime) -> Iterator[Check]:
    loose = [path.name for path in (ws.home / STORE, ws.home) if path.exists() and _others(path)]
    if os.name == "posix" and loose:
        yield Check(
            name="file rights", state=FAIL, says=f"others may read {', '.join(loose)}", hint=f"chmod -R o-rwx {ws.home}"
        )
    else:
        yield Check(name="file rights", state=OK, says="closed to others")


def _others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXO))


def _staff(ws: Workspace, now: datetime) -> Iterator[Check]:
    config = ws.config
    approvers = ws.able(("approver",))
    if len(approvers) < 2:
        yield Check(
            name="staff",
            state=WARN,
            says="fewer than two people may approve, so nobody can approve the other's work",
            hint="dsar staff add NAME --role approver",
        )
    elif config.desk.shared_login:
        yield Check(
            name="staff",
            state=WARN,
            says="one shared login: four eyes are a record here, not a control",
            hint="dsar help shared",
        )
    else:
        yield Check(name="staff", state=OK, says=f"{len(config.staff)} people, {len(approvers)} may approve")


def _mail(ws: Workspace, now: datetime) -> Iterator[Check]:
    mail = ws.config.mail
    if mail.transport == "folder":
        yield Check(name="mail", state=OK, says="letters become files in outbox/")
    elif not mail.host or not ws.sender:
        yield Check(name="mail", state=FAIL, says="smtp needs a host and a sender", hint="[mail] in dsar.toml")
    else:
        yield Check(name="mail", state=OK, says=f"{mail.host}:{mail.port}, {mail.security}")
    unsure = sum(1 for row in ws.ledger.outbox() if row.state == "sending")
    if unsure:
        yield Check(
            name="outbox", state=WARN, says=f"{unsure} letters unsure: were they sent?", hint="dsar outbox list"
        )


def _mailboxes(ws: Workspace, now: datetime) -> Iterator[Check]:
    if not ws.config.mailbox:
        return
    from dsar.workflow.mailboxes import look

    for box in ws.config.mailbox:
        name = f"mailbox {box.name}"
        try:
            yield Check(name=name, state=OK, says=look(ws, box))
        except DsarError as fault:
            yield Check(name=name, state=FAIL, says=fault.message, hint=fault.hint)


def _sources(ws: Workspace, now: datetime) -> Iterator[Check]:
    sources = ws.sources
    if not sources:
        yield Check(name="sources", state=WARN, says="none yet: nothing would be searched", hint="sources/README.txt")
    for source in sources:
        yield source_check(source)


def source_check(source: object) -> Check:
    """Whether one source opens and answers."""
    from dsar.sources.interface import Source, SourceFailed
    from dsar.sources.unfinished import says_of

    assert isinstance(source, Source)
    settings = source.settings
    name = f"source {settings.name}"
    open_ = f" {says_of(settings)} Until then it is not searched." if settings.unfinished else ""
    try:
        tested = source.test()
    except SourceFailed as fault:
        return Check(name=name, state=FAIL, says=f"{fault}{open_}", hint=f"dsar source test {settings.name}")
    counted = ", ".join(f"{part} {count:,}" for part, count in tested.rows.items()) or "asked by mail"
    if open_:
        return Check(name=name, state=FAIL, says=f"{counted}.{open_}", hint=f"Finish sources/{settings.name}.toml")
    return Check(name=name, state=OK, says=counted)


def _backup(ws: Workspace, now: datetime) -> Iterator[Check]:
    newest = max(_backups(ws), key=lambda path: path.stat().st_mtime, default=None)
    if newest is None:
        yield Check(name="backup", state=WARN, says="none yet", hint="dsar backup")
        return
    age = now - datetime.fromtimestamp(newest.stat().st_mtime, tz=now.tzinfo)
    state = WARN if age > timedelta(days=2) else OK
    yield Check(
        name="backup",
        state=state,
        says=f"{newest.name}, {age.days} days old",
        hint="dsar backup" if state == WARN else "",
    )


_PARTS: dict[str, Callable[[Workspace, datetime], Iterator[Check]]] = {
    "settings": _settings,
    "laws": _laws,
    "store": _store,
    "file rights": _rights,
    "staff": _staff,
    "mail": _mail,
    "mailboxes": _mailboxes,
    "sources": _sources,
    "backup": _backup,
}


def _backups(ws: Workspace) -> list[Path]:
    return sorted((ws.home / "backups").glob("*.db"))


def backup(ws: Workspace, folder: Path | None, by: Stamp) -> Checked:
    """Copy the store while it is in use; the copy is opened and audited before it counts."""
    target = private_folder(folder or ws.home / "backups")
    name = f"dsar-{by.recorded_at:%Y%m%d-%H%M%S}.db"
    if (target / name).exists():
        raise InputWrong(f"Not done: {name} is there already. Nothing was copied.", hint="Wait a second, then again.")
    return ws.ledger.backup(target / name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A backup brought back beside the store, what its audit said, and the cases it had to forget again."""

    target: Path
    checked: Checked
    forgotten: tuple[str, ...]


def restore(ws: Workspace, copy: Path, by: Stamp) -> Restored:
    """Put a backup beside the store, checked; it never replaces the store, and forgets what was purged since."""
    from dsar.workflow.purge import replay

    if not copy.is_file():
        raise InputWrong(f"Not done: there is no file {copy}.", hint=f"Backups: {ws.home / 'backups'}")
    target = ws.home / f"restored-{by.recorded_at:%Y%m%d-%H%M%S}.db"
    Ledger.restore(copy, target)
    forgotten = replay(ws, target)
    return Restored(target=target, checked=Ledger.check_file(target), forgotten=forgotten)


def config_faults(home: Path) -> list[str]:
    """Every fault in dsar.toml, and every law it names that we do not know."""
    config, faults = parse_config(config_text(home))
    return [str(fault) for fault in faults] + _unknown_laws(home, config)


def _unknown_laws(home: Path, config: Config) -> list[str]:
    ws = Workspace(home)
    says = []
    for law in config.laws:
        try:
            ws.rules.law(law)
        except DsarError as fault:
            says.append(f"{FILE}: laws: {fault.message}")
    return says


def config_text(home: Path) -> str:
    """The text of dsar.toml as it stands."""
    return (home / FILE).read_text(encoding="utf-8-sig")


def save_config(home: Path, text: str) -> None:
    """Replace dsar.toml by a text that reads well; InputWrong, with the first fault, for any other."""
    _, faults = parse_config(text)
    if faults:
        raise InputWrong(f"Not saved: {faults[0]} {FILE} was not changed.", hint="dsar config show")
    path = home / FILE
    write_atomic(path, text, mode=stat.S_IMODE(path.stat().st_mode))


def add_staff(ws: Workspace, member_id: str, changes: dict[str, object], *, new: bool) -> None:
    """Write a member of staff into dsar.toml, keeping its comments; the file is checked before it is replaced."""
    import tomlkit

    path = ws.home / FILE
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    people = document.setdefault("staff", tomlkit.aot())
    found = next((person for person in people if person.get("id") == member_id), None)
    if new and found is not None:
        raise InputWrong(
            f'"{member_id}" is in the staff list already.', hint=f"To change: dsar staff set {member_id} ..."
        )
    if not new and found is None:
        raise InputWrong(f'"{member_id}" is not in the staff list.', hint=f"dsar staff add {member_id}")
    person = found if found is not None else tomlkit.table()
    person["id"] = member_id
    for key, value in changes.items():
        person[key] = value
    if found is None:
        people.append(person)
    save_config(ws.home, tomlkit.dumps(document))
