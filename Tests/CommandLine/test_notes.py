"""What the user has to know is noted, and what is no news is not."""

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def sources(here):
    """A raw file, a file that is mapped, and one that is decoded; each with the way to open it."""
    pixels = (np.arange(8 * 6 * 3).reshape(6, 8, 3) % 251).astype("u1")
    pixels.tofile("a.raw")
    Image.fromarray(pixels).save("a.bmp")
    Image.fromarray(pixels).save("a.png")
    return {
        "raw": ["frombuffer", "a.raw", "--size", "8x6", "--mode", "RGB"],
        "mapped": ["open", "a.bmp"], "decoded": ["open", "a.png"],
    }


EDITS = [["--put", "0,0=1,2,3"], ["--fill", "1,2,3"], ["--invert"], ["--flip", "h"],
         ["--swap", "R,B"], ["--add", "1"], ["--paste", "a.png@0,0"]]
READERS = [["--save", "b.ppm"], ["--expect", "1,1=24,25,26"], ["--print", "0,0"], ["--stats"],
           ["--hash"], ["--compare", "a.bmp"], ["--show"], ["--copy"], ["--expect-shared"]]


@pytest.mark.parametrize("edit", EDITS, ids=lambda e: e[0])
@pytest.mark.parametrize("source", ["raw", "mapped"])
def test_a_private_edit_that_nothing_reads_is_noted(imgtool, sources, source, edit):
    run = imgtool(*sources[source], *edit)
    assert f"{edit[0]}" in run.errors and "--access rw" in run.errors
    run = imgtool(*sources[source], "--json", "--print", "0,0", *edit)
    assert any("--access rw" in note for note in run.json["notes"])
    assert "--access rw" not in imgtool(*sources[source], "-q", *edit).errors


@pytest.mark.parametrize("reader", READERS, ids=lambda r: r[0])
def test_an_edit_that_is_read_is_not(imgtool, sources, reader):
    run = imgtool(*sources["raw"], "--put", "0,0=1,2,3", *reader, ok=None)
    assert "--access rw" not in run.errors.replace("use --access ro or --access rw", "")
    assert "nothing reads" not in run.errors


def test_an_edit_of_the_file_is_not(imgtool, sources):
    assert imgtool(*sources["raw"][:2], "--access", "rw", *sources["raw"][2:], "--invert").errors == ""
    assert imgtool("open", "a.bmp", "--access", "rw", "--invert").errors == ""


def test_an_edit_of_a_copy_or_of_decoded_pixels_is_told_to_be_saved(imgtool, sources):
    for line in (["open", "a.png", "--invert"], ["open", "a.bmp", "--access", "rw", "--copy", "--invert"]):
        run = imgtool(*line)
        assert "nothing reads" in run.errors and "--save" in run.errors
        assert "--access rw would" not in run.errors


def test_that_a_file_was_decoded_is_no_news(imgtool, sources):
    assert imgtool("open", "a.png", "--print", "0,0").errors == ""
    assert imgtool("open", "a.png", "--save", "b.bmp").errors == ""
    assert "is a copy" in imgtool("open", "a.png", "-v", "--print", "0,0").errors


def test_that_a_file_was_decoded_is_told_where_sharing_or_writing_was_asked_for(imgtool, sources):
    refused = imgtool("open", "a.png", "--access", "rw", "--print", "0,0", ok=2)
    assert "edits cannot reach the file" in refused.errors
    assert "is a copy" in imgtool("open", "a.png", "--expect-shared", ok=1).errors


def test_a_save_onto_the_decoded_source_says_what_the_file_is(refused, imgtool, here, sources):
    run = refused("open", "a.png", "--invert", "--save", "a.png", words=["a.png", "--replace"])
    assert "mapped" not in run.errors
    before = np.asarray(Image.open("a.png"))
    imgtool("open", "a.png", "--replace", "--invert", "--save", "a.png")
    assert np.array_equal(np.asarray(Image.open("a.png")), 255 - before)


def test_a_directory_that_takes_no_file_is_not_said_to_be_missing(refused, sources):
    run = refused("open", "a.bmp", "--save", "/proc/x.png", words=["/proc"])
    assert "no such directory" not in run.errors
    refused("open", "a.bmp", "--save", "/none/x.png", words=["/none", "no such directory"])


# --poke writes to the file itself: never where that was forbidden or would destroy it.

def test_a_poke_says_that_it_changed_the_file(imgtool, here, sources):
    run = imgtool(*sources["raw"], "--poke", "3=ff80")
    assert "a.raw" in run.errors and "2 bytes" in run.errors and "file itself" in run.errors
    assert (here / "a.raw").read_bytes()[3:5] == b"\xff\x80"
    assert imgtool(*sources["raw"], "-q", "--poke", "3=0000").errors == ""


@pytest.mark.parametrize("source", ["raw", "mapped"])
def test_a_poke_is_refused_under_an_explicit_ro(refused, sources, source):
    refused(*sources[source], "--access", "ro", "--poke", "0=00", words=["--poke", "--access ro"])


def test_a_poke_into_a_file_that_was_decoded_is_refused(refused, sources):
    refused("open", "a.png", "--save", "b.bmp", "--poke", "0=00", words=["--poke", "decoded"])
    refused("open", "a.png", "--access", "ro", "--poke", "0=00", words=["--poke", "--access ro"])
