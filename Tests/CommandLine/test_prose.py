"""The words of documents, of the help and of errors: spelled right, and as a technical writer has them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from test_sentences import literals

HERE = Path(__file__).parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "Documentation").glob("*.md")])
RULES = [line.split("\t") for line in (HERE / "prose.txt").read_text().splitlines() if not line.startswith("#")]


def faults(text: str, where: str) -> list:
    return [f"{where}:{text.count(chr(10), 0, found.start()) + 1}: {found[0].strip()!r}: write {instead}"
            for pattern, instead in RULES for found in re.finditer(pattern, text, re.IGNORECASE)]


def prose(text: str) -> str:
    """A document without its blocks of code, on as many lines."""
    return re.sub(r"^```.*?^```$", lambda block: "\n" * block[0].count("\n"), text, flags=re.DOTALL | re.MULTILINE)


def test_the_rules_find_what_they_are_for():
    wrong = ["it stands behind the step", "copied in silence", "L;9 is no mode", "a sample that is none", "`help` tells the rest", "who wants to is held up"]
    assert all(faults(text, "x") for text in wrong)
    assert not faults("there is no frame 3; it is no longer shared, and a note tells you; the answer is no: 1", "x")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents_say_it_plainly(path):
    assert not faults(prose(path.read_text()), path.name)


def test_the_manual_says_it_plainly(imgtool):
    assert not faults(imgtool("man").text, "manual")


def test_errors_say_it_plainly():
    found = []
    described = (ROOT / "Sources").rglob("*+Description.swift")
    said = [path for path in (ROOT / "Sources/ImgToolKit").rglob("*.swift") if path.stem != "ManCommand"]
    for path in sorted([*said, *described]):
        for literal in literals(path.read_text()):
            found += faults(literal, path.name)
    assert not found


def test_words_are_spelled_right():
    paths = [ROOT / name for name in ("Documentation", "Sources", "Scripts", "Python")]
    done = subprocess.run(
        [sys.executable, "-m", "codespell_lib", "--ignore-words", HERE / "prose-words.txt", "--skip", "*.png",
         *ROOT.glob("*.md"), *paths], capture_output=True, text=True)
    assert done.returncode == 0 and not done.stdout, done.stdout
