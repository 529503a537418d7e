"""Runs the built tool. What it must do is said by other programs: see `oracles.py`."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from spawner import Spawner

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "Tests"))
from turns import pytest_collection_modifyitems, pytest_configure  # noqa: E402, F401: hooks

TOOL = Path(os.environ.get("IMGTOOL", ROOT / ".build/release/imgtool")).resolve()
CORPORA = (ROOT / os.environ.get("IMGTOOL_CORPORA", "../shared/corpora")).resolve()
SECONDS = 120
# Whether IMGTOOL names a script that starts the tool without `/proc`: see `without_proc.py`.
LACKS_PROC = os.environ.get("IMGTOOL_LACKS_PROC") == "1"


@dataclass
class Run:
    arguments: list
    exit: int
    output: bytes
    errors: str

    @property
    def text(self) -> str:
        return self.output.decode()

    @property
    def lines(self) -> list:
        return self.text.splitlines()

    @property
    def json(self) -> dict:
        return json.loads(self.output)

    def __str__(self) -> str:
        # Names that are no UTF-8 cannot be printed.
        command = " ".join(map(str, self.arguments)).encode(errors="backslashreplace").decode()
        return f"$ imgtool {command}\nexit {self.exit}\n{self.output[:2000]!r}\n{self.errors[:4000]}"


def run_tool(*arguments, stdin=None, ok=0, cwd=None, **options) -> Run:
    """Runs `imgtool ARGUMENTS`; `ok` is the exit status that must come (None: any but a crash)."""
    given = {"stdin": subprocess.DEVNULL} if stdin is None else {}
    if isinstance(stdin, bytes):
        given = {"input": stdin}
    elif stdin is not None:
        given = {"stdin": stdin}
    options.setdefault("stdout", subprocess.PIPE)
    done = subprocess.run(
        [TOOL, *map(str, arguments)],
        stderr=subprocess.PIPE, cwd=cwd, timeout=SECONDS, **given, **options,
    )
    run = Run(list(arguments), done.returncode, done.stdout or b"",
              done.stderr.decode(errors="replace"))
    crashed = run.exit < 0 or run.exit >= 128 or "Fatal error" in run.errors
    assert not crashed, f"the tool crashed\n{run}"
    if ok is not None:
        assert run.exit == ok, f"expected exit {ok}\n{run}"
    return run


def commands() -> list:
    """The names of all commands; nothing before the tool is built."""
    return [command["name"] for command in run_tool("help", "--json").json["commands"]] if TOOL.exists() else []


def listed(what: str) -> list:
    """What `imgtool WHAT --json` lists: modes, rawmodes, formats or steps; nothing before it is built."""
    return run_tool(what, "--json").json[what] if TOOL.exists() else []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """A test of what the tool rightly does not know without `/proc` is skipped there."""
    report = yield
    if LACKS_PROC and report.failed and "it is unknown" in str(report.longrepr):
        reason = "the evidence for this is in /proc, which is not mounted for the tool"
        report.outcome, report.longrepr = "skipped", (*item.location[:2], reason)
    return report


@pytest.fixture(scope="session", autouse=True)
def built_tool():
    if not TOOL.exists():
        pytest.exit(f"{TOOL} is not there; build it, or name one with IMGTOOL", returncode=2)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty directory, which is also the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def imgtool(here):
    return run_tool


@pytest.fixture
def refused(imgtool):
    """Runs the tool and expects exit 2, nothing on standard output and one line that says `words`.

    Nothing in the current directory may have changed.
    """

    def check(*arguments, words=(), **options) -> Run:
        before = listing(Path.cwd())
        run = imgtool(*arguments, ok=2, **options)
        lines = run.errors.splitlines()
        assert len(lines) == 1 and lines[0].startswith("imgtool: "), f"one clear line\n{run}"
        for word in [words] if isinstance(words, str) else words:
            assert word.lower() in run.errors.lower(), f"no word of {word!r}\n{run}"
        assert not run.output, f"nothing on standard output\n{run}"
        assert listing(Path.cwd()) == before, f"something was written or changed\n{run}"
        return run

    return check


def listing(directory: Path) -> dict:
    """Every name in a directory with what would show that it was touched."""
    found = {}
    for path in sorted(directory.rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and status.st_size < 1 << 20 else None
        found[str(path)] = (status.st_ino, status.st_mode, status.st_size, content)
    return found


def unmet(reason: str, curable: bool = True):
    """Skips; on CI a skip that `Scripts/setup` can cure is a failure."""
    if curable and os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; Scripts/setup test installs it")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def program():
    """The path of a program that is an oracle, by its name."""

    def find(name: str) -> str:
        # A wrapper may stand before the distribution's own program on PATH.
        path = f"/usr/bin/{name}"
        if not os.access(path, os.X_OK):
            path = shutil.which(name)
        return path or unmet(f"{name} is not installed")

    return find


@pytest.fixture(scope="session")
def spawner(tmp_path_factory):
    """Runs commands so that their memory is told apart from the tests' own."""
    small = Spawner(tmp_path_factory.mktemp("spawner"))
    yield small
    small.close()


@pytest.fixture(scope="session")
def corpus():
    """A folder of the corpora, by its name."""

    def find(name: str) -> Path:
        folder = CORPORA / name
        if not folder.is_dir():
            unmet(f"{folder} is absent (IMGTOOL_CORPORA names the folder)", curable=False)
        return folder

    return find
