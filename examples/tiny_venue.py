"""A venue of your own: a stream of temperatures, spoken by the engine that speaks to exchanges.

Reconnects, subscriptions, pings, bounds and typed events come with the engine. The program begins
with a server in memory, so that it runs without a network.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import islice

import attrs

from sixmm.errors import ConfigurationError, DecodeError, SubscriptionRefused
from sixmm.events import Event, UnknownEvent
from sixmm.streaming import StreamClient
from sixmm.transport import MemoryPeer, MemoryWs
from sixmm.venues.base import Frame, FrameKind
from sixmm.venues.public import PublicVenue

WS_URL = "wss://weather.example/ws"


@attrs.frozen(kw_only=True)
class Temperature(Event):
    """How warm it is somewhere."""

    celsius: Decimal


class WeatherVenue(PublicVenue):
    """A request is ``ask ID PLACE...`` or ``drop ID PLACE...``, its answer ``ok ID`` or ``no ID``.

    A push is ``warm PLACE CELSIUS``; ``ping ID`` is answered by ``ok ID``.
    """

    name = "weather"

    def check_topic(self, topic: str) -> str:
        """Accept the name of a place: one word."""
        if not topic.isalpha():
            raise ConfigurationError(f"a place is one word of letters, not {topic!r}")
        return topic

    def subscribe_text(self, request_id: str, topics: Sequence[str]) -> str:
        """Ask for places."""
        return f"ask {request_id} {' '.join(topics)}"

    def unsubscribe_text(self, request_id: str, topics: Sequence[str]) -> str:
        """Ask for them no more."""
        return f"drop {request_id} {' '.join(topics)}"

    def ping_text(self, request_id: str) -> str:
        """Ask for a sign of life."""
        return f"ping {request_id}"

    def classify(self, message: bytes) -> Frame:
        """Say what a message is for, by its first word; never raises."""
        word, _, rest = message.decode("utf-8", "replace").partition(" ")
        if word == "warm":
            return Frame(kind=FrameKind.MARKET, topic=rest.partition(" ")[0])
        if word in ("ok", "no"):
            error = SubscriptionRefused("no such place") if word == "no" else None
            return Frame(kind=FrameKind.REPLY, request_id=rest, error=error)
        return Frame(kind=FrameKind.OTHER)

    def decode(self, message: str | bytes, *, received_at: int = 0) -> Event:
        """Return the event of one message."""
        text = message if isinstance(message, str) else message.decode("utf-8", "replace")
        word, *rest = text.split(" ")
        if word != "warm" or len(rest) != 2:
            return UnknownEvent(raw=text, received_at=received_at)
        try:
            celsius = Decimal(rest[1])
        except ArithmeticError:
            raise DecodeError("expected a number of degrees", path="$.celsius") from None
        return Temperature(topic=rest[0], celsius=celsius, raw=text, received_at=received_at)


def serve(peer: MemoryPeer, _url: str) -> None:
    """Be the server: know two places, and push how warm each is."""

    def answer(text: str) -> None:
        word, request_id, *places = text.split(" ")
        known = {"Oslo": "-3.5", "Rome": "17.25"}
        peer.push(f"{'ok' if set(places) <= set(known) else 'no'} {request_id}")
        for place in places if word == "ask" else ():
            if place in known:
                peer.push(f"warm {place} {known[place]}")

    peer.on_message = answer


if __name__ == "__main__":
    with StreamClient(venue=WeatherVenue(), ws_url=WS_URL, ws=MemoryWs(serve)) as client:
        client.subscribe("Oslo", "Rome")
        found = (event for event in client.events(timeout=30) if isinstance(event, Temperature))
        readings = {event.topic: str(event.celsius) for event in islice(found, 2)}
        print(readings)
