"""A stand-in for a Trino coordinator: it speaks Trino's protocol to the real client, and DuckDB answers.

Each statement is read as Trino's SQL, written again for DuckDB and run there. So the statement is shown to mean what
it should, and not that a real Trino takes it.
"""

from __future__ import annotations

import json
import re
import threading
import zlib
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import duckdb
import sqlglot

_BOUND = re.compile(r"EXECUTE IMMEDIATE '((?:[^']|'')*)'(?: USING (.*))?", re.DOTALL)
_LITERAL = re.compile(r"X'([0-9a-f]*)'|'((?:[^']|'')*)'")
# The names Trino has for DuckDB's types, as far as the tests use them.
_TYPES = {
    "BIGINT": "bigint", "INTEGER": "integer", "VARCHAR": "varchar", "BLOB": "varbinary", "DOUBLE": "double",
    "BOOLEAN": "boolean", "DATE": "date", "JSON": "json", "VARCHAR[]": "array(varchar)",
    "DECIMAL(38,10)": "decimal(38,10)", "TIMESTAMP": "timestamp(6)", "UUID": "uuid",
    "MAP(VARCHAR, VARCHAR)": "map(varchar, varchar)",
}  # fmt: skip
PAGE = 500
WHOLE = 10**9


class Coordinator:
    """``heard`` has every statement, ``ended`` those called off before their end.

    ``fails`` answers statements with a word in them by an error of Trino's name.
    """

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.fails: dict[str, str] = {}
        self.status = 200
        # after so many pages the connection is cut
        self.pages = WHOLE
        self.ended: list[str] = []
        self._lock = threading.Lock()
        self._results: dict[str, tuple[list[dict[str, Any]], list[list[Any]]]] = {}
        self._engine = duckdb.connect()
        self._engine.create_function("crc32", lambda raw: zlib.crc32(raw), ["BLOB"], "BIGINT")  # type: ignore[list-item, arg-type]
        # Trino's counts bytes, too
        self._engine.execute(
            "CREATE MACRO length(x) AS CASE WHEN typeof(x) = 'BLOB' THEN octet_length(x::BLOB) ELSE len(x::VARCHAR) END"
        )
        coordinator = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._say(coordinator.begin(text))

            def do_GET(self) -> None:
                _, number, page = self.path.rsplit("/", 2)
                if int(page) >= coordinator.pages:
                    self.connection.close()
                    return
                self._say(coordinator.page(number, int(page)))

            def do_DELETE(self) -> None:
                coordinator.ended.append(self.path)
                if coordinator.pages < WHOLE:
                    self.connection.close()
                    return
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

            def _say(self, answer: dict[str, Any]) -> None:
                self.send_response(coordinator.status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def address(self) -> str:
        """What a source file says."""
        return f"trino://reader@127.0.0.1:{self.port}/memory/main"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._engine.close()

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """A table with these rows in place of any other of its name."""
        self.run(f"CREATE OR REPLACE TABLE {name} ({', '.join(f'{column} VARCHAR' for column in columns)})")
        marks = ", ".join("?" * len(columns))
        with self._lock:
            self._engine.executemany(" ".join(["INSERT INTO", name, f"VALUES ({marks})"]), [list(row) for row in rows])

    def run(self, statement: str) -> None:
        """Run a statement in DuckDB's own words."""
        with self._lock:
            self._engine.execute(statement)

    def begin(self, text: str) -> dict[str, Any]:
        self.heard.append(text)
        number = str(len(self.heard))
        if self.status != 200:
            return {}
        if name := next((name for part, name in self.fails.items() if part in text), ""):
            error = {"message": "ana@example.com: no", "errorCode": 1, "errorName": name, "errorType": "USER_ERROR"}
            return {"id": number, "infoUri": "", "stats": {"state": "FAILED"}, "error": error}
        self._results[number] = self._run(*_unpacked(text))
        return self.page(number, 0)

    def page(self, number: str, page: int) -> dict[str, Any]:
        columns, rows = self._results[number]
        said = {"id": number, "infoUri": "", "stats": {"state": "RUNNING"}, "columns": columns}
        said["data"] = rows[page * PAGE : (page + 1) * PAGE]
        if (page + 1) * PAGE < len(rows):
            said["nextUri"] = f"http://127.0.0.1:{self.port}/v1/statement/{number}/{page + 1}"
        return said

    def _run(self, text: str, bound: list[str | bytes]) -> tuple[list[dict[str, Any]], list[list[Any]]]:
        ours = sqlglot.transpile(text, read="trino", write="duckdb", error_level=sqlglot.ErrorLevel.RAISE)[0]
        # DuckDB has one for all its catalogues
        ours = ours.replace('"memory".information_schema', "information_schema")
        with self._lock:
            done = self._engine.execute(ours, bound)
            kinds = [str(kind) for _, kind, *_ in done.description]
            rows = [list(row) for row in done.fetchall()]
        if "information_schema.columns" in text:
            rows = [[*row[:-1], _TYPES[row[-1]]] for row in rows]
        return [_column(f"_col{place}", kind) for place, kind in enumerate(kinds)], rows


def _unpacked(text: str) -> tuple[str, list[str | bytes]]:
    """The statement and what is bound in it, as the client wrote both into one."""
    found = _BOUND.fullmatch(text)
    if not found:
        return text, []
    literals = _LITERAL.finditer(found[2] or "")
    bound = [one[2].replace("''", "'") if one[1] is None else bytes.fromhex(one[1]) for one in literals]
    return found[1].replace("''", "'"), bound


def _column(name: str, kind: str) -> dict[str, Any]:
    raw = {"BIGINT": "bigint", "HUGEINT": "bigint", "DOUBLE": "double", "FLOAT": "double"}.get(kind, "varchar")
    arguments = [{"kind": "LONG", "value": 2147483647}] if raw == "varchar" else []
    return {"name": name, "type": raw, "typeSignature": {"rawType": raw, "arguments": arguments}}
