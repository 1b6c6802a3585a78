"""Bytes that are almost sound: what is fuzzed with where no instrumented fuzzer is installed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

__all__ = ["MOST_BYTES", "mutations"]

MOST_BYTES = 20_000
"""The longest text that is made."""


def mutations(corpus: Sequence[bytes], tokens: Sequence[bytes], *, seed: int) -> Iterator[bytes]:
    """Yield the corpus as it is, and then changed texts of it without end; a seed repeats them."""
    rng = random.Random(seed)
    yield from corpus
    yield b""
    while True:
        data = bytearray(rng.choice(corpus))
        for _ in range(rng.choice((1, 1, 1, 2, 3, 5, 9))):
            rng.choice(_CHANGES)(rng, data, corpus, tokens)
        yield bytes(data[:MOST_BYTES])


Change = Callable[[random.Random, bytearray, Sequence[bytes], Sequence[bytes]], None]


def _flip(rng: random.Random, data: bytearray, *_: Sequence[bytes]) -> None:
    if data:
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _set(rng: random.Random, data: bytearray, *_: Sequence[bytes]) -> None:
    if data:
        data[rng.randrange(len(data))] = rng.choice((0, 9, 10, 13, 34, 45, 48, 92, 127, 128, 255))


def _remove(rng: random.Random, data: bytearray, *_: Sequence[bytes]) -> None:
    start = rng.randint(0, len(data))
    del data[start : start + rng.choice((1, 1, 2, 8, 40))]


def _cut(rng: random.Random, data: bytearray, *_: Sequence[bytes]) -> None:
    del data[rng.randint(0, len(data)) :]


def _repeat(rng: random.Random, data: bytearray, *_: Sequence[bytes]) -> None:
    start = rng.randint(0, len(data))
    data[start:start] = data[start : start + rng.choice((1, 4, 30))] * rng.choice((1, 2, 50))


def _insert(
    rng: random.Random, data: bytearray, _: Sequence[bytes], tokens: Sequence[bytes]
) -> None:
    start = rng.randint(0, len(data))
    data[start:start] = rng.choice(tokens)


def _replace(
    rng: random.Random, data: bytearray, _: Sequence[bytes], tokens: Sequence[bytes]
) -> None:
    start, token = rng.randint(0, len(data)), rng.choice(tokens)
    data[start : start + len(token)] = token


def _splice(
    rng: random.Random, data: bytearray, corpus: Sequence[bytes], _: Sequence[bytes]
) -> None:
    other = rng.choice(corpus)
    data[rng.randint(0, len(data)) :] = other[rng.randint(0, len(other)) :]


def _number(rng: random.Random, data: bytearray, *_: Sequence[bytes]) -> None:
    """Change a digit."""
    places = [at for at, byte in enumerate(data) if 48 <= byte <= 57]
    if places:
        data[rng.choice(places)] = rng.choice(b"0123456789-.eE+_ \xd9")


_CHANGES: tuple[Change, ...] = (
    *(_flip, _set, _remove, _cut, _repeat, _insert, _insert, _replace, _splice, _number),
)
