"""Name look-up with a deadline.

``getaddrinfo`` has no timeout and cannot be interrupted, so it runs in a thread of its own. Two
callers that ask for one name share one thread: a name server that never answers costs one waiting
thread for each name, however often the caller tries again.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable

from ..clock import Deadline

__all__ = ["SLICE", "Address", "resolve"]

Address = tuple[socket.AddressFamily, tuple[str, int]]
"""A family, and an address of it as ``socket.connect`` takes it."""

SLICE = 0.05
"""Seconds between two looks at whether the caller has given up."""


class _Lookup:
    """One look-up that is under way: the event is set when one of the two results is there."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.hosts: list[tuple[socket.AddressFamily, str]] = []
        self.error: OSError | None = None


_lookups: dict[str, _Lookup] = {}
_lookups_lock = threading.Lock()


def resolve(
    host: str, port: int, deadline: Deadline, *, given_up: Callable[[], bool]
) -> list[Address]:
    """Return the addresses of ``host``, at least one, in the order in which to try them.

    ``localhost`` is this machine whatever a name server says, since plain text is allowed there.

    Args:
        host: a name, or a literal address, which needs no look-up.
        port: the port that the addresses are for.
        deadline: when to stop waiting; the look-up itself goes on in its thread.
        given_up: asked every :data:`SLICE` seconds; the wait ends where it says True.

    Raises:
        OSError: there is no such name, or the caller has given up.
        TimeoutError: the deadline passed.
    """
    if host == "localhost":
        return [(socket.AF_INET, ("127.0.0.1", port)), (socket.AF_INET6, ("::1", port))]
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return [(family, (name, port)) for family, name in _look_up(host, deadline, given_up)]
    return [(socket.AF_INET if literal.version == 4 else socket.AF_INET6, (host, port))]


def _look_up(
    host: str, deadline: Deadline, given_up: Callable[[], bool]
) -> list[tuple[socket.AddressFamily, str]]:
    lookup = _join_lookup(host)
    while not lookup.done.wait(min(SLICE, _left(deadline))):
        if given_up():
            raise OSError("the look-up was given up")
        if deadline.expired:
            raise TimeoutError("the name look-up took too long")
    if lookup.error is not None:
        raise OSError(lookup.error.errno, lookup.error.strerror) from lookup.error
    return lookup.hosts


def _left(deadline: Deadline) -> float:
    left = deadline.remaining()
    return SLICE if left is None else left


def _join_lookup(host: str) -> _Lookup:
    """Return the look-up of ``host`` that is under way, or start one."""
    with _lookups_lock:
        lookup = _lookups.get(host)
        if lookup is not None:
            return lookup
        lookup = _lookups[host] = _Lookup()
    threading.Thread(
        target=_run, args=(host, lookup), name=f"sixmm-resolve-{host}", daemon=True
    ).start()
    return lookup


def _run(host: str, lookup: _Lookup) -> None:
    """Look ``host`` up; the body of the thread."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        lookup.hosts = list(dict.fromkeys((info[0], str(info[4][0])) for info in found))
        if not lookup.hosts:
            lookup.error = OSError(None, "the name has no address")
    except OSError as exc:
        lookup.error = exc
    except UnicodeError:
        lookup.error = OSError(None, "the name is not valid")
    finally:
        # Removed before it is announced: who asks after the announcement asks anew.
        with _lookups_lock:
            _lookups.pop(host, None)
        lookup.done.set()
