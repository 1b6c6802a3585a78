"""The messages of a client: subscribe, unsubscribe, ping, and the answer to a ping.

Nothing carries an id: a confirmation repeats what was asked for, and an error is one text.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from .core import Core
from .feeds import Feeds
from .hub import Outlet
from .market import ASSETS
from .topics import Refused, Topic, read_topic

__all__ = ["Desk"]

_BARE = ("Ping", "Pong")
_VARIANTS = (*_BARE, "Subscribe", "Unsubscribe")


class Desk:
    """Answers messages. Runs on the loop's thread."""

    def __init__(self, core: Core, feeds: Feeds) -> None:
        """Answer for the server behind `core`."""
        self._core = core
        self._feeds = feeds

    def handle(self, outlet: Outlet, text: str) -> None:
        """Answer one text frame; whatever is wrong with it is told in an error frame."""
        with self._core.transaction():
            try:
                self._answer(outlet, *_read(text))
            except Refused as refused:
                self._core.hub.tell(outlet, {"Error": str(refused)})
                if self._core.manners.close_after_error:
                    self._core.hub.end(outlet)

    def _answer(self, outlet: Outlet, variant: str, payload: object, is_bare: bool) -> None:
        if variant == "Ping":
            self._pong(outlet, is_bare=is_bare)
        elif variant == "Pong":
            self._core.hub.ponged(outlet)
        elif variant == "Subscribe":
            self._subscribe(outlet, self._topic(payload))
        elif variant == "Unsubscribe":
            topic = self._topic(payload)
            self._core.hub.unsubscribe(outlet, [topic.key])
            self._confirm(outlet, "UnsubscribeConfirmation", topic)

    def _pong(self, outlet: Outlet, *, is_bare: bool) -> None:
        form = self._core.manners.pong
        is_text = form == "text" or (form == "alike" and is_bare)
        self._core.hub.say(outlet, '"Pong"' if is_text else '{"Pong":null}')

    def _topic(self, payload: object) -> Topic:
        return read_topic(
            payload,
            instruments=self._core.markets,
            assets=ASSETS,
            firehose=self._core.manners.firehose,
        )

    def _subscribe(self, outlet: Outlet, topic: Topic) -> None:
        if {topic.kind, topic.key} & self._core.faults.refused_topics:
            raise Refused("subscription rejected: not available")
        self._core.hub.subscribe(outlet, [topic.key])
        self._confirm(outlet, "SubscribeConfirmation", topic)
        self._feeds.tell_state(outlet, topic)

    def _confirm(self, outlet: Outlet, variant: str, topic: Topic) -> None:
        """Queue a confirmation: now, late or never, as the faults have it."""
        faults = self._core.faults
        if faults.take("lost_acks"):
            return
        message = {variant: {topic.kind: self._params(topic)}}
        if faults.late_ack:
            asyncio.get_running_loop().call_later(faults.late_ack, self._late, outlet, message)
            return
        self._core.hub.tell(outlet, message)

    def _late(self, outlet: Outlet, message: dict[str, Any]) -> None:
        with self._core.transaction():
            self._core.hub.tell(outlet, message)

    def _params(self, topic: Topic) -> dict[str, object]:
        forms = self._core.forms
        params: dict[str, object] = {}
        if topic.asset is not None:
            params["assetId"] = topic.asset
        if topic.account:
            params["account"] = forms.account(topic.account)
        if topic.instrument:
            params["instrumentId"] = forms.instrument(topic.instrument)
        if topic.interval:
            params["interval"] = topic.interval
        return params


def _read(text: str) -> tuple[str, object, bool]:
    """Return variant and payload of a message, and whether it was a bare text."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("malformed message: not JSON") from None
    if isinstance(message, str) and message in _BARE:
        return message, None, True
    if not isinstance(message, dict) or len(message) != 1:
        raise Refused("malformed message: expected one variant")
    ((variant, payload),) = message.items()
    if variant not in _VARIANTS or (variant in _BARE and payload is not None):
        raise Refused(f"malformed message: unknown variant {variant[:40]}")
    return variant, payload, False
