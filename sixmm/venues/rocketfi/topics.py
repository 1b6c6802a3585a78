"""The 13 feeds of RocketFi as values: what is subscribed, and the one text that stands for it.

A topic has the members of the subscription that it stands for. :meth:`Topic.payload` is what goes
on the wire, and ``str(topic)`` is its canonical text, such as
``Collateral?assetId=0&account=0x...``; :func:`parse_topic` reads that text. Two topics of the same
feed are equal, in whichever form their ids were given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import attrs
from attrs import field

from ...codec import wire
from ...errors import ConfigurationError
from ...redaction import one_line
from .enums import Interval
from .ids import Address, InstrumentId, is_address

__all__ = [
    "KINDS",
    "AccountRisk",
    "AssetPriceFeed",
    "Candle",
    "Collateral",
    "FundingRate",
    "InstrumentStats",
    "LastMatchPrice",
    "OpenOrders",
    "OrderEvents",
    "Orderbook",
    "Position",
    "PositionFunding",
    "PriceFeed",
    "Topic",
    "check_topic",
    "parse_topic",
    "topic_of_payload",
]

_INSTRUMENT = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_MOST_ASSET = 1 << 64


def _to_address(value: object) -> Address:
    if isinstance(value, str) and is_address(value):
        return Address(value)
    shown = one_line(value, limit=80)
    raise ConfigurationError(f"{shown!r} is no address: 0x and 40 hex digits are wanted")


def _to_instrument(value: object) -> InstrumentId:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if is_number or (isinstance(value, str) and _INSTRUMENT.fullmatch(value)):
        return InstrumentId(value)  # type: ignore[arg-type]
    raise ConfigurationError(f"{one_line(value, limit=80)!r} cannot be the id of an instrument")


def _to_asset(value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST_ASSET:
        return int(value)
    raise ConfigurationError(f"{one_line(value, limit=80)!r} cannot be the id of an asset")


def _to_interval(value: object) -> Interval:
    for interval in Interval:
        if interval == value:
            return interval
    known = ", ".join(Interval)
    raise ConfigurationError(f"an interval is one of {known}, not {one_line(value, limit=40)!r}")


@attrs.frozen(kw_only=True)
class Topic:
    """The base of the 13 topics.

    Raises:
        ConfigurationError: a member has not the form that it needs; the text says which.
    """

    kind: ClassVar[str] = ""
    """The name of the subscription on the wire."""

    @property
    def members(self) -> Mapping[str, Any]:
        """The members by their wire names; what was not given is left out."""
        told = ((one.metadata["wire"], getattr(self, one.name)) for one in attrs.fields(type(self)))
        return MappingProxyType({name: value for name, value in told if value is not None})

    @property
    def account(self) -> Address | None:
        """The account that the feed belongs to, or None for a feed of a market."""
        return None

    def payload(self) -> dict[str, Any]:
        """Return what stands in a subscription: ``{"Kind": {...}}``."""
        return {self.kind: dict(self.members)}

    def __str__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in self.members.items())
        return f"{self.kind}?{query}" if query else self.kind


@attrs.frozen(kw_only=True)
class Orderbook(Topic):
    """The book of an instrument."""

    kind: ClassVar[str] = "Orderbook"
    instrument_id: InstrumentId = field(converter=_to_instrument, metadata=wire("instrumentId"))


@attrs.frozen(kw_only=True)
class PriceFeed(Topic):
    """The mark price of an instrument."""

    kind: ClassVar[str] = "PriceFeed"
    instrument_id: InstrumentId = field(converter=_to_instrument, metadata=wire("instrumentId"))


@attrs.frozen(kw_only=True)
class AssetPriceFeed(Topic):
    """The mark price of an asset."""

    kind: ClassVar[str] = "AssetPriceFeed"
    asset_id: int = field(converter=_to_asset, metadata=wire("assetId"))


@attrs.frozen(kw_only=True)
class FundingRate(Topic):
    """The funding rate of an instrument."""

    kind: ClassVar[str] = "FundingRate"
    instrument_id: InstrumentId = field(converter=_to_instrument, metadata=wire("instrumentId"))


@attrs.frozen(kw_only=True)
class InstrumentStats(Topic):
    """The figures of an instrument, such as the volume of a day."""

    kind: ClassVar[str] = "InstrumentStats"
    instrument_id: InstrumentId = field(converter=_to_instrument, metadata=wire("instrumentId"))


@attrs.frozen(kw_only=True)
class Candle(Topic):
    """The candles of an instrument."""

    kind: ClassVar[str] = "Candle"
    instrument_id: InstrumentId = field(converter=_to_instrument, metadata=wire("instrumentId"))
    interval: Interval = field(converter=_to_interval, metadata=wire("interval"))


@attrs.frozen(kw_only=True)
class LastMatchPrice(Topic):
    """The last traded price of an instrument."""

    kind: ClassVar[str] = "LastMatchPrice"
    instrument_id: InstrumentId = field(converter=_to_instrument, metadata=wire("instrumentId"))


@attrs.frozen(kw_only=True)
class OrderEvents(Topic):
    """What happens to orders: of an account, of an instrument, or of an account in an instrument.

    Without an account the orders are everybody's. Whether it may have neither is not documented, so
    it is refused here.
    """

    kind: ClassVar[str] = "OrderEvents"
    account: Address | None = field(
        default=None, converter=attrs.converters.optional(_to_address), metadata=wire("account")
    )
    instrument_id: InstrumentId | None = field(
        default=None,
        converter=attrs.converters.optional(_to_instrument),
        metadata=wire("instrumentId"),
    )

    def __attrs_post_init__(self) -> None:
        if self.account is None and self.instrument_id is None:
            raise ConfigurationError("OrderEvents needs an account, an instrument_id, or both")


@attrs.frozen(kw_only=True)
class Collateral(Topic):
    """What an account has of one asset."""

    kind: ClassVar[str] = "Collateral"
    asset_id: int = field(converter=_to_asset, metadata=wire("assetId"))
    account: Address = field(converter=_to_address, metadata=wire("account"))


@attrs.frozen(kw_only=True)
class Position(Topic):
    """The positions of an account."""

    kind: ClassVar[str] = "Position"
    account: Address = field(converter=_to_address, metadata=wire("account"))


@attrs.frozen(kw_only=True)
class AccountRisk(Topic):
    """The margin of an account."""

    kind: ClassVar[str] = "AccountRisk"
    account: Address = field(converter=_to_address, metadata=wire("account"))


@attrs.frozen(kw_only=True)
class OpenOrders(Topic):
    """The open orders of an account."""

    kind: ClassVar[str] = "OpenOrders"
    account: Address = field(converter=_to_address, metadata=wire("account"))


@attrs.frozen(kw_only=True)
class PositionFunding(Topic):
    """The payments of funding of an account."""

    kind: ClassVar[str] = "PositionFunding"
    account: Address = field(converter=_to_address, metadata=wire("account"))


KINDS: Mapping[str, type[Topic]] = MappingProxyType(
    {
        cls.kind: cls
        for cls in (
            Orderbook,
            PriceFeed,
            AssetPriceFeed,
            FundingRate,
            InstrumentStats,
            Candle,
            LastMatchPrice,
            OrderEvents,
            Collateral,
            Position,
            AccountRisk,
            OpenOrders,
            PositionFunding,
        )
    }
)
"""The class of each kind of subscription."""


def topic_of_payload(payload: object) -> Topic | None:
    """Return the topic of a subscription as it stands on the wire, or None where it is none.

    Members that the kind does not have are passed over: a confirmation may say more than was asked.
    """
    if not isinstance(payload, dict) or len(payload) != 1:
        return None
    ((kind, members),) = payload.items()
    cls = KINDS.get(kind)
    if cls is None or not isinstance(members, dict):
        return None
    try:
        return _make(cls, members)
    except (ConfigurationError, TypeError):
        return None


def parse_topic(text: str | Topic) -> Topic:
    """Return the topic of a canonical text; a topic is returned as it is.

    Raises:
        ConfigurationError: it is no such text; the message shows the forms.
    """
    if isinstance(text, Topic):
        return text
    kind, _, query = text.partition("?") if isinstance(text, str) else ("", "", "")
    cls = KINDS.get(kind)
    pairs = parse_qsl(query, keep_blank_values=True)
    members = dict(pairs)
    if cls is None or len(members) != len(pairs) or not members.keys() <= _names(cls).keys():
        raise _no_topic(text)
    try:
        return _make(cls, members)
    except TypeError:
        raise _no_topic(text) from None


def check_topic(topic: str | Topic) -> str:
    """Return the canonical text of a topic, or of a text that stands for one.

    Raises:
        ConfigurationError: it stands for none; the message shows the forms.
    """
    return str(parse_topic(topic))


def _names(cls: type[Topic]) -> dict[str, str]:
    """Return the names of the fields by their wire names."""
    return {one.metadata["wire"]: one.name for one in attrs.fields(cls)}


def _make(cls: type[Topic], members: Mapping[str, Any]) -> Topic:
    names = _names(cls)
    return cls(**{names[wire]: value for wire, value in members.items() if wire in names})


def _no_topic(text: object) -> ConfigurationError:
    forms = ", ".join(f"{kind}?{'&'.join(_names(cls))}" for kind, cls in KINDS.items())
    return ConfigurationError(f"{one_line(text, limit=80)!r} is no topic; the forms are {forms}")
