"""The frame reader, by section of RFC 6455, and against a simple parser that shares no code."""

from __future__ import annotations

import os
import random
import struct
import tracemalloc
from itertools import accumulate

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sixmm.errors import ConfigurationError
from sixmm.transport.frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    CloseFrame,
    FrameReader,
    close_payload,
    encode_frame,
)
from tests.transport.servers import Connection, frame, read_frame

LIMIT = 70_000


def make_reader(**limits: int) -> FrameReader:
    """Return a reader with small limits."""
    return FrameReader(
        **{"max_frame_bytes": LIMIT, "max_message_bytes": LIMIT, "max_fragments": 8, **limits}
    )


@attrs.define
class Outcome:
    """All that a reader tells about some bytes."""

    messages: list[bytes] = attrs.field(factory=list)
    pings: list[bytes] = attrs.field(factory=list)
    pong: bytes | None = None
    close: CloseFrame | None = None
    violation: int | None = None


def read_all(data: bytes, cuts: list[int], reader: FrameReader | None = None) -> Outcome:
    """Feed ``data`` to a reader in pieces that end at ``cuts``; return what it tells."""
    reader = reader or make_reader()
    outcome = Outcome()
    for start, stop in zip([0, *cuts], [*cuts, len(data)], strict=True):
        outcome.messages += reader.feed(data[start:stop])
        outcome.pings += reader.pings
        reader.pings.clear()
    outcome.pong = reader.pong
    outcome.close = reader.close
    if reader.violation is not None:
        outcome.violation = reader.violation.close_code
    return outcome


def violation(data: bytes, **limits: int) -> int | None:
    """Return the close code with which ``data`` is refused, or None."""
    return read_all(data, [], make_reader(**limits)).violation


class TestBaseFraming:
    """Section 5.2: base framing protocol."""

    @pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65_535, 65_536, LIMIT])
    @pytest.mark.parametrize("opcode", [TEXT, BINARY])
    def test_lengths(self, opcode: int, length: int) -> None:
        """Payloads at both ends of all three forms of a length are read."""
        payload = b"x" * length

        assert read_all(frame(opcode, payload) * 2, []).messages == [payload] * 2

    @pytest.mark.parametrize("reserved", range(1, 8))
    def test_reserved_bits(self, reserved: int) -> None:
        """A reserved bit without an extension is refused with 1002."""
        assert violation(frame(TEXT, b"x", reserved=reserved)) == 1002

    @pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
    def test_reserved_opcodes(self, opcode: int) -> None:
        """A reserved opcode is refused with 1002, as soon as its header is there."""
        assert violation(frame(opcode, b"x" * 9)[:2]) == 1002

    @pytest.mark.parametrize(
        ("form", "mark", "length"),
        [("!BBH", 126, 125), ("!BBH", 126, 0), ("!BBQ", 127, 65_535), ("!BBQ", 127, 0)],
    )
    def test_lengths_that_are_not_shortest(self, form: str, mark: int, length: int) -> None:
        """A length that would fit a shorter form is refused with 1002, and nothing is delivered."""
        data = struct.pack(form, 0x81, mark, length) + b"x" * length

        assert read_all(data, []) == Outcome(violation=1002)

    @pytest.mark.parametrize("length", [2**63, 2**64 - 1])
    def test_length_with_the_top_bit(self, length: int) -> None:
        """A length over 63 bits is refused with 1002."""
        assert violation(struct.pack("!BBQ", 0x82, 127, length)) == 1002


class TestMasking:
    """Section 5.1 and 5.3: client-to-server masking."""

    @pytest.mark.parametrize("opcode", [TEXT, BINARY, CLOSE, PING, PONG])
    def test_masked_server_frame(self, opcode: int) -> None:
        """A server that masks is refused with 1002."""
        assert violation(frame(opcode, b"\x03\xe8", mask=b"abcd")) == 1002

    @given(
        opcode=st.sampled_from([TEXT, BINARY, PING, PONG, CLOSE]),
        length=st.one_of(st.integers(0, 300), st.sampled_from([65_535, 65_536, 65_537])),
        key=st.binary(min_size=4, max_size=4),
    )
    def test_encode(self, opcode: int, length: int, key: bytes) -> None:
        """What is encoded is read back by a server that knows only the RFC."""
        payload = random.Random(length).randbytes(length)

        assert read_frame(_canned(encode_frame(opcode, payload, key))) == (opcode, payload)


def _canned(data: bytes) -> Connection:
    """Return a server's connection on which ``data`` has arrived."""
    connection = Connection.__new__(Connection)
    connection._buffer = data
    return connection


class TestFragmentation:
    """Section 5.4: fragmentation."""

    def test_fragments(self) -> None:
        """Fragments become one message, with control frames between them."""
        data = (
            frame(TEXT, b"a", final=False)
            + frame(PING, b"p")
            + frame(CONTINUATION, b"", final=False)
            + frame(PONG, b"q")
            + frame(CONTINUATION, b"b")
        )

        assert read_all(data, []) == Outcome([b"ab"], [b"p"], b"q")

    def test_continuation_of_nothing(self) -> None:
        """A continuation without a beginning is refused with 1002."""
        assert violation(frame(CONTINUATION, b"x")) == 1002

    @pytest.mark.parametrize("opcode", [TEXT, BINARY])
    def test_message_inside_a_message(self, opcode: int) -> None:
        """A new message before the end of the last one is refused with 1002."""
        data = frame(TEXT, b"a", final=False) + frame(opcode, b"whole")

        assert read_all(data, []) == Outcome(violation=1002)

    def test_split_character(self) -> None:
        """A character may be split between fragments, but not lost."""
        first, second = "é".encode()[:1], "é".encode()[1:]

        assert read_all(
            frame(TEXT, first, final=False) + frame(CONTINUATION, second), []
        ).messages == ["é".encode()]
        assert violation(frame(TEXT, first, final=False) + frame(CONTINUATION)) == 1007

    def test_too_many_fragments(self) -> None:
        """More fragments than the limit are refused with 1009, also empty ones."""
        flood = frame(TEXT, final=False) + frame(CONTINUATION, final=False) * 8

        assert violation(flood[:-2]) is None
        assert violation(flood) == 1009

    def test_messages_after_fragments(self) -> None:
        """The reader forgets a fragmented message when it is complete."""
        one = frame(BINARY, b"\xff", final=False) + frame(CONTINUATION, b"\xfe")

        assert read_all(one * 20 + frame(TEXT, b"x"), []).messages == [b"\xff\xfe"] * 20 + [b"x"]


class TestControlFrames:
    """Section 5.5: control frames."""

    @pytest.mark.parametrize("opcode", [CLOSE, PING, PONG])
    def test_too_long_or_fragmented(self, opcode: int) -> None:
        """A control frame over 125 bytes, or a fragmented one, is refused with 1002."""
        assert violation(frame(opcode, b"\x03\xe8" + b"x" * 124)) == 1002
        assert violation(frame(opcode, b"\x03\xe8", final=False)) == 1002

    def test_pings_and_pongs(self) -> None:
        """The newest pings are kept in order, and the last pong."""
        data = b"".join(frame(PING, b"%d" % i) for i in range(20))
        data += frame(PONG, b"old") + frame(PONG, b"x" * 125)

        outcome = read_all(data, [])

        assert outcome.pings == [b"%d" % i for i in range(4, 20)]
        assert outcome.pong == b"x" * 125

    @pytest.mark.parametrize(
        "code", [*range(1000, 1004), *range(1007, 1015), 3000, 3999, 4000, 4999]
    )
    def test_valid_close_codes(self, code: int) -> None:
        """Each code that may be sent is accepted, with its reason (section 7.4)."""
        data = frame(CLOSE, code.to_bytes(2, "big") + "é".encode())

        assert read_all(data, []).close == CloseFrame(code=code, reason="é")

    @pytest.mark.parametrize(
        "code", [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]
    )
    def test_invalid_close_codes(self, code: int) -> None:
        """Each code that must not be sent is refused with 1002 (section 7.4)."""
        assert violation(frame(CLOSE, code.to_bytes(2, "big"))) == 1002

    def test_close_without_code(self) -> None:
        """An empty close frame has the code 1005; half a code is refused with 1002."""
        assert read_all(frame(CLOSE), []).close == CloseFrame(code=1005, reason="")
        assert violation(frame(CLOSE, b"\x03")) == 1002

    def test_close_reason_is_not_utf8(self) -> None:
        """A reason that is not UTF-8 is refused with 1007."""
        assert violation(frame(CLOSE, b"\x03\xe8\xc3")) == 1007

    def test_nothing_after_close(self) -> None:
        """Messages before a close frame are delivered, and nothing after it is read."""
        reader = make_reader()
        data = frame(TEXT, b"a") + frame(CLOSE, b"\x03\xe8") + frame(3) + frame(TEXT, b"b")

        outcome = read_all(data, [], reader)

        assert outcome == Outcome([b"a"], close=CloseFrame(code=1000))
        assert reader.ended
        assert reader.feed(frame(TEXT, b"c")) == []


class TestText:
    """Section 5.6 and 8.1: text is UTF-8."""

    @pytest.mark.parametrize(
        "payload",
        [
            b"\xc3",
            b"\x80",
            b"\xc0\xaf",
            b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80",
            b"\xff",
            b"ok" * 100 + b"\xe2\x82",
        ],
        ids=["cut", "stray", "overlong", "surrogate", "too-big", "never", "cut-at-the-end"],
    )
    def test_invalid(self, payload: bytes) -> None:
        """Text that is not UTF-8 is refused with 1007, and is no problem in a binary message."""
        assert violation(frame(TEXT, payload)) == 1007
        assert read_all(frame(BINARY, payload), []).messages == [payload]

    def test_invalid_text_in_two_messages(self) -> None:
        """Two halves of a character in two messages do not make each other valid."""
        assert violation(frame(TEXT, b"\xc3") + frame(TEXT, b"\xa9")) == 1007

    def test_valid(self) -> None:
        """Text beyond ASCII is delivered as it is, and messages after it are too."""
        data = frame(TEXT, "価格🙂".encode()) + frame(TEXT, b"x")

        assert read_all(data, []).messages == ["価格🙂".encode(), b"x"]


class TestLimits:
    """Section 7.4.1, code 1009, and section 10.4: implementation-specific limits."""

    @pytest.mark.parametrize("length", [101, 126, 65_536, 2**40, 2**63 - 1])
    def test_frame(self, length: int) -> None:
        """A frame over the limit is refused with 1009 as soon as its header says so."""
        if length < 126:
            header = bytes((0x81, length))
        elif length < 65_536:
            header = struct.pack("!BBH", 0x81, 126, length)
        else:
            header = struct.pack("!BBQ", 0x81, 127, length)

        assert violation(header, max_frame_bytes=100) == 1009
        assert violation(header, max_message_bytes=100) == 1009

    def test_message(self) -> None:
        """Fragments that add up to more than the limit are refused with 1009."""
        data = frame(BINARY, b"x" * 60, final=False) + bytes((CONTINUATION, 41))

        assert violation(data, max_message_bytes=101) is None
        assert violation(data, max_message_bytes=100) == 1009

    def test_at_the_limit(self) -> None:
        """A message of just the limit is delivered."""
        data = frame(TEXT, b"x" * 300)

        assert read_all(data, [], make_reader(max_frame_bytes=300)).messages == [b"x" * 300]

    def test_control_frames_are_not_counted(self) -> None:
        """A limit below 125 bytes is about messages only."""
        assert violation(frame(PING, b"x" * 125), max_frame_bytes=1, max_message_bytes=1) is None

    def test_flood_of_fragments(self) -> None:
        """A million fragments of one byte end with 1009, long before they are all read."""
        reader = make_reader(max_fragments=1_000)
        flood = frame(BINARY, b"x", final=False) + frame(CONTINUATION, b"x", final=False) * 999_999
        sizes = [65_536 * (i + 1) for i in range(len(flood) // 65_536)]

        assert read_all(flood, sizes, reader).violation == 1009
        assert reader.frames == 1_000

    @pytest.mark.parametrize("start", [b"", "🙂".encode()], ids=["ascii", "wide"])
    def test_memory(self, start: bytes) -> None:
        """A message that arrives in small pieces takes less than three times its size."""
        size = 2 * 1024 * 1024
        reader = make_reader(max_frame_bytes=size, max_message_bytes=size)
        data = frame(TEXT, start + b"x" * (size - len(start)))
        pieces = [data[i : i + 1_000] for i in range(0, len(data), 1_000)]
        tracemalloc.start()

        try:
            messages = [m for piece in pieces for m in reader.feed(piece)]
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

        assert [len(m) for m in messages] == [size]
        assert peak < 3 * size

    def test_declared_size_takes_no_memory(self) -> None:
        """Nothing is reserved for a frame that has not arrived."""
        reader = make_reader(max_frame_bytes=2**62, max_message_bytes=2**62)
        tracemalloc.start()

        try:
            assert reader.feed(struct.pack("!BBQ", 0x81, 127, 2**40)) == []
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

        assert reader.violation is None
        assert peak < 10_000


# Frames that are mostly good, so that what comes after the first one matters too: some good ones,
# then perhaps something odd, and then good ones again.
def _in_fragments(opcode: int, parts: list[bytes], between: bytes) -> bytes:
    """Return a message in fragments, with a control frame after the first one."""
    last = len(parts) - 1
    first, *rest = (
        frame(opcode if index == 0 else CONTINUATION, part, final=index == last)
        for index, part in enumerate(parts)
    )
    return b"".join((first, between, *rest))


_payloads = st.one_of(
    st.text(max_size=8).map(str.encode),
    st.sampled_from([b"x" * 125, b"x" * 126, b"x" * 200, "é".encode() * 100]),
    st.binary(max_size=4),
)
_pings = st.builds(frame, st.sampled_from([PING, PONG]), st.binary(max_size=5))
_texts = st.one_of(st.text(max_size=8).map(str.encode), st.just(b"x" * 126))
_messages = st.builds(frame, st.sampled_from([TEXT, TEXT, TEXT, BINARY]), _texts)
_in_parts = st.builds(
    _in_fragments,
    st.sampled_from([TEXT, BINARY]),
    st.lists(_texts, min_size=1, max_size=4),
    st.one_of(st.just(b""), _pings),
)
_fragments = st.builds(
    frame, st.sampled_from([TEXT, BINARY, CONTINUATION]), _payloads, final=st.booleans()
)
_begun = st.builds(frame, st.sampled_from([TEXT, BINARY]), _texts, final=st.just(False))
_closes = st.builds(frame, st.just(CLOSE), st.one_of(st.just(b"\x03\xe8"), st.binary(max_size=5)))
_faults = st.builds(
    frame,
    st.integers(0, 15),
    _payloads,
    final=st.booleans(),
    reserved=st.sampled_from([0, 0, 0, 1, 2, 4]),
    mask=st.sampled_from([b"", b"", b"abcd"]),
)
_lengths = st.sampled_from(
    [
        *(struct.pack("!BBQ", 0x81, 127, n) for n in (0, 2**20, 2**63)),
        *(struct.pack("!BBH", 0x81, 126, n) + b"x" * n for n in (0, 125, 126)),
    ]
)
_good = st.lists(st.one_of(_messages, _messages, _in_parts, _pings), max_size=5)
_odd = st.lists(st.one_of(_fragments, _begun, _closes, _faults, _lengths), max_size=2)
_streams = st.builds(lambda *parts: b"".join(map(b"".join, parts)), _good, _odd, _good)
_any_bytes = st.one_of(_streams, _streams, _streams, st.binary(max_size=30))


class StrictReader(FrameReader):
    """A reader whose short loop takes nothing: every frame goes the careful way."""

    def _take_whole_texts(self, data: bytes, position: int, messages: list[bytes]) -> int:  # noqa: ARG002
        """Take nothing."""
        return position


@example(
    data=frame(TEXT, b"one", final=False) + frame(TEXT, b"inside"), sizes=[], limits=(LIMIT, LIMIT)
)
@example(data=b"\x81\x7e\x00\x05short", sizes=[], limits=(LIMIT, LIMIT))
@given(
    data=_any_bytes,
    sizes=st.lists(st.integers(1, 40)),
    limits=st.sampled_from([(LIMIT, LIMIT), (LIMIT, LIMIT), (125, LIMIT), (LIMIT, 130), (8, 8)]),
)
def test_short_loop_against_the_careful_path(
    data: bytes, sizes: list[int], limits: tuple[int, int]
) -> None:
    """With and without the short loop, all is the same: each message, each word of a refusal.

    That holds for each limit and any pieces, single bytes too.
    """
    cuts = [cut for cut in accumulate(sizes) if cut < len(data)]
    options = {"max_frame_bytes": limits[0], "max_message_bytes": limits[1], "max_fragments": 8}
    careful = StrictReader(**options)
    expected = read_all(data, [], careful)

    for pieces in ([], cuts, list(range(1, len(data)))):
        fast = FrameReader(**options)
        assert read_all(data, pieces, fast) == expected
        assert fast.frames == careful.frames
        assert str(fast.violation) == str(careful.violation)


@pytest.mark.parametrize("size", [2, 125, 126, 450, 1_000, 65_535])
def test_what_a_feed_consists_of_takes_the_short_loop(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole text messages never meet the careful path, except to find that one is incomplete."""
    messages = [b"%02d" % number + b"x" * (size - 2) for number in range(20)]
    reader = make_reader()
    taken: list[int] = []
    monkeypatch.setattr(reader, "_take", lambda *frame: taken.append(len(frame)))
    data = b"".join(frame(TEXT, message) for message in messages)

    assert reader.feed(data[:-1]) + reader.feed(data[-1:]) == messages
    assert taken == []


@given(data=_any_bytes, sizes=st.lists(st.integers(1, 40)))
def test_any_chunking(data: bytes, sizes: list[int]) -> None:
    """Pieces of any size, single bytes too, give the same messages and the same refusal."""
    cuts = [cut for cut in accumulate(sizes) if cut < len(data)]
    whole = read_all(data, [])

    assert read_all(data, cuts) == whole
    assert read_all(data, list(range(1, len(data)))) == whole


@given(data=_any_bytes)
def test_against_a_simple_parser(data: bytes) -> None:
    """The fast reader and a slow one, written from the RFC alone, tell the same of any bytes."""
    assert read_all(data, []) == parse_slowly(data)


def parse_slowly(data: bytes) -> Outcome:
    """Read ``data`` frame by frame, without a thought about speed or memory."""
    outcome = Outcome()
    parts: list[bytes] = []
    kind: int | None = None
    try:
        while True:
            final, opcode, payload, data = _first_frame(data, kind, sum(map(len, parts)))
            if opcode == PING:
                outcome.pings = [*outcome.pings, payload][-16:]
            elif opcode == PONG:
                outcome.pong = payload
            elif opcode == CLOSE:
                outcome.close = _close_frame(payload)
                return outcome
            else:
                kind = opcode if kind is None else kind
                parts.append(payload)
                if len(parts) > 8:
                    raise Refused(1009)
                if kind == TEXT:
                    _check_text(b"".join(parts), final=final)
                if final:
                    outcome.messages.append(b"".join(parts))
                    parts, kind = [], None
    except Incomplete:
        return outcome
    except Refused as refused:
        outcome.violation = refused.code
        return outcome


class Incomplete(Exception):
    """There is no whole frame."""


class Refused(Exception):
    """The rest is not acceptable."""

    def __init__(self, code: int) -> None:
        self.code = code


def _first_frame(data: bytes, kind: int | None, size: int) -> tuple[bool, int, bytes, bytes]:
    """Return the parts of the first frame, and what comes after it."""
    if len(data) < 2:
        raise Incomplete
    final, reserved, opcode = bool(data[0] & 128), data[0] & 112, data[0] & 15
    masked, short = data[1] & 128, data[1] & 127
    if reserved or masked or opcode not in (0, 1, 2, 8, 9, 10):
        raise Refused(1002)
    if opcode > 7 and (not final or short > 125):
        raise Refused(1002)
    if opcode < 3 and (opcode == 0) != (kind is not None):
        raise Refused(1002)
    extended = {126: 2, 127: 8}.get(short, 0)
    if len(data) < 2 + extended:
        raise Incomplete
    length = int.from_bytes(data[2 : 2 + extended], "big") if extended else short
    if extended and length < (126 if extended == 2 else 65_536):
        raise Refused(1002)
    if length >= 2**63:
        raise Refused(1002)
    if opcode < 3 and (length > LIMIT or size + length > LIMIT):
        raise Refused(1009)
    start = 2 + extended
    if len(data) < start + length:
        raise Incomplete
    return final, opcode, data[start : start + length], data[start + length :]


def _check_text(text: bytes, *, final: bool) -> None:
    try:
        text.decode()
    except UnicodeDecodeError as exc:
        if final or exc.reason != "unexpected end of data":
            raise Refused(1007) from None


def _close_frame(payload: bytes) -> CloseFrame:
    if not payload:
        return CloseFrame(code=1005)
    code = int.from_bytes(payload[:2], "big")
    valid = {*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)}
    if len(payload) == 1 or code not in valid:
        raise Refused(1002)
    try:
        return CloseFrame(code=code, reason=payload[2:].decode())
    except UnicodeDecodeError:
        raise Refused(1007) from None


class TestClosePayload:
    """What a client says when it closes."""

    def test_payload(self) -> None:
        """Code and reason are put together."""
        assert close_payload(1000, "bye") == b"\x03\xe8bye"

    @given(reason=st.text(max_size=200), code=st.sampled_from([1000, 1009, 3000, 4999]))
    def test_reason_is_cut(self, reason: str, code: int) -> None:
        """A reason of any length and content makes a valid close frame."""
        outcome = read_all(frame(CLOSE, close_payload(code, reason)), [])

        assert outcome.close is not None
        assert outcome.close.code == code

    @pytest.mark.parametrize("code", [0, 1005, 1006, 1015, 2999, 5000, 70_000])
    def test_invalid_code(self, code: int) -> None:
        """A code that must not be sent is the caller's mistake."""
        with pytest.raises(ConfigurationError, match=f"{code} is not"):
            close_payload(code, "")


def test_mask_is_fast() -> None:
    """A large frame is masked as one, not byte by byte, and still right at both ends."""
    payload = os.urandom(1_000_003)

    data = encode_frame(BINARY, payload, b"\x01\x02\x03\x04")

    assert (
        bytes(b ^ m for b, m in zip(data[14:18], b"\x01\x02\x03\x04", strict=True)) == payload[:4]
    )
    assert data[-1] ^ b"\x01\x02\x03\x04"[1_000_002 % 4] == payload[-1]
