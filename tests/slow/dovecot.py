"""A real IMAP server (Debian's dovecot) on loopback, made from a small file in a folder of the test's own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

USER, PASSWORD, TOKEN = "privacy", "correct horse", "token-of-today"
_CONF = """
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = scheme=plain {folder}/users
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth.conf
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
  }}
}}
"""
_OAUTH = """
tokeninfo_url = http://127.0.0.1:{port}/?access_token=
username_attribute = username
active_attribute = active
active_value = yes
"""


def missing() -> str:
    """Why no such server can run here; "" where it can."""
    if os.name != "posix" or os.geteuid() != 0:
        return "dovecot is started as root"
    if not shutil.which("dovecot"):
        return "dovecot is not on this machine (Debian: apt-get install dovecot-imapd)"
    return "" if shutil.which("openssl") else "openssl is not on this machine, so there is no certificate to test with"


@dataclass
class Dovecot:
    """The server: ``put`` delivers mail as another program would, ``look`` tells every file and its flags."""

    folder: Path
    plain: int
    tls: int
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def certificate(self) -> Path:
        return self.folder / "cert.pem"

    @property
    def box(self) -> Path:
        return self.folder / "mail" / USER

    def put(self, raw: bytes, *, folder: str = "INBOX", name: str) -> None:
        """Deliver one mail into ``new``, as a mail transfer agent does."""
        place = self.box if folder == "INBOX" else self.box / f".{folder}"
        for part in ("cur", "new", "tmp"):
            (place / part).mkdir(parents=True, exist_ok=True)
        (place / "tmp" / name).write_bytes(raw)
        (place / "tmp" / name).rename(place / "new" / name)
        for path in (self.box, *self.box.rglob("*")):
            shutil.chown(path, "nobody", "nogroup")

    def look(self) -> dict[str, bytes]:
        """Every mail by its folder and file name without the place it waits in: the name holds its flags."""
        mails = (path for path in self.box.rglob("*") if path.is_file() and path.parent.name in ("cur", "new"))
        return {str(path.relative_to(self.box)).replace("new/", "cur/"): path.read_bytes() for path in mails}

    def flags(self) -> set[str]:
        """Every flag any mail carries."""
        return {letter for name in self.look() for letter in name.partition(":2,")[2]}

    def start(self) -> None:
        self._process = subprocess.Popen(["dovecot", "-F", "-c", str(self.folder / "dovecot.conf")])
        for _ in range(200):
            try:
                with socket.create_connection(("127.0.0.1", self.plain), timeout=5) as line:
                    if line.recv(100).startswith(b"* OK"):
                        return
            except OSError:
                time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text())

    def stop(self) -> None:
        """Stop it, and cut off whoever is logged in."""
        subprocess.run(["doveadm", "-c", str(self.folder / "dovecot.conf"), "kick", USER], capture_output=True)
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None


@contextmanager
def running(folder: Path) -> Iterator[Dovecot]:
    """The server with one empty mailbox, stopped at the end."""
    server = Dovecot(folder=folder, plain=_free_port(), tls=_free_port())
    for part in ("run", "state", "mail"):
        (folder / part).mkdir(parents=True)
    for above in (folder, *folder.parents):
        if above.owner() == "root" and str(above).startswith("/tmp/"):
            # the mail process gives root up, and must still pass through
            above.chmod(above.stat().st_mode | 0o011)
    shutil.chown(folder / "mail", "nobody", "nogroup")
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days",
         "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    with _token_server() as port:
        (folder / "oauth.conf").write_text(_OAUTH.format(port=port))
        (folder / "dovecot.conf").write_text(_CONF.format(folder=folder, plain=server.plain, tls=server.tls))
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


class _Tokens(BaseHTTPRequestHandler):
    """Who a token belongs to, as the office's identity provider tells the mail server."""

    def do_GET(self) -> None:
        known = self.path.endswith(f"={TOKEN}")
        body = json.dumps({"username": USER, "active": "yes"} if known else {"error": "invalid_token"}).encode()
        self.send_response(200 if known else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _token_server() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Tokens) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield int(server.server_address[1])
        server.shutdown()
        thread.join()
