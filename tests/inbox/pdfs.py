"""A small writer of PDF letters: each line with its place, in a font that names its letters, for any script."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

Line = tuple[int, int, str]


def letter(*pages: Sequence[str]) -> bytes:
    """A PDF with one column of lines on each page."""
    return pdf([[(72, 780 - 16 * row, text) for row, text in enumerate(lines)] for lines in pages])


def pdf(pages: Sequence[Sequence[Line]]) -> bytes:
    """A PDF of lines at (x, y) in points from the lower left corner; the text is packed as programs pack it."""
    letters = sorted({char for page in pages for _, _, text in page for char in text})
    code = {char: number for number, char in enumerate(letters, 1)}
    objects: list[bytes] = []
    kids = [6 + 2 * number for number in range(len(pages))]
    objects.append(b"<< /Type /Catalog /Pages 2 0 R >>")
    objects.append(
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(b"%d 0 R" % kid for kid in kids), len(pages))
    )
    objects.append(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Any /Encoding /Identity-H "
        b"/DescendantFonts [4 0 R] /ToUnicode 5 0 R >>"
    )
    objects.append(
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Any /DW 600 "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
    )
    objects.append(_stream(_names(code)))
    for number, page in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (kids[number] + 1)
        )
        objects.append(_stream(b"".join(_shown(line, code) for line in page)))
    return _file(objects)


def packed_page(content: bytes, filters: bytes = b"/FlateDecode") -> bytes:
    """A PDF of one page whose content is exactly this, said to be packed so."""
    font = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>" % font
    stream = b"<< /Length %d /Filter %s >>\nstream\n%s\nendstream" % (len(content), filters, content)
    return _file([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, stream])


def locked() -> bytes:
    """A PDF that says it is encrypted, with a password nobody has."""
    whole = letter(["Please delete my account."])
    keys = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>] " % (
        b"11" * 32,
        b"22" * 32,
    )
    return whole.replace(b"/Root", keys + b"/Root")


def _shown(line: Line, code: dict[str, int]) -> bytes:
    x, y, text = line
    words = b"".join(b"%04X" % code[char] for char in text)
    return b"BT /F1 11 Tf 1 0 0 1 %d %d Tm <%s> Tj ET\n" % (x, y, words)


def _names(code: dict[str, int]) -> bytes:
    """The table that says which letter each number stands for."""
    rows = [b"<%04X> <%s>" % (number, char.encode("utf-16-be").hex().encode()) for char, number in code.items()]
    groups = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    told = b"\n".join(b"%d beginbfchar\n%s\nendbfchar" % (len(group), b"\n".join(group)) for group in groups)
    return (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n" + told + b"\nendcmap end end"
    )


def _stream(content: bytes) -> bytes:
    packed = zlib.compress(content)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)


def _file(objects: Sequence[bytes]) -> bytes:
    out = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        count, rows, count, len(out)
    )  # fmt: skip
