"""Trades on the embedded exchange while the demo watches, and cuts its connection now and then."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ..sim import Account, Exchange, ExchangeError
from .mover import Mover
from .script import INSTRUMENTS, Amend, BeTaken, Cancel, Instrument, Rest, Script, Take
from .watch import AccountWatch

__all__ = ["Trader"]

_PAUSE = 0.1
"""Seconds between two actions, on average."""
_ACTIONS_IN_A_GAP = 4
_SIDES = {"BUY": "SELL", "SELL": "BUY"}


class Trader(Mover):
    """Trades for ``account`` from a thread of its own until it is stopped.

    An order that the exchange refuses is no failure: the script knows nothing of margins. Any other
    error ends the thread and is kept in :attr:`failure`.

    Args:
        exchange: the running exchange.
        account: the account whose stream the demo watches.
        rival: the account that takes the other side.
        seed: the seed of the script.
        cuts: after how many seconds the connection of ``account`` is cut.
    """

    def __init__(
        self,
        exchange: Exchange,
        *,
        account: Account,
        rival: Account,
        seed: int,
        cuts: Sequence[float] = (),
    ) -> None:
        super().__init__(seed=seed, pause=_PAUSE, cuts=cuts)
        self._exchange = exchange
        self._account = account
        self._rival = rival
        self._script = Script(seed)
        self._watch = AccountWatch(exchange, account)

    def act(self) -> None:
        """Do one thing of the script."""
        self._watch.refresh()
        action = self._script.next(open_orders=list(self._watch.open_orders), held=self._held())
        try:
            self._perform(action)
        except ExchangeError:
            return

    def cut(self, how: str) -> bool:
        """Cut the connection of the account; return whether there was one."""
        return bool(self._exchange.faults.cut(how=how, account=self._account))

    def act_unheard(self) -> bool:
        """Do a few things of the script; return whether one of them told something to nobody."""
        unheard = [self._act_unheard() for _ in range(_ACTIONS_IN_A_GAP)]
        return any(unheard)

    def tidy(self) -> None:
        """Cancel what is open."""
        self._cancel_all()

    def _act_unheard(self) -> bool:
        """Do one thing of the script; return whether it told something to nobody."""
        self._watch.refresh()
        before = self._watch.seq
        self.act()
        connected = self._exchange.connections(self._account)
        self._watch.refresh()
        return not connected and self._watch.seq > before

    def _perform(self, action: object) -> None:
        if isinstance(action, Rest):
            price = self._away(action.instrument, action.side, action.distance)
            self._place(self._account, action.instrument, action.side, action.lots, price)
        elif isinstance(action, Take):
            self._take(action)
        elif isinstance(action, BeTaken):
            self._be_taken(action)
        elif isinstance(action, Amend):
            self._amend(action)
        elif isinstance(action, Cancel):
            self._cancel(action.order_id)

    def _take(self, action: Take) -> None:
        """Trade at once; the rival offers a part of the size a little better than the market."""
        instrument = action.instrument
        price = instrument.price(self._exchange.mid_price(instrument.symbol))
        for lots in (1, 2):
            self._place(self._rival, instrument, _SIDES[action.side], lots, price)
        self._place(self._account, instrument, action.side, action.lots, None)

    def _be_taken(self, action: BeTaken) -> None:
        instrument = action.instrument
        price = instrument.price(self._exchange.mid_price(instrument.symbol))
        lots = sum(action.parts) + action.rest
        self._place(self._account, instrument, action.side, lots, price)
        for part in action.parts:
            self._place(self._rival, instrument, _SIDES[action.side], part, price, now=True)

    def _amend(self, action: Amend) -> None:
        order = self._watch.open_orders[action.order_id]
        instrument = next(i for i in INSTRUMENTS if i.symbol == order["symbol"])
        # The quantity of an amendment is the new total, so what is filled comes on top (rule 54).
        quantity = Decimal(order["executedQuantity"]) + action.lots * instrument.lot
        price = self._away(instrument, order["side"], action.distance)
        self._exchange.amend_order(
            self._account,
            symbol=instrument.symbol,
            order_id=action.order_id,
            price=str(price),
            quantity=str(quantity),
        )

    def _cancel(self, order_id: str) -> None:
        symbol = self._watch.open_orders[order_id]["symbol"]
        self._exchange.cancel_order(self._account, symbol=symbol, order_id=order_id)

    def _cancel_all(self) -> None:
        """Leave nothing open that the market could still fill while the result is worked out."""
        self._watch.refresh()
        for order_id in self._watch.open_orders:
            try:
                self._cancel(order_id)
            except ExchangeError:
                continue  # filled in the meantime

    def _place(
        self,
        account: Account,
        instrument: Instrument,
        side: str,
        lots: int,
        price: Decimal | None,
        *,
        now: bool = False,
    ) -> None:
        """Place an order: a market order without a price, and one that never rests with ``now``."""
        options = {} if price is None else {"price": str(price)}
        if now:
            options["time_in_force"] = "IOC"
        self._exchange.place_order(
            account,
            symbol=instrument.symbol,
            side=side,
            type="MARKET" if price is None else "LIMIT",
            quantity=str(lots * instrument.lot),
            **options,
        )

    def _away(self, instrument: Instrument, side: str, distance: Decimal) -> Decimal:
        factor = 1 - distance if side == "BUY" else 1 + distance
        return instrument.price(self._exchange.mid_price(instrument.symbol) * factor)

    def _held(self) -> dict[str, int]:
        """Return the positions in lots."""
        held = self._watch.positions
        return {i.symbol: int(held.get(i.symbol, Decimal(0)) / i.lot) for i in INSTRUMENTS}
