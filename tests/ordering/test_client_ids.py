"""Order ids of our own making."""

from __future__ import annotations

import re

from sixmm.ordering.client_ids import new_client_order_id


def test_form() -> None:
    """Letters, digits and dashes, like the documented example (rule 45)."""
    assert new_client_order_id(1_772_710_377_808, random_hex="5f3a9c04d1") == (
        "sx-1772710377808-5f3a9c04d1"
    )
    assert re.fullmatch(r"sx-7-[0-9a-f]{10}", new_client_order_id(7))


def test_no_two_are_equal() -> None:
    """Also not within one millisecond."""
    assert len({new_client_order_id(7) for _ in range(10_000)}) == 10_000
