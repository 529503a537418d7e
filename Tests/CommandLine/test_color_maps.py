"""`--map`: the published tables of matplotlib, through a window."""

import matplotlib
import numpy as np
import pytest

MAPS = ["viridis", "turbo", "gray"]


def table(name):
    """256 colors, each sample rounded."""
    return np.rint(matplotlib.colormaps[name](np.arange(256))[:, :3] * 255).astype("u1")


@pytest.mark.parametrize("name", MAPS)
def test_gray_of_8_bits_is_looked_up(imgtool, here, name):
    levels = np.arange(256, dtype="u1").reshape(8, 32)
    np.save(here / "in.npy", levels)
    run = imgtool("open", "in.npy", "--map", name, "--expect-shared", "--json", "--save", "out.png",
                  "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), table(name)[levels])
    assert not any("window" in step for step in run.json["steps"]), run


@pytest.mark.parametrize("dtype", ["<f4", "<f2", "<f8", "<u2", "<i4"])
@pytest.mark.parametrize("name", MAPS)
def test_numbers_go_through_a_window(imgtool, here, name, dtype):
    depth = (np.random.default_rng(1).random((9, 13)) * 5000).astype(dtype)
    np.save(here / "in.npy", depth)
    for window in ([], ["--window", "500,4000"]):
        run = imgtool("open", "in.npy", *window, "--map", name, "--json", "--save", "out.npy")
        low, high = (500, 4000) if window else (float(depth.min()), float(depth.max()))
        told = [step["window"] for step in run.json["steps"] if "window" in step]
        assert told == ([] if window else [[low, high]]), run
        levels = np.clip(np.floor((depth.astype("f8") - low) * 255 / (high - low) + 0.5), 0, 255)
        assert np.array_equal(np.load(here / "out.npy"), table(name)[levels.astype("u1")])


def test_the_mapped_image_follows_the_file(imgtool, here):
    (here / "raw.bin").write_bytes(bytes(6))
    imgtool("frombuffer", "raw.bin", "--size", "3x2", "--map", "viridis", "--poke", "0=ff",
            "--expect", "0,0=253,231,37", "--expect", "1,0=68,1,84", "--expect-shared")


@pytest.mark.parametrize("mode,hint", [("RGB", "--convert L"), ("1", "--convert L")])
def test_one_band_is_needed(refused, here, mode, hint):
    (here / "raw.bin").write_bytes(bytes(64))
    refused("frombuffer", "raw.bin", "--size", "2x2", "--mode", mode, "--trailing", "ok", "--map", "turbo",
            "--save", "out.png", words=["map has no meaning in mode", hint])


def test_an_unknown_map_is_refused(refused, here):
    (here / "raw.bin").write_bytes(bytes(4))
    refused("frombuffer", "raw.bin", "--size", "2x2", "--map", "jet", "--save", "out.png",
            words=["--map", "viridis", "turbo"])
