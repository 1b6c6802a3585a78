"""Sorting inbound messages: what goes to which lane, and what answers a request."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import attrs

from ..errors import ConfigurationError, DecodeError, without_frames
from ..events import DecodeFailed, Event
from ..venues.base import Frame, FrameKind, Venue
from .inbox import MarketMessage

__all__ = ["Sorted", "decode_message", "sort_messages"]

_log = logging.getLogger("sixmm.stream")


@attrs.define
class Sorted:
    """The messages of one read by what they are for, each list in arrival order."""

    private: list[bytes] = attrs.field(factory=list)
    """Private pushes, and what nobody can classify: neither may be lost."""
    market: list[MarketMessage] = attrs.field(factory=list)
    replies: list[Frame] = attrs.field(factory=list)
    logins: list[Frame] = attrs.field(factory=list)
    unrequested: int = 0


def sort_messages(
    venue: Venue,
    messages: Sequence[bytes],
    *,
    is_wanted: Callable[[str], bool],
    received_at: int,
) -> Sorted:
    """Sort the messages of one read.

    A market push of a topic that nobody asked for is counted and left out (rule 86): it is the tail
    of an unsubscribed topic, or a mistake of the server.
    """
    result = Sorted()
    for message in messages:
        frame = venue.classify(message)
        kind = frame.kind
        if kind is FrameKind.MARKET:
            if is_wanted(frame.topic):
                result.market.append(MarketMessage(frame.topic, message, received_at))
            elif _is_topic(venue, frame.topic):
                result.unrequested += 1
            else:
                # Not a topic that could have been asked for: the caller sees it as unknown.
                result.private.append(message)
        elif kind is FrameKind.REPLY:
            result.replies.append(frame)
        elif kind is FrameKind.LOGIN:
            result.logins.append(frame)
        else:
            result.private.append(message)
    return result


def _is_topic(venue: Venue, topic: str) -> bool:
    try:
        venue.check_topic(topic)
    except ConfigurationError:
        return False
    return True


def decode_message(venue: Venue, message: bytes, *, received_at: int) -> Event:
    """Return the event of a message, or a ``DecodeFailed`` with the message and the cause."""
    try:
        return venue.decode(message, received_at=received_at)
    except DecodeError as error:
        failure = error
    except Exception as error:
        # A fault of the schema must not end the stream: the caller still gets the message.
        _log.exception("the decoder failed")
        failure = DecodeError(f"the decoder failed ({type(error).__name__})")
    return DecodeFailed(
        received_at=received_at,
        raw=message.decode("utf-8", "replace"),
        error=without_frames(failure),
    )
