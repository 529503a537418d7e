"""The annotations, as mypy reads them."""

import inspect
import re
import runpy
import subprocess
import sys

import support

import imgtool

PROGRAM = support.ROOT / "Tests/Python/typed_program.py"


def test_the_package_and_a_program_that_uses_every_name_are_strictly_typed():
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--no-error-summary",
         "imgtool", PROGRAM], capture_output=True, text=True, cwd=support.ROOT / "Python")
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stdout + checked.stderr
    assert (support.ROOT / "Python/imgtool/py.typed").exists()


def test_the_program_runs():
    runpy.run_path(str(PROGRAM), run_name="__main__")


def test_the_program_uses_every_name():
    text = PROGRAM.read_text()
    names = set(imgtool.__all__) | {
        name for name, _ in inspect.getmembers(imgtool.Image) if not name.startswith("_")}
    assert {name for name in names if not re.search(rf"\b{name}\b", text)} == set()


def test_the_stub_has_what_the_extension_has():
    from imgtool import _native

    stub = (support.ROOT / "Python/imgtool/_native.pyi").read_text()
    declared = set(re.findall(r"(?:def|class) (\w+)", stub))
    own = {name for name in dir(_native) if not name.startswith("__")}
    methods = {name for name in vars(_native.View) if not name.startswith("__")}
    assert own | methods <= declared
    assert {name for name in declared if not name.startswith("__")} <= (
        own | methods | set(dir(_native.memory_of(b""))) | {"Memory", "PixelAccess", "View"})
