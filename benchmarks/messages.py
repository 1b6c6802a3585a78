"""The messages of the benchmark, in the wire form of 6MM (``docs/wire.md``).

A :class:`Block` is a thousand distinct messages as WebSocket frames, with a placeholder of ten
digits in every id and time. Each round of a flood puts a new number there, so that no message of a
run is a repeat of an earlier one, and a client that drops repeats is neither helped nor spared.
The number is a time in seconds; with the three digits behind it, which are the place in the block,
it makes the milliseconds of ``ts``.
"""

from __future__ import annotations

import functools
import itertools
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .frames import frame

__all__ = ["BLOCK", "KINDS", "MIX", "ROUND", "Block", "make_block", "mean_size", "topic_of"]

BLOCK = 1000
"""How many messages a block has."""
ROUND = b"@@@@@@@@@@"
"""What stands where a round puts its ten digits."""
KINDS = ("order", "account", "depth", "mix")
"""The kinds of message; a mix has all of the others."""
MIX = {"depth": 0.70, "order": 0.25, "account": 0.05}
"""The shares of a mix."""

_SEED = 7
_USER_TOPIC = "user.5794"
_LEVELS = 20
_R = ROUND.decode()
# One order in five trades and so has the fields of a fill; the others are cancelled.
_TRADES = 5


@dataclass(frozen=True)
class Block:
    """A thousand frames that wait for the number of their round."""

    frames: tuple[bytes, ...]

    @functools.cached_property
    def template(self) -> bytes:
        """All frames in one piece."""
        return b"".join(self.frames)

    @functools.cached_property
    def bounds(self) -> tuple[tuple[int, int], ...]:
        """Where each frame begins and ends in :attr:`template`."""
        ends = list(itertools.accumulate(map(len, self.frames)))
        return tuple(zip([0, *ends[:-1]], ends, strict=True))

    def render(self, second: int) -> bytes:
        """Return the frames of the round whose number is ``second`` (ten digits)."""
        return self.template.replace(ROUND, b"%010d" % second)


def topic_of(number: int) -> str:
    """Return the depth topic of symbol ``number``, from 0."""
    return "market.depth.BTCUSDT" if number == 0 else f"market.depth.S{number:03d}USDT"


@functools.lru_cache(maxsize=8)
def make_block(kind: str, *, topics: int = 1, size: int = 0) -> Block:
    """Return a block of messages of one kind.

    Args:
        kind: one of :data:`KINDS`.
        topics: over how many topics the depth messages are spread.
        size: the least bytes of a message, reached by a longer value of an unknown member; 0 adds
            nothing.

    Raises:
        ValueError: there is no such kind.
    """
    rng = random.Random(_SEED)
    payloads = [_payload(name, i, rng, topics) for i, name in enumerate(_names(kind, rng))]
    return Block(tuple(frame(_encode(payload, size)) for payload in payloads))


def mean_size(kind: str) -> int:
    """Return the mean size of a message, in bytes of text."""
    block = make_block(kind)
    overhead = sum(2 if len(one) < 128 else 4 for one in block.frames)
    return round((len(block.template) - overhead) / BLOCK)


def _names(kind: str, rng: random.Random) -> list[str]:
    """Return what each message of a block is."""
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is none of {', '.join(KINDS)}")
    if kind != "mix":
        return [kind] * BLOCK
    names = [name for name, share in MIX.items() for _ in range(round(share * BLOCK))]
    rng.shuffle(names)
    return names


def _payload(name: str, number: int, rng: random.Random, topics: int) -> dict[str, Any]:
    makers: dict[str, Callable[[], dict[str, Any]]] = {
        "order": lambda: _private(number, _order(number, rng)),
        "account": lambda: _private(number, _account(number, rng)),
        "depth": lambda: _depth(number, rng, topics),
    }
    return makers[name]()


def _encode(payload: dict[str, Any], size: int) -> bytes:
    text = json.dumps(payload, separators=(",", ":"))
    # A number that contains the placeholder must not be quoted.
    text = text.replace('"#', "").replace('#"', "")
    if size > len(text):
        payload["data"]["note"] = payload["data"].get("note", "") + "x" * (size - len(text))
        return _encode(payload, 0)
    return text.encode()


def _time(number: int) -> str:
    return f"#{_R}{number:03d}#"


def _private(number: int, data: dict[str, Any]) -> dict[str, Any]:
    return {"topic": _USER_TOPIC, "ts": _time(number), "data": data}


def _order(number: int, rng: random.Random) -> dict[str, Any]:
    """Return one state of an order: two messages make the life of one."""
    is_end, trades = number % 2 == 1, number // 2 % _TRADES == 0
    first = number - number % 2
    choice = random.Random(f"{_SEED} {first}")
    side, price = choice.choice(("BUY", "SELL")), f"{choice.randint(800000, 900000) / 10}"
    quantity = f"{choice.randint(1, 999) / 1000:.3f}"
    filled = is_end and trades
    return {
        "eventType": "ORDER_TRADE_UPDATE",
        "orderStatus": ("FILLED" if trades else "CANCELED") if is_end else "NEW",
        "orderId": f"202254{_R}{first:03d}",
        "clientOrderId": f"mm-{_R}{first:03d}",
        "symbol": choice.choice(("BTCUSDT", "ETHUSDT", "SOLUSDT")),
        "side": side,
        "positionSide": "BOTH",
        "type": "LIMIT",
        "timeInForce": "GTC",
        "price": price,
        "quantity": quantity,
        "executedQuantity": quantity if filled else "0",
        "averagePrice": price if filled else "0",
        "reduceOnly": False,
        "makerOnly": True,
        "closePosition": False,
        "createdAt": _time(first),
        "updatedAt": _time(number),
        "sequence": number,
        "note": "a1",
        **(_fill(number, price, quantity, rng) if filled else {}),
    }


def _fill(number: int, price: str, quantity: str, rng: random.Random) -> dict[str, Any]:
    value = float(price) * float(quantity)
    return {
        "fillId": f"31{_R}{number:03d}",
        "tradeId": f"77{_R}{number:03d}",
        "roleType": "maker",
        "lastPrice": price,
        "lastQuantity": quantity,
        "tradeValue": f"{value:.4f}",
        "handlingFee": f"{value * 0.0002:.6f}",
        "realizedPnl": f"{rng.uniform(-50, 50):.4f}",
    }


def _account(number: int, rng: random.Random) -> dict[str, Any]:
    balance = {
        "assetType": "USDT",
        "walletBalance": f"{_R}.{number:03d}",
        "frozenBalance": f"{rng.uniform(0, 900):.4f}",
        "usedMargin": f"{rng.uniform(0, 900):.4f}",
    }
    positions = [_position(symbol, rng) for symbol in ("BTCUSDT", "ETHUSDT")]
    return {"eventType": "ACCOUNT_UPDATE", "balances": [balance], "positions": positions}


def _position(symbol: str, rng: random.Random) -> dict[str, Any]:
    entry = rng.uniform(80000, 90000)
    return {
        "symbol": symbol,
        "marginMode": "CROSS",
        "positionSide": "BOTH",
        "leverage": 20,
        "quantity": f"{rng.uniform(-2, 2):.3f}",
        "entryPrice": f"{entry:.2f}",
        "breakEvenPrice": f"{entry * 1.0004:.4f}",
        "liqPrice": f"{entry * 0.7:.2f}",
        "marginRatio": f"{rng.random():.6f}",
        "unrealizedPnl": f"{rng.uniform(-500, 500):.4f}",
        "roe": f"{rng.uniform(-1, 1):.6f}",
        "nextFundingFee": "0",
        "fundingFeeAccum": "0",
        "tpPrice": "0",
        "slPrice": "0",
    }


def _depth(number: int, rng: random.Random, topics: int) -> dict[str, Any]:
    topic = topic_of(number % topics)
    middle = rng.randint(800000, 900000)
    data = {
        "symbol": topic.rpartition(".")[2],
        "bids": [_level(middle - 1 - step, rng) for step in range(_LEVELS)],
        "asks": [_level(middle + 1 + step, rng) for step in range(_LEVELS)],
        "endVersion": _time(number),
        "snapshot": False,
    }
    return {"topic": topic, "event": "data", "ts": _time(number), "data": data}


def _level(price_tenths: int, rng: random.Random) -> list[str]:
    return [f"{price_tenths / 10:.1f}", f"{rng.uniform(0, 99):.4f}"]
