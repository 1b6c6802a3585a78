"""A venue of our own design, small and strict, for the tests of the engine.

Its frames are JSON objects with one key that says what they are::

    {"hello": true}                                     which is answered with a login
    {"login": true}                                     or {"login": false, "why": text}
    {"ping": text}                                      which is answered with that text
    {"reply": id}                                       or {"reply": id, "why": text}
    {"market": topic, "value": anything}
    {"push": "user.9", "ts": ms, "orders": [...], "fills": [...], "balances": [...],
     "positions": [...]}

Rows have the names of :mod:`sixmm.state.models`; amounts are text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar, cast

import attrs

from sixmm.errors import (
    ApiError,
    AuthenticationError,
    ClientClosed,
    ConfigurationError,
    DecodeError,
    HttpStatusError,
    LoginRefused,
    SixmmError,
    SubscriptionRefused,
    api_error,
)
from sixmm.events import Event, Origin, UnknownEvent
from sixmm.redaction import Secret
from sixmm.state.models import Balance, Baseline, Facts, Fill, Order, Position, Snapshot
from sixmm.transport.base import HttpRequest, HttpResponse
from sixmm.venues.base import (
    Auth,
    Call,
    Credentials,
    Dial,
    Frame,
    FrameKind,
    Plan,
    StreamKey,
    Venue,
)

from .model import partly_filled

__all__ = ["REST_URL", "TOPIC", "WS_URL", "FakeVenue", "Pushed", "answer", "push_text", "refusal"]

REST_URL = "https://rest.test"
WS_URL = "wss://stream.test/ws"
TOPIC = "user.9"

Row = attrs.AttrsInstance
T = TypeVar("T")
AnyRow = TypeVar("AnyRow", Order, Fill, Position, Balance)

_DECIMALS = {"price", "quantity", "executed_quantity", "wallet", "frozen", "used", "entry_price"}


@attrs.frozen(kw_only=True)
class Pushed(Event):
    """A private event of this venue."""

    facts: Facts


def row_of(model: Row) -> dict[str, Any]:
    """Return the JSON row of a model."""
    values = attrs.asdict(model, recurse=False)
    values.pop("raw")
    return {
        name: str(value) if isinstance(value, Decimal) else value
        for name, value in values.items()
        if value is not None
    }


def model_of(cls: type[AnyRow], row: Mapping[str, Any]) -> AnyRow:
    """Return the model of a JSON row."""
    values: dict[str, Any] = {
        key: Decimal(value) if key in _DECIMALS else value for key, value in row.items()
    }
    return cls(**values)


def push_text(facts: Facts, **more: Any) -> str:
    """Return the frame that tells ``facts``."""
    return json.dumps(
        {
            "push": TOPIC,
            "ts": facts.ts_ms,
            "orders": [row_of(order) for order in facts.orders],
            "fills": [row_of(fill) for fill in facts.fills],
            "positions": [row_of(position) for position in facts.positions],
            "balances": [row_of(balance) for balance in facts.balances],
            **more,
        }
    )


def answer(data: Any = None) -> HttpResponse:
    """Return the reply of a call that went well."""
    return HttpResponse(status=200, body=json.dumps({"code": 0, "data": data}).encode())


def refusal(code: int, message: str = "refused") -> HttpResponse:
    """Return the reply of a call that was refused."""
    body = json.dumps({"code": code, "message": message}).encode()
    return HttpResponse(status=200, body=body)


def _rows(cls: type[AnyRow]) -> Any:
    return lambda data: tuple(model_of(cls, row) for row in data)


def _credentials(data: Mapping[str, Any]) -> Credentials:
    return Credentials(
        access_token=Secret(data["token"]),
        access_expires_at_ms=data["expires_at"],
        cookies={"session": Secret(data["cookie"])} if "cookie" in data else {},
    )


class FakeVenue(Venue):
    """The venue of the tests of the engine."""

    name = "fake"
    rotate_after: float | None = None
    is_for_once = False

    # REST

    def prepare(
        self,
        call: Call,
        *,
        rest_url: str,
        credentials: Credentials,
        timestamp_ms: int,
        request_id: str,
    ) -> HttpRequest:
        """Put timestamp, id and credential into headers."""
        if call.auth is Auth.ACCOUNT and not credentials.present:
            raise ConfigurationError("no credential")
        headers = {"X-Time": str(timestamp_ms), "X-Id": request_id}
        if call.auth is not Auth.NONE:
            secret = credentials.access_token or credentials.api_key
            headers["X-Auth"] = secret.reveal() if secret else "cookie"
        query = "&".join(f"{name}={value}" for name, value in call.query)
        return HttpRequest(
            method=call.method,
            url=f"{rest_url}{call.path}" + (f"?{query}" if query else ""),
            headers=headers,
            body=None if call.body is None else json.dumps(call.body).encode(),
        )

    def parse(self, call: Call, response: HttpResponse) -> Any:
        """Read ``{"code", "data"}``."""
        try:
            envelope = json.loads(response.body)
            code = envelope["code"]
        except (ValueError, KeyError, TypeError):
            if response.status == 200:
                raise DecodeError("not an envelope") from None
            raise HttpStatusError("not an envelope", http_status=response.status) from None
        if code:
            raise api_error(envelope.get("message", ""), code=code, operation=call.operation)
        data = envelope["data"]
        return data if call.result is None else call.result(data)

    def server_time_call(self) -> Call:
        """Return the call of the clock."""
        return Call(operation="time", method="GET", path="/time")

    def is_replay_error(self, error: SixmmError) -> bool:
        """Whether it has the code of a repeated request."""
        return isinstance(error, ApiError) and error.code == 3004

    def is_clock_error(self, error: SixmmError) -> bool:
        """Say so by the text of code 1003 (rule 40)."""
        return isinstance(error, AuthenticationError) and "Timestamp" in error.message

    def login_call(self, *, username: str, password: Secret) -> Call:
        """Return the call that makes a token and a cookie."""
        body = {"username": username, "password": password.reveal()}
        return Call(
            operation="login",
            method="POST",
            path="/login",
            body=body,
            writes=True,
            result=_credentials,
        )

    def refresh_call(self) -> Call:
        """Return the call that renews the token."""
        return Call(
            operation="refresh",
            method="POST",
            path="/refresh",
            auth=Auth.COOKIE,
            writes=True,
            result=_credentials,
        )

    # The stream

    def dial_plan(
        self,
        *,
        ws_url: str,
        private: bool,
        credentials: Credentials,  # noqa: ARG002
        held: StreamKey | None,
        now_ms: int,
    ) -> Plan[Dial]:
        """Make a key where none is held, and put it into the address."""
        if not private:
            return Dial(url=Secret(ws_url), rotate_after=self.rotate_after)
        if self.is_for_once:
            made = yield self._key_call("POST")
            url = Secret(f"{ws_url}?key={made['key']}")
            return Dial(url=url, is_for_once=True, awaits_login=True)
        key = held
        if key is None:
            made = yield self._key_call("POST")
            key = StreamKey(
                value=Secret(made["key"]), created_at_ms=now_ms, expires_at_ms=made["expires_at"]
            )
        return Dial(
            url=Secret(f"{ws_url}?key={key.value.reveal()}"),
            key=key,
            awaits_login=True,
            rotate_after=self.rotate_after,
        )

    def renew_plan(self, key: StreamKey, *, now_ms: int) -> Plan[StreamKey]:
        """Renew the key."""
        renewed = yield self._key_call("PUT", key)
        return StreamKey(value=key.value, created_at_ms=now_ms, expires_at_ms=renewed["expires_at"])

    def release_plan(self, key: StreamKey) -> Plan[None]:
        """Delete the key."""
        yield self._key_call("DELETE", key)

    def _key_call(self, method: str, key: StreamKey | None = None) -> Call:
        return Call(
            operation=f"{method} key",
            method=method,
            path="/key",
            body=None if key is None else {"key": key.value.reveal()},
            auth=Auth.ACCOUNT,
            writes=True,
        )

    def check_topic(self, topic: str) -> str:
        """Accept everything."""
        return topic

    def subscribe_text(self, request_id: str, topics: Sequence[str]) -> str:
        """Return a request."""
        return json.dumps({"op": "subscribe", "id": request_id, "topics": list(topics)})

    def unsubscribe_text(self, request_id: str, topics: Sequence[str]) -> str:
        """Return a request."""
        return json.dumps({"op": "unsubscribe", "id": request_id, "topics": list(topics)})

    def login_text(self, *, credentials: Credentials, timestamp_ms: int) -> Secret:
        """Return a request with the key and the time in it."""
        key = credentials.api_key
        told = {"op": "login", "key": key.reveal() if key else None, "at": timestamp_ms}
        return Secret(json.dumps(told))

    def ping_text(self, request_id: str) -> str:
        """Return a request."""
        return json.dumps({"op": "ping", "id": request_id})

    def classify(self, message: bytes) -> Frame:
        """Look at the one key that says what the frame is."""
        try:
            frame = json.loads(message)
        except ValueError:
            return Frame(kind=FrameKind.OTHER)
        if not isinstance(frame, dict):
            return Frame(kind=FrameKind.OTHER)
        why = frame.get("why")
        if "login" in frame:
            return Frame(
                kind=FrameKind.LOGIN, error=None if frame["login"] else LoginRefused(str(why))
            )
        if "hello" in frame:
            return Frame(kind=FrameKind.GREETING)
        if "ping" in frame:
            return Frame(kind=FrameKind.PING, pong=frame["ping"])
        if "reply" in frame:
            return Frame(
                kind=FrameKind.REPLY,
                request_id=frame["reply"],
                error=SubscriptionRefused(why) if why else None,
            )
        if "market" in frame:
            return Frame(kind=FrameKind.MARKET, topic=frame["market"])
        return Frame(kind=FrameKind.PRIVATE if "push" in frame else FrameKind.OTHER)

    def decode(self, message: str | bytes, *, received_at: int = 0) -> Event:
        """Return a push as :class:`Pushed`, and everything else as an unknown event."""
        text = message if isinstance(message, str) else message.decode()
        try:
            frame = json.loads(text)
        except ValueError:
            raise DecodeError("not JSON") from None
        if not isinstance(frame, dict) or "push" not in frame:
            return UnknownEvent(data=frame, raw=text, received_at=received_at)
        if frame.get("fault"):
            raise RuntimeError("a fault of the schema")
        return Pushed(
            topic=frame["push"],
            ts=frame["ts"],
            raw=text,
            received_at=received_at,
            facts=Facts(
                ts_ms=frame["ts"],
                orders=_rows(Order)(frame.get("orders", ())),
                fills=_rows(Fill)(frame.get("fills", ())),
                positions=_rows(Position)(frame.get("positions", ())),
                balances=_rows(Balance)(frame.get("balances", ())),
            ),
        )

    # The account

    def facts(self, event: Event) -> Facts | None:
        """Return the facts of a push."""
        return event.facts if isinstance(event, Pushed) else None

    def snapshot_plan(self, baseline: Baseline, *, now_ms: int) -> Plan[Snapshot]:
        """Read the five parts; one that fails is told, a refused credential ends the plan."""
        unchecked: dict[str, str] = {}
        since = (("since", str(baseline.since_ms)),)
        fills = yield from self._part("fills", Fill, unchecked, since)
        open_orders = yield from self._part("orders", Order, unchecked, (("list", "open"),))
        wanted = (*since, ("known", ",".join(baseline.open_orders)))
        ended = yield from self._part("orders", Order, unchecked, (("list", "ended"), *wanted))
        positions = yield from self._part("positions", Position, unchecked)
        balances = yield from self._part("balances", Balance, unchecked)
        return Snapshot(
            as_of_ms=now_ms,
            fills=cast("tuple[Fill, ...] | None", fills),
            open_orders=cast("tuple[Order, ...] | None", open_orders),
            ended_orders=cast("tuple[Order, ...]", ended or ()),
            positions=cast("tuple[Position, ...] | None", positions),
            balances=cast("tuple[Balance, ...] | None", balances),
            unchecked=unchecked,
            final=frozenset(name for name, reason in unchecked.items() if "3006" in reason),
        )

    def _part(
        self,
        name: str,
        cls: type[Row],
        unchecked: dict[str, str],
        query: tuple[tuple[str, str], ...] = (),
    ) -> Plan[tuple[Row, ...] | None]:
        call = Call(
            operation=name,
            method="GET",
            path=f"/{name}",
            query=query,
            auth=Auth.ACCOUNT,
            result=_rows(cls),  # type: ignore[type-var]
        )
        try:
            rows: tuple[Row, ...] = yield call
        except (AuthenticationError, ClientClosed):
            raise
        except SixmmError as error:
            unchecked[name] = str(error)
            return None
        return rows

    def partly_filled(self, order: Order, executed_quantity: Decimal) -> Order:
        """Return the order as it was."""
        return partly_filled(order, executed_quantity)

    def order_event(
        self, order: Order, fill: Fill | None, *, topic: str, received_at: int
    ) -> Event:
        """Return a push with ``origin=REST``."""
        facts = Facts(
            ts_ms=order.updated_at_ms or 0,
            orders=(order,),
            fills=() if fill is None else (fill,),
        )
        return Pushed(
            topic=topic,
            ts=facts.ts_ms,
            received_at=received_at,
            origin=Origin.REST,
            raw=push_text(facts),
            facts=facts,
        )

    def account_events(
        self,
        *,
        balances: Sequence[Balance],
        positions: Sequence[Position],
        ts: int,
        topic: str,
        received_at: int,
    ) -> Sequence[Event]:
        """Return one push with ``origin=REST``."""
        facts = Facts(ts_ms=ts, balances=tuple(balances), positions=tuple(positions))
        event = Pushed(
            topic=topic,
            ts=ts,
            received_at=received_at,
            origin=Origin.REST,
            raw=push_text(facts),
            facts=facts,
        )
        return (event,)
