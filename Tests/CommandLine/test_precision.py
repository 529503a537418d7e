"""What is rounded on the way to a file or out of it, against exact arithmetic of NumPy."""

import numpy as np
import pytest
from PIL import Image


def wide(here, bands, name):
    """Random samples of 16 bits, ends and halves among them."""
    array = np.random.default_rng(3).integers(0, 65536, (17, 33, bands), "u2", endpoint=False)
    array.flat[:6] = 0, 128, 129, 32767, 65406, 65535
    array.astype("<u2").tofile(here / "wide.raw")
    return array, ["frombuffer", "wide.raw", "--size", "33x17", "--mode", name, "--rawmode",
                   "L;16" if name == "L" else f"{name};16L"]


def to_bytes(array, top=65535):
    return np.floor(array.astype("f8") * 255 / top + 0.5).astype("u1")


@pytest.mark.parametrize("suffix", ["bmp", "tga", "qoi"])
@pytest.mark.parametrize("mode,bands", [("L", 1), ("RGB", 3), ("RGBA", 4)])
def test_a_format_of_8_bits_gets_the_nearest_and_a_note(imgtool, here, suffix, mode, bands):
    if suffix == "qoi" and mode == "L" or suffix == "bmp" and mode == "RGBA":
        pytest.skip("QOI has no gray, and Pillow reads no alpha from BMP")
    array, raw = wide(here, bands, mode)
    run = imgtool(*raw, "--save", f"out.{suffix}", "--json")
    assert run.json["steps"][0]["lossy"] == ["precision"]
    assert "rounded to 8 bits" in run.errors
    found = np.asarray(Image.open(here / f"out.{suffix}")).reshape(array.shape)
    assert np.array_equal(found, to_bytes(array))


def test_eight_bits_are_made_where_they_are_asked_for(imgtool, here):
    array, raw = wide(here, 3, "RGB")
    run = imgtool(*raw, "--bits", 8, "--save", "out.png", "--json")
    assert run.json["steps"][-1]["lossy"] == ["precision"]
    assert np.array_equal(np.asarray(Image.open(here / "out.png")), to_bytes(array))
    run = imgtool(*raw, "--save", "out.png", "--json")
    assert "lossy" not in run.json["steps"][0]


def test_ten_bits_become_eight_by_one_rounding(imgtool, here):
    numbers = np.arange(1024, dtype="<u4")
    (numbers | (1023 - numbers) << 10 | numbers << 20).tofile(here / "x.raw")
    imgtool("frombuffer", "x.raw", "--size", "32x32", "--mode", "RGB", "--rawmode", "x2rgb10le",
            "--save", "out.bmp", "--save", "out.npy")
    wanted = np.stack([numbers, 1023 - numbers, numbers], -1)
    found = np.asarray(Image.open(here / "out.bmp")).reshape(wanted.shape)
    assert np.array_equal(found, to_bytes(wanted, 1023))
    exact = np.floor(wanted * 65535 / 1023 + 0.5)
    assert np.array_equal(np.load(here / "out.npy").reshape(wanted.shape), exact)


def test_numbers_of_16_bits_are_no_samples_to_be_narrowed(imgtool, refused, here):
    (here / "raw.bin").write_bytes(np.array([0, 4095], "<u2").tobytes())
    raw = ["frombuffer", "raw.bin", "--size", "2x1", "--mode", "I;16"]
    run = refused(*raw, "--save", "out.bmp", words=["cannot hold", "--window"])
    assert "--convert L" not in run.errors.replace("--convert L --clamp", "")


@pytest.mark.parametrize("rawmode,top", [("gray10le", 1023), ("gray12le", 4095), ("mono12p", 4095)])
def test_a_number_that_the_bits_of_a_rawmode_do_not_hold_is_named(refused, here, rawmode, top):
    (here / "raw.bin").write_bytes(np.array([top, top + 1], "<u2").tobytes())
    bits = top.bit_length()
    refused("frombuffer", "raw.bin", "--size", "2x1", "--mode", "I;16", "--as", rawmode, "--save",
            "out.raw", words=[f"pixel 1,0: {top + 1} does not fit {bits} bits"])


@pytest.mark.parametrize("rawmode,value,found", [
    ("BGR;16", "37,37,37", "32,36,32"), ("BGR;15", "255,254,0", "255,255,0"),
])
def test_an_edit_that_is_rounded_is_lossy(imgtool, here, rawmode, value, found):
    (here / "raw.bin").write_bytes(bytes(4))
    raw = ["frombuffer", "raw.bin", "--size", "2x1", "--mode", "RGB", "--rawmode", rawmode]
    run = imgtool(*raw, "--put", f"1,0={value}", "--expect", f"1,0={found}", "--save", "out.png",
                  "--json")
    lossy = [kind for step in run.json["steps"] for kind in step.get("lossy", [])]
    assert lossy == ["precision"] and "pixel 1,0" in run.errors


def test_an_edit_that_is_exact_is_not_lossy(imgtool, here):
    (here / "raw.bin").write_bytes(bytes(4))
    raw = ["frombuffer", "raw.bin", "--size", "2x1", "--mode", "RGB", "--rawmode", "BGR;16"]
    run = imgtool(*raw, "--put", "1,0=32,36,255", "--invert", "--flip", "h", "--save", "out.png",
                  "--json")
    assert not any("lossy" in step for step in run.json["steps"]) and run.errors == ""


def test_a_sum_that_would_be_rounded_is_refused(refused, here):
    (here / "raw.bin").write_bytes(bytes(4))
    refused("frombuffer", "raw.bin", "--size", "2x1", "--mode", "RGB", "--rawmode", "BGR;16",
            "--access", "rw", "--add", 3, words=["3 does not fit 5 bits"])
    assert (here / "raw.bin").read_bytes() == bytes(4)


def test_bits_above_the_samples_are_told_once(imgtool, here):
    (here / "raw.bin").write_bytes(np.array([1023, 1024, 2047, 65535], "<u2").tobytes())
    raw = ["frombuffer", "raw.bin", "--size", "4x1", "--rawmode", "gray10le"]
    run = imgtool(*raw, "--save", "a.npy", "--save", "b.npy", "--json")
    assert [step.get("lossy") for step in run.json["steps"]] == [["unused bits"], None]
    assert "pixel 1,0 is stored as 0x0400" in run.errors and "above the tenth" in run.errors
    assert np.load(here / "a.npy").tolist() == [[1023, 0, 1023, 1023]]
    (here / "raw.bin").write_bytes(np.array([1023, 0, 5, 1], "<u2").tobytes())
    assert imgtool(*raw, "--save", "a.npy").errors == ""


@pytest.mark.parametrize("format", ["bmp", "tga", "pfm", "npy", "pgm"])
def test_bits_above_the_samples_are_told_by_the_rows_of_the_image(imgtool, here, format):
    words = np.zeros((5, 2), "<u2")
    words[1, 1] = words[3, 0] = 1024
    (here / "raw.bin").write_bytes(words.tobytes())
    to_float = ["--convert", "F"] if format == "pfm" else ["--window", "0,1023"]
    run = imgtool("frombuffer", "raw.bin", "--size", "2x5", "--rawmode", "gray10le", *to_float,
                  "--save", f"out.{format}")
    assert "pixel 1,1 is stored as 0x0400" in run.errors, run


@pytest.mark.parametrize("kind", ["<i4", "<i8"])
def test_whole_numbers_that_a_conversion_to_floats_rounds_are_lossy(imgtool, refused, here, kind):
    np.save(here / "i.npy", np.array([[1 << 24, -(1 << 25)], [7, (1 << 24) + 1]], kind))
    run = imgtool("open", "i.npy", "--convert", "F", "--save", "f.pfm", "--json")
    assert [step.get("lossy") for step in run.json["steps"]] == [None, ["precision"]]
    assert "pixel 1,1 is converted to 16777216 in place of 16777217" in run.errors
    refused("open", "i.npy", "--convert", "F", "--strict", "--save", "g.pfm",
            words=["16777217", "--strict"])
    assert not (here / "g.pfm").exists()
    np.save(here / "i.npy", np.array([[1 << 24, -(1 << 25)]], kind))
    assert imgtool("open", "i.npy", "--convert", "F", "--strict", "--save", "g.pfm").errors == ""


@pytest.mark.parametrize("kind", ["u1", "<u2", "<i4", "<f4", "<f8"])
@pytest.mark.parametrize("percent", ["0", "1", "2.5", "49"])
def test_the_automatic_window_is_that_of_numpys_percentiles(imgtool, here, kind, percent):
    generator = np.random.default_rng(5)
    numbers = (generator.normal(0, 1, (61, 47)) ** 3 * 1000 + 400).astype("f8")
    if kind[-2] in "ui":
        numbers = np.clip(numbers, np.iinfo(kind).min, np.iinfo(kind).max)
    array = numbers.astype(kind)
    finite = array.reshape(-1)
    if "f" in kind:
        array[3, 4], array[5, 6], array[7, 8] = np.nan, np.inf, -np.inf
        finite = array[np.isfinite(array)]
    np.save(here / "in.npy", array)
    share = float(percent)
    word = "auto" if share == 0 else f"auto,{percent}%"
    run = imgtool("open", "in.npy", "--window", word, "--clamp", "--save", "out.png", "--json")
    low, high = np.percentile(finite.astype("f8"), [share, 100 - share])
    if low == high:
        low, high = finite.min(), finite.max()
    assert np.allclose(run.json["steps"][0]["window"], [low, high], rtol=1e-12, atol=0)
    clipped = np.clip((np.nan_to_num(array.astype("f8"), nan=low, posinf=high, neginf=low) - low)
                      * 255 / (high - low), 0, 255)
    found = np.asarray(Image.open(here / "out.png")).astype(int)
    assert np.abs(found - np.floor(clipped + 0.5)).max() <= 1


@pytest.mark.parametrize("word", ["auto,", "auto,1", "auto,50%", "auto,-1%", "auto,nan%", "auto,1%,2"])
def test_a_window_that_is_none_is_refused(refused, here, word):
    (here / "raw.bin").write_bytes(bytes(4))
    refused("frombuffer", "raw.bin", "--size", "2x2", "--window", word, "--save", "o.png",
            words=["--window"])


def test_one_value_alone_is_shown_from_zero(imgtool, here):
    (here / "raw.bin").write_bytes(np.full(4, 700, "<u2").tobytes())
    raw = ["frombuffer", "raw.bin", "--size", "2x2", "--mode", "I;16"]
    run = imgtool(*raw, "--window", "auto", "--save", "o.png", "--json")
    assert run.json["steps"][0]["window"] == [0, 700]
    assert np.asarray(Image.open(here / "o.png")).tolist() == [[255] * 2] * 2


@pytest.mark.parametrize("words", [["--clamp", "--convert", "L"], ["--convert", "L", "--clamp"]])
def test_clamping_is_what_numpy_clips(imgtool, here, words):
    numbers = np.array([[-7, 0, 255], [256, 70000, 12]], "<i4")
    (here / "raw.bin").write_bytes(numbers.tobytes())
    imgtool("frombuffer", "raw.bin", "--size", "3x2", "--mode", "I", *words, "--save", "o.png")
    assert np.array_equal(np.asarray(Image.open(here / "o.png")), np.clip(numbers, 0, 255))


def test_a_pasted_picture_is_clamped_where_that_is_asked_for(imgtool, refused, here):
    (here / "page.raw").write_bytes(bytes(4))
    Image.fromarray(np.array([[9, 300]], "u2")).save("wide.png")
    raw = ["frombuffer", "page.raw", "--size", "2x2", "--mode", "L", "--access", "rw"]
    imgtool(*raw, "--paste", "wide.png@0,1", "--clamp")
    assert (here / "page.raw").read_bytes() == bytes([0, 0, 9, 255])
    refused(*raw, "--clamp", "--invert", words=["--clamp changes nothing", "--convert"])


@pytest.mark.parametrize("steps,says", [
    (["--put", "0,0=37,37,37"], "32 in place of 37"),
    (["--convert", "L", "--as", "L;4", "--save", "out.raw"], "4 bits"),
    (["--as", "BGR", "--save", "out.raw"], "alpha"),
])
def test_under_strict_a_loss_is_an_error_and_no_file_appears(refused, imgtool, here, steps, says):
    mode = "RGBA" if "BGR" in steps else "RGB"
    rawmode = [] if mode == "RGBA" else ["--rawmode", "BGR;16"]
    (here / "raw.bin").write_bytes(bytes(range(16)))
    raw = ["frombuffer", "raw.bin", "--size", "2x2", "--mode", mode, *rawmode, "--trailing", "ok"]
    refused(*raw, *steps, "--strict", words=[says, "--strict"])
    assert not (here / "out.raw").exists()
    run = imgtool(*raw, *steps, "--json")
    assert any("lossy" in step for step in run.json["steps"]) and says in run.errors
    imgtool(*raw, "--flip", "h", "--save", "exact.png", "--strict")


def test_under_strict_bits_above_the_samples_make_no_file(refused, here):
    (here / "raw.bin").write_bytes(np.array([1023, 1024], "<u2").tobytes())
    refused("frombuffer", "raw.bin", "--size", "2x1", "--rawmode", "gray10le", "--strict", "--save",
            "out.npy", words=["0x0400", "--strict"])
    assert not (here / "out.npy").exists()


@pytest.mark.parametrize("number", ["9007199254740993", "0x20000000000001", "-9007199254740993"])
def test_a_whole_number_beyond_53_bits_is_not_rounded_where_it_is_typed(refused, here, number):
    np.save("i.npy", np.zeros((1, 2), "i8"))
    refused("open", "i.npy", "--access", "rw", "--put", f"0,0={number}",
            words=["more than 53 bits", "9007199254740992"])
    assert not np.load("i.npy").any()


@pytest.mark.parametrize("kind", ["<f4", "<f8"])
@pytest.mark.parametrize("window", ["0,10", "auto", "auto,1%"])
def test_a_window_makes_nothing_of_what_is_no_number(imgtool, refused, here, kind, window):
    np.save("in.npy", np.array([[0, 10, np.inf], [5, np.nan, -np.inf]], kind))
    refused("open", "in.npy", "--window", window, "--save", "o.png",
            words=["pixel 1,1 is not a number", "has 0 to 10", "--clamp"])
    assert not (here / "o.png").exists()
    imgtool("open", "in.npy", "--window", window, "--clamp", "--save", "o.png")
    found = np.asarray(Image.open("o.png"))
    assert found[0, 2] == 255 and found[1, 1] == found[1, 2] == 0


@pytest.mark.parametrize("kind", ["<f4", "<f8"])
@pytest.mark.parametrize("mode,name", [("L", "o.pgm"), ("I;16", "o.pgm"), ("I", "o.npy"),
                                       ("RGB", "o.ppm")])
def test_fractions_that_a_conversion_cuts_are_lossy(imgtool, refused, here, kind, mode, name):
    np.save("in.npy", np.array([[1, 254], [254.9, 0.7]], kind))
    run = imgtool("open", "in.npy", "--convert", mode, "--save", name, "--json")
    assert [step.get("lossy") for step in run.json["steps"]] == [None, ["precision"]]
    assert "pixel 0,1 is converted to 254 in place of 254.9" in run.errors
    refused("open", "in.npy", "--convert", mode, "--strict", "--save", f"s{name}",
            words=["254.9", "--strict"])
    assert not (here / f"s{name}").exists()
    np.save("in.npy", np.array([[1, 254], [0, 7]], kind))
    assert imgtool("open", "in.npy", "--convert", mode, "--strict", "--save", name).errors == ""


@pytest.mark.parametrize("name", ["o.bmp", "o.tga", "o.png", "o.pgm"])
def test_fractions_are_told_by_the_rows_of_the_image(imgtool, here, name):
    np.save("in.npy", np.array([[1, 2], [3, 4.5], [5, 6], [7.5, 8]], "<f4"))
    run = imgtool("open", "in.npy", "--convert", "L", "--save", name)
    assert "pixel 1,1 is converted to 4 in place of 4.5" in run.errors, run


def test_fractions_that_a_paste_cuts_are_lossy(imgtool, here):
    (here / "page.raw").write_bytes(bytes(4))
    Image.fromarray(np.array([[9, 3.5]], "f4")).save("part.tif")
    run = imgtool("frombuffer", "page.raw", "--size", "2x2", "--mode", "L", "--access", "rw",
                  "--paste", "part.tif@0,1", "--json")
    assert run.json["steps"][0]["lossy"] == ["precision"] and "3.5" in run.errors
    assert (here / "page.raw").read_bytes() == bytes([0, 0, 9, 3])


@pytest.mark.parametrize("mode,name", [("CMYK", "o.tif"), ("HSV", "o.npy")])
def test_colors_of_16_bits_that_a_conversion_brings_to_8_are_lossy(imgtool, refused, here, mode, name):
    _, raw = wide(here, 3, "RGB")
    run = imgtool(*raw, "--convert", mode, "--save", name, "--json")
    # An array does not say that its bands are those of HSV, either.
    lossy = set(run.json["steps"][-1]["lossy"]) - {"meaning of the bands"}
    assert lossy == {"precision"} and "rounded to 8 bits" in run.errors
    refused(*raw, "--convert", mode, "--strict", "--save", f"s{name}", words=["--strict"])
    assert not (here / f"s{name}").exists()
    assert imgtool(*raw, "--convert", "RGBA", "--strict", "--save", "o.png").errors == ""


@pytest.mark.parametrize("kind,first", [("<f4", "16777216"), ("<f8", "9007199254740992.0")])
def test_a_sum_of_floats_that_is_not_the_sum_is_lossy(imgtool, refused, here, kind, first):
    np.save("in.npy", np.array([[7, 0.1], [np.nan, float(first)]], kind))
    run = imgtool("open", "in.npy", "--access", "cow", "--add", "1", "--save", "o.npy", "--json")
    assert run.json["steps"][0]["lossy"] == ["precision"]
    assert f"pixel 1,1 is stored as {first} in place of {first} + 1" in run.errors
    refused("open", "in.npy", "--access", "cow", "--add", "1", "--strict", words=[f"{first} + 1"])
    imgtool("open", "in.npy", "--access", "cow", "--add", "2", "--strict", "--save", "o.npy")
    assert np.array_equal(np.load("o.npy"), np.load("in.npy") + np.array(2, kind), equal_nan=True)
