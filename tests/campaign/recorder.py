"""A caller that takes everything, in a thread of its own, and remembers it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from sixmm import Client, Event

__all__ = ["Recorder"]

E = TypeVar("E", bound=Event)


class Recorder:
    """Takes everything from a client until it is closed.

    Args:
        client: a client that is started.
    """

    def __init__(self, client: Client) -> None:
        self.events: list[Event] = []
        self.failure: Exception | None = None
        self._client = client
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            for event in self._client.events():
                with self._changed:
                    self.events.append(event)
                    self._changed.notify_all()
        except Exception as error:
            # The client ended for good: the row that waits has to learn it.
            with self._changed:
                self.failure = error
                self._changed.notify_all()

    def wait_for(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait until a condition on :attr:`events` holds; return False where it does not in time.

        Raises:
            Exception: what ended the client.
        """
        with self._changed:
            held = self._changed.wait_for(lambda: condition() or bool(self.failure), timeout)
        if self.failure is not None:
            raise self.failure
        return held

    def of(self, kind: type[E], *, after: int = 0) -> list[E]:
        """Return the events of a kind, from the place ``after`` on."""
        with self._changed:
            return [event for event in self.events[after:] if isinstance(event, kind)]

    def join(self, timeout: float) -> None:
        """Wait for the end of the thread, after the client was closed."""
        self._thread.join(timeout)
        if self._thread.is_alive():
            raise TimeoutError("events() did not end with its client")
