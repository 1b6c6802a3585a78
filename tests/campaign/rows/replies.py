"""C8 and C9: replies that are not what was asked for: in what they say, in their form, in size."""

from __future__ import annotations

import json
import random
import time
import zlib
from collections.abc import Callable, Iterator

import attrs

from sixmm.errors import (
    ApiError,
    AuthenticationError,
    ConditionRejected,
    ConnectionClosed,
    DeadlineExceeded,
    DecodeError,
    DuplicateOrder,
    HttpStatusError,
    InsufficientBalance,
    InvalidRequest,
    NotCancelable,
    NotPermitted,
    OrderNotFound,
    OutcomeUnknown,
    ProtocolViolation,
    ServerFault,
    SixmmError,
    Throttled,
)
from sixmm.redaction import Secret
from sixmm.rest import RestSession
from sixmm.transport import RequestsTransport
from sixmm.venues.base import Call, Credentials
from sixmm.venues.sixmm import SixmmVenue, calls
from sixmm.venues.sixmm.order_forms import NewOrder
from tests.hostile.liar import reply
from tests.transport.servers import Connection, Server, read_request

from ..gain import MIB, Gain, Held
from ..row import Finding, Round, Row, at_least, at_most, exactly, noted

__all__ = ["ROWS"]

_CAP = 4 * MIB
"""The largest body that the client of this row takes."""
_SLACK = 1.0
"""Seconds that a busy machine may take on top of a deadline."""
_PATIENT = 30.0
"""Seconds for what does not hang."""
_STAIN, _MARK = "\u0416", "\u042e"
"""Letters that only the replies have: so many of them in an error are so many of a reply."""
_MOST_SHOWN = {_STAIN: 200, _MARK: 100}
"""How much may be shown of a message, and of the id of a request."""
_TEXT = _STAIN * 5_000 + "\r\n\x1b[2J\u202e"

_UNCLEAR = (ConnectionClosed, DeadlineExceeded, DecodeError, HttpStatusError, ProtocolViolation)
"""What is told of a read that ends like this says nothing of a write."""

Play = Callable[[Connection], object]
"""Answers one request; what it returns is of no interest."""


@attrs.frozen(kw_only=True)
class Canned:
    """A reply, and what is told of it."""

    name: str
    play: Play
    read: type[SixmmError]
    write: type[SixmmError]

    @property
    def is_slow(self) -> bool:
        """Whether only the deadline can end it."""
        return self.read is DeadlineExceeded


def _canned(name: str, play: Play | bytes, read: type[SixmmError]) -> Canned:
    write = OutcomeUnknown if issubclass(read, (*_UNCLEAR, ServerFault)) else read
    return Canned(
        name=name, play=_send(play) if isinstance(play, bytes) else play, read=read, write=write
    )


def _send(data: bytes, *, hang_up: bool = False) -> Play:
    def play(connection: Connection) -> None:
        connection.send(data)
        if hang_up:
            raise EOFError

    return play


def _hang_up(data: bytes) -> Play:
    return _send(data, hang_up=True)


def _reset(connection: Connection) -> None:
    connection.reset()
    raise EOFError


def _hang(connection: Connection) -> None:
    connection.read_to_eof()
    raise EOFError


def _trickle(first: bytes, piece: bytes = b"1") -> Play:
    """Send the first bytes at once, and then a piece every 20 ms."""

    def play(connection: Connection) -> None:
        connection.send(first)
        connection.sock.settimeout(0.02)
        while True:
            connection.send(piece)
            try:
                connection.read(1)
            except TimeoutError:
                continue

    return play


def _endless(first: bytes, piece: bytes, most: int) -> Play:
    def play(connection: Connection) -> None:
        connection.send(first)
        for _ in range(most // len(piece)):
            connection.send(piece)
        raise EOFError

    return play


def _envelope(code: object, **members: object) -> bytes:
    told = {"code": code, "message": _TEXT, "requestId": _MARK * 5_000, **members}
    return reply(json.dumps(told))


def _of(status: str, body: str | bytes = _TEXT, *lines: str) -> bytes:
    return reply(body, status, *lines)


def _codes() -> Iterator[Canned]:
    """Yield what the exchange may say, by its codes (rules 4, 5)."""
    kinds: tuple[tuple[tuple[int, ...], type[SixmmError]], ...] = (
        ((1001, 1002, 1003, 1004, 1006), AuthenticationError),
        ((2001, 2002, 2003), InvalidRequest),
        ((3001,), InsufficientBalance),
        ((3003,), OrderNotFound),
        ((3004,), DuplicateOrder),
        ((3005,), NotCancelable),
        ((3006,), NotPermitted),
        ((3100, 3112), ConditionRejected),
        ((5001, 5002), ServerFault),
        ((5003,), Throttled),
        ((-1, 42, 99_999), ApiError),
    )
    for codes, told in kinds:
        for code in codes:
            yield _canned(f"code {code}", _envelope(code), told)
    # In a range of codes that says that the exchange failed: nobody knows what it has done.
    yield Canned(name="code 5004", play=_send(_envelope(5004)), read=ApiError, write=OutcomeUnknown)
    html = "Content-Type: text/html"
    body = json.dumps({"code": 2001, "message": _TEXT})
    yield _canned(
        "an envelope that is said to be a page", _of("200 OK", body, html), InvalidRequest
    )


def _no_envelopes() -> Iterator[Canned]:
    """Yield what is HTTP and nothing that the exchange says."""
    page, success = f"<html>{_TEXT}</html>", json.dumps({"code": 0, "data": {}})
    deep = b"[" * 100_000
    for status in ("200 OK", "500 Oops", "502 Bad Gateway", "503 Later", "401 No", "404 Where"):
        yield _canned(f"a page under {status}", _of(status, page), HttpStatusError)
    for status in (301, 302, 303, 307, 308):
        line = "Location: http://127.0.0.1:1/"
        yield _canned(f"a redirect {status}", _of(f"{status} Go", page, line), HttpStatusError)
    yield _canned("429 in plain text", _of("429 Slow Down"), Throttled)
    for status in ("500 Oops", "401 No"):
        yield _canned(f"success under {status}", _of(status, success), HttpStatusError)
    bodies: tuple[tuple[str, str | bytes], ...] = (
        ("nothing", b""),
        ("blanks", b" \r\n "),
        ("an image", b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
        ("a list", json.dumps([_TEXT])),
        ("a text", json.dumps(_TEXT)),
        ("a number", b"0"),
        ("null", b"null"),
        ("an empty object", b"{}"),
        ("half an envelope", json.dumps({"code": 0, "message": _TEXT})[:-7]),
        ("NaN", b'{"code":0,"data":NaN}'),
        ("no UTF-8", b'{"code":0,"data":"\xff"}'),
        ("lists in lists", deep),
    )
    for name, body in bodies:
        yield _canned(name, _of("200 OK", body), HttpStatusError)
    yield _canned("204", b"HTTP/1.1 204 No Content\r\n\r\n", HttpStatusError)


def _no_results() -> Iterator[Canned]:
    """Yield envelopes that are not what the schema says."""
    for code in ("0", None, True, 1.5, [0], {"code": 0}):
        yield _canned(f"the code {code!r}", _envelope(code), DecodeError)
    for data in (None, [], {"userAsset": _TEXT}, {"userAsset": {"walletBalance": [_TEXT]}}, _TEXT):
        yield _canned(f"the result {str(data)[:20]}", _envelope(0, data=data), DecodeError)


def _no_http() -> Iterator[Canned]:
    """Yield replies that break off, or break HTTP."""
    whole = _envelope(0, data={})
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    zipped = zlib.compress(b"\0" * 100)
    yield _canned("no reply", _hang_up(b""), ConnectionClosed)
    yield _canned("a reset", _reset, ConnectionClosed)
    yield _canned("half a head", _hang_up(whole[:20]), ConnectionClosed)
    yield _canned("half a body", _hang_up(whole[:-9]), ConnectionClosed)
    yield _canned("half a chunk", _hang_up(chunked + b"9\r\n{}"), ConnectionClosed)
    for name, data in (
        ("another protocol", b"SSH-2.0-" + _TEXT.encode() + b"\r\n\r\n"),
        ("a status that is none", b"HTTP/1.1 99 " + _TEXT.encode() + b"\r\n\r\n"),
        ("a chunk that is none", chunked + _TEXT.encode()[:100] + b"\r\n"),
        ("headers without end", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5_000 + b"\r\n"),
        ("a header without end", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n"),
    ):
        yield _canned(name, _hang_up(data), ProtocolViolation)
    for name, body, coding in (
        ("an unknown coding", b"{}", "br"),
        ("no gzip", _TEXT.encode(), "gzip"),
        ("half of a gzip", zipped[:-3], "deflate"),
        ("more than a gzip", zipped + _TEXT.encode(), "deflate"),
    ):
        line = f"Content-Encoding: {coding}"
        yield _canned(name, _of("200 OK", body, line), ProtocolViolation)


def _slow() -> Iterator[Canned]:
    """Yield replies that do not come to an end in any time."""
    head = b"HTTP/1.1 200 OK\r\n"
    yield _canned("silence", _hang, DeadlineExceeded)
    yield _canned("a trickle of a status line", _trickle(b"HTTP/1.1 "), DeadlineExceeded)
    yield _canned("a trickle of a header", _trickle(head + b"X: "), DeadlineExceeded)
    for name, line in (
        ("a body", b"Content-Length: 99999"),
        ("a chunk", b"Transfer-Encoding: chunked"),
        ("an end", b"Connection: close"),
    ):
        play = _trickle(head + line + b"\r\n\r\n")
        yield _canned(f"a trickle of {name}", play, DeadlineExceeded)
    play = _trickle(b"", b"HTTP/1.1 100 Continue\r\n\r\n")
    yield _canned("100 without end", play, DeadlineExceeded)


def _bomb(coding: int) -> bytes:
    """Return 256 MiB of zeros, folded up to 254 KiB."""
    folder, block = zlib.compressobj(9, zlib.DEFLATED, coding), bytes(MIB)
    return b"".join(folder.compress(block) for _ in range(256)) + folder.flush()


def _huge() -> Iterator[Canned]:
    """Yield replies that are larger than the client takes."""
    block = b"x" * 65_536
    gigabyte = 1_000_000_000
    head = b"HTTP/1.1 200 OK\r\n"
    for name, line in (
        ("1 GB by its length", b"Content-Length: %d" % gigabyte),
        ("1 GB up to the end", b"Connection: close"),
    ):
        play = _endless(head + line + b"\r\n\r\n", block, gigabyte)
        yield _canned(name, play, ProtocolViolation)
    chunks = _endless(
        head + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + block + b"\r\n", gigabyte
    )
    yield _canned("1 GB in chunks", chunks, ProtocolViolation)
    for name, window in (("gzip", 31), ("deflate", 15)):
        data = _of("200 OK", _bomb(window), f"Content-Encoding: {name}")
        yield _canned(f"256 MiB as {name}", _hang_up(data), ProtocolViolation)


@attrs.define
class _Sums:
    right: int = 0
    wrong: list[str] = attrs.field(factory=list)
    told: list[str] = attrs.field(factory=list)
    late: list[float] = attrs.field(factory=list)
    others: list[float] = attrs.field(factory=list)


class _Desk:
    """A session, and the server that gives it the reply that is set."""

    def __init__(self) -> None:
        self.canned: Canned | None = None
        self.server = Server(self._serve)
        self._http = RequestsTransport(max_body_bytes=_CAP)
        self._session: RestSession | None = None

    def begin(self) -> None:
        """Read the clock, so that no call has to."""
        self._session = self._make()
        self._session.measure_clock()

    def ask(self, canned: Canned, call: Call, told: type[SixmmError], timeout: float) -> _Sums:
        """Make a call that is answered by a reply, and judge what is told of it."""
        self.canned, sums = canned, _Sums()
        assert self._session is not None
        started, failure = time.monotonic(), None
        try:
            self._session.call(call, timeout=timeout)
        except SixmmError as error:
            failure = error
        seconds = time.monotonic() - started
        (sums.late if canned.is_slow else sums.others).append(
            seconds - timeout if canned.is_slow else seconds
        )
        name = f"{canned.name} to {call.operation}"
        if type(failure) is told:
            sums.right += 1
        else:
            sums.wrong.append(f"{name}: {type(failure).__name__}")
        sums.told += [f"{name}: {fault}" for fault in _shown(failure)]
        return sums

    def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            self._session.close()

    def _make(self) -> RestSession:
        return RestSession(
            venue=SixmmVenue(),
            http=self._http,
            rest_url=f"http://127.0.0.1:{self.server.port}",
            credentials=Credentials(api_key=Secret("fx_key"), api_secret=Secret("secret")),
            # A read that is made again is made again at once: there are many of them.
            jitter=lambda: 0.0,
        )

    def _serve(self, connection: Connection) -> None:
        while True:
            request = read_request(connection)
            if request.target.startswith("/v1/time"):
                now_ms = int(time.time() * 1_000)
                connection.send(reply(json.dumps({"code": 0, "data": {"timestampMs": now_ms}})))
                continue
            assert self.canned is not None
            self.canned.play(connection)


def _shown(error: BaseException | None) -> list[str]:
    """Return what is wrong with the texts of an error and of those behind it."""
    faults = []
    while error is not None:
        for letter, most in _MOST_SHOWN.items():
            count = max(str(error).count(letter), repr(error).count(letter))
            if count > most:
                faults.append(f"{count} characters of the reply")
        if not str(error).isprintable():
            faults.append("characters that are not printable")
        error = error.__cause__ or error.__context__
    return faults


def _run(round_: Round) -> list[Finding]:
    """Answer a read and a write by each reply; the huge ones are watched in their memory."""
    timeout = round_.pick(full=10, short=3) / 10
    canned = [*_codes(), *_no_envelopes(), *_no_results(), *_no_http(), *_slow()]
    random.Random(round_.seed).shuffle(canned)
    huge = list(_huge())
    sums, desk, grown, most = _Sums(), _Desk(), list[float](), list[float]()
    with desk.server:
        desk.begin()
        for one in canned * round_.pick(full=5, short=1):
            _both(desk, one, timeout, sums)
        for one in huge * round_.pick(full=5, short=1):
            with Gain() as gain, Held() as held:
                _both(desk, one, timeout, sums)
            grown.append(gain.mib)
            most.append(held.mib)
        desk.close()
    asked = 2 * round_.pick(full=5, short=1) * (len(canned) + len(huge))
    return [
        at_least("canned replies", len(canned) + len(huge), 60),
        exactly(
            "told by the right class, for a read and for a write",
            sums.right,
            asked,
            str(sums.wrong[:8]),
        ),
        exactly("errors that tell too much of a reply", len(sums.told), 0, str(sums.told[:5])),
        at_most("latest end after a deadline, in s", max(sums.late), _SLACK, "s"),
        at_most("slowest of the others, in s", max(sums.others), _PATIENT, "s"),
        at_most("most memory held for a huge one, in MiB", max(most), 2 * _CAP / MIB, "MiB"),
        noted("MiB that the process grew by for a huge one, at most", max(grown)),
        noted("calls", asked),
    ]


def _both(desk: _Desk, canned: Canned, timeout: float, sums: _Sums) -> None:
    order = NewOrder(
        symbol="BTCUSDT", side="BUY", price="1", quantity="1", client_order_id="canned"
    )
    seconds = timeout if canned.is_slow else _PATIENT
    for call, told in ((calls.user_asset(), canned.read), (calls.place_order(order), canned.write)):
        one = desk.ask(canned, call, told, seconds)
        sums.right += one.right
        sums.wrong += one.wrong
        sums.told += one.told
        sums.late += one.late
        sums.others += one.others


ROWS = (
    Row(
        name="replies",
        hazards=("C8", "C9", "F6", "F9"),
        shows="over 80 canned replies to a read and to an order: every code, pages, redirects, "
        "broken JSON, broken HTTP, trickles, 1 GB, and 254 KiB that unfold to 256 MiB, with a "
        "limit of 4 MiB",
        run=_run,
        full_s=300.0,
    ),
)
