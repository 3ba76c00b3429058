"""A real mail server on loopback that behaves well, badly, or not at all, and a desk that sends through it."""

from __future__ import annotations

import asyncio
import re
import socket
from contextlib import closing
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from dsar.workspace import Workspace


class Post:
    """What the server does: keeps what arrives; ``mood`` is ok, gone (550), later (451) or hang_up after the data."""

    def __init__(self) -> None:
        self.arrived: list[bytes] = []
        self.mood = "ok"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mood == "gone":
            return f"550 5.1.1 <{address}>: no such mailbox"
        if self.mood == "later":
            return "451 4.7.1 Greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.arrived.append(envelope.content)
        if self.mood == "hang_up":
            assert server.transport is not None
            server.transport.abort()
            await asyncio.Event().wait()
        return "250 OK queued"


def free_port() -> int:
    """A port nobody listens on just now."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


class Server:
    """The server at one port; may be stopped and started again."""

    def __init__(self) -> None:
        self.post = Post()
        self.port = free_port()
        self._running: Controller | None = None

    def start(self) -> None:
        """Listen."""
        self._running = Controller(self.post, hostname="127.0.0.1", port=self.port)
        self._running.start()

    def stop(self) -> None:
        """Stop listening."""
        if self._running is not None:
            self._running.stop()
            self._running = None


def through(ws: Workspace, port: int) -> Workspace:
    """The same desk with its mail set to a server on loopback."""
    path: Path = ws.home / "dsar.toml"
    lines = f'transport = "smtp"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\ntimeout = 5'
    text = re.sub(r'transport = "folder"', lines, path.read_text(encoding="utf-8"), count=1)
    path.write_text(text, encoding="utf-8")
    if "ledger" in vars(ws):
        ws.ledger.close()
    return Workspace(ws.home)
