"""NRRD, attached and detached, against pynrrd, which reads and writes it."""

from pathlib import Path

import nrrd
import numpy as np
import pytest

from conftest import run_tool
from stored import (FLOATS, INTEGERS, ORDERS, SAVED, array, check_cuts, check_edit, check_frames,
                    check_sharing, facts, put, save, shown, text)

TYPES = INTEGERS + FLOATS
WAYS = {"attached": "a.nrrd", "detached": "a.nhdr"}


def write(name, pixels, **header):
    """As pynrrd writes it, the last axis of NumPy being the fastest; gives the file with the samples."""
    nrrd.write(name, pixels, {"encoding": "raw", **header}, index_order="C",
               detached_header=name.endswith(".nhdr"))
    return Path(name).with_suffix(".raw") if name.endswith(".nhdr") else Path(name)


def read(name):
    return nrrd.read(name, index_order="C")[0]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("kind", TYPES)
def test_what_pynrrd_writes_is_shared_and_edited_in_place(here, way, order, kind):
    data = write(WAYS[way], array(order + kind, (5, 7)))
    found, pixels = check_edit(WAYS[way], data, read, order + kind)
    assert found.dtype == pixels.dtype


@pytest.mark.parametrize("kinds,bands,mode", [
    (["RGB-color", "domain", "domain"], 3, "RGB"), (["RGBA-color", "domain", "domain"], 4, "RGBA"),
    (["HSV-color", "domain", "domain"], 3, "HSV"), (["vector", "domain", "domain"], 2, "LA"),
    (None, 2, "LA"), (None, 3, "RGB"), (None, 4, "RGBA")])
def test_bands_are_those_of_the_kinds_or_of_a_short_first_axis(here, kinds, bands, mode):
    pixels = array("u1", (5, 7, bands))
    write("a.nrrd", pixels, **({"kinds": kinds} if kinds else {}))
    assert facts("a.nrrd")["mode"] == mode
    assert np.array_equal(shown("a.nrrd"), pixels)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_axis_of_the_bands_may_be_any_of_the_first_three(here, place):
    pixels = array("<u2", (5, 7, 3))
    kinds = ["domain", "domain"]
    kinds.insert(place, "RGB-color")
    # Axes are named fastest first, NumPy's last.
    write("a.nrrd", np.ascontiguousarray(np.moveaxis(pixels, 2, 2 - place)), kinds=kinds)
    assert np.array_equal(shown("a.nrrd"), pixels)


def test_kinds_of_places_make_frames_of_a_short_axis(here):
    pixels = array("u1", (6, 5, 3))
    write("a.nrrd", pixels, kinds=["domain", "domain", "domain"])
    assert facts("a.nrrd")["frames"] == 6
    assert np.array_equal(shown("a.nrrd", "--frame", "last"), pixels[5])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ["u1", ">i2", "<f8"])
def test_further_axes_are_frames(here, way, kind):
    check_frames(WAYS[way], write, read, kind)


def test_bands_that_no_mode_has_are_frames(imgtool, here):
    pixels = array("u1", (5, 7, 6))
    write("a.nrrd", pixels, kinds=["vector", "domain", "domain"])
    assert "no mode has 6 samples" in imgtool("info", "a.nrrd").errors
    for band in range(6):
        assert np.array_equal(shown("a.nrrd", "--frame", band), pixels[..., band])


@pytest.mark.parametrize("size", [(1, 1), (1, 4096), (4096, 1), (33, 17)])
def test_odd_sizes_are_read_equal(here, size):
    pixels = array(">u2", size)
    write("a.nrrd", pixels)
    assert np.array_equal(shown("a.nrrd"), pixels)


HEAD = "NRRD0004\ntype: uint8\ndimension: 2\nsizes: 7 5\nencoding: raw\n"


def detached(more, body, pixels):
    Path("a.nhdr").write_text(HEAD + "data file: d.raw\n" + more)
    Path("d.raw").write_bytes(body)
    assert np.array_equal(read("a.nhdr"), pixels), "pynrrd reads it otherwise"


PIXELS = array("u1", (5, 7))


@pytest.mark.parametrize("more,before,after", [
    ("byte skip: 5\n", b"12345", b""), ("byteskip: 5\n", b"12345", b""),
    ("line skip: 2\n", b"one\ntwo\n", b""), ("lineskip: 2\n", b"one\ntwo\n", b""),
    ("line skip: 2\nbyte skip: 3\n", b"one\ntwo\nabc", b""),
    ("byte skip: -1\n", b"any header", b"")])
def test_skips_of_a_detached_header(here, more, before, after):
    detached(more, before + PIXELS.tobytes() + after, PIXELS)
    assert np.array_equal(shown("a.nhdr"), PIXELS)
    put("a.nhdr", 0, 0, 1 + PIXELS[0, 0] % 255)
    assert Path("d.raw").read_bytes()[len(before)] == 1 + PIXELS[0, 0] % 255


def test_skips_count_from_the_end_of_an_attached_header(here):
    Path("a.nrrd").write_bytes((HEAD + "line skip: 1\nbyte skip: 2\n\n").encode() + b"x\nab"
                               + PIXELS.tobytes())
    assert np.array_equal(read("a.nrrd"), PIXELS)
    assert np.array_equal(shown("a.nrrd"), PIXELS)


def test_comments_keys_and_line_ends_of_windows_are_passed_over(here):
    head = HEAD.replace("\n", "\r\n") + "# a comment: here\r\nkey:=value: more\r\n\r\n"
    Path("a.nrrd").write_bytes(head.encode() + PIXELS.tobytes())
    assert np.array_equal(shown("a.nrrd"), PIXELS)


@pytest.mark.parametrize("field", ["old min: 0\nold max: 1.5\n", "oldmin: 0\noldmax: 1.5\n"])
def test_what_samples_stand_for_is_told(imgtool, here, field):
    Path("a.nrrd").write_bytes((HEAD + field + "\n").encode() + PIXELS.tobytes())
    assert "1.5" in imgtool("info", "a.nrrd").errors


@pytest.mark.parametrize("way", WAYS)
def test_another_process_writes_and_the_image_shows_it(here, way):
    data = write(WAYS[way], PIXELS)
    offset = data.stat().st_size - 35
    check_sharing(WAYS[way], data, offset, text(PIXELS[0, 0]), "77", bytes([77]))


def test_fields_that_no_other_file_has_are_told_when_they_get_lost(imgtool, refused, here):
    nrrd.write("a.nrrd", PIXELS, {"encoding": "raw", "spacings": [1, 2], "mine": "a text"},
               index_order="C")
    run = imgtool("open", "a.nrrd", "--save", "o.png")
    assert "spacings" in run.errors and "mine" in run.errors
    refused("open", "a.nrrd", "--save", "p.png", "--strict", words=["spacings"])
    imgtool("open", "a.nrrd", "--put", "0,0=1", "--save", "plain.nrrd")
    assert not imgtool("open", "plain.nrrd", "--save", "o.png").errors


@pytest.mark.parametrize("mode,kind", SAVED)
def test_pynrrd_reads_what_is_saved_and_so_does_open(here, mode, kind):
    pixels = save("o.nrrd", mode, kind)
    found, header = nrrd.read("o.nrrd", index_order="C")
    assert found.dtype == pixels.dtype and np.array_equal(found, pixels)
    assert header["encoding"] == "raw" and header["dimension"] == pixels.ndim


@pytest.mark.parametrize("rawmode,kind", [("RGB;16L", "<u2"), ("RGB;16B", ">u2")])
def test_pynrrd_reads_wide_colors_in_either_order(imgtool, here, rawmode, kind):
    pixels = array(kind, (5, 7, 3))
    Path("raw.bin").write_bytes(pixels.tobytes())
    imgtool("frombuffer", "raw.bin", "--size", "7x5", "--mode", "RGB", "--rawmode", rawmode,
            "--save", "o.nrrd")
    found = read("o.nrrd")
    assert found.dtype == pixels.dtype and np.array_equal(found, pixels)


@pytest.mark.parametrize("interleave", ["pixel", "line", "plane"])
def test_pynrrd_and_open_read_a_header_of_ours(imgtool, here, interleave):
    pixels = array("u1", (5, 7, 3))
    stored = {"pixel": pixels, "line": pixels.transpose(0, 2, 1),
              "plane": pixels.transpose(2, 0, 1)}[interleave]
    Path("raw.bin").write_bytes(bytes(9) + stored.tobytes())
    imgtool("header", "raw.bin", "--size", "7x5", "--mode", "RGB", "--offset", 9, "--interleave",
            interleave, "--format", "nrrd", "--output", "h.nhdr")
    assert np.array_equal(read("h.nhdr"), stored)
    assert np.array_equal(shown("h.nhdr"), pixels)
    put("h.nhdr", 6, 4, [1, 2, 3])
    assert Path("raw.bin").read_bytes() != bytes(9) + stored.tobytes()
    pixels[4, 6] = [1, 2, 3]
    assert np.array_equal(shown("h.nhdr"), pixels)


REFUSED = [
    ("encoding: gzip", "gzip-compressed"), ("encoding: ascii", "as text"),
    ("type: block", "block"), ("type: cow", "cow"), ("sizes: 7", "dimension"),
    ("sizes: 7 0", "from 1"), ("sizes: 7 -5", "from 1"), ("sizes: 7 5.5", "whole numbers"),
    ("sizes: 9223372036854775807 9223372036854775807", "beyond the limit"),
    ("sizes: 99999 99999", "bytes in the file"), ("dimension: 0", "1 to 16"),
    ("dimension: 2x", "1 to 16"), ("type: int16", "endian"), ("type: int16\nendian: both", "little or big"),
    ("byte skip: 1", "bytes in the file"), ("byte skip: -2", "-1"),
    ("byte skip: 9223372036854775807", "byte"), ("line skip: 3", "as many lines"),
    ("line skip: 99999999", "0 to"), ("data file: LIST", "several files"),
    ("data file: f%03d.raw 0 5 1", "several files"), ("no separator", "FIELD: VALUE"),
]


@pytest.mark.parametrize("line,words", REFUSED)
def test_headers_that_cannot_be_are_refused(refused, here, line, words):
    Path("a.nrrd").write_bytes((HEAD + line + "\n\n").encode() + bytes(35))
    refused("open", "a.nrrd", "--hash", words=["a.nrrd", words])


@pytest.mark.parametrize("field", ["type", "dimension", "sizes"])
def test_a_field_that_is_missing_is_named(refused, here, field):
    lines = [line for line in HEAD.splitlines() if not line.startswith(field)]
    Path("a.nrrd").write_bytes("\n".join([*lines, "", ""]).encode() + bytes(35))
    refused("open", "a.nrrd", "--hash", words=[f'"{field}"'])


@pytest.mark.parametrize("way", WAYS)
def test_a_file_that_is_cut_anywhere_is_refused(here, way):
    data = write(WAYS[way], PIXELS)
    check_cuts(WAYS[way], data, range(1, data.stat().st_size))


def test_a_detached_header_that_is_cut_is_refused_or_describes_less(here):
    """What follows the fields that must be there may be missing: an end of the file is one too."""
    write("a.nhdr", PIXELS)
    whole = Path("a.nhdr").read_bytes()
    for length in range(1, len(whole)):
        Path("a.nhdr").write_bytes(whole[:length])
        run = run_tool("open", "a.nhdr", "--hash", ok=None)
        assert run.exit in (0, 2) and len(run.errors.splitlines()) <= 1 + (run.exit == 0), run
