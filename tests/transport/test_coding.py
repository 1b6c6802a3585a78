"""Bodies, compressed and not."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import ProtocolViolation
from sixmm.transport.coding import BodyReader

LIMIT = 10_000


def read(coding: str, data: bytes, piece: int = 1_000) -> bytes:
    """Return the body that arrives as ``data``, in pieces."""
    reader = BodyReader(coding, max_bytes=LIMIT)
    for start in range(0, len(data), piece):
        reader.feed(data[start : start + piece])
    return reader.body()


@given(body=st.binary(max_size=500), piece=st.integers(1, 50))
def test_round_trip(body: bytes, piece: int) -> None:
    """A body arrives as it was, whatever its coding and however it is cut."""
    assert read("", body, piece) == body
    assert read(" Identity", body, piece) == body
    assert read("gzip", gzip.compress(body), piece) == body
    assert read("X-GZIP ", gzip.compress(body), piece) == body
    assert read("deflate", zlib.compress(body), piece) == body


@pytest.mark.parametrize(
    ("coding", "encode"), [("", bytes), ("gzip", gzip.compress), ("deflate", zlib.compress)]
)
def test_limit(coding: str, encode: type[bytes]) -> None:
    """A body of just the limit is read; one byte more is refused."""
    assert read(coding, encode(b"x" * LIMIT)) == b"x" * LIMIT
    with pytest.raises(ProtocolViolation, match="over 10000 bytes"):
        read(coding, encode(b"x" * (LIMIT + 1)))


def test_bomb_takes_no_memory() -> None:
    """What a bomb would unfold to is never there."""
    bomb = gzip.compress(b"\0" * 50_000_000)
    tracemalloc.start()

    try:
        with pytest.raises(ProtocolViolation, match="over"):
            read("gzip", bomb, piece=65_536)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 300_000


def test_bomb_takes_no_more_than_the_limit() -> None:
    """With a large limit, what is there at once is not several times that either (C9)."""
    bomb, limit = gzip.compress(b"\0" * 50_000_000), 10_000_000
    reader = BodyReader("gzip", max_bytes=limit)
    tracemalloc.start()

    try:
        with pytest.raises(ProtocolViolation, match="over"):
            reader.feed(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 1.5 * limit


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "compress", "identity, gzip"])
def test_unsupported(coding: str) -> None:
    """A coding that was not asked for and is not common is refused, and not guessed."""
    with pytest.raises(ProtocolViolation, match="not supported"):
        BodyReader(coding, max_bytes=LIMIT)


def test_no_body() -> None:
    """A reply without a body may still name a coding."""
    assert read("gzip", b"") == b""


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"no gzip at all", "broken"),
        (gzip.compress(b"x" * 100)[:-1], "not complete"),
        (gzip.compress(b"x")[:-8] + b"\0" * 8, "broken"),
        (gzip.compress(b"x") + b"more", "something else"),
        (gzip.compress(b"x") * 2, "something else"),
    ],
)
def test_broken(data: bytes, why: str) -> None:
    """Compression that is cut, damaged or followed by something is refused."""
    with pytest.raises(ProtocolViolation, match=why):
        read("gzip", data)
