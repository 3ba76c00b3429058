"""`python -m tests.fuzz --seconds 900`: every target in turn, guided by coverage where atheris is installed.

Inputs that break a promise are written to tests/fuzz/found; once mended, they move to tests/fuzz/seeds.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic

HERE = Path(__file__).parent
SEEDS = HERE / "seeds"
FOUND = HERE / "found"
HANG_SECONDS = 5
MEMORY_MB = 2048
LONGEST = 20_000
# in a shorter run they only repeat what `make test` does
PROPERTIES_FROM = 300
SHARES = {
    "mail": 5, "arrive": 4, "file": 4, "mailbox": 1, "page": 2, "words": 2, "names": 1, "settings": 2, "letter": 1,
    "command": 3,
}  # fmt: skip


def main() -> int:
    """Fuzz for the given time; 0 when every promise held."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=int(os.environ.get("FUZZ_SECONDS") or 900))
    parser.add_argument("--seed", type=int, default=0, help="0 = another one each time")
    parser.add_argument("--keep", type=Path, help="a folder for every input that reached something new")
    parser.add_argument("--replay", type=Path, help="run one input that was found, alone")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(SHARES))
    wishes = parser.parse_args()
    chosen = wishes.targets or list(SHARES)
    if wishes.replay:
        return _replay(chosen[0], wishes.replay)
    if wishes.child:
        return _child(chosen[0], wishes.seconds, wishes.seed, wishes.keep)
    guided = find_spec("atheris") is not None
    _say(
        f"{wishes.seconds} s, " + ("guided by coverage (atheris)" if guided else "not guided: atheris is not installed")
    )
    total = sum(SHARES[target] for target in chosen)
    broken = []
    left = wishes.seconds
    if not wishes.targets and left >= PROPERTIES_FROM:
        left -= left // 3
        broken += [] if _properties(wishes.seconds - left, wishes.seed) else ["the property tests"]
    for target in chosen:
        seconds = max(1, left * SHARES[target] // total)
        if not _fuzz(target, seconds, wishes.seed, wishes.keep):
            broken.append(target)
    _say(f"Broken: {', '.join(broken)}. The inputs are in {FOUND}." if broken else "Every promise held.")
    return 1 if broken else 0


def _fuzz(target: str, seconds: int, seed: int, keep: Path | None) -> bool:
    """One target in a process of its own, so that a hang or a full memory is told and the others go on."""
    with TemporaryDirectory(prefix="dsar-fuzz-") if keep is None else nullcontext(keep / target) as folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "tests.fuzz", "--child", "--seconds", str(seconds), "--seed", str(seed)]
        begun = monotonic()
        ran = subprocess.run(
            [*command, "--keep", str(folder), target],
            cwd=HERE.parents[1],
            capture_output=True,
            text=True,
            errors="replace",
        )
    lines = [line for line in (ran.stdout + ran.stderr).splitlines() if not line.startswith("INFO")]
    runs = next((line.split()[-1] for line in lines if "number_of_executed_units" in line), "?")
    _say(f"{target:9} {monotonic() - begun:4.0f} s  {runs:>8} inputs  " + ("held" if not ran.returncode else "stopped"))
    if not ran.returncode:
        return True
    if _only_busy(target):
        _say("    it held when tried again alone: the machine was busy")
        return True
    _say("\n".join(f"    {line}" for line in lines[-40:]))
    return False


def _only_busy(target: str) -> bool:
    """Whether the last input found holds by itself: five seconds of a busy machine are no hang."""
    found = sorted(FOUND.glob(f"{target}-*"), key=lambda path: path.stat().st_mtime)
    if not found:
        return False
    command = [sys.executable, "-m", "tests.fuzz", "--replay", str(found[-1]), target]
    held = not subprocess.run(command, cwd=HERE.parents[1], capture_output=True).returncode
    if held:
        found[-1].unlink()
    return held


def _replay(target: str, path: Path) -> int:
    from tests.fuzz import targets

    targets.check(target, b"")
    with suppress(AttributeError):  # Windows has no such clock
        # processor time: a busy machine does not count
        signal.setitimer(signal.ITIMER_PROF, HANG_SECONDS)
    targets.check(target, path.read_bytes())
    return 0


def _properties(seconds: int, seed: int) -> bool:
    """The property tests with many more and random examples, in another order each time, until the time is over."""
    files = [
        str(path) for path in HERE.parent.rglob("test_*.py") if "from hypothesis" in path.read_text(encoding="utf-8")
    ]
    Random(seed or None).shuffle(files)
    options = [
        "-q",
        "-n",
        "2",
        "-m",
        "hypothesis and not slow",
        "--maxfail=1",
        "--timeout=3600",
        "-p",
        "no:cacheprovider",
    ]
    ran = subprocess.Popen(
        [sys.executable, "-m", "pytest", *options, *files],
        cwd=HERE.parents[1],
        env={**os.environ, "HYPOTHESIS_PROFILE": "fuzz"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said, _ = ran.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        ran.send_signal(signal.SIGINT)
        said, _ = ran.communicate()
        broken = " failed" in said
    else:
        broken = ran.returncode != 0
    _say(f"property tests, {seconds} s at most: " + (f"BROKEN\n{said[-4000:]}" if broken else "held"))
    return not broken


def _child(target: str, seconds: int, seed: int, keep: Path) -> int:
    FOUND.mkdir(exist_ok=True)
    if find_spec("atheris") is None:
        return _unguided(target, seconds, seed)
    import atheris

    with atheris.instrument_imports(include=["dsar"], enable_loader_override=False):
        from tests.fuzz import targets
    from tests.fuzz.mutation import mutated

    others = _seeds(target)

    def change(data: bytes, longest: int, number: int) -> bytes:
        chance = Random(number)
        if chance.random() < 0.4:
            return bytes(atheris.Mutate(data, longest))
        return mutated(data, chance.choice(others), chance)[:longest]

    flags = (
        f"-max_total_time={seconds}", f"-timeout={HANG_SECONDS}", f"-rss_limit_mb={MEMORY_MB}", f"-max_len={LONGEST}",
        f"-artifact_prefix={FOUND}/{target}-", "-print_final_stats=1", "-verbosity=0", f"-seed={seed}",
    )  # fmt: skip
    folders = [str(keep), *([str(SEEDS / target)] if (SEEDS / target).is_dir() else [])]
    atheris.Setup([sys.argv[0], *flags, *folders], lambda data: targets.check(target, data), custom_mutator=change)
    atheris.Fuzz()
    return 0


def _unguided(target: str, seconds: int, seed: int) -> int:
    """The same changes without coverage, for machines that atheris has no build for."""
    from tests.fuzz import targets
    from tests.fuzz.mutation import mutated

    chance = Random(seed or None)
    seeds, tried, end = _seeds(target), 0, monotonic() + seconds
    running = FOUND / f"{target}-hang"
    while monotonic() < end:
        data = mutated(chance.choice(seeds), chance.choice(seeds), chance)
        tried += 1
        # written first: a regular expression that never ends can only be killed
        running.write_bytes(data)
        with suppress(AttributeError):  # Windows has no alarm
            signal.alarm(HANG_SECONDS)
        try:
            targets.check(target, data)
        except Exception:
            traceback.print_exc()
            running.replace(FOUND / f"{target}-{sha256(data).hexdigest()[:16]}")
            return 1
    with suppress(AttributeError):
        signal.alarm(0)
    running.unlink(missing_ok=True)
    _say(f"stat::number_of_executed_units: {tried}")
    return 0


def _seeds(target: str) -> Sequence[bytes]:
    folder = SEEDS / target
    return [path.read_bytes() for path in sorted(folder.iterdir())] if folder.is_dir() else [b""]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
