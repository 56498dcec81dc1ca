"""Becomes a command that does not outlive whoever started it: run by its path, without any package.

On Linux the kernel asks the command to end (SIGTERM) when its parent dies. Elsewhere this process stays between them,
passes signals on, and ends the command once its own parent has changed.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from types import FrameType

_PR_SET_PDEATHSIG = 1
_POLL = 0.5
#: Seconds a command has to end once its parent is gone.
_GRACE = 25
ORPHAN = 3


def main(arguments: list[str]) -> int:
    """`[--watch] PARENT COMMAND…`: become the command; gives its exit code when it has to be watched."""
    watched = arguments[0] == "--watch"
    parent, *command = arguments[watched:]
    if not watched and _dies_with_parent():
        if os.getppid() != int(parent):
            return ORPHAN  # it died before the kernel was asked
        os.execv(command[0], command)  # noqa: S606 - the command of whoever started us
    return _watch(int(parent), command)


def _dies_with_parent() -> bool:
    """Ask the kernel for it; False where it cannot be asked."""
    if sys.platform != "linux":
        return False
    try:
        return bool(ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM)) == 0)
    except (OSError, AttributeError):
        return False


def _watch(parent: int, command: list[str]) -> int:
    child = subprocess.Popen(command, close_fds=False)  # noqa: S603 - the command of whoever started us

    def pass_on(asked: int, _frame: FrameType | None) -> None:
        child.send_signal(asked)

    for passed in (signal.SIGTERM, signal.SIGINT):
        signal.signal(passed, pass_on)
    while os.getppid() == parent:
        try:
            code = child.wait(_POLL)
        except subprocess.TimeoutExpired:
            continue
        return code if code >= 0 else 128 - code
    child.terminate()
    try:
        child.wait(_GRACE)
    except subprocess.TimeoutExpired:
        child.kill()
    return ORPHAN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
