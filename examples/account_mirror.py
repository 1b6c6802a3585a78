"""Print the account as it stands now; the client follows it, and no events are taken."""

from __future__ import annotations

from sixmm import Client


def main() -> None:
    """Wait until the account is certain, and print it."""
    with Client.from_env(deliver="state") as client:
        client.wait_live(timeout=30)
        account = client.account
        for balance in account.balances.values():
            print(f"{balance.asset}: {balance.wallet} (frozen {balance.frozen})")
        for position in account.positions.values():
            print(f"{position.symbol} {position.position_side}: {position.quantity}")
        for order in account.open_orders.values():
            print(f"{order.symbol} {order.side} {order.quantity} at {order.price}: {order.status}")
        print("uncertain:", ", ".join(account.stale) or "nothing")


if __name__ == "__main__":
    main()
