"""Who is subscribed to what, and how often: a feed that was asked for twice is sent twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from .. import hub
from ..hub import Outlet, encode
from ..log import LoggedEvent

__all__ = ["Hub", "Outlet", "encode"]


class Hub(hub.Hub):
    """All outlets and their feeds, by the key of a `Topic`. Used under the lock of the `Core`."""

    def __init__(self) -> None:
        """Begin with nobody connected."""
        super().__init__()
        self._times: dict[Outlet, Counter[str]] = {}
        self._pinged: set[Outlet] = set()
        self._ending: set[Outlet] = set()

    def outlets(self, user_id: str | None = None) -> list[Outlet]:
        """Return the live outlets, of all or of those with a feed of one address."""
        everyone = super().outlets()
        if user_id is None:
            return everyone
        return [one for one in everyone if any(_account(key) == user_id for key in one.topics)]

    def subscribe(self, outlet: Outlet, topics: Iterable[str]) -> None:
        """Add feeds to an outlet, also those that it has."""
        keys = list(topics)
        super().subscribe(outlet, keys)
        self._times.setdefault(outlet, Counter()).update(keys)

    def unsubscribe(self, outlet: Outlet, topics: Iterable[str]) -> None:
        """Take feeds from an outlet, however often it had asked for them."""
        keys = list(topics)
        super().unsubscribe(outlet, keys)
        times = self._times.get(outlet, Counter())
        for key in keys:
            times.pop(key, None)
        if not times:
            self._times.pop(outlet, None)

    def remove(self, outlet: Outlet) -> None:
        """Forget a connection; what waits in its queue is never written."""
        super().remove(outlet)
        self._pinged.discard(outlet)
        self._ending.discard(outlet)

    def end(self, outlet: Outlet) -> None:
        """Let an outlet end when everything that waits for it now was written."""
        self._ending.add(outlet)

    def is_ending(self, outlet: Outlet) -> bool:
        """Whether an outlet is to end."""
        return outlet in self._ending

    def ping(self, outlet: Outlet, text: str) -> bool:
        """Queue a ping for an outlet; return False where the one before was not answered."""
        if outlet in self._pinged:
            return False
        self._pinged.add(outlet)
        self.say(outlet, text)
        return True

    def ponged(self, outlet: Outlet) -> None:
        """Note that an outlet has answered a ping."""
        self._pinged.discard(outlet)

    def times(self, outlet: Outlet) -> dict[str, int]:
        """Return how often an outlet has asked for each of its feeds."""
        return dict(self._times.get(outlet, {}))

    def say(self, outlet: Outlet, text: str) -> None:
        """Queue one text for one outlet."""
        self._offer(outlet, text, None)

    def send(
        self, key: str, text: str, entry: LoggedEvent | None = None, *, twice: bool = False
    ) -> None:
        """Queue one text for every subscriber of a feed, as often as it has subscribed.

        `entry` is the log entry whose receivers count who was sent it; `twice` doubles it all.
        """
        for outlet in self._topics.get(key, ()):
            for turn in range(self._times[outlet][key] * (2 if twice else 1)):
                self._offer(outlet, text, None if turn else entry)


def _account(key: str) -> str:
    return key.split("|")[1]
