"""A PostgreSQL of Debian's package, made in a folder of the benchmark's own, on loopback only, and gone at the end."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.timing import FailedRun

USER = "postgres"
READER = "reader"
DATABASE = "office"
_WAIT_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server and the password of its users."""

    port: int
    password: str

    def address(self, user: str = READER, *, password: bool = False) -> str:
        """Where it is; with the password only for programs that get no other secret."""
        secret = f":{self.password}" if password else ""
        return f"postgresql://{user}{secret}@127.0.0.1:{self.port}/{DATABASE}"

    def run(self, *statements: str, database: str = DATABASE) -> None:
        """Run statements as its owner."""
        import psycopg

        address = self.address(USER, password=True).removesuffix(DATABASE) + database
        with psycopg.connect(address, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def load(self, table: str, file: Path) -> None:
        """Fill a table from a CSV file with headings."""
        import psycopg

        with psycopg.connect(self.address(USER, password=True)) as connection, connection.cursor() as cursor:
            into = f"COPY {table} FROM STDIN (FORMAT csv, HEADER)".encode()
            with cursor.copy(into) as copy, file.open("rb") as whole:
                while block := whole.read(1 << 20):
                    copy.write(block)


def missing() -> str:
    """Why no server can run here; "" where it can."""
    if not _program("initdb"):
        return "PostgreSQL is not on this machine (Debian: apt-get install postgresql)"
    if os.geteuid() != 0:
        return "PostgreSQL is started as root, which becomes its own user"
    return ""


@contextmanager
def postgres(within: Path) -> Iterator[Server]:
    """A server with an empty database and a user who may read it; as Debian sets it up, but for where it listens."""
    account = pwd.getpwnam(USER)
    # the benchmark's own folder is closed to other users, and the server is one
    with tempfile.TemporaryDirectory(prefix="dsar-bench-server-", dir=within.parent) as name:
        folder, password = Path(name), secrets.token_hex(16)
        (folder / "password").write_text(password)
        for path in (folder / "password", folder):
            shutil.chown(path, USER, USER)
        made = [
            _program("initdb"), "-D", f"{folder}/data", "-U", USER, "-A", "scram-sha-256", "-E", "UTF8",
            "--locale=C.UTF-8", f"--pwfile={folder}/password",
        ]  # fmt: skip
        as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "cwd": "/"}
        subprocess.run(made, check=True, capture_output=True, **as_user)  # type: ignore[call-overload]
        port = _free_port()
        settings = ("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=")
        command = [_program("postgres"), "-D", f"{folder}/data", "-p", str(port), *settings]
        with (folder / "log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, **as_user)  # type: ignore[call-overload]
        try:
            server = Server(port=port, password=password)
            _await(server)
            server.run(f"CREATE DATABASE {DATABASE}", database="postgres")
            server.run(f"CREATE ROLE {READER} LOGIN PASSWORD '{password}'")
            server.run(f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {READER}")
            yield server
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(_WAIT_SECONDS)


def _await(server: Server) -> None:
    import psycopg

    until = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            server.run("SELECT 1", database="postgres")
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > until:
                raise FailedRun("PostgreSQL did not start") from error
            time.sleep(0.1)


def _program(name: str) -> str:
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    return str(kept[-1]) if kept else shutil.which(name) or ""


def _free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])
