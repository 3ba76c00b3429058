"""One source, two faces: the HTML and the plain letter."""

from hypothesis import given
from hypothesis import strategies as st

from dsar.formats.markdown import escape_markdown, markdown_to_html, markdown_to_text, tokens

LETTER = """\
# Your request of 3 March

Dear **Zoe**, we *received* your letter and will answer it in full by the third of April of this year.

1. See [our page](https://x.example/p) for the categories of personal data and their purposes in this list
2. Write to <privacy@x.example>

- a
- b
  - c

Street 1\\
12345 Town

| Field | Value |
|---|---|
| Name | Zoë |

> Said once.

    verbatim  text

---

End
"""


def test_the_text_reads_as_a_letter() -> None:
    assert markdown_to_text(LETTER, width=60) == (
        "Your request of 3 March\n\n"
        "Dear Zoe, we received your letter and will answer it in full\nby the third of April of this year.\n\n"
        "1. See our page (https://x.example/p) for the categories of\n"
        "   personal data and their purposes in this list\n"
        "2. Write to privacy@x.example\n\n"
        "- a\n- b\n  - c\n\n"
        "Street 1\n12345 Town\n\n"
        "Field  Value\n-----  -----\nName   Zoë\n\n"
        "    Said once.\n\n"
        "    verbatim  text\n\n"
        "- - -\n\n"
        "End\n"
    )


def test_a_wide_table_becomes_lines() -> None:
    wide = "| What | Why |\n|---|---|\n| " + "word " * 12 + "| reason |\n"
    text = markdown_to_text(wide, width=40)
    assert text.startswith("What: word word")
    assert text.endswith("\nWhy: reason\n")
    assert max(map(len, text.splitlines())) <= 40


def test_lists_keep_their_numbers_and_loose_ones_their_air() -> None:
    assert markdown_to_text("9. nine\n10. ten\n") == " 9. nine\n10. ten\n"
    assert markdown_to_text("- one\n\n- two\n\n  more\n") == "- one\n\n- two\n\n  more\n"


def test_nothing_makes_nothing() -> None:
    assert markdown_to_text("") == ""


def test_the_html_loads_and_runs_nothing() -> None:
    html = markdown_to_html(
        "<script>x</script> ![i](http://t.example/p.gif) [a](javascript:x)\n\n| a |\n|---|\n| b |\n"
    )
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert "<table>" in html
    assert [token.type for token in tokens("# a")] == ["heading_open", "inline", "heading_close"]


def test_a_value_is_shown_as_it_is() -> None:
    hostile = "*Eve* [x](http://e.example) <b> 1. # `c` &amp; | a_b_c"
    assert markdown_to_text(escape_markdown(hostile), width=200) == hostile + "\n"
    assert markdown_to_text(escape_markdown("Street 1\n\n- Town")) == "Street 1\n- Town\n"


@given(
    st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Zs", "Zl", "Zp")), min_size=1, max_size=30)
)
def test_any_word_survives_escaping(word: str) -> None:
    assert markdown_to_text(escape_markdown(word), width=10_000).strip() == escape_free(word)


def escape_free(word: str) -> str:
    return word.replace("\u2800", "").replace("\u3164", "").strip()
