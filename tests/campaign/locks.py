"""Locks that remember in which order they are taken: a cycle among them can become a deadlock.

A lock is known by the place in the code that makes it, so two clients that take the same two locks
in different orders are found although they share none. An edge says that a thread waited for one
lock while it held another. A lock that one thread takes and another releases is no lock but a
signal: nobody holds it, so it is left out.
"""

from __future__ import annotations

import _thread
import contextlib
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any
from unittest import mock

__all__ = ["Ledger", "watching"]

_REAL_LOCK = _thread.allocate_lock
_REAL_RLOCK = _thread.RLock


class Ledger:
    """Who held what when something else was waited for."""

    def __init__(self) -> None:
        self._lock = _REAL_LOCK()
        self._held: dict[int, list[_Traced]] = {}
        self.edges: dict[tuple[str, str], str] = {}
        """From the lock that was held to the one that was waited for, with the thread's name."""
        self.signals: set[str] = set()
        self.places: set[str] = set()
        self.taken = 0

    def waits(self, lock: _Traced) -> None:
        """Note that this thread is about to wait for a lock."""
        me = _thread.get_ident()
        with self._lock:
            for held in self._held.get(me, ()):
                if held is not lock or not lock.is_reentrant:
                    name = f"{held.place} -> {lock.place}"
                    self.edges.setdefault((held.place, lock.place), name)

    def took(self, lock: _Traced) -> None:
        """Note that this thread has it."""
        with self._lock:
            self.taken += 1
            self.places.add(lock.place)
            self._held.setdefault(_thread.get_ident(), []).append(lock)

    def released(self, lock: _Traced) -> None:
        """Note that it is free again; whoever had it."""
        with self._lock:
            if self._drop(_thread.get_ident(), lock):
                return
            self.signals.add(lock.place)
            for owner in self._held:
                if self._drop(owner, lock):
                    return

    def _drop(self, owner: int, lock: _Traced) -> bool:
        held = self._held.get(owner, [])
        for place in range(len(held) - 1, -1, -1):
            if held[place] is lock:
                del held[place]
                return True
        return False

    def cycles(self) -> list[list[str]]:
        """Return every circle of locks that were taken in conflicting orders."""
        graph: dict[str, set[str]] = {}
        for before, after in self.edges:
            if not {before, after} & self.signals:
                graph.setdefault(before, set()).add(after)
        return [
            part
            for part in _components(graph)
            if len(part) > 1 or part[0] in graph.get(part[0], ())
        ]


class _Traced:
    """A lock that tells the ledger."""

    is_reentrant = False

    def __init__(self, ledger: Ledger, real: Any, place: str) -> None:
        self._ledger = ledger
        self._real = real
        self.place = place

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if blocking:
            self._ledger.waits(self)
        got = bool(self._real.acquire(blocking, timeout))
        if got:
            self._ledger.took(self)
        return got

    def release(self) -> None:
        # Before it is free: the next owner's note must not come first.
        self._ledger.released(self)
        self._real.release()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


class _TracedLock(_Traced):
    def locked(self) -> bool:
        return bool(self._real.locked())


class _TracedRLock(_Traced):
    is_reentrant = True

    # What a Condition needs to let go of all levels at once.

    def _is_owned(self) -> bool:
        return bool(self._real._is_owned())

    def _release_save(self) -> Any:
        self._ledger.released(self)
        return self._real._release_save()

    def _acquire_restore(self, state: Any) -> None:
        self._ledger.waits(self)
        self._real._acquire_restore(state)
        self._ledger.took(self)


@contextlib.contextmanager
def watching(ledger: Ledger, packages: tuple[str, ...]) -> Iterator[None]:
    """Have every lock traced that is made meanwhile by code of these packages.

    ``threading`` makes locks for others, such as for an event: those count for who asked.
    """

    def traced(kind: type[_Traced], real: Any) -> Any:
        def make() -> Any:
            place = _maker(sys._getframe(1), packages)
            return real() if place is None else kind(ledger, real(), place)

        return make

    with (
        mock.patch.object(threading, "Lock", traced(_TracedLock, _REAL_LOCK)),
        mock.patch.object(threading, "RLock", traced(_TracedRLock, _REAL_RLOCK)),
    ):
        yield


def _maker(frame: FrameType | None, packages: tuple[str, ...]) -> str | None:
    """Return the module and line that make a lock, or None where they are of no interest."""
    while frame is not None and frame.f_globals.get("__name__") == "threading":
        frame = frame.f_back
    if frame is None:
        return None
    module = str(frame.f_globals.get("__name__"))
    return f"{module}:{frame.f_lineno}" if module.startswith(packages) else None


def _components(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the strongly connected parts of a graph, which is small, each sorted."""
    nodes = sorted(set(graph).union(*graph.values()))
    reach = {node: _reachable(graph, node) for node in nodes}
    parts: list[list[str]] = []
    done: set[str] = set()
    for node in nodes:
        if node not in done:
            part = [n for n in nodes if n == node or (n in reach[node] and node in reach[n])]
            done.update(part)
            parts.append(part)
    return parts


def _reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    open_ = list(graph.get(start, ()))
    while open_:
        node = open_.pop()
        if node not in found:
            found.add(node)
            open_ += graph.get(node, ())
    return found
