"""What all pushes of KuCoin have in common."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import attrs

from ....events import Event, Origin
from ..kinds import ms_of
from ..reading import extra_of_message

__all__ = ["KuCoinEvent", "time_of"]


@attrs.frozen(kw_only=True)
class KuCoinEvent(Event):
    """The base of the pushes of the spot, margin and futures streams.

    Times have their unit in their name: ``_ms`` or ``_ns``. ``ts`` is in milliseconds for all
    events; it is 0 where the message says no time. A field that the message leaves out is None.
    """

    UNDER: ClassVar[str] = "data"
    """The member of the message that holds the data."""
    AROUND: ClassVar[frozenset[str]] = frozenset(
        {"topic", "type", "subject", "id", "userId", "channelType"}
    )
    """The members beside the data that are known."""
    TIMES: ClassVar[tuple[str, ...]] = ()
    """The fields that say when it happened, the best one first."""

    subject: str = ""
    """What kind of message of its topic it is."""
    message_id: str | None = attrs.field(default=None, repr=False)
    """The id of the message, which a few topics have."""
    user_id: str | None = attrs.field(default=None, repr=False)
    """The id of the account; to be removed, says the documentation."""

    @property
    def extra(self) -> Mapping[str, Any]:
        """The members of the data, and those around it, that the schema does not name."""
        if self.origin is Origin.REST:
            return MappingProxyType({})
        return extra_of_message(type(self), self.raw, under=self.UNDER, around=self.AROUND)


def time_of(cls: type[KuCoinEvent], values: Mapping[str, Any]) -> int:
    """Return when an event happened, in Unix milliseconds, or 0 where its fields do not say."""
    for name in cls.TIMES:
        time: int | None = values.get(name)
        if time is not None:
            return (ms_of(time) or 0) if name.endswith("_ns") else time
    return 0
