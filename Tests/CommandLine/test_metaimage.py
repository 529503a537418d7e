"""MetaImage, attached and detached, against SimpleITK, which reads and writes it."""

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from conftest import run_tool
from stored import (FLOATS, INTEGERS, SAVED, array, check_cuts, check_edit, check_frames, check_sharing,
                    facts, put, save, shown, text)

WAYS = {"attached": "a.mha", "detached": "a.mhd"}
sitk.ProcessObject.SetGlobalWarningDisplay(False)


def write(name, pixels, isVector=False):
    """As SimpleITK writes it; gives the file with the samples."""
    sitk.WriteImage(sitk.GetImageFromArray(pixels, isVector=isVector), name, useCompression=False)
    return Path(name).with_suffix(".raw") if name.endswith(".mhd") else Path(name)


def read(name):
    return sitk.GetArrayFromImage(sitk.ReadImage(name))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", INTEGERS + FLOATS)
def test_what_simpleitk_writes_is_shared_and_edited_in_place(here, way, kind):
    data = write(WAYS[way], array(kind, (5, 7)))
    check_edit(WAYS[way], data, read, kind)


@pytest.mark.parametrize("key", ["BinaryDataByteOrderMSB", "ElementByteOrderMSB"])
@pytest.mark.parametrize("kind", ["u2", "i2", "u4", "i4", "f4", "f8"])
def test_big_endian_samples(here, key, kind):
    pixels, other = array(">" + kind, (5, 7)), array(">" + kind, (5, 7), 1)
    write("a.mha", pixels.astype("<" + kind))
    head = Path("a.mha").read_bytes()[:-pixels.nbytes]
    head = head.replace(b"BinaryDataByteOrderMSB = False", key.encode() + b" = True")
    Path("a.mha").write_bytes(head + pixels.tobytes())
    assert np.array_equal(read("a.mha"), pixels), "SimpleITK reads it otherwise"
    assert np.array_equal(shown("a.mha"), pixels)
    put("a.mha", 3, 4, other[4, 3])
    pixels[4, 3] = other[4, 3]
    assert np.array_equal(read("a.mha"), pixels)


@pytest.mark.parametrize("bands,mode", [(2, "LA"), (3, "RGB"), (4, "RGBA")])
@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
def test_channels_are_bands(here, bands, mode, kind):
    pixels = array(kind, (5, 7, bands))
    write("a.mha", pixels, isVector=True)
    found = facts("a.mha")
    assert found["mode"] == (mode if kind != "f4" or bands > 2 else found["mode"])
    if found["frames"] == 1:
        assert np.array_equal(shown("a.mha"), pixels)
    else:
        for band in range(bands):
            assert np.array_equal(shown("a.mha", "--frame", band), pixels[..., band])


@pytest.mark.parametrize("way", WAYS)
def test_further_axes_are_frames(here, way):
    check_frames(WAYS[way], write, read, "i2")


def test_a_short_first_axis_is_not_taken_for_channels(here):
    pixels = array("u1", (6, 5, 3))
    write("a.mha", pixels)
    assert facts("a.mha")["frames"] == 6
    assert np.array_equal(shown("a.mha", "--frame", "last"), pixels[5])


@pytest.mark.parametrize("size", [(1, 1), (1, 4096), (4096, 1), (33, 17)])
def test_odd_sizes_are_read_equal(here, size):
    pixels = array("u2", size)
    write("a.mha", pixels)
    assert np.array_equal(shown("a.mha"), pixels)


PIXELS = array("u1", (5, 7))
HEAD = ("ObjectType = Image\nNDims = 2\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
        "DimSize = 7 5\nElementType = MET_UCHAR\n")


@pytest.mark.parametrize("line,before", [
    ("HeaderSize = 9\n", b"123456789"), ("HeaderSize = -1\n", b"any header"), ("HeaderSize = 0\n", b""),
    ("", b"")])
def test_bytes_before_the_samples_of_a_detached_header(here, line, before):
    Path("a.mhd").write_text(HEAD + line + "ElementDataFile = d.raw\n")
    Path("d.raw").write_bytes(before + PIXELS.tobytes())
    assert np.array_equal(read("a.mhd"), PIXELS), "SimpleITK reads it otherwise"
    assert np.array_equal(shown("a.mhd"), PIXELS)
    put("a.mhd", 0, 0, 1 + PIXELS[0, 0] % 255)
    assert Path("d.raw").read_bytes()[len(before)] == 1 + PIXELS[0, 0] % 255


@pytest.mark.parametrize("way", WAYS)
def test_another_process_writes_and_the_image_shows_it(here, way):
    data = write(WAYS[way], PIXELS)
    offset = data.stat().st_size - 35
    check_sharing(WAYS[way], data, offset, text(PIXELS[0, 0]), "77", bytes([77]))


def test_fields_that_no_other_file_has_are_told_when_they_get_lost(imgtool, refused, here):
    image = sitk.GetImageFromArray(PIXELS)
    sitk.WriteImage(image, "plain.mha")
    assert not imgtool("open", "plain.mha", "--save", "o.png").errors
    image.SetSpacing((2, 1))
    image["mine"] = "a text"
    sitk.WriteImage(image, "a.mha")
    run = imgtool("open", "a.mha", "--save", "o.png")
    assert "ElementSpacing" in run.errors and "mine" in run.errors
    refused("open", "a.mha", "--save", "p.png", "--strict", words=["ElementSpacing"])


@pytest.mark.parametrize("mode,kind", SAVED)
def test_simpleitk_reads_what_is_saved_and_so_does_open(here, mode, kind):
    pixels = save("o.mha", mode, kind)
    found = read("o.mha")
    assert found.dtype == pixels.dtype.newbyteorder("=") and np.array_equal(found, pixels)


@pytest.mark.parametrize("mode,bands", [("L", 1), ("RGB", 3)])
def test_simpleitk_and_open_read_a_header_of_ours(imgtool, here, mode, bands):
    pixels = array("u1", (5, 7, bands)).reshape((5, 7) if bands == 1 else (5, 7, bands))
    Path("raw.bin").write_bytes(bytes(9) + pixels.tobytes())
    imgtool("header", "raw.bin", "--size", "7x5", "--mode", mode, "--offset", 9, "--format", "mhd",
            "--output", "h.mhd")
    assert np.array_equal(read("h.mhd"), pixels)
    assert np.array_equal(shown("h.mhd"), pixels)


REFUSED = [
    ("CompressedData = True", "zlib"), ("BinaryData = False", "text"),
    ("ElementType = MET_COW", "MET_COW"), ("DimSize = 7", "NDims"), ("DimSize = 7 0", "from 1"),
    ("DimSize = 7 -5", "from 1"), ("DimSize = 9223372036854775807 9223372036854775807", "limit"),
    ("DimSize = 99999 99999", "bytes in the file"), ("NDims = 0", "1 to 16"),
    ("ElementNumberOfChannels = 0", "from 1"), ("ElementNumberOfChannels = 99", "bytes in the file"),
    ("ElementNumberOfChannels = 9223372036854775807", "limit"),
    ("HeaderSize = -2", "-1"), ("ObjectType = Mesh", "Mesh"), ("no separator", "KEY = VALUE"),
]


@pytest.mark.parametrize("line,words", REFUSED)
def test_headers_that_cannot_be_are_refused(refused, here, line, words):
    Path("a.mha").write_bytes((HEAD + line + "\nElementDataFile = LOCAL\n").encode() + bytes(35))
    refused("open", "a.mha", "--hash", words=["a.mha", words])


def test_the_way_that_an_error_names_is_one(refused, here):
    image = sitk.GetImageFromArray(PIXELS)
    for path in ["a.mha", "a.nrrd"]:
        sitk.WriteImage(image, path, useCompression=True)
        run = refused("open", path, "--hash", words=["compressed"])
        eval(run.errors.split("write it by ")[1], {"SimpleITK": sitk, "image": image, "path": path})
        assert np.array_equal(shown(path), PIXELS)


@pytest.mark.parametrize("file", ["LIST", "LIST 2", "f%03d.raw 0 5 1"])
def test_samples_in_several_files_are_refused(refused, here, file):
    Path("a.mhd").write_text(HEAD + f"ElementDataFile = {file}\n")
    refused("open", "a.mhd", "--hash", words=["several files"])


@pytest.mark.parametrize("key", ["DimSize", "ElementType", "NDims", "ElementDataFile"])
def test_a_key_that_is_missing_is_named(refused, here, key):
    lines = [line for line in (HEAD + "ElementDataFile = LOCAL").splitlines()
             if not line.startswith(key)]
    Path("a.mha").write_bytes("\n".join([*lines, ""]).encode())
    refused("open", "a.mha", "--hash", words=[f'"{key}"'])


@pytest.mark.parametrize("way", WAYS)
def test_a_file_that_is_cut_anywhere_is_refused(here, way):
    data = write(WAYS[way], PIXELS)
    check_cuts(WAYS[way], data, range(1, data.stat().st_size))


def test_a_detached_header_that_is_cut_is_refused_or_whole(here):
    write("a.mhd", PIXELS)
    whole = Path("a.mhd").read_bytes()
    for length in range(1, len(whole)):
        Path("a.mhd").write_bytes(whole[:length])
        run = run_tool("open", "a.mhd", "--hash", ok=2 if length < len(whole) - 1 else 0)
        assert len(run.errors.splitlines()) <= 1, run
