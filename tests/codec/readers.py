"""The JSON engines side by side, and how their verdicts are compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sixmm.codec import MAX_TEXT_BYTES, Bind, PushForm, engine_stdlib, pushes_stdlib
from sixmm.codec.engines import Reader
from sixmm.errors import DecodeError

NAMES = ("stdlib", "fast")


def reader(name: str) -> Reader:
    """Return the reader of an engine, or skip where its package is not installed."""
    if name == "stdlib":
        return engine_stdlib.read
    pytest.importorskip("msgspec", reason="the fast engine needs the extra 'fast'")
    from sixmm.codec import engine_fast

    return engine_fast.read


def push_readers(name: str) -> Callable[[PushForm], Bind]:
    """Return what makes the readers of pushes of an engine, or skip where it is not installed."""
    if name == "stdlib":
        return pushes_stdlib.push_reader
    pytest.importorskip("msgspec", reason="the fast reader needs the extra 'fast'")
    from sixmm.codec import pushes_fast

    return pushes_fast.push_reader


def verdict(read: Reader, text: Any, max_bytes: int = MAX_TEXT_BYTES) -> tuple[Any, ...]:
    """Return what a reader says: the value with the type of each part, or path and text."""
    try:
        return ("read", typed(read(text, max_bytes)))
    except DecodeError as error:
        return ("refused", error.path, str(error), error.__cause__, error.__context__)
    except Exception as error:
        return ("failed", type(error), str(error))


def typed(value: Any) -> Any:
    """Return a value as nested tuples in which 1, True, Decimal(1) and Decimal("1.0") differ."""
    if type(value) is dict:
        return (dict, [(typed(name), typed(item)) for name, item in value.items()])
    if type(value) is list:
        return (list, [typed(item) for item in value])
    return (type(value), repr(value))


def same(text: Any, max_bytes: int = MAX_TEXT_BYTES) -> bool:
    """Whether the fast engine and the strict one say the same of a text."""
    return verdict(reader("fast"), text, max_bytes) == verdict(engine_stdlib.read, text, max_bytes)
