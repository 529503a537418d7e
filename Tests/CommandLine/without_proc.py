"""Starts a program where `/proc` is not mounted, as in a bare chroot."""

import os
import shutil
import subprocess
import sys

# A user's own namespace may not take a mount away that it has inherited, but may cover it.
BARE = '{ umount -l /proc || mount -t tmpfs none /proc; } 2>/dev/null && exec "$@"'
WAYS = [["unshare", option, "sh", "-c", BARE, "sh"] for option in ("-m", "-Urm")]
LACKING = "nothing here may take /proc away (unshare -m, or -Urm)"


def way() -> list | None:
    """The words in front of a program, or None where the system does not permit it."""
    if shutil.which("unshare") is None:
        return None
    for words in WAYS:
        done = subprocess.run([*words, "sh", "-c", "test ! -e /proc/self"], capture_output=True)
        if done.returncode == 0:
            return words
    return None


def main() -> int:
    """Writes a script that runs a program so: `without_proc.py SCRIPT PROGRAM`."""
    script, program = sys.argv[1:]
    words = way()
    if words is None:
        print(LACKING, file=sys.stderr)
        return 1
    quoted = " ".join("'" + word.replace("'", "'\\''") + "'" for word in [*words, program])
    with open(script, "w") as file:
        file.write(f'#!/bin/sh\nexec {quoted} "$@"\n')
    os.chmod(script, 0o755)
    return 0


if __name__ == "__main__":
    sys.exit(main())
