"""The API keys of all users: how many, what they may, and whether they still work."""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .codes import Code, ExchangeError
from .credentials import ApiKey

__all__ = ["ApiKeys", "KeyRecord"]

_FIRST_ID = 2_022_543_809_547_001_001
"""Record ids are texts of numbers above 2**53, as all ids are (rule 10)."""


@dataclass(slots=True, kw_only=True, eq=False)
class KeyRecord:
    """A key with what its user has written on it; times in ms, `last_used_at` 0 for never."""

    record_id: str
    key: ApiKey
    label: str
    created_at: int
    last_used_at: int = 0
    active: bool = True

    def admits(self, peer: str) -> bool:
        """Tell whether a call from the address `peer` is on the whitelist, if there is one."""
        allowed = self.key.ip_whitelist
        return not allowed or _address(peer) in {_address(one) for one in allowed}


class ApiKeys:
    """All keys of an exchange; called under the lock of the `Core`."""

    MOST_PER_USER = 30

    def __init__(self) -> None:
        """Begin without keys."""
        self._by_key: dict[str, KeyRecord] = {}
        self._ids = itertools.count(_FIRST_ID)

    def add(self, key: ApiKey, *, label: str, now_ms: int) -> KeyRecord:
        """Keep a new key; the user's 31st is refused with 2003 (rule 21)."""
        if len(self.of(key.user_id)) >= self.MOST_PER_USER:
            message = f"a user may hold {self.MOST_PER_USER} API keys"
            raise ExchangeError(Code.OUT_OF_RANGE, message)
        record = KeyRecord(record_id=str(next(self._ids)), key=key, label=label, created_at=now_ms)
        self._by_key[key.api_key] = record
        return record

    def find(self, api_key: str) -> KeyRecord | None:
        """Return the record of a public key id, switched off or not, or None."""
        return self._by_key.get(api_key)

    def of(self, user_id: str) -> list[KeyRecord]:
        """Return the keys of a user, oldest first."""
        return [one for one in self._by_key.values() if one.key.user_id == user_id]

    def own(self, user_id: str, record_id: str) -> KeyRecord:
        """Return the user's key with that record id; there being none is 2002."""
        for record in self.of(user_id):
            if record.record_id == record_id:
                return record
        raise ExchangeError(Code.BAD, "id is not that of one of your API keys")

    def change(
        self, record: KeyRecord, *, permissions: int | None, ip_whitelist: Sequence[str] | None
    ) -> None:
        """Give a key other permissions or another whitelist; None leaves what is there."""
        key = record.key
        record.key = replace(
            key,
            permissions=key.permissions if permissions is None else permissions,
            ip_whitelist=key.ip_whitelist if ip_whitelist is None else tuple(ip_whitelist),
        )

    def remove(self, api_key: str) -> None:
        """Forget a key; a public key id that is unknown changes nothing."""
        self._by_key.pop(api_key, None)

    def clear(self, user_id: str) -> int:
        """Forget all keys of a user and return how many they were."""
        gone = self.of(user_id)
        for record in gone:
            self.remove(record.key.api_key)
        return len(gone)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | str:
    """Return the address that a text means, whatever its spelling; another text stays as it is."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
