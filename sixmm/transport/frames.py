"""The frames of RFC 6455, without I/O: bytes in, whole messages out, and back.

The reader is strict. Two paths lead through it: a short loop for what a feed consists of (whole
text messages of less than 64 KiB), and a careful one for everything else. The short one leaves
every fault to the careful one, so that each rule is written down once.
"""

from __future__ import annotations

import codecs
import collections
import struct

import attrs

from ..errors import ConfigurationError, ProtocolViolation

__all__ = [
    "BINARY",
    "CLOSE",
    "CONTINUATION",
    "MAX_CONTROL_BYTES",
    "PING",
    "PONG",
    "TEXT",
    "CloseFrame",
    "FrameReader",
    "close_payload",
    "encode_frame",
]

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA

MAX_CONTROL_BYTES = 125
"""The longest payload of a close, ping or pong frame (section 5.5)."""

_OPCODES = frozenset({CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG})
_FINAL, _RESERVED, _OPCODE, _CONTROL = 0x80, 0x70, 0x0F, 0x08
_MASKED, _LENGTH = 0x80, 0x7F
_BEGINNING = struct.Struct(">HH")
"""The head of a frame, and its length where the head says that 16 bits of it follow."""
_TEXT_HEAD = (_FINAL | TEXT) << 8
_LONGER_TEXT_HEAD = _TEXT_HEAD | 126
_MAX_PINGS = 16
_PIECE = 65_536


@attrs.frozen(kw_only=True)
class CloseFrame:
    """What the peer's close frame said; the code is 1005 where it said nothing (section 7.1.5)."""

    code: int = 1005
    reason: str = attrs.field(default="", repr=False)
    """As it came: it may repeat a key."""


class FrameReader:
    """Makes messages of the bytes that a server sends.

    Besides the messages it keeps what else came, in the attributes below. After a close frame or a
    violation nothing more is read.

    Args:
        max_frame_bytes: the largest payload of one frame.
        max_message_bytes: the largest message, over all its fragments.
        max_fragments: the most fragments of one message; each costs time, also an empty one.
    """

    def __init__(self, *, max_frame_bytes: int, max_message_bytes: int, max_fragments: int) -> None:
        self.pings: collections.deque[bytes] = collections.deque(maxlen=_MAX_PINGS)
        """The payloads of the newest pings; the owner answers them and takes them out."""
        self.pong: bytes | None = None
        """The payload of the newest pong."""
        self.close: CloseFrame | None = None
        """The close frame, if one has come."""
        self.violation: ProtocolViolation | None = None
        """The fault that ended the reading, if there was one."""
        self.frames = 0
        """How many frames have been completed."""
        self._max_frame_bytes = max_frame_bytes
        self._max_message_bytes = max_message_bytes
        self._max_fragments = max_fragments
        # The beginning of a frame, and how many bytes it takes to get any further with it.
        self._pending = bytearray()
        self._needed = 0
        # The message whose fragments are coming in; the opcode is None between messages.
        self._opcode: int | None = None
        self._parts = bytearray()
        self._fragments = 0
        self._utf8 = codecs.getincrementaldecoder("utf-8")()

    @property
    def ended(self) -> bool:
        """Whether a close frame or a violation has ended the reading."""
        return self.close is not None or self.violation is not None

    def feed(self, data: bytes) -> list[bytes]:
        """Take ``data`` and return the messages that it completes, oldest first.

        Text messages are valid UTF-8. A fault is told by ``violation`` and not raised, since the
        messages before it are good.
        """
        if self.close is not None or self.violation is not None:
            return []
        if self._pending:
            # An array grows in linear time; adding bytes to bytes at each small piece would not.
            if len(self._pending) + len(data) < self._needed:
                self._pending += data
                return []
            data = b"".join((self._pending, data))
            self._pending.clear()
        messages: list[bytes] = []
        # Mostly there is nothing but these, and nothing is left to parse.
        rest = 0 if self._opcode is not None else self._take_whole_texts(data, 0, messages)
        if rest == len(data):
            return messages
        try:
            rest = self._parse(data, rest, messages)
        except ProtocolViolation as exc:
            self.violation = exc.with_traceback(None)
        else:
            if rest < len(data):
                self._pending += memoryview(data)[rest:]
        return messages

    def _parse(self, data: bytes, position: int, messages: list[bytes]) -> int:
        """Take all whole frames from ``position`` on; return where the first incomplete one begins.

        The first of them is one that is not plain.
        """
        end = len(data)
        while position < end and self.close is None:
            frame = self._find_frame(data, position)
            if frame is None:
                return position
            first, start, position = frame
            self._take(first, data[start:position], messages)
            if self._opcode is None and self.close is None:
                position = self._take_whole_texts(data, position, messages)
        return end

    def _take_whole_texts(self, data: bytes, position: int, messages: list[bytes]) -> int:
        """Take the plain frames at ``position``; return where the first other one begins.

        One look at four bytes tells a plain frame and its length. Where the length takes 7 bits,
        the last two of the four belong to the payload.
        """
        end = len(data)
        limit = min(self._max_frame_bytes, self._max_message_bytes)
        before = len(messages)
        unpack = _BEGINNING.unpack_from
        while end - position >= 4:
            head, length = unpack(data, position)
            if head == _LONGER_TEXT_HEAD:
                start = position + 4
                if length < 126:
                    break
            elif _TEXT_HEAD <= head < _LONGER_TEXT_HEAD:
                start = position + 2
                length = head - _TEXT_HEAD
            else:
                break
            stop = start + length
            if stop > end or length > limit:
                break
            payload = data[start:stop]
            if not payload.isascii() and not _is_utf8(payload):
                break
            messages.append(payload)
            position = stop
        self.frames += len(messages) - before
        return position

    def _find_frame(self, data: bytes, position: int) -> tuple[int, int, int] | None:
        """Return the first byte of the frame at ``position``, and the bounds of its payload.

        It is None where the frame is not complete; then ``_needed`` is set.
        """
        available = len(data) - position
        if available < 2:
            self._needed = 2
            return None
        first, second = data[position], data[position + 1]
        _check_header(first, second, in_message=self._opcode is not None)
        length, size = second & _LENGTH, 2
        if length > 125:
            size, least = (4, 126) if length == 126 else (10, 65_536)
            if available < size:
                self._needed = size
                return None
            length = int.from_bytes(data[position + 2 : position + size], "big")
            if length < least or length >> 63:
                raise ProtocolViolation("a length is not in its shortest form, or over 63 bits")
        if not first & _CONTROL:
            self._check_size(length)
        if available < size + length:
            self._needed = size + length
            return None
        start = position + size
        return first, start, start + length

    def _check_size(self, length: int) -> None:
        if length > self._max_frame_bytes:
            raise ProtocolViolation(
                f"a frame of {length} bytes is over {self._max_frame_bytes}", close_code=1009
            )
        if len(self._parts) + length > self._max_message_bytes:
            raise ProtocolViolation(
                f"a message is over {self._max_message_bytes} bytes", close_code=1009
            )

    def _take(self, first: int, payload: bytes, messages: list[bytes]) -> None:
        """Take one frame whose header has been checked."""
        opcode = first & _OPCODE
        if opcode == PING:
            self.pings.append(payload)
        elif opcode == PONG:
            self.pong = payload
        elif opcode == CLOSE:
            self.close = _parse_close(payload)
        elif opcode != CONTINUATION and first & _FINAL:
            if opcode == TEXT and not payload.isascii() and not _is_utf8(payload):
                raise ProtocolViolation("a text message is not UTF-8", close_code=1007)
            messages.append(payload)
        else:
            self._take_fragment(first, payload, messages)
        self.frames += 1

    def _take_fragment(self, first: int, payload: bytes, messages: list[bytes]) -> None:
        if self._opcode is None:
            self._opcode = first & _OPCODE
        self._fragments += 1
        if self._fragments > self._max_fragments:
            raise ProtocolViolation(
                f"a message has over {self._max_fragments} fragments", close_code=1009
            )
        if self._opcode == TEXT:
            try:
                self._utf8.decode(payload, bool(first & _FINAL))
            except UnicodeDecodeError:
                raise ProtocolViolation("a text message is not UTF-8", close_code=1007) from None
        self._parts += payload
        if first & _FINAL:
            messages.append(bytes(self._parts))
            self._parts.clear()
            self._fragments = 0
            self._opcode = None


def _check_header(first: int, second: int, *, in_message: bool) -> None:
    """Refuse what section 5 forbids in the first two bytes of a server's frame."""
    opcode = first & _OPCODE
    if first & _RESERVED:
        raise ProtocolViolation("a reserved bit is set, and no extension was agreed on")
    if opcode not in _OPCODES:
        raise ProtocolViolation(f"the opcode {opcode} is reserved")
    if second & _MASKED:
        raise ProtocolViolation("a server must not mask its frames")
    if opcode & _CONTROL:
        if not first & _FINAL or second > MAX_CONTROL_BYTES:
            raise ProtocolViolation("a control frame is fragmented, or over 125 bytes")
    elif in_message != (opcode == CONTINUATION):
        raise ProtocolViolation(
            "a message begins inside another one" if in_message else "there is nothing to continue"
        )


def _parse_close(payload: bytes) -> CloseFrame:
    """Return what a close frame says (sections 5.5.1 and 7.4)."""
    if not payload:
        return CloseFrame()
    code = int.from_bytes(payload[:2], "big")
    if len(payload) < 2 or not _is_valid_code(code):
        raise ProtocolViolation("a close frame has no valid code")
    try:
        return CloseFrame(code=code, reason=payload[2:].decode())
    except UnicodeDecodeError:
        raise ProtocolViolation("a close reason is not UTF-8", close_code=1007) from None


def _is_valid_code(code: int) -> bool:
    """Return whether a close frame may carry ``code`` (section 7.4, and the IANA registry)."""
    return code in (1000, 1001, 1002, 1003) or 1007 <= code <= 1014 or 3000 <= code <= 4999


def _is_utf8(payload: bytes) -> bool:
    """Return whether ``payload`` is UTF-8.

    Long ones are decoded in pieces: one rare character makes all of a text take four bytes each.
    """
    size = len(payload)
    try:
        if size <= _PIECE:
            payload.decode()
            return True
        decode = codecs.getincrementaldecoder("utf-8")().decode
        for start in range(0, size, _PIECE):
            decode(payload[start : start + _PIECE], start + _PIECE >= size)
    except UnicodeDecodeError:
        return False
    return True


def close_payload(code: int, reason: str) -> bytes:
    """Return the payload of a close frame; the reason is cut to what fits.

    Raises:
        ConfigurationError: the code must not be sent.
    """
    if not _is_valid_code(code):
        raise ConfigurationError(f"{code} is not a close code that may be sent")
    text = reason.encode("utf-8", "replace")[: MAX_CONTROL_BYTES - 2]
    return code.to_bytes(2, "big") + text.decode("utf-8", "ignore").encode()


def encode_frame(opcode: int, payload: bytes, mask_key: bytes) -> bytes:
    """Return a whole, masked frame, as a client sends it.

    Args:
        opcode: what kind of frame it is.
        payload: its content.
        mask_key: 4 bytes that nobody can foresee (section 10.3).
    """
    length = len(payload)
    if length < 126:
        header = bytes((_FINAL | opcode, _MASKED | length))
    elif length < 65_536:
        header = bytes((_FINAL | opcode, _MASKED | 126)) + length.to_bytes(2, "big")
    else:
        header = bytes((_FINAL | opcode, _MASKED | 127)) + length.to_bytes(8, "big")
    return header + mask_key + _mask(payload, mask_key)


def _mask(payload: bytes, mask_key: bytes) -> bytes:
    """Return ``payload`` XOR the repeated key; two big numbers are faster than a loop of bytes."""
    length = len(payload)
    key = (mask_key * (length // 4 + 1))[:length]
    mixed = int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")
    return mixed.to_bytes(length, "little")
