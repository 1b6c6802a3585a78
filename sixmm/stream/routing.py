"""Sorting inbound messages: what goes to which lane, and what answers a request."""

from __future__ import annotations

import enum
import itertools
import logging
import operator
from collections.abc import Callable, Iterable, Sequence

import attrs

from ..errors import ConfigurationError, DecodeError, without_frames
from ..events import DecodeFailed, Event
from ..venues.base import Frame, FrameKind, Venue

__all__ = ["Router", "Sorted", "decode_messages", "failure_of"]

_log = logging.getLogger("sixmm.stream")

_MAX_ROUTES = 4_096


@attrs.define
class Sorted:
    """The messages of one read by what they are for, each list in arrival order."""

    private: Sequence[bytes] = ()
    """Private pushes, and what nobody can classify: neither may be lost."""
    market: Sequence[bytes] = ()
    topics: Sequence[str] = ()
    """The topics of ``market``, where they are needed."""
    replies: Sequence[Frame] = ()
    logins: Sequence[Frame] = ()
    """What is about the login: greetings, and answers."""
    pings: Sequence[Frame] = ()
    unrequested: int = 0


class _Place(enum.Enum):
    PRIVATE = "private"
    MARKET = "market"
    UNREQUESTED = "unrequested"
    ANSWER = "answer"


_LOGINS = (FrameKind.LOGIN, FrameKind.GREETING)
_ANSWERED = (FrameKind.REPLY, FrameKind.PING, *_LOGINS)


class Router:
    """Sorts the reads of one connection. Used by the thread that reads.

    Where the messages of a frame go is remembered until other topics are wanted. It is remembered
    by identity, because a venue gives the same frame for the same kind of push.

    Args:
        venue: classifies the messages.
        wanted: returns the topics that were asked for; another object where they have changed.
        needs_topics: whether the topic of each market message is to be returned.
    """

    def __init__(
        self, venue: Venue, *, wanted: Callable[[], frozenset[str]], needs_topics: bool = False
    ) -> None:
        self._venue = venue
        self._wanted = wanted
        self.needs_topics = needs_topics
        """Whether the topic of each market message is returned; it may be set between two reads."""
        self._topics: frozenset[str] = frozenset()
        # By the id of a frame: True for a wanted topic, False for what is private.
        self._is_market: dict[int, bool] = {}
        # With the frame itself, so that its id is not given to another object.
        self._places: dict[int, tuple[_Place, Frame]] = {}

    def sort(self, messages: Sequence[bytes]) -> Sorted:
        """Sort the messages of one read, of which there is at least one.

        A market push of a topic that nobody asked for is counted and left out (rule 86): it is the
        tail of an unsubscribed topic, or a mistake of the server.
        """
        wanted = self._wanted()
        if wanted is not self._topics:
            self._topics = wanted
            self._forget()
        frames = self._venue.classify_many(messages)
        # Whole lists at a time: there may be a hundred thousand messages in a second. Equal frames
        # are one object, so the first comparison is one of pointers, up to the first that differs.
        first = frames[0]
        if len(frames) == 1 or frames == [first] * len(frames):
            is_market = self._is_market.get(id(first))
            if is_market is False:
                return Sorted(messages)
            lanes: list[bool | None] = [is_market]
        else:
            lanes = list(map(self._is_market.get, map(id, frames)))
        kinds = set(lanes)
        if None in kinds:
            return self._sort_singly(messages, frames)
        if False not in kinds:
            return Sorted(market=messages, topics=self._topics_of(frames))
        if True not in kinds:
            return Sorted(private=messages)
        return Sorted(
            private=list(itertools.compress(messages, map(operator.not_, lanes))),
            market=list(itertools.compress(messages, lanes)),
            topics=self._topics_of(itertools.compress(frames, lanes)),
        )

    def _sort_singly(self, messages: Sequence[bytes], frames: Sequence[Frame]) -> Sorted:
        placed = [
            (self._place_of(frame), message, frame)
            for message, frame in zip(messages, frames, strict=True)
        ]
        market = [(message, frame) for place, message, frame in placed if place is _Place.MARKET]
        answers = [frame for place, _, frame in placed if place is _Place.ANSWER]
        return Sorted(
            private=[message for place, message, _ in placed if place is _Place.PRIVATE],
            market=[message for message, _ in market],
            topics=self._topics_of(frame for _, frame in market),
            replies=[frame for frame in answers if frame.kind is FrameKind.REPLY],
            logins=[frame for frame in answers if frame.kind in _LOGINS],
            pings=[frame for frame in answers if frame.kind is FrameKind.PING],
            unrequested=sum(place is _Place.UNREQUESTED for place, _, _ in placed),
        )

    def _topics_of(self, frames: Iterable[Frame]) -> Sequence[str]:
        return [frame.topic for frame in frames] if self.needs_topics else ()

    def _forget(self) -> None:
        self._places.clear()
        self._is_market.clear()

    def _place_of(self, frame: Frame) -> _Place:
        found = self._places.get(id(frame))
        if found is not None:
            return found[0]
        place = self._decide(frame)
        if place is not _Place.ANSWER:
            if len(self._places) >= _MAX_ROUTES:
                self._forget()
            self._places[id(frame)] = (place, frame)
            if place is not _Place.UNREQUESTED:
                self._is_market[id(frame)] = place is _Place.MARKET
        return place

    def _decide(self, frame: Frame) -> _Place:
        if frame.kind in _ANSWERED:
            return _Place.ANSWER
        if frame.kind is not FrameKind.MARKET:
            return _Place.PRIVATE
        if frame.topic in self._topics:
            return _Place.MARKET
        # Not a topic that could have been asked for: the caller sees it as unknown.
        return _Place.UNREQUESTED if _is_topic(self._venue, frame.topic) else _Place.PRIVATE


def _is_topic(venue: Venue, topic: str) -> bool:
    try:
        venue.check_topic(topic)
    except ConfigurationError:
        return False
    return True


def decode_messages(venue: Venue, messages: Sequence[bytes], *, received_at: int) -> list[Event]:
    """Return the event of each message, or a ``DecodeFailed`` with the message and the cause."""
    decode, events = venue.decoder(), []
    for message in messages:
        try:
            events.append(decode(message, received_at=received_at))
        except Exception as error:
            events.append(failure_of(message, error, received_at=received_at))
    return events


def failure_of(message: bytes, error: Exception, *, received_at: int) -> DecodeFailed:
    """Return the event that tells that a message could not be decoded, and why."""
    if isinstance(error, DecodeError):
        failure = error
    else:
        # A fault of the schema must not end the stream: the caller still gets the message.
        _log.error("the decoder failed", exc_info=error)
        failure = DecodeError(f"the decoder failed ({type(error).__name__})")
    return DecodeFailed(
        received_at=received_at,
        raw=message.decode("utf-8", "replace"),
        error=without_frames(failure),
    )
