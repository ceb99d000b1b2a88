"""Runs a program that the kernel ends with the process that started it, even when that one is killed with -9.

Called as `python -I -S die_with_parent.py PARENT PROGRAM ARGUMENT…`.
Where the kernel has no such tie (not Linux) the program runs untied.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie this process to its parent, then become the program."""
    parent, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died before the tie was made
            sys.exit(1)
    os.execvp(program[0], program)  # noqa: S606 - becoming the program, without a shell, is the purpose


if __name__ == "__main__":
    main()
