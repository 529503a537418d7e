"""Advice that errors give: all of it is done, one after the other, and what was refused then works."""

import re
import shlex

import numpy as np
import pytest
from conftest import listed, run_tool
from PIL import Image

# Storage of each kind: the natural one of every mode, wide samples, computed pixels, shared bytes.
WIDE = [("RGB", "RGB;16L"), ("RGBA", "RGBA;16B"), ("LA", "LA;16L"), ("La", "La;16L"), ("L", "L;16"),
        ("RGBX", "RGBX;16L"), ("RGBa", "RGBa;16L"), ("CMYK", "CMYK;16L"), ("F", "F;64F"),
        ("I", "I;32"), ("RGBA", "RGBa"), ("RGB", "CMYK"), ("RGBA", "LA"), ("I;16", "I;16;12")]
STORAGES = [(row["mode"], row["mode"]) for row in listed("modes")] + WIDE
SAVES = [["--save", f"o{row['suffixes'][0]}"] for row in listed("formats")]
EDITS = [["--invert"], ["--flip", "h"], ["--add", "1"], ["--swap", "0,1"], ["--window", "0,9"],
         ["--paste", "rgba.png@0,0"], ["--paste", "p.png@0,0"]]
BEFORE = [["--access", "ro"], ["--convert", "RGB"], ["--convert", "L"], ["--band", "0"]]
STORES = ["1", "L", "LA", "RGB", "BGR", "CMYK", "RGBa", "RGB;16B", "I;16B", "F", "bgr565", "gray16"]
# What stands for itself in advice, with something to stand for it.
STANDS = {"LO,HI": "0,9", "FILE": "p.pal", "WxH": "7x5", "PATH": "o.raw", "RAWMODE": "L", "MODE": "L",
          "WxH+X+Y": "2x2+0+0"}
LAYOUTS = [
    ["--size", "7x50"], ["--size", "700x5"], ["--size", "7x5", "--mode", "F", "--stride", "2000"],
    ["--size", "7x5", "--plane-stride", "900"], ["--size", "7x5", "--stride", "3"],
    ["--size", "7x5", "--justify", "msb"], ["--size", "7x5", "--frame", "9999"],
    ["--size", "7x5", "--stride", "9", "--align", "8"], ["--size", "7x5", "--order", "chw", "--interleave", "pixel"],
    ["--size", "7x5", "--mode", "gray"], ["--size", "7x5", "--mode", "BGRX"], ["--size", "7x5", "--rawmode", "bgr565"],
    ["--size", "7x5", "--mode", "RGB", "--rawmode", "L"], ["--size", "7x5", "--rotate", "90"],
    ["--size", "7x5", "--level", "3"], ["--size", "7x5", "--colorspace", "gray"], ["--size", "7x5", "-o", "o.png"],
    ["--size", "7x5", "--access", "ro", "--poke", "0=00"], ["--size", "7x5", "--invert", "--mode", "L"],
    ["--size", "7x5", "--invert", "--save", "raw.bin"], ["--size", "7x5", "--no-copy", "--copy"],
]


# An option, its value, and those that go with it.
OPTIONS = re.compile(
    r"(?:--[a-z-]+(?: (?!(?:before|to|out|and|for|of|with|the|which|makes|lets|that|behind)\b|--)"
    r"[^\s?,](?:[^\s?]*[^\s?,])?)?(?:,? |\?))+")
# Options that are named for a value that only the user knows, or for another file.
VALUELESS = [["--as"], ["--stride"], ["--bits"], ["--plane-stride"], ["--format"], ["--save"],
             ["--convert", "RGB", "--save"]]
LAYOUT = ("--access", "--palette", "--stride", "--size", "--mode", "--rawmode", "--frame")


def lines() -> dict:
    """Command lines of which many are refused, by their kind; the last step is what may fail."""
    raw = {(mode, name): ["frombuffer", "raw.bin", "--size", "7x5", "--mode", mode, "--rawmode", name]
           for mode, name in STORAGES}
    modes = [row["mode"] for row in listed("modes")]
    return {
        "saves": [(line, save) for line in raw.values() for save in SAVES],
        "conversions": [(line, ["--convert", mode, "--hash"]) for line in raw.values() for mode in modes],
        "edits": [(line + before, edit) for line in raw.values() for before in [[], *BEFORE]
                  for edit in EDITS],
        "bits": [([*line, "--bits", bits], ["--save", "o.png"]) for line in raw.values()
                 for bits in ("1", "4", "8", "16")],
        "storage": [([*line, "--as", name], ["--save", "o.raw"]) for line in raw.values()
                    for name in STORES],
        "layouts": [(["frombuffer", "raw.bin", *layout], []) for layout in LAYOUTS],
        "commands": [(words, []) for words in (
            ["raw.bin"], ["p.png"], ["opne", "p.png"], ["help", "rotate"], ["open", "p.png", "--szie", "1x1"],
            ["open", "raw.bin"], ["crop", "p.png"], ["compare", "p.png"], ["header", "p.png"])],
    }


@pytest.fixture
def files(here):
    (here / "raw.bin").write_bytes(bytes(range(256)) * 12)
    (here / "p.pal").write_bytes(bytes(range(256)) * 3)
    Image.new("RGBA", (2, 2), (1, 2, 3, 4)).save("rgba.png")
    Image.new("RGB", (2, 2), "red").quantize(2).save("p.png")


def advised(error: str) -> list:
    """The advice in an error: how it is followed, and the words. Nothing is advised before `;` or `(`."""
    error = error.strip().splitlines()[-1].removeprefix("imgtool: ")
    found = [("run", line) for line in re.findall(r"`imgtool ([^`]+)`", error)]
    for clause in re.split(r"; |\(|\)", re.sub(r"`[^`]*`|\"[^\"]*\"", "", error))[1:]:
        # What was typed is told of, too.
        clause = re.sub(r"^(--\S+) is \S+: leave it out", r"leave \1 out", clause)
        if re.search(r"^[^-]*--\S+ is |changes nothing|^--\S+ [^ ]+ which", clause):
            continue
        for piece in re.split(r",? or |, and |, (?=--)", clause):
            option = OPTIONS.search(piece + " ")
            words = shlex.split(re.sub(r"[?]|, ", " ", option[0])) if option else []
            if not words or words in VALUELESS:
                continue
            if re.search(r"leave |did you mean no ", piece):
                found.append(("leave", words))
            elif " before --" in piece:
                found.append(("put", words[:2]))
            elif "in place of the conversion" in clause and words[0] == "--window":
                found.append(("instead", words))
            else:
                found.append(("mean" if "is a rawmode of" in piece else "put", words))
    return found


def without(line: list, option: str) -> list:
    """A command line without an option and its value."""
    if option not in line:
        return line
    at = line.index(option)
    return line[:at] + line[at + (2 if line[at + 1:at + 2] and line[at + 1][:1] != "-" else 1):]


def followed(line: list, last: list, how: str, words) -> list:
    """A command line with a piece of advice followed."""
    if how == "run":
        words = shlex.split(words.replace("--size WxH --mode M", "--size 7x5 --mode L"))
        return ["help", *words] if words in (["open"], ["frombuffer"]) else words
    words = [STANDS.get(word, word) for word in words]
    if how == "leave":
        return without(line + last, words[0])
    if how == "mean":
        line = without(line, "--mode")
    if how == "instead":
        last = without(last, "--convert")
    if words[0] in LAYOUT or not last:
        line = without(line, words[0])
        # A layout stands before the steps, behind the operand.
        return line[:2] + words + line[2:] + last
    return line + words + last


@pytest.mark.parametrize("kind", ["saves", "conversions", "edits", "bits", "storage", "layouts", "commands"])
def test_what_an_error_advises_works(files, kind):
    tried = given = 0
    wrong = []
    known = set()
    every = lines()[kind]
    # Of thousands, each third: another one of each kind of storage.
    for line, last in every[::3] if len(every) > 500 else every:
        run = run_tool(*line, *last, ok=None)
        if run.exit == 0:
            continue
        tried += 1
        for how, words in advised(run.errors):
            if how == "run" and re.search(r"\b(FILE|SOURCE|PATH|COMMAND|F)\b", words):
                continue  # A form, for what only the user knows.
            given += 1
            then = followed(line, last, how, words)
            key = tuple(then)
            if key in known:
                continue
            known.add(key)
            done = run_tool(*then, ok=None)
            if done.exit == 0:
                continue
            # Another refusal may come later, but none that advises the same or denies what was advised.
            same = (how, words) in advised(done.errors) or done.errors == run.errors
            denied = done.errors.startswith("imgtool: --convert") and "no conversion" in done.errors
            mistyped = re.search("needs a value|unknown option|too many|changes nothing", done.errors)
            if same or denied or mistyped or how == "run":
                wrong.append(f"{run}\nadvice: {how} {words}\n{done}")
    assert tried and given, "nothing was advised"
    assert not wrong, f"{len(wrong)} of {given} lead nowhere\n" + "\n\n".join(wrong[:12])


@pytest.mark.parametrize("mode,pixels", [
    ("I;16", np.arange(700, dtype="<u2") * 93), ("F", np.linspace(0, 1, 700).astype("<f4")),
    ("I", np.arange(700, dtype="<i4") * 9999),
], ids=["I;16", "F", "I"])
def test_what_is_advised_for_numbers_leaves_a_picture_of_them(here, mode, pixels):
    (here / "raw.bin").write_bytes(pixels.tobytes())
    line = ["frombuffer", "raw.bin", "--size", "70x10", "--mode", mode]
    tried = 0
    for save in [*SAVES, ["--format", "farbfeld", "--save", "-"], ["--convert", "L", "--save", "o.png"]]:
        run = run_tool(*line, *save, ok=None)
        advice = re.search(r"put ([^;]*?) (?:before the save|in place of the conversion)", run.errors)
        if run.exit == 0 or not advice:
            continue
        for way in advice[1].split(" or "):
            tried += 1
            run_tool(*line, *shlex.split(way), "--save", "o.raw")
            levels = len(np.unique(np.fromfile("o.raw", "u1")))
            assert levels > (1 if "--convert 1" in way else 100), f"{run}\n{way} leaves {levels} levels"
    assert tried > 8
