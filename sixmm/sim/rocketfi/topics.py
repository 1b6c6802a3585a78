"""The 13 kinds of subscription, and what each has to say which feed it means."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from .ids import read_address, read_instrument_id

__all__ = ["INTERVALS", "KINDS", "Refused", "Topic", "read_topic"]

INTERVALS = {
    "1m": 60,
    "5m": 300,
    "15m": 900,
    "30m": 1_800,
    "1h": 3_600,
    "4h": 14_400,
    "1d": 86_400,
}
"""The widths of candles, in seconds."""

KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Orderbook": ("instrumentId",),
        "PriceFeed": ("instrumentId",),
        "AssetPriceFeed": ("assetId",),
        "FundingRate": ("instrumentId",),
        "InstrumentStats": ("instrumentId",),
        "Candle": ("instrumentId", "interval"),
        "LastMatchPrice": ("instrumentId",),
        "OrderEvents": (),
        "Collateral": ("assetId", "account"),
        "Position": ("account",),
        "AccountRisk": ("account",),
        "OpenOrders": ("account",),
        "PositionFunding": ("account",),
    }
)
"""What each kind must have; `OrderEvents` may have an account, an instrument, or both."""

_OPTIONAL = {"OrderEvents": ("account", "instrumentId")}


class Refused(Exception):
    """A message of a client that is answered with an error; the text is what it is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One feed. Addresses are in lower case and instruments in hex."""

    kind: str
    account: str = ""
    instrument: str = ""
    asset: int | None = None
    interval: str = ""

    @property
    def key(self) -> str:
        """What identifies the feed; the account stands in the second place."""
        asset = "" if self.asset is None else str(self.asset)
        return "|".join((self.kind, self.account, self.instrument, asset, self.interval))


def read_topic(
    payload: object,
    *,
    instruments: Container[str],
    assets: Container[int],
    firehose: bool,
) -> Topic:
    """Return the feed that the payload of a subscription names; what makes no sense is `Refused`.

    Members that the kind does not have are passed over.
    """
    if not isinstance(payload, dict) or len(payload) != 1:
        raise Refused("malformed message: expected one subscription kind")
    ((kind, params),) = payload.items()
    if kind not in KINDS:
        raise Refused(f"malformed message: unknown variant {str(kind)[:40]}")
    if not isinstance(params, dict):
        raise Refused(f"malformed message: {kind} has members")
    topic = Topic(kind=kind, **_read_params(kind, params))
    if topic.instrument and topic.instrument not in instruments:
        raise Refused("subscription rejected: unknown instrument")
    if topic.asset is not None and topic.asset not in assets:
        raise Refused("subscription rejected: unknown asset")
    if kind == "OrderEvents" and not (topic.account or topic.instrument or firehose):
        raise Refused("subscription rejected: account or instrumentId is required")
    return topic


def _read_params(kind: str, params: dict[str, Any]) -> dict[str, Any]:
    readers = {
        "account": ("account", read_address),
        "instrumentId": ("instrument", read_instrument_id),
        "assetId": ("asset", _whole),
        "interval": ("interval", _interval),
    }
    required, found = KINDS[kind], {}
    for name in (*required, *_OPTIONAL.get(kind, ())):
        given = params.get(name)
        if given is None and name not in required:
            continue
        if given is None:
            raise Refused(f"malformed message: missing field {name}")
        target, read = readers[name]
        value = read(given)
        if value is None:
            raise Refused(f"malformed message: invalid {name}")
        found[target] = value
    return found


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _interval(value: object) -> str | None:
    return value if isinstance(value, str) and value in INTERVALS else None
