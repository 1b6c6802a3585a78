"""Which topics there are on which host, what each needs, and how the Pro channels are named."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "CHANNELS",
    "MOST_AT_ONCE",
    "PUBLIC_CHANNELS",
    "ProError",
    "ProTopic",
    "PublicForm",
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


@dataclass(frozen=True, slots=True)
class PublicForm:
    """What a public Pro channel asks for, and whether its pushes name the market."""

    asks_market: bool = True
    asks_symbol: bool = True
    names_market: bool = True
    option: str = ""


_EVERYWHERE = {
    "ticker": PublicForm(),
    "trade": PublicForm(),
    "kline": PublicForm(option="interval"),
    "obu": PublicForm(option="depth"),
}
_UNNAMED = PublicForm(asks_market=False, names_market=False)
PUBLIC_CHANNELS = {
    "pro_spot": {**_EVERYWHERE, "callAuctionInfo": PublicForm(asks_market=False)},
    "pro_futures": {
        **_EVERYWHERE,
        "mark-price": _UNNAMED,
        "funding-fee": _UNNAMED,
        "funding-fee-all-symbols": PublicForm(
            asks_market=False, asks_symbol=False, names_market=False
        ),
    },
}
"""The public Pro channels of each host; only ``trade`` and ``ticker`` ever say anything here."""

_MINUTES = ("1min", "3min", "5min", "15min", "30min")
_HOURS = ("1hour", "2hour", "4hour", "6hour", "8hour", "12hour")
_OPTIONS = {
    "interval": frozenset((*_MINUTES, *_HOURS, "1day", "1week", "1month")),
    "depth": frozenset(("1", "5", "50", "increment", "increment@10ms")),
}

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


def read_pro(host: str, request: dict[str, object]) -> ProTopic:
    """Return what a Pro subscription names; what does not exist raises `ProError`.

    Private channels are on the host ``pro``, public ones on that of their market.
    """
    channel = request.get("channel")
    if not isinstance(channel, str) or not channel:
        raise ProError("invalid request data")
    if channel in CHANNELS:
        if host != "pro":
            raise ProError("login is required")
        return _read_private(channel, request)
    if channel not in PUBLIC_CHANNELS.get(host, {}):
        raise ProError("invalid request data")
    return _read_public(host, channel, request)


def _read_private(channel: str, request: dict[str, object]) -> ProTopic:
    member = "accountType" if channel == "balance" else "tradeType"
    kind = request.get(member)
    known = _PRO_ACCOUNTS if channel == "balance" else _PRO_TYPES
    if not isinstance(kind, str) or kind not in known:
        raise ProError("invalid request data")
    name = f"{channel}.{kind}"
    symbol = request.get("symbol")
    if CHANNELS[channel]:
        if not isinstance(symbol, str) or not symbol:
            raise _no_symbol(channel)
        name = f"{name}:{symbol}"
    return ProTopic(name, private=True)


def _read_public(host: str, channel: str, request: dict[str, object]) -> ProTopic:
    market = {"pro_spot": "SPOT", "pro_futures": "FUTURES"}[host]
    form = PUBLIC_CHANNELS[host][channel]
    if "symbols" in request:
        # Some channels take several at once; which ones is not known well enough.
        raise ProError(f"symbols are not supported for topic {channel}")
    if form.asks_market and request.get("tradeType") != market:
        raise ProError("invalid request data")
    parts = [f"{channel}.{market}" if form.names_market else channel]
    if form.asks_symbol:
        symbol = request.get("symbol")
        if not isinstance(symbol, str) or not symbol:
            raise _no_symbol(channel)
        parts.append(symbol)
    if form.option:
        value = request.get(form.option)
        if not isinstance(value, str) or value not in _OPTIONS[form.option]:
            raise ProError("invalid request data")
        parts.append(value)
    return ProTopic(":".join(parts)[:128], private=False)


def _no_symbol(channel: str) -> ProError:
    topic = channel[:1].upper() + channel[1:]
    return ProError(f"missing `symbol` for topic: {topic}", "reason")
