"""Handing over, to a folder and to a real mail server on loopback that behaves well, badly, or not at all."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from dsar.errors import InputWrong, OutsideDown, PartlyDone, Refused
from dsar.letters.address import mail_address
from dsar.letters.compose import compose, template_folders
from dsar.letters.kinds import Kind
from dsar.letters.mail import message_id, to_mail
from dsar.letters.transport import AddressRefused, FolderTransport, Security, SendingUnsure, SmtpTransport
from tests.letters.samples import letter

SENDER = mail_address("privacy@harborvoice.example", "Harbor Voice Ltd")
GOOD = "m.rivera@example.com"


def eml(key: str = "1", kind: Kind = Kind.EXTENSION) -> bytes:
    return to_mail(
        compose(kind, letter(kind, "eu-gdpr"), folders=template_folders()),
        sender=SENDER,
        recipient=mail_address(GOOD),
        message_id=message_id(key, SENDER),
        date=datetime(2026, 11, 12, 9, 0, tzinfo=UTC),
    )


class TestFolder:
    """A folder takes each letter once."""

    def test_it_writes_the_letter_privately(self, tmp_path: Path) -> None:
        folder = tmp_path / "outgoing"
        receipt = FolderTransport(folder=folder).send(eml(), sender=SENDER.email, recipients=[GOOD])
        (file,) = folder.iterdir()
        assert receipt == f"folder {file.name}"
        assert file.suffix == ".eml"
        assert file.read_bytes() == eml()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_the_same_letter_again_is_already_sent(self, tmp_path: Path) -> None:
        transport = FolderTransport(folder=tmp_path / "out")
        first = transport.send(eml(), sender=SENDER.email, recipients=[GOOD])
        written = next((tmp_path / "out").iterdir()).stat()
        assert transport.send(eml(), sender=SENDER.email, recipients=[GOOD]) == first
        (file,) = (tmp_path / "out").iterdir()
        assert file.stat().st_mtime_ns == written.st_mtime_ns
        assert file.stat().st_ino == written.st_ino

    def test_another_letter_under_the_same_key_is_refused(self, tmp_path: Path) -> None:
        transport = FolderTransport(folder=tmp_path / "out")
        transport.send(eml(), sender=SENDER.email, recipients=[GOOD])
        with pytest.raises(Refused, match="already left"):
            transport.send(eml(kind=Kind.REDIRECT), sender=SENDER.email, recipients=[GOOD])
        assert next((tmp_path / "out").iterdir()).read_bytes() == eml()

    def test_two_letters_are_two_files(self, tmp_path: Path) -> None:
        transport = FolderTransport(folder=tmp_path / "out")
        assert transport.send(eml("1"), sender="", recipients=[GOOD]) != transport.send(
            eml("2"), sender="", recipients=[GOOD]
        )
        assert len(list((tmp_path / "out").iterdir())) == 2

    def test_a_mail_without_a_key_is_not_taken(self, tmp_path: Path) -> None:
        with pytest.raises(InputWrong, match="Message-ID"):
            FolderTransport(folder=tmp_path / "out").send(b"To: a\r\n\r\nb\r\n", sender="", recipients=[GOOD])

    def test_a_key_cannot_leave_the_folder(self, tmp_path: Path) -> None:
        raw = b"Message-ID: <../../evil@x.example>\r\n\r\nb\r\n"
        FolderTransport(folder=tmp_path / "out").send(raw, sender="", recipients=[GOOD])
        assert [path.parent for path in tmp_path.rglob("*.eml")] == [tmp_path / "out"]


class Post:
    """What the server does: keeps what arrives, and answers as the recipient's name asks for."""

    def __init__(self) -> None:
        self.arrived: list[Envelope] = []
        self.data_answer = "250 OK queued as 4711"
        self.hang_up = False

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("gone"):
            return f"550 5.1.1 <{address}>: no such mailbox"
        if address.startswith("later"):
            return "451 4.7.1 Greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.hang_up:
            assert server.transport is not None
            server.transport.abort()
            await asyncio.Event().wait()
        if self.data_answer.startswith("250"):
            self.arrived.append(envelope)
        return self.data_answer


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


class Loopback(Controller):
    """Starts without looking back into the room, so that TLS on the port works too."""

    def _trigger_server(self) -> None:
        if self.ssl_context is None:
            super()._trigger_server()
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with (
            socket.create_connection((self.hostname, self.port), 5) as line,
            context.wrap_socket(line) as safe,
        ):
            safe.recv(1024)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def server(post: Post) -> Iterator[Controller]:
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


def smtp(controller: Controller, **more: object) -> SmtpTransport:
    wanted: dict[str, object] = {"security": Security.NONE, "timeout": 10.0, **more}
    return SmtpTransport(host="127.0.0.1", port=controller.port, **wanted)  # type: ignore[arg-type]


class TestServer:
    """One server, every way it can answer."""

    def test_the_letter_arrives_byte_for_byte(self, server: Controller, post: Post) -> None:
        receipt = smtp(server).send(eml(), sender=SENDER.email, recipients=[GOOD])
        assert receipt == f"127.0.0.1:{server.port} 250 OK queued as 4711"
        (envelope,) = post.arrived
        assert envelope.content == eml()
        assert envelope.mail_from == SENDER.email
        assert envelope.rcpt_tos == [GOOD]

    def test_lines_of_dots_arrive_as_they_left(self, server: Controller, post: Post) -> None:
        raw = b"Message-ID: <a@b.example>\r\n\r\n.\r\n..two\r\nlast."
        smtp(server).send(raw, sender=SENDER.email, recipients=[GOOD])
        assert post.arrived[0].content == raw + b"\r\n"

    def test_an_unknown_mailbox_is_final_and_nobody_gets_it(self, server: Controller, post: Post) -> None:
        with pytest.raises(AddressRefused) as caught:
            smtp(server).send(eml(), sender=SENDER.email, recipients=[GOOD, "gone@example.com"])
        assert "no such mailbox" in caught.value.message
        assert "550" in caught.value.message
        assert "gone@example.com" not in str(caught.value)
        assert caught.value.exit_code == 3
        assert post.arrived == []

    def test_not_now_is_not_final(self, server: Controller, post: Post) -> None:
        with pytest.raises(OutsideDown, match=r"cannot take the letter now: 451 .*waits in the outbox"):
            smtp(server).send(eml(), sender=SENDER.email, recipients=["later@example.com"])
        assert post.arrived == []

    @pytest.mark.parametrize(
        ("answer", "error"), [("452 4.3.1 Disk full", OutsideDown), ("554 5.7.1 Looks like spam", AddressRefused)]
    )
    def test_a_no_after_the_letter(self, answer: str, error: type[Exception], server: Controller, post: Post) -> None:
        post.data_answer = answer
        with pytest.raises(error, match=answer[4:]):
            smtp(server).send(eml(), sender=SENDER.email, recipients=[GOOD])
        assert post.arrived == []

    def test_a_line_that_breaks_after_the_letter_leaves_it_unsure(self, server: Controller, post: Post) -> None:
        post.hang_up = True
        with pytest.raises(SendingUnsure, match="It will not be sent twice by itself") as caught:
            smtp(server).send(eml(), sender=SENDER.email, recipients=[GOOD])
        assert isinstance(caught.value, PartlyDone)
        assert "resolve" in caught.value.hint

    def test_nobody_there(self) -> None:
        port = free_port()
        transport = SmtpTransport(host="127.0.0.1", port=port, security=Security.NONE)
        with pytest.raises(OutsideDown, match=f"127.0.0.1:{port} cannot be reached. Nothing has left"):
            transport.send(eml(), sender=SENDER.email, recipients=[GOOD])

    def test_a_server_that_hangs_up_at_once(self) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as listening:
            thread = threading.Thread(target=lambda: listening.accept()[0].close())
            thread.start()
            transport = SmtpTransport(host="127.0.0.1", port=listening.getsockname()[1], security=Security.NONE)
            with pytest.raises(OutsideDown, match="cannot be reached"):
                transport.send(eml(), sender=SENDER.email, recipients=[GOOD])
            thread.join()

    def test_nobody_to_send_to(self, server: Controller) -> None:
        with pytest.raises(InputWrong, match="nobody"):
            smtp(server).send(eml(), sender=SENDER.email, recipients=[])

    def test_a_hostile_recipient_adds_no_command(self, server: Controller, post: Post) -> None:
        with pytest.raises(InputWrong):
            smtp(server).send(eml(), sender=SENDER.email, recipients=[f"{GOOD}>\r\nRCPT TO:<all@evil.example"])
        assert post.arrived == []

    def test_a_password_never_travels_in_the_open(self, server: Controller) -> None:
        asked: list[str] = []
        transport = smtp(server, user="desk", password=lambda: asked.append("asked") or "secret")
        with pytest.raises(Refused, match="unprotected"):
            transport.send(eml(), sender=SENDER.email, recipients=[GOOD])
        assert asked == []

    def test_no_falling_back_to_an_open_line(self, server: Controller, post: Post) -> None:
        with pytest.raises(OutsideDown, match=r"does not offer what is set for it \(starttls\)"):
            smtp(server, security=Security.STARTTLS).send(eml(), sender=SENDER.email, recipients=[GOOD])
        assert post.arrived == []

    def test_tls_where_none_is_spoken(self, server: Controller) -> None:
        with pytest.raises(OutsideDown, match="speaks no TLS"):
            smtp(server, security=Security.TLS).send(eml(), sender=SENDER.email, recipients=[GOOD])


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not on this machine, so there is no certificate to test with")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "3650", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key,
         "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("papers"))


def only_password(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"desk", b"secret")
    return AuthResult(success=right, handled=right)


@pytest.fixture(params=[Security.STARTTLS, Security.TLS])
def guarded(
    request: pytest.FixtureRequest, post: Post, papers: tuple[Path, Path]
) -> Iterator[tuple[Controller, Security, ssl.SSLContext]]:
    """A server with a certificate that wants a user name and password."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*papers)
    if request.param is Security.TLS:
        controller = Loopback(
            post,
            hostname="127.0.0.1",
            port=free_port(),
            ssl_context=context,
            authenticator=only_password,
            auth_require_tls=False,
        )
    else:
        controller = Loopback(
            post,
            hostname="127.0.0.1",
            port=free_port(),
            tls_context=context,
            require_starttls=True,
            authenticator=only_password,
            auth_required=True,
        )
    controller.start()
    yield controller, request.param, ssl.create_default_context(cafile=str(papers[0]))
    controller.stop()


class TestGuardedServer:
    """TLS from the start or by STARTTLS, with a password."""

    def test_the_letter_arrives(self, guarded: tuple[Controller, Security, ssl.SSLContext], post: Post) -> None:
        controller, security, trusted = guarded
        transport = smtp(controller, security=security, user="desk", password=lambda: "secret", context=trusted)
        transport.send(eml(), sender=SENDER.email, recipients=[GOOD])
        assert [envelope.content for envelope in post.arrived] == [eml()]

    def test_a_wrong_password_loses_nothing_and_is_not_told(
        self, guarded: tuple[Controller, Security, ssl.SSLContext], post: Post
    ) -> None:
        controller, security, trusted = guarded
        transport = smtp(controller, security=security, user="desk", password=lambda: "hunter2", context=trusted)
        with pytest.raises(OutsideDown, match="did not accept our user name and password") as caught:
            transport.send(eml(), sender=SENDER.email, recipients=[GOOD])
        assert "hunter2" not in str(caught.value)
        assert "hunter2" not in repr(transport)
        assert post.arrived == []

    @pytest.mark.parametrize("guarded", [Security.STARTTLS], indirect=True)
    def test_no_password_is_a_fault_of_ours_and_not_of_the_letter(
        self, guarded: tuple[Controller, Security, ssl.SSLContext], post: Post
    ) -> None:
        controller, security, trusted = guarded
        with pytest.raises(OutsideDown, match="wants a user name and password: 530"):
            smtp(controller, security=security, context=trusted).send(eml(), sender=SENDER.email, recipients=[GOOD])
        assert post.arrived == []

    def test_an_unknown_certificate_is_not_trusted(
        self, guarded: tuple[Controller, Security, ssl.SSLContext], post: Post
    ) -> None:
        controller, security, _ = guarded
        transport = smtp(controller, security=security, user="desk", password=lambda: "secret")
        with pytest.raises(OutsideDown, match="certificate"):
            transport.send(eml(), sender=SENDER.email, recipients=[GOOD])
        assert post.arrived == []
