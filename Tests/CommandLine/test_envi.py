"""ENVI: files of spectral and GDAL are read equal, edited in place, and headers written for them."""

import time
import warnings

import numpy as np
import pytest

spectral = pytest.importorskip("spectral")
from spectral.io import envi

warnings.filterwarnings("ignore", message="Dataset has no geotransform")
CODES = {"u1": 1, "i2": 2, "i4": 3, "f4": 4, "f8": 5, "u2": 12, "u4": 13, "i8": 14, "u8": 15}
SUFFIXES = ["", ".dat", ".img", ".bsq", ".bil", ".bip", ".raw", ".bin", ".IMG"]
AXES = {"bsq": (2, 0, 1), "bil": (0, 2, 1), "bip": (0, 1, 2)}


def pixels(dtype, shape=(5, 7, 1), seed=1):
    generator = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return generator.normal(0, 100, shape).astype(dtype)
    low, high = max(np.iinfo(dtype).min, -2**52), min(np.iinfo(dtype).max, 2**52)
    return generator.integers(low, high, shape, endpoint=True).astype(dtype)


def write(array, interleave="bsq", order=0, more=(), name="scene", suffix=".img", offset=0):
    """Writes by hand what the specification says: see what other programs write below."""
    height, width, bands = array.shape
    kind = array.dtype.newbyteorder("<>"[order])
    with open(name + suffix, "wb") as file:
        file.write(bytes(offset) + array.transpose(AXES[interleave]).astype(kind).tobytes())
    lines = ["ENVI", "description = {", "  of {nobody", "  at all}", f"samples = {width}", f"lines   = {height}",
             f"bands   = {bands}", f"header offset = {offset}", "file type = ENVI Standard",
             f"data type = {CODES[array.dtype.str[1:]]}", f"interleave = {interleave}",
             f"byte order = {order}", *more]
    with open(f"{name}.hdr", "w") as file:
        file.write("\n".join(lines) + "\n")


def read(path="scene.hdr"):
    return np.asarray(envi.open(path).load(dtype=envi.open(path).dtype, scale=False))


@pytest.mark.parametrize("order", [0, 1], ids=["little", "big"])
@pytest.mark.parametrize("interleave", AXES)
@pytest.mark.parametrize("dtype", CODES)
def test_what_spectral_writes_is_read_equal_and_edited(imgtool, here, dtype, interleave, order):
    array = pixels(dtype)
    envi.save_image("scene.hdr", array, dtype=array.dtype, interleave=interleave, byteorder=order,
                    ext=".img", force=True)
    imgtool("open", "scene.hdr", "--expect-shared", "--no-copy", "--save", "o.npy")
    assert np.array_equal(np.load("o.npy").astype(dtype), array[..., 0])
    value = 2.5 if dtype[0] == "f" else 77
    imgtool("open", "scene.hdr", "--access", "rw", "--put", f"3,4={value}")
    array[4, 3] = value
    assert np.array_equal(read(), array)


@pytest.mark.parametrize("interleave", AXES)
@pytest.mark.parametrize("bands", [3, 4, 6])
def test_what_gdal_writes_is_read_equal(imgtool, here, interleave, bands):
    import rasterio  # GDAL, which takes a while to load

    array = pixels("u2", (5, 7, bands))
    with rasterio.open("scene.img", "w", driver="ENVI", width=7, height=5, count=bands, dtype="uint16",
                       interleave=interleave.upper()) as file:
        file.write(array.transpose(2, 0, 1))
    facts = imgtool("info", "scene.hdr", "--json").json
    assert facts["frames"] == (bands if bands > 4 else 1)
    for frame in range(facts["frames"]):
        imgtool("open", "scene.hdr", "--frame", frame, "--expect-shared", "--save", "o.npy")
        wanted = array if facts["frames"] == 1 else array[..., frame]
        assert np.array_equal(np.load("o.npy"), wanted)
    imgtool("open", "scene.hdr", "--access", "rw", "--fill", "1x1+0+0=" + ("9" if bands > 4 else ",".join("9" * bands)))
    with rasterio.open("scene.img") as file:
        assert file.read()[0, 0, 0] == 9


@pytest.mark.parametrize("interleave", AXES)
def test_default_bands_are_red_green_and_blue_and_every_band_is_a_frame(imgtool, here, interleave):
    array = pixels("u2", (5, 7, 9))
    write(array, interleave, more=["default bands = { 7,", " 4, 2}"])
    run = imgtool("open", "scene.hdr", "--expect-shared", "--save", "o.npy")
    assert "bands 7, 4, 2 are shown as R, G, B" in run.errors
    assert np.array_equal(np.load("o.npy"), array[..., [6, 3, 1]])
    assert imgtool("info", "scene.hdr", "--json").json["frames"] == 10
    for frame, band in [(1, 0), (9, 8), ("last", 8)]:
        imgtool("open", "scene.hdr", "--frame", frame, "--save", "o.npy")
        assert np.array_equal(np.load("o.npy"), array[..., band])
    imgtool("open", "scene.hdr", "--access", "rw", "--put", "1,2=5,6,7")
    array[2, 1, [6, 3, 1]] = 5, 6, 7
    assert np.array_equal(read(), array)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("offset", [0, 100])
def test_the_file_beside_the_header_is_found(imgtool, refused, here, suffix, offset):
    array = pixels("u1", (5, 7, 3))
    write(array, "bip", suffix=suffix, offset=offset)
    imgtool("open", "scene.hdr", "--save", "o.npy")
    assert np.array_equal(np.load("o.npy"), array)
    # And the file of samples names its header.
    refused("open", "scene" + suffix, "--hash", words="use `imgtool open scene.hdr`")
    assert "use `imgtool open scene.hdr`" in imgtool("info", "scene" + suffix).text
    # Also where the suffix is in both names.
    if suffix:
        (here / "scene.hdr").rename(here / f"scene{suffix}.hdr")
        imgtool("open", f"scene{suffix}.hdr", "--save", "o.npy")
        assert np.array_equal(np.load("o.npy"), array)
        refused("open", "scene" + suffix, "--hash", words=f"use `imgtool open scene{suffix}.hdr`")


@pytest.mark.parametrize("words", [
    ["--mode", "RGB"], ["--mode", "L", "--offset", "13"], ["--mode", "RGBA", "--rawmode", "BGRA"],
    ["--mode", "RGB", "--rawmode", "XRGB"], ["--mode", "RGB", "--interleave", "plane"],
    ["--mode", "RGB", "--interleave", "line", "--offset", "3"], ["--mode", "RGB", "--rawmode", "RGB;16B"],
    ["--mode", "LA"], ["--mode", "CMYK"], ["--mode", "I", "--rawmode", "I;16BS"], ["--mode", "F"]],
    ids=" ".join)
def test_what_header_writes_is_opened_and_read_by_others(imgtool, here, words):
    (here / "raw.bin").write_bytes(np.random.default_rng(1).bytes(1000))
    words = ["raw.bin", "--size", "7x5", "--trailing", "ok", *words]
    imgtool("header", *words, "--format", "envi", "--output", "raw.bin.hdr")
    imgtool("frombuffer", *words, "--save", "o.npy")
    run = imgtool("open", "raw.bin.hdr", "--trailing", "ok", "--save", "p.npy")
    wanted = np.load("o.npy")
    assert np.array_equal(np.load("p.npy"), wanted, equal_nan=True), run
    if "XRGB" not in words and "BGRA" not in words:
        found = envi.open("raw.bin.hdr", "raw.bin")
        found = np.asarray(found.load(dtype=found.dtype)).reshape(wanted.shape)
        assert np.array_equal(found, wanted, equal_nan=True)


@pytest.mark.parametrize("more,scale,bias", [
    (["reflectance scale factor = 10000"], 1e-4, 0), (["data gain values = {0.5}"], 0.5, 0),
    (["data gain values = {2}", "data offset values = {-3}"], 2, -3), (["data offset values = {7}"], 1, 7)])
def test_gains_and_factors_are_said_with_the_options_that_apply_them(imgtool, here, more, scale, bias):
    array = pixels("u2")
    write(array, more=more)
    facts = imgtool("info", "scene.hdr", "--json").json
    assert (facts["scale"], facts["bias"]) == (scale, bias)
    assert any("--scale" in note for note in facts["notes"])
    imgtool("open", "scene.hdr", "--scale", scale, "--bias", bias, "--save", "o.npy")
    assert np.allclose(np.load("o.npy"), array[..., 0].astype("f8") * scale + bias)


def test_each_band_has_its_gain(imgtool, here):
    array = pixels("u2", (5, 7, 3))
    write(array, more=["data gain values = {1,", "2, 4}", "default bands = {1, 2, 3}"])
    facts = imgtool("info", "scene.hdr", "--json").json
    assert "scale" not in facts and any("gain" in note for note in facts["notes"])


@pytest.mark.parametrize("old,new,words", [
    ("data type = 12", "data type = 6", "complex"), ("data type = 12", "data type = 9", "complex"),
    ("data type = 12", "data type = 77", "data type 77"), ("interleave = bsq", "interleave = x", "bsq, bil or bip"),
    ("byte order = 0", "byte order = 2", "byte order"), ("samples = 7", "samples = -7", "samples"),
    ("samples = 7", "samples = 9223372036854775807", "limit"), ("samples = 7", "samples = 8", "bytes in all"),
    ("samples = 7", "samples 7", "KEY = VALUE"), ("samples = 7\n", "", "samples"),
    ("header offset = 0", "header offset = 999", "bytes in all"),
    ("header offset = 0", "header offset = -1", "header offset"),
    ("byte order = 0", "file compression = 1", "gzip-compressed ENVI"), ("byte order = 0", "a = {", "no }"),
    ("byte order = 0", "default bands = {1, 2, 4}", "1 to 3"),
    ("byte order = 0", "data gain values = {x}", "numbers"),
    ("byte order = 0", "major frame offsets = {4, 4}", "major frame offsets")])
def test_headers_that_lie_are_refused(refused, here, old, new, words):
    write(pixels("u2", (5, 7, 3)))
    text = (here / "scene.hdr").read_text()
    assert old in text
    (here / "scene.hdr").write_text(text.replace(old, new))
    refused("open", "scene.hdr", "--hash", words=words)


def test_a_long_list_in_braces_is_read_at_once(imgtool, here):
    array = pixels("u1", (5, 7, 3))
    write(array, more=["description = {", *["x"] * 400_000, "}"])
    start = time.monotonic()
    imgtool("open", "scene.hdr", "--save", "o.npy")
    assert time.monotonic() - start < 15 and np.array_equal(np.load("o.npy"), array)


def test_cut_files_and_a_missing_one_are_refused(imgtool, refused, here):
    write(pixels("u2", (5, 7, 3)))
    whole, text = (here / "scene.img").read_bytes(), (here / "scene.hdr").read_text()
    for count in range(1, len(whole), 19):
        (here / "scene.img").write_bytes(whole[:count])
        imgtool("open", "scene.hdr", "--hash", ok=2)
    (here / "scene.img").write_bytes(whole)
    # Where a number is cut, another one may stand: up to the last line that must be there.
    for count in range(text.index("data type")):
        (here / "scene.hdr").write_text(text[:count])
        imgtool("open", "scene.hdr", "--hash", ok=2)
    (here / "scene.hdr").write_text(text)
    (here / "scene.img").rename(here / "other")
    refused("open", "scene.hdr", "--hash", words=["beside it", "scene.img"])
    refused("open", "-", "--hash", stdin=text.encode(), words="standard input")


@pytest.mark.parametrize("interleave", AXES)
def test_sharing_is_proved(imgtool, here, interleave):
    write(pixels("u1", (16, 16, 3)), interleave)
    assert "shared" in imgtool("verify", "scene.hdr").text
