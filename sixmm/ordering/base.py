"""What the methods of ``client.orders`` stand on."""

from __future__ import annotations

from .desk import WriteDesk

__all__ = ["OrderMethods"]


class OrderMethods:
    """Methods that send by a desk.

    Args:
        desk: sends, follows, and finds out.
    """

    def __init__(self, desk: WriteDesk) -> None:
        self._desk = desk
