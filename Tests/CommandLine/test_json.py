"""What `--json` prints is what the tables of `Documentation/json.md` say, no key more and none less."""

import json
import os
import re
import struct
import subprocess
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pytest
from conftest import ROOT, TOOL, commands, run_tool
from PIL import Image
from test_metadata import COLORS, OTHERS, PROFILE, exif, png

PAGE = (ROOT / "Documentation/json.md").read_text()
# Objects that stand inside of those of commands.
PARTS = {"the run of each", "a step", "a band", "metadata", "a comparison", "a compared band", "an average",
         "a judged frame", "a hashed frame", "an option", "an error"}


@dataclass(frozen=True)
class Key:
    """A row of a table."""

    type: str
    unit: str
    when: str
    meaning: str


def tables(page: str) -> dict:
    """The rows of each section, by their keys."""
    found = {}
    for section in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        title, _, text = section.partition("\n")
        rows = {}
        for line in re.findall(r"^\| (.*) \|$", text, re.MULTILINE)[1:]:
            names, *cells = [cell.strip() for cell in line.split("|")]
            for name in re.findall(r"`(.*?)`", names):
                rows[name] = Key(*cells)
        found[title.lower()] = rows
    return found


SHAPES = tables(PAGE)
# The steps whose records have a key.
STEPS_OF_KEYS = {
    name: set(re.findall(r"`([a-z-]+)`", key.when.split(", unless")[0]))
    for name, key in SHAPES["a step"].items() if key.when.startswith("`")}


class Reading:
    """Reads objects by the tables; tells what does not fit and remembers what was there."""

    def __init__(self):
        self.faults = []
        self.kinds = defaultdict(set)
        self.absent = set()

    def object(self, value: dict, title: str, path="", more=""):
        """An object of a section, or the one at `path` inside of it; `more` stands beside it."""
        rows = {name: title for name in SHAPES[title]} | {
            name: more for name in (SHAPES[more] if more else ())}
        here = {name for name in rows
                if name.startswith(path) and not re.search(r"[.\[]", name[len(path):])}
        for name in here:
            if name[len(path):] not in value:
                section = rows[name]
                self.absent.add((section, name))
                if SHAPES[section][name].when == "always":
                    self.faults.append(f"{section}: {name} is not always there")
        for name, item in value.items():
            name = path + name
            if name not in here:
                self.faults.append(f"{title}: {name} is not documented")
            else:
                section = rows[name]
                self.value(item, SHAPES[section][name].type, section, name)
        if title == "a step" and not path:
            for name in value:
                if value["step"] not in STEPS_OF_KEYS.get(name, {value["step"]}):
                    self.faults.append(f"{name} of --{value['step']} is not documented")

    def value(self, value, types: str, title: str, name: str):
        for choice in types.split(" or "):
            if self.fits(value, choice, title, name):
                self.kinds[title, name].add(choice)
                return
        self.faults.append(f"{title}: {name} is no {types}: {value!r:.80}")

    def fits(self, value, kind: str, title: str, name: str) -> bool:
        container, _, elements = kind.partition(" of ")
        if elements:
            if not isinstance(value, dict if container == "map" else list):
                return False
            items = list(value.values()) if container == "map" else value
            element = elements if "](" in elements else elements.removesuffix("s")
            # All of them are read, so that all faults are told.
            fit = [self.fits(item, element, title, f"{name}[]") for item in items]
            return all(fit) and (container != "pair" or len(items) == 2)
        if links := re.findall(r"\]\(#(.+?)\)", kind):
            sections = [link.replace("-", " ") for link in links]
            if isinstance(value, dict):
                self.object(value, next((one for one in sections if is_one_of(value, one)), sections[0]))
            return isinstance(value, dict)
        if kind == "object":
            if isinstance(value, dict):
                self.object(value, title, f"{name}.")
            return isinstance(value, dict)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return {
            "boolean": isinstance(value, bool),
            "integer": is_number and isinstance(value, int),
            "number": is_number,
            "float": is_number or value in ("nan", "inf", "-inf"),
            "string": isinstance(value, str),
            "null": value is None,
        }[kind]


def is_one_of(value: dict, section: str) -> bool:
    """Whether an object is one of a section."""
    trial = Reading()
    trial.object(value, section)
    return not trial.faults


def parse(text: str) -> dict:
    """Strictly: no NaN, and no key twice."""

    def once(pairs):
        assert len(dict(pairs)) == len(pairs), f"a key stands twice: {pairs}"
        return dict(pairs)

    def refuse(word):
        raise ValueError(f"{word} is no JSON")

    return json.loads(text, object_pairs_hook=once, parse_constant=refuse)


RGB = ["abc.raw", "--size", "3x1", "--mode", "RGB"]
PIXEL = ["--size", "1x1", "--mode", "RGB"]
PALETTE = ["abc.raw", "--size", "3x3", "--mode", "P", "--palette", "palette.bin"]
MOSAIC = ["abc.raw", "--size", "3x3", "--bayer", "rggb"]
FLOATS = ["floats.raw", "--size", "4x1", "--mode", "F"]
PACKED = ["abc.raw", "--size", "4x1", "--mode", "RGB", "--rawmode", "BGR;16"]
HASH = "b31e2474d1db86f8eb4bee8754b593273070cfc520dd67c28b75734c81244165"
CHANGE = "printf X | dd of=live.raw conv=notrunc status=none"

# The section, the exit status, and the words; together they make every key appear, and every key
# that is not always there be absent.
RUNS = [
    ("frombuffer, open", 0, ["frombuffer", *RGB]),
    ("frombuffer, open", 0, ["frombuffer", *RGB, "--print", "0,0", "--hash", "--stats", "--show",
                             "--expect", "0,0=97,98,99", "--expect-hash", HASH, "--expect-shared"]),
    ("frombuffer, open", 0, ["frombuffer", *RGB, "--crop", "2x1+0+0", "--copy", "--expect-detached",
                             "--save", "part.png"]),
    ("frombuffer, open", 0, ["frombuffer", *RGB, "--invert", "--expect-detached"]),
    ("frombuffer, open", 0, ["frombuffer", *RGB, "--save", "abc.raw"]),
    ("frombuffer, open", 0, ["frombuffer", *RGB, "--paste", "gray.png@0,0"]),
    ("frombuffer, open", 0, ["frombuffer", *RGB, "--compare", "abc.png"]),
    ("frombuffer, open", 1, ["frombuffer", *RGB, "--put", "0,0=0,0,0", "--compare", "abc.png"]),
    ("frombuffer, open", 0, ["frombuffer", "linked.raw", *RGB[1:], "--replace", "--invert",
                             "--save", "linked.raw"]),
    ("frombuffer, open", 0, ["frombuffer", *PALETTE, "--save", "out.npy"]),
    ("frombuffer, open", 0, ["frombuffer", *RGB, "--save", "out.ff"]),
    ("frombuffer, open", 0, ["frombuffer", *FLOATS, "--stats", "--show", "--print", "0,0",
                             "--print", "1,0", "--print", "3,0"]),
    ("frombuffer, open", 0, ["frombuffer", *MOSAIC, "--wb", "auto"]),
    ("frombuffer, open", 0, ["frombuffer", *RGB, "--protocol", "kitty", "--show"]),
    ("frombuffer, open", 0, ["frombuffer", "abc.raw", "--size", "2x1"]),
    ("frombuffer, open", 0, ["open", "abc.png", "--print", "0,0"]),
    ("frombuffer, open", 1, ["open", "abc.png", "--expect", "0,0=1,2,3", "--hash"]),
    ("frombuffer, open", 2, ["open", "abc.png", "--print", "9,9"]),
    ("frombuffer, open", 0, ["frombuffer", "nans.raw", *FLOATS[1:], "--stats", "--print", "0,0"]),
    ("frombuffer, open", 1, ["frombuffer", "nans.raw", *FLOATS[1:], "--expect", "0,0=1"]),
    ("frombuffer, open", 0, ["frombuffer", "abc.raw", "--size", "2x2", "--each", "--print", "0,0"]),
    ("frombuffer, open", 1, ["frombuffer", *RGB, "--each", "--expect", "0,0=1,2,3"]),
    ("an error", 2, ["open", "absent"]),
    ("verify", 0, ["verify", *RGB]),
    ("verify", 0, ["verify", "abc.raw", "--size", "2x1"]),
    ("verify", 1, ["verify", *RGB, "--emulate", "copy-on-save", "--save", "proof.png"]),
    ("info", 0, ["info", "abc.raw"]),
    ("info", 0, ["info", "abc.png"]),
    ("info", 0, ["info", "said.png"]), ("info", 0, ["info", "damaged.png"]),
    ("info", 0, ["info", "gamma.png"]),
    ("frombuffer, open", 0, ["open", "said.png", "--reorient", "90", "--save", "turned.png"]),
    ("info", 0, ["info", *RGB, "--stats"]),
    ("info", 0, ["info", *FLOATS, "--stats"]),
    ("info", 0, ["info", *PALETTE]), ("info", 0, ["info", *MOSAIC]),
    ("info", 0, ["info", "abc.raw", "--size", "2x1"]),
    ("compare", 1, ["compare", "abc.raw", "other.raw", *RGB[1:]]),
    ("compare", 1, ["compare", "abc.raw", "other.raw", *RGB[1:], "--diff", "diff.png"]),
    ("compare", 1, ["compare", "abc.raw", "other.raw", *RGB[1:], "--diff", "diff.png",
                    "--diff-style", "gray"]),
    ("compare", 1, ["compare", "abc.png", "gray.png"]),
    ("compare", 1, ["compare", "abc.png", "small.png"]),
    ("compare", 0, ["compare", "abc.raw", "abc.png", *RGB[1:]]),
    ("compare", 0, ["compare", "abc.raw", "out.ff", *RGB[1:]]),
    *(("compare --each", status, ["compare", *words, "--each"]) for status, words in [
        (1, ["abc.raw", "other.raw", *PIXEL]), (1, ["abc.raw", "short.raw", *PIXEL]),
        (0, ["zeros.raw", "zeros.raw", "--size", "8x8"]), (1, ["abc.png", "small.png"])]),
    ("hash --each", 0, ["hash", "abc.raw", *PIXEL, "--each"]),
    ("hash --each", 0, ["hash", "stray.raw", "--size", "2x2", "--rawmode", "gray10le", "--each"]),
    ("hash --each", 2, ["hash", "absent", "abc.raw", "--size", "2x1", "--each"]),
    ("hash", 0, ["hash", "abc.png", "gray.png"]),
    ("hash", 2, ["hash", "abc.png", "absent.png"]),
    ("hash", 0, ["hash", "abc.raw", "--size", "2x1"]),
    ("compare", 0, ["compare", "abc.raw", "abc.raw", "--size", "2x1"]),
    ("frombuffer, open", 0, ["frombuffer", "poked.raw", *RGB[1:], "--poke", "1=0203"]),
    ("hash --check", 0, ["hash", "--check", "good.txt"]),
    ("hash --check", 1, ["hash", "--check", "raw.txt", "--size", "2x1"]),
    ("hash --check", 1, ["hash", "--check", "bad.txt"]),
    ("hash --check", 2, ["hash", "--check", "absent.txt"]),
    ("show", 0, ["show", "abc.png"]),
    ("show", 0, ["show", *RGB, "--protocol", "kitty"]),
    ("show", 0, ["show", *FLOATS]),
    ("show", 0, ["show", "stray.raw", "--size", "2x2", "--rawmode", "gray10le"]),
    ("guess", 0, ["guess", "abc.raw"]), ("guess", 0, ["guess", "abc.png"]), ("guess", 1, ["guess", "zeros.raw"]),
    ("guess", 0, ["guess", "mosaic.raw"]),
    ("info", 0, ["info", "photo.gif"]), ("info", 0, ["info", *RGB, "--scale", "2", "--bias", "-1"]),
    ("several files", 2, ["info", "abc.raw", "absent", "abc.png"]),
    ("several files", 2, ["show", "abc.png", "absent", "gray.png"]),
    ("several files", 1, ["guess", "abc.raw", "zeros.raw"]),
    ("watch", 0, ["watch", "live.raw", *RGB[1:], "--interval", "0.01", "--count", "2", "--print", "0,0",
                  "--run", CHANGE]),
    ("watch", 1, ["watch", *RGB, "--expect", "0,0=1,2,3"]),
    ("header", 0, ["header", *RGB, "--format", "npy", "--output", "abc.head"]),
    ("header", 0, ["header", *RGB, "--format", "envi", "--output", "abc.hdr"]),
    ("info", 0, ["info", "abc.raw", "--size", "2x2", "--rawmode", "nv12", "--trailing", "ok"]),
    ("hexdump", 0, ["hexdump", *RGB, "--at", "0,0,2x1"]),
    ("hexdump", 0, ["hexdump", *PACKED, "--at", "0,0"]),
    ("info", 0, ["info", "nans.raw", *FLOATS[1:], "--stats"]),
    ("compare", 1, ["compare", "nans.raw", "floats.raw", *FLOATS[1:]]),
    ("hexdump", 0, ["hexdump", "nans.raw", *FLOATS[1:], "--at", "0,0,4x1"]),
    ("help", 0, ["help"]), ("help", 0, ["help", "info"]), ("help", 0, ["help", "--stride"]),
    ("help", 0, ["help", "CMYK"]), ("help", 0, ["help", "explore"]),
    ("help", 0, ["info", "--help"]), ("version", 0, ["version"]), ("version", 0, ["--version"]),
    *((name, 0, [name]) for name in ("modes", "rawmodes", "formats", "steps")),
]
# What the lines before the last one are.
LINES = {"compare --each": ("compare", "a comparison"), "hash --each": ("a hashed frame", "")}
# The object goes to standard error.
TAKEN = [
    ("frombuffer, open", ["frombuffer", *RGB, "--format", "ppm", "--save", "-"], b"P6"),
    ("header", ["header", *RGB, "--format", "envi"], b"ENVI"),
]
# What fails without an answer: the words, and whether standard output is taken.
FAILURES = [
    (["frombuffer", "absent", "--size", "1x1"], False), (["frombuffer", "abc.raw", "--size", "9x9"], False),
    (["frombuffer", "abc.raw"], False),
    (["frombuffer", *RGB, "--save", "out.xyz"], False), (["frombuffer", *RGB, "--stride", "1"], False),
    (["open", "absent"], False), (["verify", "absent", "--size", "1x1"], False), (["info", "absent"], False),
    (["verify", "abc.png"], False), (["compare", "absent", "abc.png"], False), (["show", "absent"], False),
    (["hash", "--check", "absent"], False), (["hash"], False), (["guess", "absent"], False),
    (["watch", "absent"], False), (["hexdump", "absent", "--at", "0,0"], False),
    (["header", "absent", "--format", "npy"], True), (["header", "absent"], True),
    (["header", "absent", "--format", "npy", "--output", "x"], False), (["modes", "--size", "1x1"], False),
    (["open", "abc.png", "--nonsense"], False), (["nonsense"], False), (["abc.png"], False),
    (["help", "nonsense"], False), (["man"], False), (["completion", "bash"], False),
    (["frombuffer", "absent", "--size", "1x1", "--format", "ppm", "--save", "-"], True),
    (["frombuffer", *RGB, "--nonsense", "--format", "ppm", "--save", "-"], True),
    (["frombuffer", "absent", "--size", "1x1", "--format", "ppm", "--save=-"], True),
]


def make_files(here):
    """What the runs read."""
    for name in ("abc.raw", "linked.raw", "live.raw", "poked.raw"):
        (here / name).write_bytes(b"abcdefghi")
    (here / "zeros.raw").write_bytes(bytes(1000))
    y, x = np.mgrid[0:96, 0:128]
    light = 90 + 60 * np.sin(x / 9 + y / 23) * np.cos(y / 7) + x % 31
    (here / "mosaic.raw").write_bytes((light * np.tile([[0.5, 1], [1, 0.7]], (48, 64))).astype("u1").tobytes())
    (here / "photo.gif").write_bytes(b"GIF89a" + bytes(100))
    os.link(here / "linked.raw", here / "link.raw")
    (here / "short.raw").write_bytes(b"abcdef")
    (here / "other.raw").write_bytes(b"abcdEfghi")
    (here / "floats.raw").write_bytes(struct.pack("<4f", float("nan"), float("inf"), 1.5, -2))
    # One with its sign set, one that signals.
    (here / "nans.raw").write_bytes(struct.pack("<4I", 0xFFC00000, 0x7FC00000, 0x7F800001, 0xFF800001))
    (here / "stray.raw").write_bytes(struct.pack("<4H", 5, 0x8005, 1023, 7))
    (here / "palette.bin").write_bytes(bytes(range(256)) * 3)
    Image.frombytes("RGB", (3, 1), b"abcdefghi").save(here / "abc.png")
    Image.new("L", (2, 1)).save(here / "small.png")
    png(here / "said.png", chunks=[*COLORS, *OTHERS, (b"sRGB", b"\1"), (b"prVT", b"bound")],
        icc_profile=PROFILE, dpi=(300, 150), exif=exif())
    png(here / "gamma.png", texts=(), chunks=COLORS[:1])
    png(here / "damaged.png", texts=(), chunks=[(b"iCCP", b"bad\0\0?"), (b"zTXt", b"bad\0\0?")])
    Image.frombytes("L", (3, 1), b"abc").save(here / "gray.png")
    (here / "good.txt").write_text(f"{HASH}  abc.png\n")
    (here / "raw.txt").write_text(f"{HASH}  abc.raw\n")
    (here / "bad.txt").write_text(f"{HASH}  abc.png\n{HASH}  gray.png\n")
    (here / "absent.txt").write_text(f"{HASH}  absent.png\n")


# A terminal behind SSH cannot read our files.
LOCAL = {name: value for name, value in os.environ.items() if not name.startswith("SSH_")}


def name_of(words) -> str:
    return " ".join(words)[:60]


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """The objects of all runs, with what was said of them and seen in them."""
    here = tmp_path_factory.mktemp("json")
    make_files(here)
    reading, found = Reading(), []
    for section, status, words in RUNS:
        run = run_tool(*words, "--json", ok=status, cwd=here, env=LOCAL)
        objects = [parse(line) for line in run.lines]
        reading.faults = []
        *others, last = objects
        for value in others:
            title, more = LINES.get(section, (section, ""))
            reading.object(value, "an error" if "error" in value and section == "hash --each" else title, more=more)
        is_run = section == "frombuffer, open" and "--each" in words
        reading.object(last, "the run of each" if is_run else section,
                       more="a comparison" if section == "compare" else "")
        found.append((run, objects, reading.faults))
    return reading, found


def test_every_section_has_a_table_and_a_run_or_is_a_part_of_others():
    assert set(SHAPES) == {section for section, _, _ in RUNS} | PARTS
    assert all(SHAPES.values())


@pytest.mark.parametrize("index", range(len(RUNS)), ids=lambda i: name_of(RUNS[i][2]))
def test_every_printed_key_is_documented_with_its_type(answers, index):
    run, objects, faults = answers[1][index]
    assert not faults, f"{faults}\n{run}"
    assert len(objects) == 1 or run.arguments[0] == "watch" or "--each" in run.arguments, f"one object on one line\n{run}"
    assert all(value["version"] == 1 for value in objects), run


@pytest.mark.parametrize("section", SHAPES)
def test_every_documented_key_is_printed(answers, section):
    reading = answers[0]
    never = {name for name in SHAPES[section] if not reading.kinds[section, name]}
    assert not never


@pytest.mark.parametrize("section", SHAPES)
def test_every_documented_type_is_printed(answers, section):
    reading = answers[0]
    never = {(name, kind) for name, key in SHAPES[section].items()
             for kind in set(key.type.split(" or ")) - reading.kinds[section, name]}
    assert not never


# The libraries that another build may be without.
OF_THE_BUILD = {
    ("version", "tiff"), ("version", "jpeg"),
}


@pytest.mark.parametrize("section", SHAPES)
def test_a_key_that_is_not_always_there_is_absent_somewhere(answers, section):
    reading = answers[0]
    there = {name for name, key in SHAPES[section].items()
             if key.when != "always" and (section, name) not in reading.absent | OF_THE_BUILD}
    assert not there


def test_watch_prints_an_object_a_line(answers):
    objects = next(objects for run, objects, _ in answers[1] if "--count" in run.arguments)
    assert [value["round"] for value in objects] == [1, 2]


def test_exit_is_the_status_of_the_process(answers):
    for run, objects, _ in answers[1]:
        assert objects[-1]["exit"] == run.exit, run


def test_not_a_number_and_the_infinities_are_strings(answers):
    steps = next(objects[0]["steps"] for run, objects, _ in answers[1]
                 if run.arguments[:2] == ["frombuffer", "floats.raw"])
    assert [step["pixel"] for step in steps if "pixel" in step] == [["nan"], ["inf"], [-2]]
    for run, objects, _ in answers[1]:
        if "nans.raw" in run.arguments:
            assert '"nan"' in run.text and "-nan" not in run.text and "snan" not in run.text, run


@pytest.mark.parametrize("section, words, begins", TAKEN, ids=["save", "header"])
def test_the_object_goes_to_standard_error_when_standard_output_is_taken(here, section, words, begins):
    make_files(here)
    run = run_tool(*words, "--json", "-q")
    assert run.output.startswith(begins)
    reading = Reading()
    reading.object(parse(run.errors), section)
    assert not reading.faults, f"{reading.faults}\n{run}"


@pytest.mark.parametrize("place", ["first", "last"])
@pytest.mark.parametrize("words, taken", FAILURES, ids=[name_of(row[0]) for row in FAILURES])
def test_what_fails_without_an_answer_is_an_object_and_a_line(here, imgtool, words, taken, place):
    make_files(here)
    run = imgtool(*(["--json", *words] if place == "first" else [*words, "--json"]), ok=2)
    lines = run.errors.splitlines()
    line, objects = lines.pop(), lines if taken else run.lines
    assert bool(run.output) != taken and len(objects) == 1 and len(lines) == len(objects) * taken, run
    reading, value = Reading(), parse(objects[0])
    reading.object(value, "an error")
    assert not reading.faults, f"{reading.faults}\n{run}"
    assert line == f"imgtool: {value['error']}" and value["exit"] == 2


@pytest.mark.parametrize("words", [["--", "--json"], []], ids=["an operand", "not at all"])
def test_json_that_was_not_asked_for_is_not_printed(here, refused, words):
    refused("open", "--nonsense", *words)




def test_every_command_is_documented_or_said_to_print_none():
    without = re.search(r"(`completion`[^.]*?) refuse the option", PAGE, re.DOTALL).group(1)
    documented = {word for title in SHAPES if title not in PARTS for word in title.split(", ")}
    others = {"hash --check", "hash --each", "compare --each", "several files"}
    assert set(commands()) == documented - others | set(re.findall(r"`(\w+)`", without))


BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def is_part(told, printed) -> bool:
    """Whether an abridged value is a part of the whole one."""
    if isinstance(told, dict):
        return told.keys() <= printed.keys() and all(is_part(told[key], printed[key]) for key in told)
    if isinstance(told, list) and any(isinstance(item, dict) for item in told):
        return len(told) <= len(printed) and all(map(is_part, told, printed))
    return told == printed


def test_every_example_prints_what_the_page_says(here):
    path = f"{TOOL.parent}:{os.environ['PATH']}"
    printed, count = None, 0
    for kind, text in BLOCKS:
        if kind == "sh":
            printed = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", text], cwd=here, text=True, timeout=60, check=True,
                env=dict(os.environ, PATH=path), stdout=subprocess.PIPE).stdout
        else:
            told = re.split(r"\n(?=\{)", re.sub(r",\s*…", "", text))
            assert is_part(list(map(parse, told)), list(map(parse, printed.splitlines()))), f"{text}\n{printed}"
            count += 1
    # `frombuffer, open` has two.
    assert count == len(SHAPES) - len(PARTS) + 1


def test_what_standard_error_notes_of_sources_is_in_the_object(imgtool, here):
    (here / "long.raw").write_bytes(bytes(9))
    layout = ["--size", "2x2", "--mode", "L"]
    for command in (["frombuffer"], ["hash"], ["compare", "long.raw"], ["info"]):
        run = imgtool(*command, "long.raw", *layout, "--json")
        assert run.json["notes"] == [line.removeprefix("imgtool: ")
                                     for line in run.errors.splitlines()], run


def test_a_poke_tells_how_many_bytes_of_the_file_it_wrote(imgtool, here):
    (here / "a.raw").write_bytes(bytes(9))
    step = imgtool("frombuffer", "a.raw", "--size", "3x3", "--poke", "1=0102", "--json").json["steps"][0]
    assert (step["bytes"], step["wroteFile"]) == (2, True)


@pytest.mark.parametrize("options,access", [([], "cow"), (["--access", "cow"], "cow"),
                                            (["--access", "ro"], "ro")])
def test_the_access_is_the_one_that_was_asked_for(imgtool, here, options, access):
    Image.new("RGB", (3, 2)).save("a.png")
    Image.new("RGB", (3, 2)).save("a.bmp")
    for name in ("a.png", "a.bmp"):
        assert imgtool("open", name, *options, "--json").json["image"]["access"] == access
