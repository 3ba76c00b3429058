"""The check of a package: a clean one has no fault, and every planted fault is found, each alone."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from dsar.case.facts import Decision
from dsar.disclosure.check import PackageFault, check_package
from dsar.disclosure.content import table_of
from dsar.disclosure.package import build_package
from dsar.disclosure.proposals import propose, settle
from dsar.disclosure.watch import Watch, join, watch
from dsar.errors import InputWrong
from tests.disclosure import scene
from tests.disclosure.scene import CONTACT, FOLDERS, OTHER_MAIL, OWN, content, files, rewritten, table_with, zipped


def watched() -> Watch:
    return join(watch(one, record_set, proposal, OWN) for record_set, one, proposal in scene.proposals())


def checked(path: Path, **more: object) -> list[PackageFault]:
    watches = watched()
    given: dict[str, object] = {"redacted": tuple(watches.removed), "allowed": (*watches.allowed, CONTACT)}
    return check_package(path, own=OWN, **(given | more))  # type: ignore[arg-type]


def codes(path: Path, **more: object) -> set[tuple[str, str]]:
    return {(fault.code, fault.file.split(" ")[0]) for fault in checked(path, **more)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    build_package(tmp_path / "p.zip", content(), folders=FOLDERS)
    return tmp_path / "p.zip"


def append(text: str) -> Callable[[bytes], bytes]:
    return lambda raw: raw + text.encode()


def into(before: str, text: str) -> Callable[[bytes], bytes]:
    def change(raw: bytes) -> bytes:
        assert before.encode() in raw
        return raw.replace(before.encode(), text.encode() + before.encode(), 1)

    return change


def test_a_package_as_built_is_clean(path: Path) -> None:
    assert checked(path) == []


def test_the_planting_itself_adds_no_fault(path: Path) -> None:
    assert checked(rewritten(path, "letter.txt", append("Yours\n"))) == []


def test_german_packages_are_clean_too(tmp_path: Path) -> None:
    build_package(tmp_path / "p.zip", content(language="de"), folders=FOLDERS)
    assert checked(tmp_path / "p.zip") == []


LETTER = "letter.html"
PAGE = "index.html"
IN_LETTER = [
    ("active", "<script>1</script>"),
    ("active", "<p onclick='x()'>x</p>"),
    ("active", "<iframe></iframe>"),
    ("active", '<meta http-equiv="refresh" content="0">'),
    ("external", '<img src="https://t.example/p.gif">'),
    ("external", '<img src="//t.example/p.gif">'),
    ("external", '<link rel="stylesheet" href="a.css">'),
    ("external", '<p style="background:url(x)">x</p>'),
    ("external", "<style>@import 'x';</style>"),
    ("external", '<a href="javascript:x()">x</a>'),
    ("external", '<form action="https://t.example"></form>'),
    ("hidden", '<p style="display: none">x</p>'),
    ("hidden", '<p style="visibility:hidden">x</p>'),
    ("hidden", "<p hidden>x</p>"),
    ("hidden", '<p style="color: #FFF; background: white">x</p>'),
    ("hidden", '<p style="font-size:0">x</p>'),
    ("hidden", '<p style="opacity:0">x</p>'),
    ("hidden", "<style>.a{position:absolute;left:-9999px}</style>"),
    ("hidden", "<!-- a note -->"),
    ("other_email", "<p>ask eve@else.example</p>"),
    ("other_email", "<p>ask eve<b>@else</b>.example</p>"),
    ("other_email", '<p title="eve@else.example">ask</p>'),
    ("other_phone", "<p>ring +49 30 901820</p>"),
    ("other_phone", "<p>ring (415) 555-0199</p>"),
    ("redacted", f"<p>{scene.HASH}</p>"),
    ("redacted", "<p>Ben  OD&#69;</p>"),
    ("redacted", '<p title="ben ode">x</p>'),
]


@pytest.mark.parametrize(("code", "planted"), IN_LETTER)
def test_a_fault_in_a_page_is_found(path: Path, code: str, planted: str) -> None:
    assert codes(rewritten(path, LETTER, into("<p>Dear", planted))) == {(code, LETTER)}


@pytest.mark.parametrize("planted", ['<a href="https://edpb.europa.eu/">x</a>', '<p style="color:#333">x</p>'])
def test_a_plain_link_or_style_is_no_fault(path: Path, planted: str) -> None:
    assert codes(rewritten(path, LETTER, into("<p>Dear", planted))) == set()


def test_a_removed_word_in_a_comment_is_found(path: Path) -> None:
    planted = rewritten(path, PAGE, into("<main>", f"<!-- {scene.WITHHELD_CALLER} -->"))
    assert ("redacted", PAGE) in codes(planted)


@pytest.mark.parametrize(
    ("name", "before", "planted", "code"),
    [
        ("data/calls/calls.csv", "c2,", "=1+1,x,,,,\r\n", "formula"),
        ("data/calls/calls.csv", "c2,", "c1,x,,tel (415) 555-0199,,\r\n", "other_phone"),
        ("data/calls/calls.csv", "c2,", "c1,eve@else.example,,,,\r\n", "other_email"),
        ("data/calls/calls.csv", "c2,", "c1,415-555-0177,,,,\r\n", "redacted"),
        ("data/calls/calls.json", '"c2"', '"\\u002b14155550177", "x": ', "redacted"),
        ("data/calls/calls.json", '"c2"', '"eve\\u0040else.example", "x": ', "other_email"),
        ("portable/calls/calls.json", '"c2"', '"+4930901820", "x": ', "other_phone"),
        ("data/crm/seats.csv", "S-17", "S-16,,,plain,,,,\r\n", "never"),
        ("about.json", '"rights"', '"x" ', "unreadable"),
        ("README.txt", "WHO", "eve@else.example ", "other_email"),
    ],
)
def test_a_fault_in_a_file_for_programs_is_found(path: Path, name: str, before: str, planted: str, code: str) -> None:
    found = codes(rewritten(path, name, into(before, planted)))
    expected = {(code, name)}
    if code == "redacted":
        found -= {("other_phone", name)}  # a removed number is also a stranger's
    assert found == expected


def test_a_known_other_person_is_found_by_name(path: Path) -> None:
    planted = rewritten(path, "letter.txt", append("as Eve  Hall\u2019s note says"))
    assert codes(planted) == set()
    assert codes(planted, others=("Eve Hall",)) == {("redacted", "letter.txt")}


def test_a_word_is_not_found_inside_another(path: Path) -> None:
    planted = rewritten(path, "letter.txt", append("Benodetti"))
    assert codes(planted, others=("Benode",)) == set()


def test_a_name_is_found_in_scripts_without_blanks(path: Path) -> None:
    planted = rewritten(path, "letter.txt", append("昨日田中太郎さんから電話"))
    assert codes(planted, others=("田中太郎",)) == {("redacted", "letter.txt")}
    assert codes(planted, others=("田中次郎",)) == set()


def test_nothing_is_allowed_unless_it_is_said(path: Path) -> None:
    assert codes(path, allowed=()) >= {("other_email", PAGE), ("other_phone", "data/calls/calls.csv")}


def test_countries_of_numbers_may_be_told(path: Path) -> None:
    planted = rewritten(path, "letter.txt", append("ring 030 901820"))
    assert codes(planted) == set()
    assert codes(planted, countries=("US", "DE")) == {("other_phone", "letter.txt")}


def test_a_changed_file_is_found(path: Path) -> None:
    held = files(path)
    held["letter.txt"] += b"and more"
    assert codes(zipped(path, held)) == {("changed", "letter.txt")}


def test_a_changed_manifest_is_found(path: Path) -> None:
    held = files(path)
    held["manifest.json"] += b"\n"
    assert codes(zipped(path, held)) == {("changed", "manifest.json")}


def test_an_unlisted_file_is_found(path: Path) -> None:
    assert codes(zipped(path, files(path) | {"notes.txt": b"x"})) == {("unlisted", "notes.txt")}


def test_a_missing_file_is_found(path: Path) -> None:
    held = files(path)
    del held["about.json"]
    assert codes(zipped(path, held)) == {("missing", "about.json")}


@pytest.mark.parametrize("manifest", [None, b"[", b"[]", b'{"files": [1]}', b"[" * 5000])
def test_a_manifest_that_is_none_is_found(path: Path, manifest: bytes | None) -> None:
    held = files(path)
    del held["manifest.json"]
    if manifest is not None:
        held["manifest.json"] = manifest
    assert ("manifest", "manifest.json") in codes(zipped(path, held))


@pytest.mark.parametrize("name", ["../up.txt", "/etc/x.txt", "a/../../x.txt", "C:\\x.txt", "..\\x.txt"])
def test_a_path_that_leads_out_is_found(path: Path, name: str) -> None:
    assert {code for code, _ in codes(zipped(path, files(path) | {name: b"x"}))} == {"path", "unlisted"}


def test_a_zip_comment_is_found(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"hello"
    assert codes(path) == {("zip_comment", "")}


def test_extra_data_is_found(path: Path) -> None:
    held = files(path)
    with zipfile.ZipFile(path, "w") as archive:
        for name, raw in held.items():
            info = zipfile.ZipInfo(name)
            if name == "letter.txt":
                info.extra = b"\xfe\xca\x02\x00hi"
            archive.writestr(info, raw)
    assert ("extra", "letter.txt") in codes(path)


@pytest.mark.parametrize("where", ["front", "back", "between"])
def test_bytes_that_belong_to_no_file_are_found(path: Path, where: str) -> None:
    raw = path.read_bytes()
    if where == "front":
        path.write_bytes(b"secret" + raw)
    elif where == "between":
        # a file that the directory no longer names
        held = files(path)
        with zipfile.ZipFile(path, "w") as archive:
            for name, body in held.items():
                archive.writestr(zipfile.ZipInfo(name), body)
            archive.writestr(zipfile.ZipInfo("ghost.txt"), b"ghost")
            archive.filelist.pop()
    else:
        path.write_bytes(raw + b"secret")
    assert codes(path) == {("hidden_bytes", "")}


def test_two_files_of_one_name_are_found(path: Path) -> None:
    held = files(path)
    assert ("twice", "LETTER.txt") in codes(zipped(path, held | {"LETTER.txt": held["letter.txt"]}))


def test_a_link_is_found(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("link.txt")
        info.create_system = 3
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    assert ("path", "link.txt") in codes(path)


def test_damaged_bytes_are_found(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("index.html").header_offset + 30 + len("index.html")
    raw[start + 200 : start + 210] = b"\x00" * 10
    path.write_bytes(bytes(raw))
    assert ("damaged", "index.html") in codes(path)


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", b"no zip at all"])
def test_what_is_no_zip_is_refused(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "p.zip").write_bytes(raw)
    with pytest.raises(InputWrong, match="not a zip"):
        check_package(tmp_path / "p.zip", own=OWN)


def test_no_fault_repeats_what_it_found(path: Path) -> None:
    planted = rewritten(path, "letter.txt", append(f"{OTHER_MAIL} {scene.WITHHELD_CALLER}"))
    assert len(checked(planted)) == 3
    assert not any("elsewhere" in str(fault) or "0177" in str(fault) for fault in checked(planted))


def test_a_number_removed_here_and_dialled_there_is_no_fault(tmp_path: Path) -> None:
    calls = (scene.call(1, "inbound", scene.DIALLED, "withheld"), scene.call(2, "outbound", scene.DIALLED))
    made = [propose(one, scene.CALLS, OWN) for one in calls]
    both = join(watch(one, scene.CALLS, proposal, OWN) for one, proposal in zip(calls, made, strict=True))
    build_package(tmp_path / "p.zip", content(tables=(table_of(scene.CALLS, made),), coverage=()), folders=FOLDERS)
    found = check_package(tmp_path / "p.zip", own=OWN, allowed=(*both.allowed, CONTACT), redacted=tuple(both.removed))
    assert found == []


def test_what_a_person_chose_to_show_is_allowed(tmp_path: Path) -> None:
    one = scene.seat(note=f"Ben Ode <{OTHER_MAIL}> said yes")
    whole = settle(propose(one, scene.SEATS, OWN), Decision.DISCLOSE, finding=one, record_set=scene.SEATS, own=OWN)
    seen = watch(one, scene.SEATS, whole, OWN)
    assert OTHER_MAIL in seen.allowed
    assert scene.HASH in seen.removed
    build_package(tmp_path / "p.zip", content(tables=(table_of(scene.SEATS, [whole]),), coverage=()), folders=FOLDERS)
    found = check_package(tmp_path / "p.zip", own=OWN, allowed=(*seen.allowed, CONTACT), redacted=tuple(seen.removed))
    assert found == []


def test_a_field_wrongly_said_to_be_the_persons_is_caught(tmp_path: Path) -> None:
    table = table_with({"id": "1", "email": "eve@else.example"})
    build_package(tmp_path / "p.zip", content(tables=(table,), coverage=()), folders=FOLDERS)
    assert {code for code, _ in codes(tmp_path / "p.zip")} == {"other_email"}


def test_a_withheld_record_adds_its_people_and_not_its_words() -> None:
    one = scene.call(1, "outbound", scene.HELPLINE)
    seen = watch(one, scene.CALLS, propose(one, scene.CALLS, OWN), OWN)
    assert seen.removed == {scene.HELPLINE}
    assert seen.allowed == frozenset()


def test_a_large_table_is_checked(tmp_path: Path) -> None:
    rows = [{"id": f"r{number}", "at": f"2026-03-01T10:00:{number % 60:02}Z"} for number in range(3000)]
    rows[2500]["id"] = "eve@else.example"
    build_package(tmp_path / "p.zip", content(tables=(table_with(*rows),), coverage=()), folders=FOLDERS)
    faults = [fault for fault in checked(tmp_path / "p.zip") if fault.code == "other_email"]
    assert "data/crm/things.csv line 2502" in [fault.file for fault in faults]
    assert json.loads(files(tmp_path / "p.zip")["manifest.json"])["case"] == "DSAR-2026-0036"
