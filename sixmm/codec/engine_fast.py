"""The JSON reader of the extra ``fast``: msgspec, where it certainly says what the strict one says.

Importing this module needs msgspec. Only :mod:`.engines` does so, and it is prepared to do without.
"""

from __future__ import annotations

from typing import Any

import msgspec.json

from . import engine_stdlib
from .engine_stdlib import SHAPE, check_depth, exact, is_surely_shallow

__all__ = ["read"]

_decode = msgspec.json.Decoder(float_hook=exact).decode
# There is no hook for integers. One of 19 digits fits into 64 bits. Longer ones have no bound, and
# msgspec before 0.19 takes 19999999999999999999 for 1553255926290448383.
_TOO_LONG = b"0" * 20


class _Unsure(Exception):
    """A text that is left to the strict engine."""


def read(text: str | bytes, max_bytes: int) -> Any:
    """Return the value of a JSON text: the same as :func:`.engine_stdlib.read`, sooner.

    What msgspec refuses, and what it may take although it is to be refused, is read again by the
    strict engine. So every error, and every value that is out of the ordinary, comes from there.

    Raises:
        DecodeError: the strict engine refuses the text.
    """
    try:
        return _read(text, max_bytes)
    except Exception:
        # Not raised from here: the text hangs on this exception, and would hang on the next one.
        pass
    return engine_stdlib.read(text, max_bytes)


def _read(text: str | bytes, max_bytes: int) -> Any:
    if type(text) not in (bytes, str) or len(text) > max_bytes:
        raise _Unsure
    data = text.encode() if isinstance(text, str) else text
    # A lone backslash is looked for first because a single byte is found several times as fast.
    if b"\\" in data and b"\\u" in data:
        raise _Unsure
    shape = data.translate(SHAPE)
    if _TOO_LONG in shape:
        raise _Unsure
    value = _decode(data)
    if not is_surely_shallow(shape):
        check_depth(value)
    return value
