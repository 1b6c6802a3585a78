"""What the pushes of a stream look like around their typed object, for the readers of pushes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from ..events import Event
from .layout import Layout, layout_of

__all__ = ["Bind", "PushForm", "Read"]

Read = Callable[[str, int], Event | None]
"""``read(raw, received_at)`` gives the event of a push, or None where the push is not beyond doubt.

Then whoever asked reads it in the strict way, which gives the event or says what is wrong with it.
"""

Bind = Callable[[str, Mapping[str, str]], Read]
"""``bind(topic, told)`` gives what reads the pushes of one topic.

``told`` has, by the name of a field, what the topic says where a push does not.
"""


@attrs.frozen(kw_only=True, eq=False)
class PushForm:
    """Pushes of the form ``{"topic": ..., "event": ..., "ts": ..., "data": {...}}``."""

    classes: Mapping[str, type[Any]]
    """The class of the events: by the value of the tag, or a single one under any name."""
    tag: str | None = None
    """The member of ``data`` that names the class, or None where there is only one."""
    answers: bool = False
    """Whether a message with an ``id`` is an answer unless its event is ``"data"``."""

    def layouts(self) -> Mapping[str, Layout]:
        """Return the layout of each class.

        Raises:
            TypeError: a class has a field that is out of the ordinary.
        """
        return {name: layout_of(cls, self.tag) for name, cls in self.classes.items()}
