"""python-binance: ``await socket.recv()`` in a loop of the user's own."""

# The environment that checks types does not have the client.
# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import asyncio

from binance import AsyncClient, BinanceSocketManager

from .meter import Meter

__all__ = ["main"]

_QUEUE = 1_000_000


async def _run(meter: Meter) -> None:
    client = await AsyncClient.create("key", "secret")
    sockets = BinanceSocketManager(client, max_queue_size=_QUEUE)
    async with sockets.futures_user_socket() as socket:
        await asyncio.to_thread(meter.go)
        while True:
            event = await socket.recv()
            if event["e"] == "ORDER_TRADE_UPDATE":
                meter.took(event["o"]["i"])


def main() -> None:
    """Read the stream of user data of the futures."""
    meter = Meter("python-binance")
    # It has no argument for another address.
    AsyncClient.API_URL = f"http://{meter.host}/api"
    AsyncClient.FUTURES_URL = f"http://{meter.host}/fapi"
    BinanceSocketManager.FSTREAM_URL = f"ws://{meter.host}/"
    asyncio.run(_run(meter))


if __name__ == "__main__":
    main()
