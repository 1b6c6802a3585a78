"""What an account has: balances, orders, fills and positions, as plain state."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from ...engine.numbers import ZERO

__all__ = [
    "Balance",
    "FuturesFill",
    "FuturesOrder",
    "FuturesStop",
    "Loan",
    "Position",
    "Push",
    "SpotFill",
    "SpotOrder",
    "SpotStop",
]


@dataclass(slots=True, kw_only=True)
class Push:
    """One private push, before it has got its envelope and its text.

    `topic` is what is subscribed to have it. `key` is what tells it from any other push of the
    same topic. `pro` pushes are those of the Pro stream. One for `everyone` needs no login.
    `printed` is what documents have as topic and subject, where captures have others.
    """

    topic: str
    subject: str
    data: dict[str, object]
    key: tuple[str, ...]
    ts_ns: int
    envelope_id: str | None = None
    bare: bool = False
    pro: bool = False
    everyone: bool = False
    printed: tuple[str, str] | None = None


@dataclass(slots=True, kw_only=True)
class Balance:
    """The money of one currency in one sub-account, with what of it is borrowed."""

    account_id: str
    kind: str
    currency: str
    available: Decimal = ZERO
    hold: Decimal = ZERO
    liability: Decimal = ZERO
    interest: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """What is there, held or not."""
        return self.available + self.hold


@dataclass(slots=True, kw_only=True)
class SpotOrder:
    """An order of the spot book; `trade_type` says whether it trades with borrowed money.

    A market buy by money has `funds` and no `size`. Times are nanoseconds.
    """

    order_id: str
    client_oid: str | None
    symbol: str
    side: str
    type: str
    trade_type: str
    created_ns: int
    price: Decimal | None = None
    origin_size: Decimal | None = None
    size: Decimal | None = None
    funds: Decimal | None = None
    filled: Decimal = ZERO
    deal_funds: Decimal = ZERO
    fee: Decimal = ZERO
    held: Decimal = ZERO
    canceled_size: Decimal = ZERO
    canceled_funds: Decimal = ZERO
    active: bool = True
    in_book: bool = False
    end_id: int = 0
    """Its number among the ended orders: higher than that of any before it."""
    updated_ns: int = 0
    last_trade_id: str = ""
    last_price: Decimal = ZERO
    last_size: Decimal = ZERO
    last_liquidity: str = ""

    @property
    def remaining(self) -> Decimal:
        """The size that can still be filled; zero for an order by money and for an ended one."""
        if self.size is None or not self.active:
            return ZERO
        return self.size - self.filled

    @property
    def remaining_funds(self) -> Decimal:
        """The money that can still be spent by a market buy."""
        if self.funds is None or not self.active:
            return ZERO
        return self.funds - self.deal_funds

    @property
    def base(self) -> str:
        """The currency that is bought or sold."""
        return self.symbol.partition("-")[0]

    @property
    def quote(self) -> str:
        """The currency that is paid with."""
        return self.symbol.partition("-")[2]

    @property
    def average(self) -> Decimal:
        """The average price of the fills."""
        return self.deal_funds / self.filled if self.filled else ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotFill:
    """One fill of a spot order, with its fee."""

    fill_id: int
    trade_id: int
    order_id: str
    counter_order_id: str
    symbol: str
    side: str
    type: str
    trade_type: str
    liquidity: str
    price: Decimal
    size: Decimal
    fee: Decimal
    fee_rate: Decimal
    fee_currency: str
    time_ns: int


@dataclass(slots=True, kw_only=True)
class SpotStop:
    """A stop order that waits for its price."""

    order_id: str
    client_oid: str
    symbol: str
    side: str
    size: Decimal
    price: Decimal
    stop: str
    stop_price: Decimal
    trade_type: str
    created_ns: int


@dataclass(slots=True, kw_only=True)
class FuturesOrder:
    """An order of a contract; sizes are whole lots, times are nanoseconds."""

    order_id: str
    client_oid: str | None
    symbol: str
    side: str
    type: str
    price: Decimal
    origin_size: int
    size: int
    margin_mode: str
    leverage: Decimal
    reduce_only: bool
    created_ns: int
    filled: int = 0
    deal_value: Decimal = ZERO
    canceled: int = 0
    active: bool = True
    end_id: int = 0
    """Its number among the ended orders: higher than that of any before it."""
    updated_ns: int = 0
    trade_type: str = "trade"
    position_side: str = "BOTH"
    last_trade_id: str = ""
    last_price: Decimal = ZERO
    last_size: int = 0
    last_liquidity: str = ""
    fee: Decimal = ZERO

    @property
    def remaining(self) -> int:
        """The lots that can still be filled; none of an order that has ended."""
        return self.size - self.filled if self.active else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FuturesFill:
    """One fill of a contract, with its fee."""

    trade_id: str
    order_id: str
    symbol: str
    side: str
    type: str
    liquidity: str
    trade_type: str
    price: Decimal
    size: int
    value: Decimal
    fee: Decimal
    fee_rate: Decimal
    settle_currency: str
    margin_mode: str
    time_ns: int


@dataclass(slots=True, kw_only=True)
class FuturesStop:
    """A stop order of a contract."""

    order_id: str
    client_oid: str
    symbol: str
    side: str
    size: int
    price: Decimal
    stop: str
    stop_price: Decimal
    stop_price_type: str
    margin_mode: str
    leverage: Decimal
    created_ns: int


@dataclass(slots=True, kw_only=True)
class Loan:
    """An offer to lend."""

    order_id: str
    currency: str
    size: Decimal
    rate: Decimal
    term: int
    lent: Decimal = ZERO


@dataclass(slots=True, kw_only=True)
class Position:
    """The position of one contract; `quantity` is signed, `cost` is its signed value at entry."""

    position_id: str
    symbol: str
    multiplier: Decimal
    settle_currency: str
    margin_mode: str
    leverage: Decimal
    mark: Decimal
    quantity: int = 0
    cost: Decimal = ZERO
    gross_profit: Decimal = ZERO
    fees: Decimal = ZERO
    funding: Decimal = ZERO
    extra_margin: Decimal = ZERO
    risk_level: int = 1
    opened_ms: int = 0
    changed_ns: int = field(default=0)

    @property
    def entry(self) -> Decimal:
        """The average price of what is open."""
        lots = self.quantity * self.multiplier
        return self.cost / lots if lots else ZERO

    @property
    def value(self) -> Decimal:
        """The signed value at the mark price."""
        return self.quantity * self.multiplier * self.mark

    @property
    def unrealised(self) -> Decimal:
        """The profit that is not yet taken."""
        return self.value - self.cost

    @property
    def initial_margin(self) -> Decimal:
        """What the position was opened with."""
        return abs(self.cost) / self.leverage

    @property
    def margin(self) -> Decimal:
        """What stands behind the position."""
        return self.initial_margin + self.extra_margin

    @property
    def realised(self) -> Decimal:
        """The profit that is taken, less fees and funding."""
        return self.gross_profit - self.fees + self.funding
