"""Every rawmode that Pillow has, with padding and bottom-up, against Pillow's own raw decoder."""

import functools
import subprocess

import numpy as np
import pytest
from PIL import Image

from conftest import listed
from oracles import MODES, PALETTE_MODES, random_bytes

PILLOW = {
    "1": "1 1;8 1;I 1;IR 1;R L",
    "L": "L L;16 L;16B L;2 L;2I L;2IR L;2R L;4 L;4I L;4IR L;4R L;I L;R LX",
    "LA": "LA LA;L",
    "La": "La",
    "P": "L P P;1 P;2 P;2L P;4 P;4L P;R PX",
    "PA": "LA PA PA;L",
    "RGB": "B B;16B B;16L B;16N BGR BGR;15 BGR;16 BGR;5 BGRX BGXR CMYK G G;16B G;16L G;16N R "
           "R;16B R;16L R;16N RGB RGB;15 RGB;16 RGB;16B RGB;16L RGB;16N RGB;4B RGB;L RGB;R "
           "RGBA;15 RGBA;L RGBX RGBX;16B RGBX;16L RGBX;16N RGBX;L RGBXX RGBXXX XBGR XRGB YCC;P",
    "RGBA": "A A;16B A;16L A;16N ABGR ARGB B B;16B B;16L B;16N BGAR BGR BGRA BGRA;15 BGRA;15Z "
            "BGRA;16B BGRA;16L BGRa G G;16B G;16L G;16N LA LA;16B R R;16B R;16L R;16N RGBA "
            "RGBA;15 RGBA;16B RGBA;16L RGBA;16N RGBA;4B RGBA;I RGBA;L RGBAX RGBAXX RGBa RGBa;16B "
            "RGBa;16L RGBa;16N RGBaX RGBaXX YCCA;P",
    "RGBX": "B BGR BGR;15 BGR;5 BGRX G R RGB RGB;15 RGB;16B RGB;4B RGB;L RGBX RGBX;16B RGBX;16L "
            "RGBX;16N RGBX;L RGBXX RGBXXX X XBGR XRGB YCC;P",
    "RGBa": "BGRa RGBa aBGR aRGB",
    "CMYK": "C C;I CMYK CMYK;16B CMYK;16L CMYK;16N CMYK;I CMYK;L CMYKX CMYKXX K K;I M M;I Y Y;I",
    "YCbCr": "YCbCr YCbCr;L YCbCrK YCbCrX",
    "LAB": "A B L LAB",
    "HSV": "H HSV S V",
    "I": "I I;16 I;16B I;16BS I;16N I;16NS I;16S I;32 I;32B I;32BS I;32N I;32NS I;32S I;8 I;8S",
    "F": "F F;16 F;16B F;16BS F;16N F;16NS F;16S F;32 F;32B F;32BF F;32BS F;32F F;32N F;32NF "
         "F;32NS F;32S F;64BF F;64F F;64NF F;8 F;8S",
    "I;16": "I;12 I;16 I;16B I;16N I;16R",
    "I;16L": "I;16L I;16N",
    "I;16B": "I;16B I;16N",
    "I;16N": "I;16N",
}
# Codes that no layout describes.
REFUSED = [("1", "L"), ("L", "LX"), ("RGB", "YCC;P"), ("RGBA", "YCCA;P"), ("RGBX", "YCC;P"), ("I;16", "I;16R")]
PAIRS = [(mode, raw) for mode, raws in PILLOW.items() for raw in raws.split() if (mode, raw) not in REFUSED]
# Pixels that are computed, or share their bytes with others.
READ_ONLY = [("RGB", "CMYK"), ("RGBA", "LA"), ("RGBA", "LA;16B")] + [
    ("RGBA", raw) for raw in "BGRa RGBa RGBa;16B RGBa;16L RGBa;16N RGBaX RGBaXX".split()]
BIT_PLANES = ("P;2L", "P;4L")
EVERY_PAIR = pytest.mark.parametrize("mode,rawmode", PAIRS, ids=[f"{m}-{r}" for m, r in PAIRS])


@functools.cache
def row_bytes(mode, rawmode, width):
    """The shortest row that Pillow takes."""
    for count in range(1, width * 16 + 16):
        try:
            Image.frombytes(mode, (width, 1), bytes(count), "raw", rawmode)
            return count
        except ValueError:
            pass
    raise AssertionError(f"Pillow does not take {mode} {rawmode}")


def sizes(rawmode):
    return [(8, 3), (16, 5)] if rawmode in BIT_PLANES else [(7, 5), (33, 3)]


def decoded(mode, size, data, rawmode, stride, orientation) -> np.ndarray:
    return np.asarray(Image.frombytes(mode, size, data, "raw", rawmode, stride, orientation))


def same(mode, rawmode, ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Equal, where Pillow keeps as much as a file holds; else equal in what it keeps."""
    if ours.shape != theirs.shape:
        return False
    if mode == "RGBA" and rawmode.startswith(("RGBa", "BGRa")):
        # Pillow's unpacker forgets the color under alpha 0, its convert() does not; and it cuts
        # 16-bit samples to 8 bits before it divides.
        ours = ours >> 8 if ours.dtype.itemsize == 2 else ours
        near = np.abs(ours.astype(int) - theirs) <= (16 if ";16" in rawmode else 0)
        alike = near | (ours[..., 3:] < 24 if ";16" in rawmode else ours[..., 3:] == 0)
        return bool(alike.all())
    if theirs.dtype == np.uint8 and ours.dtype.itemsize == 2:
        return np.array_equal(ours.astype("<u2") >> 8, theirs)
    if mode == "I":
        return np.array_equal(ours.astype("i8") & 0xFFFFFFFF, theirs.astype("i8") & 0xFFFFFFFF)
    if mode == "F":
        with np.errstate(over="ignore", invalid="ignore"):
            return np.array_equal(ours.astype("f4"), theirs, equal_nan=True)
    return np.array_equal(ours, theirs)


def words_of(mode, rawmode, size, stride, orientation):
    palette = ["--palette", "gray"] if mode in PALETTE_MODES else []
    return ["raw.bin", "--size", f"{size[0]}x{size[1]}", "--mode", mode, "--rawmode", rawmode,
            "--stride", stride, "--orientation", orientation, "--trailing", "ok", *palette]


@EVERY_PAIR
def test_samples_are_pillows(imgtool, here, mode, rawmode):
    for size in sizes(rawmode):
        row = row_bytes(mode, rawmode, size[0])
        for stride in (row, row + 5):
            for orientation in (1, -1):
                data = random_bytes(stride * size[1], (mode, rawmode, size, stride))
                (here / "raw.bin").write_bytes(data)
                words = words_of(mode, rawmode, size, stride, orientation)
                run = imgtool("frombuffer", *words, "--save", "out.npy")
                theirs = decoded(mode, size, data, rawmode, stride, orientation)
                ours = np.load(here / "out.npy")
                assert same(mode, rawmode, ours, theirs), f"{run}\n{ours}\n{theirs}"


@EVERY_PAIR
def test_a_put_changes_that_pixel_and_nothing_else(imgtool, here, mode, rawmode):
    size = sizes(rawmode)[0]
    stride = row_bytes(mode, rawmode, size[0]) + 3
    data = random_bytes(stride * size[1], (mode, rawmode, "put"))
    if mode == "F":
        data = finite(data, rawmode)
    (here / "raw.bin").write_bytes(data)
    words = words_of(mode, rawmode, size, stride, -1)
    # A value that stands in the buffer already is one that the rawmode can hold.
    value = imgtool("frombuffer", *words, "--print", "2,1").text.strip()
    line = ["frombuffer", *words, "--access", "rw", "--put", f"5,2={value}", "--expect-shared"]
    if (mode, rawmode) in READ_ONLY:
        assert "read-only" in imgtool(*line, ok=2).errors
        assert (here / "raw.bin").read_bytes() == data
        return
    run = imgtool(*line)
    after = (here / "raw.bin").read_bytes()
    before, now = (decoded(mode, size, d, rawmode, stride, -1) for d in (data, after))
    wanted = before.copy()
    wanted[2, 5] = before[1, 2]
    assert np.array_equal(now, wanted, equal_nan=mode == "F"), run
    bits = max(8, row_bytes(mode, rawmode, 64) // 8)
    assert sum(a != b for a, b in zip(data, after, strict=True)) <= bits


def finite(data, rawmode):
    """Floats that are no NaN and no infinity, in the rawmode's own width and order."""
    kind = {"F;32F": "<f4", "F;32BF": ">f4", "F;32NF": "f4", "F": "f4", "F;64F": "<f8",
            "F;64BF": ">f8", "F;64NF": "f8"}.get(rawmode)
    if not kind:
        return data
    count = -(-len(data) // np.dtype(kind).itemsize)
    values = np.random.default_rng(5).integers(-999, 999, count).astype(kind) / 8
    return values.astype(kind).tobytes()[:len(data)]


@pytest.mark.parametrize("rawmode,dtype,bands,mode", [
    ("RGB;16L", "<u2", 3, "RGB"), ("RGB;16B", ">u2", 3, "RGB"), ("RGBA;16L", "<u2", 4, "RGBA"),
    ("RGBA;16B", ">u2", 4, "RGBA"), ("L;16", "<u2", 1, "L"), ("L;16B", ">u2", 1, "L"),
])
def test_sixteen_bits_stay_sixteen_bits(imgtool, here, program, rawmode, dtype, bands, mode):
    array = np.random.default_rng(4).integers(0, 65536, (5, 7, bands), "u2").squeeze()
    (here / "raw.bin").write_bytes(array.astype(dtype).tobytes())
    line = ["frombuffer", "raw.bin", "--size", "7x5", "--mode", mode, "--rawmode", rawmode,
            "--no-copy"]
    imgtool(*line, "--save", "out.npy", "--save", "out.png", "--expect-shared")
    assert np.array_equal(np.load(here / "out.npy"), array)
    header = (here / "out.png").read_bytes()
    assert header[24] == 16
    raw = subprocess.run([program("ffmpeg"), "-v", "error", "-i", "out.png", "-f", "rawvideo", "-"],
                         cwd=here, capture_output=True, check=True).stdout
    assert np.array_equal(np.frombuffer(raw, ">u2").reshape(array.shape), array)


# Pixel formats that ffmpeg turns into each other by moving bytes only: (alias, mode, what it is
# turned into, bytes a pixel, the bits that are used of a sample, dtype).
ALIASES = [
    ("rgb24", "RGB", "rgb24", 3, 8, "u1"), ("bgr24", "RGB", "rgb24", 3, 8, "u1"),
    ("rgba", "RGBA", "rgba", 4, 8, "u1"), ("bgra", "RGBA", "rgba", 4, 8, "u1"),
    ("argb", "RGBA", "rgba", 4, 8, "u1"), ("abgr", "RGBA", "rgba", 4, 8, "u1"),
    ("bgr0", "RGB", "rgb24", 4, 8, "u1"), ("rgb0", "RGB", "rgb24", 4, 8, "u1"),
    ("0rgb", "RGB", "rgb24", 4, 8, "u1"), ("0bgr", "RGB", "rgb24", 4, 8, "u1"),
    ("gray", "L", "gray", 1, 8, "u1"), ("gray16le", "I;16", "gray16le", 2, 16, "<u2"),
    ("gray16be", "I;16", "gray16le", 2, 16, "<u2"), ("rgb48le", "RGB", "rgb48le", 6, 16, "<u2"),
    ("rgb48be", "RGB", "rgb48le", 6, 16, "<u2"), ("rgba64le", "RGBA", "rgba64le", 8, 16, "<u2"),
    ("rgba64be", "RGBA", "rgba64le", 8, 16, "<u2"), ("gray10le", "I;16", "gray10le", 2, 10, "<u2"),
    ("gray12le", "I;16", "gray12le", 2, 12, "<u2"), ("gray14le", "I;16", "gray14le", 2, 14, "<u2"),
]


@pytest.mark.parametrize("alias,mode,plain,count,bits,dtype", ALIASES, ids=[a[0] for a in ALIASES])
def test_an_alias_means_what_ffmpeg_means(imgtool, here, program, alias, mode, plain, count, bits,
                                          dtype):
    data = random_bytes(17 * 9 * count, alias)
    if 8 < bits < 16:
        data = (np.frombuffer(data, "<u2") & ((1 << bits) - 1)).tobytes()
    (here / "raw.bin").write_bytes(data)
    wanted = subprocess.run(
        [program("ffmpeg"), "-v", "error", "-f", "rawvideo", "-pix_fmt", alias, "-s", "17x9", "-i",
         "raw.bin", "-f", "rawvideo", "-pix_fmt", plain, "-"], cwd=here, capture_output=True,
        check=True).stdout
    imgtool("frombuffer", "raw.bin", "--size", "17x9", "--mode", mode, "--rawmode", alias,
            "--save", "out.npy", "--expect-shared")
    assert np.load(here / "out.npy").astype(dtype).tobytes() == wanted


@pytest.mark.parametrize("rawmode", ["BGR;16", "rgb565le"])
def test_the_usual_565_word_is_named_as_pillow_names_it(imgtool, here, rawmode):
    # Red in the high bits: 0xf800 is red in RGB565, which Pillow calls BGR;16.
    (here / "raw.bin").write_bytes(b"\x00\xf8\xe0\x07\x1f\x00")
    run = imgtool("frombuffer", "raw.bin", "--size", "3x1", "--mode", "RGB", "--rawmode", rawmode,
                  "--print", "0,0", "--print", "1,0", "--print", "2,0", "--expect-shared")
    assert run.lines == ["255,0,0", "0,255,0", "0,0,255"]


@pytest.mark.parametrize("rawmode", ["BGR;16", "BGR;15", "RGB;4B"])
def test_wide_rows_of_small_words_are_pillows(imgtool, here, rawmode):
    # Longer than any vector, and not a multiple of one.
    for width in (32, 63, 161):
        data = random_bytes(width * 2 * 3, (rawmode, width))
        (here / "raw.bin").write_bytes(data)
        imgtool("frombuffer", "raw.bin", "--size", f"{width}x3", "--mode", "RGB", "--rawmode",
                rawmode, "--save", "out.npy")
        theirs = decoded("RGB", (width, 3), data, rawmode, 0, 1)
        assert same("RGB", rawmode, np.load(here / "out.npy"), theirs)


@pytest.mark.parametrize("rawmode", ["BGR", "BGRX", "XRGB", "BGR;16", "RGBX", "RGB;L"])
def test_as_writes_the_layout_that_it_names(imgtool, here, rawmode):
    data = random_bytes(7 * 5 * 3, "as")
    (here / "raw.bin").write_bytes(data)
    imgtool("frombuffer", "raw.bin", "--size", "7x5", "--mode", "RGB", "--as", rawmode, "--save",
            "out.raw")
    saved = (here / "out.raw").read_bytes()
    got = decoded("RGB", (7, 5), saved, rawmode, 0, 1).astype(int)
    wanted = np.frombuffer(data, "u1").reshape(5, 7, 3).astype(int)
    assert np.abs(got - wanted).max() <= (8 if rawmode == "BGR;16" else 0)


@pytest.mark.parametrize("mode,rawmode", REFUSED)
def test_a_code_that_no_layout_describes_is_refused_by_its_name(refused, here, mode, rawmode):
    (here / "raw.bin").write_bytes(bytes(64))
    refused("frombuffer", "raw.bin", "--size", "2x2", "--mode", mode, "--rawmode", rawmode, "--hash",
            words=[rawmode])


def test_rawmodes_lists_every_pair_that_is_taken_and_which_are_read_only():
    known = {(entry["mode"], name): entry["sharing"]
             for entry in listed("rawmodes") for name in [entry["rawmode"], *entry["aliases"]]}
    assert not [pair for pair in PAIRS if pair not in known]
    assert not [pair for pair in REFUSED if pair in known]
    assert [pair for pair in PAIRS if known[pair] != "view"] == sorted(READ_ONLY, key=PAIRS.index)
    assert set(MODES) == set(PILLOW) == {entry["mode"] for entry in listed("modes")}
