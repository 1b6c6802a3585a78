"""The matching engine of the embedded exchange: pure, without I/O, clock or thread."""

from __future__ import annotations

__all__: list[str] = []
