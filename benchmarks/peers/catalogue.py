"""Which clients are compared, at which versions, and what each of them hands to its user."""

from __future__ import annotations

from typing import Literal

import attrs

__all__ = ["CANDIDATES", "PINS", "SIXMM", "Candidate", "Delivers"]

Delivers = Literal["bytes", "dict", "model", "text"]
"""What is in the user's hands: nothing decoded, plain dicts, typed objects, or undecoded text."""

SIXMM = "sixmm"
"""The environment that stands for the interpreter that runs the benchmark."""

# The newest versions that worked on the day the table was written. The client is pinned, and what
# carries and decodes its messages; what it has besides makes no difference to the figures.
PINS: dict[str, tuple[str, ...]] = {
    "alpaca-py": ("alpaca-py==0.44.0", "pydantic==2.14.3", "websockets==17.4"),
    "binance-sdk-derivatives-trading-usds-futures": (
        "binance-sdk-derivatives-trading-usds-futures==18.0.1",
        "aiohttp==3.14.5",
        "binance-common==4.6.0",
        "pydantic==2.14.3",
    ),
    "ccxt": ("ccxt==4.5.90", "aiohttp==3.14.5", "orjson==3.13.0"),
    "coinbase-advanced-py": ("coinbase-advanced-py==1.8.4", "websockets==13.1"),
    "hyperliquid-python-sdk": ("hyperliquid-python-sdk==0.24.0", "websocket-client==1.9.2"),
    "kucoin-universal-sdk": (
        "kucoin-universal-sdk==1.3.2",
        "pydantic==2.14.3",
        "websocket-client==1.9.2",
    ),
    "pybit": ("pybit==5.17.0", "websocket-client==1.9.2"),
    "python-binance": ("python-binance==1.0.37", "orjson==3.13.0", "websockets==17.4"),
    "unicorn-binance-websocket-api": (
        "unicorn-binance-websocket-api[picows]==2.16.1",
        "orjson==3.13.0",
        "picows==2.3.1",
        "websockets==17.4",
    ),
}
"""The requirements of each environment; its name is the client's on the package index."""


@attrs.frozen(kw_only=True)
class Candidate:
    """One way to use one client.

    Args:
        name: how it is called in the report; unique.
        environment: a name of :data:`PINS`, or :data:`SIXMM`.
        snippet: the module of :mod:`benchmarks.peers.snippets` that uses it.
        dialect: a name of :data:`benchmarks.peers.dialects.DIALECTS`.
        delivers: what the user gets.
        variant: what the snippet is told, where it knows several ways.
        scale: how many times the messages of the others it takes, so that a fast client is not
            measured over an instant.
        note: what has to be said beside the figure.
    """

    name: str
    environment: str
    snippet: str
    dialect: str
    delivers: Delivers
    variant: str = ""
    scale: int = 1
    note: str = ""

    @property
    def is_peer(self) -> bool:
        """Whether it is a client of the field, and not this project or a yardstick."""
        return self.environment != SIXMM

    @property
    def decodes(self) -> bool:
        """Whether it hands over more than undecoded text, so that the gate is about it."""
        return self.delivers in ("dict", "model")


CANDIDATES: tuple[Candidate, ...] = (
    Candidate(
        name="drain",
        environment=SIXMM,
        snippet="drain",
        dialect="sixmm",
        delivers="bytes",
        scale=10,
        note="reads the socket and throws the bytes away: what the sender can do",
    ),
    Candidate(
        name="sixmm, fast",
        environment=SIXMM,
        snippet="sixmm_orders",
        dialect="sixmm",
        delivers="model",
        variant="fast",
        scale=5,
    ),
    Candidate(
        name="sixmm, no extras",
        environment=SIXMM,
        snippet="sixmm_orders",
        dialect="sixmm",
        delivers="model",
        variant="stdlib",
        scale=5,
    ),
    Candidate(
        name="coinbase-advanced-py",
        environment="coinbase-advanced-py",
        snippet="coinbase_advanced",
        dialect="coinbase",
        delivers="text",
        variant="text",
        scale=2,
        note="hands over text; the user's json.loads is added",
    ),
    Candidate(
        name="coinbase-advanced-py, WebsocketResponse",
        environment="coinbase-advanced-py",
        snippet="coinbase_advanced",
        dialect="coinbase",
        delivers="text",
        variant="model",
        note="hands over text; the user applies its response class, as its guide shows",
    ),
    Candidate(
        name="unicorn-binance-websocket-api",
        environment="unicorn-binance-websocket-api",
        snippet="unicorn_binance",
        dialect="binance",
        delivers="dict",
        variant="websockets",
        note="compiled; by callback, the faster of its ways",
    ),
    Candidate(
        name="unicorn-binance-websocket-api, picows",
        environment="unicorn-binance-websocket-api",
        snippet="unicorn_binance",
        dialect="binance",
        delivers="dict",
        variant="picows",
        scale=2,
        note="on picows, which it offers besides its default",
    ),
    Candidate(
        name="alpaca-py, raw_data",
        environment="alpaca-py",
        snippet="alpaca_trading",
        dialect="alpaca",
        delivers="dict",
        variant="raw",
    ),
    Candidate(
        name="alpaca-py",
        environment="alpaca-py",
        snippet="alpaca_trading",
        dialect="alpaca",
        delivers="model",
        variant="model",
    ),
    Candidate(
        name="python-binance",
        environment="python-binance",
        snippet="python_binance",
        dialect="binance",
        delivers="dict",
        note="with orjson, as its guide advises; queue raised: at its default of 100 it stops",
    ),
    Candidate(
        name="binance-sdk-derivatives-trading-usds-futures",
        environment="binance-sdk-derivatives-trading-usds-futures",
        snippet="binance_sdk_usds",
        dialect="binance-combined",
        delivers="model",
    ),
    Candidate(
        name="ccxt",
        environment="ccxt",
        snippet="ccxt_pro",
        dialect="binance",
        delivers="dict",
        note="unified orders, by watch_orders()",
    ),
    Candidate(
        name="pybit",
        environment="pybit",
        snippet="pybit_private",
        dialect="bybit",
        delivers="dict",
    ),
    Candidate(
        name="hyperliquid-python-sdk",
        environment="hyperliquid-python-sdk",
        snippet="hyperliquid_info",
        dialect="hyperliquid",
        delivers="dict",
    ),
    Candidate(
        name="kucoin-universal-sdk",
        environment="kucoin-universal-sdk",
        snippet="kucoin_futures",
        dialect="kucoin",
        delivers="model",
        note="queue raised: at its default of 1,024 it drops the newest",
    ),
)
"""Everything that is measured; the order has no meaning."""
