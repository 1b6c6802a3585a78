"""Accounts, and what happens to them: no socket, no lock, no wire of its own."""

from __future__ import annotations

__all__: list[str] = []
