"""Which fields arrive, held against the schema: for the first hour on a real exchange."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import attrs

from .events import ConnectionEvent, Event

__all__ = ["EventReport", "SchemaReport"]

_BASE = frozenset(field.name for field in attrs.fields(Event))


@attrs.frozen(kw_only=True)
class EventReport:
    """What was seen of one kind of event."""

    events: int
    """How many were taken."""
    unknown: Mapping[str, int]
    """The wire fields that the schema does not name, with how often each was seen."""
    never: tuple[str, ...]
    """The fields of the schema that never arrived."""


_ALWAYS = 50
_ONE_IN = 200
_MAX_NAMES = 1_000


class SchemaReport:
    """Counts the fields of the events that a caller takes. Used by one thread at a time.

    To find the fields that no schema names, the text of an event has to be read again. So the first
    events of each kind are looked at, and then a sample.

    Args:
        every: whether to look at every event.
    """

    def __init__(self, *, every: bool = False) -> None:
        self._every = every
        self._events: Counter[type[Event]] = Counter()
        self._unknown: dict[type[Event], Counter[str]] = {}
        self._missing: dict[type[Event], set[str]] = {}

    def note(self, event: Event) -> None:
        """Count one event; events about the connection have no wire fields and are left out."""
        kind = type(event)
        if isinstance(event, ConnectionEvent):
            return
        self._events[kind] += 1
        count = self._events[kind]
        if self._every or count <= _ALWAYS or count % _ONE_IN == 0:
            self._look(event, kind)

    def _look(self, event: Event, kind: type[Event]) -> None:
        seen = self._unknown.setdefault(kind, Counter())
        seen.update(name for name in event.extra if name in seen or len(seen) < _MAX_NAMES)
        names = self._missing.setdefault(kind, {f.name for f in attrs.fields(kind)} - _BASE)
        names -= {name for name in names if getattr(event, name) is not None}

    def result(self) -> Mapping[str, EventReport]:
        """Return what was counted up to now, by the name of the event."""
        return {
            kind.__name__: EventReport(
                events=count,
                unknown=dict(self._unknown[kind]),
                never=tuple(sorted(self._missing[kind])),
            )
            for kind, count in self._events.items()
        }
