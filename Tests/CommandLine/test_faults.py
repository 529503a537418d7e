"""Each row of `Scripts/faults`, with small counts."""

import subprocess
import sys

import pytest
from conftest import ROOT, TOOL

ROWS = subprocess.run([sys.executable, ROOT / "Tests/Faults", "--list"], capture_output=True, text=True,
                      check=True).stdout.split()


@pytest.mark.parametrize("row", ROWS)
def test_no_promise_is_broken_by(row, tmp_path, program):
    program("strace")
    done = subprocess.run([sys.executable, ROOT / "Tests/Faults", row], capture_output=True, text=True,
                          env={"IMGTOOL": str(TOOL), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                               "TMPDIR": str(tmp_path)})
    print(done.stdout)
    assert done.returncode == 0, done.stderr
    tries = int(done.stdout.splitlines()[2].split("|")[4].replace(",", ""))
    assert tries > 10 or "skipped" in done.stdout
