"""`--convert` against Pillow's own `convert`, within one step of a sample."""

import numpy as np
import pytest
from PIL import Image

from oracles import MODES, PALETTE_MODES, SHORTS, pillow, raw_bytes, samples, source

SIZE = (33, 17)
FROM = [m for m in MODES if m != "LAB"]
TO = [m for m in FROM if m not in PALETTE_MODES]
WIDE = ("I", "F", *SHORTS)


def held(mode, to):
    """The least and the largest number that a mode of numbers keeps in another mode; None for all."""
    if mode not in WIDE or to == "F" or to == mode or mode in SHORTS and to in WIDE:
        return None
    if to == "I":
        return -2**31, 2**31 - 1
    return (0, 65535) if to in SHORTS else (0, 255)


def source_bytes(mode, to):
    """Random bytes; of a mode of numbers, those that the other one can hold, ends and fractions too."""
    data, limits = raw_bytes(mode, SIZE), held(mode, to)
    if limits is None:
        return data
    numbers = samples(mode, SIZE, data)
    low, high = limits
    # No number of 32 bits and a fraction is as large as the largest integer.
    top = min(high, 2**31 - 256) if mode == "F" else high
    numbers[...] = np.random.default_rng(1).integers(low, top, numbers.shape, endpoint=True)
    if mode == "F":
        numbers[numbers < top] += 0.25
    numbers[0, :2] = low, top
    return numbers.tobytes()


def converted(mode, to, data):
    if mode == "F" and to in SHORTS:
        # Pillow goes by way of 8 bits.
        return samples(mode, SIZE, data).astype("u2")
    try:
        image = pillow(mode, SIZE, data).convert(to, dither=Image.Dither.NONE)
        return samples(to, SIZE, image.tobytes("raw", to))
    except ValueError:
        return None


# Pillow takes one 16-bit mode to another by way of 8 bits; here every bit is kept.
PAIRS = [(a, b) for a in FROM for b in TO if {a, b} - set(SHORTS)
         and converted(a, b, source_bytes(a, b)) is not None]
CLAMPING = [(a, b) for a, b in PAIRS if held(a, b)]


@pytest.mark.parametrize("mode", SHORTS)
@pytest.mark.parametrize("to", SHORTS)
def test_one_sixteen_bit_mode_becomes_another_without_a_loss(imgtool, here, mode, to):
    data, raw = source(here, mode, SIZE)
    imgtool("frombuffer", *raw, "--convert", to, "--save", "out.raw")
    got = samples(to, SIZE, (here / "out.raw").read_bytes())
    assert np.array_equal(got, samples(mode, SIZE, data))


@pytest.mark.parametrize("mode,to", PAIRS, ids=[f"{a}-to-{b}" for a, b in PAIRS])
def test_a_conversion_is_pillows_within_one(imgtool, here, mode, to):
    data = source_bytes(mode, to)
    _, raw = source(here, mode, SIZE)
    (here / "raw.bin").write_bytes(data)
    imgtool("frombuffer", *raw, "--no-copy", "--convert", to, "--save", "out.raw",
            "--expect-shared")
    got = samples(to, SIZE, (here / "out.raw").read_bytes())
    wanted = converted(mode, to, data)
    if to == "1":
        assert np.array_equal(got, wanted)
    elif to == "F":
        assert np.allclose(got, wanted, rtol=1e-6, atol=1)
    else:
        difference = np.abs(got.astype("i8") - wanted.astype("i8"))
        worst = np.unravel_index(difference.argmax(), difference.shape)
        y, x = worst[:2]
        assert difference.max() <= 1, (
            f"at {x},{y}: {samples(mode, SIZE, data)[y, x]} gives {got[y, x]}, not {wanted[y, x]}")


def test_there_are_as_many_pairs_as_pillow_had():
    assert len(PAIRS) > 260 and len(CLAMPING) > 60


def beyond(mode, to):
    """Numbers of a mode next to what another one holds, and far from it."""
    low, high = held(mode, to)
    kind = MODES[mode].dtype
    if mode == "F":
        below, above = np.float32(low), np.float32(high)
        return [np.nextafter(below, np.float32(-np.inf)), np.nextafter(above, np.float32(np.inf)),
                -3e9, 3e9, np.inf, -np.inf, np.nan]
    span = np.iinfo(kind)
    return [v for v in (low - 1, high + 1, span.min, span.max) if span.min <= v <= span.max
            and not low <= v <= high]


@pytest.mark.parametrize("mode,to", CLAMPING, ids=[f"{a}-to-{b}" for a, b in CLAMPING])
def test_what_a_mode_cannot_hold_is_refused_at_its_place(refused, here, mode, to):
    numbers = samples(mode, SIZE, source_bytes(mode, to))
    tried = beyond(mode, to)
    assert tried
    for number in tried:
        spoiled = numbers.copy()
        spoiled[12, 7:9], spoiled[16, 0] = number, number
        (here / "raw.bin").write_bytes(spoiled.tobytes())
        raw = ["raw.bin", "--size", "33x17", "--mode", mode]
        run = refused("frombuffer", *raw, "--convert", to, "--save", "out.raw",
                      words=["pixel 7,12 is", f"to {to} would clamp", "the picture has"])
        assert not (here / "out.raw").exists()
        finite = spoiled[np.isfinite(spoiled)]
        ends = [float(finite.min()), float(finite.max())]
        if np.isnan(number):
            # No window takes it.
            assert "--clamp" in run.errors and "--window" not in run.errors
            continue
        # The window that the message names shows the whole picture.
        window = run.errors.split("--window ")[1].split()[0]
        assert [float(end) for end in window.split(",")] == ends


def test_the_window_that_an_error_names_is_one_that_works(imgtool, refused, here):
    numbers = np.array([[570, 1265], [800, 900]], "<u2")
    (here / "raw.bin").write_bytes(numbers.tobytes())
    raw = ["frombuffer", "raw.bin", "--size", "2x2", "--mode", "I;16"]
    refused(*raw, "--convert", "L", "--save", "out.png", words=[
        "pixel 0,0 is 570", "takes 0 to 255", "the picture has 570 to 1265",
        "--window 570,1265"])
    imgtool(*raw, "--window", "570,1265", "--save", "out.png")
    wanted = np.floor((numbers - 570.0) * 255 / (1265 - 570) + 0.5)
    assert np.array_equal(np.asarray(Image.open(here / "out.png")), wanted)


@pytest.mark.parametrize("step", ["--hash", "--stats", "--copy"])
def test_every_reader_of_the_pixels_refuses_alike(refused, here, step):
    (here / "raw.bin").write_bytes(np.array([0, 70000, -4], "<i4").tobytes())
    refused("frombuffer", "raw.bin", "--size", "3x1", "--mode", "I", "--convert", "L", step,
            words=["pixel 1,0 is 70000", "-4 to 70000"])


def test_a_pasted_picture_is_not_clamped_and_the_image_stays_as_it_was(refused, here):
    page = bytes(range(4))
    (here / "page.raw").write_bytes(page)
    Image.fromarray(np.array([[9, 300]], "u2")).save("wide.png")
    refused("frombuffer", "page.raw", "--size", "2x2", "--mode", "L", "--access", "rw", "--paste",
            "wide.png@0,0", words=["pixel 1,0 is 300", "9 to 300"])
    assert (here / "page.raw").read_bytes() == page


def test_an_index_without_a_color_is_an_error_wherever_colors_are_made(imgtool, refused, here):
    (here / "raw.bin").write_bytes(bytes([0, 1, 2, 3, 4, 1]))
    (here / "four.pal").write_bytes(bytes(range(12)))
    raw = ["frombuffer", "raw.bin", "--size", "3x2", "--mode", "P", "--palette", "four.pal"]
    says = "pixel 1,1 has index 4"
    for steps in (["--convert", "RGB", "--print", "1,1"], ["--convert", "RGBA", "--hash"],
                  ["--save", "out.bmp"], ["--save", "out.tif"], ["--save", "out.tga"],
                  ["--save", "out.png"]):
        refused(*raw, *steps, words=[says])
        assert not list(here.glob("out.*"))
    imgtool(*raw, "--convert", "RGB", "--expect", "0,1=9,10,11")
    # Where the palette is not kept, neither is the meaning of an index.
    imgtool(*raw, "--save", "out.raw", "--save", "out.npy")


def test_every_colour_of_a_coarse_cube_converts_as_in_pillow(imgtool, here):
    # 33^3 colours: random pixels hardly meet grays and the edges of the cube.
    steps = np.append(np.arange(0, 256, 8), 255).astype("u1")
    cube = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), -1).reshape(33, 33 * 33, 3)
    (here / "raw.bin").write_bytes(cube.tobytes())
    image = Image.fromarray(cube)
    for to in ("L", "1", "HSV", "YCbCr", "CMYK"):
        imgtool("frombuffer", "raw.bin", "--size", "1089x33", "--mode", "RGB", "--convert", to,
                "--save", "out.raw")
        wanted = image.convert(to, dither=Image.Dither.NONE).tobytes("raw", to)
        got = samples(to, (1089, 33), (here / "out.raw").read_bytes()).astype(int)
        wanted = samples(to, (1089, 33), wanted).astype(int)
        assert np.abs(got - wanted).max() <= (0 if to == "1" else 1), to


@pytest.mark.parametrize("to", ["RGB", "1", "HSV"])
def test_a_conversion_of_a_conversion_is_computed_on_the_way(imgtool, here, to):
    data, raw = source(here, "RGBA", SIZE)
    imgtool("frombuffer", *raw, "--convert", "L", "--convert", to, "--no-copy", "--save",
            "out.raw", "--expect-shared")
    wanted = pillow("RGBA", SIZE, data).convert("L").convert(to, dither=Image.Dither.NONE)
    got = samples(to, SIZE, (here / "out.raw").read_bytes()).astype(int)
    assert np.abs(got - np.asarray(wanted).astype(int)).max() <= 1


def test_a_mode_that_pillow_cannot_convert_is_refused(refused, here):
    _, raw = source(here, "LAB", SIZE)
    refused("frombuffer", *raw, "--convert", "RGB", "--save", "out.png", words=["LAB", "RGB"])
