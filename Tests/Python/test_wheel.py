"""The wheel that `Scripts/package-wheel` has made, installed into an environment of its own."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import support

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
    found = [Path(given)] if given else sorted((support.ROOT / "dist").glob("imgtool-*.whl"))
    return found[-1] if found else pytest.skip("there is no wheel; Scripts/package-wheel makes it")


def test_it_works_in_a_fresh_environment(wheel, tmp_path):
    environment = tmp_path / "environment"
    clean = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-m", "venv", environment], check=True, env=clean)
    python = environment / "bin/python"
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-index", wheel],
        check=True, env=clean)
    run = subprocess.run(
        [python, "-c", PROGRAM], cwd=tmp_path, env=clean, capture_output=True, text=True,
        timeout=60)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split(), "the library is mapped"
    for path in run.stdout.split():
        assert path.startswith(str(environment)), "nothing is from the machine that built it"
    # What libraries the package brings are its own.
    linked = subprocess.run(
        ["ldd", next(environment.glob("lib/python*/site-packages/imgtool/libimgtool-c.so"))],
        capture_output=True, text=True, check=True).stdout
    for name in ["libpng16", "libisal"]:
        for path in re.findall(rf"{name}\S* => (\S+)", linked):
            assert path.startswith(str(environment))


def test_its_tag_is_of_the_glibc_that_it_needs(wheel):
    major, minor = map(int, re.search(r"manylinux_(\d+)_(\d+)_", wheel.name).groups())
    symbols = re.findall(
        r"GLIBC_(\d+)\.(\d+)", "".join(strings(data) for data in libraries(wheel)))
    assert symbols and max((int(a), int(b)) for a, b in symbols) == (major, minor)


def test_it_shows_the_functions_of_the_header_only(wheel, tmp_path):
    library = tmp_path / "libimgtool-c.so"
    with zipfile.ZipFile(wheel) as archive:
        library.write_bytes(archive.read("imgtool/libimgtool-c.so"))
    listed = subprocess.run(
        ["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    names = {line.split()[-1] for line in listed.splitlines()}
    text = re.sub(r"//.*", "", support.HEADER.read_text())
    functions = set(re.findall(r"\b(imgtool_[a-z_]+)\(", text))
    assert functions <= names
    assert not {name for name in names - functions if name.startswith("imgtool_")}


def libraries(wheel) -> list:
    with zipfile.ZipFile(wheel) as archive:
        return [archive.read(name) for name in archive.namelist() if ".so" in name]


def strings(data: bytes) -> str:
    return data.decode("latin-1")
