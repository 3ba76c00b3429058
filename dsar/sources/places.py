"""Finds the files that a place of the settings names: one, or all that fit a pattern, here or in an S3 bucket.

What stands in them is for the kinds of source; a pattern stays within the folder it begins with.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from dsar.formats.plain import printable, shorten
from dsar.sources.interface import SourceFailed, Why, located

_MAGIC = re.compile(r"[*?[]")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One file: ``path`` has its name; ``open`` gives its bytes where it does not lie on this machine, but there."""

    path: Path
    there: str = ""
    open: Callable[[], BinaryIO] | None = None

    @property
    def name(self) -> str:
        """The file as it is told of."""
        return shorten(printable(self.path.name), 80)

    def opened(self) -> BinaryIO | None:
        """The bytes of a file elsewhere; None for one to be read by its path."""
        return self.open() if self.open else None


def places_of(home: Path, place: str, name: str, options: Mapping[str, str]) -> list[Place]:
    """Every file a place names, here or (``s3://bucket/folder/*.csv``) in a bucket; SourceFailed if there is none."""
    if place.casefold().startswith("s3://"):
        from dsar.sources.buckets import objects_of

        found = objects_of(home, place, name, options)
        return [Place(path=Path(PurePosixPath(key).name), there=f"s3://{key}", open=opens) for key, opens in found]
    if _ADDRESS.match(place):
        shown = shorten(printable(place), 80)
        raise SourceFailed(Why.BROKEN, f"{name}: {shown} is neither a file nor an address in S3 (s3://bucket/...).")
    return [Place(path=path) for path in files_of(home, place, name)]


def files_of(home: Path, place: str, name: str) -> list[Path]:
    """The files on this machine that a place names, by name or pattern, in order; SourceFailed if there is none.

    What a pattern finds must lie, all links followed, in the folder that the pattern begins with.
    """
    path = located(home, place)
    if path.exists():
        return [path]
    relative = not Path(place).expanduser().is_absolute()
    pattern = f"{glob.escape(str(home))}/{place}" if relative else str(path)
    found = sorted(Path(one) for one in glob.glob(pattern, recursive=True) if Path(one).is_file())
    if not found:
        raise SourceFailed(Why.MISSING, f"{name}: there is no file {shorten(printable(place), 80)}.")
    return list(_inside(_fixed(home, place), found, name))


def _fixed(home: Path, place: str) -> Path:
    """The folder before the first sign of a pattern."""
    parts = Path(place).expanduser().parts
    first = next((at for at, part in enumerate(parts) if _MAGIC.search(part)), len(parts) - 1)
    return home.joinpath(*parts[:first]).resolve()


def _inside(folder: Path, found: list[Path], name: str) -> Iterator[Path]:
    seen: set[Path] = set()
    for path in found:
        real = path.resolve()
        if not real.is_relative_to(folder):
            shown = shorten(printable(path.name), 80)
            raise SourceFailed(
                Why.REFUSED,
                f"{name}: {shown} is a link that leads out of the folder to be searched, so it was not followed. "
                "Put the file itself there, or name its own folder.",
            )
        if real not in seen:
            seen.add(real)
            yield path
