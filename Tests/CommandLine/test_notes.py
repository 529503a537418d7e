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


def test_an_edit_of_what_a_pipe_gave_is_told_to_be_saved(imgtool, sources, here):
    run = imgtool("frombuffer", "-", *sources["raw"][2:], "--invert",
                  stdin=(here / "a.raw").read_bytes())
    assert "nothing reads" in run.errors and "--save writes it" in run.errors
    assert "--access" not in run.errors


@pytest.mark.parametrize("step", [["--run", "true"], ["--poke", "0=00"]], ids=lambda s: s[0])
def test_another_program_does_not_read_a_private_edit(imgtool, sources, step):
    assert "nothing reads" in imgtool(*sources["raw"], "--put", "0,0=1,2,3", *step).errors


def test_that_a_file_was_decoded_is_no_news(imgtool, sources):
    assert imgtool("open", "a.png", "--print", "0,0").errors == ""
    assert imgtool("open", "a.png", "--save", "b.bmp").errors == ""
    assert "is a copy" in imgtool("open", "a.png", "-v", "--print", "0,0").errors


def test_that_a_file_was_decoded_is_told_where_sharing_or_writing_was_asked_for(imgtool, sources):
    refused = imgtool("open", "a.png", "--access", "rw", "--print", "0,0", ok=2)
    assert "edits cannot reach the file" in refused.errors
    # Once, and not in a note as well.
    assert imgtool("open", "a.png", "--expect-shared", ok=1).errors.count("compressed") == 1


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


# What is noted stands in the report as well, and a second file is not less than the first.

def test_the_report_has_every_note_that_standard_error_has(imgtool, here, sources):
    two = np.full((2, 2), 0xFFFF, "<u2")
    two.tofile("stray.raw")
    for line in (
            ["frombuffer", "stray.raw", "--size", "2x2", "--rawmode", "gray10le", "--stats"],
            [*sources["raw"], "--format", "raw", "--as", "BGR;16", "--save", "b.raw"],
            [*sources["raw"], "--save", "b.ff"],
            [*sources["raw"], "--invert"],
            ["frombuffer", "a.raw", "--size", "8x5", "--mode", "RGB", "--print", "0,0"]):
        run = imgtool(*line, "--json")
        said = [text.removeprefix("imgtool: ") for text in run.errors.splitlines()]
        assert said and run.json["notes"] == said, run


@pytest.mark.parametrize("step", ["--paste a.tif@0,0", "--compare a.tif"])
def test_the_notes_of_a_second_file_are_told(imgtool, here, sources, step):
    pages = [Image.fromarray(np.full((6, 8, 3), value, "u1")) for value in (1, 2)]
    pages[0].save("a.tif", save_all=True, append_images=pages[1:])
    alone = imgtool("open", "a.tif", "--print", "0,0").errors
    assert "page" in alone or "frame" in alone
    run = imgtool(*sources["raw"], *step.split(), "--hash", "--json", ok=None)
    assert alone.strip().removeprefix("imgtool: ") in run.json["notes"]


def test_watch_has_notes_in_its_report(imgtool, here, sources):
    run = imgtool("watch", "a.bmp", "--count", "1", "--invert", "--json")
    assert any("nothing reads" in note for note in run.json["notes"])


def test_watch_does_not_take_its_own_save_for_news(here, sources):
    import subprocess
    from conftest import TOOL
    before = np.asarray(Image.open("a.bmp"))
    line = [TOOL, "watch", "a.bmp", "--interval", "0.01", "--count", "2", "--replace", "--reorient", "h",
            "--save", "a.bmp", "--run", "echo done"]
    watch = subprocess.Popen(line, stderr=subprocess.PIPE, text=True)
    for text in watch.stderr:
        if text == "done\n":
            break
    # Ten looks later it still waits for another program.
    with pytest.raises(subprocess.TimeoutExpired):
        watch.wait(0.5)
    watch.terminate()
    watch.communicate()
    assert np.array_equal(np.asarray(Image.open("a.bmp")), before[:, ::-1])


def test_a_consistent_copy_is_one_copy(imgtool, sources):
    run = imgtool(*sources["raw"], "--consistent", "--copy", "--put", "0,0=9,9,9", "--expect", "0,0=9,9,9",
                  "--json")
    assert run.json["copiedBytes"] == 8 * 6 * 3


def test_a_picture_of_errors_on_standard_output_takes_it(here, sources):
    import subprocess
    from conftest import TOOL
    (here / "link.png").symlink_to("/dev/stdout")
    done = subprocess.run([TOOL, *sources["raw"], "--invert", "--diff", "link.png", "--compare", "a.bmp",
                           "--json"], capture_output=True)
    assert done.returncode == 1 and done.stdout.startswith(b"\x89PNG") and done.stdout.endswith(b"\xaeB`\x82")
    assert b'"version":1' in done.stderr
