"""HTML from strangers becomes text as read, or HTML that can do nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.formats.html import clean_html, html_to_text


def test_blocks_become_lines_and_lists_keep_their_marks() -> None:
    html = (
        "<html><head><title>no</title><style>p{}</style></head><body><h1>Request</h1><p>I&nbsp;wish\n to:</p>"
        "<ol start=3><li>Delete</li><li>Know</li></ol><ul><li>First<ul><li>inner</li></ul></li></ul>"
        "one<br>two<br><br>three<hr>four<pre>a\n  b</pre></body></html>"
    )
    assert html_to_text(html) == (
        "Request\n\nI wish to:\n\n3. Delete\n4. Know\n\n- First\n  - inner\n\none\ntwo\n\nthree\nfour\n\na\n  b"
    )


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="display:none">secret</p>',
        '<p style="DISPLAY : None !important">secret</p>',
        '<div style="visibility:hidden"><p>secret</p></div>',
        '<span style="font-size:0px">secret</span>',
        '<span style="opacity: 0;">secret</span>',
        "<p hidden>secret</p>",
        "<script>secret</script><style>secret</style><template>secret</template>",
        "<!-- secret -->",
    ],
)
def test_what_a_reader_would_not_see_is_left_out(hidden: str) -> None:
    assert html_to_text(f"<p>seen</p>{hidden}<p>also</p>") == "seen\n\nalso"


def test_small_type_is_not_hidden() -> None:
    assert html_to_text('<span style="font-size:0.9em;opacity:0.5">seen</span>') == "seen"


def test_links_are_written_out_once_and_only_harmless_ones() -> None:
    html = (
        '<a href="https://x.example/a">click</a>, <a href="https://x.example/">https://x.example</a>, '
        '<a href="mailto:a@b.example">a@b.example</a>, <a href="javascript:alert(1)">js</a>'
    )
    assert html_to_text(html) == "click (https://x.example/a), https://x.example, a@b.example, js"


def test_a_two_cell_row_reads_as_name_and_value() -> None:
    html = "<table><tr><td>Name</td><td>Zoe</td></tr><tr><td>Mail:</td><td>z@x.example</td></tr></table>"
    assert html_to_text(html) == "Name: Zoe\nMail: z@x.example"
    assert html_to_text("<table><tr><th>a</th><th>b</th><th>c</th></tr></table>") == "a | b | c"


def test_quotes_are_marked_as_in_mail() -> None:
    assert html_to_text("new<blockquote>old<p>older</p></blockquote>end") == "new\n\n> old\n>\n> older\n\nend"


def test_clean_html_can_do_nothing() -> None:
    clean = clean_html(
        '<p onclick="x()" style="position:fixed">hi <img src=http://t.example/p.gif><a href="javascript:x()">a</a>'
        '<a href="https://x.example">b</a><form><input></form><iframe src=x></iframe><script>x</script></p>'
    )
    assert clean == (
        '<p>hi <a rel="noopener noreferrer nofollow">a</a>'
        '<a href="https://x.example" rel="noopener noreferrer nofollow">b</a></p><p></p>'
    )


@pytest.mark.parametrize("bomb", ["<div>" * 100_000, "<ul><li>" * 50_000, "&" * 1_000_000, "<b " * 300_000])
def test_html_built_to_cost_time_is_read_as_words(bomb: str) -> None:
    assert html_to_text(f"{bomb} please delete").endswith("please delete") or bomb.startswith("<b ")
    assert "<div>" not in clean_html(bomb + "x")


@given(st.text(alphabet=st.sampled_from("<>/ap divbr=\"'&;!-#x0liut\n\t"), max_size=200))
def test_any_html_is_read(html: str) -> None:
    text = html_to_text(html)
    assert text == text.strip("\n")
    assert "<script" not in clean_html(html)
