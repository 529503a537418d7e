"""Words of other tools: what is meant here by them, and that it works when it is done."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT
from oracles import source
from PIL import Image

OPEN = ["open", "p.png"]
SAVE = ["--save", "o.png"]


@pytest.fixture
def picture(here):
    source(here, "RGB", (8, 6))
    Image.new("RGB", (8, 6), "red").save("p.png")
    Image.new("RGBA", (2, 2), "red").save("rgba.png")


@pytest.mark.parametrize("words,hint", [
    (["--rotate", 90], "--reorient 90"), (["--rot"], "--reorient h|v|90|180|270"),
    (["--transpose", "x"], "--reorient h|v|90|180|270"),
    (["--mirror"], "--reorient h or --flip h"), (["--flop"], "--reorient h or --flip h"),
    (["--output", "o.png"], "--save o.png"), (["-o", "o.png"], "--save o.png"),
    (["--out=o o.png"], "--save 'o o.png'"), (["--gray"], "--convert L"),
    (["--grayscale"], "--convert L"), (["--colorspace", "gray"], "--convert L"),
    (["--colorspace", "XYZ"], "--convert MODE"), (["--rect", "2x2+0+0"], "--crop WxH+X+Y"),
    (["--roi", "2x2+0+0"], "--crop WxH+X+Y"), (["--compress", 9], "--level 0..9"),
    (["--jobs", 2], "--threads N"), (["-j", 2], "--threads N"), (["--negate"], "--invert"),
    (["--composite", "rgba.png"], "--paste rgba.png@0,0"), (["--overlay"], "--paste FILE@X,Y"),
    (["--strip-metadata"], "--strip"), (["--rgb"], "--convert RGB"), (["--point", "1,2"], "--print X,Y"),
    (["--covert", "L"], "--convert"), (["--hlep"], "--help"), (["--qiet"], "--quiet"), (["--sav", "o.png"], "--save"),
    (["--pix_fmt", "bgr565"], "--rawmode bgr565le of `imgtool frombuffer`"),
    (["--pixel-format", "gray16le"], "--rawmode gray16le of `imgtool frombuffer`"),
    (["--height", 6], "--size WxH of `imgtool frombuffer`"), (["--channel", "R"], "--band B"),
])
def test_an_option_of_another_tool_is_called_what_it_is_here(refused, picture, words, hint):
    run = refused(*OPEN, *words, words=[words[0].split("=")[0], f"(did you mean {hint}?)"])
    assert "`imgtool help open`" in run.errors


@pytest.mark.parametrize("command,words,hint", [
    ("frombuffer", ["--height", 6], "--size WxH"), ("frombuffer", ["-s", "8x6"], "--size WxH"),
    ("info", ["--width", 8], "--size WxH"), ("info", ["--geometry", "8x6"], "--size WxH"),
    ("frombuffer", ["--pix_fmt", "bgr24"], "--rawmode bgr24"),
    ("frombuffer", ["--dtype", "uint16"], "--rawmode uint16"),
    ("frombuffer", ["--color-mode", "gray16"], "--mode 'I;16'"),
    ("frombuffer", ["--overlay", "a b.png"], "--paste 'a b.png'@0,0"),
    ("frombuffer", ["--skip", 8], "--offset N"), ("frombuffer", ["--grayscale"], "--mode L or --convert L"),
    ("hexdump", ["--region", "1x1+0+0"], "--at X,Y[,WxH]"),
    ("compare", ["--psnr"], "--fail-psnr DB"), ("compare", ["--ssim"], "--fail-ssim S"),
    ("compare", ["--fuzz", 2], "--fail V"), ("compare", ["--roi", "1x1+0+0"], "--region WxH+X+Y"), ("info", ["--rotate", 90], "--reorient 90 of `imgtool frombuffer`"),
])
def test_what_is_meant_depends_on_the_command(refused, picture, command, words, hint):
    refused(command, "raw.bin", *words, words=f"(did you mean {hint}?)")


@pytest.mark.parametrize("option", [
    "--as-is", "--ss", "--loop-count", "--pattern", "--expected-value", "--from", "--swap-rb",
    "--extend", "--mde", "-k",
])
def test_an_option_that_is_alike_but_no_typing_error_is_not_guessed(refused, picture, option):
    run = refused(*OPEN, option, 3, words=f"unknown option {option}; see `imgtool help open`")
    imgtool_help = re.search(r"`imgtool ([^`]*)`", run.errors)[1]
    assert imgtool_help == "help open"


@pytest.mark.parametrize("word,stem", [
    ("rgb444x", "rgb"), ("rgb233", "rgb"), ("rgb30", "rgb"), ("qqq12", None),
    ("rgba1010102", "rgba"), ("gray77", "gray"), ("q", None),
])
def test_a_rawmode_that_nobody_knows_is_answered_with_a_list_of_those_like_it(imgtool, refused, picture, word, stem):
    run = refused("frombuffer", "raw.bin", "--size", "2x2", "--rawmode", word, words="is not a rawmode; `")
    line = re.search(r"`imgtool ([^`]*)` lists them", run.errors)[1]
    assert line == f"rawmodes {stem}" if stem else line == "rawmodes"
    assert stem is None or stem in imgtool(*line.split()).text.lower()


@pytest.mark.parametrize("command,word,names", [
    ("rawmodes", "rgb565le", ["BGR;16"]), ("rawmodes", "LAB", None), ("modes", "I;16", ["I;16"]),
    ("formats", ".tif", ["tiff"]), ("steps", "rectangle", ["--fill", "--paste", "--crop", "--region"]),
])
def test_a_list_is_cut_down_to_the_rows_that_say_a_word(imgtool, refused, here, command, word, names):
    rows = imgtool(command, word, "--json").json[command]
    every = imgtool(command, "--json").json[command]
    key = command.removesuffix("s")
    found = [row[key] for row in rows]
    assert found == names if names else {row["mode"] for row in rows} == {word}, found
    assert all(row in every for row in rows) and len(rows) < len(every)
    assert imgtool(command, word).text.count("\n") == len(rows) + 1
    refused(command, "notthere", words=f"no row says \"notthere\"; `imgtool {command}` lists all")


@pytest.mark.parametrize("option,tool", [
    ("--brightness", "convert IN -brightness-contrast"),
    ("--dpi", "convert IN -units PixelsPerInch -density 300"), ("--tile", "vips arrayjoin"),
    ("--extent", "convert IN -background"), ("--comment", "exiftool -Comment"),
    ("--resize", "convert IN -resize"), ("--thumbnail", "vips thumbnail"),
    ("--blur", "convert IN -blur"), ("--colors", "convert IN -colors"), ("--vf", "ffmpeg"),
])
def test_what_is_not_offered_is_said_to_be_so_with_a_tool_that_does_it(refused, picture, option, tool):
    run = refused(*OPEN, option, "4x4", words=[f"unknown option {option} (", " not ", f"`{tool}"])
    assert "did you mean" not in run.errors
    assert tool in refused(option[2:], "p.png", words="is not a command").errors


ABSENT = (ROOT / "Sources/ImgToolKit/CommandLine/Meaning+Absent.swift").read_text()
NOT_HERE = re.findall(r'^    absent\(\s*"([^ "]+)[^"]*",.*?\),$', ABSENT, re.M | re.S)


@pytest.mark.parametrize("word", NOT_HERE)
def test_the_command_line_of_the_other_tool_does_it(imgtool, picture, program, word):
    error = imgtool(*OPEN, f"--{word}", "3", ok=2).errors
    lines = [line for line in re.findall(r"`([^`]*)`", error) if not line.startswith("imgtool ")]
    assert lines, error
    stands = {"IN": "p.png", "OUT": "o.png", "A": "p.png", "B": "p.png", "N": "4", "OUT.jpg": "o.jpg",
              "OUT.gif": "o.gif", "FMT": "rgb24", "OUT.avi": "o.avi", "WxH": "64x64", "WIDTH": "4", "A B": "p.png p.png",
              "+X+Y": "+1+1"}
    for line in lines:
        words = [stands.get(one, one) for one in shlex.split(line)]
        if words[0] == "ffmpeg" and "rawvideo" in words:
            words[words.index("p.png")] = "raw.bin"
            Path("raw.bin").write_bytes(bytes(64 * 64 * 3 * 2))
        # ImageMagick 6 has no `magick`.
        name = "convert" if words[0] == "magick" else words[0]
        Path("o.png").unlink(missing_ok=True)
        done = subprocess.run([program(name), *words[1:]], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        if "unable to read font" in done.stderr:
            continue  # It was understood; a machine without fonts draws no text.
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        assert words[-1] == "-" or any(map(Path.exists, map(Path, ("o.png", "o.jpg", "o.gif", "o.avi")))), line


@pytest.mark.parametrize("option,words", [
    ("-y", "`--save` replaces a file of its name without asking"), ("--force", "without asking"),
    ("--overwrite", "without asking"), ("--input", "the file follows the command"),
])
def test_what_needs_no_option_is_said_to_need_none(imgtool, refused, picture, option, words):
    refused(*OPEN, option, *SAVE, words=[f"unknown option {option} (it is not needed: ", words])
    (Path.cwd() / "o.png").write_bytes(b"before")
    imgtool(*OPEN, *SAVE)
    with Image.open("o.png") as saved:
        assert saved.size == (8, 6)


@pytest.mark.parametrize("word,name", [
    ("Y800", "L"), ("BA81", "L"), ("GRBG", "L"), ("SRGGB8", "L"), ("SBGGR8", "L"), ("BG10", "gray10le"),
    ("SRGGB12", "gray12le"), ("BYR2", "I;16"), ("CV_8UC3", "BGR"), ("B8G8R8A8_UNORM", "BGRA"),
])
def test_a_fourcc_name_is_known_or_called_what_it_is_here(imgtool, here, word, name):
    (here / "raw.bin").write_bytes(bytes(range(200)))
    line = ["frombuffer", "raw.bin", "--size", "4x4", "--trailing", "ok", "--rawmode"]
    run = imgtool(*line, word, "--hash", ok=None)
    known = run.exit == 0 and run.text == imgtool(*line, name, "--hash").text
    assert known or f"(did you mean {name}?)" in run.errors


@pytest.mark.parametrize("word,hint", [
    ("crp", "`imgtool open FILE --crop WxH+X+Y`"), ("hist", "`imgtool open FILE --stats`"), ("infro", "info"),
    ("convert", "open FILE --save PATH"), ("strip", "open FILE --strip --save PATH"), ("view", "show FILE"), ("display", "show FILE"),
    ("cat", "show FILE"), ("identify", "info FILE"), ("diff", "compare A B"), ("cmp", "compare A B"),
    ("md5sum", "hash FILE"), ("crop", "open FILE --crop WxH+X+Y"), ("invert", "open FILE --invert"),
    ("rotate", "open FILE --reorient h|v|90|180|270"), ("pix_fmts", "rawmodes"), ("opne", "open"),
])
def test_a_command_of_another_tool_is_called_what_it_is_here(refused, picture, word, hint):
    line = hint if word in ("opne", "infro") or hint[0] == "`" else f"`imgtool {hint}`"
    refused(word, "p.png", words=[f'"{word}" is not a command', f"(did you mean {line}?)"])


@pytest.mark.parametrize("word,mode", [
    ("gray", "L"), ("grayscale", "L"), ("GREYSCALE", "L"), ("mono", "L"), ("bilevel", "1"),
    ("gray16", "I;16"), ("uint8", "L"), ("float32", "F"), ("rgb24", "RGB"), ("indexed", "P"),
    ("ycc", "YCbCr"), ("xbgr8888", "RGBX"), ("cielab", "LAB"), ("RBG", "RGB"),
])
def test_a_mode_of_another_tool_is_called_what_it_is_here(imgtool, refused, picture, word, mode):
    for option in ("--mode", "--convert"):
        refused("frombuffer", "raw.bin", "--size", "1x1", option, word,
                words=["not a mode", f"(did you mean {mode}?)"])
    imgtool("frombuffer", "raw.bin", "--size", "1x1", "--mode", mode)


@pytest.mark.parametrize("word,name,mode", [
    ("BGRX", "BGRX", "RGB"), ("bgr24", "bgr24", "RGB"), ("bgr565", "bgr565le", "RGB"),
    ("L;4", "'L;4'", "L"), ("BGRA", "BGRA", "RGBA"), ("Y12", "Y12", "I;16"),
])
def test_a_rawmode_given_as_a_mode_is_said_to_be_one(imgtool, refused, picture, word, name, mode):
    line = ["frombuffer", "raw.bin", "--size", "1x1"]
    run = refused(*line, "--mode", word, words=f"is a rawmode of {mode}: --rawmode {name})")
    imgtool(*line, *shlex.split(re.search(r": (--rawmode [^)]*)\)", run.errors)[1]))
    refused(*line, "--convert", word, words=f"is a rawmode of {mode}: --convert {shlex.quote(mode)})")


@pytest.mark.parametrize("word,name", [
    ("bgr565", "bgr565le"), ("rgb555", "rgb555le"), ("bgr555", "bgr555le"), ("gray16", "gray16le"),
    ("rgb48", "rgb48le"), ("gray10", "gray10le"), ("grayscale", "L"), ("u16", "I;16"),
    (">u2", "I;16B"), ("double", "F;64F"), ("b8g8r8", "BGR"), ("XBGR8888", "RGBX"),
    ("rgb888", "RGB or BGR"), ("xrgb2101010", "x2rgb10le"), ("BGRR", "BGR"),
])
def test_a_rawmode_of_another_tool_is_called_what_it_is_here(imgtool, refused, picture, word, name):
    line = ["frombuffer", "raw.bin", "--size", "2x2", "--rawmode"]
    refused(*line, word, words=["not a rawmode", f"(did you mean {name}?)"])
    for choice in name.split(" or "):
        imgtool("frombuffer", "p.png", "--size", "2x1", "--rawmode", choice, "--trailing", "ok")


def test_compressed_video_is_left_to_ffmpeg(refused, picture):
    for option in ("--rawmode", "--mode"):
        refused("frombuffer", "raw.bin", "--size", "2x2", option, "h264", words=["not read here", "`ffmpeg "])


@pytest.mark.parametrize("word,hint", [
    ("jxl", "(JPEG XL is not supported)"), ("webp", "(WebP is not supported)"),
    ("numpy", "(did you mean npy?)"), ("targa", "(did you mean tga?)"), ("pgn", "(did you mean png?)"),
])
def test_a_format_of_another_tool_is_called_what_it_is_here(refused, picture, word, hint):
    refused(*OPEN, "--format", word, *SAVE, words=["not a format", hint])


@pytest.mark.parametrize("topic,hint", [
    ("rotate", "`imgtool help --reorient`"), ("identify", "`imgtool help info`"), ("cmp", "`imgtool help compare`"),
    ("-o", "`imgtool help --save` or `imgtool help --output`"), ("resize", "`vips thumbnail"),
])
def test_help_on_a_word_of_another_tool_is_help_on_what_it_means(imgtool, refused, picture, topic, hint):
    run = refused("help", topic, words=hint)
    for line in re.findall(r"`imgtool ([^`]*)`", run.errors):
        imgtool(*line.split())
