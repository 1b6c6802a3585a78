"""Reading the beginning of a stream, and no more of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import ProtocolViolation
from sixmm.transport.heads import HeadReader
from tests.transport.fake_stream import FakeStream
from tests.transport.patience import soon

DATA = b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nrest\r\n\r\n"


def make_reader(*pieces: bytes | Exception, limit: int = 100) -> HeadReader:
    """Return a reader of prepared pieces."""
    return HeadReader(FakeStream(pieces), deadline=soon(), limit=limit)


@given(cuts=st.lists(st.integers(1, 10)))
def test_head(cuts: list[int]) -> None:
    """However the bytes come in, the head ends at the first empty line; the rest is kept."""
    pieces, data = [], DATA
    for cut in cuts:
        pieces.append(data[:cut])
        data = data[cut:]
    reader = make_reader(*(piece for piece in [*pieces, data] if piece))

    assert reader.head() == b"HTTP/1.1 200 OK\r\nA: b"
    assert b"rest\r\n\r\n".startswith(reader.rest())


def test_end_before_the_head() -> None:
    """A stream that ends within the head is told from one that breaks the rules."""
    with pytest.raises(EOFError):
        make_reader(b"HTTP/1.1 200 OK\r\n\r").head()


@pytest.mark.parametrize("pieces", [(b"x" * 101,), (b"x",) * 101, (b"x" * 101 + b"\r\n\r\n",)])
def test_too_long(pieces: tuple[bytes, ...]) -> None:
    """A head over the limit is refused, with and without an end."""
    with pytest.raises(ProtocolViolation, match="over 100 bytes"):
        make_reader(*pieces).head()


def test_just_not_too_long() -> None:
    """A head of the limit is read."""
    assert make_reader(b"x" * 100, b"\r\n\r\n").head() == b"x" * 100


def test_failure() -> None:
    """A failure of the stream is passed on."""
    with pytest.raises(TimeoutError):
        make_reader(b"HTTP", TimeoutError()).head()


def test_exactly() -> None:
    """A number of bytes is read, in pieces or out of one; the rest is kept."""
    reader = make_reader(b"a", b"bcd", b"ef")

    assert [reader.exactly(2), reader.exactly(1), reader.exactly(0)] == [b"ab", b"c", b""]
    assert reader.rest() == b"d"
    with pytest.raises(EOFError):
        reader.exactly(3)
