"""The handles that the Python interface gives out."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Account"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One user of an exchange; `topic` is the name of the private topic."""

    user_id: str
    username: str
    password: str = field(repr=False)
    topic: str
