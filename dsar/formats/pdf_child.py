"""The process in which a stranger's PDF is taken apart: its memory and time are limited, and it only prints text.

Started by ``pdf``, which also says in words what went wrong.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from io import BytesIO
from typing import Any

MEMORY = 1_500_000_000
SECONDS = 3
MAX_PAGES = 40
MAX_TEXT = 400_000


def main() -> None:
    """Read a PDF from standard input and print what was found as one JSON object."""
    _limit()
    warnings.simplefilter("ignore")
    raw = sys.stdin.buffer.read()
    try:
        found = _read(raw)
    except (Exception, RecursionError, MemoryError) as error:
        found = {"fault": "locked" if type(error).__name__ == "DependencyError" else "damaged"}
    sys.stdout.write(json.dumps(found))


def _limit() -> None:
    try:
        import resource
    except ImportError:
        # Windows has no such limits; there the parent's clock is the only one
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))


def _read(raw: bytes) -> dict[str, Any]:
    import logging

    from pypdf import PdfReader

    logging.disable()
    reader = PdfReader(BytesIO(raw))
    # many letters are locked against printing or copying only, with an empty password
    if reader.is_encrypted and not reader.decrypt(""):
        return {"fault": "locked"}
    began = time.monotonic()
    pages = len(reader.pages)
    texts: list[str] = []
    looked_at = 0
    for number in range(min(pages, MAX_PAGES)):
        if texts and (time.monotonic() - began > SECONDS / 2 or sum(map(len, texts)) > MAX_TEXT):
            break
        looked_at += 1
        try:
            texts.append(str(reader.pages[number].extract_text()))
        except Exception as error:
            # one broken page hides no other
            last = error
    if not looked_at:
        return {"fault": "damaged"}
    if not texts:
        raise last
    return {"pages": pages, "read": len(texts), "text": "\n\n".join(texts)[:MAX_TEXT]}


if __name__ == "__main__":
    main()
