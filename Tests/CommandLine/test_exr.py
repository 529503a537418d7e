"""OpenEXR without compression, against the library that owns it."""

import re
import shlex
import struct
import subprocess
import time
from pathlib import Path

import numpy as np
import OpenEXR
import pytest

from stored import array, check_cuts, check_sharing, facts, put, shown

KINDS = {"half": "f2", "float": "f4", "uint": "u4"}


def write(channels, name="a.exr", **more):
    header = {"compression": OpenEXR.NO_COMPRESSION, "type": OpenEXR.scanlineimage, **more}
    # It puts its own objects into the dictionary that it is given.
    OpenEXR.File(header, {key: pixels.copy() for key, pixels in channels.items()}).write(name)


def read(name="a.exr"):
    """The samples by the names of their channels."""
    with OpenEXR.File(name, separate_channels=True) as file:
        return {key: channel.pixels.copy() for key, channel in file.channels().items()}


def colors(pixels, names="RGBA"):
    return {name: np.ascontiguousarray(pixels[..., band]) for band, name in zip(range(pixels.shape[2]), names)}


@pytest.mark.parametrize("kind", ["half", "float"])
@pytest.mark.parametrize("bands", [3, 4])
@pytest.mark.parametrize("order", [OpenEXR.INCREASING_Y, OpenEXR.DECREASING_Y], ids=["down", "up"])
def test_colors_of_the_library_are_shared_and_edited_in_place(here, kind, bands, order):
    pixels, other = (array(KINDS[kind], (5, 7, bands), seed) for seed in (0, 1))
    write(colors(pixels), lineOrder=order)
    found = facts("a.exr")
    assert (found["mode"], found["frames"]) == ("RGBA"[:bands], 1)
    assert np.array_equal(shown("a.exr"), pixels)
    put("a.exr", 3, 4, other[4, 3])
    pixels[4, 3] = other[4, 3]
    after = read()
    assert all(np.array_equal(after[name], pixels[..., "RGBA".index(name)]) for name in after)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(5, 7), (1, 1), (1, 300), (300, 1)])
def test_one_channel_is_numbers(here, kind, size):
    pixels, other = (array(KINDS[kind], size, seed) for seed in (0, 1))
    write({"Y": pixels})
    assert np.array_equal(shown("a.exr"), pixels)
    put("a.exr", size[1] - 1, 0, other[0, -1])
    pixels[0, -1] = other[0, -1]
    assert np.array_equal(read()["Y"], pixels)


def test_opacity_beside_gray_is_told(imgtool, here):
    """No mode has two numbers."""
    pixels = array("f4", (5, 7, 2))
    write(colors(pixels, "YA"))
    assert facts("a.exr")["mode"] == "F"
    assert np.array_equal(shown("a.exr"), pixels[..., 0])
    assert "the channel A is not shown" in imgtool("open", "a.exr", "--hash").errors


def test_other_channels_beside_colors_are_told(imgtool, here):
    pixels, depth = array("f2", (5, 7, 3)), array("f4", (5, 7))
    write({**colors(pixels), "Z": depth, "id": array("u4", (5, 7))})
    assert np.array_equal(shown("a.exr"), pixels)
    run = imgtool("open", "a.exr", "--hash")
    assert "channels" in run.errors and "Z" in run.errors and "id" in run.errors
    run = imgtool("open", "a.exr", "--save", "o.npy", "--strict", ok=2)
    assert "the other channels are not in the file" in run.errors


def test_channels_that_are_no_colors_are_frames(imgtool, here):
    channels = {"left.R": array("f2", (5, 7)), "Z": array("f4", (5, 7), 1), "id": array("u4", (5, 7), 2)}
    write(channels)
    names = sorted(channels)
    assert facts("a.exr")["frames"] == 3
    assert ", ".join(names) in imgtool("open", "a.exr", "--hash").errors
    for frame, name in enumerate(names):
        assert np.array_equal(shown("a.exr", "--frame", frame), channels[name])


def test_colors_of_several_types_are_frames(here):
    channels = {"R": array("f2", (5, 7)), "G": array("f4", (5, 7)), "B": array("f4", (5, 7))}
    write(channels)
    assert facts("a.exr")["frames"] == 3
    for frame, name in enumerate("BGR"):
        assert np.array_equal(shown("a.exr", "--frame", frame), channels[name])


def test_the_data_window_is_shown_and_the_display_told(imgtool, here):
    pixels = array("f2", (5, 7, 3))
    corner, size = np.array([-2, 3], "i4"), np.array([6, 4], "i4")
    write(colors(pixels), dataWindow=(corner, corner + size),
          displayWindow=(np.array([0, 0], "i4"), np.array([99, 49], "i4")))
    assert np.array_equal(shown("a.exr"), pixels)
    errors = imgtool("open", "a.exr", "--hash").errors
    assert "7x5 at -2,3" in errors and "100x50" in errors


def test_attributes_that_get_lost_are_told(imgtool, here):
    write(colors(array("f2", (5, 7, 3))), owner="me")
    assert "owner" in imgtool("open", "a.exr", "--save", "o.npy").errors
    write(colors(array("f2", (5, 7, 3))))
    assert not imgtool("open", "a.exr", "--save", "o.npy").errors


def test_another_process_writes_and_the_image_shows_it(here):
    write({"Y": np.zeros((5, 7), "f4")})
    offset = Path("a.exr").stat().st_size - 5 * (8 + 28) + 8
    check_sharing("a.exr", "a.exr", offset, "0", "1.5", struct.pack("<f", 1.5))


def test_verify_proves_it(imgtool, here):
    write(colors(array("f4", (5, 7, 3))))
    before = Path("a.exr").read_bytes()
    assert imgtool("verify", "a.exr", "--in-place", "--json").json["shared"]
    assert Path("a.exr").read_bytes() == before


@pytest.mark.parametrize("name", ["RLE", "ZIPS", "ZIP", "PIZ", "PXR24", "B44", "B44A", "DWAA", "DWAB"])
def test_compression_is_refused_by_name(refused, here, name):
    write(colors(array("f2", (5, 7, 3))), compression=getattr(OpenEXR, name + "_COMPRESSION"))
    refused("open", "a.exr", "--hash", words=[f"{name}-compressed EXR", "ffmpeg -i IN.exr"])


def test_the_way_that_an_error_names_is_one(refused, imgtool, here, program):
    pixels = array("f4", (5, 7, 3))
    write(colors(pixels), compression=OpenEXR.ZIP_COMPRESSION)
    run = refused("open", "a.exr", "--hash", words=["`ffmpeg "])
    line = shlex.split(re.search("`(ffmpeg .*)`", run.errors)[1].replace("IN", "a").replace("OUT", "b"))
    subprocess.run([program("ffmpeg"), "-v", "error", *line[1:]], check=True)
    assert np.array_equal(shown("b.exr"), pixels)


def test_tiles_and_parts_are_refused_by_name(refused, here):
    write(colors(array("f2", (5, 7, 3))), type=OpenEXR.tiledimage, tiles=OpenEXR.TileDescription())
    refused("open", "a.exr", "--hash", words=["tiles"])
    parts = [OpenEXR.Part({"type": OpenEXR.scanlineimage}, colors(array("f2", (5, 7, 3))), name=name)
             for name in "ab"]
    OpenEXR.File(parts).write("a.exr")
    refused("open", "a.exr", "--hash", words=["several parts"])


def test_a_save_advises_another_format(refused, here):
    write(colors(array("f2", (5, 7, 3))))
    refused("open", "a.exr", "--save", "o.exr", words=["exr is only read", "npy"])


def test_a_file_that_is_cut_anywhere_is_refused(here):
    write({"Y": array("f4", (5, 7))})
    check_cuts("a.exr", "a.exr", range(1, Path("a.exr").stat().st_size))


def altered(at, value):
    data = bytearray(Path("a.exr").read_bytes())
    data[at:at + len(value)] = value
    Path("a.exr").write_bytes(data)


def after(mark):
    data = Path("a.exr").read_bytes()
    return data.index(mark) + len(mark)


@pytest.mark.parametrize("mark,skip,value,words", [
    (b"\x76\x2f\x31\x01", 0, b"\3", "version 3"), (b"\x76\x2f\x31\x01", 1, b"\x08", "deep"),
    (b"compression\0compression\0\1\0\0\0", 0, b"\x63", "compression 99"),
    (b"lineOrder\0lineOrder\0\1\0\0\0", 0, b"\2", "line order 2"),
    (b"dataWindow\0box2i\0", 4, b"\xff\xff\xff\x7f", "data window"),
    (b"dataWindow\0box2i\0", 12, b"\xff\xff\xff\x7f", "bytes in the file"),
    (b"dataWindow\0box2i\0", 0, b"\x11", "16 bytes"), (b"chlist\0", 6, b"\7", "type 7"),
    (b"chlist\0", 14, b"\2", "2x1"), (b"chlist\0", 0, b"\xff\xff\xff\x7f", "attribute"),
    (b"scanlineimage\0", 0, b"\0", "row")])
def test_headers_that_cannot_be_are_refused(refused, here, mark, skip, value, words):
    write({"Y": array("f4", (5, 7))})
    place = after(mark)
    altered(place + skip, value)
    refused("open", "a.exr", "--hash", words=["a.exr", words])


@pytest.mark.parametrize("place,words", [(2**63, "within"), (1, "row"), (2**64 - 1, "within")])
def test_places_of_rows_that_cannot_be_are_refused(refused, here, place, words):
    write({"Y": array("f4", (5, 7))})
    table = len(Path("a.exr").read_bytes()) - 5 * 36 - 5 * 8
    altered(table, struct.pack("<Q", place))
    refused("open", "a.exr", "--hash", words=[words])


@pytest.mark.parametrize("into", ["the header", "the table of rows"])
def test_a_row_in_what_describes_it_is_refused(refused, here, into):
    """An edit would change the header."""
    chunk = struct.pack("<iI4B", 0, 4, *range(4))
    write({"Y": np.zeros((1, 1), "f4")}, owner=chunk.decode("latin-1") * 3)
    data = Path("a.exr").read_bytes()
    table = len(data) - 12 - 8
    if into == "the header":
        place = data.index(b"owner\0string\0") + 17
        altered(place, chunk)
    else:
        place = table + 4
        altered(table + 8, struct.pack("<I", 4))
    altered(table, struct.pack("<Q", place))
    refused("open", "a.exr", "--hash", words=[f"row 0 at byte {place}", f"within bytes {table + 8} to"])


def plain(names):
    """A file by hand, of one pixel in many channels."""
    def attribute(key, kind, value):
        return f"{key}\0{kind}\0".encode() + struct.pack("<I", len(value)) + value

    channels = b"".join(name.encode() + struct.pack("<BII8x", 0, 2, 0)[:9] + struct.pack("<II", 1, 1) for name in names)
    window = attribute("dataWindow", "box2i", bytes(16)) + attribute("displayWindow", "box2i", bytes(16))
    head = struct.pack("<II", 0x01312F76, 2) + attribute("channels", "chlist", channels + b"\0") + attribute(
        "compression", "compression", b"\0") + window + attribute("lineOrder", "lineOrder", b"\0") + attribute(
        "pixelAspectRatio", "float", struct.pack("<f", 1)) + attribute("screenWindowCenter", "v2f", bytes(8)) + attribute(
        "screenWindowWidth", "float", struct.pack("<f", 1)) + b"\0"
    rows = struct.pack(f"<iI{len(names)}f", 0, 4 * len(names), *range(len(names)))
    Path("a.exr").write_bytes(head + struct.pack("<Q", len(head) + 8) + rows)


def test_many_channels_are_read_at_once_and_told_in_a_line(imgtool, here):
    plain([f"c{index:05}" for index in range(40_000)])
    start = time.monotonic()
    run = imgtool("open", "a.exr", "--frame", "39999", "--expect", "0,0=39999")
    assert time.monotonic() - start < 15 and len(run.errors) < 300
    assert "each channel is a frame: c00000, c00001" in run.errors and "c00007 and 39992 more" in run.errors


def test_two_channels_of_one_name_are_refused(refused, here):
    plain(["a", "a"])
    refused("open", "a.exr", "--hash", words=["another channel a"])


def test_rows_at_uneven_distances_are_refused(refused, here):
    write({"Y": array("f4", (5, 7))})
    data = Path("a.exr").read_bytes()
    table = len(data) - 5 * 36 - 5 * 8
    rows = [data[table + i * 8:table + i * 8 + 8] for i in (0, 1, 3, 2, 4)]
    altered(table, b"".join(rows))
    refused("open", "a.exr", "--hash", words=["uneven"])
