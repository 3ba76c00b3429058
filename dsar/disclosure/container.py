"""Reads a package's zip with suspicion: what a zip may hide besides its files, and its files within limits.

What the files say is for the other checks.
"""

from __future__ import annotations

import hashlib
import json
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from dsar.disclosure.fault import PackageFault
from dsar.disclosure.parts import MANIFEST, SUMS
from dsar.errors import InputWrong

_LARGEST = 2_000_000_000
_MOST_FILES = 20_000
_LOCAL_HEADER = 30
_END_RECORD = 22
# What the standard library raises for a member that is damaged, locked, or packed in a way it does not know.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A package's files by path, read one at a time."""

    archive: zipfile.ZipFile
    names: tuple[str, ...]

    def read(self, name: str) -> bytes | None:
        """One file's bytes (the sizes were checked when it was opened); None where there are none to be had."""
        try:
            return self.archive.read(name)
        except (KeyError, *_UNREADABLE):
            return None


def open_package(path: Path) -> Opened:
    """The package, if it is a zip of sane size; InputWrong if not."""
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise InputWrong(
            "The package is not a zip that can be opened, so it was not checked.", hint="dsar package build CASE"
        ) from error
    infos = archive.infolist()
    if len(infos) > _MOST_FILES or sum(info.file_size for info in infos) > _LARGEST:
        archive.close()
        raise InputWrong("The package is larger than 2 GB unpacked, or has too many files. It was not checked.")
    return Opened(archive=archive, names=tuple(info.filename for info in infos if not info.is_dir()))


def container_faults(path: Path, opened: Opened) -> Iterator[PackageFault]:
    """What the zip itself hides: a comment, extra data, bytes between the files, paths that lead out, links."""
    archive = opened.archive
    if archive.comment:
        yield PackageFault(code="zip_comment", says="The zip has a comment, which nobody reviewed.", file="")
    seen: set[str] = set()
    for info in archive.infolist():
        name = info.filename
        posix, windows = PurePosixPath(name), PureWindowsPath(name)
        if posix.is_absolute() or windows.anchor or ".." in posix.parts or ".." in windows.parts:
            yield PackageFault(code="path", says="A file would be unpacked outside its folder.", file=_plain(name))
        if name.casefold() in seen:
            yield PackageFault(code="twice", says="Two files have the same name.", file=_plain(name))
        seen.add(name.casefold())
        if info.extra or info.comment:
            yield PackageFault(code="extra", says="The zip holds extra data about this file.", file=_plain(name))
        if info.flag_bits & 0x1 or stat.S_ISLNK(info.external_attr >> 16):
            yield PackageFault(code="path", says="The file is locked or is a link.", file=_plain(name))
    if _has_hidden_bytes(path, archive):
        yield PackageFault(code="hidden_bytes", says="The zip holds bytes that belong to no file.", file="")


def _plain(name: str) -> str:
    return name.encode("ascii", "replace").decode("ascii")[:200]


def _has_hidden_bytes(path: Path, archive: zipfile.ZipFile) -> bool:
    """Whether the files, the directory and the end record do not fill the zip without a gap."""
    with path.open("rb") as file:
        at = 0
        for info in sorted(archive.infolist(), key=lambda one: one.header_offset):
            file.seek(info.header_offset)
            header = file.read(_LOCAL_HEADER)
            if info.header_offset != at or len(header) != _LOCAL_HEADER:
                return True
            name, extra = struct.unpack("<HH", header[26:30])
            if extra:
                return True
            at += _LOCAL_HEADER + name + info.compress_size
        size = file.seek(0, 2)
    directory = sum(46 + len(one.filename.encode()) + len(one.extra) + len(one.comment) for one in archive.infolist())
    return at + directory + _END_RECORD + len(archive.comment) != size


def manifest_of(opened: Opened) -> Mapping[str, Any] | None:
    """The manifest, or None where there is none that can be read."""
    try:
        manifest = json.loads(opened.read(MANIFEST) or b"")
    except (ValueError, RecursionError):
        return None
    sound = isinstance(manifest, dict) and isinstance(manifest.get("files"), list)
    return manifest if sound and all(isinstance(one, dict) for one in manifest["files"]) else None


def manifest_faults(opened: Opened) -> Iterator[PackageFault]:
    """Files that differ from the manifest or the sums, that it does not name, or that are gone."""
    manifest = manifest_of(opened)
    if manifest is None:
        yield PackageFault(code="manifest", says="The manifest is missing or cannot be read.", file=MANIFEST)
        return
    listed = {str(one.get("path")): str(one.get("sha256")) for one in manifest["files"]}
    sums = _sums(opened)
    for name in opened.names:
        if name == SUMS:
            continue
        digest = _digest(opened, name)
        if not digest:
            yield PackageFault(code="damaged", says="The file cannot be read from the zip.", file=_plain(name))
        elif name != MANIFEST and name not in listed:
            yield PackageFault(code="unlisted", says="The file is not in the manifest.", file=_plain(name))
        elif listed.get(name, digest) != digest or sums.get(name, "") != digest:
            yield PackageFault(code="changed", says="The file is not the one that was built.", file=_plain(name))
    for name in sorted((set(listed) | set(sums)) - set(opened.names)):
        yield PackageFault(code="missing", says="The manifest names a file that is not there.", file=_plain(name))


def _digest(opened: Opened, name: str) -> str:
    try:
        with opened.archive.open(name) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    except _UNREADABLE:
        return ""


def _sums(opened: Opened) -> dict[str, str]:
    lines = (opened.read(SUMS) or b"").decode("utf-8", "replace").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines) if name}
