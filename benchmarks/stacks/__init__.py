"""The candidates: each is a way to get typed messages from a stream into the caller's hands.

``python -m benchmarks.stacks TASK`` runs one task (:class:`benchmarks.plan.Task`, as JSON) and
prints its figures as one line of JSON.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

__all__ = ["STACKS", "Stack"]


@dataclass(frozen=True)
class Stack:
    """One candidate.

    Args:
        title: what the report calls it.
        module: the module of this package that runs it.
        hidden: packages that it runs without, although they are installed.
        options: arguments for the module.
    """

    title: str
    module: str
    hidden: tuple[str, ...] = ()
    options: dict[str, Any] = dataclasses.field(default_factory=dict)


_NO_EXTRAS = ("msgspec", "orjson", "wsaccel")
_FAST = ("wsaccel",)


def _sixmm(title: str, hidden: tuple[str, ...], **options: Any) -> Stack:
    return Stack(f"sixmm, {title}", "client", hidden, options)


STACKS: dict[str, Stack] = {
    "drain": Stack("drain", "drain"),
    "limit": Stack("limit", "limit"),
    "limit-sslsocket": Stack("limit on SSLSocket", "limit", (), {"sslsocket": True}),
    "naive": Stack("naive", "naive", ("wsaccel",)),
    "naive-wsaccel": Stack("naive with wsaccel", "naive"),
    "sixmm-events-fast": _sixmm("events only, fast", _FAST, deliver="events"),
    "sixmm-events": _sixmm("events only, no extras", _NO_EXTRAS, deliver="events"),
    "sixmm-all-fast": _sixmm("with mirror, fast", _FAST, deliver="all"),
    "sixmm-all": _sixmm("with mirror, no extras", _NO_EXTRAS, deliver="all"),
    "sixmm-levels-fast": _sixmm(
        "events only, fast, every level read", _FAST, deliver="events", levels="all"
    ),
    "sixmm-levels": _sixmm(
        "events only, no extras, every level read", _NO_EXTRAS, deliver="events", levels="all"
    ),
    "http-client": Stack("http.client and hmac by hand", "rest_plain", (), {"library": "http"}),
    "requests": Stack("requests and hmac by hand", "rest_plain", (), {"library": "requests"}),
    "sixmm-rest": Stack("sixmm, typed replies", "rest_client", _FAST),
}
"""The candidates by name."""
