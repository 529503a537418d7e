"""Each shell block of the README runs as it is written, in order, in one directory."""

import os
import re
import subprocess

from conftest import ROOT, TOOL

README = ROOT / "README.md"
# These build the package itself; `Scripts/test` and its reader have run them.
ELSEWHERE = re.compile(r"^\s*(\S*Scripts/|swift |git clone|cd imgtool|sudo |apt)", re.MULTILINE)


def blocks():
    text = README.read_text() if README.exists() else ""
    return re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def test_the_readme_has_blocks_to_run():
    assert sum(1 for b in blocks() if not ELSEWHERE.search(b)) >= 2


def test_the_readme_starts_with_the_two_commands():
    first = blocks()[0]
    assert "Scripts/quickstart" in first and "Scripts/test" in first


def test_the_first_line_of_use_is_the_contracts():
    line = "imgtool frombuffer raw.bin --size 1x1 --mode L --save out.png"
    assert line in README.read_text()


def test_every_block_runs(here):
    environment = dict(os.environ, PATH=f"{TOOL.parent}:{os.environ['PATH']}", HOME=str(here))
    for block in blocks():
        if ELSEWHERE.search(block):
            continue
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=here,
                              env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
