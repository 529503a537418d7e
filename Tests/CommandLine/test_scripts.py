"""The scripts say how they are used, and a release is made of what its version says alone."""

import os
import re
import subprocess

import pytest
from conftest import ROOT

SCRIPTS = sorted(path.name for path in (ROOT / "Scripts").iterdir())


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_says_how_it_is_used(name):
    for option in ("--help", "-h"):
        done = subprocess.run([ROOT / "Scripts" / name, option], capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
        assert re.match(r"usage: .*Scripts/" + name, done.stdout)


@pytest.fixture
def tree(here):
    """A repository with what a release looks at."""
    for path in ("Scripts/release", "CHANGELOG.md", "Sources/PixelMemory/Library.swift"):
        (here / path).parent.mkdir(parents=True, exist_ok=True)
        (here / path).write_bytes((ROOT / path).read_bytes())
    (here / "Scripts/release").chmod(0o755)
    text = (here / "CHANGELOG.md").read_text()
    (here / "CHANGELOG.md").write_text(re.sub(r"^## 0\.1\.0 - .*$", "## 0.1.0 - 2026-01-31", text, flags=re.M))
    git(here, "init", "-q")
    commit(here)
    return here


def git(folder, *words) -> None:
    who = {f"GIT_{role}_{what}": "a@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, env=os.environ | who)


def commit(folder) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Change")


def release(tree, *words) -> subprocess.CompletedProcess:
    return subprocess.run([tree / "Scripts/release", *words], cwd=tree, capture_output=True, text=True, timeout=60)


def test_a_release_can_be_made_of_a_tree_that_is_ready(tree):
    done = release(tree, "0.1.0", "--check")
    assert (done.returncode, done.stdout) == (0, "release: 0.1.0 can be released\n")


@pytest.mark.parametrize("words, change, says", [
    (["1.2"], None, "MAJOR.MINOR.PATCH"), (["v0.1.0"], None, "MAJOR.MINOR.PATCH"), (["0.2.0"], None, "says 0.1.0"),
    (["0.1.0"], "unreleased", "YYYY-MM-DD"), (["0.1.0"], "dirty", "commit them"), (["0.1.0"], "tag", "tag 0.1.0 exists"),
])
def test_a_release_of_another_tree_is_refused(tree, words, change, says):
    if change == "unreleased":
        text = (tree / "CHANGELOG.md").read_text().replace("2026-01-31", "unreleased")
        (tree / "CHANGELOG.md").write_text(text)
        commit(tree)
    elif change == "dirty":
        (tree / "new").write_text("")
    elif change == "tag":
        git(tree, "tag", "0.1.0")
    done = release(tree, *words, "--check")
    assert done.returncode == 1 and done.stderr.startswith("release: ") and says in done.stderr


def test_one_constant_has_the_version(imgtool):
    found = subprocess.run(["git", "grep", "-lE", r'"0\.1\.0"', "--", "Sources", "Python"], cwd=ROOT,
                           capture_output=True, text=True).stdout.split()
    assert found == ["Sources/PixelMemory/Library.swift"]
    version = re.search(r'version = "(.*)"', (ROOT / found[0]).read_text())[1]
    assert imgtool("--version").text.split()[1] == version
