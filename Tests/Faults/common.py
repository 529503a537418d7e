"""What every fault shares: the tool, a scratch directory, and a tally of tries and violations."""

import json
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOL = str(Path(os.environ.get("IMGTOOL", ROOT / ".build/release/imgtool")).resolve())
SECONDS = 60
WIDTH, HEIGHT = 48, 32
OLD = b"the old file " * 50
PIXELS = bytes(1 + index % 255 for index in range(WIDTH * HEIGHT * 3))
LAYOUT = ["raw.bin", "--size", f"{WIDTH}x{HEIGHT}", "--mode", "RGB"]


def listed_formats() -> list:
    """What the tool says of each format; nothing before it is built."""
    if not os.path.exists(TOOL):
        return []
    done = subprocess.run([TOOL, "formats", "--json"], capture_output=True, check=True)
    return json.loads(done.stdout)["formats"]


def is_mapped_in_place(suffix: str) -> bool:
    with tempfile.TemporaryDirectory(prefix="imgtool-faults-") as folder:
        (Path(folder) / "raw.bin").write_bytes(PIXELS)
        subprocess.run([TOOL, "frombuffer", *LAYOUT, "--save", f"out.{suffix}"], cwd=folder, check=True)
        done = subprocess.run([TOOL, "info", f"out.{suffix}", "--json"], cwd=folder, check=True,
                              capture_output=True)
        return json.loads(done.stdout)["shared"]


# By their suffixes: formats that are read, those that hold RGB as it is, and those of them that are
# mapped in place. What a C array says depends on the name of its file, so no file can be compared with another.
READ = [suffix[1:] for entry in listed_formats() if entry["reads"] for suffix in entry["suffixes"]]
FORMATS = [entry["suffixes"][0][1:] for entry in listed_formats()
           if entry["writes"] and "RGB" in entry["modes"] and not entry["widens"] and entry["format"] != "c"]
IN_PLACE = [suffix for suffix in FORMATS if suffix in READ and is_mapped_in_place(suffix)]


@dataclass
class Tally:
    """Tries of one kind of fault; a violation is a line that tells how to see it again."""

    tries: int = 0
    violations: list = field(default_factory=list)
    skipped: list = field(default_factory=list)

    def check(self, holds: bool, text: str) -> None:
        if not holds:
            self.violations.append(text)


@dataclass
class Done:
    exit: int
    output: bytes
    errors: str

    @property
    def complaints(self) -> list:
        """The lines on standard error, without what strace says of itself."""
        return [line for line in self.errors.splitlines() if not line.startswith("strace:")]

    @property
    def died(self) -> bool:
        return self.exit < 0 or self.exit >= 128 or "Fatal error" in self.errors

    def __str__(self) -> str:
        return f"exit {self.exit}, {self.errors.strip()[:200]!r}"


def run(arguments, cwd, before=(), **options) -> Done:
    """Runs the tool, with the words of another program in front."""
    options.setdefault("stdin", subprocess.DEVNULL)
    options.setdefault("stdout", subprocess.PIPE)
    done = subprocess.run([*before, TOOL, *map(str, arguments)], cwd=cwd, stderr=subprocess.PIPE,
                          timeout=SECONDS, **options)
    return Done(done.returncode, done.stdout or b"", done.stderr.decode(errors="replace"))


def words(arguments) -> str:
    return "imgtool " + " ".join(map(str, arguments))


@contextmanager
def scratch():
    folder = Path(tempfile.mkdtemp(prefix="imgtool-faults-", dir=os.environ.get("TMPDIR")))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
