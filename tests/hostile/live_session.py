"""A session on the embedded exchange, with faults: what is seen, and what stays on the disk."""

from __future__ import annotations

import contextlib
import pickle
import re
from collections.abc import Callable, Iterator

from sixmm import BackoffPolicy, Client, SessionOptions
from sixmm.clock import Deadline
from sixmm.errors import SixmmError
from sixmm.events import Event
from sixmm.transport import HttpRequest, HttpResponse, HttpTransport, RequestsTransport

from .canaries import Canaries, Log, live_objects, module_state, shown_by_error
from .kept_files import KeptFiles
from .secrets_shown import shown_by_event
from .tally import Tally

__all__ = ["figure", "run"]

PASSWORD = "C4naryPassw0rdOf16AndAnother16Char"
_DEADLINE = 20.0


class _Overhearing(HttpTransport):
    """Sends over the network, and looks for every signature that it has seen."""

    def __init__(self, secrets: Canaries) -> None:
        self._secrets = secrets
        self._inner = RequestsTransport()

    def send(self, request: HttpRequest, *, deadline: Deadline) -> HttpResponse:
        """Send a request."""
        found = re.search(r"signature=([0-9a-f]{64})", request.url)
        if found is not None:
            self._secrets.know(f"signature {found[1][:4]}", found[1])
        return self._inner.send(request, deadline=deadline)

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


def _know(secrets: Canaries, client: Client) -> None:
    """Look for what the client holds by now, too."""
    held = client._rest.credentials
    for name in ("api_key", "api_secret", "access_token"):
        secret = getattr(held, name)
        if secret is not None:
            secrets.know(name, secret.reveal())
    for name, secret in held.cookies.items():
        secrets.know(f"cookie {name}", secret.reveal())


def run(seed: int) -> Tally:
    """Live through a session: log in, subscribe, lose the link, be refused, renew, close."""
    from sixmm.sim import Exchange

    tally = Tally(f"moments of a session at which a secret was seen, seed {seed}")
    secrets = Canaries(seed)
    secrets.know("password", PASSWORD)
    with (
        Log() as log,
        Exchange(seed=seed, market_maker=False) as exchange,
        KeptFiles() as kept,
    ):
        account = exchange.create_account(username="demo", password=PASSWORD, balance="10000")
        made = exchange.create_key(account, permissions=3)
        client = Client(
            made.api_key,
            made.api_secret,
            rest_url=exchange.rest_url,
            ws_url=exchange.ws_url,
            pace=None,
            # Nothing is ever acknowledged, so everything that is told stays in the file.
            checkpoint=kept.checkpoint,
            acknowledge=True,
            options=SessionOptions(clock_interval=None),
            backoff=BackoffPolicy(base=0.01, maximum=0.05, stable_after=0.2),
            **kept.transports(_Overhearing(secrets)),
        )

        def look(moment: str, shown: list[str]) -> None:
            _know(secrets, client)
            state = [repr(client), repr(client.stats()), repr(client.schema_report())]
            held = [*log.texts, *live_objects(), *module_state(), *kept.read()]
            seen = secrets.hits([*shown, *state, *held])
            tally.take(moment, seen[0] if seen else None)
            log.texts.clear()

        try:
            look("made", [])
            client.login("demo", PASSWORD)
            look("logged in", [])
            client.start()
            client.wait_live(_DEADLINE)
            key = client.user.create_listen_key().listen_key
            assert key is not None
            secrets.know("listenKey", key.reveal())
            look("live", _events(client))
            new = client.api_keys.create("another", permissions=1)
            secrets.know("new secret", new.api_secret.reveal())
            look("a key was made", [repr(new), str(new)])
            for moment, fault in _FAULTS.items():
                fault(exchange, client)
                exchange.deposit(account, "1")
                look(moment, [*_provoked(client), *_events(client)])
                exchange.faults.clear()
            client.wait_live(_DEADLINE)
            exchange.deposit(account, "1")
            look("live again", [*_events(client), repr(client.account)])
            client.logout()
            look("logged out", [])
        finally:
            client.close()
        look("closed", list(_provoked(client)))
        files = kept.read_whole()
        look("on the disk", [data.decode("latin-1") for data in files])
        # Where nothing is kept, nothing is seen: the last of them is what the checkpoint holds.
        tally.take("a record is there", _is_missing(b"listenKey=***", files))
        tally.take("a checkpoint is there", _is_missing(b"ACCOUNT_UPDATE", files[-1:]))
    return tally


def _is_missing(word: bytes, files: list[bytes]) -> str | None:
    """Return what is wrong where a word, which is no secret, is in no file."""
    return None if any(word in data for data in files) else "it is in no file"


_FAULTS: dict[str, Callable[..., object]] = {
    "the link was cut": lambda e, _: e.faults.cut("rst"),
    "an error of the exchange": lambda e, _: e.faults.rest_error(3, 5001, path="/v1/private"),
    "the upgrade was refused": lambda e, _: (e.faults.refuse(2, 503), e.faults.cut("fin")),
    "a frame was broken": lambda e, _: e.faults.inject('{"topic":"user.1","data":{"eventType":'),
    "keys have ended": lambda e, _: e.expire_listen_keys(),
    "a topic was refused": lambda e, _: e.faults.refuse_topics(["market.depth.BTCUSDT"]),
}


def _provoked(client: Client) -> Iterator[str]:
    """Make some calls while something is wrong; yield what is seen where they fail."""
    actions: tuple[Callable[[], object], ...] = (
        client.user.asset,
        lambda: client.orders.current(),
        lambda: client.subscribe("market.depth.BTCUSDT", timeout=1.0),
        lambda: client.ping(timeout=1.0),
        lambda: client.orders.cancel("BTCUSDT", order_id="123"),
        client.refresh,
    )
    for action in actions:
        try:
            yield repr(action())
        except SixmmError as error:
            yield from shown_by_error(error)


def _events(client: Client) -> list[str]:
    shown: list[str] = []
    with contextlib.suppress(SixmmError):
        for event in client.events(timeout=0.2):
            shown += shown_by_event(event)
            shown += _pickled(event)
    return shown


def _pickled(event: Event) -> list[str]:
    return [pickle.dumps(event).decode("latin-1")]


def figure(seed: int) -> Tally:
    """Return at which moments of a session a secret was seen; at none may it be (F1, F2)."""
    return run(seed)
