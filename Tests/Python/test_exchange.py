"""Arrow, DLPack and the buffer protocol, with NumPy, pyarrow and Pillow on the other side."""

import gc
import hashlib
import io

import numpy as np
import pytest
import support
from PIL import Image as Pillow

import imgtool
from imgtool import _memory

try:
    import pyarrow
except ImportError:
    pyarrow = None

NATIVE = [mode for mode in support.MODES if mode != "I;16B"]
# Python's DLPack has no booleans in NumPy before 2.3 only; ours are all here.
FOUR_BANDS = ["RGBA", "RGBX", "RGBa", "CMYK"]


@pytest.fixture
def pa():
    return pyarrow or support.unmet("pyarrow is not installed")


def shared(mode, size=(4, 3)):
    numbers = support.random_array(mode, size)
    return imgtool.fromarray(numbers, mode), numbers


def held() -> int:
    """What is held for images, but for those of tests before."""
    gc.collect()
    return _memory.held()


def address(numbers) -> int:
    return numbers.__array_interface__["data"][0]


@pytest.mark.parametrize("mode", NATIVE)
def test_a_tensor_of_numpy_is_the_image(mode):
    image, numbers = shared(mode)
    tensor = np.from_dlpack(image)
    assert address(tensor) == address(numbers) and np.array_equal(tensor, numbers)
    image.close()
    numbers[...] = support.random_array(mode, (4, 3), 1)
    assert np.array_equal(tensor, numbers) and tensor.flags.writeable


@pytest.mark.parametrize("mode", NATIVE)
def test_an_image_is_on_a_tensor_of_numpy(mode):
    numbers = support.random_array(mode, (4, 6))[::-2, ::-1]
    image = imgtool.from_dlpack(numbers, mode)
    back = np.asarray(image)
    assert address(back) == address(numbers) and np.array_equal(back, numbers)
    image.putpixel((0, 0), image.getpixel((1, 1)))
    assert np.array_equal(numbers[0, 0], numbers[1, 1])


def test_a_tensor_names_its_mode():
    for bands, mode in [(1, "L"), (2, "LA"), (3, "RGB"), (4, "RGBA")]:
        shape = (2, 2) if bands == 1 else (2, 2, bands)
        assert imgtool.from_dlpack(np.zeros(shape, "u1")).mode == mode
    with pytest.raises(imgtool.Error):
        imgtool.from_dlpack(np.zeros((2, 2, 5), "u1"))


def test_the_read_only_flag_goes_both_ways():
    image = imgtool.frombuffer("L", (2, 2), b"abcd")
    assert not np.from_dlpack(image).flags.writeable
    numbers = np.zeros((2, 2), "u1")
    numbers.flags.writeable = False
    assert imgtool.from_dlpack(numbers).readonly
    # Without a version there is no such flag.
    with pytest.raises(BufferError, match="read-only"):
        image.__dlpack__()
    assert "dltensor\"" in repr(imgtool.new("L", (1, 1)).__dlpack__())


def test_what_is_no_tensor_is_refused_or_copied():
    image, numbers = shared("I;16B")
    with pytest.raises(BufferError, match="big-endian"):
        np.from_dlpack(image)
    gray = imgtool.new("RGB", (2, 2), (9, 9, 9)).convert("L")
    with pytest.raises(BufferError, match="computed"):
        np.from_dlpack(gray)
    assert (np.from_dlpack(gray, copy=True) == 9).all()
    assert image.__dlpack_device__() == (1, 0)


def test_a_tensor_that_nobody_takes_is_deleted():
    before = held()
    for versions in [(1, 0), None]:
        image, _ = shared("RGB")
        capsule = image.__dlpack__(max_version=versions)
        image.close()
        assert _memory.held() == before + 1
        del capsule
        assert _memory.held() == before


def test_a_tensor_is_taken_once():
    class Once:
        capsule = imgtool.new("L", (2, 2)).__dlpack__(max_version=(1, 0))

        def __dlpack__(self, **_):
            return self.capsule

    assert imgtool.from_dlpack(Once()).size == (2, 2)
    with pytest.raises(imgtool.Error, match="taken"):
        imgtool.from_dlpack(Once())


def arrow_address(array) -> int:
    flat = array.flatten() if hasattr(array, "flatten") and array.type.num_fields else array
    return flat.buffers()[1].address


def stored_type(pa, mode):
    """The Arrow type of what is in the array."""
    dtype, bands = support.MODES[mode]
    item = pa.from_numpy_dtype(np.dtype(dtype))
    return item if bands == 1 else pa.list_(item, bands)


@pytest.mark.parametrize("mode", [mode for mode in NATIVE if mode != "1"])
def test_an_arrow_array_of_what_is_stored_is_the_image(pa, mode):
    image, numbers = shared(mode)
    array = pa.array(image, stored_type(pa, mode))
    assert array.type == stored_type(pa, mode) and arrow_address(array) == address(numbers)
    assert len(array) == 12 and np.array_equal(
        np.asarray(array.to_pylist()).reshape(numbers.shape), numbers)
    image.close()
    array.validate(full=True)
    back = imgtool.fromarrow(array, mode, (4, 3))
    assert back.readonly and np.shares_memory(np.asarray(back), numbers)
    assert np.array_equal(np.asarray(back), numbers)


@pytest.mark.parametrize("mode", [mode for mode in NATIVE if mode != "1"])
def test_an_arrow_array_of_what_is_stored_is_a_copy_where_there_are_gaps(pa, mode):
    image, numbers = shared(mode)
    for view, expected in [(image.crop((1, 1, 3, 3)), numbers[1:3, 1:3]),
                           (image.reorient("v"), numbers[::-1])]:
        array = pa.array(view, stored_type(pa, mode))
        assert array.type == stored_type(pa, mode)
        assert np.array_equal(np.asarray(array.to_pylist()).reshape(expected.shape), expected)


# Pillow's decoder knows two names of 16 bits under a third only.
LIKE_PILLOW = [mode for mode in support.MODES if mode not in ("I;16B", "I;16L", "I;16N")]


@pytest.mark.parametrize("mode", LIKE_PILLOW)
def test_an_arrow_array_is_pillows_in_type_name_notes_and_values(pa, mode):
    image, numbers = shared(mode)
    picture = Pillow.frombytes(mode, (4, 3), numbers.tobytes(), "raw", support.rawmode(mode))
    ours, theirs = pa.array(image), pa.array(picture)
    assert ours.type == theirs.type and pa.field(image) == pa.field(picture)
    assert pa.field(image).metadata == pa.field(picture).metadata
    for index in range(ours.type.num_fields):
        assert ours.type.field(index).name == theirs.type.field(index).name
        assert ours.type.field(index).metadata == theirs.type.field(index).metadata
    ours.validate(full=True)
    assert ours.to_pylist() == theirs.to_pylist()


@pytest.mark.parametrize("mode", [*support.MODES])
@pytest.mark.parametrize("view", ["whole", "part", "mirrored", "turned"])
def test_pillow_and_imgtool_take_each_others_arrays(mode, view):
    image, numbers = shared(mode, (6, 5))
    image = {"whole": image, "part": image.crop((1, 1, 4, 5)), "mirrored": image.reorient("h"),
             "turned": image.transpose(2)}[view]
    if mode == "I;16B":
        with pytest.raises(imgtool.Error, match="Arrow"):
            Pillow.fromarrow(image, mode, image.size)
        return
    picture = Pillow.fromarrow(image, mode, image.size)
    assert list(pixels(picture)) == image.getdata()
    assert imgtool.fromarrow(picture, mode, picture.size).getdata() == image.getdata()
    assert imgtool.fromarrow(image, mode, image.size).getdata() == image.getdata()


@pytest.mark.parametrize("mode", ["L", "P", "I", "F", "I;16", *FOUR_BANDS])
def test_pillow_shares_the_memory_by_arrow(mode):
    image, numbers = shared(mode)
    picture = Pillow.fromarrow(image, mode, image.size)
    numbers[...] = support.random_array(mode, (4, 3), 1)
    assert list(pixels(picture)) == image.getdata()


@pytest.mark.parametrize(
    "mode", ["LA", "La", "PA", "RGB", "YCbCr", "HSV", "RGBA", "CMYK", "L", "F", "I;16"])
def test_the_memory_of_a_picture_of_pillow_is_shared_by_arrow(mode):
    picture = Pillow.frombytes(mode, (4, 3), support.random_array(mode).tobytes(), "raw", mode)
    image = imgtool.fromarrow(picture, mode, picture.size)
    again = imgtool.fromarrow(image, mode, picture.size)
    assert image.sharing().shared and image.readonly
    # What came from Pillow goes back without a copy, and forth again.
    assert again.sharing().address == image.sharing().address


@pytest.mark.parametrize("mode", ["LA", "PA", "RGB", "RGBX", "RGBA", "CMYK", "YCbCr", "LAB", "HSV"])
def test_flat_values_and_words_are_pixels_as_in_pillow(pa, mode):
    values = support.random_array("L", (16, 3)).ravel()
    for array in [pa.array(values), pa.array(values.view("<u4"))]:
        ours = imgtool.fromarrow(array, mode, (4, 3))
        theirs = Pillow.fromarrow(array, mode, (4, 3))
        assert ours.getdata() == list(pixels(theirs)) and ours.sharing().shared
    bands = len(theirs.getbands())
    packed = imgtool.fromarrow(pa.array(values[:12 * bands]), mode, (4, 3))
    assert packed.tobytes() == values[:12 * bands].tobytes()
    for refused in [values[:-1], values.view("<i4"), values.view("<f4")]:
        array = pa.array(refused)
        with pytest.raises(ValueError):
            imgtool.fromarrow(array, mode, (4, 3))
        with pytest.raises(ValueError):
            Pillow.fromarrow(array, mode, (4, 3))


def pixels(picture):
    return (picture.getpixel((x, y)) for y in range(picture.height) for x in range(picture.width))


def test_a_schema_is_that_of_the_array(pa):
    for mode in NATIVE:
        image, _ = shared(mode)
        assert pa.field(image).type == pa.array(image).type
        with pytest.raises(imgtool.Error, match="Arrow"):
            shared("I;16B")[0].__arrow_c_schema__()
    wide = imgtool.fromarray(np.arange(12, dtype="<u2").reshape(2, 2, 3))
    assert pa.array(wide).to_pylist() == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]
    assert pa.field(wide).type == pa.array(wide).type


def test_a_tensor_is_on_the_device_that_is_asked_for():
    image, numbers = shared("L")
    assert "dltensor" in repr(image.__dlpack__(dl_device=(1, 0), stream=None))
    for refused in [{"stream": 1}, {"stream": -1}, {"dl_device": (2, 0)}, {"dl_device": (1, 1)}]:
        with pytest.raises(BufferError, match="main memory"):
            image.__dlpack__(**refused)
    assert address(np.from_dlpack(image, copy=False)) == address(numbers)
    assert address(np.from_dlpack(image, copy=True)) != address(numbers)
    with pytest.raises(BufferError):
        np.from_dlpack(image.convert("F"), copy=False)


def test_slices_and_nulls_of_arrow(pa):
    array = pa.array(range(10), pa.uint8())[2:8]
    assert imgtool.fromarrow(array, "L", (3, 2)).getdata() == [2, 3, 4, 5, 6, 7]
    lists = pa.array([[n, n + 1, n + 2] for n in range(6)], pa.list_(pa.uint8(), 3))[2:6]
    assert imgtool.fromarrow(lists, "RGB", (2, 2)).getpixel((0, 0)) == (2, 3, 4)
    with pytest.raises(imgtool.Error, match="nulls"):
        imgtool.fromarrow(pa.array([1, None], pa.uint8()), "L", (2, 1))
    with pytest.raises(imgtool.Error, match="pixels"):
        imgtool.fromarrow(array, "L", (3, 3))
    with pytest.raises(imgtool.Error, match="type"):
        imgtool.fromarrow(pa.array(["a"]), "L", (1, 1))


def test_an_arrow_array_that_nobody_takes_is_released():
    before = held()
    image, _ = shared("RGB")
    capsules = image.__arrow_c_array__()
    image.close()
    assert held() == before + 1
    del capsules
    assert held() == before


@pytest.mark.parametrize("mode", NATIVE)
def test_a_memoryview_is_the_image(mode):
    image, numbers = shared(mode)
    view = memoryview(image)
    assert view.shape == numbers.shape and view.tolist() == numbers.tolist()
    assert not view.readonly
    view[(0,) * view.ndim] = view[(1,) * view.ndim]
    assert numbers[(0,) * numbers.ndim] == numbers[(1,) * numbers.ndim]


def test_a_memoryview_has_strides():
    image, numbers = shared("RGB")
    view = memoryview(image.crop((1, 1, 4, 3)).reorient("h"))
    wanted = numbers[1:3, 1:4][:, ::-1]
    assert (view.shape, view.strides) == (wanted.shape, wanted.strides)
    assert view.tolist() == wanted.tolist() and not view.contiguous
    assert bytes(image) == numbers.tobytes()


def test_what_is_no_memoryview_is_refused():
    image, _ = shared("RGB")
    with pytest.raises(BufferError, match="gaps"):
        hashlib.sha256(image.crop((0, 0, 2, 2)))
    with pytest.raises(BufferError, match="computed"):
        memoryview(image.convert("L"))
    constant = imgtool.frombuffer("L", (2, 2), b"abcd")
    assert memoryview(constant).readonly
    with pytest.raises(TypeError, match="read-write"):
        io.BytesIO(b"zyxw").readinto(constant)


def test_memoryview_keeps_the_image_alive():
    image, numbers = shared("RGB")
    view = memoryview(image)
    before = held()
    del image
    assert held() == before and view.tolist() == numbers.tolist()
    del view
    assert held() == before - 1
