"""TIFF in every form that libtiff reads: what its own tools make and show is what is shown, and damage
is refused in one line."""

import re
import struct
import subprocess

import numpy as np
import pytest
import tifffile
from conftest import CORPORA, run_tool, unmet
from corpora import rgba
from PIL import Image
from test_tiff_read import old_lzw, pixels, tiff


@pytest.fixture(autouse=True)
def libtiff():
    if "libtiff" not in run_tool("--version").text:
        unmet("this build is without libtiff", curable=False)


def tool(program, name, *arguments):
    subprocess.run([program(name), *map(str, arguments)], check=True, capture_output=True)


def shown(imgtool, path):
    imgtool("open", path, "--save", "ours.npy")
    return np.load("ours.npy")


def colors(program, path):
    """What libtiff's own tool makes of a file: 8 bits of red, green and blue."""
    tool(program, "tiff2rgba", "-c", "none", path, "theirs.tif")
    return tifffile.imread("theirs.tif")[..., :3]


ARRAYS = {
    "1": lambda: pixels((50, 77)) & 1 == 1,
    "L": lambda: pixels((50, 77)),
    "RGB": lambda: pixels((50, 77, 3)),
    "RGBA": lambda: pixels((50, 77, 4)),
    "L of 16 bits": lambda: pixels((50, 77), "u2"),
    "RGB of 16 bits": lambda: pixels((50, 77, 3), "u2"),
    "I": lambda: pixels((50, 77), "i4"),
    "F": lambda: np.random.default_rng(3).normal(size=(50, 77)).astype("f4"),
    "F of 64 bits": lambda: np.random.default_rng(3).normal(size=(50, 77)),
    "RGB of floats": lambda: np.random.default_rng(3).normal(size=(50, 77, 3)).astype("f4"),
}
# What `tiffcp -c` takes, and the arrays that it can be for.
WHOLE = ["L", "RGB", "RGBA", "L of 16 bits", "RGB of 16 bits", "I"]
FLOATS = ["F", "F of 64 bits", "RGB of floats"]
CODECS = {
    "none": ["1", *WHOLE, *FLOATS], "packbits": ["1", *WHOLE, *FLOATS], "lzw": ["1", *WHOLE, *FLOATS],
    "lzw:2": WHOLE, "lzw:3": FLOATS, "zip": ["1", *WHOLE, *FLOATS], "zip:2": WHOLE, "zip:3": FLOATS,
    "lzma": ["L", "RGB of 16 bits", "F"], "zstd": ["L", "RGB of 16 bits", "F"], "zstd:2": ["L of 16 bits"],
    "lerc": ["L", "RGB", "L of 16 bits", "F"], "jbig": ["1"],
    "g3": ["1"], "g3:1d": ["1"], "g3:2d:fill": ["1"], "g4": ["1"],
}
# What `tiffcp` cannot write, or, as tifffile says too, writes wrong.
NOT_WRITTEN = {("lzw:3", "big-endian"), ("zip:3", "big-endian"), ("lerc", "big-endian"), ("jbig", "strips"),
               ("jbig", "tiles")}
FORMS = {
    "one strip": ["-s", "-r", "50"], "strips": ["-s", "-r", "7"], "tiles": ["-t", "-w", "32", "-l", "16"],
    "planes": ["-p", "separate", "-r", "7"], "tiles of planes": ["-t", "-p", "separate", "-w", "16", "-l", "32"],
    "big-endian": ["-B"], "BigTIFF": ["-8"], "fill order 2": ["-f", "lsb2msb"],
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("codec", CODECS)
def test_what_tiffcp_writes_is_read(imgtool, here, program, codec, form):
    tried = 0
    for name in CODECS[codec]:
        array = ARRAYS[name]()
        if "planes" in form and name not in ("RGB", "RGBA") or (codec, form) in NOT_WRITTEN:
            continue
        tifffile.imwrite("plain.tif", array, photometric="rgb" if array.ndim == 3 else "minisblack",
                         extrasamples=["unassalpha"] if name == "RGBA" else None)
        done = subprocess.run([program("tiffcp"), *FORMS[form], "-c", codec, "plain.tif", "in.tif"],
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        ours = shown(imgtool, "in.tif")
        assert np.array_equal(ours, array.astype(ours.dtype) if name == "I" else array), name
        tried += 1
    assert tried or "planes" in form or (codec, form) in NOT_WRITTEN


PACKINGS = [("zlib", 1), ("zlib", 2), ("lzw", 1), ("zstd", 2), ("zlib", 3), ("webp", 1)]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("form", ["chunky", "planes"])
@pytest.mark.parametrize("packing,predictor", PACKINGS)
def test_what_tifffile_writes_is_read(imgtool, here, packing, predictor, form, order):
    names = FLOATS if predictor == 3 else ["RGB", "RGBA"] if packing == "webp" else [*WHOLE, "RGB of floats"]
    for name in names:
        array = ARRAYS[name]()
        if array.dtype.kind == "f" and predictor == 2 or packing == "webp" and form == "planes":
            continue
        planar = form == "planes" and array.ndim == 3
        tifffile.imwrite(
            "in.tif", np.moveaxis(array, -1, 0) if planar else array, byteorder=order, rowsperstrip=9,
            photometric="rgb" if array.ndim == 3 else "minisblack", compression=packing,
            predictor=predictor, planarconfig="separate" if planar else None,
            extrasamples=["unassalpha"] if name == "RGBA" else None,
            compressionargs={"lossless": True} if packing == "webp" else None)
        assert np.array_equal(shown(imgtool, "in.tif"), array), name


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("packing", ["plain", "LZW"])
def test_24_bits_are_most_significant_first_in_both_byte_orders(imgtool, here, order, packing):
    array = np.arange(12 * 16, dtype="u4").reshape(16, 12) * 70001 % (1 << 24)
    samples = array.astype(">u4")[..., None].view("u1")[..., 1:]
    tile = np.pad(samples, ((0, 0), (0, 4), (0, 0))).tobytes()
    tiff(here / "in.tif", 12, 16, [tile if packing == "plain" else old_lzw(tile)], order=order,
         bits=(24,), tile=(16, 16), compression=1 if packing == "plain" else 5)
    assert np.array_equal(shown(imgtool, "in.tif"), array)


@pytest.mark.parametrize("form", ["strips", "tiles"])
@pytest.mark.parametrize("photometric", ["rgb", "ycbcr", "minisblack"])
def test_jpeg_is_read_as_libtiff_reads_it(imgtool, here, program, photometric, form):
    smooth = np.add.outer(np.arange(64) * 2, np.arange(80)).astype("u1")
    array = smooth if photometric == "minisblack" else np.stack([smooth, smooth[::-1], smooth // 2], 2)
    tifffile.imwrite("in.tif", array, photometric=photometric, compression="jpeg",
                     **{"tile": (32, 32)} if form == "tiles" else {"rowsperstrip": 16},
                     **{"subsampling": (2, 2)} if photometric == "ycbcr" else {})
    ours, theirs = shown(imgtool, "in.tif"), colors(program, "in.tif")
    assert np.array_equal(ours if ours.ndim == 3 else ours[..., None].repeat(3, 2), theirs)
    assert np.array_equal(theirs, np.asarray(Image.open("in.tif").convert("RGB"))), "Pillow"


def units(planes, across, down):
    """YCbCr as a file without JPEG has it: blocks of luma, then their two samples of chroma."""
    luma, cb, cr = planes
    height, width = luma.shape
    data = bytearray()
    for y in range(0, height, down):
        for x in range(0, width, across):
            data += luma[y:y + down, x:x + across].tobytes()
            data += bytes([cb[y // down, x // across], cr[y // down, x // across]])
    return bytes(data)


@pytest.mark.parametrize("packing", ["plain", "LZW"])
@pytest.mark.parametrize("across,down", [(2, 2), (2, 1), (1, 2), (4, 1), (4, 2), (4, 4)])
def test_subsampled_ycbcr_is_read_as_libtiff_shows_it(imgtool, here, program, across, down, packing):
    generator = np.random.default_rng(across * down)
    width, height, rows = 24, 16, 8
    luma = generator.integers(0, 256, (height, width), "u1")
    cb, cr = generator.integers(0, 256, (2, height // down, width // across), "u1")
    strips = [units((luma[y:y + rows], cb[y // down:], cr[y // down:]), across, down)
              for y in range(0, height, rows)]
    segments = strips if packing == "plain" else [old_lzw(strip) for strip in strips]
    tiff(here / "in.tif", width, height, segments, bits=(8, 8, 8), photometric=6, rows=rows,
         compression=1 if packing == "plain" else 5, tags=[(530, "H", [across, down])])
    assert np.array_equal(shown(imgtool, "in.tif"), colors(program, "in.tif"))
    reason = imgtool("open", "in.tif", "--json").json["image"]["copyReason"]
    assert ("subsampled" if packing == "plain" else "LZW") in reason


@pytest.mark.parametrize("orientation", range(1, 9))
def test_subsampled_ycbcr_is_shown_upright(imgtool, here, orientation):
    luma = np.arange(8 * 12, dtype="u1").reshape(8, 12) * 2
    chroma = np.full((2, 4, 6), 128, "u1")
    tiff(here / "in.tif", 12, 8, [units((luma, *chroma), 2, 2)], bits=(8, 8, 8), photometric=6,
         tags=[(530, "H", [2, 2]), (274, "H", [orientation])])
    turned = [luma, luma[:, ::-1], luma[::-1, ::-1], luma[::-1], luma.T, luma.T[:, ::-1],
              luma.T[::-1, ::-1], luma.T[::-1]][orientation - 1]
    assert np.array_equal(shown(imgtool, "in.tif")[..., 1], turned)


@pytest.mark.parametrize("wide", [True, False], ids=["16 bits", "8 bits"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_indices_of_16_bits_are_shown_as_their_colors(imgtool, here, program, order, wide):
    table = np.random.default_rng(1).integers(0, 65536, (3, 65536))
    table = table if wide else table // 256 * 257
    indices = np.random.default_rng(2).integers(0, 65536, (9, 31), "u2")
    tiff(here / "in.tif", 31, 9, [indices.astype(order + "u2").tobytes()], order=order, bits=(16,),
         photometric=3, tags=[(320, "H", table.reshape(-1).tolist())])
    ours, wanted = shown(imgtool, "in.tif"), table.T[indices].astype("u2")
    assert ours.dtype == (np.uint16 if wide else np.uint8)
    assert np.array_equal(ours, wanted if wide else wanted >> 8)
    page = tifffile.TiffFile("in.tif").pages[0]
    assert np.array_equal(page.colormap.T[page.asarray()], wanted), "tifffile"


def test_logluv_is_linear_rgb(imgtool, here, program):
    data = np.random.default_rng(5).integers(0, 256, (6, 40, 3), "u1")
    # The brightest would be infinite in 8 bits, and the darkest has no color.
    data[..., 0] = 64 + data[..., 0] // 4
    tiff(here / "in.tif", 40, 6, [data.tobytes()], bits=(16, 16, 16), compression=34677, photometric=32845,
         tags=[(339, "H", [2, 2, 2])])
    ours = shown(imgtool, "in.tif")
    tool(program, "vips", "rawsave", "in.tif", "xyz.raw")
    # libvips scales to its white.
    xyz = np.fromfile("xyz.raw", "f4").reshape(6, 40, 3) / np.array([95.047, 100, 108.8827])
    matrix = np.array([[2.690, -1.276, -0.414], [-1.022, 1.978, 0.044], [0.061, -0.224, 1.163]])
    assert ours.dtype == np.float32 and np.allclose(ours, xyz @ matrix.T, rtol=1e-4, atol=1e-5)
    # And as libtiff shows it: the square root, in 8 bits.
    shown8 = np.floor(256 * np.sqrt(np.clip(ours, 0, None))).clip(0, 255)
    assert np.abs(shown8 - colors(program, "in.tif")).max() <= 1


@pytest.mark.parametrize("codec,name", [
    (codec, names[0]) for codec, names in CODECS.items() if codec not in ("none", "jbig")])
def test_a_segment_that_ends_early_is_refused(imgtool, refused, here, program, codec, name):
    array = ARRAYS[name]()
    tifffile.imwrite("plain.tif", array, photometric="rgb" if array.ndim == 3 else "minisblack")
    tool(program, "tiffcp", "-s", "-r", "25", "-c", codec, "plain.tif", "in.tif")
    with tifffile.TiffFile("in.tif") as file:
        entry = file.pages[0].tags["StripByteCounts"]
        first = entry.value[0]
        place, size = entry.valueoffset, entry.dtype.name
    data = bytearray((here / "in.tif").read_bytes())
    kind = {"SHORT": "<H", "LONG": "<I"}[size]
    data[place:place + struct.calcsize(kind)] = struct.pack(kind, first // 2)
    (here / "in.tif").write_bytes(data)
    refused("open", "in.tif", "--save", "out.npy", words=["in.tif", "damaged tiff file", "strip 0"])


TIFFS = sorted(path for path in CORPORA.rglob("*.tif*") if path.is_file()) if CORPORA.is_dir() else []
BY_LIBTIFF = re.compile("CCITT|JPEG|LogLuv|Zstandard|subsampled|more than 256")


@pytest.mark.skipif(not TIFFS, reason=f"{CORPORA} is absent (IMGTOOL_CORPORA names the folder)")
def test_the_forms_of_the_corpora_that_libtiff_alone_reads_are_as_its_tools_show_them(imgtool, here, program):
    compared = 0
    for path in TIFFS:
        run = imgtool("open", path, "--json", ok=None)
        image = run.json.get("image", {})
        if run.exit or not BY_LIBTIFF.search(image.get("copyReason", "")):
            continue
        ours = shown(imgtool, path)
        if image["mode"] == "I":
            tool(program, "tiffcp", "-c", "none", path, "theirs.tif")
            assert np.array_equal(ours, tifffile.imread("theirs.tif")), path
        else:
            if ours.dtype == np.float32:
                ours = np.floor(256 * np.sqrt(np.clip(ours, 0, None))).clip(0, 255)
            ours = ours * 255 if ours.dtype == bool else ours
            assert np.array_equal(rgba(ours.astype("u1"))[..., :3], colors(program, path)), path
        compared += 1
    assert compared >= 15


def test_other_pages_are_read(imgtool, here):
    arrays = [pixels((20, 30), seed=seed) for seed in range(4)]
    with tifffile.TiffWriter("in.tif") as file:
        for array in arrays:
            file.write(array, compression="zlib")
    for number, array in enumerate(arrays):
        imgtool("open", "in.tif", "--frame", str(number), "--save", "ours.npy")
        assert np.array_equal(np.load("ours.npy"), array)


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_as_many_threads_decode_as_are_asked_for(imgtool, here, threads):
    array = pixels((200, 300, 3))
    tifffile.imwrite("in.tif", array, compression="lzw", photometric="rgb", tile=(32, 48))
    imgtool("open", "in.tif", "--threads", str(threads), "--save", "ours.npy")
    assert np.array_equal(np.load("ours.npy"), array)


def test_a_limit_holds_before_anything_is_decoded(refused, here):
    Image.new("1", (4000, 4000)).save("in.tif", compression="group4")
    refused("open", "in.tif", "--limit-pixels", "1M", "--save", "out.npy", words=["4000x4000", "--limit-pixels"])


def test_a_compression_that_libtiff_has_not_is_refused_by_its_name(refused, here):
    tiff(here / "in.tif", 4, 4, [bytes(16)], compression=34712)
    refused("open", "in.tif", words=["JPEG 2000-compressed TIFF is not supported"])
