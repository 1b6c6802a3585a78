"""How to test a program of yours without any socket: the test plays the server, word for word."""

from __future__ import annotations

import json
from decimal import Decimal

from sixmm import Client, MarketTrade
from sixmm.transport import HttpRequest, HttpResponse, MemoryHttp, MemoryPeer, MemoryWs

TOPIC = "market.trade.BTCUSDT"


def first_price(client: Client) -> Decimal | None:
    """The program under test: return the price of the next trade."""
    client.subscribe(TOPIC)
    for event in client.events(timeout=30):
        if isinstance(event, MarketTrade):
            return event.price
    return None


def answer_request(_request: HttpRequest) -> HttpResponse:
    """Answer every REST call as the clock of the exchange does."""
    reply = {"code": 0, "message": "ok", "data": {"timestampMs": 1_771_047_000_000}}
    return HttpResponse(status=200, body=json.dumps(reply).encode())


def serve(peer: MemoryPeer, _url: str) -> None:
    """Acknowledge each subscription, and push one trade after it."""

    def answer(text: str) -> None:
        request = json.loads(text)
        if request["op"] == "subscribe":
            ack = {
                "id": request["id"],
                "event": "subscribe",
                "success": True,
                "data": request["args"],
            }
            data = {"symbol": "BTCUSDT", "price": "85000.5", "quantity": "0.1"}
            push = {"topic": TOPIC, "event": "data", "ts": 1_771_047_000_000, "data": data}
            peer.push(json.dumps(ack))
            peer.push(json.dumps(push))

    peer.on_message = answer


def test_the_price_is_exact() -> None:
    """The program gets the price as it was sent, to the last digit."""
    with Client(http=MemoryHttp(answer_request), ws=MemoryWs(serve)) as client:
        assert first_price(client) == Decimal("85000.5")


if __name__ == "__main__":
    test_the_price_is_exact()
    print("the trade was seen")
