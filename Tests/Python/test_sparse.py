"""What edits of a sparse file ask the file system, and what they take of the disk."""

import re
import subprocess
import sys

import pytest
import support

import imgtool

SIDE = 1 << 16
PAGE = 4096
LOOP = """
import sys
import imgtool
image = imgtool.fromfile("raw.bin", "L", ({side}, {side}), access="rw")
for index in range(int(sys.argv[1])):
    image.putpixel((index % 4000, 9), 1 + index % 255)
"""


@pytest.fixture
def sparse(here):
    """A picture of 4 GiB that is one hole, which is not kept."""
    path = here / "raw.bin"
    with open(path, "wb") as file:
        file.truncate(SIDE * SIDE)
    yield path
    path.unlink()


EDITS = {
    "putpixel": (lambda image: image.putpixel((5, 5), 1), 1),
    "putpixel of a view": (lambda image: image.reorient("270").crop((9, 9, 99, 99)).putpixel((0, 0), 1), 1),
    "a color": (lambda image: image.paste(1, (5, 7, 15, 27)), 20),
    "an image": (lambda image: image.paste(imgtool.new("L", (9, 9), 1), (5, 7)), 9),
    "invert": (lambda image: image.crop((0, 0, 9, 9)).invert(), 9),
    "flip": (lambda image: image.crop((0, 0, 9, 9)).flip("v"), 8),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_takes_space_for_the_pages_that_it_touches(sparse, name):
    edit, pages = EDITS[name]
    with imgtool.fromfile(sparse, "L", (SIDE, SIDE), access="rw") as image:
        edit(image)
    # A block for the table of extents, where there are many.
    assert pages * PAGE <= sparse.stat().st_blocks * 512 <= (pages + (pages > 3)) * PAGE


def test_a_refused_edit_takes_no_space(sparse):
    with imgtool.fromfile(sparse, "L", (SIDE, SIDE), access="rw") as image:
        for edit in (lambda: image.putpixel((SIDE, 0), 1), lambda: image.putpixel((0, 0), "no color"),
                     lambda: image.crop((0, 0, 9, 9)).add(256)):
            with pytest.raises((imgtool.Error, IndexError, TypeError, ValueError)):
                edit()
    assert sparse.stat().st_blocks == 0


@pytest.mark.parametrize("filled", [False, True])
def test_pixels_that_are_set_one_by_one_ask_for_space_once(sparse, here, filled):
    if not support.os.access("/usr/bin/strace", support.os.X_OK):
        support.unmet("strace is not installed")
    calls = []
    for count in (1, 500):
        with open(sparse, "wb") as file:
            file.write(bytes(10 * SIDE if filled else 0))
            file.truncate(SIDE * SIDE)
        command = ["strace", "-f", "-e", "trace=lseek,fallocate,madvise,mincore,fadvise64", "-P", sparse, "-o", "log",
                   sys.executable, "-c", LOOP.format(side=SIDE), str(count)]
        subprocess.run(command, check=True, env={**support.os.environ, "PYTHONPATH": str(support.ROOT / "Python")})
        calls.append(len(re.findall(r"\w+\(", (here / "log").read_text())))
        with open(sparse, "rb") as file:
            file.seek(9 * SIDE)
            assert file.read(count) == bytes(1 + index % 255 for index in range(count))
    assert calls[0] == calls[1] and calls[0] < 20
