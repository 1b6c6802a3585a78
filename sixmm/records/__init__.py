"""Records of what a client sent and received, and transports that play them.

:class:`Recorder` wraps the transports of a client and writes a file; :class:`ReplayTransport` plays
the file through the same client code, without a network. No secret is in the file.
"""

from __future__ import annotations

from .reader import Record, read_record
from .recorder import Recorder
from .replay import ReplayTransport

__all__ = ["Record", "Recorder", "ReplayTransport", "read_record"]
