"""The channels of the unified streams, and how a topic of one is written.

A topic is what the pushes of a channel name themselves, then the symbol after a colon, then what
else the request has to choose: ``orderAll.UNIFIED``, ``order.UNIFIED:XBTUSDTM``,
``ticker.SPOT:BTC-USDT``, ``kline.SPOT:BTC-USDT:1min``. Some public channels name no market in their
pushes, and so their topics do not either: ``mark-price:XBTUSDTM``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from ...errors import ConfigurationError
from .enums import Connection

__all__ = [
    "PRO_CHANNELS",
    "PRO_PUBLIC_CHANNELS",
    "SYMBOL",
    "ProChannel",
    "ProOption",
    "ProTopic",
    "read_pro_topic",
    "topic_of_push",
]

SYMBOL = re.compile(r"[A-Za-z0-9_-]{1,40}")
"""The form of a symbol."""
_ACCOUNTS = ("SPOT", "FUTURES", "MARGIN", "ISOLATED", "CROSS", "UNIFIED", "FUNDING")
_SPOT, _FUTURES, _BOTH = ("SPOT",), ("FUTURES",), ("SPOT", "FUTURES")


@attrs.frozen(kw_only=True)
class ProOption:
    """What a channel needs to be told beside the symbol."""

    name: str
    """What it is called in a request."""
    key: str
    """What it is called in a push."""
    form: re.Pattern[str]
    example: str


_INTERVAL = ProOption(
    name="interval",
    key="i",
    form=re.compile(r"[1-9][0-9]?(?:min|hour|day|week|month)"),
    example="1min",
)
_DEPTH = ProOption(
    name="depth",
    key="dp",
    form=re.compile(r"1|5|50|increment(?:@10ms)?"),
    example="increment@10ms",
)


@attrs.frozen(kw_only=True)
class ProChannel:
    """One channel of the unified streams."""

    name: str
    needs_symbol: bool = False
    parameter: str | None = "tradeType"
    """What the market or account is called in a request; None where none is asked for."""
    markets: tuple[str, ...] = _ACCOUNTS
    option: ProOption | None = None
    is_public: bool = False
    names_market: bool = True
    """Whether its pushes, and so its topics, name the market or account."""

    @property
    def example(self) -> str:
        """A topic of this channel."""
        market = "UNIFIED" if "UNIFIED" in self.markets else self.markets[0]
        symbol = "BTC-USDT" if market == "SPOT" else "XBTUSDTM"
        option = "" if self.option is None else f":{self.option.example}"
        path = f"{self.name}.{market}" if self.names_market else self.name
        return path + (f":{symbol}" if self.needs_symbol else "") + option


def _by_name(channels: Iterable[ProChannel]) -> Mapping[str, ProChannel]:
    return MappingProxyType({channel.name: channel for channel in channels})


PRO_CHANNELS = _by_name(
    (
        ProChannel(name="order", needs_symbol=True),
        ProChannel(name="orderAll"),
        ProChannel(name="execution"),
        ProChannel(name="execution.lite"),
        ProChannel(name="balance", parameter="accountType"),
        ProChannel(name="position", needs_symbol=True),
        ProChannel(name="positionAll"),
        ProChannel(name="leverage"),
        ProChannel(name="lw"),
    )
)
"""Every private channel by its name."""


def _public(name: str, markets: tuple[str, ...], **more: Any) -> ProChannel:
    return ProChannel(
        **{"name": name, "markets": markets, "is_public": True, "needs_symbol": True, **more}
    )


PRO_PUBLIC_CHANNELS = _by_name(
    (
        _public("ticker", _BOTH),
        _public("trade", _BOTH),
        _public("kline", _BOTH, option=_INTERVAL),
        _public("obu", _BOTH, option=_DEPTH),
        _public("callAuctionInfo", _SPOT, parameter=None),
        _public("mark-price", _FUTURES, parameter=None, names_market=False),
        _public("funding-fee", _FUTURES, parameter=None, names_market=False),
        _public(
            "funding-fee-all-symbols",
            _FUTURES,
            parameter=None,
            names_market=False,
            needs_symbol=False,
        ),
    )
)
"""Every public channel by its name."""

_ALL = {**PRO_CHANNELS, **PRO_PUBLIC_CHANNELS}


@attrs.frozen(kw_only=True)
class ProTopic:
    """What a topic of the unified streams says."""

    channel: ProChannel
    market: str
    """The market or account."""
    symbol: str | None = None
    option: str | None = None

    @property
    def connection(self) -> Connection:
        """The connection that carries it: public ones have one for each market."""
        if not self.channel.is_public:
            return Connection.PRIVATE_PRO_V2
        is_spot = self.market == "SPOT"
        return Connection.SPOT_PUBLIC_PRO_V2 if is_spot else Connection.FUTURES_PUBLIC_PRO_V2

    @property
    def members(self) -> Mapping[str, str]:
        """What a request says of it."""
        channel = self.channel
        said = {"channel": channel.name}
        if channel.parameter is not None:
            said[channel.parameter] = self.market
        if self.symbol is not None:
            said["symbol"] = self.symbol
        if channel.option is not None and self.option is not None:
            said[channel.option.name] = self.option
        return said


def read_pro_topic(topic: str) -> ProTopic | None:
    """Return what a topic says, or None where it is none of the unified streams.

    Raises:
        ConfigurationError: its channel needs more than the topic has; the text shows what.
    """
    path, *rest = topic.split(":")
    channel, market = _channel_of(path)
    if channel is None:
        return None
    needed = [SYMBOL] if channel.needs_symbol else []
    needed += [] if channel.option is None else [channel.option.form]
    if len(rest) < len(needed):
        what = "a symbol" if channel.option is None else f"a symbol and {channel.option.name}"
        raise ConfigurationError(f"the channel {channel.name} needs {what}: {channel.example}")
    fits = len(rest) == len(needed) and all(
        form.fullmatch(part) for form, part in zip(needed, rest, strict=True)
    )
    if not fits:
        return None
    symbol, option = (*rest, None, None)[:2]
    return ProTopic(channel=channel, market=market, symbol=symbol, option=option)


def _channel_of(path: str) -> tuple[ProChannel | None, str]:
    """Return the channel that a path names, and the market; None where there is no such."""
    channel = _ALL.get(path)
    if channel is not None:
        return (None, "") if channel.names_market else (channel, channel.markets[0])
    name, _, market = path.rpartition(".")
    channel = _ALL.get(name)
    known = channel is not None and channel.names_market and market in channel.markets
    return (channel, market) if known else (None, "")


def topic_of_push(message: Mapping[str, Any]) -> str:
    """Return the topic under which a push was asked for, as far as the push tells it.

    A private push names it as a whole. A public one names channel and market, in whatever case the
    market is, and has symbol and option among its members; without them it is what it names.
    """
    named: str = message["T"]
    name, point, market = named.rpartition(".")
    path = f"{name}{point}{market.upper()}" if point else named
    channel, _ = _channel_of(path)
    if channel is None or not channel.is_public:
        return named
    data = message.get("d")
    told: dict[str, Any] = data if isinstance(data, dict) else {}
    parts: list[Any] = [path]
    if channel.needs_symbol:
        parts.append(told.get("s"))
    if channel.option is not None:
        parts.append(told.get(channel.option.key, message.get(channel.option.key)))
    return ":".join(parts) if all(isinstance(part, str) and part for part in parts) else named
