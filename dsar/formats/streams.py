"""Opens a file for reading its bytes, unpacked where it is compressed (gzip, zstd), every fault a sentence.

What the bytes mean is for the reader of the file kind.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import BinaryIO

from dsar.errors import InputWrong
from dsar.formats.plain import shorten

PACKED = (".gz", ".zst")
_BUFFER = 262_144
# a few bytes can unpack into very many: 4 kB never into more than 130 MB
_PACKED_AT_ONCE = 4_096


def ending_of(path: PurePath) -> str:
    """What kind of file a name says it is, leaving aside how it is compressed: ``.csv`` for ``calls.csv.gz``."""
    inner = path.with_suffix("") if path.suffix.lower() in PACKED else path
    return inner.suffix.lower()


def open_bytes(path: Path, opened: BinaryIO | None = None) -> BinaryIO:
    """The unpacked bytes of a file, or of ``opened`` that bears its name; it is closed with the result.

    Raises InputWrong, also while it is read, if it cannot be opened, is cut off or damaged.
    """
    file = opened or _open(path)
    try:
        match path.suffix.lower():
            case ".gz":
                return _guarded(gzip.GzipFile(fileobj=file).read, path, file)
            case ".zst":
                return _guarded(_Zstd(file, path).read, path, file)
    except BaseException:
        file.close()
        raise
    return file


def _open(path: Path) -> BinaryIO:
    try:
        if path.exists() and not path.is_file():
            raise InputWrong(f"{path.name} is not an ordinary file. Nothing was read.")
        return path.open("rb")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a file name"
        raise InputWrong(f"{path.name} could not be read ({why}).") from error


def _guarded(read: Callable[[int], bytes], path: Path, file: BinaryIO) -> BinaryIO:
    return io.BufferedReader(_Unpacked(read, path, file), _BUFFER)


class _Zstd:
    """The frames of a zstd file, one after the other; EOFError where the last one is cut off.

    The library's own stream takes a frame that breaks off for the end of the file.
    """

    def __init__(self, file: BinaryIO, path: Path) -> None:
        try:
            import zstandard
        except ImportError:
            name = shorten(path.name, 80)
            raise InputWrong(
                f"{name} is compressed with zstd, and the part of dsar that unpacks it is not installed.",
                hint='Install it: pipx install --force "dsar-cli[files]"',
            ) from None
        self._file = file
        self._unpacker = zstandard.ZstdDecompressor()
        self._frame = self._unpacker.decompressobj()
        self._begun = False
        self._rest = memoryview(b"")

    def read(self, size: int) -> bytes:
        """At most so many bytes; none at the end."""
        while not self._rest:
            packed = self._frame.unused_data if self._frame.eof else b""
            packed = packed or self._file.read(_PACKED_AT_ONCE)
            if not packed:
                if self._begun and not self._frame.eof:
                    raise EOFError
                return b""
            if self._frame.eof:
                self._frame = self._unpacker.decompressobj()
            self._begun = True
            self._rest = memoryview(self._frame.decompress(packed))
        found, self._rest = self._rest[:size], self._rest[size:]
        return bytes(found)


class _Unpacked(io.RawIOBase):
    """A compressed stream whose faults are sentences and which closes the file it was made from."""

    def __init__(self, read: Callable[[int], bytes], path: Path, file: BinaryIO) -> None:
        self._read = read
        self._path = path
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._read(len(buffer))
        except (OSError, EOFError, zlib.error) as error:
            raise self._damaged() from error
        except Exception as error:
            # zstd has an error class of its own, which is known only where it is installed
            if type(error).__name__ != "ZstdError":
                raise
            raise self._damaged() from error
        buffer[: len(data)] = data
        return len(data)

    def _damaged(self) -> InputWrong:
        return InputWrong(f"{shorten(self._path.name, 80)} is cut off or damaged: it cannot be unpacked to its end.")

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()
