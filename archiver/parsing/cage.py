"""What the process that reads strangers' bytes may not do: reach the network, start a program, write a file.

The kernel refuses it (seccomp, on Linux on x86-64 and ARM), for native code as well, and for good. Elsewhere
there are the limits alone, and what is not given: no key of the environment reaches the child. A filter is a
list of instructions over the number of a system call and its arguments (man 2 seccomp; the constants are from
linux/seccomp.h, linux/filter.h and linux/audit.h, the numbers from asm/unistd.h).
"""

from __future__ import annotations

import ctypes
import platform
import struct
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1
"""Refused calls fail with EPERM."""
_NUMBER_AT, _MACHINE_AT = 0, 4
_WRITING = 0o1 | 0o2 | 0o100 | 0o1000
"""O_WRONLY, O_RDWR, O_CREAT, O_TRUNC."""
_NO_NEW_PRIVS, _SET_SECCOMP, _FILTER = 38, 22, 2
_FOREIGN = 0x40000000
"""Numbers from here on are those of x32, a second set of names for the same calls."""


class _Machine(NamedTuple):
    audit: int
    refused: Mapping[str, int]
    opening: Sequence[tuple[int, int]]
    """Number of a call that opens files, and which of its arguments has the flags."""


_X86 = _Machine(
    0xC000003E,
    {
        "socket": 41,
        "socketpair": 53,
        "execve": 59,
        "execveat": 322,
        "truncate": 76,
        "rename": 82,
        "mkdir": 83,
        "rmdir": 84,
        "creat": 85,
        "link": 86,
        "unlink": 87,
        "symlink": 88,
        "chmod": 90,
        "mknod": 133,
        "mkdirat": 258,
        "mknodat": 259,
        "unlinkat": 263,
        "renameat": 264,
        "linkat": 265,
        "symlinkat": 266,
        "fchmodat": 268,
        "renameat2": 316,
        "io_uring_setup": 425,
        "openat2": 437,
    },
    ((2, 1), (257, 2)),  # open, openat
)
_ARM = _Machine(
    0xC00000B7,
    {
        "socket": 198,
        "socketpair": 199,
        "execve": 221,
        "execveat": 281,
        "mknodat": 33,
        "mkdirat": 34,
        "unlinkat": 35,
        "symlinkat": 36,
        "linkat": 37,
        "renameat": 38,
        "truncate": 45,
        "fchmodat": 53,
        "renameat2": 276,
        "io_uring_setup": 425,
        "openat2": 437,
    },
    ((56, 2),),  # openat
)
_MACHINES = {"x86_64": _X86, "aarch64": _ARM}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def shut() -> bool:
    """Shuts this process and what it may start in, for good. False where the system has no such means."""
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None or sys.byteorder != "little":
        return False
    code = b"".join(_filter(machine))
    text = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.cast(text, ctypes.c_void_p))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    zero = ctypes.c_ulong(0)
    done = [
        prctl(_NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero),
        prctl(_SET_SECCOMP, ctypes.c_ulong(_FILTER), ctypes.byref(program), zero, zero),
    ]
    return done == [0, 0]


def _filter(machine: _Machine) -> list[bytes]:
    """The instructions: jumps are counted from the next one, and every refusal goes to the last."""
    tests = [(_AT_LEAST, _FOREIGN), *((_EQUAL, number) for number in machine.refused.values())]
    last = 3 + len(tests) + 4 * len(machine.opening) + 1
    steps = [_step(_LOAD, _MACHINE_AT), _step(_EQUAL, machine.audit, 0, last - 2), _step(_LOAD, _NUMBER_AT)]
    for test, value in tests:
        steps.append(_step(test, value, last - len(steps) - 1, 0))
    for number, argument in machine.opening:
        # Of an open the flags tell. Any other call goes on with the next test.
        steps.append(_step(_EQUAL, number, 0, 3))
        steps.append(_step(_LOAD, 16 + 8 * argument))
        steps.append(_step(_ANY_BIT, _WRITING, last - len(steps) - 1, 0))
        steps.append(_step(_RETURN, _ALLOW))
    return [*steps, _step(_RETURN, _ALLOW), _step(_RETURN, _REFUSE)]


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("<HBBI", code, then, otherwise, value)
