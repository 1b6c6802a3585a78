"""What KuCoin does now in this way and now in that: switches, which may be set while it runs."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Manners"]

_CHOICES = {
    "pong": ("plain", "timestamp", "bare"),
    "dead_token": ("refuse", "frame"),
    "envelope": ("full", "bare", "mixed"),
    "fields": ("documented", "live", "mixed"),
    "pro_ack": ("boolean", "text"),
    "login_refusal": ("result", "code"),
}


@dataclass(kw_only=True)
class Manners:
    """How the exchange says what it says. A value that is none of the named raises `ValueError`.

    `pong`: ``plain`` has id and type, ``timestamp`` has microseconds too, ``bare`` has no id.
    `dead_token`: a bad token is refused with HTTP 401, or gets an error frame after the upgrade.
    `envelope`: private pushes have ``userId`` and ``channelType``, have neither, or change.
    `fields`: spot order pushes have the fields that are documented, or those that captures have
    (no ``originSize``, a ``pt``), or change. `partial_positions` sends what a mark price changes
    without the rest, and without the symbol where the topic names it. `old_wallet` adds the
    deprecated subjects of the futures wallet. `pro_ack` tells a result as ``true`` or ``"true"``.
    `login_refusal`: a refused auth frame is answered with a ``result`` that is false, or with a
    ``code`` and no id. `pro_text` sends Pro frames as text. `strict_private` refuses private topics
    without ``privateChannel``.

    Where documents and captures disagree, the captures are the default: `symbol_topics` has what
    is pushed to a topic of all symbols name that of its symbol; `one_margin_subject` tells the
    status of the margin account under the subject of the ratio; `capital_stops` triggers spot stop
    orders in capitals.
    """

    pong: str = "timestamp"
    dead_token: str = "refuse"
    envelope: str = "full"
    fields: str = "documented"
    partial_positions: bool = True
    old_wallet: bool = False
    pro_ack: str = "boolean"
    login_refusal: str = "result"
    pro_text: bool = False
    strict_private: bool = True
    symbol_topics: bool = False
    one_margin_subject: bool = False
    capital_stops: bool = False

    def __setattr__(self, name: str, value: object) -> None:
        """Set a switch that exists to a value that it knows."""
        if name not in self.__dataclass_fields__:
            raise ValueError(f"there is no switch {name!r}")
        choices = _CHOICES.get(name, (True, False))
        if value not in choices:
            raise ValueError(f"{name} must be one of {', '.join(map(str, choices))}")
        object.__setattr__(self, name, value)
