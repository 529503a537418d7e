"""RGB and RGBA whose samples are floats, or whole numbers that no picture has: what NumPy, tifffile and
ffmpeg have in their arrays, and what the steps make of it."""

import subprocess

import numpy as np
import pytest
import tifffile

# Suffix of the rawmode, NumPy's type, the alias that ffmpeg would have.
NUMBERS = {
    "16F": ("<f2", "f16le"), "16BF": (">f2", "f16be"), "32F": ("<f4", "f32le"), "32BF": (">f4", "f32be"),
    "64F": ("<f8", "f64le"), "64BF": (">f8", "f64be"), "32": ("<u4", None), "32B": (">u4", None),
    "32S": ("<i4", None), "32BS": (">i4", None), "16S": ("<i2", None), "16BS": (">i2", None),
    "8S": ("i1", None), "64": ("<u8", None), "64BS": (">i8", None),
}
ORDERS = {"RGB": [0, 1, 2], "BGR": [2, 1, 0], "RGBA": [0, 1, 2, 3], "BGRA": [2, 1, 0, 3]}
SIZES = [(1, 1), (5, 3), (33, 17), (641, 4)]


def numbers(dtype, shape, seed=0):
    """Numbers of all magnitudes, negative ones where there are some; 53 bits at most."""
    random = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return (random.standard_normal(shape) * 1000).astype(dtype)
    limits = np.iinfo(dtype)
    low, high = max(limits.min, -1 << 53), min(limits.max, 1 << 53)
    return random.integers(low, high, shape, dtype=np.int64, endpoint=True).astype(dtype)


def mode_of(bands):
    return {3: "RGB", 4: "RGBA"}[bands]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("suffix", NUMBERS)
def test_a_raw_file_is_the_array_that_numpy_wrote(imgtool, here, order, suffix):
    dtype, _ = NUMBERS[suffix]
    bands = len(order)
    for width, height in SIZES:
        array = numbers(dtype, (height, width, bands), (width, height))
        row = width * bands * array.itemsize
        for offset, padding, orientation in [(0, 0, 1), (7, 5, -1)]:
            stored = array[..., ORDERS[order]][::orientation]
            rows = [stored[y].tobytes() + b"\xee" * padding for y in range(height)]
            (here / "raw.bin").write_bytes(b"\xaa" * offset + b"".join(rows))
            imgtool("frombuffer", "raw.bin", "--size", f"{width}x{height}", "--mode", mode_of(bands),
                    "--rawmode", f"{order};{suffix}", "--offset", offset, "--stride", row + padding,
                    "--orientation", orientation, "--expect-shared", "--save", "out.npy")
            out = np.load(here / "out.npy")
            assert out.shape == array.shape
            assert np.array_equal(out.astype("f8"), array.astype("f8"), equal_nan=True)


@pytest.mark.parametrize("suffix", NUMBERS)
def test_a_put_stores_the_number_and_changes_nothing_else(imgtool, here, suffix):
    dtype, _ = NUMBERS[suffix]
    array = numbers(dtype, (5, 7, 3))
    (here / "raw.bin").write_bytes(array.tobytes())
    value = array[4, 6]
    text = ",".join(repr(float(v)) if array.dtype.kind == "f" else str(int(v)) for v in value)
    imgtool("frombuffer", "raw.bin", "--size", "7x5", "--rawmode", f"RGB;{suffix}", "--access", "rw",
            "--put", f"3,2={text}", "--expect", f"3,2={text}", "--expect-shared")
    array[2, 3] = value
    assert (here / "raw.bin").read_bytes() == array.tobytes()


@pytest.mark.parametrize("suffix,alias", [(s, a) for s, (_, a) in NUMBERS.items() if a])
def test_ffmpegs_names_are_aliases(imgtool, here, suffix, alias):
    array = numbers(NUMBERS[suffix][0], (2, 3, 4))
    (here / "raw.bin").write_bytes(array.tobytes())
    run = imgtool("frombuffer", "raw.bin", "--size", "3x2", "--rawmode", f"rgba{alias}", "--json",
                  "--save", "out.npy")
    assert run.json["image"]["mode"] == "RGBA" and run.json["image"]["rawmode"] == f"RGBA;{suffix}", run
    assert np.array_equal(np.load(here / "out.npy"), array.astype("f8"))


@pytest.mark.parametrize("name,dtype", [
    ("float16", "<f2"), ("float32", "<f4"), ("float64", "<f8"), ("int32", "<i4"), ("uint32", "<u4"),
    ("32FC1", "<f4")])
def test_numpys_names_are_aliases_for_one_band(imgtool, here, name, dtype):
    array = numbers(dtype, (3, 5))
    (here / "raw.bin").write_bytes(array.tobytes())
    imgtool("frombuffer", "raw.bin", "--size", "5x3", "--rawmode", name, "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy").astype("f8"), array.astype("f8"))


@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f2", "<f8", "<i4", ">u4"])
@pytest.mark.parametrize("bands", [3, 4])
def test_planes_of_a_raw_tensor(imgtool, here, dtype, bands):
    array = numbers(dtype, (2, bands, 5, 9))
    (here / "raw.bin").write_bytes(array.tobytes())
    suffix = next(s for s, (d, _) in NUMBERS.items() if d == dtype)
    for how in (["--order", "chw"], ["--interleave", "plane"]):
        for frame in (0, 1):
            imgtool("frombuffer", "raw.bin", "--size", "9x5", "--rawmode", f"{mode_of(bands)};{suffix}",
                    *how, "--frame", frame, "--expect-shared", "--save", "out.npy")
            out = np.load(here / "out.npy")
            assert np.array_equal(out.astype("f8"), array[frame].transpose(1, 2, 0).astype("f8"))


# ---- NPY


@pytest.mark.parametrize("dtype", ["<f2", ">f2", "<f4", ">f4", "<f8", "<i4", ">i4", "<u4", "i1", "<i2", "<i8"])
@pytest.mark.parametrize("bands", [3, 4])
def test_an_array_of_numbers_is_one_picture_and_edited_in_place(imgtool, here, dtype, bands):
    array = numbers(dtype, (6, 8, bands))
    for name, stored in [("hwc", array), ("fortran", np.asfortranarray(array)),
                         ("chw", np.ascontiguousarray(array.transpose(2, 0, 1)))]:
        np.save(here / "in.npy", stored)
        run = imgtool("open", "in.npy", "--access", "rw", "--json", "--expect-shared", "--no-copy",
                      "--save", "out.npy", "--put", "5,4=" + ",".join("7" * bands))
        assert run.json["image"]["mode"] == mode_of(bands), f"{name}\n{run}"
        assert np.array_equal(np.load(here / "out.npy").astype("f8"), array.astype("f8")), name
        changed = array.copy()
        changed[4, 5] = 7
        after = np.load(here / "in.npy")
        after = after.transpose(1, 2, 0) if name == "chw" else after
        assert np.array_equal(after, changed), name


@pytest.mark.parametrize("dtype", ["u1", "<u2", "<f2", "<f4", "<f8", "<i4"])
def test_a_batch_of_tensors_is_frames(imgtool, here, dtype):
    array = numbers(dtype, (4, 3, 6, 8))
    np.save(here / "nchw.npy", array)
    np.save(here / "nhwc.npy", np.ascontiguousarray(array.transpose(0, 2, 3, 1)))
    for name in ("nchw.npy", "nhwc.npy"):
        for frame in (0, 3):
            run = imgtool("open", name, "--frame", frame, "--expect-shared", "--json", "--save", "out.npy")
            assert run.json["image"]["frames"] == 4 and run.json["image"]["mode"] == "RGB", run
            assert np.array_equal(np.load(here / "out.npy"), array[frame].transpose(1, 2, 0))


@pytest.mark.parametrize("dtype", ["u1", "<f4"])
@pytest.mark.parametrize("shape", [(3, 5, 3), (3, 4, 4), (4, 6, 3), (2, 3, 5, 4), (2, 3, 3, 3)])
def test_an_order_decides_where_counts_do_not(imgtool, here, dtype, shape):
    array = numbers(dtype, shape)
    np.save(here / "in.npy", array)
    for order, bands in (("hwc", -1), ("chw", -3)):
        picture = np.moveaxis(array if array.ndim == 3 else array[1], bands, -1)
        if picture.shape[-1] not in (3, 4):
            continue
        frame = [] if array.ndim == 3 else ["--frame", 1]
        imgtool("open", "in.npy", "--order", order, *frame, "--expect-shared", "--save", "out.npy")
        assert np.array_equal(np.load(here / "out.npy"), picture), order
        run = imgtool("info", "in.npy", "--order", order, *frame, "--json")
        assert run.json["size"] == [picture.shape[1], picture.shape[0]], run


def test_an_order_that_decides_nothing_is_refused(imgtool, refused, here):
    np.save(here / "in.npy", numbers("f4", (5, 6, 7)))
    (here / "in.pfm").write_bytes(b"Pf\n1 1\n-1.0\n" + bytes(4))
    refused("open", "in.npy", "--order", "chw", words=["(5, 6, 7)", "1 to 4 bands", "before rows"])
    refused("open", "in.npy", "--order", "hwc", words=["(5, 6, 7)", "1 to 4 bands", "after rows"])
    refused("open", "in.pfm", "--order", "chw", words=["--order chw is for arrays", "pfm"])


@pytest.mark.parametrize("dtype", ["<f2", "<f4", "<f8", "<i4"])
def test_a_saved_array_has_the_numbers(imgtool, here, dtype):
    array = numbers(dtype, (4, 5, 3))
    np.save(here / "in.npy", array)
    imgtool("open", "in.npy", "--save", "out.npy")
    out = np.load(here / "out.npy")
    assert out.dtype == ("<f4" if dtype == "<f2" else dtype) and np.array_equal(out, array)


# ---- TIFF


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i4", "u4", "i2"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bands", [3, 4])
def test_a_tiff_of_numbers_is_mapped(imgtool, here, dtype, order, bands):
    array = numbers(dtype, (9, 11, bands))
    extra = {"extrasamples": ["unassalpha"]} if bands == 4 else {}
    for planar in (False, True):
        stored = np.ascontiguousarray(array.transpose(2, 0, 1)) if planar else array
        tifffile.imwrite(here / "in.tif", stored, photometric="rgb", byteorder=order, metadata=None,
                         planarconfig="separate" if planar else "contig", **extra)
        run = imgtool("open", "in.tif", "--expect-shared", "--no-copy", "--json", "--save", "out.npy")
        assert run.json["image"]["mode"] == mode_of(bands), run
        assert np.array_equal(np.load(here / "out.npy").astype("f8"), array.astype("f8"))


@pytest.mark.parametrize("compression", ["zlib", "lzw", "packbits"])
@pytest.mark.parametrize("predictor", [False, True])
@pytest.mark.parametrize("dtype", ["f2", "f4", "i4"])
def test_a_compressed_tiff_of_floats_is_decoded(imgtool, here, compression, predictor, dtype):
    if predictor and compression == "packbits":
        return
    array = numbers(dtype, (40, 33, 3))
    tifffile.imwrite(here / "in.tif", array, photometric="rgb", compression=compression, metadata=None,
                     predictor=predictor, tile=(16, 16))
    imgtool("open", "in.tif", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy").astype("f8"), array.astype("f8"))


@pytest.mark.parametrize("suffix", NUMBERS)
@pytest.mark.parametrize("bands", [3, 4])
def test_a_written_tiff_is_what_tifffile_reads(imgtool, here, suffix, bands):
    dtype, _ = NUMBERS[suffix]
    array = numbers(dtype, (5, 7, bands))
    (here / "raw.bin").write_bytes(array.tobytes())
    imgtool("frombuffer", "raw.bin", "--size", "7x5", "--rawmode", f"{mode_of(bands)};{suffix}",
            "--save", "out.tif")
    with tifffile.TiffFile(here / "out.tif") as file:
        page = file.pages[0]
        assert page.photometric == tifffile.PHOTOMETRIC.RGB and page.samplesperpixel == bands
        out = page.asarray()
    assert out.shape == array.shape and np.array_equal(out.astype("f8"), array.astype("f8"))


# ---- PFM


def pfm(array, scale):
    order = "<f4" if scale < 0 else ">f4"
    mark = "PF" if array.ndim == 3 else "Pf"
    head = f"{mark}\n{array.shape[1]} {array.shape[0]}\n{scale}\n".encode()
    return head + array[::-1].astype(order).tobytes()


@pytest.mark.parametrize("scale", [-1.0, 1.0])
@pytest.mark.parametrize("size", [(1, 1), (7, 5), (33, 17)])
def test_a_color_pfm_is_mapped_bottom_up_in_both_byte_orders(imgtool, here, scale, size):
    array = numbers("f4", (size[1], size[0], 3))
    (here / "in.pfm").write_bytes(pfm(array, scale))
    imgtool("open", "in.pfm", "--access", "rw", "--expect-shared", "--no-copy", "--save", "out.npy",
            "--put", "0,0=1,2,3")
    assert np.array_equal(np.load(here / "out.npy"), array)
    array[0, 0] = 1, 2, 3
    assert (here / "in.pfm").read_bytes() == pfm(array, scale)


def netpbm_words(array):
    """A PPM of 16 bits."""
    return f"P6 {array.shape[1]} {array.shape[0]} 65535\n".encode() + array.astype(">u2").tobytes()


def test_a_written_color_pfm_is_what_netpbm_reads(imgtool, here, program):
    words = np.random.default_rng(5).integers(0, 65536, (17, 33, 3))
    np.save(here / "in.npy", (words / 65535).astype("f4"))
    imgtool("open", "in.npy", "--save", "out.pfm")
    pam = subprocess.run([program("pfmtopam"), "-maxval=65535", "out.pfm"], capture_output=True, check=True)
    found = np.frombuffer(pam.stdout.partition(b"ENDHDR\n")[2], ">u2").reshape(words.shape)
    assert np.array_equal(found, words)


@pytest.mark.parametrize("endian", ["little", "big"])
def test_a_color_pfm_of_netpbms_is_read(imgtool, here, program, endian):
    words = np.random.default_rng(6).integers(0, 65536, (17, 33, 3))
    made = subprocess.run([program("pamtopfm"), f"-endian={endian}"], input=netpbm_words(words),
                          capture_output=True, check=True)
    (here / "in.pfm").write_bytes(made.stdout)
    imgtool("open", "in.pfm", "--expect-shared", "--save", "out.npy")
    assert np.allclose(np.load(here / "out.npy"), words / 65535, atol=1e-6)


# ---- steps


def windowed(array, low, high):
    return np.clip(np.floor((array.astype("f8") - low) * 255 / (high - low) + 0.5), 0, 255).astype("u1")


@pytest.mark.parametrize("dtype", ["<f2", "<f4", "<f8", "<i4", "<u4", "u1", "<u2"])
def test_a_window_spreads_each_color_over_8_bits(imgtool, here, dtype):
    array = numbers(dtype, (17, 33, 3))
    np.save(here / "in.npy", array)
    low, high = float(np.quantile(array, 0.2)), float(np.quantile(array, 0.9))
    imgtool("open", "in.npy", "--window", f"{low!r},{high!r}", "--expect-shared", "--save", "out.png",
            "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), windowed(array, low, high))
    run = imgtool("open", "in.npy", "--window", "auto", "--json", "--save", "out.npy")
    low, high = float(array.min()), float(array.max())
    assert any(step.get("window") == [low, high] for step in run.json["steps"]), run
    assert np.array_equal(np.load(here / "out.npy"), windowed(array, low, high))


@pytest.mark.parametrize("dtype,opaque", [
    ("<f4", 1), ("<f2", 1), ("<f8", 1), ("<i4", 2**31 - 1), ("<u4", 2**32 - 1), ("u1", 255), ("<u2", 65535)])
def test_opacity_is_not_windowed(imgtool, here, dtype, opaque):
    array = numbers(dtype, (5, 8, 4))
    array[..., 3] = (np.linspace(0, 1, 40).reshape(5, 8) * opaque).astype(dtype)
    np.save(here / "in.npy", array)
    colors = array[..., :3].astype("f8")
    imgtool("open", "in.npy", "--window", "auto", "--save", "out.npy")
    out = np.load(here / "out.npy")
    assert np.array_equal(out[..., :3], windowed(colors, colors.min(), colors.max()))
    assert np.array_equal(out[..., 3], windowed(array[..., 3], 0, opaque))


def test_opacity_beyond_1_is_refused_or_clamped(imgtool, here, refused):
    array = np.zeros((2, 3, 4), "f4")
    array[1, 2, 3] = 1.5
    np.save(here / "in.npy", array)
    refused("open", "in.npy", "--window", "0,1", "--save", "out.png", words=["2,1", "band A", "1.5", "0 to 1"])
    imgtool("open", "in.npy", "--window", "0,1", "--clamp", "--save", "out.npy")
    assert np.load(here / "out.npy")[1, 2, 3] == 255


@pytest.mark.parametrize("band", [0, 1, 2])
def test_what_is_no_number_is_refused_or_black(imgtool, here, refused, band):
    array = np.ones((2, 3, 3), "f4")
    array[1, 0, band] = np.nan
    np.save(here / "in.npy", array)
    refused("open", "in.npy", "--window", "0,1", "--save", "out.png",
            words=["0,1", f"band {'RGB'[band]}", "not a number"])
    imgtool("open", "in.npy", "--window", "0,1", "--clamp", "--save", "out.npy")
    assert np.load(here / "out.npy")[1, 0].tolist() == [255 if b != band else 0 for b in range(3)]


@pytest.mark.parametrize("percent", [1, 10])
def test_an_automatic_window_leaves_out_percentiles_of_all_bands(imgtool, here, percent):
    array = numbers("f4", (40, 50, 3))
    np.save(here / "in.npy", array)
    run = imgtool("open", "in.npy", "--window", f"auto,{percent}%", "--json", "--save", "out.npy")
    window = next(step["window"] for step in run.json["steps"] if "window" in step)
    assert np.allclose(window, np.percentile(array.astype("f8"), [percent, 100 - percent]), rtol=1e-12)


@pytest.mark.parametrize("format", ["png", "bmp", "ppm", "qoi"])
def test_what_holds_8_bits_refuses_and_names_the_window(refused, here, format):
    np.save(here / "in.npy", numbers("f4", (4, 5, 3)))
    refused("open", "in.npy", "--save", f"out.{format}", words=["RGB with f32 samples", "--window auto"])


def luma(array):
    return array.astype("f8") @ [0.299, 0.587, 0.114]


@pytest.mark.parametrize("dtype", ["<f4", "<f8", "<i4"])
def test_luma_is_a_number(imgtool, here, dtype):
    array = numbers(dtype, (5, 8, 3))
    np.save(here / "in.npy", array)
    imgtool("open", "in.npy", "--convert", "F", "--save", "out.npy")
    out = np.load(here / "out.npy")
    assert out.dtype == ("f4" if dtype == "<f4" else "f8")
    assert np.allclose(out, luma(array), rtol=1e-6 if dtype == "<f4" else 1e-12)


@pytest.mark.parametrize("mode,top", [("L", 255), ("I;16", 65535), ("I", 2**31 - 1)])
def test_luma_becomes_whole_by_the_rules_of_f(imgtool, here, refused, mode, top):
    array = np.random.default_rng(2).random((5, 8, 3)).astype("f8") * (top - 1)
    np.save(here / "in.npy", array)
    imgtool("open", "in.npy", "--convert", mode, "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), np.floor(luma(array) + 1e-9))
    array[2, 3] = top + 10.0
    np.save(here / "in.npy", array)
    refused("open", "in.npy", "--convert", mode, "--save", "out.npy", words=["pixel 3,2", "clamp"])
    imgtool("open", "in.npy", "--convert", mode, "--clamp", "--save", "out.npy")
    assert np.load(here / "out.npy")[2, 3] == top


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr", "HSV", "1", "LA"])
def test_other_modes_are_made_of_bytes(imgtool, here, refused, mode):
    array = np.floor(np.random.default_rng(3).random((5, 8, 3)) * 256).astype("f4")
    np.save(here / "in.npy", array)
    np.save(here / "bytes.npy", array.astype("u1"))
    for name in ("in", "bytes"):
        imgtool("open", f"{name}.npy", "--convert", mode, "--save", f"{name}.raw")
    assert (here / "in.raw").read_bytes() == (here / "bytes.raw").read_bytes()
    array[4, 1, 2] = -1
    np.save(here / "in.npy", array)
    refused("open", "in.npy", "--convert", mode, "--save", "out.npy", words=["1,4", "band B", "-1"])


@pytest.mark.parametrize("dtype,opaque", [("<f4", 1), ("<f8", 1), ("<i4", 2**31 - 1), ("<u4", 2**32 - 1)])
def test_opacity_is_added_and_taken_away(imgtool, here, dtype, opaque):
    array = numbers(dtype, (5, 8, 3))
    np.save(here / "in.npy", array)
    imgtool("open", "in.npy", "--convert", "RGBA", "--save", "out.npy")
    out = np.load(here / "out.npy")
    assert np.array_equal(out[..., :3], array) and (out[..., 3] == opaque).all()
    imgtool("open", "out.npy", "--convert", "RGB", "--save", "back.npy")
    assert np.array_equal(np.load(here / "back.npy"), array)


@pytest.mark.parametrize("dtype", ["<f4", ">f2", "<f8", "<i4", "<u4"])
def test_edits_change_colors_in_place(imgtool, here, dtype):
    array = np.round(numbers(dtype, (6, 8, 4)).astype("f8") / 4).astype(dtype)
    np.save(here / "in.npy", array)
    imgtool("open", "in.npy", "--access", "rw", "--add", "3", "--fill", "2x3+1+2=1,2,3,4", "--flip", "h",
            "--swap", "R,B")
    array[..., :3] = (array[..., :3].astype("f8") + 3).astype(dtype)
    array[2:5, 1:3] = 1, 2, 3, 4
    array = array[:, ::-1][..., [2, 1, 0, 3]]
    assert np.array_equal(np.load(here / "in.npy"), array)


def test_a_picture_of_numbers_is_pasted(imgtool, here):
    array, patch = numbers("f4", (6, 8, 3)), numbers("f4", (2, 3, 3), 1)
    np.save(here / "in.npy", array)
    np.save(here / "patch.npy", patch)
    imgtool("open", "in.npy", "--access", "rw", "--paste", "patch.npy@4,1")
    array[1:3, 4:7] = patch
    assert np.array_equal(np.load(here / "in.npy"), array)


def test_reports_are_of_all_bands(imgtool, here):
    array = numbers("f4", (6, 8, 3))
    np.save(here / "in.npy", array)
    run = imgtool("open", "in.npy", "--json", "--stats", "--print", "2,1", "--hash")
    steps = run.json["steps"]
    assert next(s for s in steps if s["step"] == "print")["pixel"] == array[1, 2].astype("f8").tolist(), run
    bands = next(s for s in steps if s["step"] == "stats")["bands"]
    for index, band in enumerate(bands):
        assert band["min"] == array[..., index].min() and band["max"] == array[..., index].max()
        assert np.isclose(band["mean"], array[..., index].astype("f8").mean())


def test_the_same_numbers_compare_and_hash_alike_in_every_layout(imgtool, here):
    array = numbers("f4", (6, 8, 3))
    np.save(here / "a.npy", array)
    np.save(here / "b.npy", np.ascontiguousarray(array.astype(">f4").transpose(2, 0, 1)))
    tifffile.imwrite(here / "c.tif", array, photometric="rgb", metadata=None)
    hashes = {imgtool("hash", name).text.split()[0] for name in ("a.npy", "b.npy", "c.tif")}
    assert len(hashes) == 1
    imgtool("compare", "a.npy", "b.npy")
    imgtool("open", "a.npy", "--compare", "c.tif")
    array[3, 5, 1] += 2
    np.save(here / "d.npy", array)
    run = imgtool("open", "a.npy", "--diff", "diff.png", "--compare", "d.npy", ok=1)
    assert "5,3" in run.text + run.errors, run
    imgtool("open", "a.npy", "--fail", "2.5", "--compare", "d.npy")


def test_a_band_of_numbers_is_a_writable_view(imgtool, here):
    for dtype in ("<f4", "<u4"):
        array = numbers(dtype, (6, 8, 3))
        np.save(here / "in.npy", array)
        imgtool("open", "in.npy", "--access", "rw", "--band", "G", "--put", "1,2=9", "--expect-shared")
        array[2, 1, 1] = 9
        assert np.array_equal(np.load(here / "in.npy"), array)


def test_named_colors_are_floats_from_0_to_1(imgtool, here, refused):
    np.save(here / "in.npy", np.zeros((2, 2, 3), "f4"))
    imgtool("open", "in.npy", "--access", "rw", "--put", "0,0=#ff0080", "--put", "1,1=red")
    out = np.load(here / "in.npy")
    assert out[0, 0].tolist() == [1, 0, np.float32(128 / 255)] and out[1, 1].tolist() == [1, 0, 0]
    np.save(here / "in.npy", np.zeros((2, 2, 3), "i4"))
    refused("open", "in.npy", "--put", "0,0=red", words=["R,G,B", "i32"])


def test_a_screen_shows_them(imgtool, here):
    np.save(here / "in.npy", numbers("f4", (6, 8, 3)))
    run = imgtool("show", "in.npy", "--json")
    array = np.load(here / "in.npy")
    assert run.json["window"] == [array.min(), array.max()], run


def test_the_table_of_formats_names_the_numbers(imgtool, here):
    rows = {row["format"]: row["numbers"] for row in imgtool("formats", "--json").json["formats"]}
    assert rows["pfm"] == ["RGB;f32"] and rows["png"] == []
    every = [f"{mode};{type}" for mode in ("RGB", "RGBA") for type in ("i32", "f32", "f64")]
    assert all(rows[name] == every for name in ("npy", "tiff", "raw", "vips"))


# ---- planes of green, blue and red


def planes_of(array):
    return array[..., [1, 2, 0, 3][:array.shape[-1]]].transpose(2, 0, 1)


@pytest.mark.parametrize("name,dtype", [
    ("gbrpf32", "<f4"), ("gbrpf32le", "<f4"), ("gbrpf32be", ">f4"), ("gbrpf16le", "<f2"), ("gbrapf32le", "<f4"),
    ("gbrapf16be", ">f2")])
@pytest.mark.parametrize("size", SIZES)
def test_planes_stand_in_ffmpegs_order(imgtool, here, name, dtype, size):
    bands = 4 if name.startswith("gbra") else 3
    array = numbers(dtype, (size[1], size[0], bands))
    (here / "raw.bin").write_bytes(b"\xaa" * 6 + planes_of(array).tobytes())
    words = ["frombuffer", "raw.bin", "--size", f"{size[0]}x{size[1]}", "--rawmode", name, "--offset", 6]
    imgtool(*words, "--expect-shared", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), array.astype("f4"))
    imgtool(*words, "--access", "rw", "--put", "0,0=" + ",".join("5" * bands))
    array[0, 0] = 5
    assert (here / "raw.bin").read_bytes()[6:] == planes_of(array).tobytes()


def test_ffmpeg_shows_the_planes_in_the_same_colors(imgtool, here, program):
    array = np.random.default_rng(8).random((17, 33, 3)).astype("<f4")
    (here / "raw.bin").write_bytes(planes_of(array).tobytes())
    imgtool("frombuffer", "raw.bin", "--size", "33x17", "--rawmode", "gbrpf32le", "--window", "0,1", "--save", "out.npy")
    shown = subprocess.run(
        [program("ffmpeg"), "-v", "error", "-f", "rawvideo", "-pix_fmt", "gbrpf32le", "-s", "33x17", "-i", "raw.bin",
         "-f", "rawvideo", "-pix_fmt", "gbrp", "-"], capture_output=True, check=True).stdout
    green, blue, red = np.frombuffer(shown, "u1").reshape(3, 17, 33).astype(int)
    assert np.abs(np.stack([red, green, blue], -1) - np.load(here / "out.npy")).max() <= 1
