"""`--scale` and `--bias`: the numbers that samples stand for, computed while they are read."""

import numpy as np
import pytest

# A rawmode, its mode, NumPy's type of the samples, and that of the numbers.
STORED = [
    ("L", "L", "u1", "f4"), ("I;8S", "I", "i1", "f4"), ("I;16", "I;16", "<u2", "f4"),
    ("I;16B", "I;16B", ">u2", "f4"), ("I;16S", "I", "<i2", "f4"), ("I;16BS", "I", ">i2", "f4"),
    ("I;32S", "I", "<i4", "f8"), ("F;16F", "F", "<f2", "f4"), ("F", "F", "<f4", "f4"),
    ("F;64F", "F", "<f8", "f8")]


def raw(here, dtype, shape=(5, 7)):
    generator = np.random.default_rng(3)
    dtype = np.dtype(dtype)
    array = (generator.normal(0, 50, shape) if dtype.kind == "f" else
             generator.integers(np.iinfo(dtype).min, np.iinfo(dtype).max, shape, endpoint=True)).astype(dtype)
    array.tofile(here / "raw.bin")
    return array


@pytest.mark.parametrize("scale,bias", [(0.5, None), (None, -1024), (0.1, 273.15), (-3, 7)])
@pytest.mark.parametrize("rawmode,mode,dtype,shown", STORED)
def test_each_number_is_computed_in_64_bits_and_rounded_once(imgtool, here, rawmode, mode, dtype, shown,
                                                             scale, bias):
    array = raw(here, dtype)
    words = (["--scale", scale] if scale else []) + (["--bias", bias] if bias else [])
    imgtool("frombuffer", "raw.bin", "--size", "7x5", "--mode", mode, "--rawmode", rawmode, *words,
            "--expect-shared", "--no-copy", "--save", "o.npy")
    wanted = (array.astype("f8") * (scale or 1) + (bias or 0)).astype(shown)
    found = np.load("o.npy")
    assert found.dtype == wanted.dtype and np.array_equal(found, wanted)


def test_steps_work_on_the_numbers(imgtool, here):
    array = raw(here, "<u2")
    words = ["frombuffer", "raw.bin", "--size", "7x5", "--mode", "I;16", "--scale", "0.25", "--bias", "-5"]
    wanted = array.astype("f4") * np.float32(0.25) - 5
    assert imgtool(*words, "--print", "3,2").text.strip() == f"3,2: {wanted[2, 3]:g}" or \
        float(imgtool(*words, "--print", "3,2").text.split()[-1]) == wanted[2, 3]
    run = imgtool(*words, "--stats", "--json").json
    assert np.isclose(run["steps"][0]["bands"][0]["max"], wanted.max())
    np.save("golden.npy", wanted)
    imgtool(*words, "--compare", "golden.npy")
    np.save("golden.npy", wanted + 1)
    imgtool(*words, "--compare", "golden.npy", ok=1)
    imgtool(*words, "--window", "auto", "--save", "o.png")
    imgtool(*words, "--window", "auto", "--map", "viridis", "--save", "o.png")
    imgtool(*words, "--crop", "2x2+1+1", "--save", "o.npy")
    assert np.array_equal(np.load("o.npy"), wanted[1:3, 1:3])
    # The raw file itself, compared with itself.
    (here / "again.bin").write_bytes((here / "raw.bin").read_bytes())
    imgtool(*words, "--compare", "again.bin")
    imgtool("compare", "raw.bin", "golden.npy", *words[2:], ok=1)
    np.save("golden.npy", wanted)
    imgtool("compare", "raw.bin", "golden.npy", *words[2:])


def test_the_numbers_follow_the_buffer(imgtool, here):
    raw(here, "u1")
    imgtool("frombuffer", "raw.bin", "--size", "7x5", "--scale", "2", "--poke", "0=05", "--expect", "0,0=10",
            "--poke", "0=07", "--expect", "0,0=14", "--expect-shared")


def test_color_becomes_floats(imgtool, here):
    array = raw(here, "u1", (5, 7, 3))
    imgtool("frombuffer", "raw.bin", "--size", "7x5", "--mode", "RGB", "--scale", "0.5", "--save", "o.npy")
    assert np.array_equal(np.load("o.npy"), array.astype("f4") / 2)


def test_info_says_both_numbers(imgtool, here):
    raw(here, "u1")
    words = ["info", "raw.bin", "--size", "7x5", "--json"]
    facts = imgtool(*words).json
    assert "scale" not in facts and "bias" not in facts and facts["mode"] == "L"
    facts = imgtool(*words, "--scale", "0.5").json
    assert (facts["scale"], facts["bias"], facts["mode"], facts["sampleType"]) == (0.5, 0, "F", "f32")
    assert "numbers: 0.5 times the sample" in imgtool(*words[:-1], "--scale", "0.5").text


@pytest.mark.parametrize("words,said", [
    (["--scale", "0"], "other than 0"), (["--scale", "nan"], "finite number"), (["--bias", "inf"], "finite"),
    (["--scale", "x"], "number is expected"), (["--scale", "50%"], "--every 2x2"), (["--mode", "RGBA", "--scale", "2"], "--scale is for gray"),
    (["--mode", "P", "--palette", "gray", "--bias", "2"], "--bias is for gray"),
    (["--scale", "2", "--scale", "3"], "--scale"), (["--scale", "2", "--invert"], "--copy")])
def test_what_has_no_meaning_is_refused(refused, here, words, said):
    (here / "raw.bin").write_bytes(bytes(7 * 5 * 4))
    refused("frombuffer", "raw.bin", "--size", "7x5", "--trailing", "ok", *words, words=said)


@pytest.mark.parametrize("kind,options,window", [
    ("u1", ["--scale", "0.5", "--bias", "1"], "1,128.5"), ("u1", ["--scale", "-1"], "-255,0"), ("f4", ["--scale", "2"], "0,1")])
def test_the_advised_window_is_that_of_the_numbers(imgtool, refused, here, kind, options, window):
    np.save("a.npy", raw(here, kind))
    run = refused("open", "a.npy", *options, "--save", "o.png", words=f"--window auto or --window {window} before")
    assert run.exit == 2
    imgtool("open", "a.npy", *options, "--window", window, "--clamp", "--save", "o.png")
