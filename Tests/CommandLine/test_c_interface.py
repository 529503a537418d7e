"""The C interface: a C program, built with the system's compiler, uses each function."""

import ctypes
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from conftest import ROOT, unmet

LIBRARY = Path(os.environ.get("IMGTOOL_LIBRARY", ROOT / ".build/library/libimgtool.so.1")).resolve()
# The same with the runtime of Swift as libraries of its own.
SHARED_RUNTIME = ROOT / ".build/release/libimgtool-c.so"
HEADER = ROOT / "Sources/CImgTool/include/imgtool.h"
SOURCES = ROOT / "Tests/CInterface"
# Each a program of its own: what they do to signals and memory holds for the whole process.
HOSTS = {
    "bus_handlers.c", "foreign_cuts.c", "foreign_maps.c", "interrupted.c", "no_memory.c",
    "opted_out.c"}
WARNINGS = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


@pytest.fixture(scope="module")
def library():
    if not LIBRARY.exists():
        unmet(f"{LIBRARY} is not there; Scripts/link-library makes it")
    return LIBRARY


@pytest.fixture(scope="module")
def built(library, tmp_path_factory):
    """Builds a program of some C files of the tests."""
    folder = tmp_path_factory.mktemp("c")

    def build(name, *files, options=(), library=library):
        program = folder / name
        subprocess.run(
            ["cc", *WARNINGS, "-D_GNU_SOURCE", "-O1", "-g", f"-I{HEADER.parent}", *options,
             *(SOURCES / file for file in files), "-o", program,
             library, f"-Wl,-rpath,{library.parent}", "-lpthread", "-lm"], check=True)
        return program

    return build


@pytest.fixture(scope="module")
def program(built):
    return built("interface", *sorted({f.name for f in SOURCES.glob("*.c")} - HOSTS))


def functions():
    declarations = re.sub(r"//.*", "", HEADER.read_text())
    return set(re.findall(r"\b(imgtool_\w+)\(", declarations))


def test_each_function_does_what_the_header_says(program, tmp_path):
    run = subprocess.run([program, tmp_path], capture_output=True, text=True, timeout=120)
    assert (run.returncode, run.stdout) == (0, "all is as it must be\n"), run.stdout + run.stderr


def test_the_program_uses_each_function_of_the_header():
    used = "".join(file.read_text() for file in SOURCES.glob("*.c"))
    used += (SOURCES / "check.h").read_text()
    assert len(functions()) > 40
    assert not {name for name in functions() if not re.search(rf"\b{name}\(", used)}


def test_the_library_has_each_function_of_the_header(library):
    listed = subprocess.run(
        ["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True)
    assert functions() <= set(re.split(r"[\s@]+", listed.stdout))


def test_the_library_is_of_the_version_of_the_tool(library, imgtool):
    version = ctypes.CDLL(str(library)).imgtool_version
    version.restype = ctypes.c_char_p
    assert version().decode() in imgtool("--version").text.split()


@pytest.mark.parametrize("language", ["c", "c++"])
def test_the_header_stands_alone(language):
    standard = {"c": "c99", "c++": "c++11"}[language]
    subprocess.run(
        ["cc", f"-std={standard}", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only",
         "-x", language, HEADER], check=True)


def test_the_program_of_the_documentation_works(built, tmp_path):
    text = (ROOT / "Documentation/c-interface.md").read_text()
    source = tmp_path / "program.c"
    source.write_text(re.search(r"```c\n(.*?)```", text, re.S)[1])
    subprocess.run([built("documented", source)], cwd=tmp_path, check=True, timeout=60)
    with Image.open(tmp_path / "frame.png") as saved:
        assert (saved.size, saved.getpixel((0, 0)), saved.getpixel((1, 0))) == (
            (640, 480), (255, 0, 0), (0, 0, 0))


def test_memory_is_used_as_valgrind_wants_it(library, program, tmp_path):
    valgrind = shutil.which("valgrind") or pytest.skip("valgrind is not installed")
    # The compiler's debug information is too new for some versions of valgrind.
    folder = tmp_path / "stripped"
    folder.mkdir()
    subprocess.run(["strip", "-g", "-o", folder / library.name, library], check=True)
    run = subprocess.run(
        [valgrind, "--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=definite",
         "-q", program, tmp_path],
        env={**os.environ, "LD_LIBRARY_PATH": str(folder)},
        capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("arguments, status", [((), 0), (("host",), 42)])
def test_a_host_may_keep_bus_errors_to_itself(built, tmp_path, arguments, status):
    cut = tmp_path / "cut.bin"
    cut.write_bytes(b"\1")
    program = built("opted_out", "opted_out.c")
    assert subprocess.run([program, cut, *arguments], timeout=60).returncode == status


@pytest.mark.parametrize("handler, sent, fault", [
    ("info", 0, 0),
    ("info again", 0, 0),
    ("plain", 0, 0),
    # The kernel does not let a process ignore its own fault.
    ("ignored", 0, -signal.SIGBUS),
    ("default", -signal.SIGBUS, -signal.SIGBUS),
])
def test_a_bus_error_of_others_is_for_the_handler_of_the_host(built, tmp_path, handler, sent, fault):
    program = built("bus_handlers", "bus_handlers.c")
    for event, status in [("sent", sent), ("fault", fault)]:
        own, others = tmp_path / "own", tmp_path / "others"
        own.write_bytes(b"\1")
        others.write_bytes(b"")
        run = subprocess.run(
            [program, own, others, handler, event], capture_output=True, text=True, timeout=60)
        assert (run.returncode, run.stdout) == (status, ""), event


def test_memory_that_libpng_cannot_have_is_an_error(built, tmp_path):
    if not SHARED_RUNTIME.exists():
        unmet(f"{SHARED_RUNTIME} is not there; Scripts/link-library makes it on the way")
    # Only requests of the library fail, and what makes a request is known by its file.
    program = built("no_memory", "no_memory.c", library=SHARED_RUNTIME)
    run = subprocess.run([program, tmp_path], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stdout + run.stderr
    assert int(run.stdout.split()[0]) > 20


def test_a_call_that_is_stopped_at_any_moment_leaves_the_old_file(built, tmp_path):
    program = built("interrupted", "interrupted.c")
    run = subprocess.run([program, tmp_path], capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout + run.stderr
    assert int(run.stdout) > 300


def test_a_save_onto_a_file_that_others_map_is_a_flush_or_refused(built, tmp_path):
    program = built("foreign_maps", "foreign_maps.c")
    run = subprocess.run([program, tmp_path], capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout + run.stderr) == (0, "")


def test_memory_of_a_caller_whose_file_is_cut_is_an_error(built, tmp_path):
    program = built("foreign_cuts", "foreign_cuts.c")
    run = subprocess.run([program, tmp_path / "cut.bin"], capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout + run.stderr) == (0, "")
