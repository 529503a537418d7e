"""Everything that the script of Pillow issue 8828 asserts holds, in every mode."""

import pytest
import story
import support
from PIL import Image as Pillow

import imgtool


def test_there_are_twenty_modes():
    assert imgtool.modes() == list(support.MODES)


@pytest.mark.parametrize("mode", support.MODES)
def test_every_assertion_holds(mode):
    answers = story.run(imgtool, mode)
    assert len(answers) == 9
    assert set(answers.values()) == {"holds"}, answers


SCRIPT = """
import numpy as np
{importing}

im_data = np.array([[255]], dtype=np.uint8)
im: Image.Image = Image.frombuffer(mode="L", size=(1, 1), data=im_data)
assert im.getpixel((0, 0)) == 255
im_data[:, :] = 128
assert im.getpixel((0, 0)) == 128
im.save("test.bmp")
im_data[:, :] = 64
assert im.getpixel((0, 0)) == 64
im.putpixel((0, 0), 32)
assert im_data[0, 0] == 32
"""


def test_only_the_import_changes(here):
    exec(SCRIPT.format(importing="import imgtool as Image"), {})
    assert Pillow.open("test.bmp").getpixel((0, 0)) == 128
    with pytest.raises(AssertionError):
        exec(SCRIPT.format(importing="from PIL import Image"), {})


def test_the_same_script_finds_what_pillow_does_not_keep():
    assert story.run(Pillow, "RGB")["… and what is stored into the array"] == "fails"
    assert story.run(Pillow, "L")["`im.putpixel()` is in the array"] == "fails"


def test_the_documentation_has_the_table_as_it_is_now():
    text = story.DOCUMENT.read_text()
    assert text == story.document(text, story.table()), "run Tests/Python/story.py --write"
