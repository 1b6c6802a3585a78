"""Which fields arrive, held against the schema: for the first hour on a real exchange."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import attrs

from .errors import DecodeError
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
_ONE_IN = 1_000
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
        self.skips: dict[type[Event], int] = {}
        """How many events of each kind are to be counted without a look. Who takes events counts
        down here, and calls :meth:`look` where nothing is left: a call for each event would cost
        more than the counting."""
        # Up to the next look: with what is left in ``skips`` it says how many events there were.
        self._counted: dict[type[Event], int] = {}
        self._unknown: dict[type[Event], Counter[str]] = {}
        self._missing: dict[type[Event], set[str]] = {}

    def look(self, event: Event) -> None:
        """Count one event, look at its fields, and decide how many are not looked at after it.

        Events about the connection have no wire fields and are left out.
        """
        kind = type(event)
        if isinstance(event, ConnectionEvent):
            return
        count = self._counted.get(kind, 0) + 1
        skip = 0 if self._every or count < _ALWAYS else _ONE_IN - 1 - count % _ONE_IN
        self._counted[kind], self.skips[kind] = count + skip, skip
        seen = self._unknown.setdefault(kind, Counter())
        seen.update(name for name in _extra(event) if name in seen or len(seen) < _MAX_NAMES)
        names = self._missing.setdefault(kind, {f.name for f in attrs.fields(kind)} - _BASE)
        names -= {name for name in names if getattr(event, name) is not None}

    def result(self) -> Mapping[str, EventReport]:
        """Return what was counted up to now, by the name of the event."""
        return {
            kind.__name__: EventReport(
                events=count - self.skips[kind],
                unknown=dict(self._unknown[kind]),
                never=tuple(sorted(self._missing[kind])),
            )
            for kind, count in self._counted.items()
        }


def _extra(event: Event) -> Iterable[str]:
    # Beyond its schema a message was only skimmed: it may have a number that is not read here.
    try:
        return event.extra
    except DecodeError:
        return ()
