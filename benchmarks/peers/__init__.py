"""The other clients of the field, run beside this one against the same local server.

Nothing is imported here: the snippets of this package run in environments that have one peer
and the standard library, and nothing else.
"""

from __future__ import annotations

__all__: list[str] = []
