"""Which topics there are on which host, what each needs, and how the Pro channels are named."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "CHANNELS",
    "MOST_AT_ONCE",
    "ProError",
    "ProTopic",
    "Topic",
    "TopicError",
    "read_pro",
    "read_topic",
]

MOST_AT_ONCE = 100

_NEVER, _MAYBE, _ALWAYS = "never", "maybe", "always"

_PRIVATE: dict[str, dict[str, str]] = {
    "spot": {
        "/spotMarket/tradeOrders": _NEVER,
        "/spotMarket/tradeOrdersV2": _NEVER,
        "/spotMarket/advancedOrders": _NEVER,
        "/account/balance": _NEVER,
        "/margin/position": _NEVER,
        "/margin/isolatedPosition": _ALWAYS,
        "/margin/loan": _ALWAYS,
    },
    "futures": {
        "/contractMarket/tradeOrders": _MAYBE,
        "/contractMarket/advancedOrders": _NEVER,
        "/contractAccount/wallet": _NEVER,
        "/contract/position": _ALWAYS,
        "/contract/positionAll": _NEVER,
        "/contract/marginMode": _NEVER,
        "/contract/crossLeverage": _NEVER,
    },
}
_PUBLIC: dict[str, frozenset[str]] = {
    "spot": frozenset(
        {
            "/market/candles",
            "/market/level2",
            "/market/match",
            "/market/snapshot",
            "/market/ticker",
            "/spotMarket/level1",
            "/spotMarket/level2Depth5",
            "/spotMarket/level2Depth50",
        }
    ),
    "futures": frozenset(
        {
            "/contract/instrument",
            "/contractMarket/execution",
            "/contractMarket/level2",
            "/contractMarket/limitCandle",
            "/contractMarket/snapshot",
            "/contractMarket/ticker",
            "/contractMarket/tickerV2",
        }
    ),
}

CHANNELS = {
    "order": True,
    "orderAll": False,
    "execution": False,
    "execution.lite": False,
    "balance": False,
    "position": True,
    "positionAll": False,
    "leverage": False,
    "lw": False,
}
"""The private Pro channels, and whether each needs a symbol."""

_PRO_TYPES = frozenset({"SPOT", "FUTURES", "ISOLATED", "CROSS", "UNIFIED"})
_PRO_ACCOUNTS = _PRO_TYPES | {"FUNDING"}


class TopicError(Exception):
    """A subscription that is refused, with the code and the text of the error frame."""

    def __init__(self, code: int, text: str) -> None:
        """Keep both as they go into the frame."""
        super().__init__(f"{code} {text}")
        self.code, self.text = code, text


@dataclass(frozen=True, slots=True)
class Topic:
    """What one subscription names: the names it listens to, one for each symbol."""

    names: tuple[str, ...]
    private: bool


def read_topic(host: str, value: object) -> Topic:
    """Return what a Classic subscription names; what does not exist raises `TopicError`.

    A public topic may name several symbols, with commas. Whether a private one may is not
    documented, so that it may not here.
    """
    if value is None or value == "":
        raise TopicError(406, "topic is required")
    if not isinstance(value, str) or not value.startswith("/"):
        raise TopicError(400, "topic is invalid")
    stem, colon, tail = value.partition(":")
    symbols = tail.split(",") if colon else []
    if colon and not all(symbols):
        raise TopicError(400, "topic is invalid")
    if len(symbols) > MOST_AT_ONCE:
        text = f"exceed max subscription count limitation of {MOST_AT_ONCE} per time"
        raise TopicError(509, text)
    need = _PRIVATE[host].get(stem)
    if need is None:
        if stem not in _PUBLIC[host]:
            raise TopicError(404, "topic does not exist")
        return Topic(tuple(f"{stem}:{one}" for one in symbols) or (stem,), private=False)
    if len(symbols) > 1 or (need == _NEVER and symbols) or (need == _ALWAYS and not symbols):
        raise TopicError(400, "topic is invalid")
    return Topic((value,), private=True)


class ProError(Exception):
    """A Pro subscription that is refused; `member` is where the text stands."""

    def __init__(self, text: str, member: str = "message") -> None:
        """Keep both as they go into the frame."""
        super().__init__(text)
        self.text, self.member = text, member


@dataclass(frozen=True, slots=True)
class ProTopic:
    """A Pro channel with its type and, where it needs one, its symbol."""

    name: str
    private: bool


def read_pro(request: dict[str, object]) -> ProTopic:
    """Return what a Pro subscription names; what does not exist raises `ProError`."""
    channel = request.get("channel")
    if not isinstance(channel, str) or not channel:
        raise ProError("invalid request data")
    if channel not in CHANNELS:
        # The public channels are taken, and never say anything.
        return ProTopic(f"{channel}.{request.get('tradeType')}"[:128], private=False)
    member = "accountType" if channel == "balance" else "tradeType"
    kind = request.get(member)
    known = _PRO_ACCOUNTS if channel == "balance" else _PRO_TYPES
    if not isinstance(kind, str) or kind not in known:
        raise ProError("invalid request data")
    name = f"{channel}.{kind}"
    symbol = request.get("symbol")
    if CHANNELS[channel]:
        if not isinstance(symbol, str) or not symbol:
            topic = channel.capitalize()
            raise ProError(f"missing `symbol` for topic: {topic}", "reason")
        name = f"{name}:{symbol}"
    return ProTopic(name, private=True)
