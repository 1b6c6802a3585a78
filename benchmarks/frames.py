"""The server's half of RFC 6455, by hand: the handshake, frames out, frames in."""

from __future__ import annotations

import base64
import hashlib
import os
import struct
from collections.abc import Iterator

__all__ = ["CLOSE", "PING", "PONG", "TEXT", "FrameBuffer", "frame", "handshake", "upgrade_request"]

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_FINAL = 0x80


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """Return an unmasked frame that is a whole message."""
    size = len(payload)
    if size < 126:
        return bytes((_FINAL | opcode, size)) + payload
    if size < 65_536:
        return struct.pack("!BBH", _FINAL | opcode, 126, size) + payload
    return struct.pack("!BBQ", _FINAL | opcode, 127, size) + payload


def handshake(key: bytes) -> bytes:
    """Return the reply that accepts an upgrade with the given ``Sec-WebSocket-Key``."""
    accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )


def upgrade_request(host: str, target: str) -> bytes:
    """Return the upgrade request of a client, for candidates that bring no library."""
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET {target} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


class FrameBuffer:
    """Takes the bytes of a client and gives its frames; each of them is masked and unfragmented."""

    def __init__(self) -> None:
        self._data = b""

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield opcode and payload of each frame that is complete now."""
        self._data += data
        while (found := self._first()) is not None:
            opcode, payload, end = found
            self._data = self._data[end:]
            yield opcode, payload

    def _first(self) -> tuple[int, bytes, int] | None:
        data = self._data
        if len(data) < 2:
            return None
        size, start = data[1] & 0x7F, 2
        if size == 126 and len(data) >= 4:
            size, start = int.from_bytes(data[2:4], "big"), 4
        elif size == 127 and len(data) >= 10:
            size, start = int.from_bytes(data[2:10], "big"), 10
        elif size >= 126:
            return None
        end = start + 4 + size
        if len(data) < end:
            return None
        return data[0] & 0x0F, _unmask(data[start + 4 : end], data[start : start + 4]), end


def _unmask(payload: bytes, mask: bytes) -> bytes:
    return bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
