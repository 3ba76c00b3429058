"""Runs one command and kills it (SIGKILL) just before its n-th call to the system that changes something outside it.

A process of its own: ``python killing_at.py REPORT N COMMAND...``; N = 0 only counts. REPORT gets "calls killed".
Ends with 77 where this system cannot be asked. Uses the standard library only.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import sys

CANNOT = 77
_TRACEME, _CONT, _SET_OPTIONS, _CALL_INFO = 0, 7, 0x4200, 0x420E
# follow threads, stop where the filter says so, outlive nothing
_OPTIONS = 0x8 | 0x80 | 0x100000
_AT_A_CALL = signal.SIGTRAP | 7 << 8
_WALL = 0x40000000
_O_CREAT = 0o100
_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _FILTER = 22, 38, 2
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_TELL_TRACER, _ALLOW = 0x7FF00000, 0x7FFF0000
# write, openat; then pwrite64 writev sendto sendmsg fsync fdatasync ftruncate rename mkdir rmdir unlink unlinkat
# renameat mkdirat renameat2
_NUMBERS = {
    "x86_64": (1, 257, 18, 20, 44, 46, 74, 75, 77, 82, 83, 84, 87, 263, 264, 258, 316),
    "aarch64": (64, 56, 68, 66, 206, 211, 82, 83, 46, 35, 38, 34, 276),
}


class _Call(ctypes.Structure):
    """struct ptrace_syscall_info, as far as a call that is entered needs it."""

    _fields_ = [
        ("op", ctypes.c_uint8),
        ("pad", ctypes.c_uint8 * 3),
        ("arch", ctypes.c_uint32),
        ("pointer", ctypes.c_uint64),
        ("stack", ctypes.c_uint64),
        ("number", ctypes.c_uint64),
        ("arguments", ctypes.c_uint64 * 6),
        ("more", ctypes.c_uint64 * 2),
    ]


class _Filter(ctypes.Structure):
    _fields_ = [
        ("code", ctypes.c_uint16),
        ("so", ctypes.c_uint8),
        ("otherwise", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    ]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_uint16), ("filters", ctypes.POINTER(_Filter))]


class _Tracer:
    """The command while it runs, stopped at the calls that change something."""

    def __init__(self, fatal: int) -> None:
        self.calls = 0
        self.killed = False
        self._fatal = fatal
        self._numbers = _NUMBERS[platform.machine()]
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
        self._libc.ptrace.restype = ctypes.c_long
        self._libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
        self._call = _Call()

    def run(self, command: list[str]) -> int:
        """Run it to its end; its exit code as a shell tells it, or CANNOT."""
        child = os.fork()
        if not child:
            self._become(command)
        _, status = os.waitpid(child, 0)
        if not os.WIFSTOPPED(status) or self._ask(_SET_OPTIONS, child, 0, _OPTIONS) == -1:
            os.kill(child, signal.SIGKILL)
            return CANNOT
        self._ask(_CONT, child)
        while True:
            process, status = os.waitpid(-1, _WALL)
            if not os.WIFSTOPPED(status):
                if process == child:
                    return os.waitstatus_to_exitcode(status)
                continue
            sent = os.WSTOPSIG(status)
            if status >> 8 == _AT_A_CALL and self._changes(process):
                self.calls += 1
                if self.calls == self._fatal:
                    self.killed = True
                    os.kill(child, signal.SIGKILL)
            self._ask(_CONT, process, 0, 0 if sent in (signal.SIGTRAP, signal.SIGSTOP) else sent)

    def _ask(self, what: int, process: int, address: int = 0, data: int = 0) -> int:
        return int(self._libc.ptrace(what, process, address, data))

    def _become(self, command: list[str]) -> None:
        """In the child: be traced at the calls that change something, and become the command."""
        equal = [_Filter(_IF_EQUAL, 0, 1, number) for number in self._numbers]
        tell = _Filter(_RETURN, 0, 0, _TELL_TRACER)
        lines = [
            _Filter(_LOAD, 0, 0, 0),
            *(line for one in equal for line in (one, tell)),
            _Filter(_RETURN, 0, 0, _ALLOW),
        ]
        program = _Program(len(lines), (_Filter * len(lines))(*lines))
        if self._ask(_TRACEME, 0) == -1 or self._libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
            os._exit(CANNOT)
        os.kill(os.getpid(), signal.SIGSTOP)
        if self._libc.prctl(_PR_SET_SECCOMP, _FILTER, ctypes.addressof(program), 0, 0):
            os._exit(CANNOT)
        os.execv(command[0], command)

    def _changes(self, process: int) -> bool:
        """Whether the call it stands before changes more than what it says on its own standard output."""
        call = self._call
        if self._ask(_CALL_INFO, process, ctypes.sizeof(call), ctypes.addressof(call)) <= 0:
            return False
        write, openat = self._numbers[:2]
        if call.number == openat:
            return bool(call.arguments[2] & _O_CREAT)
        return bool(call.number != write or call.arguments[0] > 2)


def main() -> int:
    """Run what the command line says; the exit code is 0, or CANNOT."""
    report, fatal, *command = sys.argv[1:]
    if platform.system() != "Linux" or platform.machine() not in _NUMBERS:
        return CANNOT
    tracer = _Tracer(int(fatal))
    code = tracer.run(command)
    if code == CANNOT:
        return CANNOT
    with open(report, "w", encoding="ascii") as file:
        file.write(f"{tracer.calls} {int(tracer.killed)} {code}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
