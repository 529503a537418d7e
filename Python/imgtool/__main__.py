"""The command `imgtool`, as a wheel brings it: the process becomes the tool."""

import os
import sys
from pathlib import Path

TOOL = Path(__file__).with_name("imgtool")


def main() -> None:
    if not TOOL.exists():
        sys.exit("imgtool: this package came without the tool; install it from a wheel, or the tool "
                 "alone with Scripts/install")
    os.execve(TOOL, ["imgtool", *sys.argv[1:]], given_environment())


def given_environment() -> dict[bytes, bytes]:
    """What the process was given: where there was no locale, Python has set one for its children."""
    try:
        entries = Path("/proc/self/environ").read_bytes().split(b"\0")
    except OSError:
        return dict(os.environb)
    pairs = (entry.partition(b"=") for entry in entries if b"=" in entry)
    return {name: value for name, _, value in pairs}


if __name__ == "__main__":
    main()
