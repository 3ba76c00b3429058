"""A disk that is really full while findings are filed: told, nothing half, and finished once there is room.

The disk is a small tmpfs in a mount namespace of the test's own, which needs no root where the kernel lets users
make one.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import _own_environment as _own_environment
from tests.cli.conftest import typed as typed
from tests.cli.gather_faults import Shop
from tests.cli.typing import TODAY, Terminal
from tests.workflow.conftest import snapshots as snapshots
from tests.workflow.office import EMAIL

ROOT = Path(__file__).parents[2]
# The workspace is copied onto the small disk, searched there, and once more after the disk has grown.
SCRIPT = """
set -e
mount -t tmpfs -o size=$2k tmpfs "$3"
cp -r "$1/." "$3"
export DSAR_HOME="$3"
set +e
echo "full: $({0} gather 1 2>&1 | tail -n 3 | tr '\\n' ' ') $({0} gather 1 >/dev/null 2>&1; echo code $?)"
echo "store: $({0} doctor | grep ^store)"
mount -o remount,size=64m "$3"
echo "room: $({0} gather 1 --retry >/dev/null 2>&1; echo code $?) $({0} gather 1 | grep ^shop)"
"""


def _namespace() -> str:
    """Why no mount can be made here; "" where one can."""
    if not shutil.which("unshare"):
        return "there is no unshare on this machine"
    tried = subprocess.run(
        ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False
    )
    return "no namespace for mounts can be made here" if tried.returncode else ""


pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(_namespace()), reason=_namespace())]


def test_a_full_disk_is_told_and_once_there_is_room_the_search_is_finished(
    typed: Callable[..., Terminal], tmp_path: Path
) -> None:
    desk = typed("proven")
    desk("gather", "1", "--from", "facilities", "--file", "none")
    Shop(home=desk.home).describe("csv", "data/shop.csv")
    lines = "".join(f"{number},{EMAIL},{'x' * 900}\n" for number in range(3_000))
    (desk.home / "data/shop.csv").write_text("id,email,note\n" + lines)
    used = int(
        subprocess.run(["du", "-sk", str(desk.home)], capture_output=True, text=True, check=True).stdout.split()[0]
    )
    (tmp_path / "small").mkdir()
    script = SCRIPT.replace("{0}", f"{sys.executable} -m dsar")
    ran = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", str(desk.home), str(used + 1_500), str(tmp_path / "small")],
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH": str(ROOT), "DSAR_AS": "priya", "DSAR_TODAY": TODAY},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    full, store, room = ran.stdout.splitlines()
    assert "disk" in full, ran
    assert full.endswith("code 4")
    assert store.startswith("store: store\tok")
    assert room == "room: code 0 shop\tpeople\tdone\t3000\t"
