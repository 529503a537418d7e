"""Every sentence that advises a command or an option is provoked here, and what it advises works."""

import re
import shlex

import numpy as np
import pytest
from conftest import ROOT, run_tool
from PIL import Image

# What is typed, and the command that the error advises.
COMMANDS = [
    ("p.png", "open p.png"), ("'a b.png'", "open 'a b.png'"), ("raw.bin", "guess raw.bin"),
    ("raw.bin", "frombuffer raw.bin --size WxH --mode M"), ("nothing", "help"), ("help nosuch", "help"),
    ("identify p.png", "info FILE"), ("crop p.png", "open FILE --crop WxH+X+Y"), ("help rotate", "help --reorient"),
    ("open p.png --nothing", "help open"), ("open p.png --stride 3", "help open"),
    ("open p.png --pitch 9", "frombuffer"), ("open raw.bin", "frombuffer"),
    ("frombuffer p.png --size 2x2", "open p.png"), ("frombuffer raw.bin", "guess raw.bin"),
    ("frombuffer raw.bin --size auto", "guess"), ("RAW --mode nothing", "modes"),
    ("RAW --rawmode nothing", "rawmodes"), ("RAW --rawmode rgb77", "rawmodes rgb"),
    ("RAW --mode RGB --rawmode nothing", "rawmodes"), ("RAW --as RGB --save o.raw", "rawmodes"),
    ("RAW --mode RGB --as HSV --save o.raw", "rawmodes"),
    ("rawmodes nothing", "rawmodes"), ("steps nothing", "steps"),
    ("RAW --format nothing --save o", "formats"), ("RAW --expect-hash 0", "hash"),
    ("completion bash --json", "help --json"), ("open p.png --compare raw.bin", "compare A B LAYOUT"),
    ("compare gray.png sevens.npy", "open gray.png --convert F --compare sevens.npy"),
    ("compare gray.png raw.bin --size 7x5 --mode 'I;16'", "open gray.png --convert 'I;16' --save wide.npy"),
    ("RAW --paste deep.npy@0,0", "open deep.npy --window 0,3400 --save PATH"),
    ("RAW --mode RGB --paste colors.npy@0,0", "open colors.npy --bits 8 --save PATH"),
    ("RAW --save o.nhdr", "header SOURCE LAYOUT... --format nrrd"),
    ("header raw.bin --size 7x5 --format nrrd --output sub/o.nhdr", "open"),
    ("frombuffer raw.bin --layout long.json", "info SOURCE LAYOUT... --emit-layout"),
    ("open scene.img", "open scene.hdr"), ("info scene.img", "open scene.hdr"),
    ("open p.png gray.png", "open"), ("frombuffer nv12.yuv --layout auto", "guess"), ("frombuffer 64x48.raw --layout auto", "guess"),
    ("frombuffer 64x48_nv12.yuv --layout auto", "guess"),
]
# What is typed, what the error advises, and the line that follows the advice.
OPTIONS = [
    ("frombuffer raw.bin --size auto", "give --size WxH", "RAW"),
    ("RAW --mode bgr24", "--rawmode bgr24", "frombuffer raw.bin --size 7x5 --rawmode bgr24"),
    ("RAW --rotate 90", "did you mean --reorient 90", "RAW --reorient 90"),
    ("RAW --save o.nothing", "give a suffix such as .png, .tif, .npy or .raw", "RAW --format png --save o.nothing"),
    ("RAW --access ro --invert", "use --access cow or --access rw", "RAW --access cow --invert"),
    ("RAW --access ro --invert", "use --access cow or --access rw", "RAW --access rw --invert"),
    ("RAW --convert RGB --invert", "put --copy before", "RAW --convert RGB --copy --invert"),
    ("RAW --mode LAB --window 0,9", "put --band L before", "RAW --mode LAB --band L --window 0,9"),
    ("RAW --mode F --invert", "put --window auto --copy", "RAW --mode F --window auto --copy --invert"),
    ("RAW --mode P --palette gray --invert", "put --convert RGB --copy",
     "RAW --mode P --palette gray --convert RGB --copy --invert"),
    ("RAW --mode P --palette gray --paste p.png@0,0", "put --convert RGB --copy",
     "RAW --mode P --palette gray --convert RGB --copy --paste p.png@0,0"),
    ("RAW --mode P --palette gray --paste p.png@0,0", "with --palette FILE", "RAW --mode P --palette p.pal "
     "--paste p.png@0,0"),
    ("RAW --mode RGB --paste rgba.png@0,0", "save it without alpha first (--convert RGB --save)",
     "open rgba.png --convert RGB --save o.png"),
    ("RAW --mode P --convert RGB --save o.png", "give --palette FILE or --palette gray",
     "RAW --mode P --palette gray --convert RGB --save o.png"),
    ("RAW --mode P --save o.png", "give --palette FILE or --palette gray",
     "RAW --mode P --palette p.pal --save o.png"),
    ("RAW --mode I --convert L --save o.png", "or --window auto in place of", "RAW --mode I --window auto --save o.png"),
    ("RAW --mode I --convert L --save o.png", "or --clamp", "RAW --mode I --clamp --convert L --save o.png"),
    ("open nan.npy --convert L --save o.png", "--clamp makes it 0", "open nan.npy --clamp --convert L --save o.png"),
    ("RAW --bits 16 --save o.png", "leave it out", "RAW --save o.png"),
    ("RAW --mode RGB --bits 4 --save o.png", "or put --convert L before the save",
     "RAW --mode RGB --convert L --bits 8 --save o.png"),
    ("open cut.png --save o.png", "--salvage decodes what the file still holds", "open cut.png --salvage --save o.png"),
    ("RAW --as RGB --save o.raw", "which does not store mode L", "RAW --as L --save o.raw"),
    ("RAW --mode 'I;16' --as gray8 --save o.raw", "put --window auto before --as",
     "RAW --mode 'I;16' --window auto --as gray8 --save o.raw"),
    ("header raw.bin --size 7x5 --mode P --format tiff --output o.head", "no palette is known",
     "header raw.bin --size 7x5 --mode P --format tiff --output o.head --palette gray"),
    ("compare p.png raw.bin --size 2x2 --mode P", "raw.bin has no palette", "info raw.bin --size 2x2 --mode P "
     "--palette gray"),
    ("RAW --mode F --save o.png", "put --window auto or --window 0,1", "RAW --mode F --window 0,1 --save o.png"),
    ("RAW --mode I --save o.qoi", "put --window auto --convert RGB", "RAW --mode I --window auto --convert RGB "
     "--save o.qoi"),
    ("RAW --mode CMYK --save o.png", "put --convert RGB", "RAW --mode CMYK --convert RGB --save o.png"),
    ("RAW --mode 'I;16' --save o.bmp", "--window 0,65535", "RAW --mode 'I;16' --window 0,65535 --save o.bmp"),
    ("RAW --scale 50%", "for a smaller picture use --every 2x2", "RAW --every 2x2"),
    ("RAW --trailing error", "--trailing ok accepts", "RAW --trailing ok"),
    ("frombuffer raw.bin --size 3069x1 --trailing error", "--trailing ok accepts",
     "frombuffer raw.bin --size 3069x1 --trailing ok"),
    ("frombuffer raw.bin --size 3072x1 --trailing error --mode 1", "--trailing ok",
     "frombuffer raw.bin --size 3072x1 --mode 1 --trailing ok"),
    ("frombuffer raw.bin --size 7x500", "did you mean --size 7x438", "frombuffer raw.bin --size 7x438"),
    ("RAW --interleave plane --mode RGB --frames 0..1", "use --frame N", "RAW --interleave plane --mode RGB --frame 1"),
    ("RAW --orientation -1 --frames 0..1", "use --frame N", "RAW --orientation -1 --frame 1"),
    ("RAW --plane-stride 99 --mode RGB", "needs --interleave plane", "RAW --plane-stride 99 --mode RGB "
     "--interleave plane"),
    ("RAW --access ro --poke 0=00", "leave --access out", "RAW --poke 0=00"),
    ("hexdump raw.bin --size 7x5", "needs --at X,Y or --at X,Y,WxH", "hexdump raw.bin --size 7x5 --at 1,1"),
    ("info raw.bin --emit-layout", "give --size WxH --mode M", "info raw.bin --size 7x5 --mode L --emit-layout"),
    ("header raw.bin --size 7x5", "needs --format F", "header raw.bin --size 7x5 --format pgm"),
    ("RAW --stride 3", "give a larger --stride, or leave it out", "RAW --stride 8"),
    ("frombuffer nv12.yuv --layout auto", "give --size WxH", "frombuffer nv12.yuv --layout auto --size 64x48"),
    ("frombuffer 64x48.raw --layout auto", "give --rawmode", "frombuffer 64x48.raw --layout auto --rawmode nv12"),
    ("frombuffer 64x48_nv12.yuv --layout auto", "give what is right with --size, --rawmode and --stride",
     "frombuffer 64x48_nv12.yuv --layout auto --size 64x49 --rawmode L"),
    ("frombuffer bits.bin --size 5x3 --rawmode 'L;4'", "did you mean --align none",
     "frombuffer bits.bin --size 5x3 --rawmode 'L;4' --align none"),
    ("RAW --demosaic half --save o.png", "give --bayer rggb|grbg|gbrg|bggr",
     "RAW --bayer grbg --demosaic half --save o.png"),
    ("RAW --demosaic half --save o.png", "or a rawmode that says it, like bayer-rggb8",
     "RAW --rawmode bayer-rggb8 --demosaic half --save o.png"),
    ("RAW --rawmode bayer-rggb8 --gamma 2.2 --save o.png", "put --demosaic before it",
     "RAW --rawmode bayer-rggb8 --demosaic half --gamma 2.2 --save o.png"),
    ("open glass.npy --window 0,1 --save o.png", "--clamp makes it transparent or opaque",
     "open glass.npy --clamp --window 0,1 --save o.png"),
    ("RAW --mode YCbCr --as v210 --save o.raw", "put --convert RGB before --as v210",
     "RAW --mode YCbCr --convert RGB --as v210 --save o.raw"),
    ("header raw.bin --size 7x5 --format nrrd --output sub/o.nhdr", "give --output raw.bin.nhdr",
     "header raw.bin --size 7x5 --format nrrd --output raw.bin.nhdr"),
    ("open sevens.npy --frames 0..0", "needs --each", "open sevens.npy --frames 0..0 --each --print 0,0"),
    ("open sevens.npy --frames 0..0", "or --frame N shows one", "open sevens.npy --frame 0 --print 0,0"),
    # Said by the table, not by an error: the numbers go through a window.
    ("steps map", "numbers through the window before it", "RAW --mode I --window 0,9 --map viridis --save o.png"),
    ("steps map", "or --window auto", "RAW --mode I --window auto --map viridis --save o.png"),
]
# Advice that only another test can bring about, and which one does.
ELSEWHERE = {
    r"--in-place` puts the old bytes back": "test_verify_interrupted.py kills a verification",
    r"leave --lock out": "test_standard_input.py locks a pipe",
    r"--replace lets the new file": "test_save.py saves over the mapped file",
    r"--access cow to keep edits private": "test_edits.py edits a file that may not be written",
    r"use --access (ro or --access )?rw$": "test_without_proc.py asks without /proc",
    r"^explore needs a terminal": "test_explore.py runs without one, and on one without a screen",
    r"length is not known; give --size": "test_pipes.py reads a pipe without a size",
    r"not text; give --output": "test_terminal.py prints a header to a terminal",
    r"or put --show for a picture": "test_terminal.py saves to a terminal",
    r"; or put --diff-style": "test_compare_pictures.py saves a picture that its format cannot hold",
    r"--strict makes that an error": "test_precision.py makes errors of notes",
    r"exactly from byte 0|such frames; --frame": "test_layout.py follows what a length says",
    r"`imgtool guess \0`$": "test_info.py asks for a file of no known kind",
    r"put --convert \0 before --as |leave --as \0 out|^\(`imgtool rawmodes`\)$": "test_advice.py saves every mode as every rawmode",
}


def words(line: str) -> list:
    return shlex.split(line.replace("RAW", "frombuffer raw.bin --size 7x5"))


@pytest.fixture
def files(here):
    (here / "raw.bin").write_bytes(bytes(range(256)) * 12)
    (here / "p.pal").write_bytes(bytes([255, 0, 0]) * 256)
    (here / "long.json").write_bytes(bytes(1 << 24))
    (here / "scene.img").write_bytes(bytes(35))
    (here / "scene.hdr").write_text("ENVI\nsamples = 7\nlines = 5\ndata type = 1\n")
    (here / "sub").mkdir()
    (here / "bits.bin").write_bytes(bytes(8))  # 3 rows of 5 samples of 4 bits are 60 bits.
    for name in ("nv12.yuv", "64x48.raw"):
        (here / name).write_bytes(bytes(64 * 48 * 3 // 2))
    (here / "64x48_nv12.yuv").write_bytes(bytes(64 * 49))
    image = Image.new("RGB", (2, 2), "red")
    for name in ("p.png", "a b.png"):
        image.quantize(2).save(name)
    image.convert("RGBA").save("rgba.png")
    (here / "cut.png").write_bytes((here / "rgba.png").read_bytes()[:-12])
    Image.new("L", (7, 5), 7).save("gray.png")
    np.save("sevens.npy", np.full((5, 7), 7, "f4"))
    np.save("deep.npy", np.arange(0, 3500, 100, "u2").reshape(5, 7))
    np.save("colors.npy", np.full((5, 7, 3), 700, "u2"))
    np.save("nan.npy", np.full((5, 7), np.nan, "f4"))
    np.save("glass.npy", np.full((5, 7, 4), [0.5, 0.5, 0.5, 1.5], "f4"))


def provoked(line: str) -> str:
    run = run_tool(*words(line), ok=None)
    return run.errors + run.text


@pytest.mark.parametrize("line,command", COMMANDS)
def test_a_command_that_is_advised_works(files, line, command):
    assert f"`imgtool {command}" in provoked(line)
    stands = {"FILE": "p.png", "SOURCE": "raw.bin", "LAYOUT...": "--size 7x5", "PATH": "o.png", "A": "raw.bin", "B": "raw.bin",
              "LAYOUT": "--size 7x5 --trailing ok", "WxH": "7x5", "WxH+X+Y": "1x1+0+0", "M": "L"}
    line = shlex.split(" ".join(stands.get(word, word) for word in command.split()))
    lacking = {"frombuffer": ["raw.bin", "--size", "7x5"], "hash": ["p.png"], "guess": ["raw.bin"], "open": ["p.png"]}
    run_tool(*line, *(lacking.get(line[0], []) if len(line) == 1 else []))


@pytest.mark.parametrize("line,advice,right", OPTIONS)
def test_an_option_that_is_advised_works(files, line, advice, right):
    assert advice in provoked(line)
    run_tool(*words(right))


def literals(text: str) -> list:
    """The string literals of Swift text, with NUL for what is put in."""
    found, at = [], 0
    while 0 <= at < len(text):
        if text.startswith("//", at):
            at = text.find("\n", at)
        elif text[at] == '"':
            at, said = literal(text, at + 1)
            found.append(said)
        at = at + 1 if at >= 0 else at
    return found


def literal(text: str, at: int) -> tuple:
    """Where the literal that begins at `at` ends, and what it says."""
    said = ""
    while text[at] != '"':
        if text.startswith("\\(", at):
            depth, at = 1, at + 2
            while depth:
                if text[at] == '"':
                    at, _ = literal(text, at + 1)
                depth += {"(": 1, ")": -1}.get(text[at], 0)
                at += 1
            said += "\0"
        else:
            at += text[at] == "\\"
            said += text[at]
            at += 1
    return at, said


def sentences() -> dict:
    """Every literal that advises something, and the file that says it."""
    advises = re.compile(r"`imgtool |\b(?:use|put|give|leave|mean|or|mean no) --[a-z]|^; --|"
                         r"--[a-z-]+ (?:ok )?(?:accepts|makes|lets)")
    # Help, summaries and the table of other tools' words, which test_hints.py walks. Blocks of text are
    # the details of an option, which are help.
    left = re.compile(r"Meaning|HelpCommands|ManCommand|Flag\+Options|Completion|Helping/")
    return {said: path.name for path in sorted((ROOT / "Sources/ImgToolKit").rglob("*.swift"))
            if not left.search(str(path)) for said in literals(path.read_text())
            if advises.search(said) and not said.startswith("\n")}


def test_every_sentence_that_advises_is_provoked_by_a_test(files):
    said = "".join(map(provoked, {row[0] for row in COMMANDS + OPTIONS}))
    known = sentences()
    assert len(known) > 40
    patterns = {one: re.compile(".*?".join(map(re.escape, one.split("\0")))) for one in known}
    missing = [f"{known[one]}: {one!r}" for one, pattern in patterns.items()
               if not pattern.search(said) and not any(re.search(other, one) for other in ELSEWHERE)]
    stale = [other for other in ELSEWHERE if not any(re.search(other, one) for one in known)]
    assert not missing and not stale, "\n".join(missing + stale)
