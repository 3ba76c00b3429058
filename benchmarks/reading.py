"""Reads ten thousand messages as `dsar new --file` reads them, and by Python's email package alone, in turns.

The messages are made in ``mails``; the table is drawn by ``table``. A round is a process of its own, so that its
memory is its own: `python -m benchmarks.reading FILE`.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import re
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from email import message_from_bytes, policy
from itertools import islice
from pathlib import Path
from time import process_time
from zoneinfo import ZoneInfo

from benchmarks.mails import mails
from benchmarks.table import Figure, Row
from benchmarks.timing import FailedRun
from dsar.inbox.arrival import InboxSettings
from dsar.inbox.mails import mail_arrival

MAILS, QUICK_MAILS = 10_000, 1_000
ROUNDS, QUICK_ROUNDS = 3, 1
AT_MOST = 8
MOST_GROWTH_MB = 20
_BATCH = 100
_SETTLED = 1_000
_PROFILED = 400
_LENGTH = 8
_SETTINGS = InboxSettings(
    zone=ZoneInfo("Europe/Berlin"),
    today=date(2026, 11, 21),
    country="DE",
    our_addresses=frozenset({"privacy@shop.example"}),
)
# Where time goes, by the file a function is in; the first that fits.
_STAGES = (
    ("/formats/html", "HTML to text"),
    ("/html/parser", "HTML to text"),
    ("_markupbase", "HTML to text"),
    ("/email/", "taking the message apart (email package)"),
    ("/formats/quoting", "new text and quoted text"),
    ("/formats/disclaimers", "new text and quoted text"),
    ("/formats/", "headers, character sets, control characters"),
    ("/inbox/phrases", "looking for phrases"),
    ("/inbox/signals", "looking for phrases"),
    ("/inbox/language", "language"),
    ("/inbox/laws", "laws"),
    ("/re/", "looking for phrases"),
    ("/inbox/", "people, addresses, dates, judgement"),
)


def rows(folder: Path, *, quick: bool) -> list[Row]:
    """The row of the table: reading beside parsing alone."""
    return measured(folder, quick=quick)[0]


def measured(folder: Path, *, quick: bool) -> tuple[list[Row], list[str]]:
    """The row of the table, and what is to be said about it: memory, and the stages by their share of the time.

    Raises FailedRun where memory grows with the number of messages.
    """
    count, rounds = (QUICK_MAILS, QUICK_ROUNDS) if quick else (MAILS, ROUNDS)
    post = folder / "mails.bin"
    size = write(post, count)
    ran = [_round(post) for _ in range(rounds)]
    grown = max(one["memory_end"] - one["memory_settled"] for one in ran)
    if grown > MOST_GROWTH_MB:
        raise FailedRun(f"Reading {count:,} mails took {grown:.0f} MB more than reading {_SETTLED:,}.")
    row = Row(
        figure=Figure(name=f"reading {count:,} mails", seconds=tuple(one["dsar"] for one in ran)),
        floor=Figure(name="the email package alone", seconds=tuple(one["email"] for one in ran)),
        # a quick run is over before the phrases of sixteen languages have been prepared
        at_most=None if quick else AT_MOST,
        per=count,
        unit="mails",
    )
    said = ", ".join(f"{stage} {share:.0%}" for stage, share in shares())
    first, later = ran[0]["first"], (ran[0]["dsar"] - ran[0]["first"]) / max(1, count / _SETTLED - 1)
    return [row], [
        f"mails: {count:,} of {size / count / 1000:.0f} kB on average, in 16 languages",
        f"the largest costs of reading them: {said}",
        f"phrases are prepared when they are first met: the first {_SETTLED:,} mails take {first:.0f} s, "
        f"each later {_SETTLED:,} {later:.1f} s",
        f"memory while reading: {ran[0]['memory_settled']:.0f} MB after {_SETTLED:,} mails, "
        f"{ran[0]['memory_end']:.0f} MB after {count:,}",
    ]


def write(post: Path, count: int) -> int:
    """Put the messages into one file, each behind its length; gives their size in bytes."""
    size = 0
    with post.open("wb") as file:
        for raw in mails(count):
            file.write(len(raw).to_bytes(_LENGTH))
            file.write(raw)
            size += len(raw)
    return size


def _written(post: Path) -> Iterator[bytes]:
    with post.open("rb") as file:
        while length := file.read(_LENGTH):
            yield file.read(int.from_bytes(length))


def _round(post: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.reading", str(post)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    if ran.returncode:
        raise FailedRun(f"reading mails ended with {ran.returncode}: {ran.stderr[-500:]}")
    found = json.loads(ran.stdout)
    return {name: float(value) for name, value in found.items()}


def one_round(post: Path) -> dict[str, float]:
    """Every message once by each side, a hundred at a time in turns; processor seconds, and peak memory in MB."""
    taken = {"dsar": 0.0, "email": 0.0, "first": 0.0}
    found, done, settled = _written(post), 0, 0.0
    while batch := list(islice(found, _BATCH)):
        for name, read in (("email", parse), ("dsar", read_one)):
            begun = process_time()
            for raw in batch:
                read(raw)
            taken[name] += process_time() - begun
        done += len(batch)
        if done <= _SETTLED:
            settled, taken["first"] = _peak_mb(), taken["dsar"]
    return {**taken, "memory_settled": settled, "memory_end": _peak_mb()}


def _peak_mb() -> float:
    # getrusage gives a process the peak of whoever started it; the kernel's own note of this program does not
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))
        if found:
            return int(found[1]) / 1_000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1_000_000 if sys.platform == "darwin" else 1_000)


def parse(raw: bytes) -> int:
    """What the email package needs: parse the message, and decode each text in it."""
    length = 0
    for part in message_from_bytes(raw, policy=policy.default).walk():
        if part.get_content_maintype() == "text":
            length += len(part.get_content())
    return length


def read_one(raw: bytes) -> str:
    """What dsar does with a message before anything is stored: parse, decode, read; gives what it was read as."""
    return str(mail_arrival(raw, "mail.eml", 0, _SETTINGS).reading.primary_type)


def shares() -> list[tuple[str, float]]:
    """Stages of the reading with their share of its time, the largest first, when every phrase has been met before."""
    some = list(mails(_PROFILED))
    for raw in some:
        read_one(raw)
    with cProfile.Profile() as profile:
        for raw in some:
            read_one(raw)
    spent: Counter[str] = Counter()
    # pstats keeps what each function took itself, and for built-in ones by whom they were called
    for (file, _, _), (_, _, own, _, callers) in pstats.Stats(profile).stats.items():
        if stage := _stage(file):
            spent[stage] += own
        else:
            for (caller, _, _), (_, _, theirs, _) in callers.items():
                spent[_stage(caller) or "other"] += theirs
    total = sum(spent.values())
    return [(stage, seconds / total) for stage, seconds in spent.most_common()]


def _stage(file: str) -> str:
    return next((stage for piece, stage in _STAGES if piece in file), "")


if __name__ == "__main__":
    print(json.dumps(one_round(Path(sys.argv[1]))))
