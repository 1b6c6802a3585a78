"""Signed calls in large numbers, checked by the embedded exchange's own reading of the rules."""

from __future__ import annotations

import itertools
import json
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

from sixmm.clock import Deadline
from sixmm.redaction import Secret
from sixmm.rest import RestSession
from sixmm.sim.rest.call import Call as ReceivedCall
from sixmm.sim.signing import expected_signature, split_query
from sixmm.transport.base import HttpRequest, HttpResponse, HttpTransport
from sixmm.venues.base import Auth, Call, Credentials
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.order_forms import NewOrder
from sixmm.venues.sixmm.venue import SixmmVenue

KEY, SECRET = "key", "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
_ALPHABET = "&=+%?#/;,: \"'\\\u00e9\u4e2d\U0001f600\x7f\tabcXYZ019._~-"


class Receiver(HttpTransport):
    """Takes requests as a server would, and answers each with success."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.requests: list[HttpRequest] = []

    def send(self, request: HttpRequest, *, deadline: Deadline) -> HttpResponse:
        """Keep the request."""
        assert not deadline.expired
        with self._lock:
            self.requests.append(request)
        body = b'{"code":0,"message":"success","data":{"timestampMs":1772710377808}}'
        return HttpResponse(status=200, headers={}, body=body)

    def close(self) -> None:
        """Nothing to close."""


def session(receiver: Receiver) -> RestSession:
    """Return a session with a key, whose clock was read, at no pace."""
    made = RestSession(
        venue=SixmmVenue(),
        http=receiver,
        rest_url="https://example.com",
        credentials=Credentials(api_key=Secret(KEY), api_secret=Secret(SECRET)),
        timeout=600.0,
        pace=None,
    )
    made.measure_clock()
    receiver.requests.clear()
    return made


def query_of(request: HttpRequest) -> str:
    """Return the query text of a request, as it goes over the wire."""
    return urlsplit(request.url).query


def is_accepted(request: HttpRequest) -> bool:
    """Whether the embedded exchange would accept the signature of a request."""
    query, signature, timestamp = split_query(query_of(request))
    assert timestamp
    return signature == expected_signature(SECRET, query, request.body or b"")


def test_signatures_of_many_threads() -> None:
    """80,000 equal calls of eight threads: no two signatures are equal, and time only rises."""
    rest = session(Receiver())
    call = Call(operation="x", method="GET", path="/v1/private/order", auth=Auth.ACCOUNT)

    def sign(_: int) -> list[tuple[int, str | None]]:
        signed = []
        for _ in range(10_000):
            stamp = rest._timestamp(call)
            request = rest._venue.prepare(
                call,
                rest_url="https://example.com",
                credentials=rest.credentials,
                timestamp_ms=stamp,
                request_id="r",
            )
            signed.append((stamp, split_query(query_of(request))[1]))
        return signed

    with ThreadPoolExecutor(8) as pool:
        series = list(pool.map(sign, range(8)))

    assert all(one[0] < next_one[0] for own in series for one, next_one in itertools.pairwise(own))
    assert len({stamp for own in series for stamp, _ in own}) == 80_000
    assert len({signature for own in series for _, signature in own}) == 80_000


def _parameters(dice: random.Random) -> dict[str, str]:
    def text() -> str:
        return "".join(dice.choices(_ALPHABET, k=dice.randrange(8)))

    names = {f"p{number}{text()}" for number in range(dice.randrange(5))}
    return {name: text() for name in names}


def test_what_is_signed_is_what_is_sent() -> None:
    """10,000 sets of parameters of any characters, in the query and in the body (rules 30-36)."""
    receiver, dice = Receiver(), random.Random(7)
    rest = session(receiver)
    sets = [_parameters(dice) for _ in range(10_000)]
    for number, members in enumerate(sets):
        in_body = number % 2 == 1
        call = Call(
            operation="x",
            method="POST" if in_body else "GET",
            path="/v1/private/order/place",
            query=() if in_body else tuple(members.items()),
            body=members if in_body else None,
            auth=Auth.ACCOUNT,
        )
        rest.call(call)

    assert len(receiver.requests) == len(sets)
    for number, (members, request) in enumerate(zip(sets, receiver.requests, strict=True)):
        assert is_accepted(request), members
        received = ReceivedCall(
            method=request.method,
            path=urlsplit(request.url).path,
            raw_query=query_of(request),
            body=request.body or b"",
        )
        told = received.json() if number % 2 else received.query()
        assert {key: told[key] for key in members} == members


def test_amounts_arrive_as_they_were_written() -> None:
    """100,000 prices and sizes: the text in the body is the text that was given (rule 9)."""
    dice = random.Random(11)

    def text() -> str:
        digits = "".join(dice.choices("0123456789", k=dice.randrange(1, 16)))
        whole = digits.lstrip("0") or "0"
        decimals = "".join(dice.choices("0123456789", k=dice.randrange(0, 13)))
        return f"{whole}.{decimals}" if decimals else whole

    for number in range(50_000):
        price, quantity = text(), text()
        given = (Decimal(price), Decimal(quantity)) if number % 2 else (price, quantity)
        call = calls.place_order(
            NewOrder(symbol="BTCUSDT", side="BUY", price=given[0], quantity=given[1])
        )
        body = json.loads(json.dumps(call.body))
        assert (body["price"], body["quantity"]) == (price, quantity)


def test_a_query_is_not_sorted() -> None:
    """The order of the pairs is that of the call, and stays so (rule 33)."""
    receiver = Receiver()
    query = (("b", "2"), ("a", "1"), ("c", ""))
    session(receiver).call(
        Call(operation="x", method="GET", path="/v1/x", query=query, auth=Auth.ACCOUNT)
    )

    pairs = parse_qsl(query_of(receiver.requests[0]), keep_blank_values=True)
    assert [name for name, _ in pairs] == ["b", "a", "c", "timestamp", "signature"]
