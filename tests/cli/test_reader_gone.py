"""Whoever reads a pipe may stop reading (`dsar law list | head`): that is no fault and leaves no words."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("how", [(), ("--json",), ("--csv",)])
def test_a_reader_who_leaves_is_no_fault(how: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "dsar", "law", "list", *how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        said = running.stderr.read()
        assert running.wait() == 0
    assert said == b""
