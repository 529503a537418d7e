"""The wheel that `Scripts/package-wheel` has made, and what pip makes of the sources."""

import importlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import support
from PIL import Image as Pillow

pytestmark = pytest.mark.slow
PATH = "/usr/bin:/bin"
PACKAGING = support.ROOT / "Python/packaging"
STORY = """frombuffer raw.bin --size 1x1 --mode L
    --expect 0,0=255  --poke 0=80  --expect 0,0=128  --save test.bmp
    --expect-shared   --poke 0=40  --expect 0,0=64   --save after.png""".split()

PROGRAM = """
import imgtool, sys
data = bytearray(range(12))
image = imgtool.frombuffer("RGB", (2, 2), data)
image.save("out.png")
data[0] = 200
assert image.getpixel((0, 0)) == (200, 1, 2) and image.sharing().shared
assert imgtool.open("out.png").getpixel((0, 0)) == (0, 1, 2)
mapped = {line.split()[-1] for line in open("/proc/self/maps") if "/" in line}
print(*sorted(path for path in mapped if "swift" in path.lower() or "imgtool" in path))
"""


@pytest.fixture(scope="module")
def wheel():
    given = os.environ.get("IMGTOOL_WHEEL")
    found = [Path(given)] if given else sorted(
        (support.ROOT / "dist").glob("imgtool-*.whl"), key=lambda path: path.stat().st_mtime)
    return found[-1] if found else pytest.skip("there is no wheel; Scripts/package-wheel makes it")


class Environment:
    """A virtual environment without this one's packages, libraries and network."""

    def __init__(self, folder: Path):
        self.folder, self.clean = folder, {"PATH": PATH, "HOME": str(folder.parent)}
        subprocess.run([sys.executable, "-m", "venv", folder], check=True, env=self.clean)
        self.python, self.command = folder / "bin/python", folder / "bin/imgtool"

    def pip(self, *arguments) -> None:
        done = subprocess.run(
            [self.python, "-m", "pip", "--disable-pip-version-check", *arguments],
            env={**self.clean, "PATH": f"{self.folder}/bin:{os.environ['PATH']}"},
            capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    def install(self, *what) -> None:
        self.pip("install", "--no-index", *what)

    def run(self, *command, **options) -> subprocess.CompletedProcess:
        options = {"env": self.clean, "timeout": 60, "stdin": subprocess.DEVNULL, **options}
        return subprocess.run([*map(os.fspath, command)], capture_output=True, **options)

    def files(self) -> set:
        return {path for path in self.folder.rglob("*") if "__pycache__" not in path.parts}


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    environment = Environment(tmp_path_factory.mktemp("wheel") / "environment")
    environment.install(wheel)
    return environment


@pytest.mark.parametrize("source", [
    ("wheel",), (".",), ("--no-build-isolation", "Python"),
], ids=" ".join)
def test_it_works_in_a_fresh_environment_and_leaves_nothing(source, wheel, tmp_path):
    environment = Environment(tmp_path / "environment")
    before = environment.files()
    *options, what = source
    environment.install(*options, wheel if what == "wheel" else support.ROOT / what)

    run = environment.run(environment.python, "-c", PROGRAM, cwd=tmp_path)
    assert run.returncode == 0, run.stderr.decode()
    mapped = run.stdout.decode().split()
    assert mapped, "the library is mapped"
    for path in mapped:
        assert path.startswith(str(environment.folder)), "nothing is from the machine that built it"
    package = next(environment.folder.glob("lib/python*/site-packages/imgtool"))
    for program in ["libimgtool.so.1", "imgtool"]:
        # What libraries the package brings are its own.
        linked = environment.run("/usr/bin/ldd", package / program).stdout.decode()
        assert "libpng16" in linked
        for path in re.findall(r"(?:libpng16|libisal|libdeflate|libtiff|libjpeg|libwebp|libzstd)\S* => (\S+)", linked):
            assert path.startswith(str(environment.folder))

    shown = environment.run(environment.command, "--version").stdout.decode().split()
    listed = environment.run(environment.python, "-m", "pip", "list", "--format=freeze")
    assert f"imgtool=={shown[1]}" in listed.stdout.decode().split()
    (tmp_path / "raw.bin").write_bytes(b"\xff")
    told = environment.run(environment.python, "-m", "imgtool", *STORY, cwd=tmp_path)
    assert told.returncode == 0, told.stderr.decode()
    for name, pixel in [("test.bmp", 128), ("after.png", 64)]:
        with Pillow.open(tmp_path / name) as image:
            assert image.getpixel((0, 0)) == pixel

    environment.pip("uninstall", "--yes", "imgtool")
    assert environment.files() == before


@pytest.mark.parametrize("arguments, status", [
    (["--version"], 0),
    (["frombuffer", "raw.bin", "--size", "1x1", "--expect", "0,0=1"], 1),
    (["frombuffer", "raw.bin", "--size", "2x2"], 2),
    (["info", b"\xff\xfe", "--size", "1x1", "--json"], 0),
    (["frombuffer", "-", "--size", "1x1", "--format", "pgm", "--save", "-"], 0),
    (["show", "raw.bin", "--size", "1x1"], 0),
    (["frombuffer", "raw.bin", "--size", "1x1", "--run", "kill -TERM $PPID; exec >&- 2>&-; tail --pid=$PPID -f /dev/null"], -15),
    (["frombuffer", "raw.bin", "--size", "1x1", "--run", "kill -INT $PPID; exec >&- 2>&-; tail --pid=$PPID -f /dev/null"], -2),
    (["frombuffer", "raw.bin", "--size", "1x1", "--run", "env; grep SigIgn /proc/$PPID/status"], 0),
], ids=lambda value: os.fsdecode(b" ".join(map(os.fsencode, value)))[:40].encode("ascii", "replace").decode()
    if isinstance(value, list) else "")
@pytest.mark.parametrize("locale", [{}, {"LC_CTYPE": "C"}, {"LANG": "C.UTF-8"}], ids=str)
def test_the_command_is_the_tool_itself(installed, tmp_path, arguments, status, locale):
    for name in [b"raw.bin", b"\xff\xfe"]:
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))).write_bytes(b"\xff")
    tool = next(installed.folder.glob("lib/python*/site-packages/imgtool/imgtool"))
    seen = []
    for command in [[tool], [installed.command], [installed.python, "-m", "imgtool"]]:
        run = installed.run(
            *command, *arguments, cwd=tmp_path, stdin=None, input=b"\xff",
            env={**installed.clean, **locale})
        seen.append((run.returncode, run.stdout, run.stderr))
    assert seen[0][0] == status, seen[0]
    assert seen[0] == seen[1] == seen[2]


def test_a_closed_pipe_ends_the_command_as_it_ends_the_tool(installed):
    tool = next(installed.folder.glob("lib/python*/site-packages/imgtool/imgtool"))
    seen = []
    for command in [tool, installed.command]:
        reading, writing = os.pipe()
        os.close(reading)
        run = subprocess.run(
            [command, "completion", "zsh"], stdout=writing, stderr=subprocess.PIPE,
            env=installed.clean, timeout=60)
        os.close(writing)
        seen.append((run.returncode, run.stderr))
    assert seen[0] == seen[1] and seen[0][1] == b""


def test_the_package_says_what_to_do_without_the_tool(tmp_path):
    shutil.copytree(
        support.ROOT / "Python/imgtool", tmp_path / "imgtool",
        ignore=shutil.ignore_patterns("imgtool"))
    run = subprocess.run(
        [sys.executable, "-m", "imgtool", "--version"], capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)}, timeout=60)
    assert run.returncode == 1 and "install" in run.stderr and "Traceback" not in run.stderr


def backend():
    if str(PACKAGING) not in sys.path:
        sys.path.append(str(PACKAGING))
    return importlib.import_module("imgtool_build")


def test_its_tag_is_of_the_glibc_that_it_needs(wheel):
    major, minor = map(int, re.search(r"manylinux_(\d+)_(\d+)_", wheel.name).groups())
    symbols = re.findall(
        r"GLIBC_(\d+)\.(\d+)", "".join(strings(data) for data in libraries(wheel)))
    assert symbols and max((int(a), int(b)) for a, b in symbols) == (major, minor)


def test_it_shows_the_functions_of_the_header_only(wheel, tmp_path):
    library = tmp_path / "libimgtool.so.1"
    with zipfile.ZipFile(wheel) as archive:
        library.write_bytes(archive.read("imgtool/libimgtool.so.1"))
    listed = subprocess.run(
        ["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    text = re.sub(r"//.*", "", support.HEADER.read_text())
    functions = set(re.findall(r"\b(imgtool_\w+)\(", text))
    assert {line.split()[-1].split("@")[0] for line in listed.splitlines()} == functions


def test_an_editable_wheel_leads_to_the_sources(tmp_path):
    # Of a copy, so that the tests that run meanwhile find nothing beside their sources.
    script = f"""
import pathlib, sys
sys.path.insert(0, {str(PACKAGING)!r})
import imgtool_build
imgtool_build.PACKAGE = pathlib.Path({str(tmp_path)!r}, "Python/imgtool")
print(imgtool_build.build_editable({str(tmp_path)!r}))
"""
    shutil.copytree(support.ROOT / "Python", tmp_path / "Python")
    name = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()[-1]
    environment = Environment(tmp_path / "environment")
    environment.install(tmp_path / name)
    where = "import imgtool; print(imgtool.__file__)"
    found = environment.run(environment.python, "-c", where)
    assert found.stdout.decode().strip() == f"{tmp_path}/Python/imgtool/__init__.py", found.stderr
    assert environment.run(environment.command, "--version").stdout.startswith(b"imgtool ")
    environment.pip("uninstall", "--yes", "imgtool")
    assert environment.run(environment.python, "-c", where).returncode == 1


def test_the_source_archive_holds_the_repository(tmp_path):
    name = backend().build_sdist(tmp_path)
    with tarfile.open(tmp_path / name) as archive:
        held = {path.split("/", 1)[1] for path in archive.getnames()}
        known = archive.extractfile(name.replace(".tar.gz", "/PKG-INFO")).read()
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=support.ROOT, capture_output=True, text=True).stdout
    tracked = {path for path in listed.split("\0") if (support.ROOT / path).is_file()}
    assert tracked and tracked | {"PKG-INFO"} <= held
    assert not {path for path in held if path.startswith((".build", "dist/"))}
    assert re.search(rb"^Name: imgtool$", known, re.M)


def test_the_same_sources_make_the_same_wheel(tmp_path):
    made = []
    for folder in [tmp_path / "first", tmp_path / "second"]:
        folder.mkdir()
        made.append(folder / backend().build_wheel(folder))
    assert made[0].name == made[1].name and made[0].read_bytes() == made[1].read_bytes()


def libraries(wheel) -> list:
    with zipfile.ZipFile(wheel) as archive:
        return [archive.read(name) for name in archive.namelist()
                if name.startswith("imgtool/") and not name.endswith(".py")]


def strings(data: bytes) -> str:
    return data.decode("latin-1")
