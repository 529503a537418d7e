"""What the documents promise their readers: whom a page is for, what a recipe needs, a workflow that works."""

import os
import re
import subprocess

import numpy as np
import pytest
import yaml
from conftest import ROOT, TOOL
from PIL import Image

PAGES = sorted((ROOT / "Documentation").glob("*.md"))
COOKBOOK = (ROOT / "Documentation/cookbook.md").read_text()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_says_first_whom_it_is_for(path):
    first = path.read_text().split("\n\n")[1]
    assert re.match(r"This page is for ", first), first


def test_a_recipe_says_first_what_it_needs():
    recipes = re.split(r"^## ", COOKBOOK, flags=re.M)[1:]
    assert len(recipes) >= 17
    assert not [recipe.partition("\n")[0] for recipe in recipes if not recipe.split("\n\n")[1].startswith("*Needs*: ")]


def test_the_table_leads_to_every_recipe():
    titles = re.findall(r"^## (.*)$", COOKBOOK, re.M)
    anchors = {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([^)]*)\)", COOKBOOK)) == anchors


def test_the_workflow_finds_a_frame_that_differs(here):
    block = re.search(r"^```yaml\n(.*?)^```", COOKBOOK, re.S | re.M)[1]
    steps = yaml.safe_load(block)["jobs"]["compare"]["steps"]
    script = next(step["run"] for step in steps if step.get("name") == "Compare")
    pixels = np.random.default_rng(5).integers(0, 256, (2, 48, 64, 3), "u1")
    for folder in ("frames", "golden"):
        (here / folder).mkdir()
    for name, frame in zip("ab", pixels, strict=True):
        frame.tofile(here / f"frames/{name}.raw")
        Image.fromarray(frame).save(here / f"golden/{name}.png")
    environment = dict(os.environ, PATH=f"{TOOL.parent}:{os.environ['PATH']}")

    def run() -> tuple:
        done = subprocess.run(["bash", "-e", "-c", script], env=environment, capture_output=True, timeout=60)
        return done.returncode, sorted(path.name for path in (here / "diffs").iterdir())

    assert run() == (0, [])
    (pixels[1] ^ 16).tofile(here / "frames/b.raw")
    assert run() == (1, ["b.png"])
