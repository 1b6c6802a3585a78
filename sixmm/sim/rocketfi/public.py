"""The handle that the Python interface gives out."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Account"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account; whoever knows its address may read it. The address is in checksum form."""

    name: str
    address: str

    @property
    def key(self) -> str:
        """The address in lower case, as the log and the ledgers have it."""
        return self.address.lower()
