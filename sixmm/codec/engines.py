"""Which JSON reader this process uses: chosen at import, by what is installed and what it proves.

The extra ``fast`` changes speed and nothing else. The fast engine is therefore taken only where it
gives, on every text of :data:`PROBE`, exactly what the strict engine gives; a release of its
package that reads differently is passed over like one that is not installed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import DecodeError
from . import engine_stdlib
from .engine_stdlib import MAX_DEPTH, MAX_DIGITS, MAX_EXPONENT

__all__ = ["ENGINE", "PROBE", "Reader", "agrees", "choose", "read"]

Reader = Callable[[str | bytes, int], Any]
"""Reads a text of at most so many bytes; raises nothing but DecodeError."""

_MAX_PROBE_BYTES = 400


def _nested(depth: int) -> tuple[bytes, ...]:
    brackets = ((b"[", b"]"), (b'{"a":', b"}"), (b'["]",', b"]"))
    return tuple(left * depth + b"1" + right * depth for left, right in brackets)


PROBE: tuple[str | bytes, ...] = (
    # Numbers: exact, of the right type, within bounds, and in the grammar of the standard.
    *(b"0.10", b"-0.0", b"1E5", b"-1.5e-7", b"0.1000000000000000055511151231257827"),
    *(b"-0", b"9007199254740993", b"9223372036854775808", b"-9223372036854775809"),
    *(b"18446744073709551616", b"19999999999999999999", b"-19999999999999999999"),
    *(b"9" * MAX_DIGITS, b"-" + b"9" * MAX_DIGITS),
    *(b"9" * (MAX_DIGITS + 1), b"0." + b"9" * (MAX_DIGITS - 1), b"0." + b"9" * MAX_DIGITS),
    *(f"1e{exponent}" for exponent in (MAX_EXPONENT, MAX_EXPONENT + 1, -MAX_EXPONENT - 1)),
    *(b"1E+999999", b"1e" + b"9" * 50, b"NaN", b"[Infinity]", b"-Infinity"),
    *(b"01", b"1.", b".5", b"+1", b"1e", b"-", b"1_0"),
    # Objects: of equal keys the last one wins, at the place of the first.
    *(b'{"a":1,"b":2,"a":3}', b"{1:2}", b'{"a":1,}', b'{"a"}'),
    # Text: strict UTF-8, no control characters, no half of a surrogate pair.
    *('"\U0001f600\x7f"', '"\ud800"', b'"\xff"', b'{"\xed\xa0\x80":1}', b'"\xc0\xaf"', b'"\xc3"'),
    *(rb'"\ud83d\ude00\u0000"', rb'"\ud800"', rb'{"\udc00":1}', rb'"\n\/\""', rb'"\x41"'),
    *(b'"\n"', b'"\x00"', b'"', b"\xef\xbb\xbf1"),
    # The rest of the grammar, and the bounds of the whole.
    *(b" [ true,\tfalse,\r\nnull ] ", b"", b" ", b"[1]]", b"[1,]", b"1\x00", b"\x0c1", b"True"),
    *_nested(MAX_DEPTH // 2),
    *_nested(MAX_DEPTH),
    *_nested(MAX_DEPTH + 1),
    b"[" + b"[0],[1]," * 40 + b"{}]",
    b" " * _MAX_PROBE_BYTES + b"1",
)
"""The texts on which a fast engine proves that it reads as the strict one does."""


def agrees(candidate: Reader) -> bool:
    """Whether an engine gives on every text of :data:`PROBE` what the strict engine gives."""
    return all(_outcome(candidate, text) == _outcome(engine_stdlib.read, text) for text in PROBE)


def _outcome(read: Reader, text: str | bytes) -> tuple[str, ...]:
    """Return the value, with its types and its order, or the refusal."""
    try:
        return ("read", repr(read(text, _MAX_PROBE_BYTES)))
    except DecodeError as error:
        return ("refused", error.path, str(error))
    except Exception as error:
        return ("failed", repr(error))


def choose() -> tuple[str, Reader]:
    """Return the name and the reader of the fastest engine that is installed and agrees."""
    try:
        from . import engine_fast
    except Exception:
        # Not installed, made for another machine, or too old for what it is asked to do.
        return "stdlib", engine_stdlib.read
    if agrees(engine_fast.read):
        return "msgspec", engine_fast.read
    return "stdlib", engine_stdlib.read


ENGINE: str
"""The engine of this process: ``"stdlib"`` or ``"msgspec"``."""
read: Reader
"""The reader of that engine."""
ENGINE, read = choose()
