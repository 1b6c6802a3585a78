"""How to test a program of yours against the embedded exchange: run it with pytest, or as it is."""

from __future__ import annotations

from decimal import Decimal

from sixmm import Client, OrderTradeUpdate
from sixmm.sim import Exchange


class Program:
    """The program under test: adds up what was bought."""

    def __init__(self) -> None:
        self.bought = Decimal(0)

    def run(self, client: Client, *, until: Decimal) -> None:
        """Take events until ``until`` has been bought."""
        for event in client.events(timeout=30):
            if isinstance(event, OrderTradeUpdate) and event.fill_id:
                self.bought += event.last_quantity or 0
            if self.bought >= until:
                return


def test_nothing_is_missed_when_the_connection_is_cut() -> None:
    """A fill that happens while the connection is away counts once."""
    with Exchange(seed=7) as exchange:
        account = exchange.create_account(username="alice", balance="100000")
        key = exchange.create_key(account)
        with Client(
            key.api_key, key.api_secret, rest_url=exchange.rest_url, ws_url=exchange.ws_url
        ) as client:
            client.wait_live(timeout=30)
            for _ in range(3):
                exchange.place_order(
                    account, symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.01"
                )
                exchange.faults.cut("rst")
            program = Program()
            program.run(client, until=Decimal("0.03"))

    assert program.bought == Decimal("0.03")


if __name__ == "__main__":
    test_nothing_is_missed_when_the_connection_is_cut()
    print("nothing was missed")
