"""The handles that the Python interface gives out."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Account"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One user of an exchange; `unified` is how the Pro stream names what happens to it."""

    user_id: str
    name: str
    unified: bool
