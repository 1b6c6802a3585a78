"""What the mirror knows as single rows, for whoever keeps it beyond the end of the program."""

from __future__ import annotations

from typing import Any

__all__ = ["BALANCE", "BEFORE", "COMPARED", "CONDITION", "FILL", "ORDER", "POSITION", "Row"]

ORDER, FILL, POSITION, BALANCE = "order", "fill", "position", "balance"
CONDITION = "condition"
BEFORE = "before"
"""How much of an order was executed by fills that the mirror never knew."""
COMPARED = "compared"
"""When a part was compared last that no push tells of; its key is the part."""

Row = tuple[str, str, tuple[Any, ...], int]
"""What it is of, its key among those, its values, and the time of its newest push, or 0."""
