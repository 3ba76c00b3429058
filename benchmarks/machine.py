"""Says on what machine and when something was measured."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


def about(*, rounds: int, cases: int) -> list[str]:
    """The lines above the table: date, machine, versions, and how it was measured."""
    return [
        f"measured on {datetime.now(UTC):%Y-%m-%d}",
        f"machine: {_processor()}, {os.cpu_count()} cores, {_memory()}, {platform.system()} {platform.release()}",
        f"Python {platform.python_version()}, dsar {version('dsar-cli')}, Typer {version('typer')}",
        f"whole processes, {rounds} runs of each in turns after one warm-up; {cases:,} open cases in the workspace",
        "ratio = median / floor median; the target is for that ratio",
    ]


def _processor() -> str:
    found = _first(Path("/proc/cpuinfo"), "model name")
    return found or platform.processor() or platform.machine()


def _memory() -> str:
    kilobytes = _first(Path("/proc/meminfo"), "MemTotal").split(" ")[0]
    return f"{int(kilobytes) / 1024 / 1024:.0f} GB" if kilobytes else "memory unknown"


def _first(path: Path, key: str) -> str:
    """The value of the first ``key: value`` line of a file of the system; "" where there is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next(
        (value.strip() for name, _, value in (line.partition(":") for line in lines) if name.strip() == key), ""
    )
