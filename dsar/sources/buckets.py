"""Reads the objects of an S3 bucket (Amazon's or another with the same interface) as files, as they come.

Options: ``access_key`` and ``secret_key`` (references; without them what the machine itself is given), ``region``,
``endpoint`` (the address of another maker's service). The library is s3fs, of the extra ``s3``.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from dsar.formats.plain import printable, shorten
from dsar.sources.interface import SourceFailed, Why
from dsar.sources.options import Options
from dsar.sources.secrets import secret

if TYPE_CHECKING:
    from s3fs import S3FileSystem

_BLOCK = 5_000_000
_SECONDS = 60
_LOOPBACK = ("http://127.0.0.1", "http://localhost", "http://[::1]")


def objects_of(
    home: Path, place: str, name: str, options: Mapping[str, str]
) -> Iterator[tuple[str, Callable[[], BinaryIO]]]:
    """The objects that ``s3://bucket/key`` names, by name or pattern, in order: each one's key and what opens it.

    Raises SourceFailed if there is none, or the bucket cannot be asked.
    """
    files = _service(home, name, Options(name, options))
    wanted = place[len("s3://") :]
    with _Told(name, place):
        files.invalidate_cache()
        if any(sign in wanted for sign in "*?["):
            # each match with its details, for folders have no bytes
            found = files.glob(wanted, detail=True)
            keys = sorted(key for key, details in found.items() if details.get("type") == "file")
        else:
            # not isfile, which takes every fault for an absence
            keys = [wanted] if files.info(wanted).get("type") == "file" else []
    if not keys:
        raise SourceFailed(Why.MISSING, f"{name}: there is no file {shorten(printable(place), 80)}.")
    for key in keys:
        yield key, partial(_opened, files, key, name, place)


def _service(home: Path, name: str, options: Options) -> S3FileSystem:
    try:
        import s3fs
    except ImportError:
        raise SourceFailed(
            Why.PLUGIN,
            f"{name}: the files lie in S3, and the part of dsar that reads there is not installed.",
            hint='Install it: pipx install --force "dsar-cli[s3]"',
        ) from None
    endpoint = options.text("endpoint")
    if endpoint and not endpoint.startswith(("https://", *_LOOPBACK)):
        raise options.wrong('"endpoint" must begin with https://.')
    keys = {}
    for ours, theirs in (("access_key", "key"), ("secret_key", "secret")):
        if reference := options.text(ours):
            keys[theirs] = secret(reference, home=home, source=name)
    if len(keys) == 1:
        raise options.wrong('"access_key" and "secret_key" go together.')
    settings = {"connect_timeout": 10, "read_timeout": _SECONDS, "retries": {"max_attempts": 4, "mode": "standard"}}
    return s3fs.S3FileSystem(
        **keys,
        endpoint_url=endpoint or None,
        client_kwargs={"region_name": options.text("region")} if options.text("region") else None,
        config_kwargs=settings,
        skip_instance_cache=True,
        use_listings_cache=False,
    )


def _opened(files: S3FileSystem, key: str, name: str, place: str) -> BinaryIO:
    with _Told(name, place):
        inner = files.open(key, "rb", block_size=_BLOCK, cache_type="readahead")
    return cast("BinaryIO", io.BufferedReader(_Object(inner, _Told(name, place)), 1_000_000))


class _Object(io.RawIOBase):
    """The bytes of one object, whose faults are told as those of the source."""

    def __init__(self, inner: Any, told: _Told) -> None:
        self._inner = inner
        self._told = told

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        with self._told:
            data = self._inner.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
        super().close()


class _Told:
    """Turns whatever the library says into SourceFailed, without its own words: they can hold keys and names."""

    def __init__(self, name: str, place: str) -> None:
        self._name = f"{name}: {shorten(printable(place), 80)}"

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if not isinstance(error, Exception) or isinstance(error, SourceFailed):
            return
        if isinstance(error, FileNotFoundError):
            raise SourceFailed(Why.MISSING, f"{self._name} is not there: no such bucket or file.") from error
        if isinstance(error, PermissionError) or "Credentials" in type(error).__name__:
            raise SourceFailed(Why.REFUSED, f"{self._name} may not be read with these keys.") from error
        if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
            raise SourceFailed(Why.TIMEOUT, f"{self._name}: the service did not answer in time.") from error
        says = f"{self._name}: the service could not be reached or broke off ({type(error).__name__})."
        raise SourceFailed(Why.BROKEN, says) from error
