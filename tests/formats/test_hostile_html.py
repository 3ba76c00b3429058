"""What HTML hides from its reader is not read as words of the person, and nothing in it can act."""

from __future__ import annotations

import pytest

from dsar.formats.html import clean_html, html_to_text, read_html

HIDDEN = [
    "display:none", "visibility : hidden", "font-size:0", "font-size:0px;line-height:1", "font-size:1px", "opacity:0",
    "max-height:0;overflow:hidden", "height:0px;overflow:hidden", "text-indent:-9999px",
    "position:absolute;left:-5000px",
    "mso-hide:all", "color:#fff", "color:white", "color:#FFFFFF;background-color:#ffffff", "color:rgb(255, 255, 255)",
]  # fmt: skip
SEEN = [
    "font-size:0.9em", "font-size:10px", "opacity:0.5", "height:0;overflow:visible", "color:#fff;background:#003366",
    "color:#ffe",
    "color:#fffff0", "text-indent:-10px", "max-height:100px", "background:url(x.png);color:white", "margin-left:-5px",
    "width:0",
    "line-height:0.9", "font-size:0.8rem", "font-size:1.2px0",
]  # fmt: skip


@pytest.mark.parametrize("style", HIDDEN)
def test_what_a_style_hides_is_kept_apart(style: str) -> None:
    page = read_html(f'<p>seen</p><div style="{style}">secret <b>words</b></div><p>end</p>')
    assert (page.text, page.hidden) == ("seen\n\nend", "secret words")


@pytest.mark.parametrize("style", SEEN)
def test_what_a_reader_sees_is_read(style: str) -> None:
    page = read_html(f'<div style="{style}">seen</div>')
    assert (page.text, page.hidden) == ("seen", "")


def test_white_letters_are_seen_on_a_dark_ground_around_them() -> None:
    page = '<table><tr><td bgcolor="#222"><font color="#ffffff">Delete my data</font></td></tr></table>'
    assert html_to_text(page) == "Delete my data"
    assert html_to_text("<body bgcolor=white><font color=white>no</font></body>") == ""


def test_hidden_within_seen_and_seen_after_hidden() -> None:
    page = read_html("<p>a<span style='display:none'>b<span>c</span></span>d</p>")
    assert (page.text, page.hidden) == ("ad", "b c")


@pytest.mark.parametrize(
    "block",
    ['id="divRplyFwdMsg"', 'id="x_divRplyFwdMsg"', 'class="yahoo_quoted"', 'id="ms-outlook-mobile-reference-message"'],
)
def test_the_older_message_of_outlook_is_marked_whatever_its_language(block: str) -> None:
    page = f"<p>Yes, do.</p><hr><div {block}><b>Feilan:</b> A<br><b>Zrobiono:</b> x</div><div>older</div>"
    assert html_to_text(page).startswith("Yes, do.\n\n-----Original Message-----\n")


@pytest.mark.parametrize(
    "html",
    [
        "<script>x()</script>", "<img src=http://t.example/p.gif onerror=x()>", "<iframe src=x>",
        "<form action=x><input name=p>",
        "<a href='javascript:x()'>a</a>", "<a href=' java\nscript:x()'>a</a>", "<a href='data:text/html,x'>a</a>",
        "<svg onload=x()>", "<math><mi xlink:href='javascript:x()'>", "<style>@import 'x'</style>",
        "<link rel=stylesheet href=x>",
        "<meta http-equiv=refresh content='0;url=x'>", "<base href=x>", "<object data=x>", "<p onclick=x()>",
        "<p style='x:y'>",
        "<noscript><p title='</noscript><img src=x onerror=x()>'>", "<video src=x>",
        "<!--[if mso]><script>x</script><![endif]-->",
    ],
)  # fmt: skip
def test_nothing_in_cleaned_html_can_act(html: str) -> None:
    clean = clean_html(html).lower()
    for word in (
        "<script",
        "<img",
        "<iframe",
        "<form",
        "<input",
        "<svg",
        "<style",
        "<link",
        "<meta",
        "<base",
        "<object",
        "<video",
    ):
        assert word not in clean
    for word in ("javascript:", "data:", "onclick", "style=", "onload="):
        assert word not in clean
