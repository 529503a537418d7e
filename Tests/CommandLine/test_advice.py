"""Advice that errors give: all of it is done, one after the other, and what was refused then works."""

import itertools
import re
import shlex

import pytest
from conftest import listed, run_tool
from PIL import Image

# Storage of each kind: the natural one of every mode, wide samples, computed pixels, shared bytes.
WIDE = [("RGB", "RGB;16L"), ("RGBA", "RGBA;16B"), ("LA", "LA;16L"), ("La", "La;16L"), ("L", "L;16"),
        ("RGBX", "RGBX;16L"), ("RGBa", "RGBa;16L"), ("CMYK", "CMYK;16L"), ("F", "F;64F"),
        ("I", "I;32"), ("RGBA", "RGBa"), ("RGB", "CMYK"), ("RGBA", "LA"), ("I;16", "I;16;12")]
STORAGES = [(row["mode"], row["mode"]) for row in listed("modes")] + WIDE
SAVES = [["--save", f"o.{row['format']}"] if row["suffixes"] else [] for row in listed("formats")]
EDITS = [["--invert"], ["--flip", "h"], ["--add", "1"], ["--swap", "0,1"], ["--window", "0,9"],
         ["--paste", "rgba.png@0,0"], ["--paste", "p.png@0,0"]]
BEFORE = [["--access", "ro"], ["--convert", "RGB"], ["--convert", "L"], ["--band", "0"]]
STORES = ["1", "L", "LA", "RGB", "BGR", "CMYK", "RGBa", "RGB;16B", "I;16B", "F", "bgr565", "gray16"]
# What stands for itself in advice, with something to stand for it.
STANDS = {"LO,HI": "0,9", "FILE": "p.pal", "WxH": "7x5", "PATH": "o.raw", "RAWMODE": "L", "MODE": "L",
          "WxH+X+Y": "2x2+0+0"}
LAYOUTS = [
    ["--size", "7x50"], ["--size", "700x5"], ["--size", "7x5", "--mode", "F", "--size", "90x90"],
    ["--size", "7x5", "--plane-stride", "900"], ["--size", "7x5", "--stride", "3"],
    ["--size", "7x5", "--justify", "msb"], ["--size", "7x5", "--frame", "9999"],
    ["--size", "7x5", "--stride", "9", "--align", "8"], ["--size", "7x5", "--order", "chw", "--interleave", "pixel"],
    ["--size", "7x5", "--mode", "gray"], ["--size", "7x5", "--mode", "BGRX"], ["--size", "7x5", "--rawmode", "bgr565"],
    ["--size", "7x5", "--mode", "RGB", "--rawmode", "L"], ["--size", "7x5", "--rotate", "90"],
    ["--size", "7x5", "--level", "3"], ["--size", "7x5", "--colorspace", "gray"], ["--size", "7x5", "-o", "o.png"],
    ["--size", "7x5", "--access", "ro", "--poke", "0=00"], ["--size", "7x5", "--invert", "--mode", "L"],
    ["--size", "7x5", "--invert", "--save", "raw.bin"], ["--size", "7x5", "--no-copy", "--copy"],
]


def lines() -> dict:
    """Command lines of which many are refused, by their kind; the last step is what may fail."""
    raw = {(mode, name): ["frombuffer", "raw.bin", "--size", "7x5", "--mode", mode, "--rawmode", name]
           for mode, name in STORAGES}
    modes = [row["mode"] for row in listed("modes")]
    return {
        "saves": [(line, save) for line in raw.values() for save in SAVES if save],
        "conversions": [(line, ["--convert", mode]) for line in raw.values() for mode in modes],
        "edits": [(line + before, edit) for line in raw.values() for before in [[], *BEFORE] for edit in EDITS],
        "bits": [([*line, "--bits", bits], ["--save", "o.png"]) for line in raw.values() for bits in ("1", "4", "8", "16")],
        "storage": [([*line, "--as", name], ["--save", "o.raw"]) for line in raw.values() for name in STORES],
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
    """The pieces of advice in an error, each a list of words, and how it is followed."""
    error = error.removeprefix("imgtool: ")
    found = [("run", line) for line in re.findall(r"`imgtool ([^`]+)`", error)]
    rest = re.sub(r"`[^`]*`|\"[^\"]*\"", "", error)
    for clause in re.split(r"; |\(|\)", rest)[1:]:
        if re.search(r"^[^-]*--\S+ is |changes nothing|^--\S+ [^ ]+ which", clause):
            continue
        for piece in re.split(r",? or |, and ", clause):
            option = re.search(r"((?:--[a-z-]+(?: (?!before|to|out|and|for|of|with|the|which)[^\s?,]+)?(?: |$|\?))+)", piece + " ")
            if not option:
                continue
            words = shlex.split(option[1].replace("?", ""))
            how = "leave" if re.search(r"leave |did you mean no ", piece) else "put"
            if " before --" in piece:
                words, how = words[:2], "put"
            if how == "put" and len(words) == 1 and words[0] in ("--as", "--stride", "--bits", "--plane-stride"):
                continue
            found.append(("instead" if "is a rawmode of" in piece else how, words))
    return found


def followed(line: list, last: list, how: str, words) -> list:
    """A command line with a piece of advice followed."""
    if how == "run":
        words = shlex.split(words)
        return ["help", *words] if words[0] in ("open", "frombuffer") and not words[1:] else words
    words = [STANDS.get(word, word) for word in words]
    if how == "leave":
        at = (line + last).index(words[0])
        rest = line + last
        return rest[:at] + rest[at + (2 if rest[at + 1:at + 2] and rest[at + 1][:1] != "-" else 1):]
    if words[0] in ("--access", "--palette", "--stride", "--size", "--mode", "--rawmode", "--frame") or not last:
        line = list(line)
        if words[0] == "--rawmode" and "--mode" in line and how == "instead":
            line = [word for word in line if word not in line[line.index("--mode"):][:2]]
        if words[0] in line:
            at = line.index(words[0])
            return line[:at] + words + line[at + 2:] + last
        # A layout stands before the steps; the operand is what they begin behind.
        return line[:2] + words + line[2:] + last
    return line + words + last


@pytest.mark.parametrize("kind", ["saves", "conversions", "edits", "bits", "storage", "layouts", "commands"])
def test_what_an_error_advises_works(files, kind):
    tried = given = 0
    wrong = []
    known = set()
    for line, last in lines()[kind]:
        run = run_tool(*line, *last, ok=None)
        if run.exit == 0:
            continue
        tried += 1
        for how, words in advised(run.errors):
            if how == "run" and re.search(r"\b[A-Z]{1,}\b(?![.\w])|…", words):
                words = re.sub(r"--size WxH --mode M\b", "--size 7x5 --mode L", words)
                if re.search(r"\b(FILE|SOURCE|PATH|WxH|COMMAND|F|M)\b", words):
                    continue
            given += 1
            then = followed(line, last, how, words)
            key = tuple(then)
            if key in known:
                continue
            known.add(key)
            done = run_tool(*then, ok=None)
            again = done.exit != 0 and (
                (how, words) in advised(done.errors) or done.errors == run.errors
                or how != "run" and "no conversion" in done.errors)
            if done.exit and (again or how not in ("put", "instead")):
                wrong.append(f"{run}\nadvice: {how} {words}\n{done}")
    assert tried and given, "nothing was advised"
    assert not wrong, f"{len(wrong)} of {given} lead nowhere\n" + "\n\n".join(wrong[:12])
