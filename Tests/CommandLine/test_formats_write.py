"""What is saved in each format is what Pillow, NumPy and Netpbm read back."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from conftest import listed
from oracles import HOLDS, MODES, PALETTE, SHORTS, SIZES, pam, pillow, samples, source

PAIRS = [pytest.param(f, m, id=f"{m}-as-{f}") for f, modes in HOLDS.items() for m in modes]
# Formats that others read for us in ways of their own: the modules that ask them.
ELSEWHERE = {"tiff": "test_containers", "tga": "test_containers", "qoi": "test_containers",
             "farbfeld": "test_containers", "vips": "test_vips", "y4m": "test_y4m",
             "nrrd": "test_nrrd", "metaimage": "test_metaimage", "sgi": "test_sgi", "sun": "test_sun",
             "xwd": "test_xwd", "screencap": "test_screencap", "ser": "test_ser", "dds": "test_dds",
             "ktx2": "test_ktx2", "fits": "test_fits", "nifti": "test_nifti", "mrc": "test_mrc",
             "idx": "test_idx_hgt", "jpeg": "test_jpeg", "c": "test_c_array", "raw": "test_modes"}
EVERY_SIZE = pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")


def read(path: Path, kind: str, program) -> np.ndarray:
    """The samples as the oracle of the format reads them."""
    if kind == "npy":
        return np.load(path, allow_pickle=False)
    if kind == "pam":
        (width, height, depth, top), _, body = pam(path, program("pamfile"))
        array = np.frombuffer(body, ">u2" if top > 255 else "u1")
        return array.reshape((height, width) if depth == 1 else (height, width, depth))
    with Image.open(path) as image:
        return np.asarray(image)


def expected(mode: str, kind: str, array: np.ndarray) -> np.ndarray:
    """A pad byte is not kept where the format has no place for it."""
    return array[..., :3] if mode == "RGBX" and kind in ("png", "bmp", "ppm", "pnm", "pam") else array


def test_every_format_that_is_written_has_its_oracle():
    written = {entry["format"]: set(entry["modes"]) for entry in listed("formats") if entry["writes"]}
    # A build may be without libjpeg.
    assert (set(HOLDS) | set(ELSEWHERE)) - ({"jpeg"} - set(written)) == set(written)
    assert {kind: set(modes) for kind, modes in HOLDS.items()} == {
        kind: written[kind] for kind in HOLDS}


@pytest.mark.parametrize("kind,mode", PAIRS)
@EVERY_SIZE
def test_the_saved_pixels_are_the_buffers(imgtool, here, program, kind, mode, size):
    data, raw = source(here, mode, size)
    run = imgtool("frombuffer", *raw, "--save", f"out.{kind}", "--expect-shared")
    array = samples(mode, size, data)
    assert np.array_equal(read(here / f"out.{kind}", kind, program), expected(mode, kind, array)), run
    assert sorted(p.name for p in here.iterdir() if p.name != "palette.bin") == sorted(
        ["raw.bin", f"out.{kind}"])
    assert (here / "raw.bin").read_bytes() == data


# A gray or bilevel picture may go into a larger Netpbm format: whether it does is not settled here.
WIDER = {(kind, mode) for kind in ("pgm", "ppm", "pnm", "pam")
         for mode in ("1", "L", "I", "RGBX", "P", "PA", *SHORTS)}
TOO_SMALL = [pytest.param(f, m, id=f"{m}-as-{f}") for f in HOLDS for m in MODES
             if m not in HOLDS[f] and (f, m) not in WIDER]


@pytest.mark.parametrize("kind,mode", TOO_SMALL)
def test_a_mode_that_a_format_cannot_hold_is_refused_with_both_ways_out(refused, here, kind, mode):
    _, raw = source(here, mode, (3, 2))
    # Pillow converts LAB to nothing without a colour profile, and so do we.
    # Numbers are spread over gray first, where the format has that: a conversion would clamp them.
    is_number = mode in ("I", "F") or mode.startswith("I;16")
    convert = [] if mode == "LAB" else ["--window auto"] if is_number and "L" in HOLDS[kind] else ["--convert"]
    run = refused("frombuffer", *raw, "--save", f"out.{kind}", words=[mode, *convert])
    able = [other for other in HOLDS if mode in HOLDS[other]]
    assert any(other in run.errors.lower() for other in able), run


@pytest.mark.parametrize("kind,mode,opened", [
    ("png", "1", "1"), ("png", "L", "L"), ("png", "LA", "LA"), ("png", "P", "P"),
    ("png", "RGB", "RGB"), ("png", "RGBA", "RGBA"), ("png", "RGBX", "RGB"),
    ("png", "I;16", "I;16"), ("png", "I;16B", "I;16"),
    ("bmp", "1", "1"), ("bmp", "L", "L"), ("bmp", "P", "P"), ("bmp", "RGB", "RGB"),
    ("bmp", "RGBA", "RGBA"), ("bmp", "RGBX", "RGB"),
    ("pbm", "1", "1"), ("pgm", "L", "L"), ("ppm", "RGB", "RGB"), ("pfm", "F", "F"),
])
def test_pillow_opens_it_in_the_same_mode(imgtool, here, kind, mode, opened):
    _, raw = source(here, mode, (33, 17))
    imgtool("frombuffer", *raw, "--save", f"out.{kind}")
    with Image.open(here / f"out.{kind}") as image:
        assert image.mode == opened


@pytest.mark.parametrize("kind", ["png", "bmp"])
def test_the_palette_is_saved_with_the_indices(imgtool, here, kind):
    data, raw = source(here, "P", (33, 17))
    imgtool("frombuffer", *raw, "--save", f"out.{kind}")
    with Image.open(here / f"out.{kind}") as image:
        colors = np.asarray(image.convert("RGB"))
    table = np.frombuffer(PALETTE, "u1").reshape(256, 3)
    assert np.array_equal(colors, table[samples("P", (33, 17), data)])


@pytest.mark.parametrize("mode", MODES)
def test_an_npy_has_the_dtype_and_shape_that_numpy_gives_the_picture(imgtool, here, mode):
    data, raw = source(here, mode, (7, 5))
    imgtool("frombuffer", *raw, "--save", "out.npy")
    saved, wanted = np.load(here / "out.npy"), np.asarray(pillow(mode, (7, 5), data))
    assert (saved.dtype, saved.shape) == (wanted.dtype, wanted.shape)
    assert not np.isfortran(saved)


def test_a_palette_that_a_format_has_no_place_for_is_told(imgtool, here):
    _, raw = source(here, "P", (7, 5))
    run = imgtool("frombuffer", *raw, "--save", "out.npy")
    assert "palette" in run.errors
    steps = imgtool("frombuffer", *raw, "--save", "out.npy", "--json").json["steps"]
    assert steps[0]["lossy"] == ["palette"]
    imgtool("frombuffer", "raw.bin", "--size", "7x5", "--mode", "P", "--palette", "gray", "--save",
            "out.npy")


@pytest.mark.parametrize("mode,kind,depth,top", [
    ("1", "BLACKANDWHITE", 1, 1), ("L", "GRAYSCALE", 1, 255), ("LA", "GRAYSCALE_ALPHA", 2, 255),
    ("RGB", "RGB", 3, 255), ("RGBA", "RGB_ALPHA", 4, 255), ("CMYK", "CMYK", 4, 255),
    ("I;16", "GRAYSCALE", 1, 65535), ("I;16B", "GRAYSCALE", 1, 65535),
])
def test_netpbm_sees_the_tuple_type(imgtool, here, program, mode, kind, depth, top):
    _, raw = source(here, mode, (7, 5))
    imgtool("frombuffer", *raw, "--save", "out.pam")
    facts, tuple_type, _ = pam(here / "out.pam", program("pamfile"))
    assert (facts, tuple_type) == ((7, 5, depth, top), kind)


@pytest.mark.parametrize("mode,kind", [("1", "pbm"), ("L", "pgm"), ("RGB", "ppm"), ("I;16", "pgm")])
def test_netpbm_reads_the_same_as_pillow(imgtool, here, program, mode, kind):
    data, raw = source(here, mode, (33, 17))
    imgtool("frombuffer", *raw, "--save", f"out.{kind}")
    with open(here / "out.pam", "wb") as out:
        subprocess.run([program("pamtopam")], stdin=open(here / f"out.{kind}", "rb"), stdout=out,
                       check=True)
    got = read(here / "out.pam", "pam", program)
    assert np.array_equal(got, samples(mode, (33, 17), data))


@pytest.mark.parametrize("mode", HOLDS["png"])
def test_libpng_finds_nothing_wrong(imgtool, here, program, mode):
    _, raw = source(here, mode, (33, 17))
    imgtool("frombuffer", *raw, "--save", "out.png")
    done = subprocess.run([program("pngfix"), "--strip=unsafe", "out.png"], capture_output=True,
                          text=True)
    assert done.returncode & ~0x40 == 0 and done.stdout.startswith("IDAT OK"), done


@pytest.mark.parametrize("name,option", [("out.dat", ["--format", "png"]), ("OUT.PNG", []),
                                         ("out.bmp", ["--format", "png"])])
def test_format_overrides_the_suffix_and_case_does_not_matter(imgtool, here, name, option):
    _, raw = source(here, "RGB", (7, 5))
    imgtool("frombuffer", *raw, *option, "--save", name)
    with Image.open(here / name) as image:
        assert image.format == "PNG"


def test_level_0_is_stored_and_level_9_is_smallest(imgtool, here):
    size = (256, 256)
    (here / "raw.bin").write_bytes(bytes(range(256)) * 256)
    sizes = {}
    for level in (0, 1, 9):
        imgtool("frombuffer", "raw.bin", "--size", "256x256", "--level", level, "--save",
                f"{level}.png")
        with Image.open(here / f"{level}.png") as image:
            assert image.size == size and image.tobytes() == bytes(range(256)) * 256
        sizes[level] = (here / f"{level}.png").stat().st_size
    assert sizes[0] > 65536 >= sizes[1] >= sizes[9]


@pytest.mark.parametrize("mode", ["RGB", "L", "I;16", "P", "1"])
def test_levels_2_to_9_are_a_ladder(imgtool, here, mode):
    """Each level is no larger than the one before, and Pillow reads the same picture from all of them."""
    size = (480, 400)
    y, x = np.mgrid[:size[1], :size[0]]
    noise = np.random.default_rng(4).normal(0, 2, (size[1], size[0], 3))
    # A soft picture with grain, and flat figures in it.
    soft = 120 + 60 * np.sin(x / 37) + 50 * np.cos((x + y) / 23)
    pixels = (soft[..., None] + [0, 9, -20] + noise).clip(0, 255).astype("u1")
    pixels[200:, :240] = ((x // 8 ^ y // 8) % 7 * 30)[200:, :240, None]
    gray = pixels[..., 0]
    data = {"RGB": pixels, "L": gray, "I;16": gray.astype("<u2") * 200 + pixels[..., 1], "P": gray // 16,
            "1": np.packbits(gray > 127, 1)}[mode]
    _, raw = source(here, mode, size)
    (here / "raw.bin").write_bytes(data.tobytes())
    sizes, pictures = [], set()
    for level in range(1, 10):
        imgtool("frombuffer", *raw, "--level", level, "--save", "out.png")
        sizes.append((here / "out.png").stat().st_size)
        with Image.open(here / "out.png") as image:
            pictures.add(image.tobytes())
    assert len(pictures) == 1
    expected = {"1": lambda image: np.packbits(np.asarray(image), 1)}.get(mode, np.asarray)
    with Image.open(here / "out.png") as image:
        assert np.array_equal(expected(image), data)
    if "libdeflate" not in imgtool("--version").text:
        # The levels of zlib, which such a build has, are not a ladder: see the trait in Package.swift.
        return
    # A sample decides for a band, so a level may miss its best by a little.
    assert all(after <= before * 1.002 for before, after in zip(sizes, sizes[1:])), sizes
    assert sizes[8] < sizes[1]


def test_level_and_format_are_kept_until_they_are_changed(imgtool, here):
    (here / "raw.bin").write_bytes(bytes(range(256)) * 256)
    imgtool("frombuffer", "raw.bin", "--size", "256x256", "--level", "0", "--save", "a.png",
            "--save", "b.png", "--level", "9", "--save", "c.png")
    a, b, c = ((here / f"{name}.png").stat().st_size for name in "abc")
    assert a == b > c


@pytest.mark.parametrize("size", ["4x4", "16x8", "20x11"])
def test_the_bytes_do_not_depend_on_where_memory_lies(imgtool, here, size):
    width, height = map(int, size.split("x"))
    pixels = np.random.default_rng(width).integers(0, 4, width * height * 3, "u1") * 60
    (here / "raw.bin").write_bytes(pixels.tobytes())
    made = set()
    for _ in range(120):
        run = imgtool("frombuffer", "raw.bin", "--size", size, "--mode", "RGB", "--format", "png",
                      "--save", "-")
        made.add(run.output)
    assert len(made) == 1


@pytest.mark.parametrize("threads", [2, 3, 8])
@pytest.mark.parametrize("mode", ["RGB", "I;16", "1"])
def test_the_bytes_do_not_depend_on_the_number_of_threads(imgtool, here, mode, threads):
    _, raw = source(here, mode, (700, 900))
    imgtool("frombuffer", *raw, "--threads", "1", "--save", "one.png")
    imgtool("frombuffer", *raw, "--threads", threads, "--save", "many.png")
    assert (here / "one.png").read_bytes() == (here / "many.png").read_bytes()


def test_standard_output_carries_the_picture(imgtool, here):
    data, raw = source(here, "RGB", (7, 5))
    run = imgtool("frombuffer", *raw, "--format", "ppm", "--save", "-")
    assert run.output == b"P6\n7 5\n255\n" + data


@pytest.mark.parametrize("bits", [1, 2, 4])
@pytest.mark.parametrize("mode", ["L", "P"])
def test_a_png_of_few_bits_holds_the_same_pixels(imgtool, here, mode, bits):
    values = np.random.default_rng(bits).integers(0, 1 << bits, (5, 9), "u1")
    # Gray is scaled to its range, so that the picture looks the same; an index is an index.
    pixels = values * (255 // ((1 << bits) - 1)) if mode == "L" else values
    _, raw = source(here, mode, (9, 5))
    (here / "raw.bin").write_bytes(pixels.tobytes())
    imgtool("frombuffer", *raw, "--bits", bits, "--save", "out.png")
    header = (here / "out.png").read_bytes()
    assert header[24] == bits
    with Image.open(here / "out.png") as image:
        got = np.asarray(image.convert("L") if mode == "L" else image)
    assert np.array_equal(got, pixels)


@pytest.mark.parametrize("mode,value", [("L", 200), ("P", 200)])
def test_bits_that_cannot_hold_the_values_are_refused(refused, here, mode, value):
    _, raw = source(here, mode, (9, 5))
    (here / "raw.bin").write_bytes(bytes([value]) * 45)
    refused("frombuffer", *raw, "--bits", "4" if mode == "P" else "2", "--save", "out.png")
