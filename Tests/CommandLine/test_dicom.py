"""DICOM against pydicom, which writes each file and reads what edits have made of it."""

import re
import warnings

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from cuts import refuse_every_cut
from oracles import random_bytes

SYNTAXES = {"implicit": ImplicitVRLittleEndian, "explicit": ExplicitVRLittleEndian, "big": ExplicitVRBigEndian}
COMPRESSED = {
    "1.2.840.10008.1.2.1.99": "deflate", "1.2.840.10008.1.2.5": "RLE", "1.2.840.10008.1.2.4.50": "JPEG",
    "1.2.840.10008.1.2.4.70": "lossless JPEG", "1.2.840.10008.1.2.4.80": "JPEG-LS",
    "1.2.840.10008.1.2.4.90": "JPEG 2000", "1.2.840.10008.1.2.4.201": "HTJ2K", "1.2.3.4": "1.2.3.4"}


def write(path, array, syntax=ExplicitVRLittleEndian, stored=None, photometric="MONOCHROME2", bands=1, planar=None,
          frames=None, bits=None, data=None, **more):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    meta.MediaStorageSOPInstanceUID = "1.2.3"
    meta.TransferSyntaxUID = syntax
    said = Dataset()
    said.file_meta = meta
    said.SOPClassUID, said.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    said.PatientName = "Nobody"
    rows, columns = more.pop("shape", None) or array.shape[-3 if bands > 1 and not planar else -2:][:2]
    said.Rows, said.Columns, said.SamplesPerPixel = rows, columns, bands
    said.BitsAllocated = bits or array.dtype.itemsize * 8
    said.BitsStored = stored or said.BitsAllocated
    said.HighBit = more.pop("high", said.BitsStored - 1)
    said.PixelRepresentation = int(array.dtype.kind == "i")
    said.PhotometricInterpretation = photometric
    if bands > 1:
        said.PlanarConfiguration = planar or 0
    if frames:
        said.NumberOfFrames = frames
    for name, value in more.items():
        setattr(said, name, value)
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    plain = array.astype(array.dtype.newbyteorder(order)).tobytes() if data is None else data
    said.PixelData = plain + b"\0" * (len(plain) % 2)
    said["PixelData"].VR = "OB" if said.BitsAllocated <= 8 and syntax != ImplicitVRLittleEndian else "OW"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pydicom.dcmwrite(path, said, implicit_vr=syntax == ImplicitVRLittleEndian,
                         little_endian=syntax != ExplicitVRBigEndian, enforce_file_format=True)
    return said


def loaded(imgtool, path="a.dcm", *words):
    imgtool("open", path, *words, "--expect-shared", "--no-copy", "--save", "out.npy")
    return np.load("out.npy")


@pytest.mark.parametrize("size", [(5, 7), (6, 8), (1, 1)], ids=str)
@pytest.mark.parametrize("kind", ["u1", "u2", "u4", "i1", "i2", "i4"])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_numbers_are_those_of_pydicom(imgtool, here, syntax, kind, size):
    array = np.frombuffer(random_bytes(size[0] * size[1] * int(kind[1]), kind), kind).reshape(size)
    write("a.dcm", array, SYNTAXES[syntax])
    assert np.array_equal(pydicom.dcmread("a.dcm").pixel_array, array)
    assert np.array_equal(loaded(imgtool), array)


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("stored,high", [(12, 11), (12, 15), (10, 11), (16, 15)])
def test_numbers_of_some_bits(imgtool, here, stored, high, signed):
    low, top = (-(1 << stored - 1), 1 << stored - 1) if signed else (0, 1 << stored)
    array = np.random.default_rng(stored).integers(low, top, (5, 7)).astype("i2" if signed else "u2")
    shift = high + 1 - stored
    mask = ((1 << stored) - 1) << shift
    words = ((array.astype(int) << shift) & mask).astype("u2").view(array.dtype)
    write("a.dcm", words, stored=stored, high=high)
    assert np.array_equal(loaded(imgtool), array)


@pytest.mark.parametrize("planar", [0, 1])
@pytest.mark.parametrize("kind", ["u1", "u2"])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_colors_in_pixels_and_in_planes(imgtool, here, syntax, kind, planar):
    array = np.frombuffer(random_bytes(105 * int(kind[1]), kind), kind).reshape(5, 7, 3)
    stored = np.ascontiguousarray(array.transpose(2, 0, 1)) if planar else array
    write("a.dcm", stored, SYNTAXES[syntax], photometric="RGB", bands=3, planar=planar)
    assert np.array_equal(pydicom.dcmread("a.dcm").pixel_array, array)
    assert np.array_equal(loaded(imgtool), array)


def test_luma_and_chroma_become_the_colors_of_pydicom(imgtool, here):
    from pydicom.pixels import convert_color_space

    array = np.frombuffer(random_bytes(105), "u1").reshape(5, 7, 3)
    write("a.dcm", array, photometric="YBR_FULL", bands=3)
    assert np.array_equal(loaded(imgtool), array)
    colors = convert_color_space(array, "YBR_FULL", "RGB").astype(int)
    assert np.abs(loaded(imgtool, "a.dcm") - array).max() == 0
    imgtool("open", "a.dcm", "--convert", "RGB", "--save", "out.npy")
    assert np.abs(np.load("out.npy") - colors).max() <= 1


@pytest.mark.parametrize("kind", ["u1", "u2"])
def test_where_the_largest_number_is_black_the_view_is_inverted_and_edits_too(imgtool, here, kind):
    array = np.frombuffer(random_bytes(35 * int(kind[1]), kind), kind).reshape(5, 7)
    most = np.iinfo(kind).max
    write("a.dcm", array, photometric="MONOCHROME1")
    assert np.array_equal(loaded(imgtool), most - array)
    imgtool("open", "a.dcm", "--access", "rw", "--put", "3,4=1")
    assert pydicom.dcmread("a.dcm").pixel_array[4, 3] == most - 1


@pytest.mark.parametrize("bits", [8, 16])
def test_indices_have_the_colors_of_pydicom(imgtool, here, bits):
    from pydicom.pixels import apply_color_lut

    array = np.frombuffer(random_bytes(35), "u1").reshape(5, 7)
    tables = np.frombuffer(random_bytes(768, bits), "u1").reshape(3, 256)
    more = {}
    for name, table in zip(["Red", "Green", "Blue"], tables):
        more[f"{name}PaletteColorLookupTableDescriptor"] = [256, 0, bits]
        entries = table.astype("<u2") << 8 if bits == 16 else table
        more[f"{name}PaletteColorLookupTableData"] = entries.tobytes()
    write("a.dcm", array, photometric="PALETTE COLOR", **more)
    seen = apply_color_lut(array, pydicom.dcmread("a.dcm")) >> (bits - 8)
    assert np.array_equal(seen, tables.T[array])
    imgtool("open", "a.dcm", "--expect-shared", "--convert", "RGB", "--save", "out.npy")
    assert np.array_equal(np.load("out.npy"), seen)


def test_bits_follow_each_other_over_rows_and_frames(imgtool, here):
    array = np.random.default_rng(1).integers(0, 2, (3, 5, 7), "u1")
    data = np.packbits(array.ravel(), bitorder="little").tobytes()
    write("a.dcm", array, bits=1, frames=3, data=data, shape=(5, 7))
    assert np.array_equal(pydicom.dcmread("a.dcm").pixel_array, array)
    for frame in range(3):
        assert np.array_equal(loaded(imgtool, "a.dcm", "--frame", frame), array[frame].astype(bool))


@pytest.mark.parametrize("kind", ["f4", "f8"])
def test_floats(imgtool, here, kind):
    array = np.random.default_rng(1).random((5, 7)).astype(kind)
    said = write("a.dcm", np.zeros((5, 7), "u2"))
    del said.PixelData
    said.BitsAllocated = 8 * int(kind[1])
    setattr(said, "FloatPixelData" if kind == "f4" else "DoubleFloatPixelData", array.tobytes())
    said.save_as("a.dcm", enforce_file_format=True)
    assert np.array_equal(loaded(imgtool), array)


@pytest.mark.parametrize("bands", [1, 3])
def test_frames_follow_each_other(imgtool, here, bands):
    shape = (4, 5, 7) if bands == 1 else (4, 5, 7, 3)
    array = np.random.default_rng(1).integers(0, 256, shape, "u1")
    write("a.dcm", array, frames=4, bands=bands, photometric="RGB" if bands == 3 else "MONOCHROME2")
    assert imgtool("info", "a.dcm", "--json").json["frames"] == 4
    for word, frame in [(0, 0), (2, 2), ("last", 3)]:
        assert np.array_equal(loaded(imgtool, "a.dcm", "--frame", word), array[frame])
    imgtool("open", "a.dcm", "--frame", "2", "--access", "rw", "--put", "3,4=" + ",".join(["9"] * bands))
    array[2, 4, 3] = 9
    assert np.array_equal(pydicom.dcmread("a.dcm").pixel_array, array)
    imgtool("verify", "a.dcm")


@pytest.mark.parametrize("endless", [False, True], ids=["of a length", "up to a mark"])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_sequences_are_passed_over_with_what_they_hold(imgtool, here, syntax, endless):
    array = np.frombuffer(random_bytes(35), "u1").reshape(5, 7)
    said = write("a.dcm", array, SYNTAXES[syntax])
    inner = Dataset()
    inner.Rows, inner.Columns, inner.PixelRepresentation = 99, 99, 1
    for _ in range(10):
        outer = Dataset()
        outer.Rows = 42
        outer.ReferencedImageSequence = Sequence([inner, inner])
        outer["ReferencedImageSequence"].is_undefined_length = endless
        for item in outer.ReferencedImageSequence:
            item.is_undefined_length_sequence_item = endless
        inner = outer
    said.ReferencedImageSequence = Sequence([inner])
    said["ReferencedImageSequence"].is_undefined_length = endless
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        said.save_as("a.dcm", implicit_vr=syntax == "implicit", little_endian=syntax != "big",
                     enforce_file_format=True)
    assert np.array_equal(loaded(imgtool), array)


def test_sequences_without_a_floor_are_refused(refused, here):
    write("a.dcm", np.zeros((5, 7), "u1"))
    data = (here / "a.dcm").read_bytes()
    place = data.index(b"\x10\0\x10\0PN")
    nested = (b"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\0\xe0\xff\xff\xff\xff") * 100_000
    (here / "a.dcm").write_bytes(data[:place] + nested + data[place:])
    refused("open", "a.dcm", "--hash", words=["nested more than 32 deep"])


def test_edits_are_read_by_pydicom_and_nothing_else_is_changed(imgtool, here):
    array = np.frombuffer(random_bytes(70), "<u2").reshape(5, 7)
    write("a.dcm", array)
    before = (here / "a.dcm").read_bytes()
    imgtool("open", "a.dcm", "--access", "rw", "--put", "3,4=7", "--fill", "2x2+0+0=9")
    wanted = array.copy()
    wanted[4, 3], wanted[:2, :2] = 7, 9
    assert np.array_equal(pydicom.dcmread("a.dcm").pixel_array, wanted)
    after = (here / "a.dcm").read_bytes()
    assert len(before) == len(after) and sum(a != b for a, b in zip(before, after)) <= 10


def test_the_rescale_and_the_window_are_told_with_the_option_that_applies_them(imgtool, here):
    array = np.arange(35, dtype="u2").reshape(5, 7) * 50
    write("a.dcm", array, RescaleSlope="2", RescaleIntercept="-1024", WindowCenter=["40", "80"],
          WindowWidth=["400", "100"])
    run = imgtool("open", "a.dcm", "--save", "a.npy")
    assert "--scale 2 --bias -1024" in run.errors and "attributes of DICOM" in run.errors
    imgtool("open", "a.dcm", "--scale", "2", "--bias", "-1024", "--save", "b.npy")
    numbers = pydicom.pixels.apply_rescale(array, pydicom.dcmread("a.dcm"))
    assert np.array_equal(np.load("b.npy"), numbers)
    assert "--window -160,239" in imgtool(
        "open", "a.dcm", "--scale", "2", "--bias", "-1024", "--print", "0,0").errors
    # 40 - 0.5 -+ 399 / 2, before the numbers are multiplied and 1024 is taken off.
    low, high = ((40 - 0.5 + sign * 399 / 2 + 1024) / 2 for sign in (-1, 1))
    words = f"--window {low:g},{high:g}"
    assert words in run.errors
    imgtool("open", "a.dcm", *words.split(), "--save", "b.npy")
    seen = pydicom.pixels.apply_windowing(numbers, pydicom.dcmread("a.dcm"))
    seen = (seen - seen.min()) / (seen.max() - seen.min()) * 255
    assert np.abs(np.load("b.npy") - seen)[(array > low) & (array < high)].max() < 2


def test_inverted_numbers_stand_for_the_same_numbers(imgtool, here):
    array = np.frombuffer(random_bytes(70), "<u2").reshape(5, 7)
    write("a.dcm", array, photometric="MONOCHROME1", RescaleSlope="2", RescaleIntercept="-5")
    words = re.search(r"--scale \S+ --bias \S+", imgtool("open", "a.dcm", "--hash").errors)[0]
    imgtool("open", "a.dcm", *words.split(), "--save", "b.npy")
    assert np.array_equal(np.load("b.npy"), array * 2.0 - 5)


@pytest.mark.parametrize("syntax,name", COMPRESSED.items())
def test_compressed_syntaxes_are_refused_by_name(refused, here, syntax, name):
    write("a.dcm", np.zeros((5, 7), "u1"))
    data = (here / "a.dcm").read_bytes()
    place = data.index(b"\x02\0\x10\0UI") + 6
    length = int.from_bytes(data[place:place + 2], "little")
    value = syntax.encode() + b"\0" * (len(syntax) % 2)
    (here / "a.dcm").write_bytes(data[:place] + len(value).to_bytes(2, "little") + value + data[place + 2 + length:])
    refused("open", "a.dcm", "--hash", words=[name])


@pytest.mark.parametrize("more,words", [
    ({"photometric": "YBR_FULL_422", "bands": 3}, ["YBR_FULL_422"]),
    ({"photometric": "YBR_ICT", "bands": 3}, ["YBR_ICT"]), ({"photometric": "RGB", "bands": 4}, ["4 samples"]),
    ({"photometric": "PALETTE COLOR"}, ["palette"]), ({"frames": 2}, ["2 frames"]),
    ({"frames": 2147483647}, ["2147483647"]), ({"shape": (6, 7)}, ["7x6"]), ({"shape": (65535, 65535)}, ["65535"]),
    ({"shape": (0, 7)}, ["rows 0"]), ({"bits": 12}, ["12 bits"]), ({"bits": 65}, ["65"]),
    ({"stored": 9}, ["9"]), ({"high": 8}, ["highest bit 8"]), ({"high": 6}, ["highest bit 6"])])
def test_what_cannot_be_read_is_refused_by_name(refused, here, more, words):
    bands = more.get("bands", 1)
    array = np.zeros((5, 7) if bands == 1 else (5, 7, bands), "u1")
    write("a.dcm", array, **more)
    refused("open", "a.dcm", "--hash", words=words)


def test_a_file_without_pixels_is_no_picture(refused, here):
    said = write("a.dcm", np.zeros((5, 7), "u1"))
    del said.PixelData
    said.save_as("a.dcm", enforce_file_format=True)
    refused("open", "a.dcm", "--hash", words=["7FE0,0010"])


def test_bytes_behind_the_pixels_are_told_and_elements_are_not(imgtool, here):
    said = write("a.dcm", np.zeros((5, 7), "u1"))
    said.add_new(0xFFFCFFFC, "OB", b"\0" * 6)
    said.save_as("a.dcm", enforce_file_format=True)
    assert "behind" not in imgtool("open", "a.dcm", "--trailing", "error", "--hash").errors
    (here / "a.dcm").write_bytes((here / "a.dcm").read_bytes() + b"more")
    imgtool("open", "a.dcm", "--trailing", "error", "--hash", ok=2)


def test_it_is_read_only(refused, here):
    write("a.dcm", np.zeros((5, 7), "u1"))
    refused("open", "a.dcm", "--save", "b.dcm", words=["dicom is only read here"])


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_file_that_ends_early_is_refused_at_every_byte(here, syntax):
    write("a.dcm", np.zeros((5, 7), "u2"), SYNTAXES[syntax])
    data = (here / "a.dcm").read_bytes()
    assert refuse_every_cut(data, "a.dcm", len(data) - 70) > 300


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("threads", [1, 2])
def test_each_frame_is_one_of_pydicoms(imgtool, here, syntax, threads):
    array = np.random.default_rng(5).integers(0, 4096, (6, 5, 7)).astype("u2")
    write("a.dcm", array, SYNTAXES[syntax], frames=6, stored=12)
    imgtool("open", "a.dcm", "--each", "--save", "f-%d.npy", "--threads", threads)
    frames = pydicom.dcmread("a.dcm").pixel_array
    for number in range(6):
        assert np.array_equal(np.load(f"f-{number}.npy"), frames[number])
    imgtool("compare", "a.dcm", "f-%d.npy", "--each", "--threads", threads)
