"""What holds for every call that reads the account."""

from __future__ import annotations

from sixmm.venues.base import Auth, Call, PaceClass
from sixmm.venues.kucoin.calls import KuCoinCall
from sixmm.venues.kucoin.hosts import Host

Row = tuple[Call, str, str]
"""A call, its path and its query."""


def check_read(call: Call, path: str, query: str, host: Host = Host.SPOT) -> None:
    """Check that a call is signed, changes nothing, and goes where it should."""
    assert isinstance(call, KuCoinCall)
    assert (call.method, call.path, call.auth, call.writes) == ("GET", path, Auth.ACCOUNT, False)
    assert "&".join(f"{name}={value}" for name, value in call.query) == query
    assert call.host is host
    assert call.pace_class is PaceClass.PRIVATE_READ
    assert call.result is not None


def operations(rows: list[Row]) -> set[str]:
    """Return the operations of a table, in lower case."""
    return {call.operation.lower() for call, _, _ in rows}


def functions(names: list[str]) -> set[str]:
    """Return the functions of a module as their operations are called, in lower case."""
    return {name.replace("_", "") for name in names}
