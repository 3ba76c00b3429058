"""Makes a workspace: the folder, its settings, its store."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dsar.config import FILE
from dsar.errors import InputWrong
from dsar.formats.files import private_folder, write_atomic
from dsar.workspace import STORE, packaged

FOLDERS = ("sources", "policies", "templates", "cases", "outbox", "backups")

SETTINGS = """\
# The settings of this workspace. Every setting and its meaning: dsar config show. Check: dsar config check
laws = [{laws}]          # empty = every law dsar knows

[organisation]
name = "{name}"
address = ""
email = "{email}"
zone = "{zone}"           # the office's time zone decides the day of receipt
region = "{region}"       # whose holidays count, as GB-ENG, DE, US-CA
country = "{country}"     # how phone numbers without a country code are read, as US

[mail]
transport = "folder"      # letters become .eml files in outbox/; "smtp" sends them

[[staff]]
id = "{login}"
name = "{login}"
roles = ["editor", "approver", "manager", "dpo"]
"""

RECIPIENTS = "category,what,why,recipient,address,since,until,direct_marketing,record_sets,products\n"

SOURCE_NOTE = """\
One file per system that holds personal data. A worked example of every kind: dsar demo --keep DIR, then DIR/sources.
Check them: dsar source test
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What `init` did; ``already`` when the folder was a workspace before."""

    home: Path
    already: bool
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """The answers to init's questions, each with its default."""

    name: str = "Your organisation"
    email: str = ""
    zone: str = "UTC"
    region: str = ""
    country: str = ""
    laws: tuple[str, ...] = ()
    login: str = "owner"
    group: str = ""


def make(home: Path, wishes: Wishes) -> Made:
    """Make the workspace, or say that it already is one; nothing existing is overwritten."""
    if (home / FILE).exists() and (home / STORE).exists():
        return Made(home=home, already=True, parts=())
    if home.exists() and not home.is_dir():
        raise InputWrong(f"Not done: {home} is a file. Nothing was made.", hint="Name a new folder: dsar init DIR")
    made: list[str] = []
    folder_mode, file_mode = (0o2770, 0o660) if wishes.group else (0o700, 0o600)
    _folder(home, folder_mode, wishes.group)
    for name in FOLDERS:
        _folder(home / name, folder_mode, wishes.group)
    for name, text in _files(wishes).items():
        if not (home / name).exists():
            write_atomic(home / name, text, mode=file_mode)
            _own(home / name, wishes.group)
            made.append(name)
    if not (home / STORE).exists():
        from dsar.ledger import Ledger

        Ledger.create(home / STORE, mode=file_mode).close()
        _own(home / STORE, wishes.group)
        made.append(STORE)
    return Made(home=home, already=False, parts=tuple(made))


def _folder(path: Path, mode: int, group: str) -> None:
    private_folder(path, mode)
    _own(path, group)
    if group:
        path.chmod(mode)


def _own(path: Path, group: str) -> None:
    if not group:
        return
    try:
        shutil.chown(path, group=group)
    except (LookupError, PermissionError):
        raise InputWrong(
            f'Not done: there is no group "{group}" on this computer that you belong to.',
            hint="Name the group that your colleagues and you share: dsar init DIR --group GROUP",
        ) from None


def _files(wishes: Wishes) -> dict[str, str]:
    laws = ", ".join(f'"{law}"' for law in wishes.laws)
    settings = SETTINGS.format(
        laws=laws,
        name=_safe(wishes.name),
        email=_safe(wishes.email),
        zone=_safe(wishes.zone),
        region=_safe(wishes.region),
        country=_safe(wishes.country),
        login=_safe(wishes.login),
    )
    return {FILE: settings, "recipients.csv": RECIPIENTS, "sources/README.txt": SOURCE_NOTE}


def _safe(text: str) -> str:
    """Text fit for between TOML quotation marks."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


def make_sample(home: Path) -> Made:
    """Make a rehearsal workspace with the invented firm and its sources, as the demo uses it."""
    from dsar.ledger import Ledger
    from dsar.sources.scripts import load_script

    if home.exists() and any(home.iterdir()):
        raise InputWrong(f"Not done: {home} is not empty. Nothing was changed.", hint="Name a new or empty folder.")
    sample = packaged("sample_data")
    private_folder(home)
    shutil.copytree(sample / "workspace", home, dirs_exist_ok=True)
    shutil.copytree(sample / "inbox", home / "inbox", dirs_exist_ok=True)
    for folder, _, files in os.walk(home):
        Path(folder).chmod(0o700)
        for name in files:
            (Path(folder) / name).chmod(0o600)
    for name in FOLDERS:
        private_folder(home / name)
    for script in sorted(home.glob("data/*.sql")):
        load_script(script, script.with_suffix(".sqlite"))
    Ledger.create(home / STORE).close()
    return Made(home=home, already=False, parts=tuple(sorted(path.name for path in home.iterdir())))


def sample_messages(home: Path) -> Sequence[Path]:
    """The messages of the sample inbox, in order."""
    return sorted(path for path in (home / "inbox").iterdir() if path.suffix in {".eml", ".txt"})
