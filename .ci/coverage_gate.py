"""Holds each named room of dsar to a share of covered lines and, apart from that, of covered branches.

It reads the data that `pytest --cov` left behind, and leaves the running of tests to the Makefile.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any


def measured() -> dict[str, dict[str, Any]]:
    """The summary of each measured file, by its path inside the checkout."""
    told = subprocess.run(
        [sys.executable, "-m", "coverage", "json", "--quiet", "-o", "-"], check=True, capture_output=True, text=True
    )
    return {path.replace("\\", "/"): file["summary"] for path, file in json.loads(told.stdout)["files"].items()}


def share(files: list[dict[str, Any]], covered: str, of: str) -> float | None:
    """Percent of all lines or branches of a room that were run; None where it has none."""
    total = sum(file[of] for file in files)
    return 100 * sum(file[covered] for file in files) / total if total else None


def main(least: float, rooms: list[str]) -> int:
    summaries = measured()
    passed = True
    print(f"{'room':<10} {'lines':>8} {'branches':>9}   (at least {least:g} % each)")
    for room in rooms:
        files = [summary for path, summary in summaries.items() if path.startswith(f"dsar/{room}/")]
        shares = (
            share(files, "covered_lines", "num_statements"),
            share(files, "covered_branches", "num_branches"),
        )
        enough = shares[0] is not None and all(one is None or one >= least for one in shares)
        lines, branches = ("none" if one is None else f"{one:.1f} %" for one in shares)
        print(f"{room:<10} {lines:>8} {branches:>9}   {'ok' if enough else 'TOO LITTLE'}")
        passed = passed and enough
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
