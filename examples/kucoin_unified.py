"""A unified account of KuCoin and a public trade stream, on an embedded exchange that cuts them."""

from __future__ import annotations

from sixmm import Connected, Disconnected, UnknownEvent
from sixmm.sim.kucoin import KuCoinExchange
from sixmm.venues.kucoin import KuCoinClient, ProExecution

TRADES = "trade.SPOT:BTC-USDT"


def follow(client: KuCoinClient, *, connections: int, fills: int) -> None:
    """Print what is told, until so many connections were made and so many fills told."""
    for event in client.events(timeout=60):
        if isinstance(event, Connected):
            connections -= 1
            print(f"{event.line} is connected")
        elif isinstance(event, Disconnected):
            print(f"{event.line} was lost: {event.error}")
        elif isinstance(event, ProExecution):
            print(f"filled: {event.side} {event.quantity} {event.symbol} at {event.price}")
            fills -= 1
        elif isinstance(event, UnknownEvent) and event.topic == "trade.SPOT":
            print(f"everybody sees: {event.data['d']['q']} at {event.data['d']['p']}")
        if connections <= 0 and fills <= 0:
            break


def main() -> None:
    """Log in by a signed frame, and see that nothing is missed."""
    with KuCoinExchange(seed=7, steps_per_second=50) as exchange:
        account = exchange.create_account("demo", unified=True)
        key = exchange.create_key(account, passphrase="of my own")
        with KuCoinClient(
            key.api_key,
            key.api_secret,
            key.passphrase,
            connections=["private_pro_v2", "spot_public_pro_v2"],
            pro_login_by="frame",
            rest_url=exchange.rest_url,
            pro_url=exchange.pro_url,
            pro_spot_url=exchange.pro_spot_url,
        ) as client:
            client.wait_live(timeout=60)
            client.subscribe(TRADES, timeout=60)
            follow(client, connections=2, fills=10)
            exchange.faults.cut("rst", host="pro")
            follow(client, connections=1, fills=10)
            logins = [record for record in exchange.requests if record.method == "AUTH"]
            print(f"logged in {len(logins)} times")


if __name__ == "__main__":
    main()
