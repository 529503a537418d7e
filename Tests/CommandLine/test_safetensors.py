"""safetensors against the library that owns it, by its interface to NumPy."""

import json
import shlex
import struct
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from stored import array, check_cuts, check_sharing, facts, put, shown, text

TYPES = {"U8": "u1", "I8": "i1", "U16": "u2", "I16": "i2", "U32": "u4", "I32": "i4", "U64": "u8",
         "I64": "i8", "F16": "f2", "F32": "f4", "F64": "f8", "BOOL": "?"}


@pytest.mark.parametrize("kind", TYPES.values())
def test_every_type_is_shared_and_edited_in_place(here, kind):
    pixels, other = array(kind, (5, 7)), array(kind, (5, 7), 1)
    save_file({"x": pixels}, "a.safetensors")
    assert np.array_equal(shown("a.safetensors"), pixels)
    value = int(other[4, 3]) * 255 if kind == "?" else other[4, 3]
    put("a.safetensors", 3, 4, value)
    pixels[4, 3] = other[4, 3]
    found = load_file("a.safetensors")["x"]
    assert found.dtype == pixels.dtype and np.array_equal(found, pixels)


@pytest.mark.parametrize("shape,order,frames,view", [
    ((5, 7), None, 1, lambda a, i: a), ((5, 7, 3), None, 1, lambda a, i: a),
    ((3, 5, 7), None, 1, lambda a, i: a.transpose(1, 2, 0)),
    ((3, 5, 4), "chw", 1, lambda a, i: a.transpose(1, 2, 0)), ((3, 5, 4), "hwc", 1, lambda a, i: a),
    ((2, 3, 5, 7), None, 2, lambda a, i: a[i].transpose(1, 2, 0)), ((6, 5, 7), None, 6, lambda a, i: a[i]),
    ((2, 5, 7, 4), None, 2, lambda a, i: a[i])])
def test_axes_are_taken_as_those_of_an_array(here, shape, order, frames, view):
    pixels = array("u1", shape)
    save_file({"x": pixels}, "a.safetensors")
    way = ["--order", order] if order else []
    assert facts("a.safetensors", *way)["frames"] == frames
    for frame in range(frames):
        assert np.array_equal(shown("a.safetensors", *way, "--frame", frame), view(pixels, frame))


def test_a_tensor_is_chosen_by_its_name_and_the_others_are_told(imgtool, here):
    tensors = {"bias": array("f4", (9,)), "b": array("u1", (4, 6)), "c": array("u2", (5, 7))}
    save_file(tensors, "a.safetensors")
    for name in "bc":
        assert np.array_equal(shown("a.safetensors", "--tensor", name), tensors[name])
    run = imgtool("open", "a.safetensors", "--hash")
    assert "--tensor" in run.errors and all(name in run.errors for name in tensors)
    assert not imgtool("open", "a.safetensors", "--tensor", "b", "--hash").errors
    put("a.safetensors", 1, 2, 9, "--tensor", "b")
    tensors["b"][2, 1] = 9
    found = load_file("a.safetensors")
    assert all(np.array_equal(found[name], tensors[name]) for name in tensors)


def test_what_has_no_image_is_refused(refused, here):
    save_file({"bias": array("f4", (9,)), "deep": array("f4", (1, 1, 1, 2, 3))}, "a.safetensors")
    refused("open", "a.safetensors", "--hash", words=["bias", "2 to 4 axes"])
    refused("open", "a.safetensors", "--tensor", "bias", "--hash", words=["(9,)", "2 to 4 axes"])
    refused("open", "a.safetensors", "--tensor", "none", "--hash", words=['there is no tensor "none"', "bias, deep"])


def test_a_tensor_is_for_files_that_have_several(refused, imgtool, here):
    np.save("a.npy", array("u1", (5, 7)))
    refused("open", "a.npy", "--tensor", "x", "--hash", words=["--tensor", "safetensors", "npy"])
    Path("raw.bin").write_bytes(bytes(35))
    refused("frombuffer", "raw.bin", "--size", "7x5", "--tensor", "x", words=["--tensor"])


def write(header, body=bytes(35), more=b""):
    said = header if isinstance(header, bytes) else json.dumps(header).encode()
    Path("a.safetensors").write_bytes(struct.pack("<Q", len(said)) + said + body + more)


def entry(**more):
    return {"dtype": "U8", "shape": [5, 7], "data_offsets": [0, 35], **more}


def test_a_header_with_blanks_at_its_end_and_metadata(imgtool, here):
    write(json.dumps({"__metadata__": {"format": "pt"}, "x": entry()}).encode() + b"     ")
    assert not shown("a.safetensors").any()
    assert "metadata of safetensors (format)" in imgtool("open", "a.safetensors", "--save", "o.png").errors


def test_many_keys_of_metadata_are_told_in_a_line(imgtool, here):
    write({"__metadata__": {f"key{index}": "x" for index in range(2000)}, "x": entry()})
    errors = imgtool("open", "a.safetensors", "--save", "o.png").errors
    assert "(key0, key1" in errors and "key7 and 1992 more)" in errors and len(errors) < 300


@pytest.mark.parametrize("kind", ["i2", ">i2", ">u2", "f2", "u4", "i1", "f8"])
def test_planes_that_may_be_images_are_read_by_the_options_of_the_note(imgtool, here, kind):
    pixels = array(kind, (3, 5, 7))
    if kind.startswith(">"):
        np.save("a.npy", pixels)
    else:
        save_file({"x": pixels}, "a.safetensors")
    path = "a.npy" if kind.startswith(">") else "a.safetensors"
    errors = imgtool("open", path, "--hash").errors
    options = shlex.split(errors.partition("these options: ")[2].splitlines()[0])
    assert options.pop() == "N", errors
    imgtool("frombuffer", path, *options, "1", "--trailing", "ok", "--save", "o.npy")
    assert np.array_equal(np.load("o.npy"), pixels[1])


def test_tensors_that_share_bytes_are_told(imgtool, here):
    write({"x": entry(), "y": entry(shape=[5, 6], data_offsets=[5, 35])})
    assert "share bytes" in imgtool("open", "a.safetensors", "--tensor", "x", "--hash").errors


@pytest.mark.parametrize("header,words", [
    (b'{"x"', "at byte 12"), (b"[]", "first bytes"), ({"x": 1}, '"dtype"'), ({"x": {}}, '"dtype"'),
    ({"x": entry(shape=[5, -7])}, '"shape"'), ({"x": entry(shape="5")}, '"shape"'),
    ({"x": entry(data_offsets=[0, 36])}, "35 bytes"), ({"x": entry(data_offsets=[35, 0])}, "two offsets"),
    ({"x": entry(data_offsets=[0])}, "two offsets"), ({"x": entry(data_offsets=[0, 34])}, "in 34 bytes"),
    ({"x": entry(shape=[2**62, 2**62])}, "bytes as its shape"), ({"x": entry(shape=[0, 7], data_offsets=[0, 0])}, "0"),
    ({"x": entry(dtype="BF16", shape=[5, 3])}, "BF16"), ({"x": entry(dtype="F8_E4M3")}, "F8_E4M3"),
    (b'{"x": 1, "x": 2}', "again"), ({}, "without tensors")])
def test_headers_that_cannot_be_are_refused(refused, here, header, words):
    write(header)
    refused("open", "a.safetensors", "--hash", words=["a.safetensors", words])


@pytest.mark.parametrize("length", [0, 1, 2**24 + 1, 2**63, 2**64 - 1])
def test_a_length_of_the_header_that_cannot_be_is_refused(refused, here, length):
    Path("a.safetensors").write_bytes(struct.pack("<Q", length) + b'{"x":1}' + bytes(99))
    refused("open", "a.safetensors", "--hash")


def test_bytes_behind_the_tensors_are_told(imgtool, here):
    write({"x": entry()}, more=b"123")
    assert "3 bytes after all" in imgtool("open", "a.safetensors", "--hash").errors


def test_another_process_writes_and_the_image_shows_it(here):
    write({"x": entry()})
    offset = Path("a.safetensors").stat().st_size - 35
    check_sharing("a.safetensors", "a.safetensors", offset, "0", "77", bytes([77]))


def test_verify_proves_it_for_a_tensor(imgtool, here):
    save_file({"b": array("u1", (4, 6)), "c": array("u1", (5, 7))}, "a.safetensors")
    before = Path("a.safetensors").read_bytes()
    assert imgtool("verify", "a.safetensors", "--tensor", "c", "--in-place", "--json").json["shared"]
    assert Path("a.safetensors").read_bytes() == before


def test_a_file_that_is_cut_anywhere_is_refused(here):
    save_file({"x": array("u1", (5, 7))}, "a.safetensors")
    check_cuts("a.safetensors", "a.safetensors", range(1, Path("a.safetensors").stat().st_size))


def test_a_thousand_names_are_read_at_once(imgtool, here):
    save_file({f"layer.{i}": array("u1", (2, 3), i) for i in range(5000)}, "a.safetensors")
    assert np.array_equal(shown("a.safetensors", "--tensor", "layer.4999"), array("u1", (2, 3), 4999))
    assert len(imgtool("open", "a.safetensors", "--hash").errors) < 1000
    assert text(1) == "1"


def test_each_frame_of_a_tensor_among_thousands(imgtool, here):
    frames = array("u1", (500, 2, 7))
    save_file({"a": frames} | {f"t{i}": array("u1", (2, 3)) for i in range(3000)}, "a.safetensors")
    run = imgtool("open", "a.safetensors", "--tensor", "a", "--each", "-q", "--print", "6,1")
    assert [int(line.split()[-1]) for line in run.text.splitlines()] == frames[:, 1, 6].tolist()
