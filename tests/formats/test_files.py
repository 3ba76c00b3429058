"""Files are written whole or not at all, and read only within their place and size."""

import hashlib
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.errors import InputWrong, PartlyDone
from dsar.formats.files import (
    contained,
    private_folder,
    read_limited,
    safe_name,
    sha256_of,
    size_words,
    sniff,
    write_atomic,
)


def test_write_atomic_is_private_and_hashed(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    told = write_atomic(path, "Zoë\n")
    assert path.read_bytes() == "Zoë\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert told == hashlib.sha256("Zoë\n".encode()).hexdigest() == sha256_of(path)
    write_atomic(path, b"new", mode=0o660)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    assert [entry.name for entry in tmp_path.iterdir()] == ["letter.txt"]


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(InputWrong, match=r"taken could not be written .* unchanged"):
        write_atomic(tmp_path / "taken", b"x")
    assert [entry.name for entry in tmp_path.iterdir()] == ["taken"]
    with pytest.raises(InputWrong):
        write_atomic(tmp_path / "nowhere" / "file", b"x")


def test_no_room_leaves_the_old_file(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    path = tmp_path / "letter.txt"
    write_atomic(path, b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(PartlyDone, match=r"No room left on the disk for letter\.txt"):
            write_atomic(path, b"x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["letter.txt"]


def test_write_atomic_replaces_a_link_instead_of_following_it(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("keep")
    (tmp_path / "link").symlink_to(other)
    write_atomic(tmp_path / "link", b"mine")
    assert other.read_text() == "keep"
    assert not (tmp_path / "link").is_symlink()


def test_read_limited(tmp_path: Path) -> None:
    path = tmp_path / "five"
    path.write_bytes(b"12345")
    assert read_limited(path, 5) == b"12345"
    with pytest.raises(InputWrong, match="larger than 4 bytes"):
        read_limited(path, 4)
    with pytest.raises(InputWrong, match="could not be read"):
        read_limited(tmp_path / "none", 4)
    with pytest.raises(InputWrong, match="could not be read"):
        read_limited(tmp_path / "nul\0", 4)
    with pytest.raises(InputWrong, match="could not be read"):
        sha256_of(tmp_path / "none")


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputWrong, match="not an ordinary file"):
        read_limited(tmp_path / "pipe", 10)


@pytest.mark.parametrize(
    "name",
    ["../x", "a/../../x", "/etc/passwd", "", ".", "..\\x", "C:\\x", "C:x", "\\\\host\\x", "a\0b", "a\nb", "out/x"],
)
def test_contained_refuses_what_lies_outside(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "out").symlink_to(tmp_path)
    with pytest.raises(InputWrong, match="does not lie inside"):
        contained(folder, name)


def test_contained_allows_what_lies_inside(tmp_path: Path) -> None:
    assert contained(tmp_path, "work/letter.pdf") == tmp_path.resolve() / "work" / "letter.pdf"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Zoë Müller's letter.pdf", "Zoe-Muller-s-letter.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\scan 1.PDF", "scan-1.PDF"),
        ("Ελένη.pdf", "file.pdf"),
        (".bashrc", "file.bashrc"),
        ("con.txt", "file-con.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("", "file"),
        ("...", "file"),
        ("Straße.TXT", "Strasse.TXT"),
    ],
)
def test_safe_name(text: str, name: str) -> None:
    assert safe_name(text) == name


@given(st.text(max_size=300))
def test_safe_name_is_safe_and_settled(text: str) -> None:
    name = safe_name(text)
    assert name.isascii()
    assert 0 < len(name) <= 100
    assert not set(name) & set('/\\:*?"<>|\0 ')
    assert name[0] not in ".-"
    assert safe_name(name) == name


def test_private_folder(tmp_path: Path) -> None:
    made = private_folder(tmp_path / "a" / "b")
    assert stat.S_IMODE(made.stat().st_mode) == stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    made.chmod(0o755)
    assert stat.S_IMODE(private_folder(made).stat().st_mode) == 0o700
    (tmp_path / "link").symlink_to(made)
    with pytest.raises(InputWrong, match="is a link"):
        private_folder(tmp_path / "link")
    (tmp_path / "file").touch()
    with pytest.raises(InputWrong, match="could not be written"):
        private_folder(tmp_path / "file")


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"", "empty"),
        (b" \r\n\xef\xbb\xbf"[:3], "empty"),
        (b"%PDF-1.7\n", "pdf"),
        (b"PK\x03\x04rest", "zip"),
        (b"PK\x03\x04 xl/workbook.xml", "xlsx"),
        (b"From: a@b.example\nSubject: x\n\nhi", "mail"),
        (b"\r\nReceived: by x;\n\tcontinued\n\n\x00\x01", "mail"),
        (b"From a@b.example Sat Jan  3 10:00:00 2026\nFrom: a@b.example\n\nhi", "mbox"),
        (b'{"a": 1}', "json"),
        (b"[1, 2]", "json"),
        (b"[Name] wishes", "text"),
        (b"Dear Sir:\nplease delete", "text"),
        (b"From: Ada\nDear privacy team,\n", "text"),
        (b"Note: this\n\nmore", "text"),
        ("Grüße".encode("cp1252"), "text"),
        ("\ufeffhello".encode("utf-16"), "text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "binary"),
    ],
)
def test_sniff(raw: bytes, kind: str) -> None:
    assert sniff(raw) == kind


def test_sizes_are_said_as_people_say_them() -> None:
    assert [size_words(size) for size in (7, 12_000, 50_000_000)] == ["7 bytes", "12 kB", "50 MB"]
