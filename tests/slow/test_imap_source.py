"""A folder on a real mail server keeps the promises of every source, and is never changed."""

from __future__ import annotations

import shutil
import subprocess
import tracemalloc
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from dsar.errors import Refused
from dsar.formats.imap import Account, connected
from dsar.sources.imap import messages
from dsar.sources.interface import SourceFailed, Why
from dsar.sources.writing import writer
from tests.slow import dovecot
from tests.slow.dovecot import PASSWORD, TOKEN, USER, Dovecot
from tests.sources import promises
from tests.sources.office import Office, who
from tests.sources.people import PEOPLE, describe, mail
from tests.sources.promises import found

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(dovecot.missing()), reason=dovecot.missing())]
ANA = who("email", "ana@example.com")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    with dovecot.running(tmp_path_factory.mktemp("server") / "server") as running:
        for person in PEOPLE:
            running.put(letter(*person), name=f"{100 + int(person[0])}.a")
        yield running


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOX_PASSWORD", PASSWORD)
    monkeypatch.setenv("BOX_TOKEN", TOKEN)


def letter(number: str, sender: str, phone: str, note: str) -> bytes:
    """A person of the suite as a mail, without the line that only an mbox has."""
    return mail(number, sender, phone, note).partition("\n")[2].encode()


def described(office: Office, server: Dovecot, path: str = "", **options: object) -> Office:
    """The office with this folder as its source; ``options`` with "" are left out."""
    settings = {"password": "env:BOX_PASSWORD", "certificates": str(server.certificate)} | options
    told = ", ".join(f'{name} = "{value}"' for name, value in settings.items() if value != "")
    fields = {"email": "from", "phone": "signature_phone", "note": "body"}
    address = path or f"imaps://{USER}@localhost:{server.tls}/INBOX"
    describe(office, "mailbox", address, more="", options=f"options = {{ {told} }}", fields=fields)
    return office


def fails(office: Office, says: str, why: Why) -> None:
    """The whole source fails for this reason, in words that name nobody."""
    source = office.source("people")
    with pytest.raises(SourceFailed, match=says) as failed:
        found(source, ANA)
    assert failed.value.why is why
    assert not any(word in str(failed.value) for word in (PASSWORD, USER, "ana@", "Traceback"))
    with pytest.raises(SourceFailed, match=says):
        source.test()


def test_what_every_source_promises(office: Office, server: Dovecot) -> None:
    described(office, server)
    before = server.look().keys()
    promises.email_in_any_case_and_in_prose(office.source("people"), mail=True)
    for spelling in promises.SPELLINGS:
        promises.number_in_every_spelling(office.source("people"), spelling, mail=True)
    promises.several_at_once(office.source("people"))
    promises.nothing_held_is_an_empty_answer(office.source("people"))
    promises.name_alone_finds_nothing(office.source("people"))
    promises.hostile_content_comes_back(office.source("people"), "body")
    promises.trial_counts_rows(office.source("people"))
    for raw in promises.HOSTILE:
        promises.hostile_identifier_finds_no_one(office.source("people"), raw)
    record = found(office.source("people"), who("email", "ben@example.com"))["7"]
    assert record.place == "INBOX message 7"
    assert {name.partition(":")[0] for name in server.look()} == {name.partition(":")[0] for name in before}
    assert server.flags() == set(), "no mail may be marked as seen, answered or deleted"


@pytest.mark.parametrize("way", ["starttls", "none", "token", "options"])
def test_the_other_ways_in(office: Office, server: Dovecot, way: str) -> None:
    if way == "starttls":
        described(office, server, f"imap://{USER}@localhost:{server.plain}")
    elif way == "none":
        described(office, server, f"imap://{USER}@localhost:{server.plain}", security="none", certificates="")
    elif way == "token":
        described(office, server, password="", token="env:BOX_TOKEN")
    else:
        told = {"host": "localhost", "port": server.tls, "user": USER, "folder": "INBOX"}
        described(office, server, **told)
        text = (office.home / "sources/people.toml").read_text()
        kept = [line for line in text.splitlines() if not line.startswith("path = ")]
        (office.home / "sources/people.toml").write_text("\n".join(kept))
    assert found(office.source("people"), ANA).keys() == {"1", "2", "10"}


def test_the_folders_inside_a_folder_are_read_and_those_beside_it_are_not(office: Office, server: Dovecot) -> None:
    person = ("{}", "ana@example.com", "", "Hello.")
    for number, folder in enumerate(("Alt &- &AOQ-", "Alt &- &AOQ-.2025", "Alt &- &AOQ-x", "Other"), start=20):
        server.put(letter(str(number), *person[1:]), folder=folder, name=f"{number}.a")
    described(office, server, f"imaps://{USER}@localhost:{server.tls}/Alt%20%26%20%C3%A4")
    records = found(office.source("people"), ANA)
    assert {record.place for record in records.values()} == {"Alt & ä message 1", "Alt & ä.2025 message 1"}
    described(office, server)
    text = (office.home / "sources/people.toml").read_text()
    (office.home / "sources/people.toml").write_text(
        text.replace('title = "People"\n\n', 'place = "Other"\ntitle = "x"\n')
    )
    assert found(office.source("people"), ANA).keys() == {"23"}


def test_a_folder_that_is_not_there_is_a_failure(office: Office, server: Dovecot) -> None:
    described(office, server, f"imaps://{USER}@localhost:{server.tls}/Nowhere")
    fails(office, 'has no folder "Nowhere"', Why.MISSING)


def test_a_wrong_password_or_none(office: Office, server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    described(office, server)
    monkeypatch.setenv("BOX_PASSWORD", "Wr0ngHorse")
    fails(office, "did not accept our user name and password", Why.REFUSED)
    monkeypatch.delenv("BOX_PASSWORD")
    fails(office, "env:BOX_PASSWORD is not to be found", Why.REFUSED)


def test_a_certificate_nobody_vouches_for_is_refused(office: Office, server: Dovecot) -> None:
    described(office, server, certificates="")
    fails(office, "shows a certificate that this computer does not trust", Why.REFUSED)


def test_nobody_there_and_no_tls(office: Office, server: Dovecot) -> None:
    described(office, server, f"imaps://{USER}@localhost:1/INBOX")
    fails(office, "cannot be reached", Why.BROKEN)
    described(office, server, f"imaps://{USER}@localhost:{server.plain}/INBOX")
    fails(office, "speaks no TLS on this port", Why.BROKEN)


def test_a_line_that_breaks_in_mid_read_leaves_nothing_half(office: Office, tmp_path: Path) -> None:
    with dovecot.running(tmp_path / "mortal") as mortal:
        for number in range(100):
            mortal.put(letter(str(number), "ana@example.com", "", "Hello."), name=f"{1000 + number}.a")
        described(office, mortal)
        source = office.source("people")
        reading = source.find(source.settings.record_sets[0], [ANA])
        assert next(reading).key
        mortal.stop()
        with pytest.raises(SourceFailed, match="broke off") as failed:
            list(reading)
        assert failed.value.why is Why.BROKEN
        mortal.start()
        assert len(found(source, ANA)) == 100


def test_a_mail_expunged_meanwhile_is_left_out_and_the_others_are_read(office: Office, tmp_path: Path) -> None:
    with dovecot.running(tmp_path / "busy") as busy:
        for number in range(60):
            busy.put(letter(str(number), "ana@example.com", "", "Hello."), name=f"{1000 + number}.a")
        described(office, busy)
        source = office.source("people")
        reading = source.find(source.settings.record_sets[0], [ANA])
        first = next(reading).key
        words = [
            "doveadm",
            "-c",
            str(busy.folder / "dovecot.conf"),
            "expunge",
            "-u",
            USER,
            "mailbox",
            "INBOX",
            "uid",
            "40:50",
        ]
        subprocess.run(words, check=True, capture_output=True)
        keys = {first, *(record.key for record in reading)}
        assert keys == {f"{number}@desk" for number in range(60) if not 39 <= number < 50}


def test_a_mail_beyond_the_limit_is_told_and_the_next_is_read(office: Office, tmp_path: Path) -> None:
    with dovecot.running(tmp_path / "large") as large:
        large.put(letter("1", "ana@example.com", "", "x\n" * 26_000_000), name="100.a")
        large.put(letter("2", "ana@example.com", "", "Hello."), name="101.a")
        described(office, large)
        source = office.source("people")
        assert found(source, ANA).keys() == {"2"}
        (problem,) = source.problems
        assert (problem.file, problem.line) == ("INBOX", 1)
        assert "larger than 50 MB" in problem.says


def test_the_memory_holds_a_few_messages_however_many_there_are(office: Office, tmp_path: Path) -> None:
    with dovecot.running(tmp_path / "long") as long:
        body = letter("{}", "b@x.example", "", ("x" * 70 + "\n") * 1_400)
        fill(long, (body.replace(b"{}", b"%d" % number) for number in range(400)))
        settings = described(office, long).source("people").settings
        tracemalloc.start()
        sizes = [len(raw) for _, _, raw in messages(settings, office.home, "", [])]
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert len(sizes) == 400
        assert peak < 12_000_000 < 36_000_000 < sum(sizes)


def test_a_folder_of_thousands_is_listed_whole(tmp_path: Path) -> None:
    with dovecot.running(tmp_path / "many") as many:
        fill(many, (b"Subject: %d\n\n" % number for number in range(5_003)))
        account = Account(
            host="localhost", port=many.tls, security="tls", user=USER, secret=lambda: PASSWORD,
            certificates=many.certificate,
        )  # fmt: skip
        with connected(account) as folders:
            folders.open("INBOX")
            assert list(folders.every()) == list(range(1, 5_004))


def fill(server: Dovecot, mails: Iterable[bytes]) -> None:
    """Many mails at once, as if they had been there before the server started."""
    (server.box / "cur").mkdir(parents=True)
    for number, raw in enumerate(mails):
        (server.box / "cur" / f"{10_000 + number}.a:2,").write_bytes(raw)
    for path in (server.box, *server.box.rglob("*")):
        shutil.chown(path, "nobody", "nogroup")


def test_a_mailbox_on_a_server_is_never_written(office: Office, server: Dovecot) -> None:
    described(office, server)
    with pytest.raises(Refused, match="mailbox on a server"):
        writer(office.source("people").settings, office.home)
