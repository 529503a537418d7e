"""What an error says: what was found, what is possible, and what to do, and nothing that is wrong."""

import os
import shlex
import socket
from pathlib import Path

import numpy as np
import pytest
from oracles import source
from PIL import Image
from test_errors import as_nobody, open_to_all  # noqa: F401


def rgb(here) -> list:
    return source(here, "RGB", (7, 5))[1]


@pytest.mark.parametrize("mode,rawmode,suffix,hint", [
    ("CMYK", "CMYK", "png", "--convert RGB "), ("HSV", "HSV", "png", "--convert RGB "),
    ("YCbCr", "YCbCr", "png", "--convert RGB "), ("RGBa", "RGBa", "png", "--convert RGBA "),
    ("PA", "PA", "png", "--convert RGBA "), ("La", "La", "png", "--convert LA "),
    ("CMYK", "CMYK", "ff", "--convert RGB "), ("RGBA", "RGBA", "ppm", "--convert RGB "),
    ("RGB", "RGB", "pgm", "--convert L "), ("RGB", "RGB", "pfm", "--convert F "),
    ("I;16", "I;16", "bmp", "--window auto or --window 0,65535 "),
    ("I;16", "gray12le", "bmp", "--window auto or --window 0,4095 "),
    ("F", "F", "png", "--window auto or --window 0,1 "),
    ("F", "F;16", "png", "--window auto or --window 0,65535 "),
    ("I", "I", "png", "--window auto "),
    ("F", "F", "pbm", "--window auto --convert 1 "),
])
def test_a_refusal_names_the_mode_that_keeps_most_and_it_works(
        imgtool, refused, here, mode, rawmode, suffix, hint):
    raw = [*source(here, mode, (7, 5))[1], "--rawmode", rawmode, "--trailing", "ok"]
    run = refused("frombuffer", *raw, "--save", f"out.{suffix}", words=["cannot hold", hint])
    words = run.errors.split("put ")[1].split(" before")[0].split(" or ")
    for choice in words:
        imgtool("frombuffer", *raw, *shlex.split(choice), "--save", f"o.{suffix}")


def test_a_mode_that_converts_to_none_is_offered_no_conversion(refused, here):
    raw = source(here, "LAB", (7, 5))[1]
    run = refused("frombuffer", *raw, "--save", "out.png", words=["save as", "tiff"])
    assert "--convert" not in run.errors


@pytest.mark.parametrize("options,says", [
    (["--bits", 4, "--save", "x.png"],
     ["--bits is 4", "RGB", "8 bits", "--convert L"]),
    (["--bits", 16, "--save", "x.png"], ["--bits is 16", "RGB", "8 bits"]),
    (["--convert", "L", "--bits", 16, "--save", "x.png"], ["--bits is 16", "1, 2, 4 or 8"]),
    (["--as", "CMYK", "--save", "r.raw"],
     ["--as CMYK", "only be read", "--convert CMYK"]),
    (["--as", "RGB;16B", "--save", "r.raw"], ["RGB;16B", "16-bit", "8"]),
    (["--convert", "RGBA", "--as", "LA", "--save", "r.raw"], ["--as LA", "only be read", "one byte"]),
])
def test_a_storage_that_cannot_be_saved_is_refused_in_words_about_saving(
        refused, here, options, says):
    run = refused("frombuffer", *rgb(here), *options, words=says)
    assert "not read" not in run.errors


def test_a_wrong_rawmode_names_a_few_that_can_be_saved_and_where_the_rest_is(refused, here):
    for words in (["--as", "L", "--save", "r.raw"], ["--rawmode", "X"], ["--rawmode", "L"]):
        run = refused("frombuffer", *rgb(here), *words, words="imgtool rawmodes")
        assert len(run.errors) < 240 and "CMYK" not in run.errors, run
        assert "stored as RGB, BGR, " in run.errors
    refused("frombuffer", *rgb(here), "--as", "RGB,16B", "--save", "r.raw",
            words="stored as RGB;16B")


def test_a_socket_is_no_place_to_save_to(refused, here):
    bound = socket.socket(socket.AF_UNIX)
    bound.bind("sock")
    refused("frombuffer", *rgb(here), "--format", "ppm", "--save", "sock",
            words=["sock", "socket", "file"])
    bound.close()


@pytest.mark.parametrize("line", [
    ["frombuffer", "", "--size", "1x1"], ["open", ""], ["info", ""], ["hash", ""], ["show", ""],
    ["guess", ""], ["verify", "", "--size", "1x1"], ["compare", "", ""],
    ["frombuffer", "raw.bin", "--size", "7x5", "--mode", "RGB", "--save", ""],
    ["frombuffer", "raw.bin", "--size", "7x5", "--mode", "RGB", "--format", "png", "--save", ""],
    ["frombuffer", "raw.bin", "--size", "7x5", "--mode", "P", "--palette", ""],
    ["frombuffer", "raw.bin", "--layout", ""],
])
def test_an_empty_name_is_said_to_be_empty(refused, here, line):
    rgb(here)
    run = refused(*line, words=["name is empty", "path"])
    assert not run.errors.startswith("imgtool: :")


@pytest.mark.parametrize("words,says", [
    (["--size", "99999999999999999999x1"], "99999999999999999999"),
    (["--size", "1x99999999999999999999"], "99999999999999999999"),
    (["--size", "99999999999999999999x"], "99999999999999999999"),
    (["--size", "1x1", "--offset", "9999999999G"], "9999999999G"),
    (["--size", "1x1", "--offset", "99999999999999999999"], "99999999999999999999"),
    (["--size", "1x1", "--offset", "0xffffffffffffffff"], "0xffffffffffffffff"),
    (["--size", "1x1", "--print", "99999999999999999999,0"], "99999999999999999999"),
    (["--size", "1x1", "--crop", "1x1+99999999999999999999+0"], "99999999999999999999"),
    (["--size", "1x1", "--crop", "1x99999999999999999999+0+0"], "99999999999999999999"),
    (["--size", "1x1", "--frame", "99999999999999999999"], "99999999999999999999"),
    (["--size", "1x1", "--frames", "0..99999999999999999999"], "99999999999999999999"),
])
def test_a_number_that_is_too_large_is_called_too_large(refused, here, words, says):
    rgb(here)
    run = refused("frombuffer", "raw.bin", *words, words=[says, "does not fit 64 bits"])
    assert "expected" not in run.errors


@pytest.mark.parametrize("line", [
    ["frombuffer", "none.raw", "--size", "1x1"], ["open", "none.png"],
    ["frombuffer", "raw.bin", "--size", "1x1", "--mode", "P", "--palette", "none.pal"],
    ["frombuffer", "raw.bin", "--layout", "none.layout"],
    ["frombuffer", "raw.bin", "--size", "1x1", "--format", "png", "--save", "n" * 300],
    ["frombuffer", "loop", "--size", "1x1"], ["hash", "--check", "none.txt"],
])
def test_an_error_of_the_system_names_no_system_call(refused, here, line):
    rgb(here)
    Path("loop").symlink_to("loop")
    run = refused(*line)
    assert not run.errors.rstrip().endswith(")"), run


def test_each_operand_that_is_missing_is_named(refused, here):
    refused("compare", "--size", "1x1", words="compare needs A and B;")
    refused("compare", "t.rgb", "--size", "1x1", words="compare needs B;")


def test_replace_is_offered_where_it_is_taken_alone(refused, here):
    Image.new("L", (4, 4)).save("a.png")
    Image.new("L", (4, 4), 9).save("b.png")
    for line in (["compare", "a.png", "b.png", "--diff", "b.png"],
                 ["header", *rgb(here), "--format", "ppm", "--output", "raw.bin"]):
        run = refused(*line, words=["another name"])
        assert "--replace" not in run.errors
    refused("frombuffer", *rgb(here), "--invert", "--save", "raw.bin", words="--replace")


@pytest.mark.parametrize("mode,way", [("CMYK", "RGB"), ("RGBa", "RGBA"), ("HSV", "RGB"), ("1", "L")])
def test_a_window_needs_numbers_or_plain_colors_and_no_copy(imgtool, refused, here, mode, way):
    Path("raw.bin").write_bytes(bytes(64))
    raw = ["raw.bin", "--size", "4x4", "--mode", mode, "--trailing", "ok"]
    run = refused("frombuffer", *raw, "--window", "0,100", words=[f"--convert {way}"])
    assert "--copy" not in run.errors
    imgtool("frombuffer", *raw, "--convert", way, "--window", "0,100", "--save", "out.png")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_poke_to_a_file_that_may_not_be_written_says_so(here, open_to_all):  # noqa: F811
    raw = rgb(here)
    (here / "raw.bin").chmod(0o444)
    done = as_nobody("frombuffer", *raw, "--poke", "0=00", cwd=open_to_all)
    assert done.returncode == 2 and "--access cow" not in done.stderr
    assert "--poke" in done.stderr and "may not be written" in done.stderr


def test_compare_says_what_a_file_of_another_kind_is(refused, here):
    Path("j.gif").write_bytes(b"GIF89a" + bytes(64))
    Image.new("L", (4, 4)).save("f.bmp")
    for line in (["j.gif", "f.bmp"], ["f.bmp", "j.gif"]):
        run = refused("compare", *line, words=["j.gif: this is GIF", "png first"])
        assert "--size" not in run.errors


def test_a_name_that_is_a_suffix_alone_is_not_its_own_correction(refused, here):
    run = refused("frombuffer", *rgb(here), "--save", ".png", words=[".png", "no suffix", "--format"])
    assert "did you mean" not in run.errors


def test_every_way_to_draw_is_named(refused, here):
    refused("show", *rgb(here), "--protocol", "foo", words=["foo", "auto", "kitty", "ascii"])


@pytest.mark.parametrize("line", [
    ["frombufer"], ["open", "x", "--sav", "y"], ["frombuffer", "x", "--size", "1x1", "--mode", "RBG"],
    ["frombuffer", "raw.bin", "--size", "1x1", "--rawmode", "BRG"], ["help", "opne"],
    ["frombuffer", "x", "--size", "1x1", "--access", "rx"],
    ["frombuffer", "x", "--size", "1x1", "--format", "pgn", "--save", "y"],
    ["frombuffer", "raw.bin", "--size", "1x1", "--save", "y.pgn"],
])
def test_a_suggestion_is_punctuated(refused, here, line):
    rgb(here)
    run = refused(*line, words=["(did you mean "])
    assert "?;" not in run.errors and "? ;" not in run.errors


def test_one_byte_is_one_byte(refused, here):
    run = refused("frombuffer", *rgb(here), "--poke", "999=00", words="1 byte at offset 999")
    assert "lies" in run.errors
    refused("frombuffer", "raw.bin", "--size", "1x1", "--offset", "105",
            words="1x1 L needs 1 byte from offset 105")


def test_a_usage_line_ends_where_it_ends(refused, here):
    assert refused("version", "x").errors.endswith("usage: imgtool version\n")


def test_a_conversion_that_is_none_names_those_that_are(imgtool, refused, here):
    run = refused("frombuffer", *rgb(here), "--convert", "P", words=["no conversion", "L, "])
    listed = run.errors.split("to ")[-1].strip().split(", ")
    assert "RGBA" in listed and "P" not in listed
    for mode in listed:
        imgtool("frombuffer", "raw.bin", "--size", "7x5", "--mode", "RGB", "--convert", mode)
    refused("frombuffer", *source(here, "LAB", (7, 5))[1], "--convert", "RGB",
            words=["no conversion", "profile"])
    refused("frombuffer", *rgb(here), "--convert", "LAB", words=["no conversion", "profile"])


def test_words_say_what_was_found_and_what_is_needed(imgtool, refused, here):
    np.save("row.npy", np.zeros(5, "u1"))
    np.save("u4.npy", np.zeros((2, 2), "u4"))
    Path("wide.pfm").write_bytes(b"Pf\n1 1\n-2.0\n" + bytes(4))
    np.save("color.npy", np.zeros((2, 2, 3), "f4"))
    Path("planes.raw").write_bytes(bytes(36))
    for line, words in [
        (["open", "row.npy"], "row.npy: NPY shape (5,) is not an image: 2 to 4 axes are needed"),
        (["open", "color.npy", "--invert"], "invert has no meaning for RGB with f32 samples, which have no "
         "largest sample; put --window auto --copy before it"),
        (["open", "u4.npy", "--invert"], "put --window auto --copy before it"),
        (["open", "u4.npy", "--save", "x.gif"], "x.gif: GIF is not supported; give a suffix "),
        (["frombuffer", "planes.raw", "--size", "2x2", "--mode", "RGB", "--interleave", "plane",
          "--frames", "0..2"], "planar frames cannot be joined; use --frame N "),
    ]:
        refused(*line, words=words)
    imgtool("open", "u4.npy", "--window", "auto", "--copy", "--invert", "--expect", "0,0=255")
    assert imgtool("open", "wide.pfm", "--hash").errors == (
        "imgtool: wide.pfm: scale factor 2.0 is not applied\n")
