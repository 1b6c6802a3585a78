"""Borrowed money: liabilities of the cross and the isolated accounts, and offers to lend."""

from __future__ import annotations

from decimal import Decimal

from ...engine.numbers import ZERO, plain
from .account import Account
from .records import Balance, Loan, Push

__all__ = ["PRICES", "Margin", "debt_ratio", "in_bitcoin"]

PRICES = {"USDT": Decimal("0.00001"), "BTC": Decimal(1), "ETH": Decimal("0.04")}
"""What a currency is worth in bitcoin when debts are compared; others count as USDT."""

_TOPIC = "/margin/position"


def in_bitcoin(amounts: dict[str, Decimal]) -> Decimal:
    """Return what several amounts are worth together."""
    values = (amount * PRICES.get(name, PRICES["USDT"]) for name, amount in amounts.items())
    return sum(values, ZERO)


def debt_ratio(balances: list[Balance]) -> Decimal:
    """Return debts by assets, to four decimals; zero without assets."""
    assets = in_bitcoin({one.currency: one.total for one in balances})
    debts = in_bitcoin({one.currency: one.liability + one.interest for one in balances})
    return round(debts / assets, 4) if assets else ZERO


class Margin:
    """What can happen to the borrowed money of one account."""

    def __init__(self, account: Account) -> None:
        """Act on `account`."""
        self._account = account

    def balances(self, kind: str = "margin") -> list[Balance]:
        """Return the balances of the cross account, or of an isolated one."""
        return [one for (name, _), one in self._account.balances.items() if name == kind]

    def borrow(self, currency: str, amount: Decimal) -> None:
        """Borrow money for the cross account."""
        account = self._account
        now_ns = account.tick()
        owed = bool(self._debts())
        account.balance("margin", currency).liability += amount
        account.change_balance("margin", currency, now_ns, available=amount, what="other")
        if not owed:
            self._push_status("LIABILITY", now_ns)
        self._push_ratio(now_ns)

    def repay(self, currency: str, amount: Decimal) -> None:
        """Pay back what the cross account owes; at most that is taken."""
        account = self._account
        now_ns = account.tick()
        balance = account.balance("margin", currency)
        paid = min(amount, balance.liability)
        balance.liability -= paid
        if not balance.liability:
            balance.interest = ZERO
        account.change_balance("margin", currency, now_ns, available=-paid, what="other")
        if self._debts():
            self._push_ratio(now_ns)
        else:
            self._push_status("UNLIABILITY", now_ns)

    def tell_ratio(self) -> None:
        """Push the debt ratio, as it is done from time to time while something is owed."""
        if self._debts():
            self._push_ratio(self._account.tick())

    def borrow_isolated(self, symbol: str, currency: str, amount: Decimal) -> None:
        """Borrow money for the isolated account of a symbol."""
        account, kind = self._account, f"isolated_{symbol}"
        now_ns = account.tick()
        account.balance(kind, currency).liability += amount
        account.isolated_principal[symbol] = account.isolated_principal.get(symbol, ZERO) + amount
        account.change_balance(kind, currency, now_ns, available=amount, what="other")
        self._push_isolated(symbol, "DEBT", "USER_BORROW", now_ns)

    def repay_isolated(self, symbol: str, currency: str, amount: Decimal) -> None:
        """Pay back what an isolated account owes; at most that is taken."""
        account, kind = self._account, f"isolated_{symbol}"
        now_ns = account.tick()
        balance = account.balance(kind, currency)
        paid = min(amount, balance.liability)
        balance.liability -= paid
        left = account.isolated_principal.get(symbol, ZERO) - paid
        account.isolated_principal[symbol] = max(ZERO, left)
        account.change_balance(kind, currency, now_ns, available=-paid, what="other")
        clear = not any(one.liability for one in self.balances(kind))
        self._push_isolated(symbol, "CLEAR" if clear else "DEBT", "USER_REPAY", now_ns)

    def warn(self, what: str = "MARGIN_CALL") -> None:
        """Push a warning of liquidation, which only the Pro stream has."""
        account = self._account
        now_ns = account.tick()
        topic = f"lw.{account.pro_type('CROSS')}"
        ratio = debt_ratio(self.balances())
        data: dict[str, object] = {
            "eT": what,
            "r": plain(ratio),
            "a": plain(sum((one.available for one in self.balances()), ZERO)),
            "iM": "58720.00",
            "mM": "5284.80",
            "aM": "1890.45",
            "e": plain(sum((one.total - one.liability for one in self.balances()), ZERO)),
            "l": plain(sum((one.liability for one in self.balances()), ZERO)),
            "U": now_ns,
        }
        key = ("warning", what, str(now_ns))
        account.push(Push(topic=topic, subject=topic, data=data, key=key, ts_ns=now_ns, pro=True))

    # Lending

    def lend(self, currency: str, size: Decimal) -> Loan:
        """Offer money to others."""
        account = self._account
        now_ns = account.tick()
        loan = Loan(
            order_id=f"{account.random.getrandbits(116):029x}",
            currency=currency,
            size=size,
            rate=Decimal("0.0001"),
            term=7,
        )
        account.loans[loan.order_id] = loan
        self._push_loan(loan, "order.open", now_ns, **_offer(loan))
        return loan

    def lend_part(self, loan: Loan, size: Decimal) -> None:
        """Lend a part of what was offered; the offer is done when nothing is left of it."""
        now_ns = self._account.tick()
        loan.lent = min(loan.size, loan.lent + size)
        fields = {**_offer(loan), "lentSize": float(loan.lent)}
        self._push_loan(loan, "order.update", now_ns, **fields)
        if loan.lent == loan.size:
            self._end_loan(loan, "filled")

    def withdraw(self, loan: Loan) -> None:
        """Take back an offer."""
        self._end_loan(loan, "canceled")

    def _end_loan(self, loan: Loan, reason: str) -> None:
        del self._account.loans[loan.order_id]
        self._push_loan(loan, "order.done", self._account.tick(), reason=reason)

    # Pushes

    def _debts(self) -> list[Balance]:
        return [one for one in self.balances() if one.liability]

    def _push_status(self, what: str, now_ns: int) -> None:
        swapped = self._account.manners.one_margin_subject
        self._account.push(
            Push(
                topic=_TOPIC,
                subject="debt.ratio" if swapped else "position.status",
                data={"type": what, "timestamp": now_ns // 1_000_000},
                key=("status", what, str(now_ns)),
                ts_ns=now_ns,
            )
        )

    def _push_ratio(self, now_ns: int) -> None:
        balances = self.balances()
        assets = in_bitcoin({one.currency: one.total for one in balances})
        debts = {one.currency: one.liability + one.interest for one in balances}
        data: dict[str, object] = {
            "debtRatio": float(debt_ratio(balances)),
            "totalAsset": float(assets),
            "marginCoefficientTotalAsset": plain(assets),
            "totalDebt": plain(in_bitcoin(debts)),
            "assetList": {
                one.currency: {
                    "total": plain(one.total),
                    "available": plain(one.available),
                    "hold": plain(one.hold),
                }
                for one in balances
            },
            "debtList": {name: plain(amount) for name, amount in debts.items()},
            "timestamp": now_ns // 1_000_000,
        }
        self._account.push(
            Push(
                topic=_TOPIC,
                subject="debt.ratio",
                data=data,
                key=("ratio", str(now_ns)),
                ts_ns=now_ns,
            )
        )

    def _push_isolated(self, symbol: str, status: str, cause: str, now_ns: int) -> None:
        account = self._account
        balances = self.balances(f"isolated_{symbol}")
        data: dict[str, object] = {
            "tag": symbol,
            "status": status,
            "statusBizType": cause,
            "accumulatedPrincipal": plain(account.isolated_principal.get(symbol, ZERO)),
            "changeAssets": {
                one.currency: {
                    "total": plain(one.total),
                    "hold": plain(one.hold),
                    "liabilityPrincipal": plain(one.liability),
                    "liabilityInterest": plain(one.interest),
                }
                for one in balances
            },
            "timestamp": now_ns // 1_000_000,
        }
        account.push(
            Push(
                topic=f"/margin/isolatedPosition:{symbol}",
                subject="positionChange",
                data=data,
                key=("isolated", symbol, str(now_ns)),
                ts_ns=now_ns,
            )
        )

    def _push_loan(self, loan: Loan, subject: str, now_ns: int, **fields: object) -> None:
        data = {"currency": loan.currency, "orderId": loan.order_id, "side": "lend", **fields}
        self._account.push(
            Push(
                topic=f"/margin/loan:{loan.currency}",
                subject=subject,
                data={**data, "ts": now_ns},
                key=("loan", loan.order_id, subject, str(now_ns)),
                ts_ns=now_ns,
            )
        )


def _offer(loan: Loan) -> dict[str, object]:
    return {
        "dailyIntRate": float(loan.rate),
        "term": loan.term,
        "size": int(loan.size) if loan.size == int(loan.size) else float(loan.size),
    }
