"""The sender's half of RFC 6455 and what candidates do by hand fit together."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.frames import PING, TEXT, FrameBuffer, frame, handshake

_MASK = b"\x01\x02\x03\x04"


def masked(payload: bytes, opcode: int = TEXT) -> bytes:
    """Return a frame as a client sends it."""
    head = bytearray(frame(payload, opcode)[: len(frame(payload, opcode)) - len(payload)])
    head[1] |= 0x80
    body = bytes(byte ^ _MASK[place % 4] for place, byte in enumerate(payload))
    return bytes(head) + _MASK + body


@given(st.lists(st.binary(max_size=300), max_size=5), st.integers(1, 50))
def test_frames_survive_any_chunking(payloads: list[bytes], step: int) -> None:
    """What a client sends is read whole, however the network cuts it."""
    data = b"".join(masked(payload, PING) for payload in payloads)
    buffer = FrameBuffer()
    found = [
        one
        for start in range(0, len(data), step)
        for one in buffer.feed(data[start : start + step])
    ]

    assert found == [(PING, payload) for payload in payloads]


@pytest.mark.parametrize(("size", "header"), [(125, 2), (126, 4), (65_535, 4), (65_536, 10)])
def test_lengths_have_three_forms(size: int, header: int) -> None:
    """7, 16 and 64 bits, each where the shorter form ends."""
    assert len(frame(bytes(size))) == header + size


def test_the_handshake_proves_that_the_key_was_read() -> None:
    """The accept value is the one of RFC 6455, section 4.2.2."""
    key = b"dGhlIHNhbXBsZSBub25jZQ=="
    digest = hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()

    assert b"\r\nSec-WebSocket-Accept: " + base64.b64encode(digest) in handshake(key)
    assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in handshake(key)
