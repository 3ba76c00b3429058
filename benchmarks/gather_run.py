"""One search as a process of its own: `python -m benchmarks.gather_run FOLDER SUBJECTS.json SPOOL`.

It opens every source of FOLDER/sources, searches them for all subjects in one pass, which keeps each finding with where
it came from in a spool beside SPOOL, and prints how many there are; with --memory also how much its own memory grew.
How it is timed is ``contest``'s.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dsar.case.identifiers import Identifier
from dsar.sources.answers import Answer, State
from dsar.sources.interface import Source
from dsar.sources.registry import open_source
from dsar.sources.search import Subject, search_many
from dsar.sources.settings import load_sources

_EVERY_SECONDS = 0.005
_ANONYMOUS = re.compile(rb"RssAnon:\s+(\d+) kB")


def gather(sources: Sequence[Source], subjects: Mapping[str, Subject], spool: Path, *, again: bool = False) -> int:
    """Search for all of them; how many findings there are.

    The search itself keeps each with where it came from in its spool, a file without a name beside ``spool``; with
    ``again`` they are read from there, as when cases are filed, and written to ``spool``, for others to look at.
    """
    found = 0
    with spool.open("w", encoding="utf-8") as file:

        def settled(answers: Mapping[str, Answer]) -> None:
            nonlocal found
            for name, answer in answers.items():
                if answer.state in (State.FAILED, State.WAITING):
                    sys.exit(f"{answer.source}/{answer.record_set.name}: {answer.says}")
                found += answer.found
                if not again:
                    continue
                where = json.dumps({"subject": name, "source": answer.source, "record_set": answer.record_set.name})
                for one in answer.written():
                    file.write(f'{where[:-1]}, "key": {one.key}, "record": {one.body}}}\n')

        search_many(sources, subjects, settled=settled, keep_records=False, folder=spool.parent)
    return found


def found_in(spool: Path) -> Iterator[tuple[str, str]]:
    """What ``gather`` wrote, as (subject, key of the record)."""
    with spool.open(encoding="utf-8") as file:
        for line in file:
            finding = json.loads(line)
            yield finding["subject"], finding["key"]


def subjects_of(path: Path) -> dict[str, Subject]:
    """Who is searched for: {name: [[kind, value in normal form], ...]}."""
    listed = json.loads(path.read_bytes())
    return {
        name: Subject(identifiers=[Identifier(kind=kind, value=value, raw=value) for kind, value in known])
        for name, known in listed.items()
    }


class Grown:
    """How much the memory of this process, files mapped into it left out, grew at most; in MB."""

    def __init__(self) -> None:
        self.begun = self.most = self._now()
        self._end = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()

    def stop(self) -> float:
        """No longer look; gives the most it grew."""
        self._end.set()
        self._watch.join()
        return (max(self.most, self._now()) - self.begun) / 1000

    def _look(self) -> None:
        while not self._end.wait(_EVERY_SECONDS):
            self.most = max(self.most, self._now())

    def _now(self) -> int:
        found = _ANONYMOUS.search(Path("/proc/self/status").read_bytes())
        return int(found[1]) if found else 0


def main() -> int:
    """Search, and print the number of findings as the last line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gather_run", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("subjects", type=Path)
    parser.add_argument("spool", type=Path)
    parser.add_argument("--again", action="store_true", help="read the findings again and write them to SPOOL")
    parser.add_argument("--memory", action="store_true", help="also print by how many MB its own memory grew")
    given = parser.parse_args()
    grown = Grown() if given.memory else None
    sources = [open_source(settings, given.folder) for settings in load_sources(given.folder / "sources")]
    found = gather(sources, subjects_of(given.subjects), given.spool, again=given.again)
    if grown:
        print(f"{grown.stop():.1f}")
    print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
