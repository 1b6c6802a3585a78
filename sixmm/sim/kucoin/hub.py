"""Who is connected, and to what each has subscribed: the hub of the house, by topic."""

from __future__ import annotations

from ..hub import Hub as AnyHub
from ..hub import Outlet as AnyOutlet
from .limits import Window
from .log import LoggedPush

__all__ = ["Hub", "Outlet"]


class Outlet(AnyOutlet):
    """One connection of a host: `spot`, `futures`, `pro`, `pro_spot` or `pro_futures`."""

    def __init__(self, limit: int) -> None:
        """Make an outlet with room for `limit` frames, and without limits of its own."""
        super().__init__(limit)
        self.host = "spot"
        self.connect_id = ""
        self.welcomed = False
        """Whether the welcome has been sent: before it, nothing is accepted."""
        self.messages = Window(0, 1.0)
        """How often the client may still say something."""
        self.last_ping = float("-inf")

    @property
    def is_pro(self) -> bool:
        """Whether it speaks the Pro protocol, in binary frames."""
        return self.host.startswith("pro")


class Hub(AnyHub):
    """All outlets. Every method is called under the lock of the `Core`."""

    def push(self, user_id: str | None, entry: LoggedPush, *, twice: bool) -> None:
        """Queue one push for those of its subscribers that are the user's, or all for None."""
        for outlet in self._topics.get(entry.topic, ()):
            if user_id is None or outlet.user_id == user_id:
                self._offer(outlet, entry.text, entry)
                if twice:
                    self._offer(outlet, entry.text, None)

    def offer(self, outlet: Outlet, text: str) -> None:
        """Queue any text for one outlet."""
        self._offer(outlet, text, None)
