"""Opens a configured source through the entry points of group ``dsar.sources``.

Built-in and other people's kinds come the same way; one that is unknown or does not load is an error, never skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from pathlib import Path

from dsar.case.identifiers import Identifier
from dsar.case.records import Record, RecordSet
from dsar.errors import InputWrong, did_you_mean
from dsar.formats.plain import printable, shorten
from dsar.sources.interface import Problem, Source, SourceFailed, SourceSettings, Tested, Why
from dsar.sources.unfinished import Unfinished

GROUP = "dsar.sources"


def kinds() -> list[str]:
    """The kinds of source installed on this machine."""
    return sorted(entry_points(group=GROUP).names)


def open_source(settings: SourceSettings, home: Path) -> Source:
    """The source that the settings describe, in the workspace ``home``.

    Raises InputWrong for a kind nobody provides or two provide, SourceFailed (``plugin``) for one that does
    not load or is no source. Nothing outside is opened yet. One whose file is not finished is never searched.
    """
    return _open(settings, home, entry_points(group=GROUP))


def _open(settings: SourceSettings, home: Path, installed: EntryPoints) -> Source:
    entry = _entry(settings, installed)
    try:
        source = entry.load()(settings, home)
    except Exception as error:
        # a plug-in may fail in any way; its own words could hold data, so only their kind is told
        raise _unfit(settings, entry, f"it does not load ({type(error).__name__})") from error
    if not isinstance(source, Source):
        raise _unfit(settings, entry, "it lacks what every source must have: settings, problems, test, find")
    return Unfinished(source) if settings.unfinished else source


class Unopened:
    """A source whose plug-in does not load: whatever is asked of it fails with that reason, and the others go on."""

    def __init__(self, settings: SourceSettings, failed: SourceFailed) -> None:
        self.settings = settings
        self.problems: list[Problem] = []
        self._failed = failed

    def test(self) -> Tested:
        """Nothing can be tried."""
        raise self._failed

    def find(self, record_set: RecordSet, identifiers: Sequence[Identifier]) -> Iterator[Record]:
        """Nothing can be searched."""
        raise self._failed


def open_each(several: Sequence[SourceSettings], home: Path) -> tuple[Source, ...]:
    """All of these sources; one that does not load is there too, and says so when it is asked.

    Raises InputWrong for a kind nobody provides or two provide.
    """
    # to look what is installed takes longer than to open a source
    installed = entry_points(group=GROUP)
    return tuple(_open_or_why(settings, home, installed) for settings in several)


def _open_or_why(settings: SourceSettings, home: Path, installed: EntryPoints) -> Source:
    try:
        return _open(settings, home, installed)
    except SourceFailed as failed:
        return Unopened(settings, failed)


def _entry(settings: SourceSettings, installed: EntryPoints) -> EntryPoint:
    found = {entry.value: entry for entry in installed if entry.name == settings.kind}
    kind = shorten(printable(settings.kind), 60)
    if not found:
        known = sorted(installed.names)
        raise InputWrong(
            f'sources/{settings.name}.toml: there is no kind of source "{kind}" on this machine '
            f"(there are {', '.join(known) or 'none'}).{did_you_mean(settings.kind, known)} Nothing was searched.",
            hint="Correct the kind, or install what provides it.",
        )
    if len(found) > 1:
        raise InputWrong(
            f'sources/{settings.name}.toml: {len(found)} installed packages provide the kind "{kind}" '
            f"({', '.join(sorted(found))}), and I do not choose. Nothing was searched.",
            hint="Remove all but one.",
        )
    return next(iter(found.values()))


def _unfit(settings: SourceSettings, entry: EntryPoint, why: str) -> SourceFailed:
    return SourceFailed(
        Why.PLUGIN,
        f'The source {settings.name} needs the plug-in "{entry.name}" ({entry.value}), and {why}. '
        "It was not searched, and is not counted as empty.",
        hint=f"Repair or reinstall it, then: dsar source test {settings.name}",
    )
