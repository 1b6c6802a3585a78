"""Requests on a Pro connection: login, subscriptions and pings, in binary frames."""

from __future__ import annotations

import json
import time
import uuid

from .acknowledging import acknowledge
from .codes import KuCoinError
from .core import Core
from .hub import Outlet
from .limits import Limits
from .signing import HEADERS, VERIFY
from .topics import ProError, read_pro

__all__ = ["ProDesk"]


class ProDesk:
    """Answers requests. Runs on the loop's thread."""

    def __init__(self, core: Core, limits: Limits, ping_interval_ms: int) -> None:
        """Answer for the exchange behind `core`."""
        self._core = core
        self._limits = limits
        self._interval_ms = ping_interval_ms

    def greet(self, outlet: Outlet) -> None:
        """Queue the welcome; from now on requests are accepted."""
        outlet.welcomed = True
        welcome = {
            "sessionId": str(uuid.uuid4()),
            "message": "welcome",
            "pingInterval": self._interval_ms,
        }
        self._core.hub.tell(outlet, welcome)

    def handle(self, outlet: Outlet, text: str) -> None:
        """Answer one frame; what is wrong with it is told with ``result`` false."""
        request_id: object = ""
        with self._core.transaction():
            try:
                request = _read(text)
                request_id = request.get("id", "")
                if not outlet.welcomed:
                    raise ProError("nothing is accepted before the welcome")
                if not outlet.messages.take(time.monotonic()):
                    raise ProError("exceed max permits per second")
                self._answer(outlet, request)
            except ProError as exc:
                refusal = {"id": str(request_id), "result": False, exc.member: exc.text}
                self._core.hub.tell(outlet, refusal)

    def _answer(self, outlet: Outlet, request: dict[str, object]) -> None:
        action = request.get("action")
        if request.get("type") == "ping" or request.get("op") == "ping":
            self._ping(outlet, request)
        elif request.get("op") == "auth":
            self._login(outlet, request)
        elif isinstance(action, str) and action.upper() == "SUBSCRIBE":
            self._subscribe(outlet, request)
        elif isinstance(action, str) and action.upper() == "UNSUBSCRIBE":
            self._core.hub.unsubscribe(outlet, [read_pro(request).name])
            self._acknowledge(outlet, request)
        else:
            raise ProError("invalid request data")

    def _ping(self, outlet: Outlet, request: dict[str, object]) -> None:
        now = time.monotonic()
        spacing = self._limits.pro_ping_spacing
        if now - outlet.last_ping < spacing:
            # Documented: more than one ping in a second ends the connection.
            self._core.hub.remove(outlet)
            outlet.close(1000, "Bye")
            return
        outlet.last_ping = now
        form = "op" if request.get("op") == "ping" else "type"
        pong = {form: "pong", "id": str(request.get("id", "")), "ts": self._core.now_ns()}
        self._core.hub.tell(outlet, pong)

    def _login(self, outlet: Outlet, request: dict[str, object]) -> None:
        if self._core.faults.take("refused_logins"):
            raise ProError("login refused")
        fields = {name: str(request.get(name) or "") for name in HEADERS}
        try:
            key = self._core.keys.check(fields, VERIFY, "", self._core.now_ms())
        except KuCoinError as exc:
            raise ProError(f"{exc.code} {exc.message}") from exc
        self._core.hub.join(outlet, key.user_id)
        self._acknowledge(outlet, request)

    def _subscribe(self, outlet: Outlet, request: dict[str, object]) -> None:
        topic = read_pro(request)
        if topic.name in self._core.faults.refused_topics:
            raise ProError("subscription refused")
        if topic.private and outlet.user_id is None:
            raise ProError("login is required")
        most = self._limits.pro_topics
        if most and len(outlet.topics | {topic.name}) > most:
            raise ProError(f"exceed max subscription count limitation of {most} per session")
        self._core.hub.subscribe(outlet, [topic.name])
        self._acknowledge(outlet, request)

    def _acknowledge(self, outlet: Outlet, request: dict[str, object]) -> None:
        result: object = "true" if self._core.manners.pro_ack == "text" else True
        message = {"id": str(request.get("id", "")), "result": result}
        acknowledge(self._core, outlet, message)


def _read(text: str) -> dict[str, object]:
    try:
        request = json.loads(text)
    except (ValueError, RecursionError):
        request = None
    if not isinstance(request, dict):
        raise ProError("invalid request data")
    return request
