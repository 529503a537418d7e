"""NIfTI-1, NIfTI-2 and Analyze: files of nibabel are read equal, edited in place, and written for it."""

import struct

import numpy as np
import pytest

nibabel = pytest.importorskip("nibabel")

TYPES = ["u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"]
KINDS = {"one": nibabel.Nifti1Image, "two": nibabel.Nifti2Image, "pair": nibabel.Nifti1Pair,
         "pair of two": nibabel.Nifti2Pair, "analyze": nibabel.AnalyzeImage}


def pixels(dtype, shape=(5, 7), seed=1):
    generator = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return generator.normal(0, 100, shape).astype(dtype)
    low, high = max(np.iinfo(dtype).min, -2**52), min(np.iinfo(dtype).max, 2**52)
    return generator.integers(low, high, shape, endpoint=True).astype(dtype)


def write(array, kind="one", order="<"):
    """Writes an array with its last axis the fastest; gives what to open and what holds the samples."""
    header = KINDS[kind].header_class(endianness=order)
    header.set_data_dtype(array.dtype.newbyteorder(order) if array.dtype.names is None else array.dtype)
    image = KINDS[kind](array.T, np.eye(4), header)
    single = kind in ("one", "two")
    nibabel.save(image, "a.nii" if single else "a.img")
    return ("a.nii", "a.nii") if single else ("a.hdr", "a.img")


def read(path="a.nii"):
    return np.asanyarray(nibabel.load(path).dataobj).T


@pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", TYPES)
def test_what_nibabel_writes_is_read_equal_and_edited(imgtool, here, dtype, kind, order):
    if kind == "analyze" and dtype not in ("u1", "i2", "i4", "f4", "f8"):
        return  # Analyze has no such type, which nibabel itself says.
    array = pixels(dtype)
    path, data = write(array, kind, order)
    imgtool("open", path, "--expect-shared", "--no-copy", "--save", "o.npy")
    assert np.array_equal(np.load("o.npy").astype(dtype), array)
    value = 2.5 if dtype[0] == "f" else 77
    run = imgtool("open", path, "--access", "rw", "--put", f"3,4={value}")
    array[4, 3] = value
    assert np.array_equal(read(data), array), run


@pytest.mark.parametrize("shape", [(3, 5, 7), (2, 3, 5, 7), (1, 1), (1, 5, 7), (7,)], ids=str)
def test_slices_and_volumes_are_frames(imgtool, here, shape):
    array = pixels("i2", shape)
    path, _ = write(array)
    slices = array.reshape(-1, *((1, 1) + shape)[-2:] if len(shape) > 1 else (1, shape[0]))
    assert imgtool("info", path, "--json").json["frames"] == len(slices)
    for frame, wanted in enumerate(slices):
        imgtool("open", path, "--frame", frame, "--save", "o.npy")
        assert np.array_equal(np.load("o.npy"), wanted)


@pytest.mark.parametrize("bands", [3, 4])
def test_colors(imgtool, here, bands):
    array = pixels("u1", (4, 5, 7, bands))
    dtype = np.dtype([(name, "u1") for name in "RGBA"[:bands]])
    write(array.view(dtype)[..., 0])
    for frame in range(4):
        imgtool("open", "a.nii", "--frame", frame, "--expect-shared", "--save", "o.npy")
        assert np.array_equal(np.load("o.npy"), array[frame])


@pytest.mark.parametrize("mode,dtype", [("L", "u1"), ("I;16", "<u2"), ("I;16B", ">u2"), ("I", "<i4"),
                                        ("F", "<f4"), ("RGB", "u1"), ("RGBA", "u1")])
@pytest.mark.parametrize("size", [(7, 5), (1, 1), (40000, 2)], ids=str)
def test_what_is_saved_is_read_by_nibabel(imgtool, here, mode, dtype, size):
    bands = len(mode) if mode.startswith("RGB") else 1
    array = pixels(dtype, (size[1], size[0], bands))
    array.tofile("raw.bin")
    imgtool("frombuffer", "raw.bin", "--size", f"{size[0]}x{size[1]}", "--mode", mode, "--save", "o.nii")
    found = nibabel.load("o.nii")
    assert type(found) is (nibabel.Nifti2Image if max(size) > 32767 else nibabel.Nifti1Image)
    data = np.asanyarray(found.dataobj).T
    assert data.shape == size[::-1]
    data = np.ascontiguousarray(data).view("u1").reshape(array.shape) if bands > 1 else data[..., None]
    assert np.array_equal(data, array)
    # And back; saving it on itself copies nothing.
    before = (here / "o.nii").read_bytes()
    imgtool("open", "o.nii", "--expect-shared", "--save", "o.nii")
    assert (here / "o.nii").read_bytes() == before
    # The header of the same raw pixels is what stands before them.
    imgtool("header", "raw.bin", "--size", f"{size[0]}x{size[1]}", "--mode", mode, "--format", "nifti",
            "--output", "head")
    assert (here / "head").read_bytes() + array.tobytes() == before


@pytest.mark.parametrize("slope,inter", [(0.5, 0), (2, -1024), (0.1, 3)])
@pytest.mark.parametrize("kind", ["one", "two", "pair"])
def test_rescaled_numbers_are_said_with_the_options_that_show_them(imgtool, here, kind, slope, inter):
    array = pixels("i2")
    path, data = write(array, kind)
    file = here / path
    header = bytearray(file.read_bytes())
    at, form = (176, "<dd") if kind == "two" else (112, "<ff")
    header[at:at + struct.calcsize(form)] = struct.pack(form, slope, inter)
    file.write_bytes(header)
    facts = imgtool("info", path, "--json").json
    options = ["--scale", repr(facts["scale"]), "--bias", repr(facts["bias"])]
    assert any(f"--scale {facts['scale']:g}"[:9] in note for note in facts["notes"])
    imgtool("open", path, "--save", "o.npy")
    assert np.array_equal(np.load("o.npy"), array)
    imgtool("open", path, *options, "--save", "o.npy")
    wanted = nibabel.load(data).get_fdata().T
    assert np.array_equal(np.load("o.npy"), wanted.astype("f4"))


@pytest.mark.parametrize("kind", ["one", "two"])
def test_a_slope_is_kept_and_what_else_is_lost_is_named(imgtool, here, kind):
    array = pixels("i2")
    image = KINDS[kind](array.T, np.diag([0.5, 0.5, 2, 1]))
    image.header["descrip"] = b"a head"
    image.header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", b"hello"))
    nibabel.save(image, "a.nii")
    data = bytearray((here / "a.nii").read_bytes())
    at, form = (176, "<dd") if kind == "two" else (112, "<ff")
    data[at:at + struct.calcsize(form)] = struct.pack(form, 0.5, -1024)
    (here / "a.nii").write_bytes(data)
    errors = imgtool("open", "a.nii", "--save", "o.nii").errors
    for words in ["sizes of a voxel", "description", "place in space", "extensions"]:
        assert words in errors
    assert "scale and bias" not in errors and "intent" not in errors
    assert np.array_equal(nibabel.load("o.nii").get_fdata(), nibabel.load("a.nii").get_fdata())
    imgtool("open", "a.nii", "--save", "o.fits")
    fits = pytest.importorskip("astropy.io.fits")
    assert np.array_equal(fits.getdata("o.fits")[::-1], array * 0.5 - 1024)
    assert "scale and bias" in imgtool("open", "a.nii", "--save", "o.npy").errors
    # What this program writes loses nothing when it is saved again.
    assert "not in the file" not in imgtool("open", "o.nii", "--strict", "--save", "p.nii").errors
    assert (here / "p.nii").read_bytes() == (here / "o.nii").read_bytes()


@pytest.mark.parametrize("code,words", [(32, "complex"), (1792, "complex"), (1536, "128-bit"), (1, "bits"),
                                        (99, "data type 99")])
def test_other_types_are_refused_by_name(refused, here, code, words):
    write(pixels("i2"))
    data = bytearray((here / "a.nii").read_bytes())
    data[70:72] = struct.pack("<h", code)
    (here / "a.nii").write_bytes(data)
    refused("open", "a.nii", "--hash", words=words)


@pytest.mark.parametrize("at,form,value,words", [
    (40, "<h", 8, "8 axes"), (40, "<h", 0, "0 axes"), (42, "<h", -7, "at least 1"),
    (42, "<h", 0, "at least 1"), (42, "<h", 32767, "bytes in all"), (108, "<f", float("nan"), "byte nan"),
    (108, "<f", -1.0, "byte -1"), (108, "<f", 1e30, "byte"), (108, "<f", 352.5, "352.5"),
    (108, "<f", 4.0, "byte 4"), (108, "<f", 100000.0, "bytes in all")])
def test_headers_that_lie_are_refused(refused, here, at, form, value, words):
    write(pixels("i2"))
    data = bytearray((here / "a.nii").read_bytes())
    data[at:at + struct.calcsize(form)] = struct.pack(form, value)
    (here / "a.nii").write_bytes(data)
    refused("open", "a.nii", "--hash", words=words)


@pytest.mark.parametrize("kind", ["one", "two"])
def test_a_file_cut_anywhere_is_refused(imgtool, here, kind):
    write(pixels("i2"), kind)
    whole = (here / "a.nii").read_bytes()
    for count in [*range(1, len(whole), 13), len(whole) - 1]:
        (here / "cut.nii").write_bytes(whole[:count])
        imgtool("open", "cut.nii", "--hash", ok=2)


def test_a_pair_is_found_by_the_header_and_by_nothing_else(imgtool, refused, here):
    array = pixels("i2")
    write(array, "pair")
    # The file with the pixels says that it has a header.
    refused("open", "a.img", "--hash", words="imgtool open a.hdr")
    assert "imgtool open a.hdr" in imgtool("info", "a.img").text
    (here / "a.img").rename(here / "b.img")
    refused("open", "a.hdr", "--hash", words=["beside it", "a.img"])
    refused("open", "-", "--hash", stdin=(here / "a.hdr").read_bytes(), words="standard input")


def test_a_compressed_file_says_what_to_do(refused, here):
    nibabel.save(nibabel.Nifti1Image(pixels("i2").T, np.eye(4)), "a.nii.gz")
    refused("open", "a.nii.gz", "--hash", words="gunzip")


@pytest.mark.parametrize("kind", ["one", "pair"])
def test_sharing_is_proved(imgtool, here, kind):
    path, _ = write(pixels("u1", (16, 16)), kind)
    assert "shared" in imgtool("verify", path).text
