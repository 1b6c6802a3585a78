"""The smallest honest program for each client, as its own guide would have a user write it.

Each is run as ``python -m benchmarks.peers.snippets.NAME PORT MESSAGES VARIANT`` in the environment
of its client, and prints one JSON line (:mod:`.meter`).
"""

from __future__ import annotations

__all__: list[str] = []
