"""TIFF, TGA, farbfeld and QOI: read from real programs, edited in place, and written for them."""

import struct
import subprocess

import numpy as np
import pytest
import tifffile
from PIL import Image

from oracles import MODES, pillow, samples, source
from test_formats_read import SIZE, pixels, text_of

TIFF_MODES = ["1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "I;16", "I", "F"]


def tiff(path, array, **options):
    kind = {1: "minisblack", 2: "minisblack", 3: "rgb", 4: "rgb"}[
        1 if array.ndim == 2 else array.shape[-1]]
    tifffile.imwrite(path, array, photometric=kind, metadata=None, **options)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "I;16", "F"])
@pytest.mark.parametrize("order", ["<", ">"], ids=["little-endian", "big-endian"])
@pytest.mark.parametrize("rows", [None, 2], ids=["one strip", "strips of 2 rows"])
def test_an_uncompressed_tiff_is_mapped_and_edited_in_place(imgtool, here, mode, order, rows):
    array, other = pixels(mode), pixels(mode, 4)
    tiff(here / "in.tif", array, byteorder=order, rowsperstrip=rows)
    before = (here / "in.tif").read_bytes()
    imgtool("open", "in.tif", "--expect-shared", "--no-copy", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), array)
    imgtool("open", "in.tif", "--access", "rw", "--put", f"3,4={text_of(mode, other[4, 3])}")
    array[4, 3] = other[4, 3]
    assert np.array_equal(tifffile.imread(here / "in.tif"), array)
    after = (here / "in.tif").read_bytes()
    assert sum(a != b for a, b in zip(before, after, strict=True)) <= array[4, 3].nbytes


def test_a_planar_tiff_is_mapped(imgtool, here):
    array = pixels("RGB")
    tifffile.imwrite(here / "in.tif", np.ascontiguousarray(array.transpose(2, 0, 1)),
                     photometric="rgb", planarconfig="separate", metadata=None)
    imgtool("open", "in.tif", "--expect-shared", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), array)


@pytest.mark.parametrize("page", [0, 1, 2])
def test_a_page_of_a_tiff(imgtool, here, page):
    pages = [pixels("L", seed) for seed in range(3)]
    with tifffile.TiffWriter(here / "in.tif") as writer:
        for array in pages:
            writer.write(array, photometric="minisblack", metadata=None)
    imgtool("open", "in.tif", "--frame", page, "--expect-shared", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), pages[page])


@pytest.mark.parametrize("mode", TIFF_MODES)
def test_a_written_tiff_is_read_by_pillow_and_tifffile(imgtool, here, mode):
    data, raw = source(here, mode, (33, 17))
    imgtool("frombuffer", *raw, "--save", "out.tif", "--expect-shared")
    array = samples(mode, (33, 17), data)
    with Image.open(here / "out.tif") as image:
        assert np.array_equal(np.asarray(image), array)
    assert np.array_equal(tifffile.imread(here / "out.tif").astype(array.dtype), array)


def test_a_compressed_tiff_is_refused_or_said_to_be_a_copy(imgtool, here):
    Image.fromarray(pixels("RGB")).save(here / "in.tif", compression="tiff_adobe_deflate")
    run = imgtool("open", "in.tif", "--expect-shared", ok=None)
    assert run.exit in (1, 2)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize("origin", ["top", "bottom"])
def test_an_uncompressed_tga_is_mapped_and_edited_in_place(imgtool, here, mode, origin):
    array = pixels(mode)
    Image.fromarray(array).save(here / "in.tga", orientation=1 if origin == "top" else -1)
    imgtool("open", "in.tga", "--access", "rw", "--expect-shared", "--save", "out.npy", "--put",
            f"3,4={text_of(mode, array[0, 0])}")
    assert np.array_equal(np.load(here / "out.npy"), array)
    array[4, 3] = array[0, 0]
    assert np.array_equal(np.asarray(Image.open(here / "in.tga")), array)


@pytest.mark.parametrize("mode", ["L", "P", "RGB", "RGBA"])
def test_a_written_tga_is_read_by_pillow(imgtool, here, mode):
    data, raw = source(here, mode, (33, 17))
    imgtool("frombuffer", *raw, "--save", "out.tga")
    with Image.open(here / "out.tga") as image:
        assert image.mode == mode
        assert np.array_equal(np.asarray(image), samples(mode, (33, 17), data))


def test_a_farbfeld_is_mapped_with_sixteen_bits(imgtool, here):
    array = np.random.default_rng(2).integers(0, 65536, (5, 7, 4), "u2")
    (here / "in.ff").write_bytes(b"farbfeld" + struct.pack(">II", *SIZE) +
                                 array.astype(">u2").tobytes())
    imgtool("open", "in.ff", "--expect-shared", "--no-copy", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), array)


def test_a_written_farbfeld_is_the_header_and_the_samples(imgtool, here):
    array = np.random.default_rng(2).integers(0, 65536, (5, 7, 4), "u2")
    (here / "raw.bin").write_bytes(array.astype("<u2").tobytes())
    imgtool("frombuffer", "raw.bin", "--size", "7x5", "--mode", "RGBA", "--rawmode", "RGBA;16L",
            "--save", "out.ff")
    assert (here / "out.ff").read_bytes() == (
        b"farbfeld" + struct.pack(">II", 7, 5) + array.astype(">u2").tobytes())


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBX", "RGBA"])
def test_what_a_farbfeld_widens_is_exact_and_said_everywhere(imgtool, here, mode):
    data, raw = source(here, mode, (7, 5))
    run = imgtool("frombuffer", *raw, "--json", "--save", "out.ff")
    assert "out.ff: written as RGBA;16" in run.errors
    assert run.json["steps"][0]["widened"] == "RGBA;16"
    pixels = np.asarray(pillow(mode, (7, 5), data).convert("RGBA")).astype(">u2") * 257
    if mode == "RGBX":
        pixels[..., 3] = 65535
    assert (here / "out.ff").read_bytes()[16:] == pixels.astype(">u2").tobytes()
    listed = {row["mode"]: row["formats"] for row in imgtool("modes", "--json").json["modes"]}
    assert "farbfeld" in listed[mode]
    ours = next(row for row in imgtool("formats", "--json").json["formats"]
                if row["format"] == "farbfeld")
    assert mode in ours["modes"] and ours["widens"] == "to RGBA;16"
    proof = imgtool("verify", *raw).text
    assert proof.count("farbfeld") == 1 and "farbfeld: shared" in proof


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBX", "RGBA"])
def test_an_image_is_the_same_as_its_own_farbfeld(imgtool, here, mode):
    raw = source(here, mode, (7, 5))[1]
    imgtool("frombuffer", *raw, "--save", "out.ff")
    for pair in (["raw.bin", "out.ff"], ["out.ff", "raw.bin"]):
        run = imgtool("compare", *pair, *raw[1:])
        assert run.text.startswith("same: 35 pixels") and "RGBA;16" in run.text
        report = imgtool("compare", *pair, *raw[1:], "--json").json
        assert (report["same"], report["widened"], report["max"]) == (True, "RGBA;16", 0)
    run = imgtool("frombuffer", *raw, "--json", "--compare", "out.ff")
    assert run.json["steps"][0]["difference"]["widened"] == "RGBA;16"
    # One more than what 8 bits become is another picture.
    changed = bytearray((here / "out.ff").read_bytes())
    place = 16 + 8 * (2 * 7 + 3)
    changed[place + 1] ^= 1
    (here / "changed.ff").write_bytes(changed)
    report = imgtool("compare", "raw.bin", "changed.ff", *raw[1:], "--json", ok=1).json
    assert (report["first"]["x"], report["first"]["y"], report["max"]) == (3, 2, 1)
    assert report["first"]["offset"]["b"] == place
    imgtool("compare", "raw.bin", "changed.ff", *raw[1:], "--diff-style", "gray", "--diff", "diff.png",
            ok=1)
    assert np.asarray(Image.open(here / "diff.png")).any(axis=0).nonzero()[0].tolist() == [3]


def test_a_comparison_that_widens_nothing_does_not_say_so(imgtool, here):
    raw = source(here, "RGB", (7, 5))[1]
    imgtool("frombuffer", *raw, "--save", "out.png")
    report = imgtool("compare", "raw.bin", "out.png", *raw[1:], "--json").json
    assert "widened" not in report


def test_sixteen_bits_of_a_farbfeld_are_not_widened(imgtool, here):
    (here / "raw.bin").write_bytes(bytes(7 * 5 * 8))
    run = imgtool("frombuffer", "raw.bin", "--size", "7x5", "--mode", "RGBA", "--rawmode",
                  "RGBA;16L", "--save", "out.ff", "--json")
    assert "written as" not in run.errors and "widened" not in run.json["steps"][0]


@pytest.mark.parametrize("mode", MODES)
def test_the_formats_that_are_listed_for_a_mode_are_those_that_save_it(imgtool, here, mode):
    raw = source(here, mode, (7, 5))[1]
    row = next(row for row in imgtool("modes", "--json").json["modes"] if row["mode"] == mode)
    for listed in imgtool("formats", "--json").json["formats"]:
        name = listed["format"]
        run = imgtool("frombuffer", *raw, "--format", name, "--save", "out", ok=None)
        assert (run.exit == 0) == (name in row["formats"]) == (
            mode in listed["modes"]), f"{name}\n{run}"


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_written_qoi_is_read_by_pillow(imgtool, here, mode):
    data, raw = source(here, mode, (33, 17))
    imgtool("frombuffer", *raw, "--save", "out.qoi")
    with Image.open(here / "out.qoi") as image:
        assert image.mode == mode and image.tobytes() == data


def test_qoi_files_of_others_read_as_their_pictures(imgtool, here, corpus):
    for path in sorted(corpus("qoi-test-images").glob("*.qoi")):
        imgtool("open", path, "--convert", "RGBA", "--save", "out.raw")
        with Image.open(path.with_suffix(".png")) as image:
            assert (here / "out.raw").read_bytes() == image.convert("RGBA").tobytes(), path.name


@pytest.mark.parametrize("dtype", ["u1", "i1", "<u2", ">u2", "<i2", ">i2", "<u4", "<i4", ">i4",
                                   "<i8", "<f4", ">f4", "<f8", ">f8", "<f2"])
def test_an_npy_of_any_number_is_mapped(imgtool, here, dtype):
    array = np.arange(35).reshape(5, 7).astype(dtype)
    np.save(here / "in.npy", array)
    run = imgtool("open", "in.npy", "--expect-shared", "--print", "6,4", "--print", "1,0")
    assert [float(line) for line in run.lines] == [34, 1]


@pytest.mark.parametrize("shape,frame,view", [
    ((3, 5, 7), 0, lambda a: a.transpose(1, 2, 0)), ((4, 5, 7, 3), 2, lambda a: a[2]),
], ids=["channels first", "a stack"])
def test_an_npy_of_more_axes(imgtool, here, shape, frame, view):
    array = np.random.default_rng(1).integers(0, 256, shape, "u1")
    np.save(here / "in.npy", array)
    imgtool("open", "in.npy", "--frame", frame, "--expect-shared", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), view(array))


@pytest.mark.parametrize("frame", [0, 1, 2])
def test_one_image_of_several_in_a_ppm(imgtool, here, frame):
    pictures = [pixels("RGB", seed) for seed in range(3)]
    (here / "in.ppm").write_bytes(b"".join(b"P6\n7 5\n255\n" + p.tobytes() for p in pictures))
    imgtool("open", "in.ppm", "--frame", frame, "--expect-shared", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), pictures[frame])


HEADERS = [("npy", "RGB"), ("pgm", "L"), ("ppm", "RGB"), ("pam", "RGBA"), ("bmp", None),
           ("tiff", "RGB"), ("pfm", None)]


@pytest.mark.parametrize("kind,mode", [h for h in HEADERS if h[1]])
def test_a_header_before_the_raw_bytes_makes_a_file(imgtool, here, program, kind, mode):
    data, raw = source(here, mode, SIZE)
    run = imgtool("header", *raw, "--format", kind)
    (here / f"whole.{kind}").write_bytes(run.output + data)
    array = samples(mode, SIZE, data)
    if kind == "npy":
        got = np.load(here / "whole.npy")
    elif kind == "tiff":
        got = tifffile.imread(here / "whole.tiff")
    else:
        done = subprocess.run([program("ffmpeg"), "-v", "error", "-i", f"whole.{kind}", "-f",
                               "rawvideo", "-"], cwd=here, capture_output=True, check=True)
        got = np.frombuffer(done.stdout, "u1").reshape(array.shape)
    assert np.array_equal(got, array)


@pytest.mark.parametrize("kind,suffix", [("envi", "hdr"), ("vrt", "vrt")])
def test_a_detached_header_leaves_the_raw_file_alone(imgtool, here, kind, suffix):
    data, raw = source(here, "RGB", SIZE)
    text = imgtool("header", *raw, "--format", kind).text
    assert "7" in text and "5" in text and (here / "raw.bin").read_bytes() == data


def test_hexdump_shows_the_bytes_behind_pixels_with_their_offsets(imgtool, here):
    data, raw = source(here, "RGB", SIZE)
    text = imgtool("hexdump", *raw, "--at", "2,3").text
    start = (3 * 7 + 2) * 3
    assert " ".join(f"{b:02x}" for b in data[start:start + 3]) in text.lower()
    assert f"{start:x}" in text.lower() or str(start) in text


def test_guess_puts_the_right_width_of_a_picture_first(imgtool, here, corpus):
    right = seen = 0
    for path in sorted(corpus("golang-image").glob("*.png"))[:40]:
        with Image.open(path) as image:
            if min(image.size) < 64:
                continue
            pixels, width = image.convert("RGB").tobytes(), image.width
            if len(set(pixels)) == 1:
                continue  # Bytes that are all the same have no width.
            (here / "frame.raw").write_bytes(pixels)
        best = imgtool("guess", "frame.raw", "--json").json["candidates"][0]
        assert {"size", "mode", "rawmode", "reason"} <= best.keys()
        seen += 1
        right += best["size"][0] == width
    assert seen >= 10 and right >= 0.9 * seen, f"{right} of {seen}"
