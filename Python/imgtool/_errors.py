"""The exceptions: those of the language, each an `Error` as well."""

from __future__ import annotations

import contextlib
import errno
import operator
import os
import re
from collections.abc import Iterator
from typing import Any


class Error(Exception):
    """What the library refused and why: the layout, a value, a file or the system.

    Each is an exception of the language as well: a `ValueError`, a `FileNotFoundError` with its
    `errno` and `filename`, an `IndexError` …
    """

    __module__ = "imgtool"


class UnidentifiedImageError(OSError, Error):
    """A file that is damaged, cut short, or in an unknown format."""

    __module__ = "imgtool"


def _refused(*kinds: type[Exception]) -> type[Error]:
    """The class of errors that are of some kinds of the language, where pickles find it."""
    name = f"{kinds[0].__name__.removesuffix('Error')}Refused"
    made: type[Error] = type(name, (*kinds, Error), {"__module__": __name__})
    globals().setdefault(name, made)
    return made


ValueRefused = _refused(ValueError)
# A number or a name of the wrong type is a wrong value, too: Pillow raises one or the other.
TypeRefused = _refused(TypeError, ValueError)
OverflowRefused = _refused(OverflowError, ValueError)
IndexRefused = _refused(IndexError, ValueError)
MemoryRefused = _refused(MemoryError)
KeyRefused = _refused(KeyError, ValueError)
NotImplementedRefused = _refused(NotImplementedError)
BufferRefused = _refused(BufferError, ValueError)
_SystemRefused = {
    kind: _refused(kind) for kind in (
        OSError, BlockingIOError, BrokenPipeError, ChildProcessError, ConnectionError,
        FileExistsError, FileNotFoundError, InterruptedError, IsADirectoryError,
        NotADirectoryError, PermissionError, ProcessLookupError, TimeoutError)
}
# By the names of `native_calls.c`; what the system refuses has its errno's class.
SYSTEM, _READ_ONLY = "system", "read-only"
_BY_CAUSE: dict[str, type[Error]] = {
    "value": ValueRefused, "memory": MemoryRefused, "outside": IndexRefused,
    "contents": UnidentifiedImageError, _READ_ONLY: ValueRefused,
    "interrupted": _SystemRefused[InterruptedError], "type": TypeRefused,
    "buffer": BufferRefused, "closed": ValueRefused, "overflow": OverflowRefused,
}


def whole(value: Any, name: str) -> int:
    """A whole number, or a refusal that says what was found."""
    try:
        return operator.index(value)
    except TypeError:
        raise TypeRefused(f"{name} is {value!r}; a whole number is expected") from None


def several(
    values: Any, name: str, counts: tuple[int, ...], too_few: type[Error] = TypeRefused
) -> tuple[Any, ...]:
    """A sequence of as many values as are expected."""
    expected = f"{name} is {values!r}; {' or '.join(map(str, counts))} numbers are expected"
    if not hasattr(values, "__iter__") or isinstance(values, (str, bytes)):
        raise TypeRefused(expected)
    found = tuple(values)
    if len(found) not in counts:
        raise too_few(expected) if len(found) < min(counts) else TypeRefused(expected)
    return found


_BY_KIND = {TypeError: TypeRefused, ValueError: ValueRefused, OverflowError: OverflowRefused}


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """What others refuse of the arguments of a call, as refusals of the package."""
    try:
        yield
    except (TypeError, ValueError, OverflowError) as error:
        # Those of classes of their own say what they are.
        if type(error) not in _BY_KIND:
            raise
        raise _BY_KIND[type(error)](*error.args) from error


class Unnamed(str):
    """A path that only the package knows, and no message has."""


# What the library leaves to its caller to say: how the file may be replaced.
_MAPPED = re.compile(
    r"this is (.*, )?the file of an open image, which a save replaces only when asked to")


def refusal(cause: str, code: int, text: str, path: Any = None) -> Error:
    """The exception for what the library says about a call that it refused."""
    name = None if path is None else os.fspath(path)
    if name is not None:
        # The exception has the name of its own.
        text = text.removeprefix(f"{os.fsdecode(name)}: ")
    text = _MAPPED.sub(
        "the file is mapped by this process; save elsewhere, or pass replace=True", text)
    if isinstance(path, Unnamed):
        name = None
    if cause == _READ_ONLY and name is not None and not os.access(
            name, os.W_OK, effective_ids=True):
        cause, code = SYSTEM, errno.EACCES
    if cause != SYSTEM:
        return _BY_CAUSE[cause](text if name is None else f"{text}: {name!r}")
    kind: type[Error] = _SystemRefused.get(
        type(OSError(code, text)), _SystemRefused[OSError])
    words = os.strerror(code)
    # "No such file or directory (stat)" says no more than the number does.
    if words not in text:
        words = f"{words}; {text}"
    return kind(code, words) if name is None else kind(code, words, name)
