"""The names of the topics, and which connection carries each.

A topic of the spot and futures streams is a path, with symbols after a colon where it has any:
``/contract/position:XBTUSDTM``. On the unified streams, which have channels with parameters, it is
written as :mod:`.pro_topics` says: ``order.UNIFIED:XBTUSDTM``.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import attrs

from ...errors import ConfigurationError
from ...redaction import one_line
from .enums import Connection
from .limits import TOPICS_PER_MESSAGE
from .pro_topics import PRO_CHANNELS, SYMBOL, ProTopic, read_pro_topic

__all__ = [
    "ACCOUNT_BALANCE",
    "CROSS_LEVERAGE",
    "FORMS",
    "FUTURES_STOP_ORDERS",
    "FUTURES_WALLET",
    "MARGIN_MODE",
    "MARGIN_POSITION",
    "SPOT_ORDERS",
    "SPOT_ORDERS_V1",
    "SPOT_STOP_ORDERS",
    "SPOT_TRADE_FILLS",
    "TopicForm",
    "batch_topic",
    "batches",
    "check_together",
    "check_topic",
    "connection_of",
    "futures_orders",
    "futures_positions",
    "is_private",
    "isolated_position",
    "margin_loan",
    "market_match",
    "pro_topic",
    "pro_topic_of",
    "single_topics",
    "suffix_of",
]

SPOT_ORDERS = "/spotMarket/tradeOrdersV2"
"""Spot and margin orders, from the moment that they are received."""
SPOT_ORDERS_V1 = "/spotMarket/tradeOrders"
"""The same without the first event of each order."""
SPOT_STOP_ORDERS = "/spotMarket/advancedOrders"
SPOT_TRADE_FILLS = "/spot/tradeFills"
"""Fills with their fees; no longer documented."""
ACCOUNT_BALANCE = "/account/balance"
MARGIN_POSITION = "/margin/position"
FUTURES_STOP_ORDERS = "/contractMarket/advancedOrders"
FUTURES_WALLET = "/contractAccount/wallet"
MARGIN_MODE = "/contract/marginMode"
CROSS_LEVERAGE = "/contract/crossLeverage"


class _Suffix(enum.Enum):
    NONE = "nothing"
    ONE = "one symbol"
    ONE_OR_NONE = "one symbol or nothing"
    MANY = "symbols"


@attrs.frozen(kw_only=True)
class TopicForm:
    """One form of a topic of the spot and futures streams."""

    path: str
    """What is before the colon."""
    connection: Connection
    """The connection that carries it unless another is asked for."""
    suffix: _Suffix = _Suffix.NONE
    also: Connection | None = None
    """Another connection that may carry it."""

    @property
    def is_private(self) -> bool:
        """Whether it tells about the account."""
        return self.connection.is_private and self.also is None

    @property
    def example(self) -> str:
        """A topic of this form."""
        if self.suffix in (_Suffix.NONE, _Suffix.ONE_OR_NONE):
            return self.path
        futures = self.connection.is_futures
        if self.path == "/margin/loan":
            return f"{self.path}:BTC"
        return f"{self.path}:{'XBTUSDTM' if futures else 'BTC-USDT'}"

    def accepts(self, rest: str | None) -> bool:
        """Whether ``rest`` may be after the colon; None is no colon."""
        if rest is None:
            return self.suffix in (_Suffix.NONE, _Suffix.ONE_OR_NONE)
        names = rest.split(",")
        if self.suffix is _Suffix.NONE or not all(map(SYMBOL.fullmatch, names)):
            return False
        most = TOPICS_PER_MESSAGE if self.suffix is _Suffix.MANY else 1
        return len(names) <= most


def _forms(connection: Connection, suffix: _Suffix, paths: str) -> Iterable[TopicForm]:
    for path in paths.split():
        yield TopicForm(path=path, connection=connection, suffix=suffix)


FORMS: Mapping[str, TopicForm] = MappingProxyType(
    {
        form.path: form
        for form in (
            *_forms(
                Connection.SPOT_PRIVATE_V1,
                _Suffix.NONE,
                "/spotMarket/tradeOrders /spotMarket/tradeOrdersV2 /spotMarket/advancedOrders "
                "/spot/tradeFills /account/balance /margin/position",
            ),
            *_forms(
                Connection.SPOT_PRIVATE_V1, _Suffix.ONE, "/margin/isolatedPosition /margin/loan"
            ),
            TopicForm(
                path="/market/match",
                connection=Connection.SPOT_PRIVATE_V1,
                suffix=_Suffix.MANY,
                also=Connection.SPOT_PUBLIC_V1,
            ),
            *_forms(
                Connection.FUTURES_PRIVATE_V1, _Suffix.ONE_OR_NONE, "/contractMarket/tradeOrders"
            ),
            *_forms(Connection.FUTURES_PRIVATE_V1, _Suffix.ONE, "/contract/position"),
            *_forms(
                Connection.FUTURES_PRIVATE_V1,
                _Suffix.NONE,
                "/contractMarket/advancedOrders /contractAccount/wallet /contract/positionAll "
                "/contract/marginMode /contract/crossLeverage",
            ),
            *_forms(
                Connection.SPOT_PUBLIC_V1,
                _Suffix.MANY,
                "/market/ticker /market/snapshot /market/level2 /market/candles "
                "/spotMarket/level1 /spotMarket/level2Depth5 /spotMarket/level2Depth50 "
                "/indicator/index /indicator/markPrice /margin/fundingBook",
            ),
            *_forms(
                Connection.FUTURES_PUBLIC_V1,
                _Suffix.MANY,
                "/contractMarket/ticker /contractMarket/tickerV2 /contractMarket/level2 "
                "/contractMarket/execution /contractMarket/level2Depth5 "
                "/contractMarket/level2Depth50 /contractMarket/limitCandle "
                "/contractMarket/snapshot /contract/instrument",
            ),
            *_forms(Connection.FUTURES_PUBLIC_V1, _Suffix.NONE, "/contract/announcement"),
        )
    }
)
"""Every form by its path."""


# Making topics


def market_match(*symbols: str) -> str:
    """Return the topic of the trades of symbols, such as ``BTC-USDT``; they are everybody's."""
    return check_topic(f"/market/match:{','.join(symbols)}")


def isolated_position(symbol: str) -> str:
    """Return the topic of an isolated margin position, of a symbol such as ``BTC-USDT``."""
    return check_topic(f"/margin/isolatedPosition:{symbol}")


def margin_loan(currency: str) -> str:
    """Return the topic of orders to lend or borrow a currency, of old documentation."""
    return check_topic(f"/margin/loan:{currency}")


def futures_orders(symbol: str | None = None) -> str:
    """Return the topic of futures orders: of all symbols, or of one such as ``XBTUSDTM``."""
    return check_topic("/contractMarket/tradeOrders" + ("" if symbol is None else f":{symbol}"))


def futures_positions(symbol: str | None = None) -> str:
    """Return the topic of futures positions: of all symbols, or of one such as ``XBTUSDTM``."""
    if symbol is None:
        return "/contract/positionAll"
    return check_topic(f"/contract/position:{symbol}")


def pro_topic(
    channel: str,
    account_type: str | None = "UNIFIED",
    symbol: str | None = None,
    option: str | None = None,
) -> str:
    """Return the topic of a channel of the unified streams.

    Args:
        channel: such as ``orderAll`` or ``ticker``.
        account_type: the market or account, ``UNIFIED`` for a unified account; None for a channel
            whose pushes name none, such as ``mark-price``.
        symbol: what most public channels ask for, and ``order`` and ``position``.
        option: what the public channels ``kline`` and ``obu`` ask for beside it: an interval such
            as ``1min``, or a depth such as ``increment@10ms``.
    """
    path = channel if account_type is None else f"{channel}.{account_type}"
    return check_topic(":".join((path, *(part for part in (symbol, option) if part is not None))))


# Asking about topics


def check_topic(topic: str, connection: Connection | str | None = None) -> str:
    """Return ``topic`` where it is one of the forms, and ``connection`` carries it.

    A connection with a private token also carries the public topics of its market.

    Raises:
        ConfigurationError: it has none of the forms, or is for another connection; the text says
            what would be right.
    """
    home = connection_of(topic)
    if connection is None or _carries(_connection(connection), topic, home):
        return topic
    shown = one_line(topic, limit=80)
    raise ConfigurationError(f"{shown!r} is carried by {home} and not by {connection}")


def connection_of(topic: str) -> Connection:
    """Return the connection that carries a topic, the one with a credential where two do.

    Raises:
        ConfigurationError: it has none of the forms.
    """
    if isinstance(topic, str) and topic.startswith("/"):
        path, colon, rest = topic.partition(":")
        form = FORMS.get(path)
        if form is not None and form.accepts(rest if colon else None):
            return form.connection
        raise _unknown(topic, form)
    return pro_topic_of(topic).connection


def pro_topic_of(topic: str) -> ProTopic:
    """Return what a topic of the unified streams says.

    Raises:
        ConfigurationError: it is none.
    """
    read = read_pro_topic(topic) if isinstance(topic, str) else None
    if read is None:
        raise _unknown(topic, None)
    return read


def is_private(topic: str, *, private_matches: bool = False) -> bool:
    """Whether a topic tells about the account; ``/market/match`` does only where that is said."""
    path = topic.partition(":")[0]
    form = FORMS.get(path)
    if form is not None:
        return form.is_private or (private_matches and path == "/market/match")
    name = path.rpartition(".")[0]
    return name in PRO_CHANNELS or name == "risk"


def suffix_of(topic: str) -> str | None:
    """Return the symbol, or the currency, that a topic is about; None where it is not about one."""
    rest = topic.partition(":")[2]
    return rest if rest and "," not in rest else None


def _connection(value: Connection | str) -> Connection:
    try:
        return Connection(value)
    except ValueError:
        names = ", ".join(Connection)
        shown = one_line(value, limit=40)
    raise ConfigurationError(f"{shown!r} is no connection; they are {names}")


def _carries(connection: Connection, topic: str, home: Connection) -> bool:
    form = FORMS.get(topic.partition(":")[0])
    if connection is home or (form is not None and connection is form.also):
        return True
    private = {
        Connection.SPOT_PUBLIC_V1: Connection.SPOT_PRIVATE_V1,
        Connection.FUTURES_PUBLIC_V1: Connection.FUTURES_PRIVATE_V1,
    }
    return private.get(home) is connection


def _unknown(topic: object, form: TopicForm | None) -> ConfigurationError:
    shown = one_line(topic, limit=80)
    if form is not None:
        wanted = form.suffix.value
        if form.suffix is _Suffix.MANY:
            wanted = f"up to {TOPICS_PER_MESSAGE} {wanted}"
        return ConfigurationError(
            f"{shown!r} is not a topic: {form.path} takes {wanted} after a colon, "
            f"as in {form.example}"
        )
    return ConfigurationError(
        f"{shown!r} is not a topic; the forms are {SPOT_ORDERS}, {futures_orders()}, "
        "/contract/position:XBTUSDTM, orderAll.UNIFIED and the others of sixmm.venues.kucoin.topics"
    )


# Several topics at once


def check_together(topics: Iterable[str]) -> tuple[str, ...]:
    """Return ``topics``, without repeats, where no two of them tell the same.

    Raises:
        ConfigurationError: two do, so that each event would come twice: a topic of all symbols and
            one of a single symbol, both kinds of spot orders, or both kinds of executions.
    """
    wanted = tuple(dict.fromkeys(map(check_topic, topics)))
    told: dict[str, str] = {}
    for topic in wanted:
        other = told.setdefault(_scope(topic), topic) if is_private(topic) else topic
        if other != topic and not (":" in topic and ":" in other):
            raise ConfigurationError(f"{other} and {topic} tell the same: choose one of them")
    return wanted


_SAME = {
    "/spotMarket/tradeOrdersV2": "/spotMarket/tradeOrders",
    "/contract/positionAll": "/contract/position",
    "orderAll": "order",
    "positionAll": "position",
    "execution.lite": "execution",
}


def _scope(topic: str) -> str:
    """Return what a private topic is about, whether it tells all of it or one symbol only."""
    path = topic.partition(":")[0]
    if path.startswith("/"):
        return _SAME.get(path, path)
    name, _, account_type = path.rpartition(".")
    return f"{_SAME.get(name, name)}.{account_type}"


# Several topics in one message


def single_topics(topic: str) -> tuple[str, ...]:
    """Return a topic of several symbols as one of each: that is how its pushes name it."""
    path, colon, rest = check_topic(topic).partition(":")
    return tuple(f"{path}:{symbol}" for symbol in rest.split(",")) if colon else (topic,)


def batches(topics: Iterable[str]) -> list[tuple[str, ...]]:
    """Return ``topics`` in groups of those that may share a message, in their order.

    Public topics of one path may, up to 100 symbols together. Whether private ones may is not
    documented, so that each has a message of its own.
    """
    open_groups: dict[str, list[str]] = {}
    found: list[list[str]] = []
    for topic in dict.fromkeys(topics):
        path = topic.partition(":")[0]
        group = open_groups.get(path)
        if group is None or _symbols(topic, *group) > TOPICS_PER_MESSAGE:
            group = []
            found.append(group)
            if _may_share(path):
                open_groups[path] = group
        group.append(topic)
    return [tuple(group) for group in found]


def _symbols(*topics: str) -> int:
    return sum(topic.count(",") + 1 for topic in topics)


def _may_share(path: str) -> bool:
    form = FORMS.get(path)
    return form is not None and form.suffix is _Suffix.MANY


def batch_topic(topics: Sequence[str]) -> str:
    """Return the one topic that stands for a group of :func:`batches`.

    Raises:
        ConfigurationError: the topics may not share a message, or one of them is none.
    """
    checked = [check_topic(topic) for topic in topics]
    if len(checked) == 1:
        return checked[0]
    if len(batches(checked)) != 1:
        raise ConfigurationError("these topics need a message each: see topics.batches")
    path = checked[0].partition(":")[0]
    return f"{path}:{','.join(topic.partition(':')[2] for topic in checked)}"
