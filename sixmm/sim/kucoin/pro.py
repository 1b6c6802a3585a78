"""Requests on a Pro connection: login, subscriptions and pings, in binary frames."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable

from ..log import RequestRecord
from .acknowledging import acknowledge
from .codes import (
    BAD_KEY,
    BAD_PARAMETER,
    BAD_SIGNATURE,
    SUCCESS,
    KuCoinError,
    http_status,
)
from .core import Core
from .hub import Outlet
from .limits import Limits
from .signing import HEADERS, VERIFY
from .topics import ProError, read_pro

__all__ = ["ProDesk"]

TOO_MUCH = "509"
KEPT_PROOFS = 10_000
"""Signatures of logins that are remembered, each of which works once."""


class _LoginError(ProError):
    """A login that is refused, with a code of REST calls."""

    def __init__(self, code: str, told: str) -> None:
        """Keep both for either form of the refusal."""
        super().__init__(f"{code} {told}")
        self.code, self.told = code, told


class ProDesk:
    """Answers requests. Runs on the loop's thread."""

    def __init__(
        self,
        core: Core,
        limits: Limits,
        ping_interval_ms: int,
        busy: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        """Answer for the exchange behind `core`; `busy` says why a user may not log in now."""
        self._core = core
        self._limits = limits
        self._interval_ms = ping_interval_ms
        self._busy = busy
        self._proofs: dict[str, None] = {}

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
            except _LoginError as exc:
                self._core.hub.tell(outlet, self._login_refusal(str(request_id), exc))
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
            self._core.hub.unsubscribe(outlet, [read_pro(outlet.host, request).name])
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
        """Take one login for each connection, before anything private, with a proof of its own.

        The connection is the user's from the acknowledgement on, so that a client that does not
        wait for that is found out.
        """
        if outlet.host != "pro":
            raise ProError("invalid request data")
        if outlet.user_id is not None:
            raise _LoginError(BAD_PARAMETER, "there was a login already")
        if self._core.faults.take("refused_logins"):
            raise _LoginError(BAD_KEY, "login refused")
        fields = {name: str(request.get(name) or "") for name in HEADERS}
        try:
            key = self._core.keys.check(fields, VERIFY, "", self._core.now_ms())
        except KuCoinError as exc:
            raise _LoginError(exc.code, exc.message) from exc
        proof = fields["kc-api-sign"]
        if proof in self._proofs:
            raise _LoginError(BAD_SIGNATURE, "KC-API-SIGN was used before")
        busy = self._busy(key.user_id)
        if busy is not None:
            raise _LoginError(TOO_MUCH, busy)
        self._proofs[proof] = None
        if len(self._proofs) > KEPT_PROOFS:
            del self._proofs[next(iter(self._proofs))]
        self._note_login(SUCCESS)
        self._acknowledge(outlet, request, before=lambda: self._core.hub.join(outlet, key.user_id))

    def _login_refusal(self, request_id: str, error: _LoginError) -> dict[str, object]:
        self._note_login(error.code)
        if self._core.manners.login_refusal == "code":
            return {"code": error.code, "msg": error.told}
        text = f"{error.code} {error.told}"
        return {"id": request_id, "result": False, error.member: text}

    def _note_login(self, code: str) -> None:
        status = http_status(code)
        record = RequestRecord(
            method="AUTH", path="pro:auth", query="", status=status, code=int(code)
        )
        self._core.requests.append(record)

    def _subscribe(self, outlet: Outlet, request: dict[str, object]) -> None:
        topic = read_pro(outlet.host, request)
        if topic.name in self._core.faults.refused_topics:
            raise ProError("subscription refused")
        if topic.private and outlet.user_id is None:
            raise ProError("login is required")
        most = self._limits.pro_topics
        if most and len(outlet.topics | {topic.name}) > most:
            raise ProError(f"exceed max subscription count limitation of {most} per session")
        self._core.hub.subscribe(outlet, [topic.name])
        self._acknowledge(outlet, request)

    def _acknowledge(
        self,
        outlet: Outlet,
        request: dict[str, object],
        *,
        before: Callable[[], None] = lambda: None,
    ) -> None:
        result: object = "true" if self._core.manners.pro_ack == "text" else True
        message = {"id": str(request.get("id", "")), "result": result}
        acknowledge(self._core, outlet, message, before=before)


def _read(text: str) -> dict[str, object]:
    try:
        request = json.loads(text)
    except (ValueError, RecursionError):
        request = None
    if not isinstance(request, dict):
        raise ProError("invalid request data")
    return request
