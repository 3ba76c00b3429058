"""Renders one Markdown source as HTML and as a plain letter.

What the source says, and how the HTML looks, is for the letters.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from dsar.formats.plain import display_width, printable

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token
    from markdown_it.tree import SyntaxTreeNode

_SPECIAL = re.compile(r"([!-/:-@\[-`{-~])")
_INDENT = "    "
_RULE = "- - -"


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # no raw HTML and no images: a letter loads nothing and a value in it can open nothing
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def markdown_to_html(source: str) -> str:
    """The source as HTML paragraphs, lists and tables; raw HTML in it is shown as text."""
    html: str = _parser().render(printable(source, keep_newlines=True))
    return html


def tokens(source: str) -> Sequence[Token]:
    """The source as markdown-it tokens, for a writer of another format (such as a PDF letterhead)."""
    parsed: list[Token] = _parser().parse(printable(source, keep_newlines=True))
    return parsed


def escape_markdown(text: str) -> str:
    """A value from outside, so marked that Markdown shows it as it is; its line breaks stay line breaks."""
    lines = [_SPECIAL.sub(r"\\\1", line.strip()) for line in printable(text, keep_newlines=True).split("\n")]
    return "\\\n".join(line for line in lines if line)


def markdown_to_text(source: str, width: int = 78) -> str:
    """The source as a letter in plain text, wrapped at ``width`` columns, ending in one line break.

    Lists keep their dashes and numbers, a link is followed by its address, emphasis marks vanish, a
    table is set in columns or, where it is too wide, as one ``heading: value`` line per cell.
    """
    from markdown_it.tree import SyntaxTreeNode

    blocks = _blocks(SyntaxTreeNode(tokens(source)).children, width)
    text = "\n\n".join(block for block in blocks if block)
    return text + "\n" if text else ""


def _blocks(nodes: Sequence[SyntaxTreeNode], width: int) -> list[str]:
    return [_block(node, width) for node in nodes]


def _block(node: SyntaxTreeNode, width: int) -> str:
    match node.type:
        case "paragraph" | "heading":
            return _wrap(_inline(node), width)
        case "bullet_list":
            return _list(node, ["- "] * len(node.children), width)
        case "ordered_list":
            start = int(node.attrs.get("start", 1))
            return _list(node, [f"{start + place}. " for place in range(len(node.children))], width)
        case "blockquote":
            inner = "\n\n".join(_blocks(node.children, _room(width, _INDENT)))
            return textwrap.indent(inner, _INDENT)
        case "fence" | "code_block":
            return textwrap.indent(node.content.rstrip("\n"), _INDENT)
        case "table":
            return _table(node, width)
        case "hr":
            return _RULE
        case _:
            return _wrap(_inline(node), width)


def _room(width: int, indent: str) -> int:
    return max(width - len(indent), 20)


def _list(node: SyntaxTreeNode, markers: list[str], width: int) -> str:
    deep = " " * max((len(marker) for marker in markers), default=0)
    items = []
    for marker, item in zip(markers, node.children, strict=True):
        tight = all(child.hidden for child in item.children if child.type == "paragraph")
        inner = ("\n" if tight else "\n\n").join(_blocks(item.children, _room(width, deep)))
        items.append(marker.rjust(len(deep)) + textwrap.indent(inner, deep)[len(deep) :])
    loose = any(not child.hidden for item in node.children for child in item.children if child.type == "paragraph")
    return ("\n\n" if loose else "\n").join(items)


def _inline(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text" | "code_inline":
            return str(node.content)
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "link":
            return _link(node)
        case _:
            return "".join(_inline(child) for child in node.children)


def _link(node: SyntaxTreeNode) -> str:
    shown = "".join(_inline(child) for child in node.children)
    target = str(node.attrs.get("href", "")).removeprefix("mailto:").removeprefix("tel:")
    if not target or target.rstrip("/") in shown:
        return shown
    return f"{shown} ({target})" if shown else target


def _wrap(text: str, width: int) -> str:
    lines = (
        textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) for line in text.strip().split("\n")
    )
    return "\n".join(lines)


def _table(node: SyntaxTreeNode, width: int) -> str:
    rows = [
        [_inline(cell).replace("\n", " ").strip() for cell in row.children]
        for part in node.children
        for row in part.children
    ]
    head, body = rows[0], rows[1:]
    widths = [max(display_width(row[place]) for row in rows) for place in range(len(head))]
    if sum(widths) + 2 * (len(widths) - 1) <= width:
        ruled = [head, ["-" * columns for columns in widths], *body]
        return "\n".join(_columns(row, widths) for row in ruled)
    entries = [
        "\n".join(_wrap(f"{name}: {value}" if name else value, width) for name, value in zip(head, row, strict=True))
        for row in body
    ]
    return "\n\n".join(entries) or ", ".join(head)


def _columns(row: list[str], widths: list[int]) -> str:
    cells = (text + " " * (columns - display_width(text)) for text, columns in zip(row, widths, strict=True))
    return "  ".join(cells).rstrip()
