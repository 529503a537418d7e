"""What scripts read: shapes of JSON, channels, quiet and verbose, help and lists."""

import json
import re

import numpy as np
import pytest
from PIL import Image

from conftest import listed
from oracles import MODES, raw_bytes, samples, source

SIZE = (7, 5)


@pytest.fixture
def raw(here):
    return source(here, "RGB", SIZE)[1]


def test_a_run_reports_one_object(imgtool, raw):
    run = imgtool("frombuffer", *raw, "--json", "--crop", "3x2+1+1", "--save", "out.png",
                  "--print", "0,0")
    report = run.json
    assert {"version", "source", "image", "steps", "copiedBytes", "exit"} <= report.keys()
    assert report["source"] == "raw.bin" or "raw.bin" in str(report["source"])
    image = report["image"]
    assert (image["mode"], image["rawmode"], image["access"]) == ("RGB", "RGB", "cow")
    assert image["size"] in ([7, 5], [3, 2])
    assert [step["step"].lstrip("-") for step in report["steps"]] == ["crop", "save", "print"]
    assert all(step["copiedBytes"] == 0 for step in report["steps"])
    assert (report["copiedBytes"], report["exit"]) == (0, 0)


def test_a_copy_is_counted_in_bytes(imgtool, raw):
    report = imgtool("frombuffer", *raw, "--json", "--copy").json
    assert report["copiedBytes"] == 105
    assert report["steps"][0]["copiedBytes"] == 105


def test_json_of_a_run_that_fails_tells_the_exit(imgtool, raw):
    run = imgtool("frombuffer", *raw, "--json", "--copy", "--expect-shared", ok=1)
    assert run.json["exit"] == 1


def test_json_goes_to_standard_error_when_standard_output_carries_the_image(imgtool, raw):
    run = imgtool("frombuffer", *raw, "--json", "--format", "ppm", "--save", "-")
    assert run.output.startswith(b"P6\n7 5\n255\n")
    assert json.loads(run.errors)["exit"] == 0


# Each format that is read, with a mode that it holds.
READ = [(suffix[1:], "RGB" if "RGB" in entry["modes"] else entry["modes"][0])
        for entry in listed("formats") if entry["reads"] and entry["writes"]
        for suffix in entry["suffixes"]]


@pytest.mark.parametrize("kind,mode", READ)
def test_info_reads_a_pipe_once(imgtool, here, kind, mode):
    _, raw = source(here, mode, SIZE)
    imgtool("frombuffer", *raw, "--save", f"it.{kind}")
    piped = imgtool("info", "-", "--json", stdin=(here / f"it.{kind}").read_bytes()).json
    mapped = imgtool("info", f"it.{kind}", "--json").json
    for key in ("mode", "rawmode", "size", "sampleType", "byteCount", "frames"):
        assert piped[key] == mapped[key], key
    assert not piped["shared"]


def test_info_reads_a_pipe_of_raw_bytes_once(imgtool, here):
    data, raw = source(here, "RGB", SIZE)
    assert imgtool("info", "-", stdin=data).text.startswith(f"-: {len(data)} bytes, in none of")
    assert imgtool("info", "-", "--json", stdin=data).json["byteCount"] == len(data)
    assert imgtool("info", "-", *raw[1:], "--json", stdin=data).json["size"] == [7, 5]


@pytest.mark.parametrize("mode", MODES)
def test_info_tells_the_arithmetic(imgtool, here, mode):
    data, raw = source(here, mode, SIZE)
    (here / "raw.bin").write_bytes(bytes(3) + data + bytes(9))
    facts = imgtool("info", *raw, "--offset", "3", "--trailing", "ok", "--json").json
    row = MODES[mode].row_bytes(7)
    assert facts["mode"] == mode and facts["size"] == [7, 5]
    assert (facts["offset"], facts["stride"]) == (3, row)
    assert facts["need"] == 3 + row * 5
    assert (facts["byteCount"], facts["trailing"]) == (len(data) + 12, 9)
    text = imgtool("info", *raw, "--offset", "3", "--trailing", "ok").text
    assert str(facts["need"]) in text and "7x5" in text and mode in text


def test_info_of_a_file_that_describes_itself(imgtool, here):
    Image.new("RGB", SIZE).save(here / "in.bmp")
    facts = imgtool("info", "in.bmp", "--json").json
    assert (facts["mode"], facts["size"], abs(facts["stride"])) == ("RGB", [7, 5], 24)


def test_hash_prints_as_sha256sum_does(imgtool, raw):
    line = imgtool("hash", *raw).text
    assert re.fullmatch(r"[0-9a-f]{16,}  raw\.bin\n", line)
    assert imgtool("frombuffer", *raw, "--hash").text == line


def test_the_hash_is_of_the_pixels_and_not_of_their_layout(imgtool, here, raw):
    array = samples("RGB", SIZE, raw_bytes("RGB", SIZE))
    padded = np.zeros((5, 40), "u1")
    padded[:, :28] = np.concatenate([array[..., ::-1], np.full((5, 7, 1), 9, "u1")], 2).reshape(5, 28)
    (here / "padded.bin").write_bytes(padded[::-1].tobytes())
    Image.fromarray(array).save(here / "same.png")
    one = imgtool("hash", *raw).text.split()[0]
    assert one == imgtool("hash", "padded.bin", "--size", "7x5", "--mode", "RGB", "--rawmode",
                          "BGRX", "--stride", "40", "--orientation", "-1",
                          "--trailing", "ok").text.split()[0]
    assert one == imgtool("hash", "same.png").text.split()[0]
    imgtool("frombuffer", *raw, "--expect-hash", one)
    imgtool("frombuffer", *raw, "--put", "0,0=0,0,0", "--expect-hash", one, ok=1)


def test_the_hash_tells_one_pixel_and_one_shape_from_another(imgtool, here):
    (here / "raw.bin").write_bytes(bytes(12))
    seen = [imgtool("hash", "raw.bin", *words).text.split()[0] for words in (
        ["--size", "12x1"], ["--size", "1x12"], ["--size", "4x3"], ["--size", "4x1", "--mode", "RGB"])]
    assert len(set(seen)) == 4


def test_compare_finds_the_first_difference_and_its_offsets(imgtool, here):
    array = samples("RGB", SIZE, raw_bytes("RGB", SIZE))
    other = array.copy()
    other[2, 3, 1] ^= 8
    other[4, 4, 0] ^= 1
    (here / "a.bin").write_bytes(bytes(11) + array.tobytes())
    Image.fromarray(other).save(here / "b.bmp")
    line = ["compare", "a.bin", "b.bmp", "--size", "7x5", "--mode", "RGB", "--offset", "11"]
    report = imgtool(*line, "--json", ok=1).json
    assert report["same"] is False
    first = report["first"]
    assert (first["x"], first["y"]) == (3, 2)
    assert (first["a"], first["b"]) == (array[2, 3].tolist(), other[2, 3].tolist())
    difference = np.abs(array.astype(int) - other.astype(int))
    assert (report["count"], report["max"]) == (2, int(difference.max()))
    assert abs(report["mean"] - difference.mean()) < 1e-6
    wanted = 10 * np.log10(255 ** 2 / (difference ** 2).mean())
    assert abs(report["psnr"] - wanted) < 0.01
    text = imgtool(*line, ok=1).text
    # The differing sample is the second of the pixel, one byte after where the pixel starts.
    assert "3,2" in text and str(11 + 2 * 21 + 9 + 1) in text


def test_compare_of_the_same_pixels_ends_with_0(imgtool, here, raw):
    Image.fromarray(samples("RGB", SIZE, raw_bytes("RGB", SIZE))).save(here / "b.png")
    assert imgtool("compare", "raw.bin", "b.png", *raw[1:], "--json").json["same"] is True
    imgtool("frombuffer", *raw, "--compare", "b.png")
    imgtool("frombuffer", *raw, "--put", "0,0=0,0,0", "--compare", "b.png", ok=1)


def test_other_sizes_are_not_the_same(imgtool, here, raw):
    Image.new("RGB", (7, 6)).save(here / "b.png")
    assert imgtool("compare", "raw.bin", "b.png", *raw[1:], ok=None).exit in (1, 2)


def test_quiet_says_nothing_and_verbose_says_each_step(imgtool, raw):
    line = ["frombuffer", *raw, "--crop", "3x2+0+0", "--save", "out.png"]
    assert (imgtool(*line, "-q").output, imgtool(*line, "-q").errors) == (b"", "")
    loud = imgtool(*line, "-v").errors
    assert "crop" in loud and "save" in loud and "out.png" in loud


def test_errors_are_said_in_spite_of_quiet(imgtool, raw):
    assert imgtool("frombuffer", *raw, "-q", "--print", "99,0", ok=2).errors


def test_no_colour_where_there_is_no_terminal(imgtool, raw):
    for words in (["frombuffer", *raw, "-v", "--print", "0,0"], ["help"], ["modes"],
                  ["verify", *raw]):
        run = imgtool(*words)
        assert b"\x1b" not in run.output and "\x1b" not in run.errors


@pytest.mark.parametrize("command", ["modes", "rawmodes", "formats", "steps"])
def test_lists_are_tables_and_json(imgtool, command):
    assert len(imgtool(command).lines) > 10 or command == "formats"
    listed = imgtool(command, "--json").json
    assert len(listed[command] if isinstance(listed, dict) else listed) >= 8


def test_formats_names_every_suffix_of_the_contract(imgtool):
    text = imgtool("formats").text
    for suffix in "png bmp pbm pgm ppm pnm pam pfm npy tif tiff tga qoi ff v raw bin".split():
        assert suffix in text, suffix


STEPS = """put fill invert flip swap add paste crop band reorient every convert window copy poke run
save format as level bits expect expect-shared expect-detached expect-hash compare print stats hash
show sync""".split()


def test_steps_names_every_step_of_the_contract(imgtool):
    text = imgtool("steps").text
    assert not [step for step in STEPS if not re.search(rf"--{step}\b", text)]


COMMANDS = """frombuffer open verify info compare hash show guess watch header hexdump modes
rawmodes formats steps completion help""".split()


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_a_page_for_each_command(imgtool, command):
    page = imgtool("help", command).text
    assert f"imgtool {command}" in page
    if command != "help":
        assert imgtool(command, "--help").text == page


def test_help_names_every_command(imgtool):
    text = imgtool("help").text
    assert not [c for c in COMMANDS if not re.search(rf"\b{c}\b", text)]
    assert imgtool("--help").text == text


@pytest.mark.parametrize("words", [
    ["-q", "info", "raw.bin"], ["--quiet", "-v", "info", "raw.bin"], ["--json", "info", "raw.bin"],
    ["--threads", "1", "info", "raw.bin"], ["--threads=2", "--json", "info", "raw.bin"],
    ["-qv", "info", "raw.bin"], ["info", "-vq", "raw.bin"], ["info", "raw.bin", "-qvq"]],
    ids=" ".join)
def test_general_options_stand_anywhere_and_short_ones_together(imgtool, raw, words):
    run = imgtool(*words)
    general = [word for word in words if word not in ("info", "raw.bin")]
    assert run.output == imgtool("info", "raw.bin", *general).output
    assert run.output.startswith(b'{"version"') == ("--json" in words)


def test_short_options_together_are_each_of_them(imgtool, raw):
    line = ["frombuffer", *raw, "--trailing", "warn", "--stats"]
    assert "--stats" in imgtool(*line, "-v").errors
    assert imgtool(*line, "-qv").errors == imgtool(*line, "-q", "-v").errors


@pytest.mark.parametrize("word", ["--stride", "stride"])
def test_help_on_an_option_takes_its_dashes(imgtool, word):
    assert "--stride N" in imgtool("help", word).text


# The libraries that a build may be without, by what they are for.
OPTIONAL = [
    "jpeg", "tiff",
]


def test_version_is_told_as_json(imgtool):
    told = imgtool("--version").text
    for words in (["version", "--json"], ["--version", "--json"], ["--json", "--version"], ["-V", "--json"]):
        facts = imgtool(*words).json
        others = "".join(f", {key.upper()} by {facts[key]}" for key in OPTIONAL if key in facts)
        assert told == (f"imgtool {facts['tool']} (libpng {facts['libpng']}, deflate by {facts['deflate']}"
                        f"{others})\n")
        assert re.search(r"\d\.\d", facts.get("tiff", "0.0")), "a library comes with its version"


def test_help_is_told_as_json(imgtool):
    everything = imgtool("help", "--json").json
    for words in (["--help", "--json"], ["--json"], ["--json", "help"]):
        assert imgtool(*words).json == everything
    listed = {command["name"]: command for command in everything["commands"]}
    assert set(COMMANDS) <= set(listed)
    for name, command in listed.items():
        one = imgtool("help", name, "--json").json
        assert one["commands"] == [command]
        assert one == imgtool(name, "--help", "--json").json
        page = " ".join(imgtool("help", name).text.split()).lower()
        assert command["summary"].lower() in page
        assert all(option["name"] in page and option["summary"].lower() in page for option in command["options"])
    stride = imgtool("help", "--stride", "--json").json["options"]
    assert stride == [option for option in listed["info"]["options"] if option["name"] == "--stride"]


def test_imgtool_alone_starts_people(imgtool):
    run = imgtool(ok=None)
    assert "frombuffer" in run.text + run.errors


def test_version_is_told(imgtool):
    run = imgtool("--version")
    assert re.match(r"imgtool \d+\.\d+", run.text) and "libpng" in run.text


def test_statistics_are_numpys(imgtool, raw):
    array = samples("RGB", SIZE, raw_bytes("RGB", SIZE))
    header, *rows = imgtool("frombuffer", *raw, "--stats").lines
    assert header.split() == ["band", "min", "max", "mean", "deviation"]
    for band, row in zip(range(3), rows, strict=True):
        samples_ = array[..., band]
        wanted = [samples_.min(), samples_.max(), samples_.mean(), samples_.std()]
        assert row.split()[0] == "RGB"[band]
        assert np.allclose([float(v) for v in row.split()[1:]], wanted, rtol=1e-3)


def test_sync_is_taken_under_every_access(imgtool, raw):
    for access in ("ro", "cow", "rw"):
        imgtool("frombuffer", *raw, "--access", access, "--sync")


COMMANDS_OF_A_SOURCE = [
    ["info"], ["hash"], ["show"], ["verify"], ["hexdump", "--at", "0,0"],
    ["header", "--format", "ppm", "--output", "head"], ["frombuffer", "--crop", "1x1+0+0"],
    ["watch", "--count", "1", "--print", "0,0"],
]


@pytest.mark.parametrize("words", COMMANDS_OF_A_SOURCE, ids=" ".join)
def test_verbose_tells_first_how_the_source_was_opened(imgtool, raw, words):
    line = [words[0], *raw, *words[1:]]
    told = imgtool(*line, "-v").errors.splitlines()
    opened = [line for line in told if re.fullmatch(
        r"imgtool: \S+: mapped in [0-9.]+ ms, 0 bytes copied", line)]
    assert len(opened) == 1 and (told[0] == opened[0] or words[0] == "watch")
    assert "mapped in" not in imgtool(*line).errors
    assert imgtool(*line, "-v", "-q").errors == ""


def test_verbose_tells_of_both_sources_and_of_what_was_copied(imgtool, raw):
    imgtool("frombuffer", *raw, "--save", "b.png")
    first, second = imgtool("compare", "raw.bin", "b.png", *raw[1:], "-v").errors.splitlines()
    assert first.startswith("imgtool: raw.bin: mapped in ")
    assert second.startswith("imgtool: b.png: decoded in ")
    assert second.endswith(" ms, 105 bytes copied")
    with open("raw.bin", "rb") as file:
        spooled = imgtool("hash", "-", *raw[1:], "-v", stdin=file.read()).errors
    assert "spooled in" in spooled and spooled.splitlines()[0].endswith("105 bytes copied")
    with open("b.png", "rb") as file:
        assert "spooled and decoded in" in imgtool("open", "-", "-v", stdin=file.read()).errors


def test_verbose_tells_of_each_step_when_it_ends(imgtool, raw):
    run = imgtool("frombuffer", *raw, "-v", "--crop", "3x2+0+0", "--run", "echo between",
                  "--print", "0,0")
    order = [re.sub(r"[0-9.]+ ms", "T", line) for line in run.errors.splitlines()]
    assert order == [
        "imgtool: raw.bin: mapped in T, 0 bytes copied",
        "imgtool: --crop 3x2+0+0: T, 0 bytes copied", "between",
        "imgtool: --run echo between: T, 0 bytes copied",
        "imgtool: --print 0,0: T, 0 bytes copied"]
