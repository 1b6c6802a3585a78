"""A position and a futures wallet in the names of the wire, which stream and REST share.

Positions are JSON numbers, the wallet is texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ...engine.numbers import ZERO, plain
from .account import CASH, Account
from .records import FuturesOrder, Position

__all__ = ["MAINTENANCE", "Wallet", "mark_row", "number", "order_margin", "position_row", "wallet"]

MAINTENANCE = Decimal("0.004")


def number(value: Decimal, places: int = 10) -> float:
    """Return a JSON number of so many decimals at most; a small one is written with an exponent."""
    return float(round(value, places)) + 0.0


def mark_row(position: Position, now_ns: int) -> dict[str, object]:
    """Return what a new mark price changes, and nothing else."""
    margin = position.margin
    gain = position.unrealised
    base = abs(position.cost)
    of_margin = {
        "maintMargin": number(margin + gain),
        "realLeverage": number(_ratio(abs(position.value), margin + gain)),
    }
    return {
        "markPrice": number(position.mark),
        "markValue": number(position.value),
        **({} if position.margin_mode == "CROSS" else of_margin),
        "unrealisedPnl": number(gain),
        "unrealisedPnlPcnt": number(_ratio(gain, base), 4),
        "unrealisedRoePcnt": number(_ratio(gain, margin), 4),
        "delevPercentage": 0.1,
        "currentTimestamp": now_ns // 1_000_000,
        "settleCurrency": position.settle_currency,
    }


def position_row(position: Position, now_ns: int) -> dict[str, object]:
    """Return the whole position, without the reason why it is told."""
    cross = position.margin_mode == "CROSS"
    entry = position.entry
    row: dict[str, object] = {
        "symbol": position.symbol,
        "crossMode": cross,
        "openingTimestamp": position.opened_ms,
        "currentQty": position.quantity,
        "currentCost": number(position.cost - position.gross_profit),
        "currentComm": number(position.fees),
        "unrealisedCost": number(position.cost),
        "realisedCost": number(position.fees - position.gross_profit),
        "isOpen": bool(position.quantity),
        "posCost": number(position.cost),
        "posInit": number(position.initial_margin),
        "posMargin": number(position.margin),
        "posMaint": number(abs(position.cost) * MAINTENANCE),
        "maintMarginReq": number(MAINTENANCE),
        "avgEntryPrice": number(entry),
        "liquidationPrice": number(_liquidation(position, MAINTENANCE)),
        "bankruptPrice": number(_liquidation(position, ZERO)),
        "realisedGrossCost": number(-position.gross_profit),
        "realisedGrossPnl": number(position.gross_profit),
        "realisedPnl": number(position.realised),
        "leverage": number(position.leverage),
        "marginMode": position.margin_mode,
        "positionSide": "BOTH",
        "tax": 0,
        "dealComm": number(-position.fees),
        "fundingFee": number(position.funding),
    }
    row |= mark_row(position, now_ns)
    if cross:
        return row
    return row | {
        "autoDeposit": False,
        "riskLimit": 500_000 * position.risk_level,
        "riskLimitLevel": position.risk_level,
        "posCross": number(position.extra_margin),
        "posComm": 0,
        "posLoss": number(-position.funding if position.funding < 0 else ZERO),
        "posFunding": number(position.funding),
        "aggRate": 0.0046,
    }


def _liquidation(position: Position, kept: Decimal) -> Decimal:
    """Return the price at which only `kept` of the value is left of the margin."""
    lots = position.quantity * position.multiplier
    if not lots:
        return ZERO
    room = position.margin - abs(position.cost) * kept
    return max(ZERO, position.entry - room / lots)


def _ratio(part: Decimal, whole: Decimal) -> Decimal:
    return part / whole if whole else ZERO


def order_margin(order: FuturesOrder, multiplier: Decimal) -> Decimal:
    """Return what an open order holds; one that only reduces holds nothing."""
    if order.reduce_only:
        return ZERO
    return order.remaining * multiplier * order.price / order.leverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """The figures of a futures wallet at one moment."""

    cash: Decimal
    isolated_margin: Decimal
    isolated_orders: Decimal
    isolated_gain: Decimal
    isolated_funding: Decimal
    cross_margin: Decimal
    cross_orders: Decimal
    cross_gain: Decimal
    version: int

    @property
    def cross_total(self) -> Decimal:
        """The money that crossed positions stand on."""
        return self.cash - self.isolated_margin - self.isolated_orders + self.cross_gain

    @property
    def available(self) -> Decimal:
        """What can be used for a new order."""
        return self.cross_total - self.cross_margin - self.cross_orders

    @property
    def equity(self) -> Decimal:
        """All of it, at the mark prices."""
        return self.cash + self.cross_gain + self.isolated_gain

    def row(self, now_ns: int) -> dict[str, object]:
        """Return the push ``walletBalance.change``."""
        return {
            "currency": CASH,
            "walletBalance": plain(self.cash),
            "availableBalance": plain(self.available),
            "holdBalance": "0",
            "equity": plain(self.equity),
            "totalCrossMargin": plain(self.cross_total),
            "crossPosMargin": plain(self.cross_margin),
            "crossOrderMargin": plain(self.cross_orders),
            "crossUnPnl": plain(self.cross_gain),
            "isolatedPosMargin": plain(self.isolated_margin),
            "isolatedOrderMargin": plain(self.isolated_orders),
            "isolatedFundingFeeMargin": plain(self.isolated_funding),
            "isolatedUnPnl": plain(self.isolated_gain),
            "maxWithdrawAmount": plain(self.available),
            "availableMargin": plain(self.available),
            "version": str(self.version),
            "timestamp": str(now_ns // 1_000_000),
        }


def wallet(account: Account, multipliers: dict[str, Decimal]) -> Wallet:
    """Reckon the wallet from the cash, the positions and the open orders."""
    figures = dict.fromkeys(("im", "io", "ig", "if", "cm", "co", "cg"), ZERO)
    for position in account.positions.values():
        if not position.quantity:
            continue
        letter = "c" if position.margin_mode == "CROSS" else "i"
        margin = abs(position.value) / position.leverage if letter == "c" else position.margin
        figures[f"{letter}m"] += round(margin, 10)
        figures[f"{letter}g"] += round(position.unrealised, 10)
        if letter == "i":
            figures["if"] += position.funding
    for order in account.futures_open.values():
        letter = "c" if order.margin_mode == "CROSS" else "i"
        figures[f"{letter}o"] += round(order_margin(order, multipliers[order.symbol]), 10)
    return Wallet(
        cash=account.futures_cash,
        isolated_margin=figures["im"],
        isolated_orders=figures["io"],
        isolated_gain=figures["ig"],
        isolated_funding=figures["if"],
        cross_margin=figures["cm"],
        cross_orders=figures["co"],
        cross_gain=figures["cg"],
        version=account.wallet_version,
    )
