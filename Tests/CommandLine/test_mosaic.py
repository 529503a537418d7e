"""Mosaics of color sensors, against OpenCV, and NumPy with the published kernels and formulas."""

import io
import json

import cv2
import numpy as np
import pytest
import tifffile

PHASES = ["rggb", "grbg", "gbrg", "bggr"]
SIZES = [(2, 2), (3, 3), (5, 3), (33, 17), (641, 481)]
# OpenCV names the second row and column.
OPENCV = {"rggb": cv2.COLOR_BayerBG2RGB, "bggr": cv2.COLOR_BayerRG2RGB,
          "grbg": cv2.COLOR_BayerGB2RGB, "gbrg": cv2.COLOR_BayerGR2RGB}
TYPES = {"8": ("u1", "bayer-{}8"), "16": ("<u2", "bayer-{}16le"), "16be": (">u2", "bayer-{}16be")}
TURNS = {"h": lambda a: a[:, ::-1], "v": lambda a: a[::-1], "180": lambda a: a[::-1, ::-1],
         "90": lambda a: np.rot90(a, -1), "270": lambda a: np.rot90(a)}
CROPS = ["7x5+0+0", "8x6+1+0", "9x7+0+1", "6x6+3+5"]


def mosaic(here, size, kind="8", phase="rggb", seed=0, top=None):
    """A file of random samples, and the arguments that open it."""
    dtype, rawmode = TYPES[kind]
    top = top or (256 if kind == "8" else 65536)
    array = np.random.default_rng(seed).integers(0, top, size[::-1]).astype(dtype)
    (here / "m.raw").write_bytes(array.tobytes())
    native = array.astype("u1" if kind == "8" else "u2")
    return native, ["frombuffer", "m.raw", "--size", f"{size[0]}x{size[1]}", "--rawmode",
                    rawmode.format(phase)]


def shown(imgtool, arguments, *steps):
    """The samples that the tool makes, as NumPy reads them."""
    run = imgtool(*arguments, *steps, "--format", "npy", "--save", "-")
    return np.load(io.BytesIO(run.output))


def mirrored_means(array, phase):
    """What OpenCV leaves black, being too small: neighbors mirrored at the outermost pixels."""
    wide = np.pad(array.astype(int), 1, "reflect")
    out = np.zeros(array.shape + (3,), array.dtype)
    for y in range(array.shape[0]):
        for x in range(array.shape[1]):
            seen = color(phase, x, y)
            near = {0: [], 1: [], 2: []}
            for dy in (-1, 0, 1):
                for dx in (-1, 0, 1):
                    near[color(phase, x + dx, y + dy)].append(wide[y + 1 + dy, x + 1 + dx])
            for band in range(3):
                values = [array[y, x]] if band == seen else near[band]
                out[y, x, band] = (sum(map(int, values)) * 2 + len(values)) // (2 * len(values))
    return out


def color(phase, x, y):
    return "rgb".index(phase[x % 2 + 2 * (y % 2)])


def bilinear(array, phase):
    if min(array.shape) < 3:
        return mirrored_means(array, phase)
    return cv2.cvtColor(np.ascontiguousarray(array), OPENCV[phase])


def malvar(array, phase):
    """The kernels of colour-demosaicing's `demosaicing_CFA_Bayer_Malvar2004`, rounded."""
    green = np.array([[0, 0, -1, 0, 0], [0, 0, 2, 0, 0], [-1, 2, 4, 2, -1], [0, 0, 2, 0, 0],
                      [0, 0, -1, 0, 0]]) / 8
    beside = np.array([[0, 0, .5, 0, 0], [0, -1, 0, -1, 0], [-1, 4, 5, 4, -1], [0, -1, 0, -1, 0],
                       [0, 0, .5, 0, 0]]) / 8
    opposite = np.array([[0, 0, -1.5, 0, 0], [0, 2, 0, 2, 0], [-1.5, 0, 6, 0, -1.5],
                         [0, 2, 0, 2, 0], [0, 0, -1.5, 0, 0]]) / 8
    height, width = array.shape
    rows = [mirror(y, height) for y in range(-2, height + 2)]
    columns = [mirror(x, width) for x in range(-2, width + 2)]
    wide = array.astype(float)[np.ix_(rows, columns)]

    def filtered(kernel):
        return sum(kernel[dy, dx] * wide[dy:dy + height, dx:dx + width]
                   for dy in range(5) for dx in range(5))

    y, x = np.mgrid[:height, :width]
    cell = np.array(["rgb".index(letter) for letter in phase])
    seen, beside_it = cell[x % 2 + 2 * (y % 2)], cell[(x + 1) % 2 + 2 * (y % 2)]
    # The color besides green of each row.
    own = np.where(seen == 1, beside_it, seen)
    out = np.zeros(array.shape + (3,))
    for band in range(3):
        if band == 1:
            made = np.where(seen == 1, array, filtered(green))
        else:
            at_green = np.where(own == band, filtered(beside), filtered(beside.T))
            made = np.where(seen == band, array, np.where(seen == 1, at_green, filtered(opposite)))
        out[..., band] = made
    return np.clip(np.floor(out + 0.5), 0, np.iinfo(array.dtype).max).astype(array.dtype)


def mirror(place, size):
    place = abs(place)
    while not 0 <= place < size:
        place = 2 * (size - 1) - place if place >= size else -place
    return place


def half(array, phase):
    cells = array[:array.shape[0] // 2 * 2, :array.shape[1] // 2 * 2]
    planes = [cells[y::2, x::2] for y in (0, 1) for x in (0, 1)]
    red, blue = phase.index("r"), phase.index("b")
    return np.dstack([planes[red], planes[red ^ 1], planes[blue]])


METHODS = {"half": half, "bilinear": bilinear, "malvar": malvar}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("method", METHODS)
def test_colors_are_those_of_opencv_and_numpy(imgtool, here, method, kind, size):
    for seed, phase in enumerate(PHASES):
        array, raw = mosaic(here, size, kind, phase, seed)
        found = shown(imgtool, raw, "--demosaic", method)
        assert found.dtype == array.dtype
        assert np.array_equal(found, METHODS[method](array, phase)), phase


@pytest.mark.parametrize("kind", ["8", "16"])
@pytest.mark.parametrize("method", METHODS)
def test_a_view_of_colors_is_that_part_of_them(imgtool, here, method, kind):
    checked = 0
    for phase in PHASES:
        array, raw = mosaic(here, (33, 17), kind, phase)
        whole = METHODS[method](array, phase)
        for name, turn in TURNS.items():
            found = shown(imgtool, raw, "--demosaic", method, "--reorient", name)
            assert np.array_equal(found, turn(whole)), (phase, name)
            for crop in CROPS:
                w, h, x, y = map(int, crop.replace("x", "+").split("+"))
                view = turn(whole)
                if x + w > view.shape[1] or y + h > view.shape[0]:
                    continue
                view = view[y:y + h, x:x + w]
                found = shown(imgtool, raw, "--demosaic", method, "--reorient", name, "--crop", crop,
                              "--every", "2x3", "--reorient", "90")
                assert np.array_equal(found, np.rot90(view[::3, ::2], -1)), (phase, name, crop)
                checked += 1
    assert checked >= 40


@pytest.mark.parametrize("kind", ["8", "16"])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [(33, 17), (32, 18), (33, 18)], ids=str)
def test_a_view_of_a_mosaic_turns_its_phase(imgtool, here, method, kind, size):
    """Where red is in the view is worked out from where it was."""
    for phase in PHASES:
        array, raw = mosaic(here, size, kind, phase)
        sites = np.array(["r", "g", "b"])[[[color(phase, x, y) for x in range(size[0])]
                                           for y in range(size[1])]]
        steps = [(("--reorient", name), turn) for name, turn in TURNS.items()]
        steps += [(("--crop", f"9x8+{x}+{y}"), lambda a, x=x, y=y: a[y:y + 8, x:x + 9])
                  for x in (0, 1) for y in (0, 1)]
        steps += [(("--every", "3x1"), lambda a: a[:, ::3])]
        for arguments, turn in steps:
            turned = "".join(turn(sites)[:2, :2].ravel())
            expected = METHODS[method](np.ascontiguousarray(turn(array)), turned)
            if method == "half" and arguments[1] in ("90", "270"):
                # The first green stays what it was.
                green = turned.index("r") ^ 2
                plane = turn(array)[green // 2::2, green % 2::2]
                expected[..., 1] = plane[:expected.shape[0], :expected.shape[1]]
            found = shown(imgtool, raw, *arguments, "--demosaic", method)
            assert np.array_equal(found, expected), (phase, arguments)


def test_pieces_of_very_long_rows_meet(imgtool, here):
    array, raw = mosaic(here, (1_500_001, 3))
    for method in METHODS:
        found = shown(imgtool, raw, "--demosaic", method)
        assert np.array_equal(found, METHODS[method](array, "rggb")), method


def test_far_columns_and_rows_are_those_of_the_whole(imgtool, here):
    array, raw = mosaic(here, (641, 481), "16", "gbrg")
    found = shown(imgtool, raw, "--demosaic", "malvar", "--every", "320x160")
    assert np.array_equal(found, malvar(array, "gbrg")[::160, ::320])


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("phase", PHASES)
def test_half_is_a_view_whose_edits_reach_the_mosaic(imgtool, here, phase, kind):
    array, raw = mosaic(here, (7, 6), kind, phase)
    run = imgtool(*raw, "--access", "rw", "--demosaic", "half", "--put", "1,2=1,2,3",
                  "--expect-shared", "--no-copy", "--expect", "1,2=1,2,3")
    assert not run.errors
    sites = [phase.index("r"), phase.index("r") ^ 1, phase.index("b")]
    for value, site in enumerate(sites, 1):
        array[4 + site // 2, 2 + site % 2] = value
    found = np.frombuffer((here / "m.raw").read_bytes(), TYPES[kind][0]).reshape(6, 7)
    assert np.array_equal(found, array)


def test_what_is_computed_follows_the_file_and_cannot_be_edited(imgtool, here):
    array, raw = mosaic(here, (6, 4))
    array[1, 2] = 200
    imgtool(*raw, "--demosaic", "bilinear", "--poke", "8=c8", "--expect-shared", "--save", "o.raw")
    assert np.array_equal(np.fromfile(here / "o.raw", "u1").reshape(4, 6, 3), bilinear(array, "rggb"))
    run = imgtool(*raw, "--demosaic", "malvar", "--put", "0,0=1,1,1", ok=2)
    assert "read-only" in run.errors


def test_without_a_phase_it_is_refused_with_the_way_out(imgtool, here):
    mosaic(here, (4, 4))
    raw = ["frombuffer", "m.raw", "--size", "4x4"]
    for steps in (["--demosaic", "bilinear"], ["--black", "1"], ["--wb", "auto"]):
        run = imgtool(*raw, *steps, ok=2)
        assert "--bayer rggb|grbg|gbrg|bggr" in run.errors and "bayer-rggb8" in run.errors
    imgtool(*raw, "--bayer", "gbrg", "--demosaic", "bilinear", "--save", "o.png")
    run = imgtool(*raw, "--bayer", "rggb", "--every", "2x2", "--demosaic", "half", ok=2)
    assert "--bayer" in run.errors
    run = imgtool("frombuffer", "m.raw", "--size", "4x4", "--rawmode", "bayer-rggb8", "--bayer",
                  "bggr", "--demosaic", "half", ok=2)
    assert "contradicts" in run.errors
    run = imgtool(*raw[:2], "--size", "1x16", "--bayer", "rggb", "--demosaic", "half", ok=2)
    assert "2x2" in run.errors
    run = imgtool("frombuffer", "m.raw", "--size", "1x4", "--mode", "RGBA", "--bayer", "rggb",
                  "--demosaic", "half", ok=2)
    assert "RGBA" in run.errors
    run = imgtool(*raw, "--bayer", "rgbg", "--demosaic", "half", ok=2)
    assert "rggb" in run.errors


@pytest.mark.parametrize("name", ["bayer-bggr8", "L"])
def test_info_says_which_mosaic_it_is(imgtool, here, name):
    mosaic(here, (4, 4))
    raw = ["info", "m.raw", "--size", "4x4", "--rawmode", name]
    given = [] if name != "L" else ["--bayer", "bggr"]
    assert imgtool(*raw, *given, "--json").json["bayer"] == "bggr"
    assert "mosaic: bggr" in imgtool(*raw, *given).text
    if name == "L":
        assert "bayer" not in imgtool(*raw, "--json").json


def leveled(array, phase, black=(0, 0, 0, 0), white=None, gains=(1, 1, 1)):
    top = np.iinfo(array.dtype).max
    y, x = np.mgrid[:array.shape[0], :array.shape[1]]
    site = x % 2 + 2 * (y % 2)
    red = phase.index("r")
    order = {red: 0, red ^ 1: 1, red ^ 2: 2, red ^ 3: 3}
    index = np.array([order[place] for place in range(4)])[site]
    value = array.astype(float) - np.array(black, float)[index]
    if white is not None:
        value = value * top / (white - np.array(black, float)[index])
    value = value * np.array([gains[0], gains[1], gains[1], gains[2]])[index]
    return np.clip(np.floor(value + 0.5), 0, top).astype(array.dtype)


@pytest.mark.parametrize("kind", ["8", "16"])
@pytest.mark.parametrize("phase", PHASES)
def test_levels_are_one_rounding_of_the_formula(imgtool, here, kind, phase):
    array, raw = mosaic(here, (33, 18), kind, phase, top=200 if kind == "8" else 4000)
    black, white = ((3, 7, 8, 20), 180) if kind == "8" else ((60, 64, 65, 70), 3900)
    table = [
        (["--black", "5"], {"black": (5,) * 4}),
        (["--white", white], {"white": white}),
        (["--black", ",".join(map(str, black)), "--white", white], {"black": black, "white": white}),
        (["--white", white, "--black", ",".join(map(str, black)), "--wb", "1.7,1,2.25"],
         {"black": black, "white": white, "gains": (1.7, 1, 2.25)}),
    ]
    for steps, levels in table:
        expected = leveled(array, phase, **levels)
        assert np.array_equal(shown(imgtool, raw, *steps), expected), steps
        # A view in between, and one behind, change nothing but the place.
        found = shown(imgtool, raw, *steps[:2], "--crop", "9x9+1+2", *steps[2:], "--reorient", "90")
        assert np.array_equal(found, np.rot90(expected[2:11, 1:10], -1)), steps
        found = shown(imgtool, raw, *steps, "--demosaic", "bilinear")
        assert np.array_equal(found, bilinear(expected, phase)), steps
        found = shown(imgtool, raw, *steps, "--demosaic", "half")
        assert np.array_equal(found, half(expected, phase)), steps


def test_an_automatic_white_balance_tells_its_numbers(imgtool, here):
    array, raw = mosaic(here, (33, 17), "16", "gbrg", top=4096)
    array[0::2, 1::2] //= 3
    array.astype("<u2").tofile(here / "m.raw")
    levels = ["--black", "64", "--white", "4095"]
    run = imgtool(*raw, *levels, "--wb", "auto", "--demosaic", "bilinear", "--save", "a.npy", "--json")
    gains = run.json["steps"][2]["gains"]
    dark = leveled(array, "gbrg", (64,) * 4, 4095).astype(float)
    means = [dark[1::2, 0::2].mean(), np.append(dark[0::2, 0::2], dark[1::2, 1::2]).mean(),
             dark[0::2, 1::2].mean()]
    assert gains == [round(means[1] / mean, 4) for mean in means]
    words = ",".join(f"{gain:g}" for gain in gains)
    assert f"--wb {words}" in run.errors
    imgtool(*raw, *levels, "--wb", words, "--demosaic", "bilinear", "--save", "b.npy")
    assert (here / "a.npy").read_bytes() == (here / "b.npy").read_bytes()


@pytest.mark.parametrize("kind", ["8", "16"])
def test_gamma_is_the_curve_rounded(imgtool, here, kind):
    array, raw = mosaic(here, (641, 481), kind)
    colors = bilinear(array, "rggb")
    top = np.iinfo(array.dtype).max
    light = colors / top
    curves = {"srgb": np.where(light <= .0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - .055),
              "2.2": light ** (1 / 2.2), "1": light}
    for name, curve in curves.items():
        found = shown(imgtool, raw, "--demosaic", "bilinear", "--gamma", name)
        exact = curve * top
        assert np.abs(found - exact).max() <= 0.5 + 1e-9, name


@pytest.mark.parametrize("steps,words", [
    (["--demosaic", "bilinear", "--black", "3"], "one sample per pixel"),
    (["--demosaic", "bilinear", "--demosaic", "half"], "one sample per pixel"),
    (["--wb", "2,1,2", "--black", "3"], "before --wb"),
    (["--black", "3", "--black", "4"], "another --black"),
    (["--wb", "auto", "--wb", "2,1,2"], "another --wb"),
    (["--black", "30", "--white", "20"], "less than white"),
    (["--black", "300"], "0 to 255"),
    (["--wb", "0,1,1"], "more than 0"),
    (["--wb", "1,1"], "auto or R,G,B"),
    (["--black", "1,2"], "N or R,G1,G2,B"),
    (["--black", "nan"], "--black"),
    (["--gamma", "srgb"], "put --demosaic before it"),
    (["--demosaic", "bilinear", "--gamma", "0"], "0.01 to 100"),
])
def test_what_cannot_be_is_refused_before_anything_is_done(imgtool, here, steps, words):
    _, raw = mosaic(here, (8, 8))
    run = imgtool(*raw, "--save", "early.png", *steps, ok=2)
    assert words in run.errors
    assert not (here / "early.png").exists()


def cfa_tags(phase):
    return [(33421, 3, 2, (2, 2), False),
            (33422, 1, 4, bytes("rgb".index(letter) for letter in phase), False)]


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_a_tiff_of_a_color_filter_array_says_its_mosaic(imgtool, here, phase, dtype):
    array, _ = mosaic(here, (33, 18), "8" if dtype == "u1" else "16")
    tifffile.imwrite(here / "c.tif", array, photometric=32803, extratags=cfa_tags(phase))
    assert imgtool("info", "c.tif", "--json").json["bayer"] == phase
    for method, made in METHODS.items():
        found = shown(imgtool, ["open", "c.tif", "--no-copy"], "--demosaic", method)
        assert np.array_equal(found, made(array, phase)), method
    other = PHASES[PHASES.index(phase) - 1]
    found = shown(imgtool, ["open", "c.tif", "--bayer", other], "--demosaic", "bilinear")
    assert np.array_equal(found, bilinear(array, other))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_tiff_turns_its_mosaic(imgtool, here, orientation):
    array, _ = mosaic(here, (8, 6))
    tags = cfa_tags("grbg") + [(274, 3, 1, orientation, True)]
    tifffile.imwrite(here / "c.tif", array, photometric=32803, extratags=tags)
    turn = {1: lambda a: a, 2: lambda a: a[:, ::-1], 3: lambda a: a[::-1, ::-1],
            4: lambda a: a[::-1], 5: lambda a: a.T, 6: lambda a: np.rot90(a, -1),
            7: lambda a: np.rot90(a, 2).T, 8: lambda a: np.rot90(a)}[orientation]
    sites = np.array(["r", "g", "b"])[[[color("grbg", x, y) for x in range(8)] for y in range(6)]]
    phase = "".join(turn(sites)[:2, :2].ravel())
    assert imgtool("info", "c.tif", "--json").json["bayer"] == phase
    found = shown(imgtool, ["open", "c.tif"], "--demosaic", "bilinear")
    assert np.array_equal(found, bilinear(np.ascontiguousarray(turn(array)), phase))


def test_a_dng_shows_its_mosaic_and_not_its_thumbnail(imgtool, here):
    array, _ = mosaic(here, (33, 18), "16")
    with tifffile.TiffWriter(here / "c.dng") as file:
        file.write(np.zeros((4, 6, 3), "u1"), photometric="rgb", subifds=1, subfiletype=1,
                   extratags=[(50706, 1, 4, b"\1\4\0\0", True)])
        file.write(array, photometric=32803, extratags=cfa_tags("bggr"))
    facts = imgtool("info", "c.dng", "--json").json
    assert (facts["size"], facts["bayer"], facts["frames"]) == ([33, 18], "bggr", 2)
    found = shown(imgtool, ["open", "c.dng", "--no-copy"], "--demosaic", "malvar")
    assert np.array_equal(found, malvar(array, "bggr"))
    assert imgtool("info", "c.dng", "--frame", 0, "--json").json["size"] == [6, 4]


def test_a_copy_of_a_mosaic_is_a_mosaic(imgtool, here):
    array, raw = mosaic(here, (9, 7), "16", "gbrg")
    found = shown(imgtool, raw, "--crop", "8x6+1+0", "--copy", "--invert", "--demosaic", "bilinear")
    assert np.array_equal(found, bilinear(65535 - array[:6, 1:], "bggr"))


def test_samples_of_12_bits_keep_their_scale_until_white_is_said(imgtool, here):
    array, _ = mosaic(here, (34, 16), "16", top=4096)
    bits = np.unpackbits(array.astype(">u2").view("u1").reshape(-1, 2), axis=1)[:, 4:]
    (here / "m.raw").write_bytes(np.packbits(bits[:, ::-1].ravel(), bitorder="little").tobytes())
    raw = ["frombuffer", "m.raw", "--size", "34x16", "--rawmode", "mono12p", "--bayer", "rggb"]
    assert np.array_equal(shown(imgtool, raw, "--demosaic", "bilinear"), bilinear(array, "rggb"))
    assert np.array_equal(shown(imgtool, raw, "--demosaic", "half"), half(array, "rggb"))
    expected = bilinear(leveled(array, "rggb", (64,) * 4, 4095), "rggb")
    found = shown(imgtool, raw, "--black", 64, "--white", 4095, "--demosaic", "bilinear")
    assert np.array_equal(found, expected)


def packed10(array):
    """MIPI RAW10: four high bytes, then the low bits of the four, those of the first lowest."""
    four = array.reshape(array.shape[0], -1, 4)
    low = sum((four[..., k] & 3) << 2 * k for k in range(4))
    return np.concatenate([four >> 2, low[..., None]], axis=2).astype("u1")


@pytest.mark.parametrize("phase", PHASES)
def test_cells_of_samples_in_groups_are_a_view_too(imgtool, here, phase):
    array = np.random.default_rng(4).integers(0, 1024, (8, 16)).astype("u2")
    (here / "m.raw").write_bytes(packed10(array).tobytes())

    def field(k):
        return {"band": "I", "bitOffset": 0, "storage": ["parts", [8 * k, 8], [32 + 2 * k, 2]],
                "shift": 0, "bitCount": 10, "number": "unsigned", "scaling": "none",
                "flippedBits": "0x0"}

    plane = {"band": "I", "bitOffset": 0, "rowBits": 160, "share": [1, 1], "groupBits": 40,
             "fields": [field(k) for k in range(4)]}
    lens = {"columns": [0, 1], "rows": [0, 1], "transposed": False}
    (here / "raw10.layout").write_text(json.dumps(
        {"version": 2, "mode": "I;16", "sampleType": "u16", "size": [16, 8], "grid": [16, 8],
         "lens": lens, "planes": [plane]}))
    raw = ["frombuffer", "m.raw", "--layout", "raw10.layout", "--bayer", phase]
    for method, made in METHODS.items():
        assert np.array_equal(shown(imgtool, raw, "--demosaic", method), made(array, phase)), method
    sites = np.array(list(phase))[[[x % 2 + 2 * (y % 2) for x in range(16)] for y in range(8)]]
    for name, turn in TURNS.items():
        view = turn(array)[1:6, 1:6]
        turned = "".join(turn(sites)[1:3, 1:3].ravel())
        expected = half(view, turned)
        if name in ("90", "270"):
            green = turned.index("r") ^ 2
            expected[..., 1] = view[green // 2::2, green % 2::2][:2, :2]
        found = shown(imgtool, raw, "--reorient", name, "--crop", "5x5+1+1", "--demosaic", "half")
        assert np.array_equal(found, expected), name
    imgtool(*raw, "--access", "rw", "--demosaic", "half", "--put", "5,2=1,2,1023", "--expect-shared")
    for value, site in zip((1, 2, 1023), (phase.index("r"), phase.index("r") ^ 1, phase.index("b"))):
        array[4 + site // 2, 10 + site % 2] = value
    assert (here / "m.raw").read_bytes() == packed10(array).tobytes()
