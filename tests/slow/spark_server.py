"""A real Spark Connect server (Sail) on loopback, and a gateway before it that hears and may refuse what is asked.

Both need the environment that ``make slow`` makes for them; TEST_SPARK=sc://HOST:PORT takes another server.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.slow.servers import free_port

ELSEWHERE = os.environ.get("TEST_SPARK", "")
_SERVER = """
import sys
from pysail.spark import SparkConnectServer
server = SparkConnectServer("127.0.0.1", int(sys.argv[1]))
server.start(background=True)
sys.stdin.read()
server.stop()
"""


@dataclass
class SparkServer:
    """A running server; ``folder`` is where the tests keep tables as files."""

    folder: Path
    port: int
    # its tables live in a session, which the searches join
    session: str = field(default_factory=lambda: str(uuid.uuid4()))
    _process: subprocess.Popen[bytes] | None = None
    _owner: Any = None
    _former: list[Any] = field(default_factory=list)

    @property
    def plain(self) -> str:
        """Its address alone."""
        return ELSEWHERE or f"sc://127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        """What a source file says."""
        return self.of(self.plain)

    def of(self, address: str) -> str:
        """An address with the session of the tables."""
        return f"{address}/;session_id={self.session};user_id=office"

    @property
    def owner(self) -> Any:
        """The session that makes the tables."""
        if self._owner is None:
            from pyspark.sql.connect.session import SparkSession

            self._owner = SparkSession.builder.remote(self.address).create()
        return self._owner

    def run(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements one by one; the rows of the last one."""
        done = [self.owner.sql(statement) for statement in statements][-1]
        return [tuple(row) for row in done.collect()]

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """A table with these rows in place of any other of its name."""
        from pyspark.sql.types import LongType, StringType, StructField, StructType

        kinds = [LongType() if isinstance(cell, int) else StringType() for cell in rows[0]]
        schema = StructType([StructField(one, kind) for one, kind in zip(columns, kinds, strict=True)])
        self.run(f"DROP TABLE IF EXISTS {name}")
        self.owner.createDataFrame([tuple(row) for row in rows], schema).write.format("parquet").saveAsTable(name)

    def files(self, name: str, select: str) -> str:
        """A folder of Parquet files with what a statement gives; how a place is called that reads it."""
        self.owner.sql(select).write.mode("overwrite").parquet(str(self.folder / name))
        return f"parquet.{self.folder / name}"

    def start(self) -> None:
        if ELSEWHERE:
            return
        with (self.folder / "log").open("ab") as log:
            command = [sys.executable, "-c", _SERVER, str(self.port)]
            # where its tables are kept, too
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=self.folder)
        for _ in range(600):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5):
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text(errors="replace"))

    def kill(self) -> None:
        """As a crash does: no goodbye to anyone."""
        assert self._process is not None
        self._process.kill()
        self._process.communicate(timeout=20)
        # kept: the library may wait for ever in a session that Python collects
        self._former.append(self._owner)
        self._process = self._owner = None

    def stop(self) -> None:
        if self._process is not None:
            self._process.communicate(timeout=30)


_SERVERS: list[SparkServer] = []


@contextmanager
def spark(folder: Path) -> Iterator[SparkServer]:
    """A server that is stopped at the end."""
    server = SparkServer(folder=folder, port=free_port())
    _SERVERS.append(server)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Gateway:
    """Passes every call on to a server; ``heard`` has what was asked, and ``refuses`` may end a call instead."""

    def __init__(self, server: SparkServer) -> None:
        import grpc
        from pyspark.sql.connect.proto import base_pb2_grpc

        self.heard: list[tuple[str, Any]] = []
        self.refuses: Callable[[str, Any, Any], None] = lambda name, request, context: None
        self._channel = grpc.insecure_channel(server.plain.removeprefix("sc://"))
        stub = base_pb2_grpc.SparkConnectServiceStub(self._channel)
        service = base_pb2_grpc.SparkConnectServiceServicer()
        for name in ("ExecutePlan", "ReattachExecute"):
            setattr(service, name, self._passing(name, getattr(stub, name), streams=True))
        for name in ("AnalyzePlan", "Config", "Interrupt", "ReleaseExecute", "ReleaseSession", "FetchErrorDetails"):
            setattr(service, name, self._passing(name, getattr(stub, name), streams=False))
        self._server = grpc.server(ThreadPoolExecutor(8))
        base_pb2_grpc.add_SparkConnectServiceServicer_to_server(service, self._server)
        self.address = server.of(f"sc://127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}")
        self._server.start()

    def _passing(self, name: str, call: Callable[[Any], Any], *, streams: bool) -> Callable[[Any, Any], Any]:
        import grpc

        def one(request: Any, context: Any) -> Any:
            self.heard.append((name, request))
            self.refuses(name, request, context)
            try:
                return call(request)
            except grpc.RpcError as error:
                context.abort(error.code(), error.details())

        def several(request: Any, context: Any) -> Iterator[Any]:
            self.heard.append((name, request))
            self.refuses(name, request, context)
            try:
                yield from call(request)
            except grpc.RpcError as error:
                context.abort(error.code(), error.details())

        return several if streams else one

    def close(self) -> None:
        self._server.stop(0).wait(10)
        self._channel.close()
