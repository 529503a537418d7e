"""Files of libvips, which itself says what is in them."""

import subprocess

import numpy as np
import pytest
import tifffile

from conftest import listed
from oracles import samples, source

SIZE = (7, 5)
HELD = next((entry["modes"] for entry in listed("formats") if entry["format"] == "vips"), [])


@pytest.mark.parametrize("mode", HELD)
def test_libvips_reads_what_is_saved(imgtool, here, program, mode):
    data, raw = source(here, mode, SIZE)
    imgtool("frombuffer", *raw, "--save", "out.v")
    subprocess.run([program("vips"), "rawsave", "out.v", "out.bin"], check=True)
    array = samples(mode, SIZE, data)
    array = array[..., :3] if mode == "RGBX" else array
    # It writes the numbers of the machine.
    found = np.fromfile("out.bin", array.dtype.newbyteorder("=")).reshape(array.shape)
    assert np.array_equal(found, array)


@pytest.mark.parametrize("bands,mode", [(1, "L"), (3, "RGB"), (4, "CMYK")])
def test_what_libvips_saves_is_read_and_shared(imgtool, here, program, bands, mode):
    pixels = np.random.default_rng(bands).integers(0, 256, (5, 7, bands), "u1")
    pixels.tofile("in.bin")
    interpretation = {"L": "b-w", "RGB": "srgb", "CMYK": "cmyk"}[mode]
    subprocess.run([program("vips"), "rawload", "in.bin", "in.v", "7", "5", str(bands),
                    "--interpretation", interpretation], check=True)
    run = imgtool("open", "in.v", "--no-copy", "--expect-shared", "--save", "out.npy", "--json")
    assert imgtool("info", "in.v", "--json").json["mode"] == mode, run
    assert np.array_equal(np.load("out.npy").reshape(pixels.shape), pixels)


def test_64_bit_integers_are_called_so_and_only_formats_that_hold_them_are_advised(refused, here):
    tifffile.imwrite("a.tif", np.array([[2**40, -3]], np.int64))
    run = refused("open", "a.tif", "--save", "b.v", words=["vips", "64-bit integers", "npy", "tiff"])
    assert "vips" not in run.errors.split("save as")[1] and "f64" not in run.errors
