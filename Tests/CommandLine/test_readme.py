"""Each shell block of the documents runs as it is written, in order, in one directory a document."""

import os
import re
import subprocess
import sys

import pytest
from conftest import ROOT, TOOL

README = ROOT / "README.md"
DOCUMENTS = ["README.md", "Documentation/cookbook.md", "Documentation/hash.md", "Documentation/json.md",
             "Documentation/layout-file.md", "Documentation/promises.md"]
# These build the package itself; `Scripts/test` and its reader have run them.
ELSEWHERE = re.compile(r"^\s*(\S*Scripts/|swift |pip |git clone|cd imgtool|sudo |apt)", re.MULTILINE)


def blocks(document="README.md"):
    found = re.findall(r"^```sh\n(.*?)^```", (ROOT / document).read_text(), re.DOTALL | re.MULTILINE)
    return [block for block in found if not ELSEWHERE.search(block)]


def test_the_documents_have_blocks_to_run():
    assert len(blocks()) >= 5 and len(blocks("Documentation/cookbook.md")) >= 9


def test_the_readme_starts_with_the_two_commands():
    first = re.search(r"^```sh\n(.*?)^```", README.read_text(), re.DOTALL | re.MULTILINE).group(1)
    assert "Scripts/quickstart" in first and "Scripts/test" in first


def test_the_first_line_of_use_is_the_contracts():
    line = "imgtool frombuffer raw.bin --size 1x1 --mode L --save out.png"
    assert line in README.read_text()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_block_runs(here, document, program):
    for name in ("ffmpeg", "parallel", "Xvfb", "xsetroot", "xwd"):
        program(name)
    # The tool first, then the Python that has NumPy.
    path = f"{TOOL.parent}:{os.path.dirname(sys.executable)}:{os.environ['PATH']}"
    environment = dict(os.environ, PATH=path, HOME=str(here))
    for block in blocks(document):
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=here,
                              env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
