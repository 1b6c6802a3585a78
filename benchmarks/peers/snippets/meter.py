"""Counts what arrives in the user's hands, and prints the result; the standard library only."""

from __future__ import annotations

import faulthandler
import http.client
import importlib.metadata
import json
import os
import sys
import time
from typing import NoReturn

__all__ = ["Meter"]

# As in :mod:`benchmarks.peers.orders`, which the environments of the clients cannot import.
_FIRST_ID = 4_000_000_000
_ID_DIGITS = 10
_WAIT = 40.0
# Longer than a run may take: for a client whose runner was killed.
_LIFE = 70.0


class Meter:
    """Starts the flood, counts its messages, and ends the process at the last one.

    The clocks run from :meth:`go`, when the client is set up, to the last message in hand. The
    process ends without any clean-up: half of the clients never come back from theirs.

    Args:
        distribution: the package whose version is told.
        version: the version, where the package is not installed under that name.
    """

    def __init__(self, distribution: str, *, version: str | None = None) -> None:
        self.port = int(sys.argv[1])
        self.variant = sys.argv[3] if len(sys.argv) > 3 else ""
        self._wanted = int(sys.argv[2])
        self._version = version if version is not None else importlib.metadata.version(distribution)
        faulthandler.dump_traceback_later(_LIFE, exit=True)
        self._count = 0
        self._started = self._cpu_started = 0.0

    @property
    def wanted(self) -> int:
        """How many messages end the run."""
        return self._wanted

    @property
    def host(self) -> str:
        """The address of the local server, as ``host:port``."""
        return f"127.0.0.1:{self.port}"

    def go(self) -> None:
        """Wait until the server has an open private stream, start the clocks and the flood.

        It blocks: a client with an event loop calls it in another thread.

        Raises:
            RuntimeError: no stream was opened in time.
        """
        control = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_WAIT)
        control.request("GET", "/bench/ready")
        if not json.loads(control.getresponse().read())["ready"]:
            raise RuntimeError("the client did not open its stream")
        self._cpu_started = time.process_time()
        self._started = time.perf_counter()
        # The reply is not read: from here on the time belongs to the client.
        control.request("GET", "/bench/go")
        self._control = control

    def took(self, order_id: str | int) -> None:
        """Count one message whose order id the user has read; end the process at the last one."""
        self._count += 1
        if self._count == self._wanted:
            self._end(order_id)

    def took_all(self) -> NoReturn:
        """End the process: as many messages as were wanted have come, nobody has looked at them."""
        self._count = self._wanted
        self._end(_FIRST_ID + self._wanted - 1)

    def _end(self, order_id: str | int) -> NoReturn:
        seconds = time.perf_counter() - self._started
        cpu_seconds = time.process_time() - self._cpu_started
        place = int(str(order_id)[-_ID_DIGITS:]) - _FIRST_ID + 1
        result = {
            "messages": self._count,
            "seconds": seconds,
            "cpu_seconds": cpu_seconds,
            "missed": place - self._count,
            "version": self._version,
        }
        # Not print(): some clients replace standard output, or hold its lock in another thread.
        os.write(1, b"\n" + json.dumps(result).encode() + b"\n")
        os._exit(0)
