"""Order ids of the caller's own: each is used once, and an order is found by it (rule 45)."""

from __future__ import annotations

import secrets

__all__ = ["new_client_order_id"]


def new_client_order_id(now_ms: int, *, random_hex: str | None = None) -> str:
    """Return a new id, such as ``sx-1772710377808-5f3a9c04d1``.

    The time makes it readable in a list, the random part makes it unlike those of other programs of
    the same account. The documentation says nothing of length and characters (rule 115), so it has
    the form of the documented example.

    Args:
        now_ms: Unix milliseconds.
        random_hex: ten hexadecimal digits; None takes new ones.
    """
    return f"sx-{now_ms}-{random_hex or secrets.token_hex(5)}"
