"""Real database servers (Debian's postgresql and mariadb-server), made in a folder of the test's own.

Each runs as the user its package made for it, on loopback only, and is stopped at the end.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PASSWORD = "correct horse"
READER = "reader"


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def program(name: str) -> str:
    """Where a server program lies; "" if it is not on this machine."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    found = str(kept[-1]) if kept else shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return found or ""


def missing(kind: str) -> str:
    """Why no such server can run here; "" where it can."""
    wanted, package = {"postgresql": ("initdb", "postgresql"), "mariadb": ("mariadbd", "mariadb-server")}[kind]
    if not program(wanted):
        return f"{kind} is not on this machine (Debian: apt-get install {package})"
    return "" if os.name == "posix" and os.geteuid() == 0 else f"{kind} is started as root, which becomes its own user"


@dataclass
class Server:
    """A running server: ``run`` speaks to it as its owner, ``log`` is what it wrote."""

    kind: str
    folder: Path
    port: int
    command: Sequence[str]
    user: str
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def log(self) -> str:
        """Everything the server wrote, its statements among it."""
        written = [self.folder / "log", self.folder / "data" / "general"]
        return "".join(path.read_text(encoding="utf-8", errors="replace") for path in written if path.exists())

    def connect(self, database: str = "office", **more: Any) -> Any:
        """A connection of the owner, who may do anything."""
        if self.kind == "postgresql":
            import psycopg

            return psycopg.connect(
                host="127.0.0.1", port=self.port, user="postgres", password=PASSWORD, dbname=database, autocommit=True,
                **more,
            )  # fmt: skip
        import pymysql

        return pymysql.connect(
            host="127.0.0.1", port=self.port, user="owner", password=PASSWORD, database=database, autocommit=True,
            charset="utf8mb4", **more,
        )  # fmt: skip

    def run(self, *statements: str, database: str = "office") -> list[tuple[Any, ...]]:
        """Run statements one by one; the rows of the last one."""
        connection = self.connect(database)
        try:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    def empty(self) -> None:
        """As it was when it began."""
        if self.kind == "postgresql":
            self.run("DROP SCHEMA IF EXISTS public CASCADE", "DROP SCHEMA IF EXISTS billing CASCADE")
            self.run("CREATE SCHEMA public", f"GRANT USAGE ON SCHEMA public TO {READER}")
        else:
            self.run(
                "DROP DATABASE IF EXISTS billing",
                "DROP DATABASE office",
                "CREATE DATABASE office CHARACTER SET utf8mb4",
                database="mysql",
            )

    def fill(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Put rows in."""
        connection = self.connect()
        try:
            marks = ", ".join(["%s"] * len(columns))
            insert = " ".join(["INSERT INTO", table, f"({', '.join(columns)})", "VALUES", f"({marks})"])
            connection.cursor().executemany(insert, rows)
        finally:
            connection.close()

    def address(self, user: str = READER, database: str = "office") -> str:
        """What a source file says."""
        return f"{self.kind}://{user}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        account = pwd.getpwnam(self.user)
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self.command, stdout=log, stderr=log, user=account.pw_uid, group=account.pw_gid, extra_groups=[],
                cwd=self.folder, start_new_session=True,
            )  # fmt: skip
        for _ in range(600):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5):
                    break
            except OSError:
                time.sleep(0.05)
        else:
            raise AssertionError(self.log)

    def awake(self, database: str = "office") -> None:
        """Wait until it lets its owner in."""
        for attempt in range(200):
            try:
                self.connect(database).close()
                return
            except Exception:
                if attempt == 199:
                    raise
                time.sleep(0.1)

    def kill(self) -> None:
        """As a crash does: no goodbye to anyone."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(20)
        self._process = None

    def stop(self) -> None:
        if self._process is not None:
            # PostgreSQL ends its sessions at SIGINT, MariaDB at SIGTERM
            self._process.send_signal(signal.SIGINT if self.kind == "postgresql" else signal.SIGTERM)
            self._process.wait(30)
            self._process = None


@contextmanager
def _folder(user: str) -> Iterator[Path]:
    """A folder of the user's, beside pytest's own: those are closed to all others whenever another pytest begins."""
    with tempfile.TemporaryDirectory(prefix="dsar-server-") as folder:
        shutil.chown(folder, user, user)
        Path(folder).chmod(0o755)
        yield Path(folder)


def _as_user(user: str, *command: str) -> None:
    account = pwd.getpwnam(user)
    done = subprocess.run(
        command, user=account.pw_uid, group=account.pw_gid, extra_groups=[], capture_output=True, cwd="/"
    )
    assert done.returncode == 0, done.stderr.decode()


@contextmanager
def postgres() -> Iterator[Server]:
    """A PostgreSQL with a database ``office`` and a user who may read it; every statement is logged."""
    with _folder("postgres") as folder:
        (folder / "password").write_text(PASSWORD)
        (folder / "password").chmod(0o644)
        _as_user(
            "postgres", program("initdb"), "-D", str(folder / "data"), "-U", "postgres", "-A", "scram-sha-256", "-E",
            "UTF8", "--locale=C.UTF-8", "--no-sync", f"--pwfile={folder / 'password'}",
        )  # fmt: skip
        port = free_port()
        settings = ["fsync=off", "listen_addresses=127.0.0.1", "unix_socket_directories=", "log_statement=all"]
        more = [word for setting in settings for word in ("-c", setting)]
        command = [program("postgres"), "-D", str(folder / "data"), "-p", str(port), *more]
        server = Server(kind="postgresql", folder=folder, port=port, command=command, user="postgres")
        server.start()
        try:
            server.awake("postgres")
            server.run("CREATE DATABASE office", database="postgres")
            server.run(f"CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}'")
            server.run(f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {READER}")
            yield server
        finally:
            server.stop()


@contextmanager
def mariadb() -> Iterator[Server]:
    """A MariaDB with a database ``office`` and a user who may read it; every statement is logged."""
    with _folder("mysql") as folder:
        data = folder / "data"
        made = ["mariadb-install-db", "--no-defaults", "--user=mysql", f"--datadir={data}", "--force", "--skip-test-db"]
        done = subprocess.run([*made, "--auth-root-authentication-method=normal"], capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        accounts = [
            "CREATE DATABASE office CHARACTER SET utf8mb4",
            f"CREATE USER owner@'%' IDENTIFIED BY '{PASSWORD}'",
            "GRANT ALL ON *.* TO owner@'%' WITH GRANT OPTION",
            f"CREATE USER {READER}@'%' IDENTIFIED BY '{PASSWORD}'",
            f"GRANT SELECT ON office.* TO {READER}@'%'",
        ]
        (folder / "first.sql").write_text("".join(f"{line};\n" for line in accounts))
        (folder / "first.sql").chmod(0o644)
        port = free_port()
        command = [
            program("mariadbd"), "--no-defaults", f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1",
            f"--socket={folder / 'socket'}", f"--init-file={folder / 'first.sql'}", "--skip-name-resolve",
            f"--pid-file={folder / 'pid'}", "--general-log=1", f"--general-log-file={data / 'general'}",
        ]  # fmt: skip
        server = Server(kind="mariadb", folder=folder, port=port, command=command, user="mysql")
        server.start()
        try:
            server.awake()
            # the accounts are there once: at the next start they would be refused
            (folder / "first.sql").write_text("")
            yield server
        finally:
            server.stop()


STARTED = {"postgresql": postgres, "mariadb": mariadb}
