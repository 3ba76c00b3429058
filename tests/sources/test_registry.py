"""Kinds of source come through entry points, and one that is unknown or unfit is an error that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsar.case.records import RecordSet
from dsar.errors import InputWrong
from dsar.sources.interface import Source, SourceFailed, SourceSettings, Why
from dsar.sources.registry import kinds, open_each, open_source

RECORDS = RecordSet(source="crm", name="people", title="People", place="", key=(), fields=(), roles=())
PLUGINS = """
class Half:
    def __init__(self, settings, home):
        self.settings = settings

class Whole(Half):
    problems = []
    def test(self): ...
    def find(self, record_set, identifiers): return iter(())

class Raises:
    def __init__(self, settings, home):
        raise ValueError("the password is hunter2")
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution of other people's sources, found as any installed one is."""
    (tmp_path / "others_sources.py").write_text(PLUGINS, encoding="utf-8")
    info = tmp_path / "others-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: others\nVersion: 1.0\n", encoding="utf-8")
    names = {"whole": "Whole", "half": "Half", "raises": "Raises", "gone": "Gone", "sqlite": "Whole"}
    lines = [f"{kind} = others_sources:{name}" for kind, name in names.items()]
    (info / "entry_points.txt").write_text("\n".join(["[dsar.sources]", *lines, "lost = no_such_module:X"]), "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))


def settings(kind: str) -> SourceSettings:
    return SourceSettings(name="crm", kind=kind, title="CRM", owner="luis", path="data", record_sets=())


@pytest.mark.parametrize("kind", ["csv", "jsonl", "mailbox", "person", "sqlite"])
def test_the_built_in_kinds_are_sources(kind: str, tmp_path: Path) -> None:
    source = open_source(settings(kind), tmp_path)
    assert isinstance(source, Source)
    assert source.settings.kind == kind


def test_an_unknown_kind_is_an_error_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(InputWrong, match=r'no kind of source "sqllite".*Did you mean "sqlite"'):
        open_source(settings("sqllite"), tmp_path)


@pytest.mark.usefixtures("installed")
def test_other_peoples_kinds_are_opened_the_same_way(tmp_path: Path) -> None:
    assert {"whole", "csv"} <= set(kinds())
    assert type(open_source(settings("whole"), tmp_path)).__name__ == "Whole"


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("lost", "does not load (ModuleNotFoundError)"),
        ("gone", "does not load (AttributeError)"),
        ("raises", "does not load (ValueError)"),
        ("half", "it lacks what every source must have"),
    ],
)
def test_an_unfit_plugin_is_named_and_never_skipped(tmp_path: Path, kind: str, says: str) -> None:
    with pytest.raises(SourceFailed) as failed:
        open_source(settings(kind), tmp_path)
    assert failed.value.why is Why.PLUGIN
    assert f'the plug-in "{kind}"' in failed.value.message
    assert says in failed.value.message
    assert "hunter2" not in str(failed.value)
    assert "dsar source test crm" in failed.value.hint


@pytest.mark.usefixtures("installed")
def test_one_that_does_not_load_is_there_and_says_so_and_the_others_are_opened(tmp_path: Path) -> None:
    bad, good = open_each([settings("raises"), settings("csv")], tmp_path)
    assert isinstance(bad, Source)
    for ask in (bad.test, lambda: bad.find(RECORDS, [])):
        with pytest.raises(SourceFailed, match=r"does not load \(ValueError\)"):
            ask()
    assert type(good).__name__ == "CsvSource"
    with pytest.raises(InputWrong, match="no kind of source"):
        open_each([settings("csv"), settings("sqllite")], tmp_path)


@pytest.mark.usefixtures("installed")
def test_two_providers_of_one_kind_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputWrong, match='2 installed packages provide the kind "sqlite"'):
        open_source(settings("sqlite"), tmp_path)
