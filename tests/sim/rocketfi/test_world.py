"""What moves by itself."""

from __future__ import annotations

from typing import Any

from sixmm.sim.rocketfi import RocketFiExchange

from .client import Rest, Stream


def test_the_same_seed_gives_the_same_world() -> None:
    """Markets and scripts do not depend on the clock, but for the times that they tell."""

    def events(seed: int) -> list[str]:
        exchange = RocketFiExchange(seed=seed, running=False)
        account = exchange.create_account()
        exchange.step(100)
        return [
            row["eventData"] if isinstance(row["eventData"], str) else next(iter(row["eventData"]))
            for row in exchange.truth(account)["events"]
        ]

    assert events(7) == events(7) != events(8)


def test_accounts_without_a_script_stand_still() -> None:
    """Only what the program does happens to them."""
    exchange = RocketFiExchange(running=False)
    account = exchange.create_account(scripted=False)
    exchange.step(50)

    assert exchange.private_log(account) == []


def test_what_is_pushed_is_what_rest_tells(serve: Any) -> None:
    """The events of the stream, in order, are those of REST; so is the collateral."""
    exchange = serve(instrument_ids="mixed")
    account = exchange.create_account()
    stream, rest = Stream(exchange.ws_url), Rest(exchange.rest_url)
    stream.subscribe("OrderEvents", account=account.address)
    stream.subscribe("Collateral", account=account.address, assetId=0)
    exchange.step(200)
    told = stream.quiet()
    pushed = [
        (event["orderId"], event["eventData"])
        for message in told
        for event in message.get("OrderEventUpdate", {}).get("orderEvents", [])
    ]
    rows: list[Any] = []
    for page in range(100):
        more = rest.get("/order-events", account=account.address, pageNumber=page)["orderEvents"]
        rows += more or []
        if len(more or []) < 100:
            break
    collateral = rest.get("/collateral", account=account.address)["collaterals"]["0"]
    stream.shut()
    rest.close()

    assert pushed == [(row["orderId"], row["eventData"]) for row in reversed(rows)]
    last = [message for message in told if "CollateralUpdate" in message][-1]
    assert last["CollateralUpdate"]["collateral"] == collateral
    assert all(
        entry.receivers
        for entry in exchange.private_log(account)
        if entry.event_type in ("OrderEventUpdate", "CollateralUpdate")
    )
