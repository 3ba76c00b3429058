"""Opens the databases of the settings: the address, the driver, and the secret, which is looked up only here.

What is asked of a database is for each kind of database.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dsar.formats.plain import printable, shorten
from dsar.sources.interface import SourceFailed, SourceSettings, Why, located
from dsar.sources.secrets import secret

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

CONNECT_SECONDS = 10
TIME_LIMIT = 300
# Tried against real servers; what else SQLAlchemy knows is read row by row and compared here.
_TESTED = ("postgresql", "mariadb", "sqlite")
_DRIVERS = {
    "postgresql": "psycopg", "mariadb": "pymysql", "mysql": "pymysql", "oracle": "oracledb", "mssql": "pymssql",
}  # fmt: skip
_EXTRAS = {"postgresql": "postgres", "mariadb": "mysql", "mysql": "mysql", "sc": "spark", "trino": "trino"}
# How a kind is called where its address does not tell.
_CALLED = {"sc": "Spark"}
_SCHEME = re.compile(r"([a-z][a-z0-9]*)(\+[a-z0-9_]+)?://")
_PARTS = ("dialect", "host", "database")


def dialect_of(path: str, options: Mapping[str, str]) -> str:
    """The kind of database an address names; "" where it names none."""
    found = _SCHEME.match(path)
    name = found[1] if found else options.get("dialect", "")
    return "postgresql" if name == "postgres" else name


def unsound(path: str, options: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is wrong with the address of a database, without opening it: place and sentence."""
    if not path and not all(options.get(part) for part in _PARTS):
        yield (
            "source",
            '"path" is missing: where is it? Write path = "postgresql://USER@HOST/DATABASE", '
            "or dialect, host, database and user under [source.options].",
        )
    elif path and not _SCHEME.match(path):
        yield "source", '"path" is no address of a database, such as postgresql://USER@HOST/DATABASE.'
    if not (options.get("port") or "1").isdigit():
        yield "source.options", '"port" must be a number.'


def untested(path: str, options: Mapping[str, str]) -> Iterator[str]:
    """What is worth knowing of a database that was never tried."""
    dialect = dialect_of(path, options)
    if dialect == "mysql":
        yield "MySQL is spoken to as MariaDB is, and only MariaDB is tested with dsar."
    elif dialect == "sc":
        yield "Spark is tested with dsar on a server of one machine that speaks Spark Connect, not on a cluster."
    elif dialect == "trino":
        yield "Trino is asked in one statement per table, which was never tried against a Trino server."
    elif dialect not in _TESTED:
        yield f"Databases of the kind {printable(dialect)} are read whole, row by row, and not tested with dsar."


def seconds_of(settings: SourceSettings) -> int:
    """How long one statement may take."""
    return int(settings.options.get("timeout_seconds", TIME_LIMIT))


def engine_of(settings: SourceSettings, home: Path, *, write: bool = False) -> Engine:
    """The database of the settings, with one connection that is opened when it is first used.

    Raises SourceFailed where the driver is not installed, the secret is not to be found or there is no file.
    """
    dialect = dialect_of(settings.path, settings.options)
    if dialect == "sc":
        says = f"{settings.name}: a Spark cluster can be searched and not scanned: its tables are described by hand."
        raise SourceFailed(
            Why.BROKEN,
            says,
            hint=f"Describe it: dsar source add warehouse --kind sql --path {shlex.quote(settings.path)}",
        )
    try:
        from sqlalchemy import create_engine
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError
        from sqlalchemy.pool import QueuePool
    except ImportError as error:
        raise not_installed(settings, dialect) from error
    try:
        url = _url(settings, home, dialect, write=write)
        arguments = arguments_of(dialect, settings)
        return create_engine(url, poolclass=QueuePool, pool_size=1, connect_args=arguments, hide_parameters=True)
    except (ImportError, NoSuchModuleError) as error:
        raise not_installed(settings, dialect) from error
    except (ArgumentError, ValueError) as error:
        says = f"{settings.name}: the address of the database cannot be read."
        raise SourceFailed(Why.BROKEN, says, hint=f"Correct sources/{settings.name}.toml") from error


def _url(settings: SourceSettings, home: Path, dialect: str, *, write: bool) -> URL:
    from sqlalchemy import URL, make_url

    options = settings.options
    if settings.path:
        scheme, _, rest = settings.path.partition("://")
        url = make_url(f"{'postgresql' if scheme == 'postgres' else scheme}://{rest}")
    else:
        url = URL.create(dialect, host=options["host"], database=options["database"])
    if user := options.get("user"):
        url = url.set(username=user)
    if port := options.get("port"):
        url = url.set(port=int(port))
    if "+" not in url.drivername and dialect in _DRIVERS:
        url = url.set(drivername=f"{dialect}+{_DRIVERS[dialect]}")
    if dialect == "sqlite":
        return url.set(database=_file(settings, home, url.database or "", write=write), query={"uri": "true"})
    reference = options.get("password", "")
    password = secret(reference, home=home, source=settings.name) if reference else ""
    return url.set(password=password) if password else url


def _file(settings: SourceSettings, home: Path, database: str, *, write: bool) -> str:
    path = located(home, database)
    if not database or not path.is_file():
        says = f"{settings.name}: there is no file {shorten(printable(database), 80)}."
        raise SourceFailed(Why.MISSING, says)
    return f"file:{quote(str(path))}?mode={'rw' if write else 'ro'}"


def arguments_of(dialect: str, settings: SourceSettings) -> dict[str, Any]:
    """What the driver is told: how long it waits for a server that does not answer, and how text is written."""
    if dialect == "postgresql":
        alive = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
        return {"connect_timeout": CONNECT_SECONDS, "client_encoding": "utf8", "application_name": "dsar", **alive}
    if dialect in ("mariadb", "mysql"):
        silence = seconds_of(settings) + CONNECT_SECONDS
        return {"connect_timeout": CONNECT_SECONDS, "read_timeout": silence, "charset": "utf8mb4"}
    if dialect == "trino":
        limit = {"query_max_run_time": f"{seconds_of(settings)}s"}
        told = {"source": "dsar", "timezone": "UTC", "legacy_primitive_types": True, "session_properties": limit}
        # by itself the driver would ask first, and print the server's answer
        return {**told, "legacy_prepared_statements": "legacy_prepared_statements=true" in settings.path}
    return {}


def not_installed(settings: SourceSettings, dialect: str) -> SourceFailed:
    """The failure that a missing driver is, with what to type."""
    extra, called = _EXTRAS.get(dialect), _CALLED.get(dialect, shorten(printable(dialect), 40))
    driver = _DRIVERS.get(dialect, "")
    install = f'pipx install --force "dsar-cli[{extra}]"' if extra else f"pipx inject dsar-cli sqlalchemy {driver}"
    return SourceFailed(
        Why.PLUGIN,
        f"{settings.name}: reading a database of the kind {called} needs a part that is not "
        "installed. It was not searched, and is not counted as empty.",
        hint=f"Install it: {install.rstrip()}",
    )
