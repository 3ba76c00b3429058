"""Templates can fill in a letter and nothing else."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from jinja2 import Environment

from dsar.errors import InputWrong, Refused
from dsar.formats.templates import environment, render


@dataclass(frozen=True)
class Letter:
    name: str
    sent_on: date

    def greeting(self) -> str:
        return f"Dear {self.name}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "templates"
    made.mkdir()
    return made


def filled(folder: Path, source: str, *, autoescape: bool = False, **values: object) -> str:
    (folder / "extend.md").write_text(source, encoding="utf-8")
    return render(environment([folder], autoescape=autoescape), "extend.md", values)


def test_a_letter_is_filled_in(folder: Path) -> None:
    source = (
        "{{ letter.greeting() }}, {{ letter.sent_on.isoformat() }} {{ items|join(', ') }}"
        "{% for n in range(3) %} {{ n ~ '.' }}{% endfor %}"
        "{% set ns = namespace(a=1) %}{% set ns.a = ns.a + 1 %}{{ ns.a }}"
        "{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m('y') }} {{ {'a': 1}|tojson }} {{ 'A'.lower() }}\n"
    )
    letter = Letter(name="Zoë", sent_on=date(2026, 3, 3))
    assert filled(folder, source, letter=letter, items=["a", "b"]) == (
        'Dear Zoë, 2026-03-03 a, b 0. 1. 2.2<y> {"a": 1} a\n'
    )


def test_html_is_escaped_and_text_is_not(folder: Path) -> None:
    assert filled(folder, "{{ x }}{{ x ~ '<' }}", autoescape=True, x="<b>") == "&lt;b&gt;&lt;b&gt;&lt;"
    assert filled(folder, "{{ x }}{{ x ~ '<' }}", x="<b>") == "<b><b><"


@pytest.mark.parametrize(
    "source",
    ["{{ reason }}", "{{ letter.reason }}", "{% if reason %}x{% endif %}", "{{ 'x' ~ reason }}", "{{ reason.a }}"],
)
def test_a_missing_value_is_named(folder: Path, source: str) -> None:
    with pytest.raises(Refused) as told:
        filled(folder, source, letter=Letter(name="Zoë", sent_on=date(2026, 3, 3)))
    assert told.value.message == 'Not sent: the letter "extend" needs {{reason}} and the case has none.'
    assert told.value.hint == "Add it, then see the letter: dsar letter preview CASE extend"


def test_default_answers_a_missing_value(folder: Path) -> None:
    assert filled(folder, "{{ reason|default('none') }}") == "none"


GROWS = "{{% set ns = namespace(t='ab') %}}{{% for n in range(60) %}}{}{{% endfor %}}{{{{ ns.t|length }}}}"


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ ''['__class__'] }}",
        "{{ letter.__init__.__globals__ }}",
        "{{ letter.greeting.__func__.__code__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ ''|attr('__class__') }}",
        "{{ '{0.__class__}'.format('') }}",
        "{{ 'a'.center(1000000000) }}",
        "{{ 'a' * 1000000000 }}",
        "{{ [1] * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ range(1000000000)|list }}",
        "{% for n in range(1000) %}{% for m in range(1000) %}xx{% endfor %}{% endfor %}",
        GROWS.format("{% set ns.t = ns.t ~ ns.t %}"),
        GROWS.format("{% set ns.t = ns.t + ns.t %}"),
        GROWS.format("{% set ns.t %}{{ ns.t }}{{ ns.t }}{% endset %}"),
        "{{ items.append(1) }}",
        "{{ path.unlink() }}",
        "{{ path.read_text() }}",
        "{{ 'abc'|batch(1000000000, 'x')|list }}",
    ],
)
def test_the_sandbox_holds(folder: Path, tmp_path: Path, source: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("kept")
    letter = Letter(name="Zoë", sent_on=date(2026, 3, 3))
    with pytest.raises((Refused, InputWrong)) as told:
        filled(folder, source, letter=letter, items=[], path=secret)
    assert "Zoë" not in str(told.value)
    assert secret.read_text() == "kept"


def test_a_refusal_says_where(folder: Path) -> None:
    with pytest.raises(Refused, match=r"extend\.md line 2 reaches for something"):
        filled(folder, "Dear\n{{ 'a' * 5000 }}\n")
    with pytest.raises(Refused, match="makes more text than a letter can hold"):
        filled(folder, "{{ range(100000) }}")


def test_a_slip_in_an_offices_template_is_told_with_file_and_line(folder: Path) -> None:
    with pytest.raises(InputWrong, match=r"^extend\.md line 3: .*The letter was not made\."):
        filled(folder, "a\nb\n{% if x %}\n")
    with pytest.raises(InputWrong, match=r"extend\.md line 2: it cannot be filled in \(TypeError\)"):
        filled(folder, "a\n{{ 'Zoë' + 1 }}\n")
    with pytest.raises(InputWrong, match="cannot be filled in"):
        filled(folder, "{% include 'extend.md' %}")


def test_no_file_outside_the_folders_is_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (folder / "link.md").symlink_to(tmp_path / "secret")
    for name in ("../secret", "/etc/passwd", "link.md", "none.md"):
        with pytest.raises(InputWrong, match="There is no template"):
            render(environment([folder], autoescape=False), name, {})
        with pytest.raises(InputWrong, match="There is no template"):
            filled(folder, f"{{% include '{name}' %}}")


def test_a_huge_template_is_not_read(folder: Path) -> None:
    (folder / "huge.md").write_text("x" * 300_000)
    with pytest.raises(InputWrong):
        render(environment([folder], autoescape=False), "huge.md", {})


def test_the_offices_folder_wins_and_the_environment_is_kept(folder: Path, tmp_path: Path) -> None:
    office = tmp_path / "office"
    office.mkdir()
    (folder / "a.md").write_text("ours")
    (folder / "b.md").write_text("ours")
    (office / "a.md").write_text("{{ 'the office'|loud }}")
    env: Environment = environment([office, folder], autoescape=False, filters={"loud": str.upper})
    assert (render(env, "a.md", {}), render(env, "b.md", {})) == ("THE OFFICE", "ours")
    assert environment([office, folder], autoescape=False, filters={"loud": str.upper}) is env
    assert "loud" not in environment([office, folder], autoescape=False).filters
