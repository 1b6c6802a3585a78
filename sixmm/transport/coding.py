"""Bodies of replies: joined, decompressed, and never larger than the limit.

Compression is not asked for, but a server may use it all the same, and a few hundred kilobytes can
unfold to gigabytes. So the limit counts what comes out, while it comes out.
"""

from __future__ import annotations

import zlib

from ..errors import ProtocolViolation

__all__ = ["BodyReader"]

_IDENTITY = frozenset({"", "identity"})
_COMPRESSED = frozenset({"gzip", "x-gzip", "deflate"})
_GZIP_OR_ZLIB = 47  # zlib's way to say: look at the header, and take the largest window.
_PIECE = 65_536
"""How much is unfolded at once: zlib holds that up to three times before it is added."""


class BodyReader:
    """Puts one body together.

    Args:
        coding: the value of Content-Encoding, or an empty text.
        max_bytes: the largest body.

    Raises:
        ProtocolViolation: the coding is not supported.
    """

    def __init__(self, coding: str, *, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._body = bytearray()
        coding = coding.strip().lower()
        if coding not in _IDENTITY | _COMPRESSED:
            raise ProtocolViolation("the body has a content coding that is not supported")
        compressed = coding in _COMPRESSED
        self._unfold = zlib.decompressobj(_GZIP_OR_ZLIB) if compressed else None
        self._empty = True  # So is the body of a 204, whatever its header says about coding.

    def feed(self, data: bytes) -> None:
        """Take the next piece of what is on the wire.

        Raises:
            ProtocolViolation: the body is over the limit, or its compression is broken.
        """
        self._empty = False
        if self._unfold is None:
            self._add(data)
            return
        while data:
            try:
                piece = self._unfold.decompress(data, _PIECE)
            except zlib.error:
                raise ProtocolViolation("the compressed body is broken") from None
            if self._unfold.unused_data:
                raise ProtocolViolation("the compressed body is followed by something else")
            self._add(piece)
            data = self._unfold.unconsumed_tail

    def body(self) -> bytes:
        """Return the whole body.

        Raises:
            ProtocolViolation: the compressed body is not complete.
        """
        if self._unfold is not None and not (self._empty or self._unfold.eof):
            raise ProtocolViolation("the compressed body is not complete")
        return bytes(self._body)

    def _add(self, piece: bytes) -> None:
        self._body += piece
        if len(self._body) > self._max_bytes:
            raise ProtocolViolation(f"the body is over {self._max_bytes} bytes")
