"""Running the same under each JSON engine and reader of pushes that is installed."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
from collections.abc import Iterator
from typing import Any

from sixmm.codec import text
from sixmm.venues.sixmm import decoder
from tests.codec.readers import NAMES, push_readers, reader

__all__ = ["INSTALLED", "using"]

INSTALLED = [n for n in NAMES if n == "stdlib" or importlib.util.find_spec("msgspec") is not None]
"""The names of the engines that can be used here."""


@contextlib.contextmanager
def using(engine: str) -> Iterator[None]:
    """Let everything in the block be read by one engine, whatever this process chose."""
    wanted = [(text, "read", reader(engine)), *_forms(engine)]
    before = [(module, name, getattr(module, name)) for module, name, _ in wanted]
    for module, name, value in wanted:
        setattr(module, name, value)
    try:
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


@functools.lru_cache(maxsize=4)
def _forms(engine: str) -> list[tuple[Any, str, Any]]:
    """Return what the decoder makes its quick readers with; each engine keeps its own."""
    return [
        (decoder, "push_reader", push_readers(engine)),
        (decoder, "_private_form", functools.lru_cache(decoder._private_form.__wrapped__)),
        (decoder, "_market_form", functools.lru_cache(decoder._market_form.__wrapped__)),
    ]
