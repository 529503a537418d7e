"""Compiles the extension of the package, which is plain C: nothing but a C compiler is needed.

    python Python/build_native.py [--sanitize address] [OUTPUT]

Without OUTPUT it goes beside the sources, where a source tree is imported from. With the header files
of Python 3.11 or later, one build runs on Python 3.9 and everything after it.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent / "imgtool"
HEADERS = Path(__file__).resolve().parents[1] / "Sources/CImgTool/include"
NAME = (
    "_native.abi3.so" if sys.version_info >= (3, 11)
    else f"_native{sysconfig.get_config_var('EXT_SUFFIX')}")


def build(output: Path = PACKAGE / NAME, flags: tuple = ()) -> Path:
    include = sysconfig.get_path("include")
    if not Path(include, "Python.h").exists():
        sys.exit(f"{include} has no Python.h; install the header files of this Python (python3-dev)")
    sources = sorted(PACKAGE.glob("*.c"))
    compiler = shlex.split(os.environ.get("CC", "")) or [shutil.which("cc") or "gcc"]
    # Beside it first: whoever imports an older one keeps it.
    made = output.with_suffix(f".{os.getpid()}")
    subprocess.run(
        [*compiler, "-std=gnu11", "-O2", "-g1", "-fPIC", "-shared", "-fvisibility=hidden", "-Wall",
         "-Werror", *flags, f"-I{include}", f"-I{HEADERS}", *map(str, sources), "-o", str(made),
         "-ldl", "-lpthread", "-lm"], check=True)
    made.replace(output)
    return output


def is_built() -> bool:
    """Whether an extension for this Python is beside the sources, and newer than they are."""
    sources = [*PACKAGE.glob("*.[ch]"), HEADERS / "imgtool.h"]
    newest = max(path.stat().st_mtime for path in sources)
    return any(
        path.exists() and path.stat().st_mtime >= newest
        for path in (PACKAGE / NAME, PACKAGE / "_native.abi3.so"))


if __name__ == "__main__":
    words = sys.argv[1:]
    flags = ()
    if words[:1] == ["--sanitize"]:
        flags, words = (f"-fsanitize={words[1]}", "-fno-omit-frame-pointer"), words[2:]
    print(build(*map(Path, words[:1]), flags=flags))
