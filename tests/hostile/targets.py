"""What is fuzzed: each target takes bytes from the other side and lets out errors of sixmm only.

A target raises :class:`Broken` where something else comes out, or where a promise does not hold.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import functools
import gzip
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs

from sixmm.cli.credentials import read_credentials_file
from sixmm.clock import Deadline
from sixmm.errors import ConfigurationError, DecodeError, ProtocolViolation, SixmmError
from sixmm.records import read_record
from sixmm.records.format import Entry, Header, entry_line, header_line
from sixmm.state.book_keeper import BookKeeper
from sixmm.transport import HttpRequest, HttpResponse, RequestsTransport
from sixmm.transport.frames import FrameReader
from sixmm.transport.handshake import upgrade
from sixmm.transport.headers import cookie_values, parse_head, retry_after
from sixmm.transport.urls import require_safe_url
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.book_facts import book_change
from sixmm.venues.sixmm.decoder import Decoder
from sixmm.venues.sixmm.envelope import parse
from tests.codec.readers import typed
from tests.transport.fake_stream import FakeStream
from tests.venues.sixmm.examples import examples

from .engines import INSTALLED, using
from .wrong_types import pushes

__all__ = ["TARGETS", "Broken", "Target"]


class Broken(Exception):
    """A promise was not kept."""


@attrs.frozen
class Target:
    """One place where bytes come in."""

    run: Callable[[bytes], None]
    corpus: Callable[[], list[bytes]]
    """What is sound, to begin with."""
    tokens: tuple[bytes, ...]
    """What is put in at random places."""


# Frames


def _frames(data: bytes) -> None:
    """Read the same bytes in one piece and in many: the verdict must not depend on the pieces."""
    whole = _read_frames([data])
    step = 1 + data[0] % 7 if data else 1
    pieces = [data[at : at + step] for at in range(0, len(data), step)]
    if _read_frames(pieces) != whole:
        raise Broken("what is read depends on how it arrives")


def _read_frames(pieces: list[bytes]) -> tuple[Any, ...]:
    reader = FrameReader(max_frame_bytes=4_096, max_message_bytes=8_192, max_fragments=64)
    messages: list[bytes] = []
    for piece in pieces:
        messages += reader.feed(piece)
    if any(len(message) > 8_192 for message in messages):
        raise Broken("a message over the limit")
    violation = reader.violation
    if violation is not None and violation.close_code not in (1002, 1007, 1009):
        raise Broken("a close code that names no fault")
    if reader.ended and reader.feed(b"\x81\x01x"):
        raise Broken("something is read after the end")
    told = (str(violation), violation.close_code) if violation else None
    return messages, reader.close, told, list(reader.pings), reader.pong


def _frame_corpus() -> list[bytes]:
    text = b'{"topic":"user.1"}'
    return [
        b"\x81" + bytes([len(text)]) + text,
        b"\x81\x7e\x01\x00" + b"x" * 256,
        b"\x01\x02ab\x80\x02cd",
        b"\x01\x03\xf0\x9f\x98\x80\x01\x80",
        b"\x89\x02hi\x8a\x02hi\x82\x01\xff",
        b"\x88\x05\x03\xe8bye",
        b"\x81\x7f" + (65_536).to_bytes(8, "big") + b"x" * 40,
        b"\x88\x00",
    ]


# The upgrade


class _AgreeingStream(FakeStream):
    """Replies with prepared bytes; a mark in them stands for the right Sec-WebSocket-Accept."""

    def __init__(self, reply: bytes) -> None:
        super().__init__()
        self._reply = reply

    def recv(self, deadline: Deadline) -> bytes:  # noqa: ARG002
        reply, self._reply = self._reply, b""
        key = self.sent.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0]
        digest = hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
        return reply.replace(b"@ACCEPT@", base64.b64encode(digest))


_WS = require_safe_url("ws://127.0.0.1:1/ws?listenKey=C4naryC4nary")


def _handshake(data: bytes) -> None:
    with contextlib.suppress(EOFError):  # The transport maps it; see its tests.
        upgrade(
            _AgreeingStream(data),
            _WS,
            headers={"User-Agent": "sixmm"},
            deadline=Deadline(5.0),
            max_head_bytes=4_096,
        )
    head, _, _ = data.partition(b"\r\n\r\n")
    with contextlib.suppress(ProtocolViolation):
        _, fields = parse_head(head)
        cookie_values(value for _, value in fields)
        for _, value in fields:
            wait = retry_after(value)
            if wait is not None and not 0 <= wait <= 3_600:
                raise Broken("a wait out of bounds")


def _handshake_corpus() -> list[bytes]:
    agreed = (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: @ACCEPT@\r\n"
    )
    return [
        agreed + b"\r\n",
        agreed + b"\r\n\x81\x01x",
        agreed + b"Set-Cookie: a=b; Path=/\r\nX: y\r\n\r\n",
        agreed + b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
        b"HTTP/1.1 503 Busy\r\nRetry-After: 5\r\n\r\nbody",
        b"HTTP/1.1 503 Busy\r\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n\r\n",
        b"HTTP/1.0 302 Found\r\nLocation: ws://127.0.0.1:2/\r\n\r\n",
    ]


# A reply by HTTP


class _Dialer:
    """Gives one prepared stream to the transport."""

    closed = False

    def __init__(self, data: bytes) -> None:
        # In pieces of two sizes: a head and a body are cut somewhere.
        self._stream = FakeStream([data[:100], data[100:]] if len(data) > 100 else [data])

    def open(self, *_: object) -> FakeStream:
        return self._stream

    def forget(self, stream: object) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def _http(data: bytes) -> None:
    transport = RequestsTransport(max_body_bytes=10_000)
    transport._dialer = transport._wire._dialer = _Dialer(data)  # type: ignore[assignment]
    request = HttpRequest(method="GET", url="http://127.0.0.1:1/v1/time?signature=C4naryC4nary")
    try:
        response = transport.send(request, deadline=Deadline(5.0))
    finally:
        transport.close()
    if len(response.body) > 10_000:
        raise Broken("a body over the limit")


def _http_corpus() -> list[bytes]:
    body = b'{"code":0,"message":"success","data":{"timestamp":1}}'
    length = str(len(body)).encode()
    return [
        b"HTTP/1.1 200 OK\r\nContent-Length: " + length + b"\r\n\r\n" + body,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\nConnection: close\r\n\r\n"
        + body,
        b"HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:2/\r\nContent-Length: 0\r\n\r\n",
    ]


# An envelope


@functools.lru_cache(maxsize=1)
def _all_calls() -> list[Any]:
    return [
        *(calls.server_time(), calls.symbols(), calls.user_asset(), calls.create_listen_key()),
        *(calls.current_orders(), calls.trades(symbol="BTCUSDT"), calls.positions()),
        *(calls.api_keys(), calls.current_condition_orders(), calls.strategy("1")),
        *(calls.funding_rates(), calls.cancel_order(symbol="BTCUSDT", order_id="1")),
        calls.klines(symbol="BTCUSDT", interval="1m"),
    ]


def _envelope(data: bytes) -> None:
    """Read a reply: the first byte chooses the call, the second the status."""
    known = _all_calls()
    call = known[data[0] % len(known)] if data else known[0]
    status = (200, 200, 200, 201, 302, 400, 401, 429, 500, 503)[
        data[1] % 10 if len(data) > 1 else 0
    ]
    headers = {"retry-after": data[2:12].decode("latin-1"), "date": data[2:31].decode("latin-1")}
    result = parse(call, HttpResponse(status=status, headers=headers, body=data[2:]))
    repr(result)


def _envelope_corpus() -> list[bytes]:
    bodies = [
        b'{"code":0,"message":"success","data":{"timestamp":1700000000000},"requestId":"r"}',
        b'{"code":0,"data":{"list":[{"orderId":"1","price":"1.5","status":"PENDING"}]}}',
        b'{"code":0,"data":{"positions":[{"symbol":"BTCUSDT","quantity":"1","leverage":5}]}}',
        b'{"code":0,"data":{"listenKey":"k","expireAt":1}}',
        b'{"code":1003,"message":"bad signature","data":null,"requestId":"r"}',
        b'{"code":5003,"message":"slow down"}',
        b"<html>",
        b"",
    ]
    return [bytes([at]) + b"\x00" + body for at in range(len(_all_calls())) for body in bodies]


# A push


def _decoder(data: bytes) -> None:
    """Decode with every engine and quick reader: one verdict, also on what is read later."""
    *others, strict = [_verdict(decoder, data) for decoder in _decoders()]
    if any(other != strict and not _skimmed(other, strict) for other in others):
        raise Broken(f"the readers differ: {[*others, strict]!r:.300}")


def _skimmed(quick: Any, strict: Any) -> bool:
    """Whether only a bound is in between: for what is skimmed it holds once that is read."""
    is_bound = strict[0] == "refused" and any(word in strict[2] for word in _BOUNDS)
    return is_bound and quick[0] != "refused" and quick[2][0] == strict


_BOUNDS = ("a number of more than", "a number with an exponent over", "levels deep")


@functools.lru_cache(maxsize=1)
def _decoders() -> list[tuple[str, Decoder]]:
    """Return a decoder for each engine that has seen every form, and a new one that has not."""
    found = []
    for engine in INSTALLED:
        decoder = Decoder()
        with using(engine):
            for message in _decoder_corpus():
                with contextlib.suppress(SixmmError):
                    decoder.decode(message)
        found.append((engine, decoder))
    return [*found, ("stdlib", Decoder())]


def _verdict(pair: tuple[str, Decoder], data: bytes) -> Any:
    engine, decoder = pair
    with using(engine):
        try:
            event = decoder.decode(data, received_at=5)
        except DecodeError as error:
            return ("refused", error.path, str(error))
        repr(event)
        later = [_later(lambda: typed(dict(event.extra)))]
        for side in ("bids", "asks"):
            later.append(_later(functools.partial(list, getattr(event, side, ()))))
    return (type(event), _fields_of(event), later)


def _fields_of(event: Any) -> Any:
    fields = attrs.fields(type(event))
    return [
        (f.name, repr(getattr(event, f.name))) for f in fields if f.name not in ("bids", "asks")
    ]


def _later(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except DecodeError as error:
        return ("refused", error.path, str(error))


def _decoder_corpus() -> list[bytes]:
    own = [
        shape.message(json.dumps(shape.data, separators=(",", ":"))).encode() for shape in pushes()
    ]
    documented = [
        json.dumps(payload, separators=(",", ":")).encode()
        for payload in examples("ws-server").values()
    ]
    control = [
        b'{"id":"1","event":"subscribe","success":true,"data":["market.depth.BTCUSDT"]}',
        b'{"event":"auth","success":true,"data":"12345"}',
        b'{"event":"pong"}',
        b'{"id":"2","event":"subscribe","success":false,"code":2001,"message":"no"}',
    ]
    return [*own, *documented, *control]


def _private_corpus() -> list[bytes]:
    return [message for message in _decoder_corpus() if b'"topic":"user.' in message]


def _depth(data: bytes) -> None:
    """Decode a push, and keep a book by it: it must not be shown as live where it is not sound."""
    _decoder(data)
    keeper = BookKeeper("BTCUSDT")
    keeper.expect_snapshot()
    decoder = _book_decoder()
    for message in (_book(7), data):
        with contextlib.suppress(DecodeError):
            change = book_change(decoder.decode(message, received_at=5))
            if change is not None:
                keeper.apply(change, received_at=5)
    book = keeper.picture()
    bids, asks = list(book.bids), list(book.asks)
    repr(book)
    if book.stale:
        return
    prices = [level.price for level in (*reversed(bids), *asks)]
    if prices != sorted(set(prices)):
        raise Broken("a book that is crossed, or out of order, is shown as live")
    if any(level.quantity <= 0 or level.price <= 0 for level in (*bids, *asks)):
        raise Broken("a level that is none is shown as live")


@functools.lru_cache(maxsize=1)
def _book_decoder() -> Decoder:
    return Decoder()


def _book(version: int, **more: object) -> bytes:
    """Return a push of a small book."""
    data = {"bids": [["99.5", "1"], ["99", "2"]], "asks": [["100", "1.5"], ["101", "3"]]}
    told = {**data, "symbol": "BTCUSDT", "endVersion": version, **more}
    push = {"topic": "market.depth.BTCUSDT", "event": "data", "ts": 1, "data": told}
    return json.dumps(push, separators=(",", ":")).encode()


def _depth_corpus() -> list[bytes]:
    own = [
        _book(7),
        _book(8),
        _book(8, bids=[["99.5", "0"]], asks=[]),
        _book(9, asks=[["98", "1"]]),
    ]
    return [*own, *(message for message in _decoder_corpus() if b"market.depth" in message)]


# A credentials file


_OWN_NAMES = re.compile(r"SIXMM_[A-Z_]+")


def _credentials(data: bytes) -> None:
    """Read a private file; what is refused is told with its path and without its content."""
    path = _scratch()
    path.write_bytes(data)
    path.chmod(0o600)
    try:
        credentials = read_credentials_file(str(path))
    except ConfigurationError as error:
        told = _OWN_NAMES.sub("", str(error).replace(str(path), ""))
        longest = max(data.split(), key=len, default=b"")
        if len(longest) >= 16 and longest.decode("latin-1") in told:
            raise Broken("the error repeats the content") from None
        return
    for secret in (credentials.api_key, credentials.api_secret, credentials.access_token):
        if secret and (not secret.reveal().isascii() or set(secret.reveal()) & set("\r\n\0 ")):
            raise Broken("a credential that could not be a header")


@functools.lru_cache(maxsize=1)
def _scratch() -> Path:
    folder = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    made = tempfile.mkdtemp(prefix="sixmm-hostile-", dir=folder)
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made) / "credentials"


def _credentials_corpus() -> list[bytes]:
    return [
        b'{"api_key":"keykeykeykeykeykey","api_secret":"secretsecretsecret"}',
        b"SIXMM_API_KEY=keykeykeykeykeykey\nSIXMM_API_SECRET='secretsecretsecret'\n",
        b"# a comment\nexport SIXMM_ACCESS_TOKEN=tokentokentokentoken\r\n",
        b"\xef\xbb\xbfapi_key = k\napi_secret = s\n",
        b"[" * 5_000,
    ]


# A record


def _record(data: bytes) -> None:
    """Read a record: the first byte says whether the rest is packed here, or is the packed file."""
    path = _scratch().with_name("record")
    rest = data[1:]
    path.write_bytes(rest if data[:1] == b"\x01" else gzip.compress(rest, 1))
    record = read_record(path, max_bytes=1_000_000)
    repr(record)
    if record.left_out < 0:
        raise Broken("a negative count")


def _record_corpus() -> list[bytes]:
    kinds: dict[str, dict[str, Any]] = {
        "dial": {"url": "ws://h/ws?listenKey=***", "link": 1},
        "open": {"link": 1},
        "in": {"link": 1, "messages": ['{"topic":"user.1"}', "\ud800"]},
        "call": {"call": 1, "method": "GET", "url": "http://h/v1/time?signature=***"},
        "reply": {"call": 1, "status": 200, "body": "{}", "headers": {}, "cookies": {}},
        "left_out": {"count": 3},
        "end": {"link": 1, "error": {"kind": "ConnectionClosed", "code": 1006}},
    }
    told = [
        entry_line(Entry(kind=kind, at_us=number, ms=1_700_000_000_000, data=data))
        for number, (kind, data) in enumerate(kinds.items())
    ]
    whole = header_line(Header(started_ms=1_700_000_000_000, client="x")) + b"".join(told)
    return [b"\x00" + whole, b"\x01" + gzip.compress(whole), b"\x00" + told[0], b"\x00"]


_JSON = (
    *(b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"null", b"true", b"NaN", b"1e999", b"-0.0"),
    *(b"\\ud800", b"\\ude00", b"\xff", b"\x00", b"\xef\xbb\xbf", b"9" * 41, b"[" * 70, b'"data":'),
    *(b'"eventType":"ORDER_TRADE_UPDATE"', b'"topic":', b'"orderId":null,', b'"price":"1e5",'),
    *(b'"code":0,', b'"1_0"', b'"\xd9\xa1"', b"\xe2\x80\xa8", b" ", b"\n", b'"event":"data",'),
)
_LEVELS = (b'["1","2"],', b'"endVersion":8,', b'"snapshot":true,', b'"bids":[', b'"asks":[', b'"0"')
_HTTP = (
    *(b"\r\n", b"\n", b"\r", b": ", b"\r\n\r\n", b"HTTP/1.1 ", b"101 ", b"\x00", b"\xff", b"\t"),
    *(b"Content-Length: ", b"Content-Length: -1\r\n", b"Transfer-Encoding: chunked\r\n", b"\r\n "),
    *(b"Content-Encoding: gzip\r\n", b"Content-Encoding: deflate\r\n", b"Retry-After: 99999999999"),
    *(
        b"Connection: close\r\n",
        b"Set-Cookie: ;=;\r\n",
        b"@ACCEPT@",
        b"ffffffffffffffff\r\n",
        b"0\r\n",
    ),
)
_FRAMES = (
    *(b"\x81", b"\x01", b"\x80", b"\x00", b"\x88", b"\x89\x7d", b"\x8a", b"\x82", b"\xff", b"\x7e"),
    *(
        b"\x7f",
        b"\x7f" + b"\xff" * 8,
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"\xf4\x90",
        b"\x03\xe8",
        b"\x81\x7e",
    ),
)
_FILE = (
    b"=",
    b"\n",
    b"'",
    b'"',
    b"#",
    b"export ",
    b"api_key",
    b"SIXMM_",
    b"\x00",
    b"\xff",
    b"{",
    b"\r",
)

TARGETS: Mapping[str, Target] = {
    "frames": Target(_frames, _frame_corpus, _FRAMES),
    "handshake": Target(_handshake, _handshake_corpus, _HTTP),
    "http": Target(_http, _http_corpus, _HTTP),
    "envelope": Target(_envelope, _envelope_corpus, _JSON),
    "decoder": Target(_decoder, _decoder_corpus, _JSON),
    "private": Target(_decoder, _private_corpus, _JSON),
    "depth": Target(_depth, _depth_corpus, (*_JSON, *_LEVELS)),
    "record": Target(_record, _record_corpus, (*_JSON, *_FILE)),
    "credentials": Target(_credentials, _credentials_corpus, _FILE),
}
"""Every target by its name."""
