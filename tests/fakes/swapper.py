"""An attacker in a process of its own: lets pairs of names change places as fast as it can.

python swapper.py < PAIRS        two paths on a line, separated by a tab; ends when killed
"""

import ctypes
import os
import sys

CALL = {"x86_64": 316, "aarch64": 276}[os.uname().machine]
HERE = -100
RENAME_EXCHANGE = 2


def main() -> None:
    pairs = [line.rstrip("\n").encode().split(b"\t") for line in sys.stdin]
    call = ctypes.CDLL(None).syscall
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        for one, other in pairs:
            call(CALL, HERE, one, HERE, other, RENAME_EXCHANGE)


if __name__ == "__main__":
    main()
