"""`--convert` against Pillow's own `convert`, within one step of a sample."""

import numpy as np
import pytest
from PIL import Image

from oracles import MODES, PALETTE_MODES, SHORTS, pillow, raw_bytes, samples, source

SIZE = (33, 17)
FROM = [m for m in MODES if m != "LAB"]
TO = [m for m in FROM if m not in PALETTE_MODES]
WIDE = ("I", "F", *SHORTS)


def source_bytes(mode):
    """Random bytes; of a wide mode, every other row stands in the range of a byte and around it."""
    data = raw_bytes(mode, SIZE)
    if mode not in WIDE:
        return data
    array = samples(mode, SIZE, data)
    low = np.random.default_rng(1).integers(0 if ";" in mode else -50, 300, array.shape)
    array[::2] = (low + (0.25 if mode == "F" else 0))[::2]
    return array.tobytes()


def converted(mode, to, data):
    try:
        image = pillow(mode, SIZE, data).convert(to, dither=Image.Dither.NONE)
        return samples(to, SIZE, image.tobytes("raw", to))
    except ValueError:
        return None


# Pillow takes one 16-bit mode to another by way of 8 bits; here every bit is kept.
PAIRS = [(a, b) for a in FROM for b in TO if {a, b} - set(SHORTS)
         and converted(a, b, source_bytes(a)) is not None]


@pytest.mark.parametrize("mode", SHORTS)
@pytest.mark.parametrize("to", SHORTS)
def test_one_sixteen_bit_mode_becomes_another_without_a_loss(imgtool, here, mode, to):
    data, raw = source(here, mode, SIZE)
    imgtool("frombuffer", *raw, "--convert", to, "--save", "out.raw")
    got = samples(to, SIZE, (here / "out.raw").read_bytes())
    assert np.array_equal(got, samples(mode, SIZE, data))


@pytest.mark.parametrize("mode,to", PAIRS, ids=[f"{a}-to-{b}" for a, b in PAIRS])
def test_a_conversion_is_pillows_within_one(imgtool, here, mode, to):
    data = source_bytes(mode)
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
    assert len(PAIRS) > 260


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
