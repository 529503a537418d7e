"""Arrays in an archive of NumPy's, which writes them and checks what is in them."""

import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from conftest import run_tool
from stored import INTEGERS, array, check_cuts, facts, shown


@pytest.mark.parametrize("kind", ["?", *INTEGERS, "f2", "f4", "f8", ">u2", ">f4"])
def test_every_type_that_numpy_stores_is_shared(here, kind):
    pixels = array(kind, (5, 7))
    np.savez("a.npz", x=pixels)
    found = shown("a.npz")
    assert np.array_equal(found, pixels)


def test_an_array_is_chosen_by_its_name_and_the_others_are_told(imgtool, here):
    arrays = {"line": array("u1", (9,)), "b": array("u1", (4, 6)), "c": array("u2", (5, 7, 3)),
              "d": np.asfortranarray(array("f4", (5, 7)))}
    np.savez("a.npz", **arrays)
    for name in "bcd":
        assert np.array_equal(shown("a.npz", "--tensor", name), arrays[name])
        assert np.array_equal(shown("a.npz", "--tensor", f"{name}.npy"), arrays[name])
    run = imgtool("open", "a.npz", "--hash")
    assert "--tensor" in run.errors and all(name in run.errors for name in arrays)
    assert not imgtool("open", "a.npz", "--tensor", "b", "--hash").errors


def test_edits_never_reach_the_archive_so_that_numpy_reads_it(imgtool, refused, here):
    """Its checksums would not fit any more, and NumPy would refuse the array."""
    pixels = array("u1", (5, 7))
    np.savez("a.npz", x=pixels)
    before = Path("a.npz").read_bytes()
    refused("open", "a.npz", "--access", "rw", "--put", "0,0=9", words=["checksum", "--access cow", "--save"])
    refused("verify", "a.npz", words=["checksum"])
    imgtool("open", "a.npz", "--put", "0,0=9", "--save", "o.npy")
    assert np.load("o.npy")[0, 0] == 9 and Path("a.npz").read_bytes() == before
    # What the reason says is so: NumPy refuses an array that was changed in place.
    changed = bytearray(before)
    changed[before.index(pixels.tobytes())] ^= 1
    Path("b.npz").write_bytes(changed)
    with pytest.raises(zipfile.BadZipFile):
        np.load("b.npz")["x"]
    assert np.array_equal(np.load("a.npz")["x"], pixels)


def test_compressed_arrays_are_refused_by_name_with_the_way_out(refused, here):
    np.savez_compressed("a.npz", x=array("u1", (5, 7)))
    refused("open", "a.npz", "--hash", words=["x.npy", "compressed", "numpy.savez"])


def test_a_stored_array_is_found_behind_a_compressed_one(here):
    pixels = array("u1", (5, 7))
    with zipfile.ZipFile("a.npz", "w") as file:
        for name, method in [("deep.npy", zipfile.ZIP_DEFLATED), ("x.npy", zipfile.ZIP_STORED)]:
            data = io.BytesIO()
            np.save(data, pixels)
            file.writestr(name, data.getvalue(), method)
    assert np.array_equal(shown("a.npz"), pixels)
    run_tool("open", "a.npz", "--tensor", "deep", "--hash", ok=2)


@pytest.mark.parametrize("comment", [b"", b"a comment", b"x" * 65535])
def test_a_comment_behind_the_directory(here, comment):
    pixels = array("u1", (5, 7))
    np.savez("a.npz", x=pixels)
    with zipfile.ZipFile("a.npz", "a") as file:
        file.comment = comment
    assert np.array_equal(np.load("a.npz")["x"], pixels)
    assert np.array_equal(shown("a.npz", "--trailing", "error"), pixels)


def test_counts_beyond_32_bits_stand_in_fields_of_zip64(here):
    pixels = array("u1", (5, 7))
    np.savez("a.npz", x=pixels)
    data = bytearray(Path("a.npz").read_bytes())
    end = data.rindex(b"PK\5\6")
    size, start = struct.unpack("<II", data[end + 12:end + 20])
    entry = bytearray(data[start:start + size])
    stored, plain = struct.unpack("<II", entry[20:28])
    place, = struct.unpack("<I", entry[42:46])
    entry[20:28], entry[42:46] = b"\xff" * 8, b"\xff" * 4
    field = struct.pack("<HHQQQ", 1, 24, plain, stored, place)
    entry[30:32] = struct.pack("<H", len(field))
    entry += field
    body = data[:start] + entry
    big = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 1, 1, len(entry), start)
    locator = struct.pack("<IIQI", 0x07064B50, 0, len(body), 1)
    last = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    Path("a.npz").write_bytes(body + big + locator + last)
    assert np.array_equal(np.load("a.npz")["x"], pixels), "NumPy reads it otherwise"
    assert np.array_equal(shown("a.npz"), pixels)


def test_an_archive_without_arrays_is_one_that_is_not_read(refused, here):
    with zipfile.ZipFile("a.npz", "w") as file:
        file.writestr("x.txt", "text")
    refused("open", "a.npz", "--hash", words=["zip archive", "unzip"])


def test_what_is_no_image_is_refused(refused, here):
    np.savez("a.npz", x=array("u1", (9,)))
    refused("open", "a.npz", "--hash", words=["(9,)", "2 to 4 axes"])
    refused("open", "a.npz", "--tensor", "y", "--hash", words=['there is no array "y"', "file has x"])
    np.savez("o.npz", x=np.array([None]))
    refused("open", "o.npz", "--hash", words=["pickled"])


def test_frames_and_order_are_those_of_the_array(here):
    pixels = array("u1", (2, 3, 5, 7))
    np.savez("a.npz", x=pixels)
    assert facts("a.npz")["frames"] == 2
    assert np.array_equal(shown("a.npz", "--frame", 1), pixels[1].transpose(1, 2, 0))
    np.savez("a.npz", x=pixels[0, :, :, :4])
    assert np.array_equal(shown("a.npz", "--order", "chw"), pixels[0, :, :, :4].transpose(1, 2, 0))


def test_frames_beyond_the_member_are_refused_though_the_first_is_there(refused, here):
    pixels = array("u1", (6, 5, 7))
    np.savez("a.npz", x=pixels)
    data = Path("a.npz").read_bytes()
    Path("a.npz").write_bytes(data.replace(b"(6, 5, 7)", b"(9, 5, 7)"))
    refused("open", "a.npz", "--hash", words=["x.npy", "[9, 5, 7]"])


def test_an_archive_that_is_cut_anywhere_is_refused(here):
    np.savez("a.npz", x=array("u1", (5, 7)))
    check_cuts("a.npz", "a.npz", range(1, Path("a.npz").stat().st_size))


def test_every_byte_of_the_archive_may_be_wrong(here):
    """An error or a picture, and no crash."""
    np.savez("a.npz", x=array("u1", (2, 3)))
    data = Path("a.npz").read_bytes()
    places = [*range(0, 46), *range(len(data) - 100, len(data))]
    for place in places:
        for value in (0, 255):
            Path("a.npz").write_bytes(data[:place] + bytes([value]) + data[place + 1:])
            run_tool("open", "a.npz", "--hash", ok=None)
    assert len(places) > 100


def test_each_frame_of_an_array_among_many(imgtool, here):
    frames = array("u2", (9, 5, 7))
    np.savez("a.npz", **{f"x{number}": array("u1", (1,)) for number in range(300)}, z=frames)
    run = imgtool("open", "a.npz", "--tensor", "z", "--each", "--print", "6,4")
    assert [int(line.split()[-1]) for line in run.text.splitlines()] == frames[:, 4, 6].tolist()
