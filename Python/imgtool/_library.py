"""The C interface (imgtool.h) as ctypes sees it."""

from __future__ import annotations

import ctypes
import os
from ctypes import (
    POINTER, Structure, c_char_p, c_double, c_int, c_int32, c_int64, c_size_t, c_uint8, c_void_p)
from pathlib import Path

ABI_VERSION = 1
OK, NO, REFUSED = 0, 1, 2
READ_ONLY, COPY_ON_WRITE, READ_WRITE = 0, 1, 2
ACCESS = {"ro": READ_ONLY, "cow": COPY_ON_WRITE, "rw": READ_WRITE}


class Error(ValueError):
    """What the library refused, and why: the layout, a value, a file or the system."""


class Layout(Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("mode", c_char_p), ("rawmode", c_char_p),
        ("width", c_int64), ("height", c_int64), ("offset", c_int64), ("stride", c_int64),
        ("plane_stride", c_int64), ("orientation", c_int32), ("interleave", c_int32),
        ("is_strided", c_int32), ("palette_bands", c_int32), ("pixel_stride", c_int64),
        ("band_stride", c_int64), ("palette", c_char_p), ("palette_count", c_size_t),
    ]


class Info(Structure):
    _fields_ = [
        ("width", c_int64), ("height", c_int64), ("mode", c_char_p), ("row_byte_count", c_int64),
        ("frame_count", c_int64), ("band_count", c_int32), ("sample_type", c_int32),
        ("read_only", c_int32), ("palette_count", c_int32),
    ]


class Array(Structure):
    _fields_ = [
        ("data", c_void_p), ("shape", c_int64 * 3), ("strides", c_int64 * 3),
        ("dimension_count", c_int32), ("kind", c_int32), ("item_byte_count", c_int32),
        ("is_big_endian", c_int32), ("is_read_only", c_int32), ("reserved", c_int32),
    ]


class Difference(Structure):
    _fields_ = [
        ("pixel_count", c_int64), ("differing_pixels", c_int64), ("failing_pixels", c_int64),
        ("maximum", c_double), ("mean", c_double), ("mean_squared", c_double), ("psnr", c_double),
        ("first_x", c_int64), ("first_y", c_int64), ("first_a", c_double * 4),
        ("first_b", c_double * 4),
    ]


class Sharing(Structure):
    _fields_ = [
        ("address", c_void_p), ("offset", c_int64), ("byte_count", c_int64),
        ("detached_pages", c_int64), ("page_byte_count", c_int64),
    ]


class SaveOptions(Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("format", c_char_p), ("rawmode", c_char_p),
        ("has_level", c_int32), ("level", c_int32), ("bits", c_int32), ("threads", c_int32),
        ("replaces_mapped", c_int32), ("is_durable", c_int32),
    ]


class Saved(Structure):
    _fields_ = [
        ("byte_count", c_int64), ("bytes_copied", c_int64), ("was_flushed", c_int32),
        ("is_lossy", c_int32),
    ]


Release = ctypes.CFUNCTYPE(None, c_void_p)
Write = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_size_t)

_image, _new, _path, _threads = c_void_p, POINTER(c_void_p), c_char_p, c_int
_samples = POINTER(c_double)
_area = [c_int64, c_int64, c_int64, c_int64]

# Every function of the header: what it gives and what it takes.
FUNCTIONS = {
    "imgtool_abi_version": (c_int, []),
    "imgtool_version": (c_char_p, []),
    "imgtool_last_error": (c_char_p, []),
    "imgtool_last_cause": (c_int, []),
    "imgtool_last_errno": (c_int, []),
    "imgtool_last_note": (c_char_p, []),
    "imgtool_mode_name": (c_char_p, [c_size_t]),
    "imgtool_rawmode_name": (c_char_p, [c_size_t, POINTER(c_char_p)]),
    "imgtool_format_name": (c_char_p, [c_size_t]),
    "imgtool_row_byte_count": (c_int, [c_char_p, c_char_p, c_int64, POINTER(c_int64)]),
    "imgtool_format_holds": (c_int, [c_char_p, c_char_p]),
    "imgtool_leave_bus_errors_to_host": (None, []),
    "imgtool_image_from_memory": (
        c_int, [c_void_p, c_size_t, POINTER(Layout), c_int, Release, c_void_p, _new]),
    "imgtool_image_map": (c_int, [_path, POINTER(Layout), c_int, _new]),
    "imgtool_image_open": (c_int, [_path, c_int, c_int64, _new]),
    "imgtool_image_new": (c_int, [c_char_p, c_int64, c_int64, _new]),
    "imgtool_image_free": (None, [_image]),
    "imgtool_image_info": (c_int, [_image, POINTER(Info)]),
    "imgtool_image_palette": (c_int, [_image, POINTER(c_uint8), POINTER(c_size_t)]),
    "imgtool_image_array": (c_int, [_image, POINTER(Array)]),
    "imgtool_image_crop": (c_int, [_image, *_area, _new]),
    "imgtool_image_band": (c_int, [_image, c_int, _new]),
    "imgtool_image_reorient": (c_int, [_image, c_char_p, _new]),
    "imgtool_image_every": (c_int, [_image, c_int64, c_int64, _new]),
    "imgtool_image_convert": (c_int, [_image, c_char_p, _new]),
    "imgtool_image_window": (c_int, [_image, c_double, c_double, _new]),
    "imgtool_image_copy": (c_int, [_image, _threads, _new]),
    "imgtool_image_getpixel": (c_int, [_image, c_int64, c_int64, _samples, c_size_t]),
    "imgtool_image_putpixel": (c_int, [_image, c_int64, c_int64, _samples, c_size_t]),
    "imgtool_image_read_rows": (
        c_int, [_image, c_int64, c_int64, c_char_p, c_void_p, c_size_t, _threads]),
    "imgtool_image_write_rows": (
        c_int, [_image, c_int64, c_int64, c_char_p, c_void_p, c_size_t, _threads]),
    "imgtool_image_fill": (c_int, [_image, *_area, _samples, c_size_t, _threads]),
    "imgtool_image_invert": (c_int, [_image, _threads]),
    "imgtool_image_flip": (c_int, [_image, c_char_p, _threads]),
    "imgtool_image_swap": (c_int, [_image, c_int, c_int, _threads]),
    "imgtool_image_add": (c_int, [_image, c_double, _threads]),
    "imgtool_image_paste": (c_int, [_image, _image, c_int64, c_int64, _threads]),
    "imgtool_image_compare": (c_int, [_image, _image, c_double, _threads, POINTER(Difference)]),
    "imgtool_image_hash": (c_int, [_image, _threads, c_char_p]),
    "imgtool_image_sharing": (c_int, [_image, POINTER(Sharing)]),
    "imgtool_image_save": (c_int, [_image, _path, POINTER(SaveOptions), POINTER(Saved)]),
    "imgtool_image_save_to": (
        c_int, [_image, Write, c_void_p, POINTER(SaveOptions), POINTER(Saved)]),
    "imgtool_image_flush": (c_int, [_image]),
    "imgtool_image_to_arrow": (c_int, [_image, c_void_p, c_void_p]),
    "imgtool_image_from_arrow": (c_int, [c_void_p, c_void_p, c_char_p, c_int64, c_int64, _new]),
    "imgtool_image_to_dlpack": (c_int, [_image, _new]),
    "imgtool_image_to_dlpack_unversioned": (c_int, [_image, _new]),
    "imgtool_image_from_dlpack": (c_int, [c_void_p, c_char_p, _new]),
    "imgtool_image_from_dlpack_unversioned": (c_int, [c_void_p, c_char_p, _new]),
}


def _load() -> ctypes.CDLL:
    named = os.environ.get("IMGTOOL_LIBRARY")
    beside = Path(__file__).with_name("libimgtool-c.so")
    # CDLL lets go of the interpreter's lock while a function runs.
    library = ctypes.CDLL(named or (str(beside) if beside.exists() else "libimgtool-c.so"))
    for name, (result, arguments) in FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    found = library.imgtool_abi_version()
    if found != ABI_VERSION:
        raise ImportError(f"the library's interface has version {found}, not {ABI_VERSION}")
    return library


lib = _load()


def last_error() -> str:
    return lib.imgtool_last_error().decode()


def check(status: int) -> None:
    """Raises what a call refused."""
    if status != OK:
        raise Error(last_error())


def encoded(text: str | None) -> bytes | None:
    return None if text is None else text.encode()


def _names(function) -> list[str]:
    names, index = [], 0
    while (name := function(index)) is not None:
        names.append(name.decode())
        index += 1
    return names


def version() -> str:
    """The version of the library."""
    return lib.imgtool_version().decode()


def modes() -> list[str]:
    """The modes that this build knows."""
    return _names(lib.imgtool_mode_name)


def rawmodes(mode: str | None = None) -> list[str]:
    """The ways to store pixels, of one mode or of all."""
    names, index, found = [], 0, c_char_p()
    while (name := lib.imgtool_rawmode_name(index, ctypes.byref(found))) is not None:
        if mode is None or found.value.decode() == mode:
            names.append(name.decode())
        index += 1
    return names


def formats(mode: str | None = None) -> list[str]:
    """The formats that this build saves, or those of them that hold a mode."""
    names = _names(lib.imgtool_format_name)
    if mode is None:
        return names
    return [
        name for name in names if lib.imgtool_format_holds(name.encode(), mode.encode()) == OK]
