"""The functions that the package declares are those of the header."""

import os
import re

import numpy as np
import pytest
import support
from PIL import Image as Pillow

import imgtool


def test_the_package_calls_each_function_of_the_header():
    header = re.sub(r"//.*", "", support.HEADER.read_text())
    declared = set(re.findall(r"^[\w *]+?\bimgtool_(\w+)\([^;{]*?\);", header, re.M))
    table = (support.ROOT / "Python/imgtool/native.h").read_text()
    table = table.split("#define LIBRARY_FUNCTIONS")[1].split("\n\n")[0]
    called = set(re.findall(r"\bF\((\w+)\)", table))
    assert len(declared) > 40
    # Python has no way to die of a signal on purpose.
    assert declared - called == {"leave_bus_errors_to_host"}


def test_lists_of_names():
    assert "png" in imgtool.formats() and "png" not in imgtool.formats("CMYK")
    assert imgtool.rawmodes("1")[0] == "1" and len(imgtool.rawmodes()) > 100
    assert re.fullmatch(r"\d+\.\d+\.\d+", imgtool.__version__)


def test_a_large_png_is_read_by_pillow(here):
    y, x = np.mgrid[0:2160, 0:3840]
    numbers = np.stack([x, y, x + y], -1).astype("u2")
    numbers = (numbers // 8 + np.random.default_rng(0).integers(0, 3, numbers.shape)).astype("u1")
    imgtool.fromarray(numbers).save("ours.png")
    assert np.array_equal(np.asarray(Pillow.open("ours.png")), numbers)


@pytest.mark.parametrize("name", [b"\xff.png", b"a\xc3.png", "\u00e9.png", b"\xed\xa0\x80 \n.png"])
def test_the_name_of_a_file_is_bytes(here, name):
    imgtool.new("L", (4, 3), 7).save(name)
    assert os.listdir(os.fsencode(here)) == [os.fsencode(name)]
    with Pillow.open(os.fsdecode(name)) as saved:
        assert (saved.size, saved.getpixel((0, 0))) == ((4, 3), 7)
    assert imgtool.open(name).getpixel((3, 2)) == 7
