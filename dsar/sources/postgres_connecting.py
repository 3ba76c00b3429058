"""Opens PostgreSQL for reading. Without SQLAlchemy, which takes longer to load than most searches last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsar.sources.connecting import arguments_of, not_installed, seconds_of
from dsar.sources.interface import SourceFailed, SourceSettings, Why
from dsar.sources.postgres_faults import failed, refused
from dsar.sources.secrets import secret

if TYPE_CHECKING:
    import psycopg

# What the settings call a part of the address, and what libpq does.
_PARTS = {"host": "host", "port": "port", "database": "dbname", "user": "user"}


class Connections:
    """One connection that stays open, and others while several tables are read at once.

    ``prepare`` gets each when it is new. Raises SourceFailed where the driver is not installed or the secret is not
    to be found.
    """

    def __init__(
        self, settings: SourceSettings, home: Path, prepare: Callable[[psycopg.Connection[Any]], None]
    ) -> None:
        try:
            import psycopg  # noqa: F401
        except ImportError as error:
            raise not_installed(settings, "postgresql") from error
        self._settings = settings
        self._prepare = prepare
        self._told = _told(settings, home)
        self._idle: list[psycopg.Connection[Any]] = []

    def close(self) -> None:
        """Leave the server."""
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def session(self) -> Iterator[psycopg.Connection[Any]]:
        """One transaction; what fails is told in sentences, and its connection is not used again."""
        import psycopg

        connection = self._idle.pop() if self._idle else self._opened()
        try:
            yield connection
        except psycopg.Error as error:
            connection.close()
            raise failed(self._settings, seconds_of(self._settings), error) from None
        except BaseException:
            connection.close()
            raise
        self._given_back(connection)

    def _opened(self) -> psycopg.Connection[Any]:
        import psycopg

        try:
            connection = psycopg.connect(**self._told)
        except psycopg.ProgrammingError:
            says = f"{self._settings.name}: the address of the database cannot be read."
            raise SourceFailed(Why.BROKEN, says, hint=f"Correct sources/{self._settings.name}.toml") from None
        except psycopg.Error as error:
            raise refused(self._settings, error) from None
        try:
            self._prepare(connection)
        except psycopg.Error as error:
            connection.close()
            raise refused(self._settings, error) from None
        return connection

    def _given_back(self, connection: psycopg.Connection[Any]) -> None:
        import psycopg

        with suppress(psycopg.Error):
            connection.rollback()
        if connection.closed or self._idle:
            connection.close()
        else:
            self._idle.append(connection)


def _told(settings: SourceSettings, home: Path) -> dict[str, Any]:
    """What psycopg is told: the address as it stands in the settings, and the password, which stands elsewhere."""
    options = settings.options
    told = {name: options[part] for part, name in _PARTS.items() if part in options}
    if settings.path:
        told = {name: told[name] for name in ("user", "port") if name in told}
        told["conninfo"] = f"postgresql://{settings.path.partition('://')[2]}"
    reference = options.get("password", "")
    password = secret(reference, home=home, source=settings.name) if reference else ""
    return {**told, **({"password": password} if password else {}), **arguments_of("postgresql", settings)}
