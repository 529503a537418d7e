"""Settings stand before the steps that they are for; one that changes nothing is an error."""

import numpy as np
import pytest
from PIL import Image

SAVING = {"--format": "png", "--as": "BGR", "--as-stride": 64, "--level": 9, "--bits": 8,
          "--quality": 80, "--subsampling": "420"}
COMPARING = {"--fail": 60, "--fail-percent": 3, "--fail-psnr": 20, "--fail-ssim": 0.5, "--region": "2x2+0+0",
             "--diff": "errors.png", "--diff-style": "gray"}


@pytest.fixture
def picture(here):
    Image.fromarray(np.arange(48, dtype="u1").reshape(4, 4, 3)).save("a.png")
    return "a.png"


def test_the_table_names_every_setting(imgtool):
    options = imgtool("help", "open", "--json").json["commands"][0]["options"]
    said = {o["name"] for o in options if " later " in o["summary"]}
    assert said == set(SAVING) | set(COMPARING) | {"--strip"}


@pytest.mark.parametrize("setting", SAVING)
def test_a_setting_of_saves_needs_one_behind_it(refused, here, picture, setting):
    words = [setting, "changes nothing", "--save"]
    refused("open", picture, "--save", "b.raw", setting, SAVING[setting], words=words)
    refused("open", picture, setting, SAVING[setting], words=words)
    assert not (here / "b.raw").exists()


@pytest.mark.parametrize("setting", COMPARING)
def test_a_setting_of_comparisons_needs_one_behind_it(refused, picture, setting):
    words = [setting, "changes nothing", "--compare"]
    refused("open", picture, "--compare", picture, setting, COMPARING[setting], words=words)
    refused("open", picture, setting, COMPARING[setting], words=words)


@pytest.mark.parametrize("setting,value,path", [
    ("--as", "BGR", "b.png"), ("--as", "BGR", "b.bmp"), ("--level", 9, "b.bmp"),
    ("--level", 9, "b.raw"), ("--bits", 8, "b.ppm"), ("--bits", 8, "b.tif"),
    ("--quality", 80, "b.png"), ("--subsampling", "420", "b.bmp"),
])
def test_a_setting_that_the_format_has_not_is_refused(refused, here, picture, setting, value, path):
    run = refused("open", picture, setting, value, "--save", path,
                  words=[setting, "changes nothing", path, path.split(".")[1][:3], "leave it out"])
    assert "put it before" not in run.errors
    assert not (here / path).exists()


def test_a_setting_that_is_replaced_before_it_is_used_is_refused(refused, picture):
    refused("open", picture, "--level", 1, "--level", 9, "--save", "b.png",
            words=["--level 1", "changes nothing", "--level 9"])
    refused("open", picture, "--fail", 1, "--fail", 9, "--compare", picture,
            words=["--fail 1", "changes nothing", "--fail 9"])


def test_a_setting_holds_for_each_save_that_has_a_use_for_it(imgtool, here, picture):
    imgtool("open", picture, "--level", 0, "--save", "b.bmp", "--save", "b.png", "--save", "c.png",
            "--level", 9, "--save", "d.png")
    assert (here / "b.png").read_bytes() == (here / "c.png").read_bytes()
    assert (here / "b.png").read_bytes() != (here / "d.png").read_bytes()


@pytest.mark.parametrize("options,word", [
    (["--protocol", "ascii"], "--show"), (["--width", 8], "--show"), (["--replace"], "--save"),
])
def test_an_option_for_steps_that_are_not_there_is_refused(refused, picture, options, word):
    for command in ("open", "watch"):
        refused(command, picture, *options, "--print", "0,0",
                words=[options[0], "changes nothing", word])


@pytest.mark.parametrize("options", [["--protocol", "ascii"], ["--width", 8]])
def test_show_itself_takes_them(imgtool, picture, options):
    imgtool("show", picture, *options)
    imgtool("open", picture, *options, "--show")


@pytest.mark.parametrize("options", [["--size", "9x9", "--mode", "L", "--stride", 99],
                                     ["--mode", "L"], ["--stride", 99]])
def test_a_layout_for_files_that_describe_themselves_is_refused(refused, imgtool, here, picture,
                                                                options):
    words = ["describe", options[0], "changes nothing", "leave it out"]
    (here / "hashes.txt").write_bytes(imgtool("hash", picture).output)
    refused("hash", picture, *options, words=[picture, "itself", *words])
    refused("hash", picture, picture, *options, words=["themselves", *words])
    refused("hash", "--check", "hashes.txt", *options, words=words)
    refused("compare", picture, picture, *options, words=["themselves", *words])


def test_a_layout_is_used_where_one_file_is_raw(imgtool, here, picture):
    (here / "a.raw").write_bytes(bytes(range(48)))
    layout = ["--size", "4x4", "--mode", "RGB"]
    assert len(imgtool("hash", picture, "a.raw", *layout).lines) == 2
    assert imgtool("compare", picture, "a.raw", *layout).text.startswith("same")
    assert imgtool("hash", picture, "--frame", 0).text == imgtool("hash", picture).text


@pytest.mark.parametrize("name", ["a.png", "linked.png", "same.png"])
def test_replace_needs_a_save_onto_the_source(imgtool, refused, here, name):
    Image.new("L", (2, 2), 9).save("a.png")
    (here / "linked.png").symlink_to("a.png")
    (here / "same.png").hardlink_to(here / "a.png")
    refused("open", name, "--replace", "--save", "other.png", words=["--replace changes nothing", name])
    assert not (here / "other.png").exists()
    imgtool("open", name, "--replace", "--invert", "--save", "other.png", "--save", "a.png")
    assert Image.open("a.png").getpixel((0, 0)) == 246
    imgtool("watch", "a.png", "--replace", "--count", "1", "--invert", "--save", "a.png")
    run = imgtool("watch", "a.png", "--replace", "--count", "1", "--save", "other.png", ok=2)
    assert "--replace changes nothing" in run.errors
