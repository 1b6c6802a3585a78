"""Messages that are small to send and might be large to read: depth, width, digits, copies.

For each the time that the thread has worked, and the most memory that was held at once, are set
against the size of the message. Twice the size may take twice the work, with room to spare, but not
four times as much.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import attrs

from sixmm.codec import parse_json
from sixmm.errors import DecodeError
from sixmm.events import UnknownEvent
from sixmm.venues.sixmm.decoder import Decoder

from .engines import INSTALLED, using
from .tally import Tally

__all__ = ["BOMBS", "figure", "run", "short_figure"]

_SIZE = 200_000
_LEAST_SECONDS = 0.25
_SECONDS_PER_MIB = 5.0
_LEAST_BYTES = 4 * 1024 * 1024
_BYTES_PER_BYTE = 250
_MOST_GROWTH = 3.5


def _nested(left: bytes, right: bytes) -> Callable[[int], bytes]:
    return lambda size: left * (size // len(left + right)) + right * (size // len(left + right))


def _repeated(first: bytes, piece: bytes, last: bytes) -> Callable[[int], bytes]:
    return lambda size: first + piece * (size // len(piece)) + last


def _numbered(size: int) -> bytes:
    return b"{" + b",".join(b'"k%07d":1' % n for n in range(size // 12)) + b"}"


def _deep_lists(size: int) -> bytes:
    one = b"[" * 60 + b"]" * 60 + b","
    return b"[" + one * (size // len(one)) + b"0]"


BOMBS: dict[str, Callable[[int], bytes]] = {
    "lists in lists": _nested(b"[", b"]"),
    "objects in objects": _nested(b'{"a":', b"}"),
    "both in both": _nested(b'[{"a":', b"}]"),
    "only opened": lambda size: b"[" * size,
    "objects only opened": _repeated(b"", b'{"a":', b""),
    "hidden by texts": _nested(b'["]",', b',"["]'),
    "hidden by escapes": _nested(b'["\\"]",', b',"\\"["]'),
    "many that are deep": _deep_lists,
    "one long integer": lambda size: b"[" + b"7" * size + b"]",
    "one long fraction": lambda size: b"[0." + b"7" * size + b"]",
    "one long exponent": lambda size: b"[1e" + b"7" * size + b"]",
    "many long integers": _repeated(b"[", b"9" * 40 + b",", b"0]"),
    "many large exponents": _repeated(b"[", b"1e64,", b"0]"),
    "one long text": lambda size: b'["' + b"x" * size + b'"]',
    "one wide text": lambda size: b'["' + "\U0001f600".encode() * (size // 4) + b'"]',
    "one rare character": lambda size: b'["' + b"x" * size + "\U0001f600".encode() + b'"]',
    "only escapes": _repeated(b'["', b"\\u0041", b'"]'),
    "only pairs": _repeated(b'["', b"\\ud83d\\ude00", b'"]'),
    "only backslashes": lambda size: b'["' + b"\\" * (size // 2 * 2) + b'"]',
    "a text without end": lambda size: b'["' + b"\\" * (size // 2 * 2 + 1),
    "blanks": lambda size: b" " * size,
    "blanks and a value": lambda size: b" " * size + b"1",
    "one key": _repeated(b"{", b'"a":1,', b'"a":2}'),
    "many keys": _numbered,
    "empty lists": _repeated(b"[", b"[],", b"0]"),
    "empty objects": _repeated(b"[", b"{},", b"0]"),
    "commas": lambda size: b"[" + b"," * size + b"]",
    "quotes": lambda size: b'"' * size,
    "minus signs": lambda size: b"[" + b"-" * size,
    "zero bytes": lambda size: b"\x00" * size,
    "no UTF-8": lambda size: b'["' + b"\xff" * size + b'"]',
    "half characters": lambda size: b'["' + b"\xf0\x9f" * (size // 2) + b'"]',
    "levels of a book": _repeated(
        b'{"topic":"market.depth.X","event":"data","ts":1,"data":{"bids":[', b'["1","2"],', b"0]}}"
    ),
    "fills of an account": _repeated(
        b'{"topic":"user.1","event":"data","ts":1,"data":{"eventType":"ACCOUNT_UPDATE","balances":[',
        b'{"assetType":"USDT"},',
        b"{}]}}",
    ),
    "unknown members": _repeated(
        b'{"topic":"user.1","event":"data","ts":1,"data":{"eventType":"ORDER_TRADE_UPDATE",',
        b'"odd":[[1]],',
        b'"orderId":"1"}}',
    ),
    "unknown topics": _repeated(b'{"topic":"odd.', b"x", b'","data":{}}'),
}
"""How to make each bomb of about so many bytes."""


@attrs.frozen
class Cost:
    """What reading something has taken."""

    seconds: float
    most_bytes: int
    fault: str | None


def cost(read: Callable[[bytes], Any], text: bytes) -> Cost:
    """Return what it takes to read a text, the best of two."""
    found = [_cost(read, text, traced=traced) for traced in (False, False, True)]
    return Cost(
        seconds=min(one.seconds for one in found[:2]),
        most_bytes=found[2].most_bytes,
        fault=found[2].fault,
    )


def _cost(read: Callable[[bytes], Any], text: bytes, *, traced: bool) -> Cost:
    if traced:
        tracemalloc.start()
    started, fault = time.thread_time(), None
    try:
        read(text)
    except DecodeError:
        pass
    except Exception as error:
        fault = f"{type(error).__name__} instead of DecodeError"
    seconds = time.thread_time() - started
    most = 0
    if traced:
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return Cost(seconds, most, fault)


def _all_of(decoder: Decoder, text: bytes) -> None:
    """Decode a message, and look at everything of its event."""
    event = decoder.decode(text)
    for side in (getattr(event, "bids", ()), getattr(event, "asks", ())):
        for _ in side:
            pass
    if not isinstance(event, UnknownEvent):
        _ = event.extra


def run(engine: str, size: int = _SIZE) -> Tally:
    """Read every bomb, as JSON and as a message."""
    tally = Tally(f"bombs of {size} bytes, by {engine}")
    with using(engine):
        decoder = Decoder()
        readers: tuple[tuple[str, Callable[[bytes], Any]], ...] = (
            ("as JSON", parse_json),
            ("as a message", lambda text: _all_of(decoder, text)),
        )
        for name, make in BOMBS.items():
            for way, read in readers:
                small, large = cost(read, make(size)), cost(read, make(2 * size))
                tally.take(f"{engine} {name} {way}", small.fault or _judged(small, large, size))
    return tally


def _judged(small: Cost, large: Cost, size: int) -> str | None:
    mib = 2 * size / 1024**2
    if large.seconds > _LEAST_SECONDS + _SECONDS_PER_MIB * mib:
        return f"{large.seconds:.2f} s for {2 * size} bytes"
    if large.most_bytes > _LEAST_BYTES + _BYTES_PER_BYTE * 2 * size:
        return f"{large.most_bytes} bytes for {2 * size} bytes"
    if large.seconds > _LEAST_SECONDS and large.seconds > _MOST_GROWTH * small.seconds:
        return f"{small.seconds:.3f} s, and {large.seconds:.3f} s for twice the size"
    return None


def figure(seed: int) -> Tally:  # noqa: ARG001 - there is nothing to draw
    """Return which bombs went off; none may (E1)."""
    return Tally("bombs").add(run(engine) for engine in INSTALLED)


def short_figure(seed: int) -> Tally:  # noqa: ARG001 - there is nothing to draw
    """Return the same for smaller bombs."""
    return Tally("bombs").add(run(engine, 60_000) for engine in INSTALLED)
