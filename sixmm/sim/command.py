"""The command line: serve an exchange, or send a fault to one that is served.

python -m sixmm.sim --port 8787 --seed 7 --account alice:10000
python -m sixmm.sim fault --url http://127.0.0.1:8787 cut --how rst
"""

from __future__ import annotations

import argparse
import contextlib
import ipaddress
import json
import signal
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from .exchange import Exchange
from .faults import FAULTS

__all__ = ["main"]

BAD_INPUT = 2
FAILED = 1
FAULT_TIMEOUT = 10.0
"""Seconds that the exchange has to answer a fault."""


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return the exit code: 0, 1 for a failure, 2 for bad input.

    Whatever goes wrong is told in one line on the error output.
    """
    args = sys.argv[1:] if argv is None else argv
    try:
        if args[:1] == ["fault"]:
            return _send_fault(args[1:])
        return _serve(_serve_parser().parse_args(args))
    except _BadInputError as exc:
        return _complain(str(exc), BAD_INPUT)


class _BadInputError(Exception):
    """What the user typed makes no sense; the text says why."""


class _Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line, without the usage in front."""

    def error(self, message: str) -> Any:
        raise _BadInputError(message)


def _complain(message: str, code: int) -> int:
    print(f"sixmm.sim: {' '.join(message.split())}", file=sys.stderr)
    return code


def _serve_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m sixmm.sim",
        description="Serve the embedded exchange on a loopback address until Ctrl-C.",
        epilog="To send a fault to a running exchange: python -m sixmm.sim fault --help",
    )
    parser.add_argument("--host", default="127.0.0.1", help="loopback address (127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="port; 0 takes a free one (0)")
    parser.add_argument("--seed", type=int, default=7, help="decides prices and ids (7)")
    parser.add_argument(
        "--updates-per-second", type=float, default=10.0, help="moves per symbol (10)"
    )
    parser.add_argument(
        "--no-market-maker", action="store_true", help="leave the books to the accounts"
    )
    parser.add_argument(
        "--symbol", action="append", metavar="NAME", help="symbol to serve; may be repeated"
    )
    parser.add_argument(
        "--listen-key-life-ms", type=int, default=3_600_000, help="life of a listenKey (3600000)"
    )
    parser.add_argument(
        "--account",
        action="append",
        metavar="NAME:BALANCE",
        help="account to open; may be repeated (demo:10000)",
    )
    return parser


def _serve(options: argparse.Namespace) -> int:
    accounts = [_account(text) for text in options.account or ["demo:10000"]]
    if not 0 <= options.port <= 65_535:
        raise _BadInputError("--port must lie in 0 to 65535")
    try:
        exchange = Exchange(
            seed=options.seed,
            host=options.host,
            port=options.port,
            market_maker=not options.no_market_maker,
            updates_per_second=options.updates_per_second,
            listen_key_life_ms=options.listen_key_life_ms,
            symbols=options.symbol,
        )
        credentials = [_open(exchange, name, balance) for name, balance in accounts]
    except ValueError as exc:
        raise _BadInputError(str(exc)) from exc
    with _interrupts() as interrupted:
        try:
            exchange.start()
        except (ImportError, OSError) as exc:
            return _complain(str(exc), FAILED)
        with exchange:
            _announce(exchange, credentials)
            _wait(interrupted)
    print("sixmm.sim: stopped", file=sys.stderr)
    return 0


def _account(text: str) -> tuple[str, Decimal]:
    name, _, balance = text.partition(":")
    try:
        amount = Decimal(balance)
    except InvalidOperation:
        amount = Decimal(-1)
    if not name or not amount.is_finite() or amount < 0:
        raise _BadInputError(f"--account must be NAME:BALANCE, not {text!r}")
    return name, amount


def _open(exchange: Exchange, name: str, balance: Decimal) -> dict[str, str]:
    account = exchange.create_account(username=name, balance=balance)
    key = exchange.create_key(account)
    return {
        "username": account.username,
        "password": account.password,
        "user_id": account.user_id,
        "api_key": key.api_key,
        "api_secret": key.api_secret,
    }


def _announce(exchange: Exchange, credentials: list[dict[str, str]]) -> None:
    """Print one JSON line for each credential; a program can read them as they come."""
    addresses = {"rest_url": exchange.rest_url, "ws_url": exchange.ws_url}
    for credential in credentials:
        print(json.dumps({**addresses, **credential}), flush=True)


@contextlib.contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """Give an event that Ctrl-C and SIGTERM set, and put the old handlers back at the end."""
    event = threading.Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        event.set()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield event
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait(event: threading.Event) -> None:
    # A wait without end would keep Ctrl-C from being noticed on Windows.
    while not event.wait(1.0):
        pass


def _fault_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m sixmm.sim fault",
        description="Send a fault to a running exchange; arguments are given as --name value.",
    )
    parser.add_argument("--url", required=True, help="rest_url of the exchange")
    parser.add_argument("name", choices=FAULTS, metavar="FAULT", help=", ".join(FAULTS))
    return parser


def _send_fault(args: list[str]) -> int:
    options, rest = _fault_parser().parse_known_args(args)
    parts = urlsplit(options.url)
    if parts.scheme != "http" or not _is_loopback(parts.hostname):
        raise _BadInputError("--url must be an http address of this machine")
    body = json.dumps({"name": options.name, "args": _fault_args(rest)}).encode()
    request = urllib.request.Request(
        f"http://{parts.netloc}/_sim/faults",
        data=body,
        headers={"Content-Type": "application/json"},
    )
    # A proxy of the environment has no business between two processes of this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=FAULT_TIMEOUT) as response:
            reply = json.load(response)
    except (OSError, ValueError) as exc:
        return _complain(f"no answer from {parts.netloc}: {exc}", FAILED)
    if reply["code"] != 0:
        raise _BadInputError(reply["message"])
    print(json.dumps(reply["data"]["result"]))
    return 0


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _fault_args(rest: list[str]) -> dict[str, object]:
    """Return ``--how rst --count 3`` as a dict; a value that is JSON is taken as JSON."""
    args: dict[str, object] = {}
    while rest:
        name, *rest = rest
        if not name.startswith("--") or not rest:
            raise _BadInputError(f"expected --name value, not {name!r}")
        value, *rest = rest
        try:
            args[name[2:].replace("-", "_")] = json.loads(value)
        except ValueError:
            args[name[2:].replace("-", "_")] = value
    return args
