"""Recognises a ZIP archive that is a download from California's deletion platform; nothing in it is unpacked.

Working through its lists is not done here: it waits for a person as it came.
"""

from __future__ import annotations

import io
import re
import zipfile

from dsar.formats.plain import shorten
from dsar.inbox.arrival import Arrival, Attached, InboxSettings, digest
from dsar.inbox.mails import refused_arrival
from dsar.inbox.reading import Evidence, Reading

_MOST_FILES = 1_000
_LIST = re.compile(r"(\d{8})_[\w.-]{1,80}_(Email|Phone|MAID|CTVID|NDZ|NameVIN)\.csv", re.IGNORECASE)


def archive(raw: bytes, name: str, settings: InboxSettings) -> Arrival:
    """The Arrival of a ZIP archive: a draft where it holds the platform's lists, refused in words where not."""
    shown = shorten(name, 60)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as opened:
            # the list of contents alone: nothing is unpacked, so nothing can swell
            held = [(info.filename.rpartition("/")[2], info.file_size) for info in opened.infolist()[:_MOST_FILES]]
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, NotImplementedError):
        says = f"{shown} is a damaged ZIP archive. Nothing was opened."
        return refused_arrival(raw, name, 0, settings, says)
    lists = [(found[2], size, file) for file, size in held if (found := _LIST.fullmatch(file))]
    if not lists:
        says = f"{shown} is a ZIP archive, which is not opened here. Nothing was opened. Hand over the files in it."
        return refused_arrival(raw, name, 0, settings, says)
    kinds = ", ".join(dict.fromkeys(kind for kind, _, _ in lists))
    says = (
        f"It is a download from California's DROP ({kinds}): the deletion requests of many people at once, as hashes. "
        "Its lists are not worked through here; the download is kept as it came. A person must see to it."
    )
    reading = Reading(
        primary_type="delete",
        laws=(),
        language="csv",
        confidence=0.3,
        evidence=tuple(Evidence(says=f"a DROP list ({kind})", why=file) for kind, _, file in lists),
        doubts=(says,),
    )
    return Arrival(
        file=name,
        raw=raw,
        sha256=digest(raw),
        channel="protocol",
        received_on=settings.today,
        reading=reading.warned("The day it was downloaded is not known; today is taken. Check that."),
        unsigned=True,
        attachments=tuple(Attached(name=file, size=size) for _, size, file in lists),
    )
