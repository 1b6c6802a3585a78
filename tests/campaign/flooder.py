"""An exchange in a process of its own that floods a client, so that only the client is measured.

It is told what to do on its standard input, a line each, and answers each with a line of JSON:
``start`` begins to send market data and to trade, ``stop`` ends that and tells how much was sent,
``log`` tells all private pushes and the truth.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import threading
import time
from decimal import Decimal
from types import TracebackType
from typing import Any

from sixmm.sim import Exchange, ExchangeError
from sixmm.sim.log import LoggedEvent
from tests.integration.trading import Trading

from .program import program

__all__ = ["TOPIC", "Flooder", "main"]

TOPIC = "market.ticker.ETHUSDT"
"""Nobody trades there, so the exchange itself sends nothing under it."""
_TICK = 0.02
_MOST_OPEN = 40
_TICK_SIZE = Decimal("0.1")
_NEAREST_TICKS, _FARTHEST_TICKS = 500, 40_000


class Flooder:
    """The process, seen from the row that starts it.

    Args:
        seed: makes its orders repeatable.
        rate: market messages per second.
        pause: seconds between two actions on the account.
    """

    def __init__(self, *, seed: int, rate: int, pause: float) -> None:
        figures = {"seed": seed, "rate": rate, "pause": pause}
        words = [f"--{name}={value}" for name, value in figures.items()]
        self._process = subprocess.Popen(
            program("tests.campaign.flooder", *words),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addresses: dict[str, str] = self._answer()

    def __enter__(self) -> Flooder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def start(self) -> int:
        """Begin to send; return the number of the last private push before that."""
        return int(self._ask("start")["last_seq"])

    def stop(self) -> int:
        """Send no more; return how many market messages were sent to a client."""
        return int(self._ask("stop")["sent"])

    def log(self) -> tuple[list[LoggedEvent], dict[str, Any]]:
        """Return every private push, and the truth about the account."""
        told = self._ask("log")
        events = [
            LoggedEvent(seq=seq, ts_ms=ts_ms, event_type=kind, text=text)
            for seq, ts_ms, kind, text in told["log"]
        ]
        return events, told["truth"]

    def _ask(self, word: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the flooding exchange has ended")
        answer: dict[str, Any] = json.loads(line)
        return answer


class _SteadyTrading(Trading):
    """Trades as on a long day: few orders are open at a time, and hardly two have the same price.

    An account that grows needs memory that grows. And amounts that a client remembers have to be so
    many that it forgets them now and then, or that memory grows, too, for hours.
    """

    def _rest(self) -> None:
        side, sign = self._random.choice((("BUY", -1), ("SELL", 1)))
        away = sign * self._random.randint(_NEAREST_TICKS, _FARTHEST_TICKS) * _TICK_SIZE
        self._place(self._account, side, self._middle + away)

    def _place(self, account: Any, *args: Any, **options: Any) -> None:
        if account is self._account and len(self._open) >= _MOST_OPEN:
            # It may have been filled by now.
            with contextlib.suppress(ExchangeError):
                self._exchange.cancel_order(account, symbol="BTCUSDT", order_id=self._open.pop(0))
        super()._place(account, *args, **options)


class _Flood:
    """Sends market messages at a rate from a thread, until it is told to stop."""

    def __init__(self, exchange: Exchange, rate: int) -> None:
        self._exchange = exchange
        self._rate = rate
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.sent = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        started, number = time.monotonic(), 0
        while not self._stop.wait(_TICK):
            due = int((time.monotonic() - started) * self._rate)
            while number < due:
                number += 1
                self.sent += self._exchange.faults.inject(_message(number))


def _message(number: int) -> str:
    """Return a ticker as the exchange sends it, with a price that is its number."""
    now_ms = int(time.time() * 1000)
    data = {
        "symbol": "ETHUSDT",
        "lastPrice": str(number),
        "markPrice": str(number),
        "indexPrice": str(number),
        "volume": "12345.678",
        "priceChangePercent": "-1.25",
    }
    frame = {"topic": TOPIC, "event": "data", "ts": now_ms, "data": data}
    return json.dumps(frame, separators=(",", ":"))


def main() -> None:
    """Serve until the standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--rate", type=int, required=True)
    parser.add_argument("--pause", type=float, required=True)
    args = parser.parse_args()
    # The queue to a client that does not read may be long: the client's bound is what is tested.
    with Exchange(seed=args.seed, market_maker=False, outgoing_limit=10_000_000) as exchange:
        account = exchange.create_account(username="a", password="b", balance="1000000")
        rival = exchange.create_account(username="c", password="d", balance="1000000")
        key = exchange.create_key(account)
        flood = _Flood(exchange, args.rate)
        trading = _SteadyTrading(exchange, account, rival, seed=args.seed, pause=args.pause)
        _tell(
            rest_url=exchange.rest_url,
            ws_url=exchange.ws_url,
            api_key=key.api_key,
            api_secret=key.api_secret,
        )
        for line in sys.stdin:
            if line.strip() == "start":
                last_seq = exchange.private_log(account)[-1].seq
                flood.start()
                trading.__enter__()
                _tell(last_seq=last_seq)
            elif line.strip() == "stop":
                trading.__exit__(None, None, None)
                flood.stop()
                _tell(sent=flood.sent)
            else:
                entries = exchange.private_log(account)
                log = [(one.seq, one.ts_ms, one.event_type, one.text) for one in entries]
                _tell(log=log, truth=exchange.truth(account))


def _tell(**answer: object) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
