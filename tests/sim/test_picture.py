"""The picture of an account."""

from __future__ import annotations

from sixmm.sim import Account, Exchange

ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "price": "85000", "quantity": "0.01"}


def test_truth_is_a_copy_of_one_moment(exchange: Exchange, account: Account) -> None:
    """Nothing that a test does to the picture reaches the exchange, and it does not move."""
    other = exchange.create_account(username="other")
    exchange.place_order(other, **{**ORDER, "side": "SELL"})
    exchange.place_order(account, **ORDER)
    exchange.set_leverage(account, "BTCUSDT", 10)
    truth = exchange.truth(account)
    (order_id,) = truth["orders"]
    truth["orders"].clear()
    truth["fills"][0]["price"] = "changed"
    again = exchange.truth(account)

    assert again["fills"][0]["price"] == "85000"
    assert again["orders"][order_id]["status"] == "FILLED"
    assert again["open_orders"] == {}
    assert again["positions"]["BTCUSDT:BOTH"]["leverage"] == 10
    assert again["balances"]["USDT"]["usedMargin"] == "85"
