"""`guess` answers for every file, however short."""

import pytest


@pytest.mark.parametrize("words", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize("size", range(1, 71))
def test_a_short_file_gets_an_answer(imgtool, here, size, words):
    (here / "short.raw").write_bytes(bytes(range(size)))
    run = imgtool("guess", "short.raw", *words)
    assert run.output == imgtool("guess", "-", *words, stdin=bytes(range(size))).output.replace(
        b'"source":"-"', b'"source":"short.raw"').replace(b"frombuffer - ", b"frombuffer short.raw ").replace(
        b"-: ", b"short.raw: ")


def test_one_byte_is_one_gray_pixel(imgtool, here):
    (here / "r1").write_bytes(b"x")
    (guess,) = imgtool("guess", "r1", "--json").json["candidates"]
    assert (guess["size"], guess["mode"]) == ([1, 1], "L")
