"""The requests of a WebSocket: subscribe, unsubscribe and ping (rules 82 to 84).

The forms of the answers that are not documented are those of ``docs/wire.md``. A request is
answered as a whole: when one of its topics is refused, none of them is subscribed.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from .codes import Code, ExchangeError
from .core import Core
from .hub import Outlet
from .publisher import Publisher
from .topics import Topic, read_topic

__all__ = ["Desk"]

MOST_TOPICS = 2_000
MOST_IDS = 10_000
MOST_ID_LENGTH = 64


class Desk:
    """Answers requests. Runs on the loop's thread."""

    def __init__(self, core: Core, publisher: Publisher) -> None:
        """Answer for the exchange behind `core`."""
        self._core = core
        self._publisher = publisher
        self._symbols = core.engine.state.markets

    def handle(self, outlet: Outlet, text: str) -> None:
        """Answer one text frame; whatever is wrong with it is told in a refusal frame."""
        request_id: object = None
        op: object = "error"
        with self._core.transaction():
            try:
                request = _read(text)
                request_id, op = request.get("id"), request.get("op")
                self._check_id(outlet, request_id)
                self._answer(outlet, str(request_id), op, _args(request))
            except ExchangeError as exc:
                self._core.hub.tell(outlet, _refusal(request_id, op, exc))

    def _check_id(self, outlet: Outlet, request_id: object) -> None:
        """Refuse an id that is no short text or that this connection has used before (rule 83)."""
        if not isinstance(request_id, str) or not 0 < len(request_id) <= MOST_ID_LENGTH:
            raise ExchangeError(Code.BAD, "id must be a string of 1 to 64 characters")
        if request_id in outlet.used_ids:
            raise ExchangeError(Code.BAD, "id has been used before")
        outlet.used_ids[request_id] = None
        if len(outlet.used_ids) > MOST_IDS:
            outlet.used_ids.popitem(last=False)

    def _answer(self, outlet: Outlet, request_id: str, op: object, args: list[str]) -> None:
        if op == "ping":
            self._core.hub.tell(outlet, _reply(request_id, "pong", self._core.now_ms()))
        elif op in ("subscribe", "unsubscribe") and not args:
            raise ExchangeError(Code.MISSING, "args must name a topic")
        elif op == "subscribe":
            self._subscribe(outlet, request_id, args)
        elif op == "unsubscribe":
            for name in args:
                self._topic(outlet, name)
            self._core.hub.unsubscribe(outlet, args)
            self._acknowledge(outlet, _reply(request_id, "unsubscribe", args))
        else:
            raise ExchangeError(Code.BAD, "op must be subscribe, unsubscribe or ping")

    def _subscribe(self, outlet: Outlet, request_id: str, args: list[str]) -> None:
        topics = {name: self._topic(outlet, name) for name in args}
        refused = self._core.faults.refused_topics.intersection(topics)
        if refused:
            raise ExchangeError(Code.BAD, f"topic {min(refused)} is refused")
        public = {name: topic for name, topic in topics.items() if topic is not None}
        if len(outlet.topics | public.keys()) > MOST_TOPICS:
            raise ExchangeError(Code.OUT_OF_RANGE, "too many topics on one connection")
        # What is pending goes to the others now, so that no change is in a snapshot and again in
        # the first increment after it.
        self._publisher.publish()
        self._core.hub.subscribe(outlet, public)
        self._acknowledge(outlet, _reply(request_id, "subscribe", args))
        for topic in public.values():
            if topic.channel == "depth":
                self._publisher.snapshot(outlet, topic.symbol)

    def _topic(self, outlet: Outlet, name: str) -> Topic | None:
        """Return the public topic; None for the user's own, which is joined without asking."""
        if name.startswith("user."):
            account = self._core.engine.state.accounts.get(outlet.user_id or "")
            if account is None or account.topic != name:
                raise ExchangeError(Code.NOT_PERMITTED, "this topic is not yours")
            return None
        topic = read_topic(name, self._symbols)
        if topic is None:
            raise ExchangeError(Code.BAD, f"unknown topic {name[:64]}")
        return topic

    def _acknowledge(self, outlet: Outlet, message: dict[str, Any]) -> None:
        """Queue an acknowledgement: now, late or never, as the faults have it."""
        faults = self._core.faults
        if faults.take("lost_acks"):
            return
        if faults.late_ack:
            loop = asyncio.get_running_loop()
            loop.call_later(faults.late_ack, self._late, outlet, message)
            return
        self._core.hub.tell(outlet, message)

    def _late(self, outlet: Outlet, message: dict[str, Any]) -> None:
        with self._core.transaction():
            self._core.hub.tell(outlet, message)


def _read(text: str) -> dict[str, Any]:
    try:
        request = json.loads(text)
    except (ValueError, RecursionError):
        request = None
    if not isinstance(request, dict):
        raise ExchangeError(Code.BAD, "a request must be a JSON object")
    return request


def _args(request: dict[str, Any]) -> list[str]:
    args = request.get("args")
    if not isinstance(args, list) or not all(isinstance(name, str) for name in args):
        raise ExchangeError(Code.BAD, "args must be a list of strings")
    return args


def _reply(request_id: str, event: str, data: object) -> dict[str, Any]:
    return {"id": request_id, "event": event, "success": True, "data": data}


def _refusal(request_id: object, op: object, error: ExchangeError) -> dict[str, Any]:
    return {
        "id": request_id if isinstance(request_id, str) else None,
        "event": op if isinstance(op, str) else "error",
        "success": False,
        "code": error.code,
        "message": error.message,
    }
