"""What most rows stand on: an exchange, two accounts, and proxies in front of stream and REST."""

from __future__ import annotations

import contextlib
import ssl
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from sixmm import BackoffPolicy, Client, Resynced
from sixmm.cli.audit import Audit, audit
from sixmm.sim import Exchange
from tests.faults.proxy import FaultProxy, Plan
from tests.faults.tls_front import TlsFront
from tests.integration.trading import Trading

from .recorder import Recorder
from .row import Finding, exactly

__all__ = ["DEADLINE", "FAST", "Floor", "Tally", "floor"]

FAST = BackoffPolicy(base=0.005, maximum=0.05, stable_after=0.2)
"""A back-off for a server on the same machine."""

DEADLINE = 60.0
"""Seconds that anything may take on a busy machine; a run that goes well does not wait for it."""


_PUSH_PATIENCE = 3.0


@attrs.frozen(kw_only=True)
class Floor:
    """The parts, and how to make a client that goes through the proxies."""

    exchange: Exchange
    account: Any
    rival: Any
    key: Any
    ws_proxy: FaultProxy
    rest_proxy: FaultProxy
    scheme: str = "ws"
    more: dict[str, Any] = attrs.field(factory=dict)
    """Arguments of every client."""

    def client(self, **options: Any) -> Client:
        """Return a client of the account that is not started."""
        arguments: dict[str, Any] = {
            "api_key": self.key.api_key,
            "api_secret": self.key.api_secret,
            "rest_url": f"http://127.0.0.1:{self.rest_proxy.port}",
            "ws_url": f"{self.scheme}://127.0.0.1:{self.ws_proxy.port}/ws",
            "backoff": FAST,
            "pace": None,
            **self.more,
            **options,
        }
        return Client(**arguments)

    def trading(self, *, seed: int, pause: float = 0.004) -> Trading:
        """Return a stream of orders that runs in a ``with`` block."""
        return Trading(self.exchange, self.account, self.rival, seed=seed, pause=pause)

    def last_push(self) -> str:
        """Have one more event pushed to a link that is really there, and return its text.

        The client may not have seen yet that the last cut fell, and a push into that is recovered.
        """
        for _ in range(60):
            self.exchange.deposit(self.account, "1")
            seq = self.exchange.private_log(self.account)[-1].seq

            def pushed(seq: int = seq) -> bool:
                return self.exchange.private_log(self.account, after_seq=seq - 1)[0].receivers >= 1

            if self.exchange.wait_until(pushed, timeout=1.0):
                return self.exchange.private_log(self.account, after_seq=seq - 1)[0].text
        raise AssertionError("no link took the last push")

    def settle(self, recorder: Recorder) -> None:
        """Wait until the caller has got everything that was ever pushed, and knows it.

        What could not be asked while something was wrong is asked again after a while.
        """
        for _ in range(int(DEADLINE / _PUSH_PATIENCE)):
            # One that was written to a link which is just being replaced is told by REST instead.
            text = self.last_push()
            if recorder.wait_for(lambda t=text: _has(recorder, t), _PUSH_PATIENCE):  # type: ignore[misc]
                break
        else:
            raise AssertionError("no last push arrived")
        assert recorder.wait_for(lambda: _is_certain(recorder), DEADLINE), "never certain again"

    def audit(self, recorder: Recorder, client: Client | None, *, after_seq: int) -> Audit:
        """Hold what a caller got against the exchange's log; with a client also its picture."""
        return audit(
            self.exchange.private_log(self.account),
            recorder.events,
            truth=self.exchange.truth(self.account),
            mirror=None if client is None else client.account,
            after_seq=after_seq,
        )


def _has(recorder: Recorder, text: str) -> bool:
    return any(event.raw == text for event in reversed(recorder.events))


def _is_certain(recorder: Recorder) -> bool:
    last = next((e for e in reversed(recorder.events) if isinstance(e, Resynced)), None)
    return last is not None and not last.unchecked


@contextlib.contextmanager
def floor(
    *,
    seed: int,
    ws_plan: Plan = lambda _: None,
    rest_plan: Plan = lambda _: None,
    tls: bool = False,
    **options: Any,
) -> Iterator[Floor]:
    """Make a floor.

    Args:
        seed: decides the exchange and the jitter of the proxies.
        ws_plan: where each connection of the stream is cut.
        rest_plan: where each connection of REST is cut.
        tls: whether the stream goes through TLS, so that cuts fall into that.
        options: those of the exchange.
    """
    with contextlib.ExitStack() as stack:
        exchange = stack.enter_context(Exchange(**{"seed": seed, "market_maker": False, **options}))
        account = exchange.create_account(username="a", password="b", balance="1000000")
        rival = exchange.create_account(username="c", password="d", balance="1000000")
        port = int(exchange.rest_url.rsplit(":", 1)[1])
        front_port, more = _add_tls(stack, port) if tls else (port, {})
        yield Floor(
            exchange=exchange,
            account=account,
            rival=rival,
            key=exchange.create_key(account),
            ws_proxy=stack.enter_context(FaultProxy(front_port, ws_plan, seed=seed)),
            rest_proxy=stack.enter_context(FaultProxy(port, rest_plan, seed=seed)),
            scheme="wss" if tls else "ws",
            more=more,
        )


def _add_tls(stack: contextlib.ExitStack, port: int) -> tuple[int, dict[str, Any]]:
    """Put TLS in front of a port; return its own port, and how a client trusts it."""
    import trustme  # Only here: most rows do without it.

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    front = stack.enter_context(TlsFront(port, context))
    return front.port, {"ca_file": str(path)}


@attrs.define
class Tally:
    """The sums of several audits."""

    sent: int = 0
    streamed: int = 0
    recovered: int = 0
    superseded: int = 0
    lost: int = 0
    duplicated: int = 0
    disorders: int = 0
    inventions: int = 0
    words: list[str] = attrs.field(factory=list)

    def add(self, result: Audit, *, seed: int) -> None:
        """Add one audit; what is wrong in it is kept in words, with its seed."""
        self.sent += result.sent
        self.streamed += result.streamed
        self.recovered += result.recovered
        self.superseded += result.superseded
        self.lost += result.lost
        self.duplicated += result.duplicated
        self.disorders += len(result.disorders)
        self.inventions += len(result.inventions)
        wrong = (
            *result.missing,
            *result.differences,
            *result.repeats,
            *result.disorders,
            *result.inventions,
        )
        self.words += [f"seed {seed}: {word}" for word in wrong]

    def findings(self) -> list[Finding]:
        """Return what is promised about them."""
        words = " / ".join(self.words[:5])
        return [
            exactly("lost", self.lost, 0, words),
            exactly("duplicated", self.duplicated, 0, words),
            exactly("disorders", self.disorders, 0, words),
            exactly("inventions", self.inventions, 0, words),
        ]
